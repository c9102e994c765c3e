"""One answer of the interpreter: what to do, and what to show."""

from __future__ import annotations

from typing import NamedTuple

from stepfunctions.core.commands import Command
from stepfunctions.core.history import HistoryEvent


class Outcome(NamedTuple):
    """What one call of ``Interpreter.handle`` led to.

    Args:
        commands: what the driver must do, in this order.
        history: the new history events; ids go on from the last event of the call before.
        yielded: True if frames are still runnable: the driver answers with ``Resumed`` when it is this execution's
            turn again.
    """

    commands: tuple[Command, ...]
    history: tuple[HistoryEvent, ...]
    yielded: bool
