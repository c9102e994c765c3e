"""RedriveExecution: which executions may be taken up again, and which redrives were asked for before.

How an execution goes on is the interpreter's (``core.redriving``); that it is read from its journal again although it
is closed is the driver's.

Source: AWS API reference, RedriveExecution and DescribeExecution (the reasons are AWS's words).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from stepfunctions.core.failures import HISTORY_MAX
from stepfunctions.engine.records import ExecutionRecord
from stepfunctions.values import Instant

if TYPE_CHECKING:
    from stepfunctions.engine.tables import Tables

PERIOD_MILLISECONDS: Final = 14 * 24 * 3600 * 1000
"""How long after its end an execution can be redriven."""

OPEN_MAX_MILLISECONDS: Final = 365 * 24 * 3600 * 1000
"""How long after its start."""

TOKEN_MILLISECONDS: Final = 15 * 60 * 1000

_UNREDRIVABLE: Final = frozenset({"RUNNING", "SUCCEEDED"})


def unredrivable_status(status: str) -> str | None:
    """Return why an execution with *status* cannot be redriven, in AWS's words; None if another reason decides."""
    return f"Execution is {status} and cannot be redriven" if status in _UNREDRIVABLE else None


def unredrivable_reason(record: ExecutionRecord, event_count: Callable[[str], int], now: Instant) -> str | None:
    """Return why an execution cannot be redriven, in AWS's words; None if it can.

    Args:
        record: the execution.
        event_count: counts the history of an ARN; the commonest reasons need no count.
        now: the time.
    """
    by_status = unredrivable_status(record.status)
    if by_status is not None:
        return by_status
    if event_count(record.execution_arn) >= HISTORY_MAX - 1:
        return "Execution history event limit exceeded"
    if now - record.started_at > OPEN_MAX_MILLISECONDS:
        return "Execution has exceeded the max execution time"
    if record.stopped_at is not None and now - record.stopped_at > PERIOD_MILLISECONDS:
        return "Execution redrivable period exceeded"
    return None


def earlier_redrive(tables: Tables, execution_id: int, token: str | None, now: Instant) -> Instant | None:
    """Return when the redrive that was asked for with *token* was; None if there is none, or it is too long ago."""
    row = None if token is None else tables.database.read_one(tables.sql.redrive_by_token, (execution_id, token))
    return None if row is None or now - row[0] > TOKEN_MILLISECONDS else row[0]
