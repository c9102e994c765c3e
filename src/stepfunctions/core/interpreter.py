"""The interpreter of one execution: event in, commands and history out."""

from __future__ import annotations

from stepfunctions.core.ambient import Ambient
from stepfunctions.core.events import Event
from stepfunctions.core.outcome import Outcome
from stepfunctions.core.program import Program
from stepfunctions.values import Instant, Json


class Interpreter:
    """One execution, in memory; deterministic: the same events and ambients give the same outcomes."""

    def __init__(self, program: Program) -> None:
        self._program = program

    @property
    def deadline(self) -> Instant | None:
        """When ``TimeReached`` is wanted, at the earliest; None for never. Derived, never commanded."""
        return None

    def handle(self, event: Event, ambient: Ambient) -> Outcome:
        """Take *event* in and return what follows from it.

        Raises:
            InvalidTransition: the event cannot happen now: a bug of ours.
        """
        return Outcome((), (), False)

    def snapshot(self) -> Json:
        """Return all that the execution needs to go on, as plain JSON."""
        return {}

    @classmethod
    def restore(cls, program: Program, snapshot: Json) -> Interpreter:
        """Return the interpreter that ``snapshot`` was taken from."""
        return cls(program)
