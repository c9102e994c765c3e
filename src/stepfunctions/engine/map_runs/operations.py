"""What callers do with Map Runs: look at them, list their children, move their limits. ``Engine.map_runs``.

Source: AWS API reference, DescribeMapRun, ListMapRuns, UpdateMapRun, ListExecutions.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from stepfunctions.core.events import Event, MapRunUpdated
from stepfunctions.core.map_run import RUNNING
from stepfunctions.engine.map_runs.listing import MapRunListing
from stepfunctions.engine.map_runs.run import MapRunDetails, MapRunRecord
from stepfunctions.engine.records import ExecutionRecord, Page
from stepfunctions.engine.tables import Tables
from stepfunctions.errors import Conflict, NotFound


class MapRunOperations:
    """The Map Runs of an engine, for its callers.

    Args:
        tables: where they are.
        id_of: finds an execution by its ARN, or raises NotFound.
        deliver: tells an execution; the future is done when that is durable, with whether it was heard.
    """

    def __init__(
        self,
        tables: Tables,
        id_of: Callable[[str], int],
        deliver: Callable[[int, Event], asyncio.Future[bool]],
    ) -> None:
        self._listing = MapRunListing(tables)
        self._id_of = id_of
        self._deliver = deliver

    def describe(self, map_run_arn: str) -> MapRunDetails:
        """Return a Map Run with its counts.

        Raises:
            NotFound: no such run.
        """
        record = self._listing.describe(map_run_arn)
        if record is None:
            raise _not_found(map_run_arn)
        return record

    def list(self, execution_arn: str, *, limit: int = 100, after: str | None = None) -> Page[MapRunRecord]:
        """Return the Map Runs of an execution, newest first.

        Args:
            execution_arn: of the execution.
            limit: at most so many.
            after: ``Page.next`` of the page before.

        Raises:
            NotFound: no such execution.
            InvalidRequest: ``after`` is not from a page of ours.
        """
        return self._listing.of_execution(self._id_of(execution_arn), limit, after)

    def children(
        self,
        map_run_arn: str,
        *,
        status: str | None = None,
        redriven: bool | None = None,
        limit: int = 100,
        after: str | None = None,
    ) -> Page[ExecutionRecord]:
        """Return the children of a Map Run, latest first.

        Args:
            map_run_arn: of the run.
            status: only those with this status; ``PENDING_REDRIVE`` are those that wait for it.
            redriven: only those that were redriven, or only those that were not.
            limit: at most so many.
            after: ``Page.next`` of the page before.

        Raises:
            NotFound: no such run.
            InvalidRequest: ``after`` is not from a page of ours.
        """
        page = self._listing.children(map_run_arn, status, redriven, limit, after)
        if page is None:
            raise _not_found(map_run_arn)
        return page

    async def update(
        self,
        map_run_arn: str,
        *,
        max_concurrency: int | None = None,
        tolerated_failure_count: int | None = None,
        tolerated_failure_percentage: float | None = None,
    ) -> None:
        """Move the limits of a Map Run that goes on; None leaves one as it is.

        Raises:
            NotFound: no such run.
            Conflict: it has ended.
            StoreError: the disk; the limits are as they were.
        """
        found = self._listing.owner_of(map_run_arn)
        if found is None:
            raise _not_found(map_run_arn)
        execution_id, run_id, status = found
        event = MapRunUpdated(run_id, max_concurrency, tolerated_failure_count, tolerated_failure_percentage)
        if status != RUNNING or not await self._deliver(execution_id, event):
            raise Conflict("Map Run has completed and cannot be updated")


def _not_found(map_run_arn: str) -> NotFound:
    return NotFound(f"Map Run Does Not Exist: '{map_run_arn}'")
