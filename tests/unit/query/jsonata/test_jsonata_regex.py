"""Regular expressions mean what they mean in JavaScript, whichever engine runs them."""

from __future__ import annotations

from typing import Any

import pytest

from stepfunctions.query.jsonata.regex.machine import Machine
from stepfunctions.query.jsonata.regex.parser import parse
from stepfunctions.query.jsonata.regex.translate import translate
from stepfunctions.query.jsonata.runtime import Limits, Run

MATCHES = [
    ("a+b", "", "xaab", (1, 4)),
    (r"\d", "", "٣4", (1, 2)),
    (r"\w+", "", "éa_1", (1, 4)),
    (r"\s", "", "a\u00a0", (1, 2)),
    (".", "", "\n\u2028x", (2, 3)),
    ("^b$", "", "a\nb\n", None),
    ("^b$", "m", "a\nb\n", (2, 3)),
    ("a$", "", "a\n", None),
    ("ABC", "i", "xabc", (1, 4)),
    ("[^a]", "i", "Aab", (2, 3)),
    ("s", "i", "\u017fS", (1, 2)),
    ("é", "i", "É", (0, 1)),
    ("a{2,3}", "", "aaaa", (0, 3)),
    ("a{,3}", "", "a{,3}", (0, 5)),
    ("[]", "", "a", None),
    ("[^]", "", "\n", (0, 1)),
    (r"[\d-x]+", "", "a-1x", (1, 4)),
    (r"\u0041\x42\cJ", "", "AB\n", (0, 3)),
    (r"a\b", "", "ab a", (3, 4)),
    ("a|ab", "", "ab", (0, 1)),
    ("(?:a|ab)c", "", "abc", (0, 3)),
    ("(a)|b", "", "b", (0, 1)),
    ("a*?b", "", "aab", (0, 3)),
    ("(?:[^a]+){2,}", "", "abxca", (1, 4)),
    ("x*", "", "aaa", (0, 0)),
    ("(?<year>[0-9]{4})", "", "in 2024", (3, 7)),
]


@pytest.mark.parametrize(("pattern", "flags", "text", "span"), MATCHES, ids=[f"{p}-{f}" for p, f, _, _ in MATCHES])
def test_both_engines_find_what_javascript_finds(
    pattern: str, flags: str, text: str, span: tuple[int, int] | None
) -> None:
    parsed = parse(pattern, flags)
    by_python = translate(parsed, flags).compiled.search(text)
    run = Run(None, None, Limits())  # type: ignore[arg-type]
    by_machine = Machine(parsed, flags).search(text, 0, run)

    assert (None if by_python is None else by_python.span()) == span
    assert (None if by_machine is None else by_machine[:2]) == span


def test_groups_that_did_not_take_part_are_nothing(evaluate: Any) -> None:
    assert evaluate("$match('ab', /(a)|(b)/)") == [
        {"match": "a", "index": 0, "groups": ["a", None]},
        {"match": "b", "index": 1, "groups": [None, "b"]},
    ]


def test_lookaround_and_backreferences_work_on_strings_of_usual_length(evaluate: Any) -> None:
    assert evaluate(r"$replace('price: 30 EUR', /\d+(?= EUR)/, 'n')") == "price: n EUR"
    assert evaluate(r"$contains('hello', /(l)\1/)") is True


def test_the_machine_returns_groups_as_python_does() -> None:
    text = "k1=v1;k2=v2"
    parsed = parse(r"(\w+)=(\w+)(;)?", "")
    run = Run(None, None, Limits())  # type: ignore[arg-type]
    match = translate(parsed, "").compiled.search(text)
    saved = Machine(parsed, "").search(text, 0, run)

    assert match is not None
    assert saved is not None
    assert list(zip(saved[::2], saved[1::2], strict=True)) == list(match.regs)


@pytest.mark.parametrize("pattern", [r"\d+-\d+", r"[^,]*,", r"\w+\s\w+", "a+", "(?:ab)*"])
def test_loops_that_need_not_give_back_cost_nothing(pattern: str) -> None:
    assert translate(parse(pattern, ""), "").cost.ways(1000) == 1
