"""Redrive: an execution that failed, timed out or was stopped goes on where it ended.

A state that was entered and not left runs again, with its retriers and timeouts counted anew; branches and iterations
that had succeeded keep their outputs. The chain of every frame that runs again follows the ExecutionRedriven event.
Which events AWS repeats for the states around it is not verified against AWS, and none are written here.

Source: AWS Developer Guide, "Restarting state machine executions with redrive".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stepfunctions.core.events import RedriveRequested
from stepfunctions.core.frame import ATTEMPTING, ENTERING, FORKED, SUCCEEDED, Frame
from stepfunctions.errors import InvalidTransition

if TYPE_CHECKING:
    from stepfunctions.core.execution import Execution


def redrive(execution: Execution, event: RedriveRequested) -> None:
    """Make runnable what had not succeeded.

    Raises:
        InvalidTransition: the execution runs, or has succeeded.
    """
    if execution.status in ("RUNNING", "SUCCEEDED"):
        raise InvalidTransition(f"{execution.started.execution_arn} is {execution.status} and cannot be redriven")
    execution.redrive_count = event.redrive_count
    execution.redriven_at = execution.now
    execution.begin()
    execution.aside("ExecutionRedriven", 0, (event.redrive_count,))
    if execution.started.express:
        execution.restart()  # AWS starts the EXPRESS children of a Map Run from their first state
        return
    _redrive_frame(execution, execution.root, execution.event_count)


def _redrive_frame(execution: Execution, frame: Frame, previous_event_id: int) -> None:
    frame.previous_event_id = previous_event_id
    frame.retry_counts = None
    fork = frame.fork
    if frame.map_run is not None and frame.state.redrive_run(execution, frame):
        return
    if fork is None:
        execution.wake(frame, ATTEMPTING if frame.entered_event_id else ENTERING)
        return
    frame.phase = FORKED
    fork.open_count = 0
    for child in fork.children:
        if child is not None and child.phase != SUCCEEDED:
            fork.open_count += 1
            _redrive_frame(execution, child, previous_event_id)
            if execution.status != "RUNNING" or frame.phase != FORKED:
                return  # it has failed at once, and this with it
    execution.guarded(frame, frame.state.redrive_children)
