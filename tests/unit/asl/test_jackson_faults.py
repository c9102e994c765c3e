"""Where a text is not JSON, and why, in the words that AWS shows."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepfunctions.asl.jackson import find_fault
from stepfunctions.asl.jsontext import read_json

VALUE = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')"


@pytest.mark.parametrize(
    ("text", "message", "line", "column"),
    [
        ("not a definition", f"Unrecognized token 'not': was expecting {VALUE}", 1, 4),
        ("{'a': 1}", "Unexpected character (''' (code 39)): was expecting double-quote to start field name", 1, 3),
        (
            '{\n "a": 1,\n b: 2}',
            "Unexpected character ('b' (code 98)): was expecting double-quote to start field name",
            3,
            3,
        ),
        (
            '{"a": 1 "b": 2}',
            "Unexpected character ('\"' (code 34)): was expecting comma to separate Object entries",
            1,
            10,
        ),
        ("[1 2]", "Unexpected character ('2' (code 50)): was expecting comma to separate Array entries", 1, 5),
        (
            '{"a" 1}',
            "Unexpected character ('1' (code 49)): was expecting a colon to separate field name and value",
            1,
            7,
        ),
        ('{"a": }', f"Unexpected character ('}}' (code 125)): expected a valid value {VALUE}", 1, 8),
        ('{"a": tru}', f"Unrecognized token 'tru': was expecting {VALUE}", 1, 10),
        ('{"a": "b', "Unexpected end-of-input: was expecting closing quote for a string value", 1, 9),
        ('{"a', "Unexpected end-of-input in field name", 1, 4),
        ('{"a": 01}', "Invalid numeric value: Leading zeroes not allowed", 1, 8),
        ('{"a": "\\x"}', "Unrecognized character escape 'x' (code 120)", 1, 10),
    ],
)
def test_the_first_fault_is_told_with_its_place(text: str, message: str, line: int, column: int) -> None:
    fault = find_fault(text)
    assert fault is not None
    assert (fault.message, fault.line, fault.column) == (message, line, column)


def test_an_open_bracket_is_told_with_where_it_was_opened() -> None:
    fault = find_fault('{"a": [1')
    assert fault is not None
    assert fault.message == (
        "Unexpected end-of-input: expected close marker for Array "
        '(start marker at [Source: (String)"{"a": [1"; line: 1, column: 7])'
    )


def test_a_long_text_is_quoted_in_part() -> None:
    fault = find_fault("x" * 512)
    assert fault is not None
    assert fault.location == f'[Source: (String)"{"x" * 500}"[truncated 12 chars]; line: 1, column: 513]'


def test_deep_nesting_does_not_overflow() -> None:
    assert find_fault("[" * 100_000) is not None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(JSON, st.sampled_from([None, 0, 2]))
def test_what_is_json_has_no_fault(value: object, indent: int | None) -> None:
    assert find_fault(json.dumps(value, indent=indent)) is None


@given(st.text(alphabet='{}[]",: a1-\\\n', max_size=20))
def test_what_the_codec_refuses_has_a_fault_and_the_reverse(text: str) -> None:
    _, fault = read_json(text)
    if text.strip():
        assert (fault is None) == (find_fault(text) is None)
