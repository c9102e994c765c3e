"""Whatever an expression says, it has a value or fails with a JsonataError."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.query.jsonata.conftest import KnownScope

from stepfunctions.query.jsonata import JsonataError, Limits, analyse, compile  # noqa: A004

OPERATORS = ". .. [ ] ( ) { } , ; : := ? + - / = != < >= ~> & @ # ^ | * ** % ! ~ \\"
WORDS = "a b $ $$ $x and or in true null function λ $map $sum $string $sort $replace $match /a+/ 'x' `z` 1 2.5 1e3"
TOKENS = st.sampled_from(f"{OPERATORS} {WORDS}".split())
FRAGMENTS = st.lists(st.one_of(TOKENS, st.text(max_size=3)), max_size=12).map(" ".join)
DATA = {"a": [1, {"b": "x"}], "b": {"c": None}, "x": "text"}
SMALL = Limits(steps_max=10_000)


def tried(call: Any) -> str | None:
    try:
        call()
    except JsonataError as error:
        return str(error)
    return None


@given(st.one_of(st.text(max_size=40), FRAGMENTS))
@settings(max_examples=400, deadline=None)
def test_arbitrary_text_raises_nothing_but_jsonata_errors(text: str) -> None:
    before = json.dumps(DATA)

    first = tried(lambda: compile(text).evaluate({"x": DATA}, KnownScope(), data=DATA, limits=SMALL))
    again = tried(lambda: compile(text).evaluate({"x": DATA}, KnownScope(), data=DATA, limits=SMALL))
    tried(lambda: analyse(text))

    assert first == again
    assert json.dumps(DATA) == before


@given(st.text(alphabet="ab(c)[]{}|*+?^$.\\-1,:=!dws", max_size=12), st.text(alphabet="abc 1\n", max_size=20))
@settings(max_examples=300, deadline=None)
def test_arbitrary_patterns_raise_nothing_but_jsonata_errors(pattern: str, text: str) -> None:
    tried(lambda: compile(f"$match($text, /{pattern}/)").evaluate({"text": text}, KnownScope(), limits=SMALL))


@given(st.text(alphabet="[]YMDdFWwXxHhPmsfZzNn01#,*-; eE%.tocwIA", max_size=14), st.integers(-(10**14), 10**14))
@settings(max_examples=300, deadline=None)
def test_arbitrary_pictures_raise_nothing_but_jsonata_errors(picture: str, number: int) -> None:
    for text in ("$fromMillis($n, $p)", "$toMillis($p, $p)", "$formatNumber($n, $p)", "$formatInteger($n, $p)"):
        tried(lambda text=text: compile(text).evaluate({"n": number, "p": picture}, KnownScope(), limits=SMALL))


@given(
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(-100, 100), st.text(max_size=3)),
        lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=3), inner, max_size=3)),
        max_leaves=10,
    )
)
@settings(max_examples=200, deadline=None)
def test_values_pass_through_unchanged(value: Any) -> None:
    scope = KnownScope()

    assert compile("$states.input").evaluate({"states": {"input": value}}, scope) is value
    assert compile("{'v': $v}").evaluate({"v": value}, scope) == {"v": value}
    assert compile("$parse($string($v))").evaluate({"v": [value]}, scope) == [value]
