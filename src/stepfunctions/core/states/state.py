"""A compiled state: what ``Execution`` and its neighbours know of every state, whatever its type.

A state holds nothing of any execution. ``attempt`` is called for each try at the state, after its StateEntered event
has been written; ``resume`` when the time has come that the state asked for; the others when a child ends.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from stepfunctions.asl import model
from stepfunctions.core.commands import MapRunCommand
from stepfunctions.core.expressions import Evaluate, template
from stepfunctions.core.flow import Flow, assignment, flow_of
from stepfunctions.core.frame import Frame
from stepfunctions.core.queries import merger
from stepfunctions.errors import InvalidTransition
from stepfunctions.query.failure import Failure
from stepfunctions.query.scope import Scope
from stepfunctions.values import ABSENT, Json, Payload

if TYPE_CHECKING:
    from stepfunctions.core.execution import Execution


class CompiledState(ABC):
    """Base of the compiled states.

    Attributes:
        name: the state's name.
        entered: the type of its StateEntered event.
        exited: the type of its StateExited event.
        flow: its data flow.
        following: the next state; None at the end of its scope.
        retriers: its Retry, in order.
        catchers: its Catch, in order.
    """

    failed: ClassVar[str | None] = None
    """The type of the event that says that the state has failed for good; None if there is none."""
    is_retriable: ClassVar[bool] = False
    """Whether the context object shows a RetryCount."""
    is_task: ClassVar[bool] = False
    is_evaluated_entered: ClassVar[bool] = False
    """Whether an EvaluationFailed event follows the state's StateEntered event, rather than the one before it."""

    following: CompiledState | None
    retriers: Sequence[model.Retrier] = ()
    catchers: Sequence[CompiledCatcher] = ()

    def __init__(self, state: model.State, flow: Flow | None = None) -> None:
        self.name = state.name
        self.entered = f"{state.type}StateEntered"
        self.exited = f"{state.type}StateExited"
        self.flow = flow_of(state) if flow is None else flow
        self.following = None
        self._next: str | None = getattr(state, "next", None)

    def link(self, states: Mapping[str, CompiledState]) -> None:
        """Replace the names of other states by the states of this scope."""
        if self._next is not None:
            self.following = states[self._next]
        for catcher in self.catchers:
            catcher.following = states[catcher.next]

    @abstractmethod
    def attempt(self, execution: Execution, frame: Frame) -> None:
        """Do what the state does with *frame*'s payload; again after a retrier's delay, or for a redrive."""

    def resume(self, execution: Execution, frame: Frame) -> None:
        """Go on: the time that the state waited for has come."""
        raise self._impossible("wait")

    def proceed(self, execution: Execution, frame: Frame) -> None:
        """Start children of *frame*'s Map Run, a bounded number."""
        raise self._impossible("have a Map Run")

    def abort_run(self, execution: Execution, frame: Frame) -> None:
        """End *frame*'s Map Run: its state is being aborted."""
        raise self._impossible("have a Map Run")

    def outstanding_of(self, frame: Frame) -> Sequence[MapRunCommand]:
        """Return the commands of *frame*'s Map Run that are not answered yet."""
        raise self._impossible("have a Map Run")

    def redrive_run(self, execution: Execution, frame: Frame) -> bool:
        """Go on with *frame*'s Map Run; return False if the state is to be attempted anew."""
        raise self._impossible("have a Map Run")

    def redrive_children(self, execution: Execution, frame: Frame) -> None:
        """Go on with those children of *frame* that had not succeeded, which are runnable again."""
        raise self._impossible("have children")

    def child_succeeded(self, execution: Execution, frame: Frame, child: Frame) -> None:
        """Take in that *child* of *frame* has ended well; its payload is its output."""
        raise self._impossible("have children")

    def child_failed(self, execution: Execution, frame: Frame, child: Frame, failure: Failure) -> None:
        """Take in that *child* of *frame* has ended with *failure*."""
        raise self._impossible("have children")

    def finish(self, execution: Execution, frame: Frame, result: Payload) -> None:
        """Leave the state with *result*, through the rest of its data flow."""
        flow = self.flow
        scope = execution.surroundings
        assigned = flow.assigned(frame.payload, result, scope)
        execution.leave(frame, flow.output(frame.payload, result, scope), assigned, self.following)

    def _impossible(self, what: str) -> InvalidTransition:
        return InvalidTransition(f"the {type(self).__name__} state {self.name!r} cannot {what}")


@dataclass(slots=True)
class CompiledCatcher:
    """One entry of Catch; ``following`` is set when its scope is linked.

    In both of its closures the result is the error output; what a JSONata catcher evaluates sees it under its own name.
    """

    error_equals: tuple[str, ...]
    next: str
    hand_on: Callable[[Payload, Json, Scope], Payload]
    assign: Callable[[Payload, Json, Scope], Json] | None
    following: CompiledState | None = field(default=None)


def compile_catchers(state: model.WorkState) -> tuple[CompiledCatcher, ...]:
    """Return the Catch of *state*, in its query language."""
    make = _jsonata_catcher if state.query_language == model.JSONATA else _jsonpath_catcher
    return tuple(make(each, position) for position, each in enumerate(state.catch))


def _jsonpath_catcher(catcher: model.Catcher, position: int) -> CompiledCatcher:
    merge, query = merger(catcher.result_path), assignment(catcher.assign)

    def hand_on(raw: Payload, error: Json, scope: Scope) -> Payload:
        if merge is None:
            return Payload(error)
        merged = merge(raw.value, error)
        return raw if merged is raw.value else Payload(merged)

    assign = None if query is None else (lambda raw, error, scope: query(error, scope))
    return CompiledCatcher(catcher.error_equals, catcher.next, hand_on, assign)


def _jsonata_catcher(catcher: model.Catcher, position: int) -> CompiledCatcher:
    # That AWS names these fields by their place in the Catch array is not verified.
    output = _error_view(template(catcher.output, f"Catch[{position}]/Output"))
    assign = _error_view(template(catcher.assign or ABSENT, f"Catch[{position}]/Assign"))

    def hand_on(raw: Payload, error: Json, scope: Scope) -> Payload:
        return Payload(error if output is None else output(raw, error, scope))

    return CompiledCatcher(catcher.error_equals, catcher.next, hand_on, assign)


def _error_view(evaluate: Evaluate | None) -> Callable[[Payload, Json, Scope], Json] | None:
    if evaluate is None:
        return None
    return lambda raw, error, scope: evaluate({"input": raw.value, "errorOutput": error}, scope)


@dataclass(frozen=True, slots=True)
class CompiledScope:
    """States that transition among themselves: a machine, a branch, an item processor."""

    start: CompiledState
    states: Mapping[str, CompiledState]
