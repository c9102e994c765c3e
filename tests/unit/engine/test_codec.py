"""Bytes that come back as what they were, whatever JSON holds."""

from __future__ import annotations

import sqlite3

import pytest

from stepfunctions.engine import codec
from stepfunctions.values import Json

VALUES: list[Json] = [
    None,
    True,
    0,
    -1.5,
    1e300,
    "",
    "é\U0001f600\u2028",
    "\ud800 alone",
    2**63,
    10**40,
    -(10**40),
    [{"a": [1, {"b": None}]}],
    {"\udfff": 1},
]


@pytest.mark.parametrize("value", VALUES, ids=repr)
@pytest.mark.parametrize("has_orjson", [True, False])
def test_a_value_comes_back_with_its_types(value: Json, has_orjson: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not has_orjson:
        monkeypatch.setattr(codec, "orjson", None)
    again = codec.unpack(codec.pack(value))
    assert again == value
    assert type(again) is type(value)


def test_a_deep_value_comes_back() -> None:
    value: Json = 1
    for _ in range(400):
        value = [value]
    assert codec.unpack(codec.pack(value)) == value


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_what_was_written_with_orjson_is_read_without(value: Json, monkeypatch: pytest.MonkeyPatch) -> None:
    data = codec.pack(value)
    monkeypatch.setattr(codec, "orjson", None)
    assert codec.unpack(data) == value


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_what_was_written_without_orjson_is_read_with_it(value: Json, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(codec, "orjson", None)
        data = codec.pack(value)
    assert codec.unpack(data) == value


@pytest.mark.parametrize("text", [None, "", "plain", "é", "\ud800 alone"])
def test_a_column_takes_every_text(text: str | None) -> None:
    connection = sqlite3.connect(":memory:")
    (column,) = connection.execute("SELECT ?", (codec.to_column(text),)).fetchone()
    connection.close()
    assert codec.from_column(column) == text
