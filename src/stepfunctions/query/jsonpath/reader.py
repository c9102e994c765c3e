"""A cursor over the text of a path: what the parsers of paths and of filters share."""

from __future__ import annotations

import re
from typing import Final, NoReturn

from stepfunctions.query.jsonpath.errors import PathSyntaxError

_ESCAPE: Final = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_ESCAPED: Final = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}


def unescape(text: str) -> str:
    """Return *text* with ``\\n``, ``\\u0041`` and the like resolved; any other escaped character stands for itself."""
    if "\\" not in text:
        return text
    return _ESCAPE.sub(_unescape_one, text)


def _unescape_one(match: re.Match[str]) -> str:
    code, character = match.groups()
    return chr(int(code, 16)) if code else _ESCAPED.get(character, character)


class Reader:
    """A position in a text."""

    __slots__ = ("position", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0

    @property
    def peek(self) -> str:
        """The next character; empty at the end."""
        return self.text[self.position : self.position + 1]

    def fail(self, expected: str) -> NoReturn:
        """Refuse the text here."""
        raise PathSyntaxError(self.text, self.position, expected)

    def skip_blanks(self) -> Reader:
        """Move past spaces."""
        while self.peek == " ":
            self.position += 1
        return self

    def take(self, literal: str) -> bool:
        """Move past *literal* if it comes next, and say whether it did."""
        if self.text.startswith(literal, self.position):
            self.position += len(literal)
            return True
        return False

    def expect(self, literal: str) -> None:
        """Move past *literal*, or refuse the text."""
        if not self.take(literal):
            self.fail(f"expected '{literal}'")

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Move past what *pattern* matches here."""
        found = pattern.match(self.text, self.position)
        if found is not None:
            self.position = found.end()
        return found

    def quoted(self) -> str:
        """Read a string in single or double quotes."""
        raw = self.until_unescaped(self.peek)
        return unescape(raw)

    def until_unescaped(self, delimiter: str) -> str:
        """Read from *delimiter*, which comes next, to its next unescaped occurrence; return what lies between."""
        start = position = self.position + 1
        while position < len(self.text):
            character = self.text[position]
            if character == "\\":
                position += 2
                continue
            if character == delimiter:
                self.position = position + 1
                return self.text[start:position]
            position += 1
        return self.fail(f"no closing {delimiter}")
