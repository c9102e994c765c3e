"""Tokens of a JSONata expression.

A slash starts a regular expression where an operand is expected and divides elsewhere: so the parser says which.

Source: JSONata 2.0.6, whose codes and positions (a token's end) are kept.
"""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

from stepfunctions.query.jsonata.errors import Fault
from stepfunctions.query.jsonata.numbers import number

OPERATORS: Final = {
    ".": 75, "[": 80, "]": 0, "{": 70, "}": 0, "(": 80, ")": 0, ",": 0, "@": 80, "#": 80, ";": 80, ":": 80, "?": 20,
    "+": 50, "-": 50, "*": 60, "/": 60, "%": 60, "|": 20, "=": 40, "<": 40, ">": 40, "^": 40, "**": 60, "..": 20,
    ":=": 10, "!=": 40, "<=": 40, ">=": 40, "~>": 40, "and": 30, "or": 25, "in": 40, "&": 50, "!": 0, "~": 0,
}  # fmt: skip
"""Operators with their binding powers; ``!`` and ``~`` only end a name."""

_SPACES: Final = " \t\n\r\v"
_DOUBLES: Final = ("..", ":=", "!=", ">=", "<=", "**", "~>")
_ESCAPES: Final = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_NUMBER: Final = re.compile(r"(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[Ee][-+]?[0-9]+)?")
_NAME: Final = re.compile("[^" + re.escape(_SPACES + "".join(sign for sign in OPERATORS if len(sign) == 1)) + "]*")
_HEX: Final = re.compile("[0-9a-fA-F]+")
_WORDS: Final[dict[str, tuple[str, Any]]] = {
    "or": ("operator", "or"), "in": ("operator", "in"), "and": ("operator", "and"),
    "true": ("value", True), "false": ("value", False), "null": ("value", None),
}  # fmt: skip
_BRACKETS: Final = {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}


class Token(NamedTuple):
    """One token: kind ``name``, ``variable``, ``operator``, ``string``, ``number``, ``value`` or ``regex``."""

    kind: str
    value: Any
    position: int


class Lexer:
    """Reads one token at a time."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def next(self, operand_done: bool) -> Token | None:
        """Return the next token; None at the end.

        Args:
            operand_done: a slash divides here.

        Raises:
            Fault: S0101 to S0106, S0301, S0302.
        """
        self._skip()
        text, at = self._text, self._at
        if at >= len(text):
            return None
        sign = text[at]
        if sign == "/" and not operand_done:
            self._at += 1
            return self._token("regex", self._regex())
        if text[at : at + 2] in _DOUBLES:
            self._at += 2
            return self._token("operator", text[at : at + 2])
        if sign in OPERATORS:
            self._at += 1
            return self._token("operator", sign)
        if sign in "\"'":
            return self._string(sign)
        digits = _NUMBER.match(text, at)
        if digits:
            return self._number(digits.group())
        return self._quoted_name() if sign == "`" else self._name()

    def _token(self, kind: str, value: Any) -> Token:
        return Token(kind, value, self._at)

    def _skip(self) -> None:
        text = self._text
        while self._at < len(text):
            if text[self._at] in _SPACES:
                self._at += 1
            elif text.startswith("/*", self._at):
                end = text.find("*/", self._at + 2)
                if end < 0:
                    raise Fault("S0106", self._at)
                self._at = end + 2
            else:
                return

    def _number(self, digits: str) -> Token:
        value = number(float(digits))
        if value - value != 0:
            raise Fault("S0102", self._at, token=digits)
        self._at += len(digits)
        return self._token("number", value)

    def _quoted_name(self) -> Token:
        end = self._text.find("`", self._at + 1)
        if end < 0:
            raise Fault("S0105", len(self._text))
        name = self._text[self._at + 1 : end]
        self._at = end + 1
        return self._token("name", name)

    def _name(self) -> Token:
        match = _NAME.match(self._text, self._at)
        name = match.group() if match else ""
        self._at += len(name)
        if name.startswith("$"):
            return self._token("variable", name[1:])
        kind, value = _WORDS.get(name, ("name", name))
        return self._token(kind, value)

    def _string(self, quote: str) -> Token:
        text = self._text
        parts: list[str] = []
        self._at += 1
        while self._at < len(text):
            sign = text[self._at]
            if sign == quote:
                self._at += 1
                return self._token("string", joined_surrogates("".join(parts)))
            if sign == "\\":
                self._at += 1
                sign = self._escape()
            parts.append(sign)
            self._at += 1
        raise Fault("S0101", self._at)

    def _escape(self) -> str:
        sign = self._text[self._at : self._at + 1]
        if sign in _ESCAPES:
            return _ESCAPES[sign]
        if sign != "u":
            raise Fault("S0103", self._at, token=sign)
        digits = self._text[self._at + 1 : self._at + 5]
        if not _HEX.fullmatch(digits):
            raise Fault("S0104", self._at)
        self._at += 4
        return chr(int(digits, 16))

    def _regex(self) -> tuple[str, str]:
        """Return pattern and flags; a slash inside brackets does not end the pattern."""
        text, start, depth = self._text, self._at, 0
        while self._at < len(text):
            sign = text[self._at]
            if sign == "/" and depth == 0 and not self._escaped(start):
                if self._at == start:
                    raise Fault("S0301", self._at)
                pattern = text[start : self._at]
                self._at += 1
                flags = self._at
                while text[self._at : self._at + 1] in ("i", "m"):
                    self._at += 1
                return pattern, text[flags : self._at]
            if text[self._at - 1] != "\\":
                depth += _BRACKETS.get(sign, 0)
            self._at += 1
        raise Fault("S0302", self._at)

    def _escaped(self, start: int) -> bool:
        before = self._text[start - 1 : self._at]
        return (len(before) - len(before.rstrip("\\"))) % 2 == 1


def joined_surrogates(text: str) -> str:
    """Return *text* with pairs of surrogate halves, as escapes write them, made into the one character they mean."""
    if text.isascii() or not any("\ud800" <= sign <= "\udfff" for sign in text):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
