"""What becomes of tasks: their progress events, their final event, and their timeouts.

A task has exactly one end: a final for a task that is not in flight any more is dropped. A final that overtakes
TaskSubmitted (a callback may be faster than the answer to the request) waits for it, so the history reads in order; the
driver must therefore tell of a request that was refused with ``submitted=False``.

Source: the order and details of events as recorded from AWS; AWS reports a missed heartbeat as States.Timeout.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from stepfunctions.core import routing
from stepfunctions.core.events import (
    Event,
    HeartbeatReceived,
    TaskFailed,
    TaskStarted,
    TaskSubmitted,
    TaskSucceeded,
    event_from_json,
)
from stepfunctions.core.failures import RUNTIME, TIMED_OUT, data_limit_exceeded, is_oversize
from stepfunctions.core.frame import Flight, Frame
from stepfunctions.core.resources import LAMBDA, TASK, Resource
from stepfunctions.core.states.task import Task
from stepfunctions.errors import InvalidTransition
from stepfunctions.query.failure import Failure
from stepfunctions.values import JsonError, Payload, loads

if TYPE_CHECKING:
    from stepfunctions.core.execution import Execution


def started(execution: Execution, event: TaskStarted) -> None:
    """Take in that the work has begun; from now on the worker must be heard of."""
    frame = execution.tasks.get(event.task_id)
    if frame is not None:
        _ensure_started(execution, frame, event.worker)


def submitted(execution: Execution, event: TaskSubmitted) -> None:
    """Take in that the request was accepted, then the end that was faster than that, if there was one."""
    frame = execution.tasks.get(event.task_id)
    if frame is None or not _resource(frame).is_submitted or _flight(frame).submitted:
        return
    _ensure_started(execution, frame, None)
    answer = _parse(event.task_id, event.output)
    if is_oversize(answer):
        _fail(execution, frame, data_limit_exceeded(_resource(frame).label), "SubmitFailed", cancel=True)
        return
    _write(execution, frame, "Submitted", answer.text)
    flight = _flight(frame)
    flight.submitted = True
    if flight.early_final is not None:
        final = event_from_json(flight.early_final)
        _FINALS[type(final)](execution, final)


def succeeded(execution: Execution, event: TaskSucceeded) -> None:
    """Take in that the work is done."""
    frame = execution.tasks.get(event.task_id)
    if frame is None or _is_early(frame, event):
        return
    result = _parse(event.task_id, event.output)
    _ensure_started(execution, frame, None)
    if is_oversize(result):
        _fail(execution, frame, data_limit_exceeded(_resource(frame).label), "Failed")
        return
    _write(execution, frame, "Succeeded", result.text)
    execution.drop_task(frame, cancel=False)
    execution.guarded(frame, frame.state.finish, result)


def failed(execution: Execution, event: TaskFailed) -> None:
    """Take in that the work has failed, or that the request for it was refused."""
    frame = execution.tasks.get(event.task_id)
    if frame is None or (event.submitted and _is_early(frame, event)):
        return
    _ensure_started(execution, frame, None)
    failure = Failure(event.error, event.cause)
    if event.submitted:
        _fail(execution, frame, failure, "Failed")
    elif event.error == RUNTIME:
        # A task that could not even be started is the state's own failure, and AWS names the state in its cause.
        _fail(execution, frame, execution.blame(frame, failure), _not_begun(_resource(frame)))
    else:
        _fail(execution, frame, failure, _refusal(_resource(frame)))


def heard_of(execution: Execution, event: HeartbeatReceived) -> None:
    """Take in that the worker is alive."""
    frame = execution.tasks.get(event.task_id)
    if frame is not None:
        _await_heartbeat(execution, frame)


def timed_out(execution: Execution, frame: Frame) -> None:
    """Take in that *frame*'s task has been at work, or silent, for too long."""
    flight = _flight(frame)
    is_heartbeat = flight.timeout_at is None or execution.now < flight.timeout_at
    _write(execution, frame, "TimedOut", TIMED_OUT.error, None)
    execution.drop_task(frame, cancel=True)
    routing.fail(execution, frame, TIMED_OUT, is_heartbeat=is_heartbeat)


def _fail(execution: Execution, frame: Frame, failure: Failure, suffix: str, *, cancel: bool = False) -> None:
    _write(execution, frame, suffix, failure.error, failure.cause)
    execution.drop_task(frame, cancel=cancel)
    routing.fail(execution, frame, failure)


def _not_begun(resource: Resource) -> str:
    """Return how the name of its event ends for a task that never became a request."""
    if resource.is_submitted:
        return "SubmitFailed"
    return "StartFailed" if resource.family in (TASK, LAMBDA) else "ScheduleFailed"


def _refusal(resource: Resource) -> str:
    """Return how the name of its event ends for a request that the service refused.

    A request that is all there is to its task fails the task: AWS's walkthrough of Step Functions Local with mocks
    shows TaskFailed for each refused call.
    """
    return "Failed" if resource.family == TASK and not resource.is_submitted else _not_begun(resource)


def _is_early(frame: Frame, final: Event) -> bool:
    """Keep *final*, if the task's TaskSubmitted is still to come; return whether it was kept or is one too many."""
    flight = _flight(frame)
    if flight.submitted or not _resource(frame).is_submitted:
        return False
    if flight.early_final is None:
        flight.early_final = final.to_json()
    return True


def _ensure_started(execution: Execution, frame: Frame, worker: str | None) -> None:
    flight = _flight(frame)
    if flight.started:
        return
    flight.started = True
    resource = _resource(frame)
    execution.record(frame, f"{resource.family}Started", resource.started(worker))
    if flight.timeout_seconds is not None:
        flight.timeout_at = execution.now + flight.timeout_seconds * 1000
        execution.timers.arm(frame, flight.timeout_at)
    _await_heartbeat(execution, frame)


def _await_heartbeat(execution: Execution, frame: Frame) -> None:
    flight = _flight(frame)
    if flight.heartbeat_seconds is None or not flight.started:
        return
    flight.heartbeat_at = execution.now + round(flight.heartbeat_seconds * 1000)
    if flight.deadline is not None:
        execution.timers.arm(frame, flight.deadline)


def _write(execution: Execution, frame: Frame, suffix: str, *details: Any) -> None:
    resource = _resource(frame)
    execution.record(frame, resource.family + suffix, (*resource.identity, *details))


def _resource(frame: Frame) -> Resource:
    if not isinstance(frame.state, Task):
        raise InvalidTransition(f"{frame!r} has a task but stands on no Task state")
    return frame.state.resource


def _flight(frame: Frame) -> Flight:
    if frame.task is None:
        raise InvalidTransition(f"{frame!r} has no task in flight")
    return frame.task


_FINALS: Final[dict[type[Event], Callable[[Execution, Any], None]]] = {TaskSucceeded: succeeded, TaskFailed: failed}


def _parse(task_id: str, text: str) -> Payload:
    try:
        return Payload(loads(text))
    except JsonError as error:
        raise InvalidTransition(f"the output of task {task_id} is not JSON: {error}") from None
