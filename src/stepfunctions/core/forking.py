"""What Parallel and Map share: opening children, and taking in how they end.

Each child's events are a chain of their own, which begins with the parent's ``*StateStarted`` event. When one child
fails, what the others do is stopped; the tree of children stays until the state is tried again, left, or redriven.

Source: States Language, "Parallel State", "Map State"; the order and ids of events as recorded from AWS.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stepfunctions.core.frame import ABORTED, FORKED, OVER, Fork, Frame
from stepfunctions.core.map_run import RUNNING
from stepfunctions.errors import InvalidTransition
from stepfunctions.values import Json, Payload

if TYPE_CHECKING:
    from stepfunctions.core.execution import Execution
    from stepfunctions.core.states.state import CompiledState


def fork_of(frame: Frame) -> Fork:
    """Return the children of *frame*.

    Raises:
        InvalidTransition: it has none.
    """
    if frame.fork is None:
        raise InvalidTransition(f"{frame!r} has no children")
    return frame.fork


def open_fork(frame: Frame, fork: Fork) -> None:
    """Have *frame* wait for the children that *fork* is to get."""
    frame.fork = fork
    frame.phase = FORKED


def open_child(
    execution: Execution, parent: Frame, position: int, state: CompiledState, payload: Payload, previous_event_id: int
) -> Frame:
    """Make the child of *parent* at *position*, runnable on *state*, and return it."""
    fork = fork_of(parent)
    child = execution.new_frame(parent, position, state, payload, previous_event_id)
    fork.children[position] = child
    fork.open_count += 1
    execution.runnable.append(child)
    return child


def outputs(fork: Fork) -> list[Json]:
    """Return the outputs of all children, in the order of the branches or items."""
    return [child.payload.value for child in fork.children if child is not None]


def abort_children(execution: Execution, parent: Frame, previous_event_id: int) -> list[Frame]:
    """Stop the children of *parent* that are still open, and return them in order.

    The events of what is stopped follow *previous_event_id*, the failing event.
    """
    fork = fork_of(parent)
    stopped = []
    for child in fork.children:
        if child is not None and child.phase not in OVER:
            _abort(execution, child, previous_event_id)
            stopped.append(child)
    fork.open_count = 0
    return stopped


def _abort(execution: Execution, frame: Frame, previous_event_id: int) -> None:
    if frame.fork is not None:
        abort_children(execution, frame, previous_event_id)
    if frame.map_run is not None and frame.map_run.status == RUNNING:
        # That AWS writes this event here is not verified.
        execution.aside("MapRunAborted", frame.previous_event_id, ())
        frame.state.abort_run(execution, frame)
    if frame.state.is_task and frame.entered_event_id:
        execution.aside("TaskStateAborted", previous_event_id, ())
    execution.drop_task(frame, cancel=True)
    frame.phase = ABORTED
