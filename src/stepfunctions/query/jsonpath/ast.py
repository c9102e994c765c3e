"""The syntax tree of a JSONPath. Plain data: ``parser`` makes it, ``definite`` and ``indefinite`` compile it.

``str()`` of a step is Jayway's own rendering, which AWS's error texts quote.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TypeAlias

from stepfunctions.values import Json


class Root(enum.Enum):
    """What a path starts from."""

    INPUT = "$"
    CONTEXT = "$$"
    VARIABLE = "$name"
    CURRENT = "@"


@dataclass(frozen=True, slots=True)
class Properties:
    """``.a``, ``['a']`` or ``['a','b']``."""

    names: tuple[str, ...]

    def __str__(self) -> str:
        return "[" + ",".join(f"'{name}'" for name in self.names) + "]"


@dataclass(frozen=True, slots=True)
class Indexes:
    """``[0]``, ``[-1]`` or ``[0,2]``."""

    positions: tuple[int, ...]

    def __str__(self) -> str:
        return "[" + ",".join(map(str, self.positions)) + "]"


@dataclass(frozen=True, slots=True)
class Slice:
    """``[1:]``, ``[:2]`` or ``[1:2]``. A third part is read and ignored, as in Jayway."""

    start: int | None
    stop: int | None

    def __str__(self) -> str:
        return f"[{'' if self.start is None else self.start}:{'' if self.stop is None else self.stop}]"


@dataclass(frozen=True, slots=True)
class Wildcard:
    """``.*`` or ``[*]``."""

    def __str__(self) -> str:
        return "[*]"


@dataclass(frozen=True, slots=True)
class Descent:
    """``..``: the step after it is tried on the value and on everything inside it."""

    def __str__(self) -> str:
        return ".."


@dataclass(frozen=True, slots=True)
class Filter:
    """``[?(...)]``."""

    condition: Condition

    def __str__(self) -> str:
        return "[?]"


Step: TypeAlias = Properties | Indexes | Slice | Wildcard | Descent | Filter


@dataclass(frozen=True, slots=True)
class PathNode:
    """A whole path."""

    root: Root
    variable: str | None
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant of a filter."""

    value: Json


@dataclass(frozen=True, slots=True)
class Pattern:
    """``/regex/flags`` of a filter."""

    source: str
    flags: str


Operand: TypeAlias = PathNode | Literal | Pattern


@dataclass(frozen=True, slots=True)
class Exists:
    """``@.a``: true if the path has a target, whatever its value."""

    path: PathNode


@dataclass(frozen=True, slots=True)
class Comparison:
    """``left operator right``."""

    left: Operand
    operator: str
    right: Operand


@dataclass(frozen=True, slots=True)
class Not:
    """``!(...)``."""

    condition: Condition


@dataclass(frozen=True, slots=True)
class And:
    """``a && b``."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """``a || b``."""

    conditions: tuple[Condition, ...]


Condition: TypeAlias = Exists | Comparison | Not | And | Or


def is_definite(steps: tuple[Step, ...]) -> bool:
    """Return whether the steps name at most one value, so that a miss is an error and a hit is no list."""
    return all(_is_definite_step(step, is_last) for step, is_last in _with_last(steps))


def _is_definite_step(step: Step, is_last: bool) -> bool:
    if isinstance(step, Properties):
        # Several names at the end merge into one object: Jayway counts that as one value.
        return len(step.names) == 1 or is_last
    return isinstance(step, Indexes) and len(step.positions) == 1


def _with_last(steps: tuple[Step, ...]) -> list[tuple[Step, bool]]:
    return [(step, position == len(steps) - 1) for position, step in enumerate(steps)]
