"""What the interpreter wants done: imperatives for the driver, plain data with a JSON form."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, ClassVar, Final

from stepfunctions.values import Instant, Json


@dataclass(frozen=True, slots=True)
class Command:
    """Base of all commands."""

    VERSION: ClassVar[int] = 1

    def to_json(self) -> Json:
        """Return a JSON object, ``{"command": str, "version": int, ...fields}``."""
        return {
            "command": type(self).__name__,
            "version": self.VERSION,
            **{name: getattr(self, name) for name in _FIELDS[type(self).__name__]},
        }


@dataclass(frozen=True, slots=True)
class ScheduleTask(Command):
    """Start one attempt of a Task state. Answered by progress events and exactly one final event.

    Args:
        task_id: unique in the execution; ``<execution ARN>#<task_id>`` identifies the effect to the outside.
        state: the name of the Task state.
        resource: the state's Resource ARN, verbatim.
        arguments: the rendered input of the task (after Parameters or Arguments), as JSON text.
        token: the task token. Committed with this command, so that a callback can always be matched.
        timeout_at: when the attempt times out; None for never. The interpreter keeps the time, not the handler.
        heartbeat_seconds: the heartbeat interval, for handlers that tell their worker; None for none.
        credentials_role_arn: the role of the state's Credentials; None for the execution's own.
    """

    task_id: str
    state: str
    resource: str
    arguments: str
    token: str
    timeout_at: Instant | None = None
    heartbeat_seconds: float | None = None
    credentials_role_arn: str | None = None


@dataclass(frozen=True, slots=True)
class CancelTask(Command):
    """The answer to this task no longer matters: stop the work, as far as it can be stopped."""

    task_id: str


@dataclass(frozen=True, slots=True)
class CompleteExecution(Command):
    """The execution has ended.

    Args:
        status: ``SUCCEEDED``, ``FAILED``, ``TIMED_OUT`` or ``ABORTED``.
        output: JSON text, when it succeeded.
        error: as DescribeExecution shows it; absent (None) for a timeout.
        cause: likewise.
    """

    status: str
    output: str | None = None
    error: str | None = None
    cause: str | None = None


@dataclass(frozen=True, slots=True)
class MapRunCommand(Command):
    """Base of the commands about a Map Run.

    Args:
        run_id: the run's id, unique in the execution; every event about the run has it.
    """

    run_id: str


@dataclass(frozen=True, slots=True)
class OpenMapRun(MapRunCommand):
    """A Map Run begins.

    Args:
        arn: of the Map Run.
        label: of the Map state, given or made up.
        state: the name of the Map state.
        definition: what each child executes, as text.
        express: the children are EXPRESS executions.
        max_concurrency: as DescribeMapRun shows it: 0 for as many as possible.
        tolerated_failure_count: likewise.
        tolerated_failure_percentage: likewise.
        item_count: how many items there are; those of a reader are not known yet.
    """

    arn: str
    label: str
    state: str
    definition: str
    express: bool
    max_concurrency: int
    tolerated_failure_count: int
    tolerated_failure_percentage: float
    item_count: int


@dataclass(frozen=True, slots=True)
class ReadItems(MapRunCommand):
    """Read the next items. Answered by ItemsRead or ItemReadFailed; asked again after a crash.

    Args:
        key: names the reading, for a reader that stays open.
        state: the name of the Map state.
        position: of the first item, from 0.
        count_max: at most so many.
        bytes_max: no more, once their JSON text is longer than this.
        resource: the Resource of the ItemReader.
        arguments: its rendered Parameters or Arguments.
        config: its rendered ReaderConfig.
    """

    key: str
    state: str
    position: int
    count_max: int
    bytes_max: int
    resource: str
    arguments: Json
    config: Json


@dataclass(frozen=True, slots=True)
class StartChildExecutions(MapRunCommand):
    """Start children; each is told of by ChildrenEnded once.

    Args:
        children: a bounded number of ``(position, name, input as JSON text, number of items)``.
        pending_items: how many items are known and not handed out yet.
    """

    children: tuple[tuple[int, str, str, int], ...]
    pending_items: int


@dataclass(frozen=True, slots=True)
class StopChildExecutions(MapRunCommand):
    """Stop children; each is told of by ChildrenEnded, as long as the run is open.

    Args:
        positions: of every child that runs, or is about to be redriven.
    """

    positions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class WriteResults(MapRunCommand):
    """Make the Map state's result of what the children have put out. Answered by ResultsWritten or ResultsFailed.

    Args:
        state: the name of the Map state.
        resource: the Resource of the ResultWriter; None if there is none, or only a WriterConfig.
        arguments: its rendered Parameters or Arguments.
        config: its WriterConfig.
        pending: the inputs of children that never started, as far as their items are known; JSON texts.
    """

    state: str
    resource: str | None
    arguments: Json
    config: Json
    pending: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CloseMapRun(MapRunCommand):
    """The Map Run has ended with *status*: ``SUCCEEDED``, ``FAILED`` or ``ABORTED``."""

    status: str
    pending_items: int


@dataclass(frozen=True, slots=True)
class LimitMapRun(MapRunCommand):
    """The limits of a Map Run are these now."""

    max_concurrency: int
    tolerated_failure_count: int
    tolerated_failure_percentage: float


@dataclass(frozen=True, slots=True)
class ReopenMapRun(MapRunCommand):
    """A Map Run goes on: the *redrive_count*-th redrive of it."""

    redrive_count: int


@dataclass(frozen=True, slots=True)
class ListUnfinished(MapRunCommand):
    """Tell which children after the position *after* have ended without success. Answered by UnfinishedListed."""

    after: int
    count_max: int


@dataclass(frozen=True, slots=True)
class RedriveChildExecutions(MapRunCommand):
    """Have children go on that ended without success: those among *positions* that do not run."""

    positions: tuple[int, ...]


COMMANDS: dict[str, type[Command]] = {
    kind.__name__: kind
    for kind in (
        ScheduleTask, CancelTask, CompleteExecution, OpenMapRun, ReadItems, StartChildExecutions, StopChildExecutions,
        WriteResults, CloseMapRun, LimitMapRun, ReopenMapRun, ListUnfinished, RedriveChildExecutions,
    )
}  # fmt: skip


_FIELDS: Final = {name: tuple(field.name for field in fields(kind)) for name, kind in COMMANDS.items()}
"""Looked up once: asking a dataclass takes as long as writing the command."""


def command_from_json(data: dict[str, Any]) -> Command:
    """Return the command that ``Command.to_json`` wrote.

    Raises:
        KeyError: a command of a kind that this version does not know.
    """
    kind = COMMANDS[data["command"]]
    return kind(**{key: value for key, value in data.items() if key not in ("command", "version")})
