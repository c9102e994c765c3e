"""Text to syntax tree: the steps of a path. Filters are read by ``filters``.

Follows Jayway's path compiler, which is laxer than RFC 9535: ``$.2``, ``$.a-b`` and ``$.['a']`` are paths.
"""

from __future__ import annotations

import re
from typing import Final

from stepfunctions.query.jsonpath.ast import (
    Descent,
    Filter,
    Indexes,
    PathNode,
    Properties,
    Root,
    Slice,
    Step,
    Wildcard,
)
from stepfunctions.query.jsonpath.filters import parse_condition
from stepfunctions.query.jsonpath.reader import Reader

# Parentheses belong to a name: AWS takes ``$.list.length()`` for a property called "length()".
_NAME: Final = re.compile(r"[^.\[\]*\s'\"]+")
_NAME_IN_FILTER: Final = re.compile(r"(?:[^.\[\]*\s'\"()<>=~!&|,]|\(\))+")
_VARIABLE: Final = re.compile(r"[^\W\d]\w*")
_NUMBERS: Final = re.compile(r"\s*-?\d+\s*(?:,\s*-?\d+\s*)*(?=\])", re.ASCII)
_SLICE: Final = re.compile(r"\s*(-?\d+)?\s*:\s*(-?\d+)?\s*(?::\s*(?:-?\d+)?\s*)?(?=\])", re.ASCII)


def parse_path(text: str) -> PathNode:
    """Return the syntax tree of a whole path.

    Args:
        text: a path that starts with ``$``, ``$$`` or ``$name``.

    Raises:
        PathSyntaxError: says where the text stops being a path.
    """
    reader = Reader(text)
    if not reader.take("$"):
        reader.fail("a path starts with '$'")
    root, variable = _root(reader)
    steps = read_steps(reader, in_filter=False)
    if reader.position < len(text):
        reader.fail("expected '.' or '['")
    return PathNode(root, variable, steps)


def _root(reader: Reader) -> tuple[Root, str | None]:
    if reader.take("$"):
        return Root.CONTEXT, None
    name = reader.match(_VARIABLE)
    return (Root.VARIABLE, name[0]) if name else (Root.INPUT, None)


def read_steps(reader: Reader, in_filter: bool) -> tuple[Step, ...]:
    """Read steps as long as they come, for a whole path or for one inside a filter."""
    steps: list[Step] = []
    while reader.peek and reader.peek in ".[":
        if reader.take(".."):
            steps.append(Descent())
            if reader.peek == ".":
                reader.fail("expected a name, '*' or '[' after '..'")
            steps.append(_bracket(reader) if reader.peek == "[" else _after_dot(reader, in_filter))
        elif reader.take("."):
            steps.append(_bracket(reader) if reader.peek == "[" else _after_dot(reader, in_filter))
        else:
            steps.append(_bracket(reader))
    return tuple(steps)


def _after_dot(reader: Reader, in_filter: bool) -> Step:
    if reader.take("*"):
        return Wildcard()
    name = reader.match(_NAME_IN_FILTER if in_filter else _NAME)
    if name is None:
        reader.fail("expected a name, '*' or '['; a name with blanks is written ['my name']")
    return Properties((name[0],))


def _bracket(reader: Reader) -> Step:
    reader.expect("[")
    reader.skip_blanks()
    step = _inside_bracket(reader)
    reader.skip_blanks()
    reader.expect("]")
    return step


def _inside_bracket(reader: Reader) -> Step:
    if reader.peek and reader.peek in "'\"":
        return Properties(_names(reader))
    if reader.take("*"):
        return Wildcard()
    if reader.take("?"):
        return Filter(parse_condition(reader, _path_in_filter))
    if numbers := reader.match(_NUMBERS):
        return Indexes(tuple(int(number) for number in numbers[0].split(",")))
    bounds = reader.match(_SLICE)
    if bounds is None or bounds[1] is None is bounds[2]:
        reader.fail("expected a quoted name, an index, a slice, '*' or '?(' inside brackets")
    return Slice(*(int(bound) if bound else None for bound in bounds.groups()))


def _names(reader: Reader) -> tuple[str, ...]:
    names = [reader.quoted()]
    while reader.skip_blanks().take(","):
        if not (reader.skip_blanks().peek and reader.peek in "'\""):
            reader.fail("expected a quoted name after ','")
        names.append(reader.quoted())
    return tuple(names)


def _path_in_filter(reader: Reader) -> PathNode:
    if reader.take("@"):
        return PathNode(Root.CURRENT, None, read_steps(reader, in_filter=True))
    reader.expect("$")
    if reader.peek == "$" or _VARIABLE.match(reader.text, reader.position):
        reader.fail("a filter sees '@' and '$' only, neither variables nor the context object")
    return PathNode(Root.INPUT, None, read_steps(reader, in_filter=True))
