"""The Parallel state: runs its branches side by side on the same input and hands on the array of their outputs.

Source: States Language, "Parallel State"; the order and ids of events as recorded from AWS.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from stepfunctions.asl import model
from stepfunctions.core import routing
from stepfunctions.core.failures import data_limit_exceeded, is_oversize
from stepfunctions.core.forking import abort_children, fork_of, open_child, open_fork, outputs
from stepfunctions.core.frame import Fork, Frame
from stepfunctions.core.states.state import CompiledScope, CompiledState, compile_catchers
from stepfunctions.query.failure import Failure
from stepfunctions.values import Payload

if TYPE_CHECKING:
    from stepfunctions.core.execution import Execution


class Parallel(CompiledState):
    """A compiled Parallel state."""

    failed = "ParallelStateFailed"
    is_retriable = True

    def __init__(self, state: model.Parallel, branches: Sequence[CompiledScope]) -> None:
        super().__init__(state)
        self.branches = branches
        self.retriers = state.retry
        self.catchers = compile_catchers(state)

    def attempt(self, execution: Execution, frame: Frame) -> None:
        """Begin every branch."""
        scope = execution.surroundings
        effective = self.flow.effective_input(frame.payload, scope)
        arguments = self.flow.arguments(effective, scope)
        if is_oversize(arguments):
            # AWS's text for an over-long input is not known; this is the one for an over-long result.
            routing.fail(execution, frame, data_limit_exceeded(self.name))
            return
        execution.record(frame, "ParallelStateStarted", ())
        begun = frame.previous_event_id
        open_fork(frame, Fork(len(self.branches), begun, None))
        for position, branch in enumerate(self.branches):
            open_child(execution, frame, position, branch.start, arguments, begun)

    def redrive_children(self, execution: Execution, frame: Frame) -> None:
        """Nothing to add: the branches that had not succeeded run."""

    def child_succeeded(self, execution: Execution, frame: Frame, child: Frame) -> None:
        """Leave after the last branch, unless what the branches made is too large together."""
        fork = fork_of(frame)
        fork.open_count -= 1
        if fork.open_count:
            return
        frame.fork = None
        frame.previous_event_id = child.previous_event_id
        results = Payload(outputs(fork))
        if is_oversize(results):
            routing.fail(execution, frame, data_limit_exceeded(self.name))
            return
        execution.aside("ParallelStateSucceeded", frame.previous_event_id, ())
        self.finish(execution, frame, results)

    def child_failed(self, execution: Execution, frame: Frame, child: Frame, failure: Failure) -> None:
        """Stop the other branches, and fail as the branch did."""
        frame.previous_event_id = child.previous_event_id
        if child.state.is_task:
            execution.aside("TaskStateAborted", child.previous_event_id, ())
        abort_children(execution, frame, child.previous_event_id)
        routing.fail(execution, frame, failure)
