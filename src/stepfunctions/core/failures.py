"""Failures of the interpreter's own making, and how AWS words them.

Source: AWS Developer Guide, "Handling errors in Step Functions workflows"; texts as recorded from AWS.
"""

from __future__ import annotations

from typing import Final

from stepfunctions.core.frame import Frame
from stepfunctions.query.failure import Failure, QueryFailed
from stepfunctions.values import PAYLOAD_MAX_BYTES, Json, Payload

ALL: Final = "States.ALL"
RUNTIME: Final = "States.Runtime"
TASK_FAILED: Final = "States.TaskFailed"
TIMEOUT: Final = "States.Timeout"
HEARTBEAT_TIMEOUT: Final = "States.HeartbeatTimeout"
DATA_LIMIT_EXCEEDED: Final = "States.DataLimitExceeded"

HISTORY_MAX: Final = 25_000
"""AWS's quota of history events. The last one it allows is the failure."""

EXPRESS_HISTORY_MAX: Final = 250_000
"""AWS sets no quota for express executions, whose five minutes bound them there. Here it bounds memory."""

TIMED_OUT: Final = Failure(TIMEOUT, None)
THRESHOLD_EXCEEDED: Final = Failure(
    "States.ExceedToleratedFailureThreshold", "The specified tolerated failure threshold was exceeded"
)

TOO_DEEP: Final = QueryFailed(RUNTIME, "The data of the state is nested too deeply.")
"""Data that no text can be made of. At what depth AWS's parser gives up, and in which words, is not verified."""

MAX_ITEMS_NEGATIVE: Final = Failure("States.ItemReaderFailed", "field MaxItems must be positive")

SAFE_LENGTH: Final = PAYLOAD_MAX_BYTES // 4
"""No text of so many characters exceeds the quota: a character takes at most four bytes of UTF-8."""


def history_full(history_max: int) -> Failure:
    """Return the failure of an execution whose history has no room for more."""
    return Failure(RUNTIME, f"The execution reached the maximum number of history events ({history_max}).")


def is_oversize(payload: Payload) -> bool:
    """Return whether *payload* exceeds AWS's quota."""
    return len(payload.text) > SAFE_LENGTH and payload.size_bytes > PAYLOAD_MAX_BYTES


def data_limit_exceeded(label: str) -> Failure:
    """Return the failure of the state or task *label* whose data exceeds the quota."""
    return Failure(
        DATA_LIMIT_EXCEEDED,
        f"The state/task '{label}' returned a result with a size exceeding the maximum number of bytes service limit.",
    )


def blame(frame: Frame, failure: Failure) -> Failure:
    """Return *failure* with the prefix that names the state it happened in."""
    return Failure(
        failure.error,
        f"An error occurred while executing the state '{frame.state.name}' (entered at the event id "
        f"#{frame.entered_event_id}). {failure.cause}",
    )


def error_output(failure: Failure) -> Json:
    """Return what a catcher sees. Shape: ``{"Error": str | None, "Cause": str | None}``.

    A timeout has no cause in the history and an empty one here, as AWS shows it.
    """
    cause = "" if failure.error == TIMEOUT and failure.cause is None else failure.cause
    return {"Error": failure.error, "Cause": cause}
