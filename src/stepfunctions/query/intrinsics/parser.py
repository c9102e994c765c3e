"""Text to syntax tree: ``States.Fn(argument, ...)``.

An argument is a string in single quotes, a number, true, false, null, a path or another call. Inside quotes a
backslash escapes ``'``, ``{``, ``}`` and itself; before anything else it stands for itself (not verified against AWS).
Which functions exist is known to ``functions``, not here.

Source: States Language, "Intrinsic Functions".
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Final, TypeAlias

from stepfunctions.query.jsonpath import Path, PathSyntaxError, compile_path
from stepfunctions.values import Json

NESTING_MAX: Final = 10
"""Calls inside one another that AWS takes."""

_NAME: Final = re.compile(r"\s*(States\.\w+)\s*\(")
_STRING: Final = re.compile(r"'((?:[^'\\]|\\.)*)'", re.DOTALL)
_CONSTANT: Final = re.compile(r"(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?=\s*[,)])", re.ASCII)
_PATH_PART: Final = re.compile(r"[^\s,()\[\]'\"]+|\(\)")
_QUOTED: Final = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"", re.DOTALL)
_BLANKS: Final = re.compile(r"\s*")
_ESCAPE: Final = re.compile(r"\\(['{}\\])")


class IntrinsicSyntaxError(ValueError):
    """The text is not a call of an intrinsic function; says where and what was expected."""


@dataclass(frozen=True, slots=True)
class StringLiteral:
    """A string in quotes.

    Args:
        raw: what stands between the quotes; States.Format tells ``{}`` from ``\\{\\}`` by it.
    """

    raw: str

    @property
    def value(self) -> str:
        """The string meant."""
        return unescape(self.raw)


@dataclass(frozen=True, slots=True)
class Constant:
    """A number, true, false or null."""

    value: Json


@dataclass(frozen=True, slots=True)
class Call:
    """A function with its arguments."""

    function: str
    arguments: tuple[Argument, ...]


Argument: TypeAlias = StringLiteral | Constant | Path | Call


def unescape(raw: str) -> str:
    """Return *raw* with its escapes resolved."""
    return _ESCAPE.sub(r"\1", raw) if "\\" in raw else raw


def parse_call(text: str) -> Call:
    """Return the syntax tree of a whole call.

    Raises:
        IntrinsicSyntaxError: not a call, or nested too deeply.
    """
    parser = _Parser(text)
    call = parser.call(depth=1)
    parser.skip_blanks()
    if parser.position < len(text):
        raise parser.fault("nothing after the closing parenthesis")
    return call


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self.position = 0

    def fault(self, expected: str) -> IntrinsicSyntaxError:
        return IntrinsicSyntaxError(
            f"Invalid intrinsic function call '{self._text}' at position {self.position}: expected {expected}"
        )

    def skip_blanks(self) -> None:
        self._match(_BLANKS)

    def _match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self._text, self.position)
        if found is not None:
            self.position = found.end()
        return found

    def _take(self, literal: str) -> bool:
        self.skip_blanks()
        if self._text.startswith(literal, self.position):
            self.position += len(literal)
            return True
        return False

    def call(self, depth: int) -> Call:
        name = self._match(_NAME)
        if name is None:
            raise self.fault("a function such as States.Format(...)")
        if depth > NESTING_MAX:
            raise self.fault(f"at most {NESTING_MAX} nested calls")
        return Call(name[1], self._arguments(depth))

    def _arguments(self, depth: int) -> tuple[Argument, ...]:
        if self._take(")"):
            return ()
        arguments = [self._argument(depth)]
        while self._take(","):
            arguments.append(self._argument(depth))
        if not self._take(")"):
            raise self.fault("',' or ')'")
        return tuple(arguments)

    def _argument(self, depth: int) -> Argument:
        self.skip_blanks()
        if self._text.startswith("$", self.position):
            return self._path()
        if self._text.startswith("States.", self.position):
            return self.call(depth + 1)
        if string := self._match(_STRING):
            return StringLiteral(string[1])
        if constant := self._match(_CONSTANT):
            return Constant(json.loads(constant[0]))
        raise self.fault("a path, a 'string', a number, true, false, null or a nested call")

    def _path(self) -> Path:
        start = self.position
        while self._match(_PATH_PART) or self._brackets():
            pass
        try:
            return compile_path(self._text[start : self.position])
        except PathSyntaxError as error:
            self.position = start
            raise self.fault(f"a valid path ({error})") from None

    def _brackets(self) -> bool:
        """Move past ``[...]``, whatever stands inside it, if it comes next."""
        depth, position = 0, self.position
        while position < len(self._text):
            if quoted := _QUOTED.match(self._text, position):
                position = quoted.end()
                continue
            depth += {"[": 1, "]": -1}.get(self._text[position], 0)
            if depth == 0:
                break
            position += 1
        if depth != 0 or position == self.position or position >= len(self._text):
            return False
        self.position = position + 1
        return True
