"""Where a failure goes: to a retrier, to a catcher, up the tree, or to the end of the execution.

The one place that knows how error names match. A failure is data throughout; the frame's state says which retriers and
catchers it has.

Source: States Language, "Errors"; AWS Developer Guide, "Handling errors in Step Functions workflows". Where recordings
of AWS differ, they are followed: States.ALL does catch States.DataLimitExceeded of a task's result, and nothing catches
States.Runtime, not even by name.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from stepfunctions.asl.model import Retrier
from stepfunctions.core.failures import (
    ALL,
    HEARTBEAT_TIMEOUT,
    RUNTIME,
    TASK_FAILED,
    TIMEOUT,
    error_output,
)
from stepfunctions.core.frame import ATTEMPTING, FAILED, RETRYING, Frame
from stepfunctions.query.failure import Failure, QueryFailed

if TYPE_CHECKING:
    from stepfunctions.core.execution import Execution
    from stepfunctions.core.states.state import CompiledCatcher

DELAY_MAX_SECONDS: Final = 31_622_400
"""A year and a day: longer than an execution may stay open on AWS, and a bound for what a backoff can grow to."""


def matches(error_equals: Iterable[str], failure: Failure, *, is_heartbeat: bool = False) -> bool:
    """Return whether an ErrorEquals list names *failure*.

    Args:
        error_equals: names, wildcards included.
        failure: what happened; without an error name only wildcards name it.
        is_heartbeat: a missed heartbeat, which AWS reports as States.Timeout and also matches by its own name.
    """
    error = failure.error
    if error == RUNTIME:
        return False
    return any(
        name in (error, ALL)
        or (name == TASK_FAILED and error != TIMEOUT)
        or (name == HEARTBEAT_TIMEOUT and is_heartbeat)
        for name in error_equals
    )


def first_match(
    entries: Sequence[Retrier | CompiledCatcher], failure: Failure, *, is_heartbeat: bool = False
) -> int | None:
    """Return the position of the first retrier or catcher that names *failure*; None if none does."""
    for position, entry in enumerate(entries):
        if matches(entry.error_equals, failure, is_heartbeat=is_heartbeat):
            return position
    return None


def retry_delay_seconds(retrier: Retrier, attempt: int, entropy: float) -> float:
    """Return the wait before retry number *attempt*.

    Args:
        retrier: the matched entry of the state's ``Retry`` array.
        attempt: 1 for the first retry.
        entropy: uniform in [0, 1); used only when JitterStrategy is FULL.

    Returns:
        Seconds, 0 <= delay <= MaxDelaySeconds.

    Source:
        States Language, "Errors"; AWS Developer Guide, "Retrying after an error". The jitter comes after the cap.
    """
    delay_max = DELAY_MAX_SECONDS if retrier.max_delay_seconds is None else retrier.max_delay_seconds
    try:
        delay = min(delay_max, retrier.interval_seconds * retrier.backoff_rate ** (attempt - 1))
    except OverflowError:
        delay = delay_max
    return delay * entropy if retrier.jitter_strategy == "FULL" else delay


def fail(execution: Execution, frame: Frame, failure: Failure, *, is_heartbeat: bool = False) -> None:
    """Route *failure* of the state that *frame* stands on."""
    state = frame.state
    retrier = first_match(state.retriers, failure, is_heartbeat=is_heartbeat)
    catcher = first_match(state.catchers, failure, is_heartbeat=is_heartbeat)
    execution.routed(frame, failure, retrier, catcher)
    if retrier is not None and _try_again(execution, frame, retrier, state.retriers[retrier]):
        return
    if state.failed is not None:
        execution.record(frame, state.failed, ())
    if catcher is None:
        give_up(execution, frame, failure)
    else:
        _catch(execution, frame, state.catchers[catcher], failure)


def give_up(execution: Execution, frame: Frame, failure: Failure) -> None:
    """End *frame*'s scope with *failure*, which nothing in it retries or catches."""
    frame.phase = FAILED
    parent = frame.parent
    if parent is None:
        execution.finish_failed(frame.previous_event_id, failure)
    else:
        parent.state.child_failed(execution, parent, frame, failure)


def _try_again(execution: Execution, frame: Frame, position: int, retrier: Retrier) -> bool:
    """Have the retrier at *position* try again; return whether it still may."""
    counts = frame.retry_counts = frame.retry_counts or {}
    attempt = counts.get(position, 0) + 1
    if attempt > retrier.max_attempts:
        return False
    counts[position] = attempt
    entropy = execution.entropy.random() if retrier.jitter_strategy == "FULL" else 0.0
    delay = round(retry_delay_seconds(retrier, attempt, entropy) * 1000)
    frame.fork = frame.map_run = None
    if delay:
        execution.sleep(frame, RETRYING, execution.now + delay)
    else:
        execution.wake(frame, ATTEMPTING)
    return True


def _catch(execution: Execution, frame: Frame, catcher: CompiledCatcher, failure: Failure) -> None:
    """Leave the state along *catcher*. A failure in doing so is not caught again."""
    output = error_output(failure)
    scope = execution.surroundings
    scope.look_from(frame)
    try:
        assigned = None if catcher.assign is None else catcher.assign(frame.payload, output, scope)
        payload = catcher.hand_on(frame.payload, output, scope)
    except QueryFailed as failed:
        blamed = execution.blame(frame, failed.failure)
        if blamed.error == RUNTIME:
            execution.finish_failed(frame.previous_event_id, blamed)
        else:
            execution.record_evaluation(frame, failed, blamed)
            give_up(execution, frame, blamed)
        return
    frame.fork = frame.map_run = None
    execution.leave(frame, payload, assigned, catcher.following, is_caught=True)
