"""What a query sees beside its data: ``query.scope.Scope`` over the frame that is running.

There is one per execution, pointed at one frame after the other: queries look around, and keep nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final
from weakref import proxy

from stepfunctions.core.context import MapItem, build_context, enclosing_item
from stepfunctions.core.frame import Frame
from stepfunctions.values import Instant, Json

if TYPE_CHECKING:
    from stepfunctions.core.execution import Execution


STEPS_MAX: Final = 2_000_000
"""What the queries of one state may take together, in steps of about a microsecond. Not verified against AWS."""


STEPS_QUANTUM: Final = 250_000
"""Steps of queries that one event may lead to before the execution yields to others: about a quarter of a second."""

CHARACTERS_A_STEP: Final = 64
"""What is written of new data counts as steps too: a payload of 256 KB in a loop, yielding after 60 laps."""


class Surroundings:
    """The surroundings of the frame that is running.

    Attributes:
        spent: the steps that queries have taken, since whoever counts them set this to 0.
    """

    __slots__ = ("_context", "_execution", "_frame", "_item", "_spent_here", "_token", "spent")

    def __init__(self, execution: Execution) -> None:
        # A cycle would leave every execution that has ended to the garbage collector, a child of a Map Run each.
        self._execution: Execution = proxy(execution)
        self._frame: Frame | None = None
        self._item: MapItem | None = None
        self._token: str | None = None
        self._context: Json = None
        self._spent_here = 0
        self.spent = 0

    def look_from(self, frame: Frame, *, item: MapItem | None = None, token: str | None = None) -> None:
        """Point at *frame*.

        Args:
            frame: whose variables and context are seen from now on.
            item: the item that is seen; that of the innermost iteration around the frame if None.
            token: the task token, for states that show it.
        """
        self._frame = frame
        self._item = item
        self._token = token
        self._context = None
        self._spent_here = 0

    @property
    def variables(self) -> Mapping[str, Json]:
        """The workflow variables in reach."""
        return self._frame.variables if self._frame is not None else {}

    @property
    def context(self) -> Json:
        """The context object."""
        if self._context is None and self._frame is not None:
            item = self._item or enclosing_item(self._frame)
            self._context = build_context(self._execution, self._frame, item, self._token)
        return self._context

    @property
    def now(self) -> Instant:
        """The time of the event that is being handled."""
        return self._execution.now

    def random(self) -> float:
        """Return the next number of the event's entropy, uniform in [0, 1)."""
        return self._execution.entropy.random()

    def uuid(self) -> str:
        """Return the next version 4 UUID of the event's entropy."""
        return self._execution.entropy.uuid()

    def spend(self, steps: int) -> bool:
        """Take note of what a query took; return whether that is not yet too much for one state."""
        self.spent += steps
        self._spent_here += steps
        return self._spent_here <= STEPS_MAX

    def count_written(self, text: str) -> None:
        """Have what was written of new data count for the quantum."""
        self.spent += len(text) // CHARACTERS_A_STEP

    @property
    def is_quantum_used(self) -> bool:
        """Whether so much was spent for this event that others are to have their turn."""
        return self.spent > STEPS_QUANTUM
