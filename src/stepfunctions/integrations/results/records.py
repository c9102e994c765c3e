"""The outcome of a child execution as the JSON texts that a result shows.

Which members a record of an execution that has not succeeded lacks follows DescribeExecution, as recorded from AWS; AWS
does not document it.

Source: AWS Developer Guide, "ResultWriter (Map)", with examples of every transformation.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache

from stepfunctions.engine.items import ChildResult
from stepfunctions.values import Instant, Json, dumps, loads

NONE = "NONE"
COMPACT = "COMPACT"
FLATTEN = "FLATTEN"

_INCLUDED = {"Included": True}


def texts_of(result: ChildResult, transformation: str) -> Iterator[str]:
    """Yield what *result* adds to a result, each the JSON text of one element on one line.

    Args:
        result: whatever has not succeeded is a record, as if *transformation* were NONE.
        transformation: ``NONE``, ``COMPACT`` or ``FLATTEN``.
    """
    if transformation == NONE or result.status != "SUCCEEDED" or result.output is None:
        yield dumps(record_of(result))
    elif transformation == FLATTEN and result.output.lstrip().startswith("["):
        yield from map(dumps, loads(result.output))
    else:
        yield result.output if "\n" not in result.output else dumps(loads(result.output))


def record_of(result: ChildResult) -> Json:
    """Return the record of an execution in a result file; what it has not is left out.

    Shape: ``{"ExecutionArn", "Input": str, "InputDetails": {"Included": true}, "Name", "Output": str, "OutputDetails",
    "RedriveCount", "RedriveStatus", "RedriveStatusReason", "StartDate", "StateMachineArn", "Status", "StopDate"}`` and,
    for one that failed, ``Error`` and ``Cause``.
    """
    members = {
        "ExecutionArn": result.execution_arn,
        "Input": result.input,
        "InputDetails": _INCLUDED,
        "Name": result.name,
        "Output": result.output,
        "OutputDetails": None if result.output is None else _INCLUDED,
        "RedriveCount": result.redrive_count,
        "RedriveStatus": result.redrive_status,
        "RedriveStatusReason": result.redrive_status_reason,
        "StartDate": _date(result.started_at),
        "StateMachineArn": result.state_machine_arn,
        "Status": result.status,
        "StopDate": _date(result.stopped_at),
    }
    if result.status != "SUCCEEDED":
        members |= {"Error": result.error, "Cause": result.cause}
    if None not in members.values():
        return members
    return {name: value for name, value in members.items() if value is not None}


def _date(instant: Instant | None) -> str | None:
    if instant is None:
        return None
    return f"{_second(instant // 1000)}.{instant % 1000:03}Z"


@lru_cache(64)
def _second(seconds: int) -> str:
    """Return a time to the second. Children end by the thousand in one, and writing it costs more than the record."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}"
