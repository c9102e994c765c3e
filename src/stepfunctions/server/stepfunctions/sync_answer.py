"""The answer of StartSyncExecution, with what AWS would bill.

AWS bills memory by what an execution holds, in steps of 64 MB; here it is always one step. An execution that timed out
has no error and no cause, as in DescribeExecution (not verified against AWS for this operation).

Source: AWS API reference, StartSyncExecution and BillingDetails; a recording of AWS.
"""

from __future__ import annotations

from typing import Final

from stepfunctions.engine.records import ExecutionRecord
from stepfunctions.values import Json

DURATION_STEP_MILLISECONDS: Final = 100
MEMORY_STEP_MEGABYTES: Final = 64


def sync_answer(record: ExecutionRecord, included: bool = True) -> Json:
    """Return the answer for an execution that has ended.

    Args:
        record: the execution.
        included: its input and output are told; False for METADATA_ONLY.

    Returns:
        Shape: ``{"executionArn", "stateMachineArn", "name", "startDate", "stopDate", "status", "input"?,
        "inputDetails": {"included"}, "output"?, "outputDetails"?, "error"?, "cause"?, "traceHeader"?, "billingDetails":
        {"billedMemoryUsedInMB", "billedDurationInMilliseconds"}}``
    """
    assert record.stopped_at is not None
    answer: dict[str, Json] = {
        "executionArn": record.execution_arn,
        "stateMachineArn": record.state_machine_arn,
        "name": record.name,
        "startDate": record.started_at / 1000,
        "stopDate": record.stopped_at / 1000,
        "status": record.status,
        **data_members("input", record.input, included),
        **data_members("output", record.output, included),
        "billingDetails": {
            "billedMemoryUsedInMB": MEMORY_STEP_MEGABYTES,
            "billedDurationInMilliseconds": billed_milliseconds(record.stopped_at - record.started_at),
        },
    }
    optional = {"error": record.error, "cause": record.cause, "traceHeader": record.trace_header}
    return answer | {name: value for name, value in optional.items() if value is not None}


def data_members(member: str, text: str | None, included: bool) -> dict[str, Json]:
    """Return an input or output as answers have it, ``{"input"?: str, "inputDetails": {"included": bool}}``.

    Args:
        member: ``input`` or ``output``.
        text: None if there is none: then nothing is told of it.
        included: False tells that there is one, and no more.
    """
    if text is None:
        return {}
    return {**({member: text} if included else {}), f"{member}Details": {"included": included}}


def billed_milliseconds(duration: int) -> int:
    """Return a duration in milliseconds rounded up to what AWS counts in; the least is one step."""
    steps = max(1, -(-duration // DURATION_STEP_MILLISECONDS))
    return steps * DURATION_STEP_MILLISECONDS
