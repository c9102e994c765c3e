"""DescribeMapRun, ListMapRuns, UpdateMapRun.

The children of a Map Run are executions: ``executions.py`` shows and lists them.

Source: AWS API reference; recordings of AWS for the counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stepfunctions.engine.engine import Engine
from stepfunctions.engine.map_runs.run import Counts, MapRunRecord
from stepfunctions.errors import Conflict, NotFound
from stepfunctions.server.protocols.json import Operation
from stepfunctions.server.request import Request
from stepfunctions.server.stepfunctions.arns import EXECUTION, MAP_RUN, parse_arn
from stepfunctions.server.stepfunctions.errors import resource_not_found, validation
from stepfunctions.server.stepfunctions.paging import Paging, page_size
from stepfunctions.values import Json


class MapRuns:
    """Operations on Map Runs.

    Args:
        engine: has them.
        paging: makes nextTokens.
    """

    def __init__(self, engine: Engine, paging: Paging) -> None:
        self._engine = engine
        self._paging = paging

    @property
    def operations(self) -> Mapping[str, Operation]:
        """The operations by AWS's names."""
        return {"DescribeMapRun": self.describe, "ListMapRuns": self.list, "UpdateMapRun": self.update}

    async def describe(self, request: Request, params: dict[str, Any]) -> Json:
        """DescribeMapRun."""
        arn = parse_arn(params["mapRunArn"], MAP_RUN).text
        try:
            record = self._engine.map_runs.describe(arn)
        except NotFound:
            raise resource_not_found(arn) from None
        described = {
            "mapRunArn": record.map_run_arn,
            "executionArn": record.execution_arn,
            "status": record.status,
            **_dates(record),
            "maxConcurrency": record.max_concurrency,
            "toleratedFailureCount": record.tolerated_failure_count,
            "toleratedFailurePercentage": float(record.tolerated_failure_percentage),
            "itemCounts": _counts(record.item_counts),
            "executionCounts": _counts(record.execution_counts),
            "redriveCount": record.redrive_count,
        }
        return described if record.redriven_at is None else {**described, "redriveDate": record.redriven_at / 1000}

    async def list(self, request: Request, params: dict[str, Any]) -> Json:
        """ListMapRuns, newest first."""
        arn = parse_arn(params["executionArn"], EXECUTION).text
        about = ("ListMapRuns", arn)
        page = self._engine.map_runs.list(
            arn, limit=page_size(params), after=self._paging.cursor(params.get("nextToken"), *about)
        )
        runs = [
            {
                "executionArn": record.execution_arn,
                "mapRunArn": record.map_run_arn,
                "stateMachineArn": record.state_machine_arn,
                **_dates(record),
            }
            for record in page.items
        ]
        return self._paging.continued({"mapRuns": runs}, page.next, *about)

    async def update(self, request: Request, params: dict[str, Any]) -> Json:
        """UpdateMapRun."""
        arn = parse_arn(params["mapRunArn"], MAP_RUN).text
        try:
            await self._engine.map_runs.update(
                arn,
                max_concurrency=params.get("maxConcurrency"),
                tolerated_failure_count=params.get("toleratedFailureCount"),
                tolerated_failure_percentage=params.get("toleratedFailurePercentage"),
            )
        except NotFound:
            raise resource_not_found(arn) from None
        except Conflict as error:  # text not verified against AWS
            raise validation(str(error), "CANNOT_UPDATE_COMPLETED_MAP_RUN") from None
        return {}


def _dates(record: MapRunRecord) -> dict[str, Json]:
    dates = {"startDate": record.started_at / 1000}
    return dates if record.stopped_at is None else {**dates, "stopDate": record.stopped_at / 1000}


def _counts(counts: Counts) -> dict[str, Json]:
    return {
        "pending": counts.pending,
        "running": counts.running,
        "succeeded": counts.succeeded,
        "failed": counts.failed,
        "timedOut": counts.timed_out,
        "aborted": counts.aborted,
        "total": counts.total,
        "resultsWritten": counts.results_written,
        "failuresNotRedrivable": 0,  # whatever has not succeeded may go on with its run
        "pendingRedrive": counts.pending_redrive,
    }
