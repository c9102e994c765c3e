"""An execution in memory: its interpreter, and what of it is not committed yet.

It feeds the interpreter and keeps the books. It does not look at the clock, write, or do anything to the outside: the
driver does, once per commit. When a commit fails the driver drops the object, and the journal makes a new one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from stepfunctions.core.ambient import Ambient
from stepfunctions.core.commands import Command, CompleteExecution, MapRunCommand, ScheduleTask
from stepfunctions.core.events import (
    Event,
    ExecutionStarted,
    HeartbeatReceived,
    RedriveRequested,
    Resumed,
    TaskFailed,
    TaskStarted,
    TaskSubmitted,
    TaskSucceeded,
    TimeReached,
)
from stepfunctions.core.history import HistoryEvent
from stepfunctions.core.interpreter import Interpreter
from stepfunctions.core.program import Program
from stepfunctions.engine.execution_log import Logging, logging_of
from stepfunctions.engine.journal import Heard, encode
from stepfunctions.engine.map_runs.run import Kinship
from stepfunctions.engine.records import RUNNING, StartExecution
from stepfunctions.engine.task import Owner, Task, TaskState
from stepfunctions.errors import StepladderError
from stepfunctions.values import Instant, dumps

SNAPSHOT_EVENTS: Final = 200
"""An execution gets a new snapshot after so many events, so that this many are replayed at most."""

RUNTIME_ERROR: Final = "States.Runtime"

TaskEvent: TypeAlias = TaskStarted | TaskSubmitted | TaskSucceeded | TaskFailed | HeartbeatReceived
TASK_EVENTS: Final = (TaskStarted, TaskSubmitted, TaskSucceeded, TaskFailed, HeartbeatReceived)


class ReplayFailed(StepladderError):
    """The journal of an execution does not lead where it led before."""


@dataclass(frozen=True, slots=True)
class Redrive:
    """What the row of an execution that is taken up again needs.

    Args:
        count: the number of this redrive, from 1.
        at: when it happened.
        token: the client's, to know the request again by.
    """

    count: int
    at: Instant
    token: str | None


class Birth:
    """What the row of a new execution needs beside its outcome."""

    __slots__ = ("attributes", "definition_hash", "request", "started_at")

    def __init__(
        self, request: StartExecution, definition_hash: str, started_at: Instant, attributes: str | None = None
    ) -> None:
        self.request = request
        self.definition_hash = definition_hash
        self.started_at = started_at
        self.attributes = dumps(request.attributes) if attributes is None else attributes

    def event(self) -> ExecutionStarted:
        """Return the first event."""
        request = self.request
        return ExecutionStarted(
            input=request.input,
            execution_arn=request.execution_arn,
            name=request.name,
            role_arn=request.role_arn,
            state_machine_arn=request.state_machine_arn,
            state_machine_name=request.state_machine_name,
            started_at=self.started_at,
            version_arn=request.version_arn,
            alias_arn=request.alias_arn,
            express=request.express,
            synchronous=request.synchronous,
        )


class Execution:
    """One open execution.

    Attributes:
        owner: its id and ARNs.
        interpreter: None until it is restored, and once it cannot be trusted any more.
        sequence: of its last committed journal entry.
        last_id: the id of its last history event.
        last_at: the time of its last event.
        yielded: the interpreter wants ``Resumed``.
        tasks: its outstanding tasks by task id.
        birth: set until its row is committed.
        redrive: set until the redrive that it heard of is committed.
        kinship: what ties it to a Map Run, if it is a child of one.
        logs: what of its history goes to CloudWatch Logs; None for nothing.
        ending: set once it has ended; ``stopped_at`` says when.
        heard, history, touched: what is not committed yet: events, history, tasks; ``entry`` is it, sealed.
        is_told: of a child: its parent knows that it has ended, and its entry is sealed.
        statements: what else is written in its commit, by Map Run and name.
        afterwards: commands that are obeyed after it.
        snapshot_sequence: the journal entry that its last snapshot covers; 0 for none.
        unsaved_count: events since that snapshot.
        weight_bytes: about what it weighs as JSON: its last snapshot, or the greatest journal entry since.
    """

    __slots__ = (
        "afterwards", "birth", "ending", "entry", "heard", "history", "interpreter", "is_told", "kinship", "last_at",
        "last_id", "logs", "owner", "redrive", "sequence", "snapshot_interval", "snapshot_sequence", "statements",
        "stopped_at", "tasks", "touched", "unsaved_count", "weight_bytes", "yielded",
    )  # fmt: skip

    def __init__(self, owner: Owner, interpreter: Interpreter | None) -> None:
        self.owner = owner
        self.interpreter = interpreter
        self.sequence = 0
        self.last_id = 0
        self.last_at: Instant = 0
        self.yielded = False
        self.tasks: dict[str, Task] = {}
        self.birth: Birth | None = None
        self.redrive: Redrive | None = None
        self.is_told = False
        self.kinship: Kinship | None = None
        self.logs: Logging | None = None
        self.ending: CompleteExecution | None = None
        self.stopped_at: Instant | None = None
        self.heard: list[Heard] = []
        self.history: list[HistoryEvent] = []
        self.touched: dict[str, Task] = {}
        self.statements: dict[tuple[str, str], tuple[str, Sequence[Any]]] = {}
        self.afterwards: list[MapRunCommand] = []
        self.entry = b""
        self.snapshot_sequence = 0
        self.snapshot_interval = SNAPSHOT_EVENTS
        self.unsaved_count = 0
        self.weight_bytes = 0

    @property
    def deadline(self) -> Instant | None:
        """When the interpreter wants ``TimeReached``; None for never, and once the execution has ended."""
        if self.interpreter is None or self.ending is not None:
            return None
        return self.interpreter.deadline

    @property
    def has_map_runs(self) -> bool:
        """A Map Run of it is open."""
        return self.ending is None and self.interpreter is not None and self.interpreter.has_map_runs

    def wants(self, event: Event, now: Instant) -> bool:
        """Return whether *event* still has a meaning: nothing may have changed since it was meant for us."""
        if isinstance(event, TimeReached):
            return self.deadline is not None and self.deadline <= now
        if isinstance(event, Resumed):
            return self.yielded
        if isinstance(event, RedriveRequested):
            return self.interpreter is not None and self.interpreter.status != RUNNING
        return not isinstance(event, TASK_EVENTS) or event.task_id in self.tasks

    def counts_silence(self, task_id: str) -> bool:
        """Return whether a task must be heard of. If not, its heartbeats say nothing, and would fill the journal."""
        return self.tasks[task_id].command.heartbeat_seconds is not None

    def handle(self, event: Event, now: Instant, seed: int, missing: tuple[str, ...] = ()) -> tuple[Command, ...]:
        """Feed the interpreter and return its commands. Time never runs backwards for one execution."""
        assert self.interpreter is not None
        ambient = Ambient(max(now, self.last_at), seed, missing)
        outcome = self.interpreter.handle(event, ambient)
        self.heard.append((event, ambient))
        self._advance(ambient.now, outcome.history, outcome.yielded)
        if isinstance(event, RedriveRequested):
            self.redrive = Redrive(event.redrive_count, ambient.now, event.token)
        return outcome.commands

    def schedule(self, command: ScheduleTask, deferred: bool) -> Task:
        """Note a task that the interpreter wants done."""
        task = Task(self.owner, command, deferred=deferred)
        self.tasks[command.task_id] = task
        self.touched[command.task_id] = task
        return task

    def note(self, event: TaskEvent, from_caller: bool) -> bool:
        """Note what *event* means for its outstanding task; return False if the interpreter must not hear it.

        Args:
            event: about one of ``tasks``.
            from_caller: it came with the task token, not from the handler.
        """
        task = self.tasks[event.task_id]
        if isinstance(event, TaskStarted):
            if task.started:
                return False
            task.started = True
        elif isinstance(event, TaskSubmitted):
            if task.submitted is not None:
                return False
            task.submitted = event.output
            if task.state is TaskState.ANSWERED:
                self._close(task, TaskState.CLOSED)
        elif isinstance(event, (TaskSucceeded, TaskFailed)):
            if from_caller and task.state is TaskState.ANSWERED:
                return False
            early = from_caller and task.submits and task.submitted is None
            self._close(task, TaskState.ANSWERED if early else TaskState.CLOSED)
        self.touched[event.task_id] = task
        return True

    def release(self, task_id: str) -> None:
        """Note that the interpreter has let go of a task; one whose handler was never told is simply over."""
        task = self.tasks.get(task_id)
        if task is not None:
            self._close(task, TaskState.CANCELLING if task.stored else TaskState.CLOSED)
            self.touched[task_id] = task

    def complete(self, ending: CompleteExecution) -> None:
        """Note that the execution has ended, with all that was outstanding."""
        self.ending = ending
        self.stopped_at = self.last_at
        self.yielded = False
        for task_id in list(self.tasks):
            self.release(task_id)

    def condemn(self, cause: str, now: Instant) -> None:
        """End the execution as failed without its interpreter, which cannot be trusted any more."""
        now = max(now, self.last_at)
        failed = HistoryEvent(self.last_id + 1, "ExecutionFailed", now, self.last_id, (RUNTIME_ERROR, cause))
        self._advance(now, (failed,), False)
        self.interpreter = None
        self.complete(CompleteExecution("FAILED", error=RUNTIME_ERROR, cause=cause))

    def replay(self, interpreter: Interpreter, entries: Iterable[tuple[list[Heard], list[HistoryEvent]]]) -> None:
        """Tell *interpreter* again what it was told, compare what it says, and go on with it.

        Raises:
            ReplayFailed: it says something else now.
        """
        for heard, history in entries:
            again: list[HistoryEvent] = []
            for event, ambient in heard:
                outcome = interpreter.handle(event, ambient)
                again.extend(outcome.history)
                self.last_at = ambient.now
                self.yielded = outcome.yielded
            if again != history:
                raise ReplayFailed(_difference(again, history))
            self.unsaved_count += len(heard)
        self.interpreter = interpreter

    def seal(self) -> None:
        """Make the journal entry of what is not committed.

        Raises:
            Exception: what the interpreter said has no JSON: a bug of ours.
        """
        self.entry = encode(self.heard, self.history)

    def rewind(self) -> None:
        """Take back what is not committed; only ``condemn`` may follow."""
        self.last_id -= len(self.history)
        self.heard = []
        self.history = []
        self.ending = None

    def committed(self) -> None:
        """Forget what is safe now."""
        if self.heard or self.history:
            self.sequence += 1
            self.unsaved_count += len(self.heard)
            self.heard = []
            self.history = []
            self.weight_bytes = max(self.weight_bytes, len(self.entry))
            self.entry = b""
        self.birth = None
        self.redrive = None
        self.touched = {}
        self.statements = {}

    def take_afterwards(self) -> list[MapRunCommand]:
        """Return the commands that are to be obeyed now that the commit is made."""
        commands, self.afterwards = self.afterwards, []
        return commands

    def _close(self, task: Task, state: TaskState) -> None:
        task.state = state
        if state is not TaskState.ANSWERED:
            self.tasks.pop(task.command.task_id, None)

    def _advance(self, now: Instant, history: tuple[HistoryEvent, ...], yielded: bool) -> None:
        self.last_at = now
        self.yielded = yielded
        if history:
            self.history.extend(history)
            self.last_id = history[-1].id


def born(execution_id: int, request: StartExecution, program: tuple[str, Program], now: Instant) -> Execution:
    """Return a new execution; its first event is ``execution.birth.event()``."""
    owner = Owner(execution_id, request.execution_arn, request.state_machine_arn, request.role_arn)
    execution = Execution(owner, Interpreter(program[1]))
    execution.birth = Birth(request, program[0], now)
    execution.logs = logging_of(request.attributes.get("loggingConfiguration"))
    return execution


def _difference(again: list[HistoryEvent], history: list[HistoryEvent]) -> str:
    for now, before in zip(again, history, strict=False):
        if now != before:
            return f"history event {before.id} was {before.type} and is now {now.type} with id {now.id}"
    return f"{len(history)} history events are now {len(again)}"
