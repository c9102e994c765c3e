"""The interpreter of one execution: events in, commands and history out.

Told what happened (``events``), it answers with what is to be done (``commands``) and what is to be shown
(``history``). It calls nobody back, reads no clock and draws no number: time and entropy come with each event
(``Ambient``). So the same events and ambients give the same outcomes, wherever and whenever they are fed: an execution
can be stored as its events, replayed, looked at in between, and run in virtual time.

What the driver owes it:

- ``ExecutionStarted`` first, and every event once, in the order in which it was stored.
- For each ``ScheduleTask``: any number of progress events, then one final event. Finals that come later are dropped, so
  a driver need not know what is still wanted. A request that was refused is ``TaskFailed(submitted=False)``; any other
  final of a ``.sync`` or ``.waitForTaskToken`` task is held back until its ``TaskSubmitted``.
- ``TimeReached`` at or after ``deadline``. Too early or too often does no harm.
- For each child of a Map Run, ``ChildrenEnded`` once; for its other commands, the answer that they name. What was not
  answered when a driver died is in ``outstanding``.
- ``Resumed`` whenever an outcome says ``yielded``. Other events may come first.

``execution`` tells how it works inside.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from stepfunctions.core import mapping, progress, redriving
from stepfunctions.core import snapshot as snapshots
from stepfunctions.core.ambient import Ambient
from stepfunctions.core.commands import MapRunCommand
from stepfunctions.core.events import (
    ChildrenEnded,
    Event,
    ExecutionStarted,
    HeartbeatReceived,
    ItemReadFailed,
    ItemsRead,
    MapRunUpdated,
    RedriveRequested,
    ResultsFailed,
    ResultsWritten,
    Resumed,
    StopRequested,
    TaskFailed,
    TaskStarted,
    TaskSubmitted,
    TaskSucceeded,
    TimeReached,
    UnfinishedListed,
)
from stepfunctions.core.execution import RUNNING, Execution, HistoryFull
from stepfunctions.core.frame import ATTEMPTING, RETRYING, RUNNABLE, WAITING
from stepfunctions.core.outcome import Outcome
from stepfunctions.core.program import Program
from stepfunctions.errors import InvalidTransition
from stepfunctions.values import Instant, Json


class Interpreter:
    """One execution, in memory; deterministic.

    Args:
        program: the compiled definition.
    """

    __slots__ = ("_execution",)

    def __init__(self, program: Program) -> None:
        self._execution = Execution(program)

    @property
    def status(self) -> str | None:
        """``RUNNING``, ``SUCCEEDED``, ``FAILED``, ``TIMED_OUT`` or ``ABORTED``; None before the start."""
        return self._execution.status

    @property
    def activities(self) -> tuple[tuple[str, str], ...]:
        """The state and the ARN of every activity that the program names: ``Ambient`` says which do not exist."""
        return self._execution.program.activities

    @property
    def redrive_count(self) -> int:
        """How often it was redriven."""
        return self._execution.redrive_count

    @property
    def yielded(self) -> bool:
        """``Resumed`` is wanted."""
        execution = self._execution
        return bool(execution.starting) or any(frame.phase in RUNNABLE for frame in execution.runnable)

    @property
    def has_map_runs(self) -> bool:
        """A Map Run is open."""
        return bool(self._execution.map_runs)

    def outstanding(self) -> tuple[MapRunCommand, ...]:
        """Return the commands of Map Runs that are not answered yet."""
        frames = self._execution.map_runs.values()
        return tuple(command for frame in frames for command in frame.state.outstanding_of(frame))

    @property
    def deadline(self) -> Instant | None:
        """When ``TimeReached`` is wanted, at the earliest; None for never. Derived, never commanded."""
        execution = self._execution
        if execution.status != RUNNING:
            return None
        nearest = execution.timers.earliest()
        if nearest is None or execution.timeout_at is None:
            return execution.timeout_at if nearest is None else nearest
        return min(nearest, execution.timeout_at)

    def handle(self, event: Event, ambient: Ambient) -> Outcome:
        """Take *event* in and return what follows from it.

        Args:
            event: what happened.
            ambient: when it was observed, and the entropy that it brings.

        Raises:
            InvalidTransition: the event cannot happen now: a bug of ours. The execution may not be used any more.
        """
        execution = self._execution
        execution.observe(ambient)
        execution.starts_children = type(event) is not ChildrenEnded
        if type(event) is ExecutionStarted:
            if execution.status is not None:
                raise InvalidTransition(f"{execution.started.execution_arn} has started already")
        elif execution.status is None:
            raise InvalidTransition(f"{type(event).__name__} before ExecutionStarted")
        elif execution.status != RUNNING and type(event) is not RedriveRequested:
            return Outcome((), (), False)
        try:
            _reaction(event)(execution, event)
            yielded = execution.run()
        except HistoryFull:
            execution.finish_overflowed()
            yielded = False
        return Outcome(tuple(execution.commands), tuple(execution.history), yielded)

    def snapshot(self) -> Json:
        """Return all that the execution needs to go on, as plain JSON. Shape: see ``core.snapshot``."""
        return snapshots.take(self._execution)

    @classmethod
    def restore(cls, program: Program, snapshot: Json) -> Interpreter:
        """Return an interpreter that goes on where *snapshot* was taken.

        Args:
            program: compiled from the same definition.
            snapshot: what ``snapshot`` returned; it is kept, so it may not be changed any more.

        Raises:
            InvalidTransition: the snapshot is of another version, or of another definition.
        """
        interpreter = cls(program)
        interpreter._execution = snapshots.restore(program, snapshot)
        return interpreter


def _reaction(event: Event) -> Callable[[Execution, Any], None]:
    try:
        return _REACTIONS[type(event)]
    except KeyError:
        raise InvalidTransition(f"the interpreter does not know the event {type(event).__name__}") from None


def _start(execution: Execution, event: ExecutionStarted) -> None:
    execution.start(event)


def _pass_time(execution: Execution, event: TimeReached) -> None:
    """Wake whoever is due, in the order of their deadlines."""
    if execution.timeout_at is not None and execution.timeout_at <= execution.now:
        execution.finish_timed_out()
        return
    while execution.status == RUNNING and (frame := execution.timers.take_due(execution.now)) is not None:
        if frame.phase == WAITING:
            execution.guarded(frame, frame.state.resume)
        elif frame.phase == RETRYING:
            execution.wake(frame, ATTEMPTING)
        else:
            progress.timed_out(execution, frame)


def _resume(execution: Execution, event: Resumed) -> None:
    """Nothing to take in: the frames that are runnable run."""


def _stop(execution: Execution, event: StopRequested) -> None:
    execution.finish_aborted(event.error, event.cause)


_REACTIONS: Final[dict[type[Event], Callable[[Execution, Any], None]]] = {
    ExecutionStarted: _start,
    TaskStarted: progress.started,
    TaskSubmitted: progress.submitted,
    TaskSucceeded: progress.succeeded,
    TaskFailed: progress.failed,
    HeartbeatReceived: progress.heard_of,
    TimeReached: _pass_time,
    Resumed: _resume,
    StopRequested: _stop,
    RedriveRequested: redriving.redrive,
    ItemsRead: mapping.items_read,
    ItemReadFailed: mapping.item_read_failed,
    ChildrenEnded: mapping.children_ended,
    UnfinishedListed: mapping.unfinished_listed,
    ResultsWritten: mapping.results_written,
    ResultsFailed: mapping.results_failed,
    MapRunUpdated: mapping.updated,
}
