"""EXPRESS executions: run by the same driver on a database in memory, and forgotten when they end.

Nothing of them survives the process. AWS promises at least once for those that are started, and at most once for those
that a caller waits for; a crash of ours loses both. They have no history to look at but their log.

Source: AWS Developer Guide, "Choosing workflow type"; API reference, StartSyncExecution.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from stepfunctions.engine.driver import Driver
from stepfunctions.engine.execution import Execution
from stepfunctions.engine.execution_log import ExecutionLog
from stepfunctions.engine.handler import Resolver
from stepfunctions.engine.records import RUNNING, ExecutionRecord, StartExecution
from stepfunctions.engine.tables import Tables
from stepfunctions.errors import StoreError
from stepfunctions.store.database import Database
from stepfunctions.values import Instant


@dataclass(frozen=True, slots=True)
class _Awaited:
    request: StartExecution
    started_at: Instant
    ended: asyncio.Future[ExecutionRecord]


class Express:
    """All EXPRESS executions of an engine.

    Args:
        resolver: finds the handler of a Task's resource.
        clock: gives the time.
        entropy: gives 64 random bits.
        log: writes their logs.
        expected: who waits for the end of what a task starts, by the task's effect id; see ``Engine.expecting``.
    """

    def __init__(
        self,
        resolver: Resolver,
        *,
        clock: Callable[[], Instant],
        entropy: Callable[[], int],
        log: ExecutionLog | None = None,
        expected: Mapping[str, asyncio.Future[ExecutionRecord]] | None = None,
    ) -> None:
        self._clock = clock
        self._expected = {} if expected is None else expected
        self._database = Database(None)
        self._driver = Driver(
            Tables(self._database), resolver, clock=clock, entropy=entropy, log=log, ended=self._on_end
        )
        self._awaited: dict[str, _Awaited] = {}

    async def start(self, request: StartExecution) -> ExecutionRecord:
        """Start an execution, and return it as it was then.

        Raises:
            DefinitionError: the definition does not compile.
            StoreError: the engine closes.
        """
        started_at = self._clock()
        started = self._driver.start(request, started_at)
        ended = None if request.effect_id is None else self._expected.get(request.effect_id)
        if ended is not None:
            self._awaited[request.execution_arn] = _Awaited(request, started_at, ended)
        await asyncio.shield(started)
        return _record(request, started_at, RUNNING)

    async def run(self, request: StartExecution) -> ExecutionRecord:
        """Run an execution, and return it as it ended; raises as ``start``. It goes on if the caller gives up."""
        started_at = self._clock()
        started = self._driver.start(request, started_at)
        ended: asyncio.Future[ExecutionRecord] = asyncio.get_running_loop().create_future()
        self._awaited[request.execution_arn] = _Awaited(request, started_at, ended)
        try:
            await asyncio.shield(started)
            return await ended
        finally:
            self._awaited.pop(request.execution_arn, None)

    async def close(self) -> None:
        """Let go of everything: what runs is lost, and whoever waits for it is told."""
        await self._driver.close()
        for awaited in self._awaited.values():
            if not awaited.ended.done():
                awaited.ended.set_exception(StoreError("The engine closes: the EXPRESS execution is lost."))
        self._database.close()

    def time_changed(self) -> None:
        """Look at the clock now."""
        self._driver.time_changed()

    def _on_end(self, execution: Execution) -> None:
        ending = execution.ending
        assert ending is not None
        awaited = self._awaited.pop(execution.owner.execution_arn, None)
        if awaited is not None and not awaited.ended.done():
            awaited.ended.set_result(
                _record(
                    awaited.request,
                    awaited.started_at,
                    ending.status,
                    stopped_at=execution.stopped_at,
                    output=ending.output,
                    error=ending.error,
                    cause=ending.cause,
                )
            )
        self._driver.forget(execution.owner.id, execution.owner.execution_arn)


def _record(
    request: StartExecution,
    started_at: Instant,
    status: str,
    *,
    stopped_at: Instant | None = None,
    output: str | None = None,
    error: str | None = None,
    cause: str | None = None,
) -> ExecutionRecord:
    return ExecutionRecord(
        execution_arn=request.execution_arn,
        name=request.name,
        state_machine_arn=request.state_machine_arn,
        version_arn=request.version_arn,
        alias_arn=request.alias_arn,
        status=status,
        input=request.input,
        output=output,
        error=error,
        cause=cause,
        started_at=started_at,
        stopped_at=stopped_at,
        redrive_count=0,
        redriven_at=None,
        trace_header=request.trace_header,
    )
