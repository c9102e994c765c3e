"""The virtual-time driver: an execution in this process, as fast as it computes, with mocks for its tasks.

When nothing is left to do at one instant, the clock jumps to the next: a 30-day Wait takes microseconds. No thread, no
event loop, no sleep, no clock; the same definition, input, mocks and seed give the same run, down to its history::

    execution = run(definition, {"customer": 7}, tasks={"Train": succeeds({}, after_seconds=3600)})
    assert execution.status == "SUCCEEDED"
    assert execution.elapsed_seconds == 3600

It keeps nothing and starts no other execution. ``stepfunctions.testing`` builds on it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from heapq import heappop, heappush
from typing import Final

from stepfunctions.asl.model import StateMachine
from stepfunctions.core.ambient import Ambient, Entropy
from stepfunctions.core.commands import CancelTask, Command, CompleteExecution, ScheduleTask
from stepfunctions.core.events import (
    Event,
    ExecutionStarted,
    HeartbeatReceived,
    RedriveRequested,
    Resumed,
    StopRequested,
    TaskFailed,
    TaskStarted,
    TaskSubmitted,
    TaskSucceeded,
    TimeReached,
)
from stepfunctions.core.history import HistoryEvent, render
from stepfunctions.core.interpreter import Interpreter
from stepfunctions.core.outcome import Outcome
from stepfunctions.core.program import Program
from stepfunctions.core.program import compile as compile_program
from stepfunctions.core.resources import parse_resource
from stepfunctions.engine.mocks import Answer, Mocks, Stage
from stepfunctions.engine.programs import Programs
from stepfunctions.errors import Conflict, InvalidTransition
from stepfunctions.values import ABSENT, Instant, Json, dumps, loads

ACCOUNT: Final = "123456789012"
EPOCH: Final = datetime(2024, 1, 1, tzinfo=UTC)
"""When an execution starts if nobody says."""


@dataclass(frozen=True, slots=True)
class TaskCall:
    """One attempt of a Task state.

    Args:
        state: the name of the state.
        resource: its Resource ARN.
        arguments: what the task was given.
        after_seconds: when, since the start of the execution.
    """

    state: str
    resource: str
    arguments: Json
    after_seconds: float


@dataclass
class VirtualExecution:
    """How an execution went.

    Args:
        status: ``SUCCEEDED``, ``FAILED``, ``TIMED_OUT``, ``ABORTED``; or ``RUNNING`` if it waits for a task that never
            ends and has no timeout.
        output: what it handed on, parsed; None unless it succeeded.
        error: the name of the error that ended it.
        cause: its cause.
        elapsed_seconds: virtual time from start to end.
        calls: every attempt of a Task state, in order.
        events: the history as the core writes it.
    """

    status: str
    output: Json
    error: str | None
    cause: str | None
    elapsed_seconds: float
    calls: list[TaskCall]
    events: list[HistoryEvent] = field(repr=False)
    _run: _Run = field(repr=False, compare=False)

    @cached_property
    def history(self) -> list[Json]:
        """The history as GetExecutionHistory shows it, with times in epoch seconds."""
        return [render(event) for event in self.events]

    @property
    def states(self) -> list[str]:
        """The names of the states that were entered, in order."""
        return [event.details[0] for event in self.events if event.type.endswith("StateEntered")]

    def redrive(self, *, tasks: Mocks | None = None, after_seconds: float = 0) -> VirtualExecution:
        """Have the execution go on where it ended, as RedriveExecution does, and return all of it.

        Args:
            tasks: mocks for the Task states from now on; None keeps those that it has.
            after_seconds: how long after its end.

        Raises:
            Conflict: it runs, has succeeded, or was redriven before: redrive what that returned.
            MockError: a Task state that is reached has no mock, or one that cannot answer.
        """
        return self._run.redriven(len(self.events), tasks, after_seconds)


def run(
    definition: str | dict[str, Json] | StateMachine,
    input: Json = ABSENT,  # noqa: A002 - AWS's own word, as in StartExecution
    *,
    tasks: Mocks | None = None,
    name: str = "execution",
    machine_name: str = "machine",
    region: str = "us-east-1",
    started_at: datetime = EPOCH,
    seed: int = 0,
    stop_after_seconds: float | None = None,
) -> VirtualExecution:
    """Run *definition* on *input* to its end, in virtual time.

    Args:
        definition: ASL as text, as a dict, or read already.
        input: the execution's input; ``{}`` if not given.
        tasks: mocks for the Task states; see ``engine.mocks``.
        name: of the execution.
        machine_name: of the state machine.
        region: in the ARNs of both.
        started_at: an aware time; 2024-01-01 UTC if not given.
        seed: of everything random: UUIDs, random numbers, jitter, tokens.
        stop_after_seconds: when to stop the execution, as StopExecution does; None for never.

    Raises:
        DefinitionError: AWS would refuse the definition; carries every fault.
        MockError: a Task state that is reached has no mock, or one that cannot answer.
    """
    started = _started({} if input is ABSENT else input, name, machine_name, region, started_at)
    return _Run(_compiled(definition), started, Stage(tasks), seed).to_end(stop_after_seconds)


_PROGRAMS: Final = Programs()


def _compiled(definition: str | dict[str, Json] | StateMachine) -> Program:
    """Return *definition* compiled. Tests run one definition on many inputs: it is read and compiled once."""
    if isinstance(definition, StateMachine):
        return compile_program(definition)
    return _PROGRAMS.compiled(definition if isinstance(definition, str) else dumps(definition))[1]


class _Run:
    """One execution, its clock, and what is to happen to it."""

    def __init__(self, program: Program, started: ExecutionStarted, stage: Stage, seed: int) -> None:
        self._interpreter = Interpreter(program)
        self._started = started
        self._stage = stage
        self._entropy = Entropy(seed)
        self._now: Instant = started.started_at
        self._upcoming: list[tuple[Instant, int, Event]] = []
        self._upcoming_count = 0
        self._cancelled: set[str] = set()
        self._history: list[HistoryEvent] = []
        self._calls: list[TaskCall] = []
        self._end: CompleteExecution | None = None

    def to_end(self, stop_after_seconds: float | None) -> VirtualExecution:
        """Feed event after event until the execution has ended, or nothing can happen any more."""
        if stop_after_seconds is not None:
            self._at(stop_after_seconds, StopRequested())
        return self._go_on(self._started)

    def redriven(self, event_count: int, tasks: Mocks | None, after_seconds: float) -> VirtualExecution:
        """Go on after the end; *event_count* is what the caller knows of the history."""
        status = self._interpreter.status
        if status in ("RUNNING", "SUCCEEDED"):
            raise Conflict(f"Execution is {status} and cannot be redriven")
        if event_count != len(self._history):
            raise Conflict("The execution was redriven before: redrive what that returned.")
        if tasks is not None:
            self._stage = Stage(tasks)
        self._end = None
        self._upcoming.clear()
        self._now += round(after_seconds * 1000)
        return self._go_on(RedriveRequested(self._interpreter.redrive_count + 1))

    def _go_on(self, event: Event | None) -> VirtualExecution:
        while event is not None and self._end is None:
            outcome = self._feed(event)
            event = Resumed() if outcome.yielded else self._next()
        end = self._end or CompleteExecution("RUNNING")
        return VirtualExecution(
            end.status,
            None if end.output is None else loads(end.output),
            end.error,
            end.cause,
            (self._now - self._started.started_at) / 1000,
            self._calls.copy(),
            self._history.copy(),
            self,
        )

    def _feed(self, event: Event) -> Outcome:
        outcome = self._interpreter.handle(event, Ambient(self._now, self._entropy.bits()))
        self._history.extend(outcome.history)
        for command in outcome.commands:
            self._perform(command)
        return outcome

    def _perform(self, command: Command) -> None:
        match command:
            case ScheduleTask():
                self._begin(command)
            case CancelTask(task_id=task_id):
                self._cancelled.add(task_id)
            case CompleteExecution():
                self._end = command
            case _:
                raise InvalidTransition(f"the virtual-time driver does not run Map Runs yet: {type(command).__name__}")

    def _begin(self, task: ScheduleTask) -> None:
        """Have the mock answer at once, and what it answers happen in its time."""
        elapsed = (self._now - self._started.started_at) / 1000
        self._calls.append(TaskCall(task.state, task.resource, loads(task.arguments), elapsed))
        for seconds, event in _course(task, self._stage.answer(task)):
            self._at(seconds, event)

    def _at(self, after_seconds: float, event: Event) -> None:
        self._upcoming_count += 1
        heappush(self._upcoming, (self._now + round(after_seconds * 1000), self._upcoming_count, event))

    def _next(self) -> Event | None:
        """Move the clock to what happens next, and return it; None if nothing does. Answers come before deadlines."""
        deadline = self._interpreter.deadline
        while self._upcoming and self._is_cancelled(self._upcoming[0][2]):
            heappop(self._upcoming)
        if self._upcoming and (deadline is None or self._upcoming[0][0] <= deadline):
            self._now, _, event = heappop(self._upcoming)
            return event
        if deadline is None:
            return None
        self._now = max(self._now, deadline)
        return TimeReached()

    def _is_cancelled(self, event: Event) -> bool:
        return getattr(event, "task_id", None) in self._cancelled


def _course(task: ScheduleTask, answer: Answer) -> Iterator[tuple[float, Event]]:
    """Yield what happens to *task*, each with its delay in seconds."""
    task_id, seconds = task.task_id, answer.after_seconds
    yield 0, TaskStarted(task_id, answer.worker)
    resource = parse_resource(task.resource)
    if resource is not None and resource.is_submitted and not answer.is_refused:
        yield 0, TaskSubmitted(task_id, dumps({} if answer.submitted is None else answer.submitted))
    if answer.heartbeat_every_seconds is not None:
        yield from _heartbeats(task, answer.heartbeat_every_seconds, seconds)
    if seconds is None:
        return
    if answer.failure is None:
        yield seconds, TaskSucceeded(task_id, dumps(answer.result))
    else:
        yield seconds, TaskFailed(task_id, answer.failure.error, answer.failure.cause, not answer.is_refused)


def _heartbeats(task: ScheduleTask, every: float, until: float | None) -> Iterator[tuple[float, Event]]:
    """Yield the signs of life of a task that takes *until* seconds; of an endless one, for a day."""
    at = every
    while at < (86_400 if until is None else until):
        yield at, HeartbeatReceived(task.task_id)
        at += every


def _started(data: Json, name: str, machine_name: str, region: str, started_at: datetime) -> ExecutionStarted:
    return ExecutionStarted(
        input=dumps(data),
        execution_arn=f"arn:aws:states:{region}:{ACCOUNT}:execution:{machine_name}:{name}",
        name=name,
        role_arn=f"arn:aws:iam::{ACCOUNT}:role/{machine_name}",
        state_machine_arn=f"arn:aws:states:{region}:{ACCOUNT}:stateMachine:{machine_name}",
        state_machine_name=machine_name,
        started_at=round(started_at.timestamp() * 1000),
    )
