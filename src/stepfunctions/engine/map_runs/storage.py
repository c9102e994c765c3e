"""Reads the items of Map Runs and has their results written, beside the driver: an asyncio task for each request.

Where items and results lie is known to an ``ItemSource`` and a ``ResultSink``; without them a state that names an
ItemReader or a ResultWriter fails, naming itself. A result that nobody wants written or formatted is made here.

Source: AWS Developer Guide, "ItemReader", "ResultWriter".
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, Final

from stepfunctions.core.commands import ReadItems, WriteResults
from stepfunctions.core.events import Event, ItemReadFailed, ItemsRead, ResultsFailed, ResultsWritten
from stepfunctions.core.failures import RUNTIME, data_limit_exceeded
from stepfunctions.engine.codec import from_column
from stepfunctions.engine.items import ChildResult, ItemRequest, ItemsFailed, ItemSource, ResultRequest, ResultSink
from stepfunctions.engine.map_runs.run import OpenRun
from stepfunctions.engine.redriving import unredrivable_status
from stepfunctions.engine.tables import Tables
from stepfunctions.engine.task import Owner
from stepfunctions.query.failure import Failure
from stepfunctions.values import PAYLOAD_MAX_BYTES, dumps, size_bytes

PAGE: Final = 1_000

_READ, _WRITE, _LET_GO = "read", "write", "let go"

_log = logging.getLogger(__name__)


class Storage:
    """What Map Runs read and write.

    Args:
        tables: where the children are.
        source: gives items; None for none.
        sink: takes results; None for none.
        post: tells executions.
    """

    def __init__(
        self,
        tables: Tables,
        source: ItemSource | None,
        sink: ResultSink | None,
        post: Callable[[int, Event], None],
    ) -> None:
        self._tables = tables
        self._source = source
        self._sink = sink
        self._post = post
        self._running: dict[tuple[int, str, str], asyncio.Task[None]] = {}
        self._readings: dict[int, set[str]] = {}
        self._closed = False

    def read(self, owner: Owner, run: OpenRun, command: ReadItems) -> None:
        """Read a page of items, and tell the execution."""
        if self._source is None:
            self._post(owner.id, _no_items(command))
            return
        request = ItemRequest(
            key=command.key,
            resource=command.resource,
            arguments=command.arguments,
            config=command.config,
            account=owner.execution_arn.split(":")[4],
            region=owner.execution_arn.split(":")[3],
        )
        self._readings.setdefault(run.id, set()).add(command.key)
        self._begin(owner, command.run_id, _READ, self._read(self._source, owner, request, command))

    def write(self, owner: Owner, run: OpenRun, command: WriteResults) -> None:
        """Make the result of a Map state, and tell the execution."""
        if command.resource is None and not command.config:
            self._post(owner.id, self._plain_result(run, command))
            return
        if self._sink is None:
            self._post(owner.id, _no_results(command))
            return
        request = ResultRequest(
            map_run_arn=run.arn,
            state=command.state,
            resource=command.resource,
            arguments=command.arguments,
            config=command.config,
            account=owner.execution_arn.split(":")[4],
            region=owner.execution_arn.split(":")[3],
        )
        results = ChildResults(self._tables, run, command.pending)
        self._begin(owner, command.run_id, _WRITE, self._write(self._sink, owner, request, results, command))

    def forget(self, owner: Owner, run: OpenRun, run_id: str) -> None:
        """Let go of what is kept open and under way for a run that is over."""
        keys = self._readings.pop(run.id, None)
        under_way = [self._running.pop((owner.id, run_id, verb), None) for verb in (_READ, _WRITE)]
        for task in under_way:
            if task is not None:
                task.cancel()
        if keys is not None and self._source is not None and not self._closed:
            letting_go = self._let_go(self._source, keys, under_way[0])
            self._keep((owner.id, run_id, _LET_GO), asyncio.get_running_loop().create_task(letting_go))

    async def close(self) -> None:
        """Let go of everything; what was asked for is asked for again by the next process."""
        self._closed = True
        for (_, _, verb), task in self._running.items():
            if verb != _LET_GO:
                task.cancel()
        await asyncio.gather(*self._running.values(), return_exceptions=True)
        if self._source is not None:
            for keys in self._readings.values():
                for key in keys:
                    await self._source.close(key)

    async def _let_go(self, source: ItemSource, keys: set[str], reading: asyncio.Task[None] | None) -> None:
        if reading is not None:
            await asyncio.wait((reading,))
        for key in keys:
            try:
                await source.close(key)
            except Exception:
                _log.exception("the reading %s was not closed", key)

    def _begin(self, owner: Owner, run_id: str, verb: str, work: Coroutine[Any, Any, None]) -> None:
        key = (owner.id, run_id, verb)
        if self._closed or key in self._running:
            work.close()  # asked for twice: after a commit that failed
            return
        self._keep(key, asyncio.get_running_loop().create_task(work, name=f"{owner.execution_arn} {verb}"))

    def _keep(self, key: tuple[int, str, str], task: asyncio.Task[None]) -> None:
        self._running[key] = task
        task.add_done_callback(lambda _: self._forget_task(key, task))

    def _forget_task(self, key: tuple[int, str, str], task: asyncio.Task[None]) -> None:
        if self._running.get(key) is task:
            del self._running[key]

    async def _read(self, source: ItemSource, owner: Owner, request: ItemRequest, command: ReadItems) -> None:
        event: Event
        try:
            page = await source.read(request, command.position, command.count_max, command.bytes_max)
            if not page.items and not page.is_last:
                raise RuntimeError("it gave no items, and said that there are more")  # it would be asked for ever
            event = ItemsRead(command.run_id, command.position, page.items, page.is_last, page.source, page.is_object)
        except ItemsFailed as failed:
            event = ItemReadFailed(command.run_id, failed.failure.error, failed.failure.cause)
        except Exception as error:
            _log.exception("reading the items of %s failed in state %r", owner.execution_arn, command.state)
            event = ItemReadFailed(command.run_id, RUNTIME, _bug("ItemReader", command.state, error))
        self._running.pop((owner.id, command.run_id, _READ), None)
        self._post(owner.id, event)

    async def _write(
        self, sink: ResultSink, owner: Owner, request: ResultRequest, results: ChildResults, command: WriteResults
    ) -> None:
        event: Event
        try:
            event = ResultsWritten(command.run_id, dumps(await sink.write(request, results)))
        except ItemsFailed as failed:
            event = ResultsFailed(command.run_id, failed.failure.error, failed.failure.cause)
        except Exception as error:
            _log.exception("writing the results of %s failed in state %r", owner.execution_arn, command.state)
            event = ResultsFailed(command.run_id, RUNTIME, _bug("ResultWriter", command.state, error))
        self._running.pop((owner.id, command.run_id, _WRITE), None)
        self._post(owner.id, event)

    def _plain_result(self, run: OpenRun, command: WriteResults) -> Event:
        """Return the array of the children's outputs, as long as it may be."""
        texts: list[str] = []
        size, after = 1, -1
        while rows := self._tables.database.read(self._tables.sql.child_outputs, (run.id, after, PAGE)):
            for after, column in rows:  # noqa: B007 - the last position read is where the next page begins
                text = from_column(column) or "null"
                size += 1 + size_bytes(text)
                texts.append(text)
            if size > PAYLOAD_MAX_BYTES:
                failure = data_limit_exceeded(command.state)
                return ResultsFailed(command.run_id, failure.error, failure.cause)
        return ResultsWritten(command.run_id, f"[{','.join(texts)}]")


class ChildResults:
    """The outcomes of a run's children, in their order, then what never started; read page by page, at every pass."""

    def __init__(self, tables: Tables, run: OpenRun, pending: tuple[str, ...]) -> None:
        self._tables = tables
        self._run = run
        self._pending = pending

    def __iter__(self) -> Iterator[ChildResult]:
        after = -1
        while rows := self._tables.database.read(self._tables.sql.child_results, (self._run.id, after, PAGE)):
            for row in rows:
                yield self._result(row)
            after = rows[-1][0]
        for text in self._pending:
            yield self._never_started(text)

    def _result(self, row: tuple[Any, ...]) -> ChildResult:
        _, arn, name, machine_arn, status, text, output, error, cause, started_at, stopped_at, redrive_count = row
        reason = unredrivable_status(status)
        return ChildResult(
            execution_arn=arn,
            name=name,
            state_machine_arn=machine_arn,
            status=status,
            input=from_column(text) or "",
            output=from_column(output),
            error=from_column(error),
            cause=from_column(cause),
            started_at=started_at,
            stopped_at=stopped_at,
            redrive_count=redrive_count,
            redrive_status="REDRIVABLE_BY_MAP_RUN" if reason is None else "NOT_REDRIVABLE",
            redrive_status_reason=reason,
        )

    def _never_started(self, text: str) -> ChildResult:
        return ChildResult(
            execution_arn=None,
            name=None,
            state_machine_arn=self._run.state_machine_arn,
            status="PENDING",
            input=text,
            output=None,
            error=None,
            cause=None,
            started_at=None,
            stopped_at=None,
            redrive_count=0,
            redrive_status="REDRIVABLE_BY_MAP_RUN",
            redrive_status_reason=None,
        )


def _no_items(command: ReadItems) -> ItemReadFailed:
    failure = _unsupported("ItemReader", command.state, command.resource)
    return ItemReadFailed(command.run_id, failure.error, failure.cause)


def _no_results(command: WriteResults) -> ResultsFailed:
    failure = _unsupported("ResultWriter", command.state, command.resource or "WriterConfig")
    return ResultsFailed(command.run_id, failure.error, failure.cause)


def _unsupported(field: str, state: str, resource: str) -> Failure:
    cause = (
        f"The field '{field}' of the state '{state}' is not supported here: nothing answers for {resource}. "
        "Run the state machine in the local cloud, or on AWS."
    )
    return Failure(RUNTIME, cause)


def _bug(field: str, state: str, error: Exception) -> str:
    return f"The {field} of the state '{state}' failed. {type(error).__name__}: {error}"
