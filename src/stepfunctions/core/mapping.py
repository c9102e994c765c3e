"""What becomes of Map Runs: items that were read, children that have ended, results that were written.

An event about a run that is over, or that answers nothing, is dropped: a driver may tell twice.

Source: AWS Developer Guide, "Distributed Map", "Setting failure thresholds"; API reference, UpdateMapRun.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stepfunctions.core.commands import LimitMapRun
from stepfunctions.core.events import (
    ChildrenEnded,
    ItemReadFailed,
    ItemsRead,
    MapRunUpdated,
    ResultsFailed,
    ResultsWritten,
    UnfinishedListed,
)
from stepfunctions.core.failures import THRESHOLD_EXCEEDED
from stepfunctions.core.frame import Frame
from stepfunctions.core.map_run import MapRun
from stepfunctions.core.states.distributed_map import DistributedMap, run_of
from stepfunctions.errors import InvalidTransition
from stepfunctions.query.failure import Failure

if TYPE_CHECKING:
    from stepfunctions.core.execution import Execution


def items_read(execution: Execution, event: ItemsRead) -> None:
    """Take in a page of items."""
    found = _find(execution, event.run_id)
    if found is None:
        return
    frame, state, run = found
    if not run.is_reading or event.position != run.items_read:
        return
    run.is_reading = False
    run.take_in(event.items, event.source, is_object=event.is_object, is_last=event.is_last)
    _hold_to_threshold(execution, frame, state, run)


def item_read_failed(execution: Execution, event: ItemReadFailed) -> None:
    """Take in that there are no items."""
    found = _find(execution, event.run_id)
    if found is None or not found[2].is_reading:
        return
    frame, state, run = found
    run.is_reading = False
    state.fail_run(execution, frame, Failure(event.error, event.cause))


def children_ended(execution: Execution, event: ChildrenEnded) -> None:
    """Count children, and hold them to what is tolerated."""
    found = _find(execution, event.run_id)
    if found is None:
        return
    frame, state, run = found
    for position, status in event.children:
        run.child_ended(position, status)
    _hold_to_threshold(execution, frame, state, run)


def unfinished_listed(execution: Execution, event: UnfinishedListed) -> None:
    """Take in which children of before a redrive are to go on."""
    found = _find(execution, event.run_id)
    if found is None:
        return
    frame, state, run = found
    if not run.is_listing or event.after != run.unfinished_after:
        return
    run.is_listing = False
    run.unfinished = [list(child) for child in event.children]
    run.unfinished_after = -1 if event.is_last else event.children[-1][0]
    state.go_on(execution, frame)


def results_written(execution: Execution, event: ResultsWritten) -> None:
    """Take in the result of the state."""
    found = _find(execution, event.run_id)
    if found is not None and found[2].is_writing:
        found[1].succeed(execution, found[0], event.output)


def results_failed(execution: Execution, event: ResultsFailed) -> None:
    """Take in that there is none."""
    found = _find(execution, event.run_id)
    if found is not None and found[2].is_writing:
        found[1].results_failed(execution, found[0], Failure(event.error, event.cause))


def updated(execution: Execution, event: MapRunUpdated) -> None:
    """Take in new limits; they hold for what happens from now on."""
    found = _find(execution, event.run_id)
    if found is None:
        return
    frame, state, run = found
    if event.max_concurrency is not None:
        run.max_concurrency = event.max_concurrency
    if event.tolerated_failure_count is not None:
        run.tolerated_failure_count = event.tolerated_failure_count
    if event.tolerated_failure_percentage is not None:
        run.tolerated_failure_percentage = event.tolerated_failure_percentage
    count, percentage = run.tolerated_failure_count or 0, run.tolerated_failure_percentage or 0
    execution.commands.append(LimitMapRun(run.id, run.max_concurrency, count, percentage))
    _hold_to_threshold(execution, frame, state, run)


def _hold_to_threshold(execution: Execution, frame: Frame, state: DistributedMap, run: MapRun) -> None:
    if run.failure is None and run.exceeds_threshold():
        state.fail_run(execution, frame, THRESHOLD_EXCEEDED)
    else:
        state.go_on(execution, frame)


def _find(execution: Execution, run_id: str) -> tuple[Frame, DistributedMap, MapRun] | None:
    """Return the frame, state and run that *run_id* names, if the run is open."""
    frame = execution.map_runs.get(run_id)
    if frame is None:
        return None
    if not isinstance(frame.state, DistributedMap):
        raise InvalidTransition(f"{frame!r} has a Map Run but stands on no distributed Map state")
    return frame, frame.state, run_of(frame)
