"""A compiled path: what the rest of the project calls."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Final, TypeAlias

from stepfunctions.query.jsonpath.ast import PathNode, Root, is_definite
from stepfunctions.query.jsonpath.definite import Walk, compile_walk
from stepfunctions.query.jsonpath.errors import PathNotFound, PathSyntaxError
from stepfunctions.query.jsonpath.indefinite import compile_select
from stepfunctions.query.jsonpath.parser import parse_path
from stepfunctions.query.jsonpath.visit import Visit
from stepfunctions.query.scope import Scope
from stepfunctions.values import ABSENT, Json

Read: TypeAlias = Callable[[Json, Scope], Json]

_CACHE_SIZE: Final = 4096


class Path:
    """A JSONPath, ready to be called. Make one with ``compile_path``.

    Attributes:
        text: as the definition writes it.
        definite: whether it names one value; an indefinite path yields a list, which may be empty.
        root: what it starts from.
        variables: the workflow variables it reads, without ``$``.
        node: its syntax tree.
        read: the compiled closure. Calling the path is the same, one Python call slower.
    """

    __slots__ = ("definite", "node", "read", "root", "text", "variables")

    def __init__(self, text: str, node: PathNode) -> None:
        self.text = text
        self.node = node
        self.root = node.root
        self.definite = is_definite(node.steps)
        self.variables = frozenset({node.variable} if node.variable else ())
        self.read: Read = _compile(text, node, self.definite)

    def __call__(self, data: Json, scope: Scope) -> Json:
        """Return what the path leads to.

        Args:
            data: the input that ``$`` stands for.
            scope: provides ``$$`` and variables.

        Returns:
            The value of a definite path, a list of values of an indefinite one.

        Raises:
            PathNotFound: the path is definite and has no target.
        """
        return self.read(data, scope)

    def __repr__(self) -> str:
        return f"Path({self.text!r})"


@lru_cache(_CACHE_SIZE)
def compile_path(text: str) -> Path:
    """Return the compiled path; the same object for the same text.

    Args:
        text: a path that starts with ``$`` (input), ``$$`` (context object) or ``$name`` (variable).

    Raises:
        PathSyntaxError: not a path.

    Source:
        Jayway JsonPath's path compiler; AWS Developer Guide, "Using JSONPath paths".
    """
    try:
        return Path(text, parse_path(text))
    except RecursionError:
        raise PathSyntaxError(text, 0, "fewer parentheses inside one another") from None


def _compile(text: str, node: PathNode, definite: bool) -> Read:
    walk = compile_walk(text, node.steps) if definite else _gather(text, node)
    if node.root is Root.CONTEXT:
        return lambda data, scope: walk(scope.context, scope)
    if node.variable is not None:
        return _read_variable(text, node.variable, walk, has_steps=bool(node.steps))
    if not node.steps:
        return lambda data, scope: data
    return walk


def _gather(text: str, node: PathNode) -> Walk:
    select = compile_select(node.steps)

    def walk(value: Json, scope: Scope | None) -> Json:
        found: list[Json] = []
        visit = Visit(text, value)
        select(value, visit, found)
        visit.end(scope)
        return found

    return walk


def _read_variable(text: str, name: str, walk: Walk, has_steps: bool) -> Read:
    def read(data: Json, scope: Scope) -> Json:
        value = scope.variables.get(name, ABSENT)
        if value is ABSENT:
            # Not verified against AWS, which refuses most such definitions when they are created.
            raise PathNotFound(text, f"No results for path: $['{name}']")
        return walk(value, scope) if has_steps else value

    return read
