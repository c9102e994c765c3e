"""What AWS Step Functions adds to JSONata."""

from __future__ import annotations

from typing import Any

import pytest

from stepfunctions.query.jsonata import UNDEFINED, JsonataError

CASES = [
    ("$partition([1, 2, 3, 4, 5], 2)", [[1, 2], [3, 4], [5]]),
    ("$partition([0], 5)", [[0]]),
    ("$partition([1, 2, 3], 2.9)", [[1, 2], [3]]),
    ("$range(0, 10, 3)", [0, 3, 6, 9]),
    ("$range(0, 9, 3)", [0, 3, 6, 9]),
    ("$range(5, 1, -2)", [5, 3, 1]),
    ("$range(-1.7, 2, 1)", [-1, 0, 1, 2]),
    ("$range(1, 9, 9)", 1),
    ("$range(1, 0, 1)", UNDEFINED),
    ("$hash('input', 'SHA-1')", "140f86aae51ab9e1cda9b4254fe98a74eb54c1a1"),
    ("$hash('', 'MD5')", "d41d8cd98f00b204e9800998ecf8427e"),
    ("$length($hash('é', 'SHA-512'))", 128),
    ("$random(42)", 0.7275636800328681),
    ("$random(42) = $random(42)", True),
    ("$random()", 0.75),
    ("$uuid()", "11111111-2222-4333-8444-555555555555"),
    ("$parse('{\"a\": [1, null]}')", {"a": [1, None]}),
    ("$parse('{\"a\": 1}').a", 1),
    ("$parse($states.input.nothing)", UNDEFINED),
]


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[text for text, _ in CASES])
def test_a_function_of_aws_returns(evaluate: Any, text: str, expected: Any) -> None:
    assert evaluate(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "$partition([1], -1)",
        "$partition([1], 1/0)",
        "$hash('a', 'CRC')",
        "$parse('{')",
        "$uuid(1)",
        "$range(1, 2)",
        "$range(0, 1/0, 2)",
        "$range(0, 1e300, 1)",
        "$random(1/0)",
    ],
)
def test_a_function_of_aws_refuses(evaluate: Any, text: str) -> None:
    with pytest.raises(JsonataError):
        evaluate(text)
