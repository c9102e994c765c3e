"""Where and why a text is not JSON, in the words of Jackson, the parser that AWS shows to its users.

Only for texts that the codec has refused: it looks for the first fault and builds no value. Jackson's rarer texts
(surrogates, buffers, numbers out of range) are not here; the codec's own words stand in for them.

Source: recordings of StartExecution and ValidateStateMachineDefinition for the unrecognised token and the missing
double quote; Jackson 2.x's documented texts for the others, not verified against AWS.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_VALUE = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')"
_SPACE = re.compile(r"[ \t\r\n]*")
_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?", re.ASCII)
_WORD = re.compile(r"[\w$]+")
_STRING_PART = re.compile(r'[^"\\\x00-\x1f]*')
_SNIPPET_MAX = 500


@dataclass(frozen=True, slots=True)
class JsonFault:
    """The first fault of a text.

    Args:
        message: Jackson's text without the place.
        line: from 1.
        column: from 1; usually just after the faulty character.
        source: how Jackson quotes the text.
    """

    message: str
    line: int
    column: int
    source: str

    @property
    def location(self) -> str:
        """``[Source: (String)"not a definition"; line: 1, column: 4]``."""
        return f"[Source: {self.source}; line: {self.line}, column: {self.column}]"


class _Fault(Exception):
    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.message, self.position = message, position


def find_fault(text: str) -> JsonFault | None:
    """Return the first fault of *text*, or None if this scanner finds none."""
    source = f'(String)"{text[:_SNIPPET_MAX]}"'
    if len(text) > _SNIPPET_MAX:
        source += f"[truncated {len(text) - _SNIPPET_MAX} chars]"
    try:
        _scan(text, source)
    except _Fault as fault:
        return JsonFault(fault.message, *_place(text, fault.position), source)
    return None


def _place(text: str, position: int) -> tuple[int, int]:
    line_start = text.rfind("\n", 0, position) + 1
    return text.count("\n", 0, position) + 1, position - line_start + 1


def _scan(text: str, source: str) -> None:
    """Walk over the text with a stack of open brackets, as nesting may be deeper than Python's own stack."""
    stack: list[int] = []
    at = _value_or_bracket(text, _skip(text, 0), stack)
    while stack:
        start = stack[-1]
        at = _skip(text, at)
        if at >= len(text):
            raise _unclosed(text, source, start)
        if text[at] == ("}" if text[start] == "{" else "]"):
            stack.pop()
            at += 1
        else:
            at = _entry(text, at, start, stack)
    end = _skip(text, at)
    if end < len(text):
        if _WORD.match(text, end):
            _value(text, end)
        raise _unexpected(text, end, "Expected space separating root-level values")


def _entry(text: str, at: int, start: int, stack: list[int]) -> int:
    """Read a comma, unless this is the first entry since the bracket at *start*, then one entry."""
    in_object = text[start] == "{"
    if at != _skip(text, start + 1):
        if text[at] != ",":
            raise _unexpected(text, at, f"was expecting comma to separate {'Object' if in_object else 'Array'} entries")
        at = _skip(text, at + 1)
    if in_object:
        at = _field_name(text, at)
    return _value_or_bracket(text, at, stack)


def _value_or_bracket(text: str, at: int, stack: list[int]) -> int:
    if text[at : at + 1] in ("{", "["):
        stack.append(at)
        return at + 1
    return _value(text, at)


def _field_name(text: str, at: int) -> int:
    if at >= len(text):
        raise _Fault("Unexpected end-of-input within/between Object entries", at)
    if text[at] != '"':
        raise _unexpected(text, at, "was expecting double-quote to start field name")
    at = _skip(text, _string(text, at + 1, "in field name"))
    if at >= len(text):
        raise _Fault("Unexpected end-of-input within/between Object entries", at)
    if text[at] != ":":
        raise _unexpected(text, at, "was expecting a colon to separate field name and value")
    return _skip(text, at + 1)


def _value(text: str, at: int) -> int:
    if at >= len(text):
        raise _Fault("Unexpected end-of-input within/between Object entries", at)
    character = text[at]
    if character == '"':
        return _string(text, at + 1, ": was expecting closing quote for a string value")
    number = _NUMBER.match(text, at)
    if number is not None:
        if number.group(1) == "0" and text[number.end() : number.end() + 1].isdigit():
            raise _Fault("Invalid numeric value: Leading zeroes not allowed", number.end())
        return number.end()
    word = _WORD.match(text, at)
    if word is None:
        raise _unexpected(text, at, f"expected a valid value {_VALUE}")
    if word.group() not in ("null", "true", "false"):
        raise _Fault(f"Unrecognized token '{word.group()}': was expecting {_VALUE}", word.end())
    return word.end()


def _string(text: str, at: int, unfinished: str) -> int:
    while True:
        part = _STRING_PART.match(text, at)
        at = part.end() if part is not None else at
        if at >= len(text):
            space = "" if unfinished.startswith(":") else " "
            raise _Fault(f"Unexpected end-of-input{space}{unfinished}", at)
        character = text[at]
        if character == '"':
            return at + 1
        if character != "\\":
            raise _Fault(
                f"Illegal unquoted character ((CTRL-CHAR, code {ord(character)})): has to be escaped using backslash "
                "to be included in string value",
                at + 1,
            )
        escaped = text[at + 1 : at + 2]
        if escaped and escaped not in '"\\/bfnrtu':
            raise _Fault(f"Unrecognized character escape '{escaped}' (code {ord(escaped)})", at + 2)
        at += 2


def _unexpected(text: str, at: int, expected: str) -> _Fault:
    if at >= len(text):
        return _Fault("Unexpected end-of-input within/between Object entries", at)
    return _Fault(f"Unexpected character ('{text[at]}' (code {ord(text[at])})): {expected}", at + 1)


def _unclosed(text: str, source: str, start: int) -> _Fault:
    line, column = _place(text, start)
    name = "Object" if text[start] == "{" else "Array"
    marker = f"[Source: {source}; line: {line}, column: {column}]"
    return _Fault(f"Unexpected end-of-input: expected close marker for {name} (start marker at {marker})", len(text))


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return at if match is None else match.end()
