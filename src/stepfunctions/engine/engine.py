"""The engine: start, stop, look at and answer executions. The face that the server and the integrations see.

Every ``async`` method returns once what it promises is durable. Every other method reads committed state. The engine
knows no state machine registry, no AWS service and no wire: a definition comes with ``StartExecution``, work is done
by the ``TaskHandler`` that the resolver finds, and errors are those of ``stepfunctions.errors``.

It lives on the event loop's thread, and so does its database.

Source: AWS API reference, StartExecution, StopExecution, RedriveExecution, DescribeExecution, ListExecutions,
GetExecutionHistory, SendTaskSuccess, SendTaskFailure, SendTaskHeartbeat.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property, partial
from typing import TYPE_CHECKING, Final

from stepfunctions.core.events import (
    Event,
    HeartbeatReceived,
    RedriveRequested,
    StopRequested,
    TaskFailed,
    TaskSucceeded,
)
from stepfunctions.core.history import render
from stepfunctions.engine.driver import Driver
from stepfunctions.engine.execution import Execution
from stepfunctions.engine.execution_log import ExecutionLog
from stepfunctions.engine.express import Express
from stepfunctions.engine.handler import Resolver
from stepfunctions.engine.items import ItemSource, ResultSink
from stepfunctions.engine.listing import Listing
from stepfunctions.engine.map_runs.operations import MapRunOperations
from stepfunctions.engine.quota import OpenExecutions
from stepfunctions.engine.records import RUNNING, DefinitionRecord, ExecutionRecord, Page, StartExecution
from stepfunctions.engine.redriving import earlier_redrive, unredrivable_reason
from stepfunctions.engine.tables import Tables
from stepfunctions.engine.task import TaskState
from stepfunctions.engine.trial import Trials
from stepfunctions.errors import AlreadyExists, Conflict, InvalidRequest, NotFound
from stepfunctions.store.database import Database
from stepfunctions.values import Instant, Json, JsonError, loads

if TYPE_CHECKING:
    from stepfunctions.logs.store import LogStore

RETENTION_MILLISECONDS: Final = 90 * 24 * 3600 * 1000
"""How long the name of a closed execution is taken."""


def system_clock() -> Instant:
    """Return the time."""
    return time.time_ns() // 1_000_000


def system_entropy() -> int:
    """Return 64 random bits."""
    return secrets.randbits(64)


class Engine:
    """Runs executions durably; ``map_runs`` is what there is to do with Map Runs.

    Args:
        database: where everything is kept; shared with the rest of the local cloud.
        resolver: finds the handler of a Task's resource.
        clock: gives the time.
        entropy: gives 64 random bits.
        activity_exists: tells whether there is an activity of an ARN; a Task fails that names one that is not there.
        item_source: reads the items that ItemReaders name.
        result_sink: writes what ResultWriters name; without these two, a state that has either fails.
        log_store: gives the store that executions log to, when the first one does; None logs nothing.

    Attributes:
        trials: tries single states, and keeps nothing of it.

    Raises:
        StoreError: the tables cannot be read, or are from a newer version.
    """

    def __init__(
        self,
        database: Database,
        resolver: Resolver,
        *,
        clock: Callable[[], Instant] = system_clock,
        entropy: Callable[[], int] = system_entropy,
        activity_exists: Callable[[str], bool] = lambda arn: True,
        log_store: Callable[[], LogStore] | None = None,
        item_source: ItemSource | None = None,
        result_sink: ResultSink | None = None,
    ) -> None:
        self._clock = clock
        self._tables = Tables(database)
        self._quota = OpenExecutions(self._tables)
        self._listing = Listing(self._tables)
        log = None if log_store is None else ExecutionLog(log_store, clock)
        self._driver = Driver(
            self._tables,
            resolver,
            clock=clock,
            entropy=entropy,
            activity_exists=activity_exists,
            log=log,
            ended=self._on_end,
            item_source=item_source,
            result_sink=result_sink,
        )
        self.map_runs = MapRunOperations(self._tables, self._id_of, self._driver.deliver)
        self._waiters: dict[str, set[asyncio.Future[ExecutionRecord]]] = {}
        self.trials = Trials(resolver, clock, entropy)
        self._starting: dict[str, asyncio.Future[bool]] = {}
        self._expected: dict[str, asyncio.Future[ExecutionRecord]] = {}
        self._make_express = partial(Express, resolver, clock=clock, entropy=entropy, log=log, expected=self._expected)

    async def start(self, request: StartExecution) -> ExecutionRecord:
        """Start an execution; it is durable, and has gone as far as it can without waiting, when this returns.

        Starting it again with the same name and input while it runs, or for the same task, returns it as it is. One
        that is EXPRESS is not durable, has no idempotency, and cannot be looked at.

        Args:
            request: what to run.

        Returns:
            The execution; a short one has ended already.

        Raises:
            AlreadyExists: the name is taken by an execution with other input, or by one that was closed within 90 days.
            DefinitionError: the definition does not compile.
            LimitExceeded: too many executions are open.
            StoreError: the disk; nothing was started.
        """
        if request.express:
            return await self._express.start(request)
        begun = None if request.effect_id is None else self.started_by(request.effect_id)
        if begun is not None:
            return self.describe(begun)
        arn = request.execution_arn
        while arn in self._starting:
            await asyncio.wait((self._starting[arn],))
        existing = self._listing.execution(arn)
        if existing is not None and self._is_over_for_good(existing):
            self._driver.forget(self._id_of(arn), arn)
            existing = None
        if existing is None:
            self._quota.check()
            await self._alone(arn, self._driver.start(request))
            return self.describe(arn)
        if existing.status == RUNNING and existing.input == request.input:
            return existing
        raise AlreadyExists(f"Execution Already Exists: '{arn}'")

    async def run(self, request: StartExecution) -> ExecutionRecord:
        """Run an EXPRESS execution to its end: StartSyncExecution.

        Returns:
            The execution; it has ended.

        Raises:
            DefinitionError: the definition does not compile.
            StoreError: the engine closes; the execution is lost.
        """
        return await self._express.run(request)

    async def stop(self, execution_arn: str, error: str | None = None, cause: str | None = None) -> Instant:
        """Abort an execution; a closed one stays as it is (not verified against AWS).

        Returns:
            When it was stopped.

        Raises:
            NotFound: no such execution.
            StoreError: the disk; it still runs.
        """
        record = self.describe(execution_arn)
        if record.stopped_at is None:
            await self._driver.deliver(self._id_of(execution_arn), StopRequested(error, cause))
            record = self.describe(execution_arn)
        assert record.stopped_at is not None
        return record.stopped_at

    def describe(self, execution_arn: str) -> ExecutionRecord:
        """Return an execution.

        Raises:
            NotFound: no such execution.
        """
        record = self._listing.execution(execution_arn)
        if record is None:
            raise NotFound(f"Execution Does Not Exist: '{execution_arn}'")
        return record

    def started_by(self, effect_id: str) -> str | None:
        """Return the ARN of the execution that a task started, by the task's effect id; None if it started none."""
        return self._listing.started_by(effect_id)

    async def ended(self, execution_arn: str) -> ExecutionRecord:
        """Return an execution once it has ended.

        Raises:
            NotFound: no such execution.
        """
        record = self.describe(execution_arn)
        if record.stopped_at is not None:
            return record
        waiter: asyncio.Future[ExecutionRecord] = asyncio.get_running_loop().create_future()
        waiters = self._waiters.setdefault(execution_arn, set())
        waiters.add(waiter)
        try:
            return await waiter
        finally:
            waiters.discard(waiter)
            if not waiters and self._waiters.get(execution_arn) is waiters:
                del self._waiters[execution_arn]

    @contextmanager
    def expecting(self, effect_id: str) -> Iterator[asyncio.Future[ExecutionRecord]]:
        """Give the end of the EXPRESS execution that a task starts in this block: nobody can ask for it later.

        Args:
            effect_id: of the task.
        """
        ended = self._expected[effect_id] = asyncio.get_running_loop().create_future()
        try:
            yield ended
        finally:
            del self._expected[effect_id]
            ended.cancel()

    def list(
        self,
        state_machine_arn: str,
        *,
        version_arn: str | None = None,
        alias_arn: str | None = None,
        status: str | None = None,
        limit: int = 100,
        after: str | None = None,
    ) -> Page[ExecutionRecord]:
        """Return executions of a state machine, newest first.

        Args:
            state_machine_arn: unqualified.
            version_arn: only those started through this version.
            alias_arn: only those started through this alias.
            status: only those with this status.
            limit: at most so many.
            after: ``Page.next`` of the page before.

        Raises:
            InvalidRequest: ``after`` is not from a page of ours.
        """
        return self._listing.executions(state_machine_arn, version_arn, alias_arn, status, limit, after)

    def history(
        self,
        execution_arn: str,
        *,
        limit: int = 100,
        after: str | None = None,
        reverse: bool = False,
        include_execution_data: bool = True,
    ) -> Page[Json]:
        """Return history events as GetExecutionHistory shows them (see ``core.history.render``).

        Args:
            execution_arn: of the execution.
            limit: at most so many.
            after: ``Page.next`` of the page before.
            reverse: latest first.
            include_execution_data: False leaves inputs and outputs out.

        Raises:
            NotFound: no such execution.
            InvalidRequest: ``after`` is not from a page of ours.
        """
        page = self._listing.history(self._id_of(execution_arn), limit, after, reverse)
        return Page(tuple(render(event, include_execution_data) for event in page.items), page.next)

    def definition_of(self, execution_arn: str) -> DefinitionRecord:
        """Return what an execution runs, as it was when it started.

        Raises:
            NotFound: no such execution.
        """
        return self._listing.definition_of(self._id_of(execution_arn))

    def running_count(self, state_machine_arn: str) -> int:
        """Return how many executions of a state machine are open."""
        return self._listing.running_count(state_machine_arn)

    async def delete_executions(self, state_machine_arn: str) -> None:
        """Abort every open execution of a state machine, then forget all its executions.

        Raises:
            StoreError: the disk; executions that were not forgotten are still there.
        """
        for running in (self._listing.running_of, self._listing.running_children_of):
            open_ids = running(state_machine_arn)
            await asyncio.gather(*(self._driver.deliver(each, StopRequested()) for each in open_ids))
            await self._driver.stopped(open_ids)
        await self._driver.delete_executions(state_machine_arn)

    async def redrive(self, execution_arn: str, token: str | None = None) -> Instant:
        """Take up an execution that failed, was stopped or timed out where it ended: RedriveExecution.

        Args:
            execution_arn: of the execution.
            token: the client's; asked with it again, the redrive that it was asked for first is answered.

        Returns:
            When it was redriven.

        Raises:
            NotFound: no such execution.
            Conflict: it cannot be redriven; the text is AWS's reason.
            LimitExceeded: too many executions are open.
            StoreError: the disk; it is as it was.
        """
        while execution_arn in self._starting:
            await asyncio.wait((self._starting[execution_arn],))
        record, execution_id = self.describe(execution_arn), self._id_of(execution_arn)
        earlier = earlier_redrive(self._tables, execution_id, token, self._clock())
        if earlier is not None:
            return earlier
        reason = self.unredrivable_reason(record)
        if reason is not None:
            raise Conflict(reason)
        self._quota.check(redrives=True)
        request = RedriveRequested(record.redrive_count + 1, token)
        await self._alone(execution_arn, self._driver.deliver(execution_id, request))
        redriven_at = self.describe(execution_arn).redriven_at
        assert redriven_at is not None
        return redriven_at

    def unredrivable_reason(self, record: ExecutionRecord) -> str | None:
        """Return why an execution cannot be redriven now, in AWS's words; None if it can."""
        return unredrivable_reason(record, self._listing.event_count, self._clock())

    async def succeed_task(self, token: str, output: str) -> None:
        """Answer a ``.waitForTaskToken`` task or an activity: SendTaskSuccess.

        Args:
            token: the task token.
            output: JSON text.

        Raises:
            InvalidRequest: the output is not JSON.
            NotFound: no task ever had this token.
            Conflict: the task has ended: answered before, timed out, or aborted.
            StoreError: the disk; the task is as it was.
        """
        try:
            loads(output)
        except JsonError as error:
            raise InvalidRequest(f"Invalid Output: '{error}'") from None
        await self._answer(token, lambda task_id: TaskSucceeded(task_id, output))

    async def fail_task(self, token: str, error: str | None = None, cause: str | None = None) -> None:
        """SendTaskFailure; raises as ``succeed_task``."""
        await self._answer(token, lambda task_id: TaskFailed(task_id, error, cause))

    async def heartbeat(self, token: str) -> None:
        """SendTaskHeartbeat; raises as ``succeed_task``."""
        await self._answer(token, HeartbeatReceived)

    async def recover(self) -> None:
        """Take up every open execution where the last process left it. Call once, before anything else.

        An execution that cannot be taken up fails, with the reason in its cause and in the log; nothing raises.
        """
        await self._driver.recover()

    async def close(self) -> None:
        """Write snapshots and let go of everything; work that handlers have begun goes on without us."""
        await self._driver.close()  # first, so that no task takes the end of what it waits for as its own
        if "_express" in self.__dict__:
            await self._express.close()

    def time_changed(self) -> None:
        """Look at the clock now: for a clock that does not run by itself."""
        self._driver.time_changed()
        if "_express" in self.__dict__:
            self._express.time_changed()
        self.trials.time_changed()

    @cached_property
    def _express(self) -> Express:
        return self._make_express()

    def _is_over_for_good(self, record: ExecutionRecord) -> bool:
        return record.stopped_at is not None and self._clock() - record.stopped_at > RETENTION_MILLISECONDS

    def _on_end(self, execution: Execution) -> None:
        arn = execution.owner.execution_arn
        waiters = self._waiters.pop(arn, None)
        if waiters:
            record = self.describe(arn)
            for waiter in waiters:
                if not waiter.done():
                    waiter.set_result(record)

    async def _alone(self, execution_arn: str, working: asyncio.Future[bool]) -> None:
        """Wait until *working* is durable; nobody else starts or redrives the execution before."""
        self._starting[execution_arn] = working
        working.add_done_callback(lambda _: self._starting.pop(execution_arn))
        await asyncio.shield(working)

    def _id_of(self, execution_arn: str) -> int:
        execution_id = self._listing.id_of(execution_arn)
        if execution_id is None:
            raise NotFound(f"Execution Does Not Exist: '{execution_arn}'")
        return execution_id

    async def _answer(self, token: str, event: Callable[[str], Event]) -> None:
        found = self._tables.outbox.by_token(token)
        if found is None:
            raise NotFound("Invalid Token: 'Invalid token'")
        execution_id, task_id, state = found
        heard = state is TaskState.OPEN and await self._driver.deliver(execution_id, event(task_id), from_caller=True)
        if not heard:
            raise Conflict("Task Timed Out: 'Provided task does not exist anymore'")
