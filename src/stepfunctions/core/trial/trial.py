"""One state, tried once, on its own: what TestState runs.

A ``Trial`` is an interpreter whose program is the one state. It is fed and driven like any other, and writes no history
that anybody keeps; what it is asked for is its ``end``: where the state led, what its error was routed to, and what it
did to its data on the way. Nothing is retried and no other state is entered: a retrier that would try again ends the
trial, and every state that can come next is a stand-in that does. A failure that the state does not handle goes to the
states around it.

With a mock the state's work is not done: a Task's service is not called, a Parallel's branches and a Map's iterations
do not begin. All that the state evaluates before its work and after it is evaluated.

Source: AWS API reference, TestState; recordings of it. Its causes lack the prefix that names the state.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from stepfunctions.asl import model
from stepfunctions.core import routing
from stepfunctions.core.commands import CompleteExecution
from stepfunctions.core.events import ExecutionStarted
from stepfunctions.core.execution import Execution
from stepfunctions.core.failures import TIMED_OUT
from stepfunctions.core.frame import ATTEMPTING, RETRYING, Frame
from stepfunctions.core.interpreter import Interpreter
from stepfunctions.core.program import Program, compile_state
from stepfunctions.core.states.state import CompiledState
from stepfunctions.core.trial.around import Beyond, Enclosing, GivenSurroundings, linked
from stepfunctions.core.trial.inspection import AFTER_INPUT_PATH, INPUT, VARIABLES, InspectedFlow, Inspection
from stepfunctions.core.trial.mock import Mock
from stepfunctions.core.trial.mocked import compile_mocked
from stepfunctions.query.failure import Failure
from stepfunctions.values import Instant, Json, Payload

SUCCEEDED: Final = "SUCCEEDED"
FAILED: Final = "FAILED"
RETRIABLE: Final = "RETRIABLE"
CAUGHT_ERROR: Final = "CAUGHT_ERROR"

STATE_NAME: Final = "StateName"
"""What the context object of a trial calls its state, whatever the definition calls it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What a state is tried under.

    Args:
        variables: the workflow variables in reach.
        context: the context object; None for that of an execution of its own.
        mock: what stands in for the state's work; None to have it done.
        retry_count: how often the retrier that names the mocked error has tried again before.
        enclosing: the Parallel and Map states around it, innermost first.
        failed_iterations: how many iterations of the Map around it have failed before.
    """

    variables: Mapping[str, Json] = field(default_factory=dict)
    context: Mapping[str, Json] | None = None
    mock: Mock | None = None
    retry_count: int = 0
    enclosing: Sequence[model.Parallel | model.Map] = ()
    failed_iterations: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialEnd:
    """Where a trial led.

    Args:
        status: ``SUCCEEDED``, ``FAILED``, ``RETRIABLE`` or ``CAUGHT_ERROR``.
        output: what the state, or its catcher, handed on.
        failure: what went wrong; None if it succeeded.
        next_state: where it leads; None at an end.
        error_details: of a failure that a retrier or catcher names: ``{"retryIndex"?, "retryBackoffIntervalSeconds"?,
            "catchIndex"?}``. A retrier that may not try again has no interval.
        inspection: what was done to the data.
    """

    status: str
    output: Payload | None
    failure: Failure | None
    next_state: str | None
    error_details: Mapping[str, int]
    inspection: Inspection


class Trial(Interpreter):
    """One state, tried once. Its first event is an EXPRESS ``ExecutionStarted``: it may take five minutes.

    Args:
        state: what is tried.
        conditions: what it is tried under.
    """

    __slots__ = ("_trying",)

    def __init__(self, state: model.State, conditions: Conditions | None = None) -> None:
        self._execution = self._trying = _Trying(state, conditions or Conditions())

    @property
    def end(self) -> TrialEnd | None:
        """Where it led; None while it goes on."""
        return self._trying.end


class _Trying(Execution):
    """The execution of a trial: the verbs that would lead away from the state end it."""

    __slots__ = ("_conditions", "_details", "_enclosing", "_failure", "_inspection", "_retried", "_state", "end")

    def __init__(self, state: model.State, conditions: Conditions) -> None:
        self._inspection = Inspection(state)
        compiled = _compile(state, conditions.mock, self._inspection)
        super().__init__(Program(compiled, {STATE_NAME: compiled}))
        self.surroundings = GivenSurroundings(self, conditions.context, conditions.enclosing)
        self._state = state
        self._conditions = conditions
        self._enclosing = deque(linked(Enclosing(each, conditions.failed_iterations)) for each in conditions.enclosing)
        self._retried = conditions.retry_count
        self._failure: Failure | None = None
        self._details: dict[str, int] = {}
        self.end: TrialEnd | None = None

    def start(self, event: ExecutionStarted) -> None:
        """Put the frame on the state, with what it has behind it."""
        super().start(event)
        conditions = self._conditions
        self.root.variables = conditions.variables
        if conditions.mock is not None and conditions.mock.failure is not None:
            self._count_retries(self.root, conditions.mock.failure)
        self._inspection.note(INPUT, self.input)
        if isinstance(self._state, model.Fail):
            self._inspection.note(AFTER_INPUT_PATH, self.input)

    def _count_retries(self, frame: Frame, failure: Failure) -> None:
        """Have the retrier that names *failure*, the first one that does, know how often it has tried."""
        retrier = routing.first_match(frame.state.retriers, failure)
        frame.retry_counts = None if retrier is None else {retrier: self._retried}
        self._retried = self._retried if retrier is None else 0

    def blame(self, frame: Frame, failure: Failure) -> Failure:
        """Return *failure* as it is: there is one state only."""
        return failure

    def routed(self, frame: Frame, failure: Failure, retrier: int | None, catcher: int | None) -> None:
        """Keep what names the failure."""
        self._failure = failure
        self._details = {} if retrier is None else {"retryIndex": retrier}
        if catcher is not None:
            self._details["catchIndex"] = catcher

    def sleep(self, frame: Frame, phase: str, until: Instant) -> None:
        """Rest, but not for another attempt."""
        if phase == RETRYING:
            self._retriable(round((until - self.now) / 1000))
        else:
            super().sleep(frame, phase, until)

    def wake(self, frame: Frame, phase: str) -> None:
        """Go on, but not with another attempt."""
        if phase == ATTEMPTING:
            self._retriable(0)
        else:
            super().wake(frame, phase)

    def _retriable(self, seconds: int) -> None:
        self._details.pop("catchIndex", None)
        self._details["retryBackoffIntervalSeconds"] = seconds
        self._end(RETRIABLE, None, None)

    def finish_succeeded(self, previous_event_id: int, output: Payload) -> None:
        """End where the state, or its catcher, leads."""
        state = self.root.state
        following = state.name if isinstance(state, Beyond) else None
        self._end(SUCCEEDED if self._failure is None else CAUGHT_ERROR, output, following)

    def finish_failed(self, previous_event_id: int, failure: Failure) -> None:
        """End with *failure*, unless a state around this one has a retrier or a catcher for it.

        If it is another failure than the one that was routed, nothing in this state names it.
        """
        if self._is_taken(failure):
            return
        if failure != self._failure:
            self._failure, self._details = failure, {}
        self._end(FAILED, None, None)

    def _is_taken(self, failure: Failure) -> bool:
        """Route *failure* in the first state around this one that names it; return whether there is one."""
        frame: Frame = self.root
        passed: Failure | None = failure
        while self._enclosing and passed is not None:
            enclosing = self._enclosing.popleft()
            passed = enclosing.takes(passed)
            if passed is not None and enclosing.names(passed):
                frame.state = enclosing
                self._count_retries(frame, passed)
                routing.fail(self, frame, passed)
                return True
        return False

    def finish_timed_out(self) -> None:
        """End because five minutes are over."""
        self._enclosing.clear()
        self.finish_failed(0, TIMED_OUT)

    def _end(self, status: str, output: Payload | None, following: str | None) -> None:
        if self.root.variables:
            self._inspection.note(VARIABLES, dict(self.root.variables))
        self.end = TrialEnd(
            status=status,
            output=output,
            failure=self._failure,
            next_state=following,
            error_details=self._details,
            inspection=self._inspection,
        )
        succeeded = status in (SUCCEEDED, CAUGHT_ERROR)
        self._finish(SUCCEEDED if succeeded else FAILED, CompleteExecution(SUCCEEDED if succeeded else FAILED))


def _compile(state: model.State, mock: Mock | None, inspection: Inspection) -> CompiledState:
    compiled = compile_state(state) if mock is None else compile_mocked(state, mock, inspection)
    compiled.name = STATE_NAME
    compiled.flow = InspectedFlow(flow=compiled.flow, inspection=inspection)
    return linked(compiled)
