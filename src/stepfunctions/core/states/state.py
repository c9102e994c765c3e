"""A compiled state: what ``Execution`` and its neighbours know of every state, whatever its type.

A state holds nothing of any execution. ``attempt`` is called for each try at the state, after its StateEntered event
has been written; ``resume`` when the time has come that the state asked for; the others when a child ends.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from stepfunctions.asl import model
from stepfunctions.core.flow import Flow, assignment, jsonpath_flow
from stepfunctions.core.frame import Frame
from stepfunctions.core.queries import Merge, Query, merger
from stepfunctions.errors import InvalidTransition
from stepfunctions.query.failure import Failure
from stepfunctions.values import Payload

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

    following: CompiledState | None
    retriers: Sequence[model.Retrier] = ()
    catchers: Sequence[CompiledCatcher] = ()

    def __init__(self, state: model.State, flow: Flow | None = None) -> None:
        self.name = state.name
        self.entered = f"{state.type}StateEntered"
        self.exited = f"{state.type}StateExited"
        self.flow = jsonpath_flow(state) if flow is None else flow
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
        assigned = None if flow.assign is None else flow.assign(result.value, scope)
        execution.leave(frame, flow.output(frame.payload, result, scope), assigned, self.following)

    def _impossible(self, what: str) -> InvalidTransition:
        return InvalidTransition(f"the {type(self).__name__} state {self.name!r} cannot {what}")


@dataclass(slots=True)
class CompiledCatcher:
    """One entry of Catch; ``following`` is set when its scope is linked."""

    error_equals: tuple[str, ...]
    next: str
    merge: Merge | None
    assign: Query | None
    following: CompiledState | None = field(default=None)


def compile_catchers(state: model.WorkState) -> tuple[CompiledCatcher, ...]:
    """Return the Catch of a JSONPath *state*."""
    return tuple(
        CompiledCatcher(each.error_equals, each.next, merger(each.result_path), assignment(each.assign))
        for each in state.catch
    )


@dataclass(frozen=True, slots=True)
class CompiledScope:
    """States that transition among themselves: a machine, a branch, an item processor."""

    start: CompiledState
    states: Mapping[str, CompiledState]
