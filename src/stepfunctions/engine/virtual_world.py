"""Virtual time: one clock for an execution and the children of its Map Runs, and what is to happen to each.

Whatever happens at one instant happens before the clock moves: first what was told, then the ends of children to their
parents, then the answers of mocks, then deadlines. It keeps nothing, and reads and writes nothing: items come from
mocks, and a ResultWriter's result says where it would have written.

``virtual`` is its face.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import Final

from stepfunctions.core.ambient import Ambient, Entropy
from stepfunctions.core.commands import (
    CancelTask,
    Command,
    CompleteExecution,
    ListUnfinished,
    MapRunCommand,
    OpenMapRun,
    ReadItems,
    RedriveChildExecutions,
    ScheduleTask,
    StartChildExecutions,
    StopChildExecutions,
    WriteResults,
)
from stepfunctions.core.events import (
    ChildrenEnded,
    Event,
    ExecutionStarted,
    HeartbeatReceived,
    ItemReadFailed,
    ItemsRead,
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
from stepfunctions.core.failures import MAX_ITEMS_NEGATIVE, data_limit_exceeded, is_oversize
from stepfunctions.core.history import HistoryEvent, render
from stepfunctions.core.interpreter import Interpreter
from stepfunctions.core.map_run import child_arn, s3_source
from stepfunctions.core.program import Program
from stepfunctions.core.resources import ACTIVITY, parse_resource
from stepfunctions.engine.mocks import Answer, Stage
from stepfunctions.engine.programs import Programs
from stepfunctions.values import Instant, Json, Payload, dumps, loads

PROGRAMS: Final = Programs()
"""Tests run one definition on many inputs: it is read and compiled once."""

_ANSWER, _DEADLINE = 0, 1


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


@dataclass(frozen=True, slots=True)
class VirtualChild:
    """How a child of a Map Run went.

    Args:
        state: the name of the Map state.
        input: what it was started on, parsed: an item, or a batch of them.
        status: AWS's.
        output: what it handed on, parsed; None unless it succeeded.
        error: the name of the error that ended it.
        cause: its cause.
        events: its history as the core writes it.
    """

    state: str
    input: Json
    status: str
    output: Json
    error: str | None
    cause: str | None
    events: list[HistoryEvent] = field(repr=False)

    @property
    def history(self) -> list[Json]:
        """The history as GetExecutionHistory shows it, with times in epoch seconds."""
        return [render(event) for event in self.events]


class Actor:
    """One execution in virtual time.

    Attributes:
        interpreter: it.
        started: its first event.
        kin: of a child: its parent, the Map Run's id, its position, and how many items it has.
        end: how it ended; None while it has not.
        history: so far.
        over: the ids of tasks that have ended, and of those whose end does not matter any more.
        heartbeats: how often each task is heard of, in seconds, by its id.
        armed_for: the deadline that the clock has been told last.
        children: of each Map Run, by position.
        runs: each Map Run's opening.
    """

    def __init__(
        self, program: Program, started: ExecutionStarted, kin: tuple[Actor, str, int, int] | None = None
    ) -> None:
        self.interpreter = Interpreter(program)
        self.started = started
        self.kin = kin
        self.end: CompleteExecution | None = None
        self.history: list[HistoryEvent] = []
        self.over: set[str] = set()
        self.heartbeats: dict[str, float] = {}
        self.armed_for: Instant | None = None
        self.children: dict[str, dict[int, Actor]] = {}
        self.runs: dict[str, OpenMapRun] = {}

    def shown_children(self) -> list[VirtualChild]:
        """Return how the children went: those of the first Map Run first, each in the order of its items."""
        return [
            child.shown(self.runs[run_id].state)
            for run_id, children in self.children.items()
            for _, child in sorted(children.items())
        ]

    def shown(self, state: str) -> VirtualChild:
        """Return how it went, as a child of the Map state *state*."""
        end = self.end or CompleteExecution("RUNNING")
        output = None if end.output is None else loads(end.output)
        given = loads(self.started.input)
        return VirtualChild(state, given, end.status, output, end.error, end.cause, self.history.copy())


class World:
    """A clock and who lives by it.

    Args:
        started_at: where the clock stands.
        stage: the mocks.
        seed: of everything random.
    """

    def __init__(self, started_at: Instant, stage: Stage, seed: int) -> None:
        self.now = self.started_at = started_at
        self.stage = stage
        self.calls: list[TaskCall] = []
        self._entropy = Entropy(seed)
        self._told: deque[tuple[Actor, Event]] = deque()
        self._ended: dict[tuple[int, str], tuple[Actor, list[tuple[int, str]]]] = {}
        self._upcoming: list[tuple[Instant, int, int, Actor, Event]] = []
        self._upcoming_count = 0

    def tell(self, actor: Actor, event: Event, after_seconds: float = 0) -> None:
        """Have *event* happen to *actor*, after all that is to happen at that instant already."""
        if after_seconds:
            self._at(self.now + round(after_seconds * 1000), _ANSWER, actor, event)
        else:
            self._told.append((actor, event))

    def go_on(self, root: Actor) -> None:
        """Let things happen until *root* has ended and nobody has been told anything."""
        while (happening := self._next(root)) is not None:
            self._feed(*happening)

    def forget_upcoming(self) -> None:
        """Let nothing happen of what lies in the future."""
        self._upcoming.clear()

    def _next(self, root: Actor) -> tuple[Actor, Event] | None:
        if self._told:
            return self._told.popleft()
        if self._ended:
            _, run_id = key = next(iter(self._ended))
            parent, children = self._ended.pop(key)
            return parent, ChildrenEnded(run_id, tuple(children))
        if root.end is not None:
            return None
        while self._upcoming:
            at, kind, _, actor, event = heappop(self._upcoming)
            if kind == _DEADLINE and actor.interpreter.deadline != at:
                continue
            if actor.end is not None or getattr(event, "task_id", None) in actor.over:
                continue
            self.now = max(self.now, at)
            self._look_ahead(actor, event)
            return actor, event
        return None

    def _look_ahead(self, actor: Actor, event: Event) -> None:
        """Take in what *event*, whose time has come, means for later."""
        if isinstance(event, TimeReached):
            actor.armed_for = None
        elif isinstance(event, TaskSucceeded | TaskFailed):
            actor.over.add(event.task_id)
        elif isinstance(event, HeartbeatReceived):
            self.tell(actor, event, actor.heartbeats[event.task_id])

    def _at(self, instant: Instant, kind: int, actor: Actor, event: Event) -> None:
        self._upcoming_count += 1
        heappush(self._upcoming, (instant, kind, self._upcoming_count, actor, event))

    def _feed(self, actor: Actor, event: Event) -> None:
        if actor.end is not None and not isinstance(event, RedriveRequested):
            return
        if isinstance(event, RedriveRequested):
            actor.end = actor.armed_for = None
        outcome = actor.interpreter.handle(event, Ambient(self.now, self._entropy.bits()))
        actor.history.extend(outcome.history)
        for command in outcome.commands:
            self._perform(actor, command)
        if outcome.yielded:
            self.tell(actor, Resumed())
        deadline = actor.interpreter.deadline
        if deadline is not None and deadline != actor.armed_for:
            actor.armed_for = deadline
            self._at(deadline, _DEADLINE, actor, TimeReached())

    def _perform(self, actor: Actor, command: Command) -> None:
        match command:
            case ScheduleTask():
                self._begin(actor, command)
            case CancelTask(task_id=task_id):
                actor.over.add(task_id)
            case CompleteExecution():
                self._complete(actor, command)
            case MapRunCommand():
                self._drive(actor, command)

    def _begin(self, actor: Actor, task: ScheduleTask) -> None:
        """Have the mock answer at once, and what it answers happen in its time."""
        elapsed = (self.now - self.started_at) / 1000
        self.calls.append(TaskCall(task.state, task.resource, loads(task.arguments), elapsed))
        answer = self.stage.answer(task)
        begun = TaskStarted(task.task_id, answer.worker)
        if _is_begun_at_once(task):
            self.tell(actor, begun)
        else:
            self._at(self.now, _ANSWER, actor, begun)
        for seconds, event in _course(task, answer):
            self._at(self.now + round(seconds * 1000), _ANSWER, actor, event)
        every = _heartbeat_seconds(task, answer)
        if every is not None:
            actor.heartbeats[task.task_id] = every
            self.tell(actor, HeartbeatReceived(task.task_id), every)

    def _complete(self, actor: Actor, end: CompleteExecution) -> None:
        actor.end = end
        if actor.kin is not None:
            parent, run_id, position, _ = actor.kin
            key = (id(parent), run_id)
            self._ended.setdefault(key, (parent, []))[1].append((position, end.status))

    # Map Runs

    def _drive(self, actor: Actor, command: MapRunCommand) -> None:
        children = actor.children.setdefault(command.run_id, {})
        match command:
            case OpenMapRun():
                actor.runs[command.run_id] = command
            case StartChildExecutions():
                for position, name, text, count in command.children:
                    child = self._child(actor, command.run_id, position, name, text, count)
                    children[position] = child
                    self.tell(child, child.started)
            case StopChildExecutions(positions=positions):
                for position in positions:
                    self.tell(children[position], StopRequested())
            case RedriveChildExecutions(positions=positions):
                for position in positions:
                    child = children[position]
                    self.tell(child, RedriveRequested(child.interpreter.redrive_count + 1))
            case ListUnfinished(run_id=run_id, after=after):
                unfinished = [
                    (position, child.kin[3])
                    for position, child in sorted(children.items())
                    if position > after and child.kin is not None and child.end is not None
                    and child.end.status != "SUCCEEDED"
                ]  # fmt: skip
                self.tell(actor, UnfinishedListed(run_id, after, unfinished, is_last=True))
            case ReadItems():
                answer = self.stage.items(command)
                if answer.after_seconds is not None:
                    self.tell(actor, _page(command, answer), answer.after_seconds)
            case WriteResults():
                self.tell(actor, _result(actor.runs[command.run_id], command, children))

    def _child(self, parent: Actor, run_id: str, position: int, name: str, text: str, count: int) -> Actor:
        run, outer = parent.runs[run_id], parent.started
        machine_arn = f"{outer.state_machine_arn}/{run.label}"
        started = ExecutionStarted(
            input=text,
            execution_arn=child_arn(machine_arn, name, run.express),
            name=name,
            role_arn=outer.role_arn,
            state_machine_arn=machine_arn,
            state_machine_name=f"{outer.state_machine_name}/{run.label}",
            started_at=self.now,
            express=run.express,
        )
        return Actor(PROGRAMS.compiled(run.definition)[1], started, (parent, run_id, position, count))


def _page(command: ReadItems, answer: Answer) -> Event:
    """Return what the mock of an ItemReader says that it has read."""
    if answer.failure is not None:
        return ItemReadFailed(command.run_id, answer.failure.error, answer.failure.cause)
    limit = command.config.get("MaxItems") or len(answer.result)
    if limit < 0:
        return ItemReadFailed(command.run_id, MAX_ITEMS_NEGATIVE.error, MAX_ITEMS_NEGATIVE.cause)
    items = answer.result[:limit][command.position :]
    return ItemsRead(command.run_id, command.position, items, is_last=True, source=s3_source(command.arguments))


def _result(run: OpenMapRun, command: WriteResults, children: dict[int, Actor]) -> Event:
    """Return the result of a Map state: the children's outputs, or where they would have been written."""
    if command.resource is not None:
        arguments = command.arguments or {}
        folder = "/".join(part for part in (arguments.get("Prefix"), run.arn.rpartition(":")[2]) if part)
        details = {"Bucket": arguments.get("Bucket"), "Key": f"{folder}/manifest.json"}
        return ResultsWritten(command.run_id, dumps({"MapRunArn": run.arn, "ResultWriterDetails": details}))
    outputs: list[Json] = [
        loads(child.end.output)
        for _, child in sorted(children.items())
        if child.end is not None and child.end.output is not None
    ]
    if command.config.get("Transformation") == "FLATTEN":
        outputs = [each for output in outputs for each in (output if isinstance(output, list) else [output])]
    result = Payload(outputs)
    if is_oversize(result):
        failure = data_limit_exceeded(command.state)
        return ResultsFailed(command.run_id, failure.error, failure.cause)
    return ResultsWritten(command.run_id, result.text)


def _is_begun_at_once(task: ScheduleTask) -> bool:
    """Return whether the driver begins the work itself; that of an activity begins when a worker asks."""
    resource = parse_resource(task.resource)
    return resource is None or resource.family != ACTIVITY


def _course(task: ScheduleTask, answer: Answer) -> Iterator[tuple[float, Event]]:
    """Yield what happens to *task* once it has begun, each with its delay in seconds."""
    task_id, seconds = task.task_id, answer.after_seconds
    resource = parse_resource(task.resource)
    if resource is not None and resource.is_submitted and not answer.is_refused:
        yield 0, TaskSubmitted(task_id, dumps({} if answer.submitted is None else answer.submitted))
    if seconds is None:
        return
    if answer.failure is None:
        yield seconds, TaskSucceeded(task_id, dumps(answer.result))
    else:
        yield seconds, TaskFailed(task_id, answer.failure.error, answer.failure.cause, not answer.is_refused)


def _heartbeat_seconds(task: ScheduleTask, answer: Answer) -> float | None:
    """Return how often it matters that *task* is heard of: as seldom as keeps it alive. None if it never does."""
    every, silence_max = answer.heartbeat_every_seconds, task.heartbeat_seconds
    if every is None or silence_max is None or every > silence_max:
        return None
    return every * (silence_max // every)
