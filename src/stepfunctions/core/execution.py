"""One execution in memory: its frames, its clock, and what they write.

Theory of operation. An execution is a tree of frames. The machine's own frame walks its states; on a Parallel or Map
state it forks, and its children walk theirs. A frame is runnable (in the deque), timed (in the heap), working (in the
table of tasks), forked (its children are one of these), mapping (its Map Run goes on by itself), starting (the run may
start children, at the next event that is not about one), or over. ``run`` takes one runnable frame after the other for
one transition each, so that branches go on side by side, until none is left or the quantum is used up.

A state's closure does the work of a transition and ends in exactly one of: ``leave``, ``sleep``, ``schedule``,
``forking.open_child`` or ``routing.fail``. A query that cannot be answered raises ``QueryFailed``, which is taken in at
one place, ``guarded``.

It deliberately does not know what an event or a command is for: ``interpreter`` takes events apart, and the state
modules know their state. Nothing here reads a clock or draws a number.

Source: States Language; the history as recorded from AWS.
"""

from __future__ import annotations

from base64 import b64encode
from collections import deque
from collections.abc import Callable
from hashlib import sha512
from typing import TYPE_CHECKING, Any, Concatenate, Final, ParamSpec

from stepfunctions.core import routing
from stepfunctions.core.ambient import Ambient, Entropy
from stepfunctions.core.commands import CancelTask, Command, CompleteExecution
from stepfunctions.core.events import ExecutionStarted
from stepfunctions.core.expressions import EvaluationFailed
from stepfunctions.core.failures import (
    EXPRESS_HISTORY_MAX,
    HISTORY_MAX,
    RUNTIME,
    TIMED_OUT,
    TOO_DEEP,
    blame,
    data_limit_exceeded,
    history_full,
    is_oversize,
)
from stepfunctions.core.forking import abort_children
from stepfunctions.core.frame import ATTEMPTING, ENTERING, STARTING, SUCCEEDED, Frame, mark_aborted
from stepfunctions.core.history import HistoryEvent
from stepfunctions.core.surroundings import STEPS_QUANTUM, Surroundings
from stepfunctions.core.timers import Timers
from stepfunctions.core.variables import excess
from stepfunctions.query.failure import Failure, QueryFailed
from stepfunctions.values import Instant, Json, JsonError, Payload, dumps, loads

if TYPE_CHECKING:
    from stepfunctions.core.program import Program
    from stepfunctions.core.states.state import CompiledState

P = ParamSpec("P")

QUANTUM: Final = 1_000
"""Transitions that one event may lead to before the execution yields to others."""

_LONG_TEXT: Final = 4096
"""Shorter texts are not worth being counted."""

EXPRESS_SECONDS_MAX: Final = 300
"""How long AWS lets an express execution run."""

STANDARD_SECONDS_MAX: Final = 365 * 24 * 3600
"""How long AWS lets any other execution stay open, redrives included."""

RUNNING: Final = "RUNNING"

_TERMINAL: Final = frozenset(("ExecutionSucceeded", "ExecutionFailed", "ExecutionAborted", "ExecutionTimedOut"))


# Twice as fast as the named tuple's own constructor, which only gives names to the arguments.
_tuple: Final = tuple.__new__


class HistoryFull(Exception):
    """The next history event would be the 25,000th. Never leaves the interpreter."""


class Execution:
    """The state of one execution, and the verbs that its states use.

    Attributes:
        program: the compiled definition.
        started: the first event; it names the execution.
        input: the execution's input, parsed.
        status: AWS's; None before the start.
        root: the machine's own frame.
        runnable: frames that can go on at once, in turn.
        timers: frames that wait for time.
        tasks: frames whose task is in flight, by task id.
        map_runs: frames whose Map Run is open, by run id.
        starting: frames whose Map Run has children to start, in turn, by frame id; one that has come to do something
            else is passed over.
        starts_children: whether the event that is handled may have children of Map Runs started.
        timeout_at: when the whole execution times out; None unless it runs.
        variables_bound_bytes: all variables together weigh no more than this; see ``variables``.
        now: the time of the event that is being handled.
        entropy: likewise its numbers.
        missing: likewise the activities that do not exist.
        history: what this event has led to, to be shown.
        history_max: how many history events there may be; the last one is the failure.
        commands: what this event has led to, to be done.
    """

    __slots__ = (
        "__weakref__",
        "commands",
        "entropy",
        "event_count",
        "frame_count",
        "history",
        "history_max",
        "input",
        "map_runs",
        "missing",
        "now",
        "program",
        "redrive_count",
        "redriven_at",
        "root",
        "run_count",
        "runnable",
        "started",
        "starting",
        "starts_children",
        "status",
        "surroundings",
        "task_count",
        "tasks",
        "timeout_at",
        "timers",
        "variables_bound_bytes",
    )

    started: ExecutionStarted
    root: Frame

    def __init__(self, program: Program) -> None:
        self.program = program
        self.status: str | None = None
        self.input: Json = None
        self.runnable: deque[Frame] = deque()
        self.timers = Timers()
        self.tasks: dict[str, Frame] = {}
        self.map_runs: dict[str, Frame] = {}
        self.starting: dict[int, Frame] = {}
        self.starts_children = True
        self.timeout_at: Instant | None = None
        self.event_count = 0
        self.frame_count = 0
        self.task_count = 0
        self.run_count = 0
        self.redrive_count = 0
        self.redriven_at: Instant | None = None
        self.variables_bound_bytes = 0
        self.now: Instant = 0
        self.entropy = Entropy(0)
        self.missing: tuple[str, ...] = ()
        self.history: list[HistoryEvent] = []
        self.history_max = HISTORY_MAX
        self.commands: list[Command] = []
        self.surroundings = Surroundings(self)

    @property
    def region(self) -> str:
        """The region that the execution's ARN names."""
        return self.started.execution_arn.split(":")[3]

    # The life of the execution

    def observe(self, ambient: Ambient) -> None:
        """Begin to handle one event."""
        self.now = ambient.now
        self.entropy = Entropy(ambient.seed)
        self.missing = ambient.missing
        self.history = []
        self.commands = []

    def become(self, event: ExecutionStarted) -> None:
        """Be the execution that *event* names."""
        self.started = event
        self.history_max = EXPRESS_HISTORY_MAX if event.express else HISTORY_MAX

    def start(self, event: ExecutionStarted) -> None:
        """Put the machine's own frame on its first state."""
        self.become(event)
        self.input = loads(event.input)
        self.begin()
        self.aside("ExecutionStarted", 0, (event.input, event.role_arn, event.alias_arn, event.version_arn))
        self.root = self.new_frame(None, 0, self.program.start, Payload(self.input), 0)
        self.runnable.append(self.root)

    def restart(self) -> None:
        """Put the machine's own frame on its first state once more."""
        self.root = self.new_frame(None, 0, self.program.start, Payload(self.input), self.event_count)
        self.runnable.append(self.root)

    def begin(self) -> None:
        """Run from now on, by the clock of the machine's TimeoutSeconds, and no longer than AWS lets it."""
        self.status = RUNNING
        if self.started.express:
            self.timeout_at = self.now + EXPRESS_SECONDS_MAX * 1000
        else:
            self.timeout_at = self.started.started_at + STANDARD_SECONDS_MAX * 1000
        if self.program.timeout_seconds is not None:
            self.timeout_at = min(self.timeout_at, self.now + self.program.timeout_seconds * 1000)

    def run(self) -> bool:
        """Run frames until none can go on; return whether a quantum ended it before."""
        runnable = self.runnable
        surroundings = self.surroundings
        look_from = surroundings.look_from
        surroundings.spent = 0
        if self.starting and self.starts_children:
            self._start_children()
        for _ in range(QUANTUM):
            if not runnable:
                break
            frame = runnable.popleft()
            look_from(frame)
            try:
                if frame.phase == ENTERING:
                    self.enter(frame)
                elif frame.phase != ATTEMPTING:
                    continue
                frame.state.attempt(self, frame)
            except QueryFailed as failed:
                self.query_failed(frame, failed)
            except JsonError:
                self.query_failed(frame, TOO_DEEP)
            if surroundings.spent > STEPS_QUANTUM:
                break
        return bool(runnable or self.starting)

    def _start_children(self) -> None:
        """Have Map Runs ask for children, each once; those that the quantum leaves out are first at the next event."""
        for frame_id in list(self.starting):
            frame = self.starting.pop(frame_id, None)
            if frame is not None and frame.phase == STARTING:
                self.guarded(frame, frame.state.proceed)
            if self.surroundings.is_quantum_used:
                return

    def guarded(
        self,
        frame: Frame,
        action: Callable[Concatenate[Execution, Frame, P], None],
        *arguments: P.args,
        **keywords: P.kwargs,
    ) -> None:
        """Do *action* in the surroundings of *frame*, and route the failure of a query as the frame's own."""
        self.surroundings.look_from(frame)
        try:
            action(self, frame, *arguments, **keywords)
        except QueryFailed as failed:
            self.query_failed(frame, failed)
        except JsonError:
            self.query_failed(frame, TOO_DEEP)

    def query_failed(self, frame: Frame, failed: QueryFailed) -> None:
        """Take in that a query of *frame*'s state could not be answered. States.Runtime ends the execution at once."""
        blamed = self.blame(frame, failed.failure)
        if blamed.error == RUNTIME:
            self.finish_failed(frame.previous_event_id, blamed)
            return
        self.record_evaluation(frame, failed, blamed)
        if frame.fork is not None:
            abort_children(self, frame, frame.previous_event_id)
        routing.fail(self, frame, blamed)

    def record_evaluation(self, frame: Frame, failed: QueryFailed, blamed: Failure) -> None:
        """Write that an expression of *frame*'s state could not be evaluated, if it was an expression.

        AWS evaluates what it needs to do a state's work before it writes that the state is entered, except for a Wait.
        """
        if not isinstance(failed, EvaluationFailed):
            return
        last = self.history[-1] if self.history else None
        if (
            last is not None
            and last.id == frame.entered_event_id == frame.previous_event_id
            and not frame.state.is_evaluated_entered
        ):
            frame.previous_event_id = last.previous_id
        details = (blamed.error, blamed.cause, failed.location, frame.state.name)
        self.record(frame, "EvaluationFailed", details)

    def blame(self, frame: Frame, failure: Failure) -> Failure:
        """Return *failure* as it is shown, with the state that it happened in."""
        return blame(frame, failure)

    def routed(self, frame: Frame, failure: Failure, retrier: int | None, catcher: int | None) -> None:
        """Take in which retrier and which catcher of its state name *failure*, before either is followed.

        Nothing here wants to know; a ``Trial`` does.
        """

    def finish_succeeded(self, previous_event_id: int, output: Payload) -> None:
        """End the execution well."""
        self.aside("ExecutionSucceeded", previous_event_id, (output.text,))
        self._finish("SUCCEEDED", CompleteExecution("SUCCEEDED", output=output.text))

    def finish_failed(self, previous_event_id: int, failure: Failure) -> None:
        """End the execution with *failure*, wherever in the tree it happened."""
        self.aside("ExecutionFailed", previous_event_id, (failure.error, failure.cause))
        self._finish("FAILED", CompleteExecution("FAILED", error=failure.error, cause=failure.cause))

    def finish_aborted(self, error: str | None, cause: str | None) -> None:
        """End the execution because its caller wants it."""
        self.aside("ExecutionAborted", 0, (error, cause))
        self._finish("ABORTED", CompleteExecution("ABORTED", error=error, cause=cause))

    def finish_timed_out(self) -> None:
        """End the execution because its TimeoutSeconds are over."""
        self.aside("ExecutionTimedOut", 0, (TIMED_OUT.error, None))
        self._finish("TIMED_OUT", CompleteExecution("TIMED_OUT"))

    def finish_overflowed(self) -> None:
        """End the execution with the last history event that AWS allows."""
        self.finish_failed(self.event_count, history_full(self.history_max))

    def _finish(self, status: str, command: CompleteExecution) -> None:
        for task_id in list(self.tasks):
            self.commands.append(CancelTask(task_id))
        self.tasks.clear()
        self._abort_map_runs()
        self.runnable.clear()
        self.starting.clear()
        self.timers.clear()
        self.timeout_at = None
        mark_aborted(self.root)
        self.status = status
        self.commands.append(command)

    def _abort_map_runs(self) -> None:
        for frame in list(self.map_runs.values()):
            frame.state.abort_run(self, frame)

    # History

    def record(self, frame: Frame, event_type: str, details: tuple[Any, ...]) -> None:
        """Write the next event of *frame*'s chain."""
        event_id = self.event_count + 1
        if event_id >= self.history_max:
            raise HistoryFull
        self.event_count = event_id
        self.history.append(_tuple(HistoryEvent, (event_id, event_type, self.now, frame.previous_event_id, details)))
        frame.previous_event_id = event_id

    def aside(self, event_type: str, previous_event_id: int, details: tuple[Any, ...]) -> None:
        """Write an event that no later one follows."""
        event_id = self.event_count + 1
        if event_id >= self.history_max and event_type not in _TERMINAL:
            raise HistoryFull
        self.event_count = event_id
        self.history.append(HistoryEvent(event_id, event_type, self.now, previous_event_id, details))

    def enter(self, frame: Frame) -> None:
        """Write that *frame* has entered its state."""
        state = frame.state
        self.record(frame, state.entered, (state.name, frame.payload.text))
        frame.entered_event_id = self.event_count
        frame.entered_at = self.now

    # The verbs of a state

    def leave(
        self,
        frame: Frame,
        output: Payload,
        assigned: dict[str, Json] | None,
        following: CompiledState | None,
        *,
        is_caught: bool = False,
    ) -> None:
        """Leave the state with *output* for *following*, or for good if that is None.

        Args:
            frame: what leaves.
            output: the input of the next state, or the output of the scope.
            assigned: the variables that the state assigns; they are seen from the next state on.
            following: the next state; None at the end of the scope.
            is_caught: a catcher leads the way; output that is too large is then not caught a second time.
        """
        text = output.text
        if output is not frame.payload and len(text) > _LONG_TEXT:
            if is_oversize(output):
                failure = data_limit_exceeded(frame.state.name)
                (routing.give_up if is_caught else routing.fail)(self, frame, failure)
                return
            self.surroundings.count_written(text)
        texts = None
        if assigned:
            texts = {name: dumps(value) for name, value in assigned.items()}
            too_much = excess(self, frame, assigned, texts)
            if too_much is not None:
                (routing.give_up if is_caught else routing.fail)(self, frame, too_much)
                return
            frame.variables = {**frame.variables, **assigned}
        state = frame.state
        self.record(frame, state.exited, (state.name, text, texts))
        frame.payload = output
        frame.entered_event_id = 0
        frame.retry_counts = None
        if following is None:
            self._end_scope(frame, output)
        else:
            frame.state = following
            frame.phase = ENTERING
            self.runnable.append(frame)

    def _end_scope(self, frame: Frame, output: Payload) -> None:
        frame.phase = SUCCEEDED
        parent = frame.parent
        if parent is None:
            self.finish_succeeded(frame.previous_event_id, output)
        else:
            frame.variables = parent.variables  # its own are out of reach, and weigh nothing any more
            self.guarded(parent, parent.state.child_succeeded, frame)

    def sleep(self, frame: Frame, phase: str, until: Instant) -> None:
        """Have *frame* rest in *phase* until the instant *until*."""
        frame.phase = phase
        self.timers.arm(frame, until)

    def wake(self, frame: Frame, phase: str) -> None:
        """Make *frame* runnable in *phase*."""
        frame.phase = phase
        self.runnable.append(frame)

    def start_children(self, frame: Frame) -> None:
        """Have *frame*'s Map Run start children at the next event that may."""
        if frame.phase != STARTING:
            frame.phase = STARTING
            self.starting.pop(frame.id, None)
            self.starting[frame.id] = frame

    def new_frame(
        self, parent: Frame | None, position: int, state: CompiledState, payload: Payload, previous_event_id: int
    ) -> Frame:
        """Return a new frame that is to enter *state*."""
        self.frame_count += 1
        variables = {} if parent is None else parent.variables
        return Frame(self.frame_count, parent, position, state, payload, variables, previous_event_id)

    def new_task_id(self) -> str:
        """Return the id of the execution's next task."""
        self.task_count += 1
        return f"t{self.task_count}"

    def new_run_id(self) -> str:
        """Return the id of the execution's next Map Run."""
        self.run_count += 1
        return f"m{self.run_count}"

    def new_token(self, task_id: str) -> str:
        """Return an opaque, unguessable text for *task_id*, as AWS's are: base64."""
        secret = f"{self.started.execution_arn}#{task_id}#{self.entropy.bits()}#{self.entropy.bits()}"
        return b64encode(sha512(secret.encode()).digest()).decode()

    def drop_task(self, frame: Frame, *, cancel: bool) -> None:
        """Forget *frame*'s task; with *cancel*, have its work stopped."""
        self.timers.disarm(frame)
        if frame.task is None:
            return
        self.tasks.pop(frame.task.id, None)
        if cancel:
            self.commands.append(CancelTask(frame.task.id))
        frame.task = None
