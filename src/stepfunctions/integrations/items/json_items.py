"""The items of a JSON document that arrives piece by piece: the elements of an array, the members of an object.

Only one item is held at a time, however large the document: each is read where it begins, and where the text ends
within it more is waited for. ItemsPointer is a JSON Pointer to the array or object; what it passes by is dropped.

Deliberately absent: what stands behind the array when there is an ItemsPointer. It is not read.

Follows: RFC 8259, RFC 6901; AWS Developer Guide, "ItemReader (Map)", ItemsPointer.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Generator, Iterator
from typing import Any, Final

from stepfunctions.integrations.items.failures import NOT_ITERABLE, Malformed, reader_failed
from stepfunctions.integrations.items.lines import RECORD_MAX_BYTES
from stepfunctions.values import Json, JsonCut, JsonError, scan

POINTER_MAX_LENGTH: Final = 2000
POINTER_REACH_BYTES: Final = 16 * 1024 * 1024
"""AWS's quota: where the pointer leads must begin this early in the document."""

_SPACE: Final = re.compile(r"[ \t\n\r]*")
_COMMA: Final = re.compile(r"[ \t\n\r]*,[ \t\n\r]*")
_INDEX: Final = re.compile(r"0|[1-9][0-9]*")
_NUMBER_GOES_ON: Final = re.compile(r"[-+.0-9eE]*")
"""What may lie between the end of a number that was read and the end of the text, when more of the number follows."""
_MORE: Final = object()
"""What a parser yields instead of an item when it has used up the text."""

_Parser = Generator[Any, None, Any]


class Member(dict[str, Json]):
    """``{"Key", "Value"}``: a member of the object that is read, told apart from an element that looks like one."""


def parse_pointer(pointer: str) -> list[str]:
    """Return the reference tokens of a JSON Pointer.

    Raises:
        Malformed: it is none, or is too long.
    """
    if len(pointer) >= POINTER_MAX_LENGTH:
        raise Malformed(f"ItemsPointer must be shorter than {POINTER_MAX_LENGTH} characters")
    if pointer and not pointer.startswith("/"):
        raise Malformed(f"ItemsPointer must be a JSON Pointer such as /data/items, but was: {pointer}")
    return [token.replace("~1", "/").replace("~0", "~") for token in pointer.split("/")[1:]]


class JsonItems:
    """A decoder (see ``formats.Decoder``) of a JSON document.

    Args:
        pointer: to the array or object; empty for the whole document.

    Raises:
        Malformed: the pointer is none.
    """

    def __init__(self, pointer: str = "") -> None:
        self._pointer = pointer
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self._text = ""
        self._at = 0
        self._passed = 0
        self._wanted = 0
        self._ended = False
        self._count = 0
        self._parser = self._document(parse_pointer(pointer))

    def feed(self, piece: bytes) -> Iterator[Json]:
        """Yield the items that *piece* completes."""
        self._take(piece, False)
        return self._items()

    def end(self) -> Iterator[Json]:
        """Yield what the end of the document completes."""
        self._take(b"", True)
        self._ended = True
        return self._items()

    def _take(self, piece: bytes, final: bool) -> None:
        try:
            arrived = self._decoder.decode(piece, final)
        except UnicodeDecodeError as error:
            raise Malformed(f"it is not UTF-8: {error.reason}") from None
        self._passed += self._at
        self._text = self._text[self._at :] + arrived
        self._at = 0

    def _items(self) -> Iterator[Json]:
        if len(self._text) < self._wanted and not self._ended:
            return
        for item in self._parser:
            if item is _MORE:
                return
            yield item

    # The parser: generators that yield items, and _MORE where the text is used up

    def _document(self, tokens: list[str]) -> _Parser:
        for token in tokens:
            yield from self._descend(token)
        opening = yield from self._peek()
        if opening == "[":
            yield from self._array()
        elif opening == "{":
            yield from self._object()
        else:
            yield from self._value()
            raise reader_failed(NOT_ITERABLE)
        if not tokens and not (yield from self._is_over()):
            raise self._broken("something follows its end")
        while True:
            self._at = len(self._text)
            yield _MORE

    def _array(self) -> _Parser:
        self._at += 1
        if (yield from self._peek()) == "]":
            self._at += 1
            return
        while True:
            yield from self._plain_elements()
            item = yield from self._value()
            self._count += 1
            yield item
            if not (yield from self._follows("]")):
                return

    def _plain_elements(self) -> Iterator[Json]:
        """Yield, the short way, elements that are there with the beginning of the next; of others, nothing is said."""
        length = len(self._text)
        self._pass_space()
        while self._at < length:
            try:
                item, end = scan(self._text, self._at)
            except JsonError:
                return
            comma = _COMMA.match(self._text, end)
            if comma is None or comma.end() == length:
                return
            self._at = comma.end()
            self._count += 1
            yield item

    def _object(self) -> _Parser:
        self._at += 1
        if (yield from self._peek()) == "}":
            self._at += 1
            return
        while True:
            key = yield from self._name()
            item = yield from self._value()
            self._count += 1
            yield Member(Key=key, Value=item)
            if not (yield from self._follows("}")):
                return

    def _descend(self, token: str) -> _Parser:
        """Stop before the value that *token* names; everything before it is read and dropped."""
        opening = yield from self._peek()
        index = 0
        if opening not in "[{" or (opening == "[" and not _INDEX.fullmatch(token)):
            raise self._nowhere()
        closing = "]" if opening == "[" else "}"
        self._at += 1
        if (yield from self._peek()) == closing:
            raise self._nowhere()
        while True:
            name = str(index) if opening == "[" else (yield from self._name())
            if name == token:
                return
            yield from self._value()
            if self._passed + self._at > POINTER_REACH_BYTES or not (yield from self._follows(closing)):
                raise self._nowhere()
            index += 1

    def _nowhere(self) -> Malformed:
        return Malformed(
            f"ItemsPointer {self._pointer} leads to nothing in the first {POINTER_REACH_BYTES // 2**20} MiB"
        )

    def _name(self) -> _Parser:
        """Read the name of a member and its colon."""
        if (yield from self._peek()) != '"':
            raise self._broken("a member's name is missing")
        name = yield from self._value()
        if (yield from self._peek()) != ":":
            raise self._broken("a colon is missing")
        self._at += 1
        return name

    def _follows(self, closing: str) -> _Parser:
        """Read a comma, which returns True, or the end of the container."""
        found = yield from self._peek()
        if found not in (",", closing):
            raise self._broken(f"a comma or {closing} is missing")
        self._at += 1
        return found == ","

    def _value(self) -> _Parser:
        yield from self._peek()
        while True:
            try:
                value, end = scan(self._text, self._at)
            except JsonCut as error:
                if self._ended:
                    raise self._broken(str(error)) from None
            except JsonError as error:
                raise self._broken(str(error)) from None
            else:
                if self._ended or type(value) not in (int, float) or not _NUMBER_GOES_ON.fullmatch(self._text, end):
                    self._at = end
                    return value
            yield from self._double()

    def _double(self) -> _Parser:
        """Wait until twice as much of a value is there, so that trying again costs no more than reading it did."""
        begun = len(self._text) - self._at
        if begun > RECORD_MAX_BYTES:
            raise self._broken(f"it is longer than {RECORD_MAX_BYTES // 2**20} MiB")
        self._wanted = 2 * begun
        yield _MORE
        self._wanted = 0

    def _peek(self) -> _Parser:
        """Return the next character that is not white space."""
        if (yield from self._is_over()):
            raise self._broken("the document ends too early")
        return self._text[self._at]

    def _is_over(self) -> _Parser:
        """Pass white space; return whether nothing follows it."""
        while True:
            self._pass_space()
            if self._at < len(self._text):
                return False
            if self._ended:
                return True
            yield _MORE

    def _broken(self, what: str) -> Malformed:
        return Malformed(f"it is not JSON after item {self._count}: {what}")

    def _pass_space(self) -> None:
        match = _SPACE.match(self._text, self._at)
        self._at = match.end() if match else self._at
