"""JSON documents and JSON Lines as a Distributed Map reads them."""

from __future__ import annotations

import json

import pytest
from tests.unit.integrations.items.decoding import cut, decode

from stepfunctions.engine.items import ItemsFailed
from stepfunctions.integrations.items.failures import Malformed
from stepfunctions.integrations.items.json_items import JsonItems
from stepfunctions.integrations.items.lines import JsonLines
from stepfunctions.values import Json


def items(text: str, pointer: str = "") -> list[Json]:
    whole = decode(JsonItems(pointer), [text.encode()])
    assert decode(JsonItems(pointer), cut(text.encode(), [1] * len(text.encode()))) == whole
    return whole


def test_an_array_gives_its_elements() -> None:
    assert items(' [1, "a", {"b": [2]}, null ] \n') == [1, "a", {"b": [2]}, None]
    assert items("[]") == []


def test_an_object_gives_its_members_with_key_and_value() -> None:
    assert items('{"a": 1, "b": {"c": 2}}') == [{"Key": "a", "Value": 1}, {"Key": "b", "Value": {"c": 2}}]
    assert items("{}") == []


@pytest.mark.parametrize("text", ["1", '"text"', "null", "true", "12.5e3"])
def test_anything_else_fails_with_aws_text(text: str) -> None:
    with pytest.raises(ItemsFailed) as failed:
        items(text)
    assert failed.value.failure.cause == "Attempting to map over non-iterable node."


DOCUMENT = '{"first": {"items": [0]}, "data": [{"x": 1}, {"a/b~c": [10, 20], "d": {"e": {"k": 5}}}], "last": [1'


@pytest.mark.parametrize(
    ("pointer", "expected"),
    [
        ("/data/1/a~1b~0c", [10, 20]),
        ("/data/1/d/e", [{"Key": "k", "Value": 5}]),
        ("/first/items", [0]),
        ("/data/0", [{"Key": "x", "Value": 1}]),
    ],
)
def test_a_pointer_leads_to_the_items_and_what_follows_them_is_not_read(pointer: str, expected: list[Json]) -> None:
    assert items(DOCUMENT, pointer) == expected


@pytest.mark.parametrize("pointer", ["/nothing", "/data/2", "/data/x", "/data/0/x/y", "/first/items/1"])
def test_a_pointer_that_leads_nowhere_is_malformed(pointer: str) -> None:
    with pytest.raises(Malformed, match=f"ItemsPointer {pointer} leads to nothing"):
        items(DOCUMENT + "]}", pointer)


def test_a_pointer_to_a_scalar_fails_with_aws_text() -> None:
    with pytest.raises(ItemsFailed, match="non-iterable"):
        items(DOCUMENT, "/data/0/x")


@pytest.mark.parametrize("pointer", ["items", "/" + "a" * 2000])
def test_what_is_no_pointer_is_refused(pointer: str) -> None:
    with pytest.raises(Malformed, match="ItemsPointer"):
        JsonItems(pointer)


def test_a_pointer_reaches_16_mib_and_no_further() -> None:
    pieces = [b'{"a": 0', *[b', "a": "' + b"1" * 2**20 + b'"'] * 17, b', "items": [1]}']
    with pytest.raises(Malformed, match="16 MiB"):
        decode(JsonItems("/items"), pieces)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "ends too early"),
        ("[1, 2", "after item 2: the document ends too early"),
        ("[1, 2 ", "after item 2: the document ends too early"),
        ("[1 2]", "after item 1: a comma"),
        ("[1,]", "after item 1"),
        ("[1] x", "something follows"),
        ('{"a" 1}', "a colon"),
        ("{1: 2}", "name"),
        ("[NaN]", "NaN"),
        ("[1e400]", "out of range"),
        ('["\\x"]', "escape"),
        ("[" * 100_000, "deep|longer"),
    ],
)
def test_what_is_broken_is_named_with_where(text: str, what: str) -> None:
    with pytest.raises(Malformed, match=what):
        decode(JsonItems(), [text.encode()])


def test_what_is_not_utf_8_is_malformed() -> None:
    with pytest.raises(Malformed, match="UTF-8"):
        decode(JsonItems(), [b'["\xff"]'])


def test_a_byte_order_mark_is_passed() -> None:
    assert decode(JsonItems(), [b"\xef\xbb", b"\xbf[1]"]) == [1]
    assert decode(JsonLines(), [b"\xef\xbb", b"\xbf1\n2"]) == [1, 2]


def test_items_come_as_soon_as_they_are_complete() -> None:
    decoder = JsonItems()
    assert list(decoder.feed(b'[{"a": 1}, {"b"')) == [{"a": 1}]
    assert list(decoder.feed(b": 2}")) == [{"b": 2}]
    assert list(decoder.feed(b", 12")) == []
    assert list(decoder.feed(b"3, ")) == [123]


def test_an_item_of_megabytes_in_small_pieces_is_read_in_linear_time() -> None:
    document = json.dumps([{"text": "x" * 4_000_000}]).encode()
    (item,) = decode(JsonItems(), cut(document, [1000] * (len(document) // 1000)))
    assert len(item["text"]) == 4_000_000


def test_json_lines_are_items_and_blank_ones_are_not() -> None:
    assert decode(JsonLines(), [b'{"a": 1}\r\n\n  \n[2]\n3']) == [{"a": 1}, [2], 3]
    assert decode(JsonLines(), [b""]) == []


def test_a_broken_line_is_named_by_its_number() -> None:
    with pytest.raises(Malformed, match="line 3 is not JSON"):
        decode(JsonLines(), [b"1\n\n{\n"])


def test_a_line_that_never_ends_does_not_fill_the_memory() -> None:
    with pytest.raises(Malformed, match="longer than 8 MiB"):
        decode(JsonLines(), [b"1" * 2**20] * 17)
