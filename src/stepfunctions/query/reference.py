"""Reference paths: JSONPaths that name one place, so that it can be written. ResultPath is one.

Only names and indexes, from ``$``. Reading goes through the same compiled path as everywhere else.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from stepfunctions.query.failure import QueryFailed
from stepfunctions.query.jsonpath import Path, PathSyntaxError, compile_path
from stepfunctions.query.jsonpath.ast import Indexes, PathNode, Properties, Root, Step
from stepfunctions.query.scope import Scope
from stepfunctions.values import ABSENT, Json, Payload

_CACHE_SIZE: Final = 4096
_STEPS_MAX: Final = 500
"""How deep a result may be put; deeper, what is made could not be written as JSON. Not verified against AWS."""


class ReferencePath:
    """A reference path, ready to be read and written. Make one with ``compile_reference``.

    Attributes:
        text: as the definition writes it.
        path: the same as an ordinary path.
    """

    __slots__ = ("_keys", "path", "text")

    def __init__(self, path: Path) -> None:
        self.text = path.text
        self.path = path
        self._keys = tuple(map(_key, path.node.steps))

    def __call__(self, data: Json, scope: Scope) -> Json:
        """Return the value at this place.

        Raises:
            PathNotFound: there is none.
        """
        return self.path.read(data, scope)

    def put(self, data: Json, value: Json) -> Json:
        """Return *data* with *value* at this place; *data* itself stays as it is.

        Only what lies along the path is copied. Missing objects are made; an array must already have the element.

        Args:
            data: the state's raw input.
            value: the result.

        Raises:
            QueryFailed: States.ResultPathMatchFailure, the path does not fit the input.

        Source:
            States Language, "Input and Output Processing".
        """
        return self._put(data, value, 0)

    def _put(self, data: Json, value: Json, depth: int) -> Json:
        if depth == len(self._keys):
            return value
        key = self._keys[depth]
        if isinstance(key, str):
            members = self._members(data)
            members[key] = self._put(members.get(key, ABSENT), value, depth + 1)
            return members
        elements = self._elements(data, key)
        elements[key] = self._put(elements[key], value, depth + 1)
        return elements

    def _members(self, data: Json) -> dict[str, Json]:
        if data is ABSENT:
            return {}
        if type(data) is not dict:
            raise self._mismatch(data)
        return dict(data)

    def _elements(self, data: Json, index: int) -> list[Json]:
        if type(data) is not list or not -len(data) <= index < len(data):
            raise self._mismatch(data)
        return list(data)

    def _mismatch(self, data: Json) -> QueryFailed:
        # The text is not verified against AWS.
        shown = "{}" if data is ABSENT else Payload(data).text
        return QueryFailed(
            "States.ResultPathMatchFailure",
            f"Unable to apply ReferencePath {self.text} to input {shown}",
        )

    def __repr__(self) -> str:
        return f"ReferencePath({self.text!r})"


@lru_cache(_CACHE_SIZE)
def compile_reference(text: str) -> ReferencePath:
    """Return the compiled reference path.

    Args:
        text: ``$`` with names and single indexes only: no filter, slice, wildcard, ``..``, union, ``$$`` or variable.

    Raises:
        PathSyntaxError: not a reference path.

    Source:
        States Language, "Reference Paths".
    """
    path = compile_path(text)
    if not is_reference(path.node):
        raise PathSyntaxError(text, 0, "a reference path has names and single indexes only")
    if len(path.node.steps) > _STEPS_MAX:
        raise PathSyntaxError(text, 0, f"a reference path has no more than {_STEPS_MAX} steps")
    return ReferencePath(path)


def is_reference(node: PathNode) -> bool:
    """Return whether a path names one place of the input."""
    return node.root is Root.INPUT and all(map(_is_single, node.steps))


def _is_single(step: Step) -> bool:
    if isinstance(step, Properties):
        return len(step.names) == 1
    return isinstance(step, Indexes) and len(step.positions) == 1


def _key(step: Step) -> str | int:
    if isinstance(step, Properties):
        return step.names[0]
    assert isinstance(step, Indexes)
    return step.positions[0]
