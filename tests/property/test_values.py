"""The codec answers with the standard library's very characters and values, whether orjson is installed or not."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from stepfunctions.values import JsonError, dumps, loads

TEXTS = st.text(st.characters(codec=None)) | st.sampled_from(["a1e-5,", "0.00001", "null", "\ud800", "1e-7", "9" * 30])
FLOATS = st.floats(allow_nan=False, allow_infinity=False) | st.floats(-1e-3, 1e-3)
SCALARS = st.none() | st.booleans() | st.integers() | st.integers(-(2**70), 2**70) | FLOATS | TEXTS
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner), max_leaves=20)
NUMBERS = st.from_regex(r"-?(0|[1-9][0-9]{0,24})(\.[0-9]{1,24})?([eE][+-]?[0-9]{1,3})?", fullmatch=True).filter(
    lambda text: not math.isinf(float(text))
)
SOUP = st.text(st.sampled_from(list('[]{},:"\\ue+-.019ntf \n\x00\ud83d\ude00é')), max_size=12)


def standard_dumps(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def same(left: Any, right: Any) -> bool:
    """Equality that tells 1 from 1.0 and true, and 0.0 from -0.0."""
    return repr(left) == repr(right)


def outcome(read: Callable[[str], Any], text: str) -> str:
    """What comes of reading *text*: the value or the complaint, both as text."""
    try:
        return repr(read(text))
    except ValueError as error:
        return f"refused: {error}"


@given(VALUES)
@settings(max_examples=300, deadline=None)
@example(1e-5)
@example(1.5e-07)
@example([-0.0, 1e16, 1e22, 5e-324])
@example(2**64)
@example(-(2**63) - 1)
@example({"\ud800": ["\udc00"]})
def test_dumps_writes_what_the_standard_library_writes(value: Any) -> None:
    assert dumps(value) == standard_dumps(value)


@given(VALUES, st.booleans())
@settings(max_examples=300, deadline=None)
def test_loads_reads_what_the_standard_library_reads(value: Any, escaped: bool) -> None:
    text = json.dumps(value, ensure_ascii=escaped)
    assert same(loads(text), json.loads(text))


@given(NUMBERS)
@settings(max_examples=300, deadline=None)
@example("9223372036854775808")
@example("18446744073709551616")
@example("-0")
@example("-0.0")
def test_every_number_is_read_as_the_standard_library_reads_it(text: str) -> None:
    assert same(loads(text), json.loads(text))
    assert same(loads(text.encode()), json.loads(text))


@given(SOUP)
@settings(max_examples=300, deadline=None)
@example("")
@example("\ufeff1")
@example('"\\ud800"')
@example('{"a":1,"a":2}')
@example("01")
@example("[1,]")
def test_what_is_not_json_is_refused_in_the_standard_librarys_words(text: str) -> None:
    expected = outcome(json.loads, text)
    assume("inf" not in expected)
    assert outcome(loads, text) == expected


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_what_json_does_not_have_is_not_written(number: float) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        dumps({"a": [number]})


@pytest.mark.parametrize("text", ["NaN", "[Infinity]", "-Infinity"])
def test_what_json_does_not_have_is_not_read(text: str) -> None:
    with pytest.raises(JsonError, match="is not JSON"):
        loads(text)


@pytest.mark.parametrize("text", ["1e400", '{"a":-1.5e999}'])
def test_a_number_that_no_double_holds_is_not_read(text: str) -> None:
    with pytest.raises(JsonError, match="out of range"):
        loads(text)


def test_depth_beyond_the_stack_is_an_error_of_the_text() -> None:
    depth = 200_000
    with pytest.raises(JsonError):
        loads("[" * depth + "]" * depth)


def test_depth_beyond_the_stack_is_an_error_of_the_value() -> None:
    value: list[Any] = []
    for _ in range(20_000):
        value = [value]
    with pytest.raises(JsonError):
        dumps(value)


@pytest.mark.parametrize("encoded", [b'"\xed\xa0\x80"', b'"\xff"', '{"a": 1}'.encode("utf-16")])
def test_bytes_that_are_no_utf8_are_not_read(encoded: bytes) -> None:
    with pytest.raises(JsonError):
        loads(encoded)
