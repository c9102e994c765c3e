"""History events: tuples while an execution runs, AWS's dicts when somebody reads them.

The interpreter writes a tuple per event and the store keeps tuples; ``render`` makes the shape of GetExecutionHistory
from the table below. A value in a tuple is JSON text, as AWS's wire carries it.

Source: botocore's ``stepfunctions`` model, shape HistoryEvent; recordings of AWS for which members appear.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from stepfunctions.values import Instant, Json


class HistoryEvent(NamedTuple):
    """One event. ``details`` are the values of FIELDS[type], in that order; None leaves a member out."""

    id: int
    type: str
    at: Instant
    previous_id: int
    details: tuple[Any, ...]


_LEAVING = ("Pass", "Choice", "Wait", "Succeed", "Task", "Parallel", "Map")
_ENTERED = ("stateEnteredEventDetails", ("name", "input"))
_EXITED = ("stateExitedEventDetails", ("name", "output", "assignedVariables"))
_TASK = ("resourceType", "resource")
_FAILURE = ("error", "cause")
_ITERATION = ("name", "index")

FIELDS: Final[dict[str, tuple[str | None, tuple[str, ...]]]] = {
    "ExecutionStarted": (
        "executionStartedEventDetails",
        ("input", "roleArn", "stateMachineAliasArn", "stateMachineVersionArn"),
    ),
    "ExecutionSucceeded": ("executionSucceededEventDetails", ("output",)),
    "ExecutionFailed": ("executionFailedEventDetails", _FAILURE),
    "ExecutionAborted": ("executionAbortedEventDetails", _FAILURE),
    "ExecutionTimedOut": ("executionTimedOutEventDetails", _FAILURE),
    "ExecutionRedriven": ("executionRedrivenEventDetails", ("redriveCount",)),
    **{f"{kind}StateEntered": _ENTERED for kind in (*_LEAVING, "Fail")},
    **{f"{kind}StateExited": _EXITED for kind in _LEAVING},
    **{f"{kind}StateAborted": (None, ()) for kind in ("Wait", "Task", "Parallel", "Map")},
    "ParallelStateStarted": (None, ()),
    "ParallelStateSucceeded": (None, ()),
    "ParallelStateFailed": (None, ()),
    "MapStateStarted": ("mapStateStartedEventDetails", ("length",)),
    "MapStateSucceeded": (None, ()),
    "MapStateFailed": (None, ()),
    "MapIterationStarted": ("mapIterationStartedEventDetails", _ITERATION),
    "MapIterationSucceeded": ("mapIterationSucceededEventDetails", _ITERATION),
    "MapIterationFailed": ("mapIterationFailedEventDetails", _ITERATION),
    "MapIterationAborted": ("mapIterationAbortedEventDetails", _ITERATION),
    "TaskScheduled": (
        "taskScheduledEventDetails",
        (*_TASK, "region", "parameters", "timeoutInSeconds", "heartbeatInSeconds", "taskCredentials"),
    ),
    "TaskStarted": ("taskStartedEventDetails", _TASK),
    "TaskStartFailed": ("taskStartFailedEventDetails", (*_TASK, *_FAILURE)),
    "TaskSubmitted": ("taskSubmittedEventDetails", (*_TASK, "output")),
    "TaskSubmitFailed": ("taskSubmitFailedEventDetails", (*_TASK, *_FAILURE)),
    "TaskSucceeded": ("taskSucceededEventDetails", (*_TASK, "output")),
    "TaskFailed": ("taskFailedEventDetails", (*_TASK, *_FAILURE)),
    "TaskTimedOut": ("taskTimedOutEventDetails", (*_TASK, *_FAILURE)),
    "LambdaFunctionScheduled": (
        "lambdaFunctionScheduledEventDetails",
        ("resource", "input", "timeoutInSeconds", "taskCredentials"),
    ),
    "LambdaFunctionStarted": (None, ()),
    "LambdaFunctionScheduleFailed": ("lambdaFunctionScheduleFailedEventDetails", _FAILURE),
    "LambdaFunctionStartFailed": ("lambdaFunctionStartFailedEventDetails", _FAILURE),
    "LambdaFunctionSucceeded": ("lambdaFunctionSucceededEventDetails", ("output",)),
    "LambdaFunctionFailed": ("lambdaFunctionFailedEventDetails", _FAILURE),
    "LambdaFunctionTimedOut": ("lambdaFunctionTimedOutEventDetails", _FAILURE),
    "ActivityScheduled": (
        "activityScheduledEventDetails",
        ("resource", "input", "timeoutInSeconds", "heartbeatInSeconds"),
    ),
    "ActivityStarted": ("activityStartedEventDetails", ("workerName",)),
    "ActivityScheduleFailed": ("activityScheduleFailedEventDetails", _FAILURE),
    "ActivitySucceeded": ("activitySucceededEventDetails", ("output",)),
    "ActivityFailed": ("activityFailedEventDetails", _FAILURE),
    "ActivityTimedOut": ("activityTimedOutEventDetails", _FAILURE),
    "EvaluationFailed": ("evaluationFailedEventDetails", ("error", "cause", "location", "state")),
    "MapRunStarted": ("mapRunStartedEventDetails", ("mapRunArn",)),
    "MapRunFailed": ("mapRunFailedEventDetails", _FAILURE),
    "MapRunAborted": (None, ()),
    "MapRunSucceeded": (None, ()),
    "MapRunRedriven": ("mapRunRedrivenEventDetails", ("mapRunArn", "redriveCount")),
}  # fmt: skip

_WITH_DETAILS = {
    "input": "inputDetails",
    "output": "outputDetails",
    "assignedVariables": "assignedVariablesDetails",
}
_DATA = frozenset({"input", "output"})
"""What AWS leaves out where data is not wanted; the parameters of a task and assigned variables stay, as recorded."""


def render(event: HistoryEvent, include_execution_data: bool = True) -> Json:
    """Return *event* as GetExecutionHistory shows it, with the timestamp in epoch seconds.

    Shape: ``{"id": int, "type": str, "timestamp": float, "previousEventId": int, "<kind>EventDetails": {...}}``
    """
    member, names = FIELDS[event.type]
    rendered: dict[str, Json] = {
        "timestamp": event.at / 1000,
        "type": event.type,
        "id": event.id,
        "previousEventId": event.previous_id,
    }
    if member is not None:
        details: dict[str, Json] = {}
        for name, value in zip(names, event.details, strict=True):
            if value is None or (not include_execution_data and name in _DATA):
                continue
            details[name] = value
            if name in _WITH_DETAILS:
                details[_WITH_DETAILS[name]] = {"truncated": False}
        rendered[member] = details
    return rendered
