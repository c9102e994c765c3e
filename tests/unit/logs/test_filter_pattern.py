"""Filter patterns, as the User Guide has them."""

from __future__ import annotations

import pytest

from stepfunctions.errors import InvalidRequest, UnsupportedError
from stepfunctions.logs.pattern import compile_pattern

LINES = ["[ERROR] code 400 from svc", "[WARN] code 500", "[INFO] a phrase here", "error in lower case"]


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("", [0, 1, 2, 3]),
        ("ERROR", [0]),
        ("code", [0, 1]),
        ("code 500", [1]),
        ("?ERROR ?WARN", [0, 1]),
        ("code -400", [1]),
        ('"a phrase"', [2]),
        ('-"a phrase" -error', [0, 1]),
        ("%code [45]00%", [0, 1]),
        ("nothing", []),
    ],
)
def test_a_pattern_finds_the_lines_it_should(pattern: str, found: list[int]) -> None:
    matches = compile_pattern(pattern)
    assert [number for number, line in enumerate(LINES) if matches(line)] == found


@pytest.mark.parametrize("pattern", ['{ $.level = "ERROR" }', "[ip, user, ...]"])
def test_patterns_over_json_and_columns_are_refused_by_name(pattern: str) -> None:
    with pytest.raises(UnsupportedError, match="looks into JSON or columns"):
        compile_pattern(pattern)


@pytest.mark.parametrize("pattern", ["%[%", '"open'])
def test_what_is_no_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(InvalidRequest, match="Invalid filter pattern"):
        compile_pattern(pattern)
