"""One evaluation: its surroundings and its budgets.

A ``Frame`` is a tuple of the names bound here, the frame around it, and the ``Run``: the cheapest thing that closures
can pass on. The budgets are counted, never timed, so that an evaluation replayed anywhere ends the same way.

Source: AWS refuses an evaluation nested deeper than about 100, and a range of more than 873,782 numbers or a string
of 2**23 characters (2**22 pass): the bound below is the largest that fits. The number of steps is ours.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeAlias

from stepfunctions.query.jsonata.errors import too_large, too_long
from stepfunctions.query.scope import Scope


@dataclass(frozen=True, slots=True)
class Limits:
    """What one evaluation may use.

    Args:
        steps_max: calls, items looked at, and large values by their size; a step takes about a microsecond.
        depth_max: how deep expressions may nest, those of called functions counted on top of their caller's.
        memory_max_bytes: the size of one value, at 8 for a number or member and 1 for a character.
    """

    steps_max: int = 1_000_000
    depth_max: int = 100
    memory_max_bytes: int = 6_990_256


DEFAULT_LIMITS: Final = Limits()

ITEM_BYTES: Final = 8


class Budget(Protocol):
    """What work is taken from."""

    def spend(self, steps: int) -> None:
        """Take *steps*; fails if there are not so many left."""
        ...


class Run:
    """One evaluation.

    Attributes:
        input: what ``$$`` stands for.
        scope: time and chance.
        limits: what it may use.
        steps: how many are left.
        depth: of the call being made.
    """

    __slots__ = ("depth", "input", "limits", "scope", "steps")

    def __init__(self, input_: Any, scope: Scope, limits: Limits) -> None:
        self.input = input_
        self.scope = scope
        self.steps = limits.steps_max
        self.depth = 0
        self.limits = limits

    def spend(self, steps: int) -> None:
        """Take *steps* from the budget.

        Raises:
            Fault: there are not so many left.
        """
        self.steps -= steps
        if self.steps < 0:
            raise too_long()

    def hold_items(self, count: int) -> None:
        """Account for an array or object of *count* members about to be made.

        Raises:
            Fault: it is too large, or the budget of steps is used up.
        """
        if count * ITEM_BYTES > self.limits.memory_max_bytes:
            raise too_large()
        self.spend(count >> 3)

    def hold_text(self, length: int) -> None:
        """Account for a string of *length* characters about to be made.

        Raises:
            Fault: it is too large, or the budget of steps is used up.
        """
        if length > self.limits.memory_max_bytes:
            raise too_large()
        self.spend(length >> 6)


Frame: TypeAlias = tuple[Any, Any, Run]
"""Names bound here (a dict; in the outermost frame the caller's bindings), the frame around, the evaluation."""

Closure: TypeAlias = Callable[[Any, Frame], Any]
"""A compiled expression: from the context value and the frame to a value."""
