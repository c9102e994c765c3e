"""What callers look at of Map Runs: the runs of an execution, their counts, their children. Committed state only.

Counts are made when somebody asks for one run, from an index of its children. While a run is being redriven, a child
that has ended without success and has not been taken up again waits for that: AWS calls it PENDING_REDRIVE.

Source: AWS API reference, DescribeMapRun, ListMapRuns, ListExecutions.
"""

from __future__ import annotations

from typing import Any, Final

from stepfunctions.core.map_run import ABORTED, FAILED, RUNNING, SUCCEEDED, TIMED_OUT
from stepfunctions.engine.listing import execution_record, position_of
from stepfunctions.engine.map_runs.run import Counts, MapRunDetails, MapRunRecord
from stepfunctions.engine.records import ExecutionRecord, Page
from stepfunctions.engine.tables import Tables

PENDING_REDRIVE: Final = "PENDING_REDRIVE"

_END: Final = 1 << 62


class MapRunListing:
    """Reads for callers.

    Args:
        tables: where they are.
    """

    def __init__(self, tables: Tables) -> None:
        self._database = tables.database
        self._sql = tables.sql

    def owner_of(self, map_run_arn: str) -> tuple[int, str, str] | None:
        """Return the execution that has a Map Run, the interpreter's name for the run, and its status."""
        row = self._database.read_one(self._sql.map_run_by_arn, (map_run_arn,))
        return None if row is None else (row[16], row[15], row[6])

    def describe(self, map_run_arn: str) -> MapRunDetails | None:
        """Return a Map Run with its counts."""
        row = self._database.read_one(self._sql.map_run_by_arn, (map_run_arn,))
        return None if row is None else self._details(row)

    def of_execution(self, execution_id: int, limit: int, after: str | None) -> Page[MapRunRecord]:
        """Return the Map Runs of an execution, newest first.

        Raises:
            InvalidRequest: ``after`` is not from a page of ours.
        """
        before = position_of(after, _END)
        rows = self._database.read(self._sql.map_runs_of_execution, (execution_id, before, limit + 1))
        next_ = str(rows[limit - 1][0]) if len(rows) > limit else None
        return Page(tuple(MapRunRecord(**_fields(row)) for row in rows[:limit]), next_)

    def children(
        self, map_run_arn: str, status: str | None, redriven: bool | None, limit: int, after: str | None
    ) -> Page[ExecutionRecord] | None:
        """Return the children of a Map Run, latest first; None if there is no such run.

        Args:
            map_run_arn: of the run.
            status: only those with this status; ``PENDING_REDRIVE`` are those that wait for it.
            redriven: only those that were redriven, or only those that were not.
            limit: at most so many.
            after: ``Page.next`` of the page before.

        Raises:
            InvalidRequest: ``after`` is not from a page of ours.
        """
        run = self._database.read_one(self._sql.map_run_by_arn, (map_run_arn,))
        if run is None:
            return None
        parameters = {
            "of": run[0],
            "before": position_of(after, _END),
            "status": status,
            "redriven": redriven,
            "redriven_at": _redriven_at(run),
            "limit": limit + 1,
        }
        rows = self._database.read(self._sql.list_of_map_run, parameters)
        next_ = str(rows[limit - 1][0]) if len(rows) > limit else None
        return Page(tuple(execution_record(row[1:]) for row in rows[:limit]), next_)

    def _details(self, row: tuple[Any, ...]) -> MapRunDetails:
        since = _redriven_at(row)
        if since is None:
            rows = self._database.read(self._sql.map_run_counts, (row[0],))
        else:
            rows = self._database.read(self._sql.map_run_counts_redriven, {"of": row[0], "redriven_at": since})
        executions = {status: number for status, number, _ in rows}
        items = {status: number for status, _, number in rows}
        per_child = max(1, sum(items.values()) // max(1, sum(executions.values())))
        pending, status = row[12], row[6]
        return MapRunDetails(
            **_fields(row),
            item_counts=_counts(items, pending, status),
            execution_counts=_counts(executions, -(-pending // per_child), status),
        )


def _fields(row: tuple[Any, ...]) -> dict[str, Any]:
    """Return what a MapRunRecord has of *row*."""
    (
        _, arn, execution_arn, machine_arn, label, _, status, started_at, stopped_at, max_concurrency, count,
        percentage, _, redrive_count, redriven_at, _, _,
    ) = row  # fmt: skip
    return {
        "map_run_arn": arn,
        "execution_arn": execution_arn,
        "state_machine_arn": f"{machine_arn}/{label}",
        "status": status,
        "started_at": started_at,
        "stopped_at": stopped_at,
        "max_concurrency": max_concurrency,
        "tolerated_failure_count": count,
        "tolerated_failure_percentage": percentage,
        "redrive_count": redrive_count,
        "redriven_at": redriven_at,
    }


def _redriven_at(row: tuple[Any, ...]) -> int | None:
    """Return when the run in *row* was redriven, if that is going on."""
    return row[14] if row[6] == RUNNING else None


def _counts(numbers: dict[str, int], pending: int, status: str) -> Counts:
    total = sum(numbers.values()) + pending
    return Counts(
        pending=pending,
        running=numbers.get(RUNNING, 0),
        succeeded=numbers.get(SUCCEEDED, 0),
        failed=numbers.get(FAILED, 0),
        timed_out=numbers.get(TIMED_OUT, 0),
        aborted=numbers.get(ABORTED, 0),
        pending_redrive=numbers.get(PENDING_REDRIVE, 0),
        results_written=total - pending - numbers.get(RUNNING, 0) if status in (SUCCEEDED, FAILED) else 0,
        total=total,
    )
