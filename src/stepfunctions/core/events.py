"""What the interpreter is told: each event happened, in the past tense.

Events are plain data with a JSON form, so that they can be stored, replayed and read by a person. ``task_id`` is the
id of the ScheduleTask command that the event answers, ``run_id`` that of the OpenMapRun command that it is about.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Final

from stepfunctions.values import Instant, Json


@dataclass(frozen=True, slots=True)
class Event:
    """Base of all events."""

    VERSION: ClassVar[int] = 1

    def to_json(self) -> Json:
        """Return a JSON object, ``{"event": str, "version": int, ...fields}``."""
        return {
            "event": type(self).__name__,
            "version": self.VERSION,
            **{name: getattr(self, name) for name in _FIELDS[type(self).__name__]},
        }


@dataclass(frozen=True, slots=True)
class ExecutionStarted(Event):
    """The first event of every execution; its fields feed the context object and the first history event.

    Args:
        input: the caller's text, verbatim.
        execution_arn: also ``$$.Execution.Id``.
        name: of the execution.
        role_arn: of the state machine.
        state_machine_arn: unqualified; also ``$$.StateMachine.Id``.
        state_machine_name: also ``$$.StateMachine.Name``.
        started_at: also ``$$.Execution.StartTime``.
        version_arn: the state machine version, if it was started through one.
        alias_arn: the alias, likewise.
        express: it may run for five minutes only.
        synchronous: it was started by StartSyncExecution; AWS then leaves RedriveCount out of the context object.
    """

    input: str
    execution_arn: str
    name: str
    role_arn: str
    state_machine_arn: str
    state_machine_name: str
    started_at: Instant
    version_arn: str | None = None
    alias_arn: str | None = None
    express: bool = False
    synchronous: bool = False


@dataclass(frozen=True, slots=True)
class TaskStarted(Event):
    """The handler has begun: TaskStarted, LambdaFunctionStarted or ActivityStarted in history."""

    task_id: str
    worker: str | None = None


@dataclass(frozen=True, slots=True)
class TaskSubmitted(Event):
    """The request of a ``.sync`` or ``.waitForTaskToken`` task was accepted; *output* is its answer, as JSON text."""

    task_id: str
    output: str


@dataclass(frozen=True, slots=True)
class TaskSucceeded(Event):
    """Final. *output* is JSON text. Of a task that has a TaskSubmitted event, it is held back until that event."""

    task_id: str
    output: str


@dataclass(frozen=True, slots=True)
class TaskFailed(Event):
    """Final. Error and cause are None where a caller of SendTaskFailure gave none.

    Of a task that has a TaskSubmitted event, it is held back until that event, unless ``submitted`` is False.
    """

    task_id: str
    error: str | None
    cause: str | None
    submitted: bool = True
    """False if the request itself was refused, or was never made; history tells them apart by pattern and error."""


@dataclass(frozen=True, slots=True)
class HeartbeatReceived(Event):
    """A worker is alive: restarts the heartbeat's clock. Writes no history."""

    task_id: str


@dataclass(frozen=True, slots=True)
class TimeReached(Event):
    """``Ambient.now`` is at or past ``Interpreter.deadline``."""


@dataclass(frozen=True, slots=True)
class Resumed(Event):
    """The driver gives the next quantum to an execution that had yielded."""


@dataclass(frozen=True, slots=True)
class StopRequested(Event):
    """StopExecution, with the caller's error and cause."""

    error: str | None = None
    cause: str | None = None


@dataclass(frozen=True, slots=True)
class ItemsRead(Event):
    """Answers ReadItems. *position* repeats the command's; *source* is ``$$.Map.Item.Source`` of these items.

    Where *is_object* is set, the items are the ``[key, value]`` pairs of an object.
    """

    run_id: str
    position: int
    items: Sequence[Json]
    is_last: bool
    source: str
    is_object: bool = False


@dataclass(frozen=True, slots=True)
class ItemReadFailed(Event):
    """Answers ReadItems: there are no items to be had."""

    run_id: str
    error: str | None
    cause: str | None


@dataclass(frozen=True, slots=True)
class ChildrenEnded(Event):
    """Children of a Map Run have ended: *children* are pairs of position and status. Outputs stay where they are.

    It starts no other child: what it makes room for is asked for at the next event, so that the end of a child and
    the news of it are always one commit, however many follow.
    """

    run_id: str
    children: Sequence[Sequence[Json]]


@dataclass(frozen=True, slots=True)
class UnfinishedListed(Event):
    """Answers ListUnfinished: *children* are pairs of position and number of items, in order."""

    run_id: str
    after: int
    children: Sequence[Sequence[Json]]
    is_last: bool


@dataclass(frozen=True, slots=True)
class ResultsWritten(Event):
    """Answers WriteResults; *output* is the result of the Map state, as JSON text."""

    run_id: str
    output: str


@dataclass(frozen=True, slots=True)
class ResultsFailed(Event):
    """Answers WriteResults: there is no result."""

    run_id: str
    error: str | None
    cause: str | None


@dataclass(frozen=True, slots=True)
class MapRunUpdated(Event):
    """UpdateMapRun; None leaves a limit as it is."""

    run_id: str
    max_concurrency: int | None = None
    tolerated_failure_count: int | None = None
    tolerated_failure_percentage: float | None = None


@dataclass(frozen=True, slots=True)
class RedriveRequested(Event):
    """RedriveExecution: *redrive_count* is the number of this redrive, from 1; *token* is the client's."""

    redrive_count: int
    token: str | None = None


EVENTS: dict[str, type[Event]] = {
    kind.__name__: kind
    for kind in (
        ExecutionStarted, TaskStarted, TaskSubmitted, TaskSucceeded, TaskFailed, HeartbeatReceived, TimeReached,
        Resumed, StopRequested, RedriveRequested, ItemsRead, ItemReadFailed, ChildrenEnded, UnfinishedListed,
        ResultsWritten, ResultsFailed, MapRunUpdated,
    )
}  # fmt: skip


_FIELDS: Final = {name: tuple(field.name for field in fields(kind)) for name, kind in EVENTS.items()}
"""Looked up once: asking a dataclass takes as long as writing the event."""


def event_from_json(data: dict[str, Any]) -> Event:
    """Return the event that ``Event.to_json`` wrote.

    Raises:
        KeyError: an event of a kind that this version does not know.
    """
    kind = EVENTS[data["event"]]
    return kind(**{key: value for key, value in data.items() if key not in ("event", "version")})
