"""Text to syntax tree: the condition inside ``[?( )]``.

``&&`` binds closer than ``||``; ``!`` negates a path's existence or a parenthesis; operators made of letters may be
written in any case. A path that no operator follows asks whether it has a target, even a false or null one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Final

from stepfunctions.query.jsonpath.ast import (
    And,
    Comparison,
    Condition,
    Exists,
    Literal,
    Not,
    Operand,
    Or,
    PathNode,
    Pattern,
)
from stepfunctions.query.jsonpath.reader import Reader, unescape
from stepfunctions.query.jsonpath.regex import whole_match
from stepfunctions.values import Json

_SYMBOL: Final = re.compile(r"===|!==|==|!=|<=|>=|=~|<|>")
_WORD: Final = re.compile(r"(in|nin|subsetof|anyof|noneof|all|size|empty|contains)(?=[\s\['\"({@$])", re.IGNORECASE)
_NUMBER: Final = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?", re.ASCII)
_CONSTANT: Final = re.compile(r"(true|false|null)(?!\w)")
_CONSTANTS: Final[dict[str, Json]] = {"true": True, "false": False, "null": None}
_FLAGS: Final = re.compile(r"[dixmsuU]*")
_SINGLE_QUOTED: Final = re.compile(r"'((?:[^'\\]|\\.)*)'|\"(?:[^\"\\]|\\.)*\"", re.DOTALL)

ReadPath = Callable[[Reader], PathNode]


def parse_condition(reader: Reader, read_path: ReadPath) -> Condition:
    """Read ``( ... )``, which comes next.

    Args:
        reader: stands behind the ``?``.
        read_path: reads one path that starts with ``@`` or ``$``; given, since paths and filters contain each other.

    Raises:
        PathSyntaxError: not a condition.
    """
    return _ConditionParser(reader, read_path).parenthesised()


class _ConditionParser:
    def __init__(self, reader: Reader, read_path: ReadPath) -> None:
        self._reader = reader
        self._read_path = read_path

    def parenthesised(self) -> Condition:
        self._reader.skip_blanks().expect("(")
        condition = self._either()
        self._reader.skip_blanks().expect(")")
        return condition

    def _either(self) -> Condition:
        conditions = [self._all()]
        while self._reader.skip_blanks().take("||"):
            conditions.append(self._all())
        return conditions[0] if len(conditions) == 1 else Or(tuple(conditions))

    def _all(self) -> Condition:
        conditions = [self._one()]
        while self._reader.skip_blanks().take("&&"):
            conditions.append(self._one())
        return conditions[0] if len(conditions) == 1 else And(tuple(conditions))

    def _one(self) -> Condition:
        reader = self._reader.skip_blanks()
        if reader.take("!"):
            return Not(self._one())
        if reader.peek == "(":
            return self.parenthesised()
        return self._comparison()

    def _comparison(self) -> Condition:
        left = self._operand()
        self._reader.skip_blanks()
        operator = self._reader.match(_SYMBOL) or self._reader.match(_WORD)
        if operator is not None:
            return Comparison(left, operator[0].lower(), self._operand())
        if not isinstance(left, PathNode):
            self._reader.fail("expected an operator after a constant")
        return Exists(left)

    def _operand(self) -> Operand:
        reader = self._reader.skip_blanks()
        if reader.peek in ("@", "$"):
            return self._read_path(reader)
        if reader.peek in ("'", '"'):
            return Literal(reader.quoted())
        if reader.peek == "/":
            return _pattern(reader)
        if reader.peek in ("[", "{"):
            return Literal(_json(reader))
        if constant := reader.match(_CONSTANT):
            return Literal(_CONSTANTS[constant[0]])
        number = reader.match(_NUMBER)
        if number is None:
            reader.fail("expected a path, a string, a number, true, false, null, /regex/, [..] or {..}")
        return Literal(json.loads(number[0]))


def _pattern(reader: Reader) -> Pattern:
    start = reader.position
    source = reader.until_unescaped("/").replace("\\/", "/")
    flags = reader.match(_FLAGS)
    pattern = Pattern(source, flags[0] if flags else "")
    try:
        whole_match(pattern)
    except ValueError as error:
        reader.position = start
        reader.fail(f"not a regular expression: {error}")
    return pattern


def _json(reader: Reader) -> Json:
    """Read a JSON array or object, whose strings may be in single quotes."""
    start = reader.position
    end = _closing(reader)
    text = _SINGLE_QUOTED.sub(_double_quoted, reader.text[start:end])
    try:
        value = json.loads(text)
    except ValueError:
        reader.fail("not a JSON array or object")
    reader.position = end
    return value


def _double_quoted(match: re.Match[str]) -> str:
    return match[0] if match[1] is None else json.dumps(unescape(match[1]))


def _closing(reader: Reader) -> int:
    """Return the position behind the bracket that closes the one which comes next."""
    depth, position = 0, reader.position
    while position < len(reader.text):
        if string := _SINGLE_QUOTED.match(reader.text, position):
            position = string.end()
            continue
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(reader.text[position], 0)
        position += 1
        if depth == 0:
            return position
    return reader.fail("no closing bracket")
