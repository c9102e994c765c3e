"""The loop: feed, commit, perform, re-arm.

Whatever happens reaches an execution as a message in one inbox. A turn takes messages, feeds the interpreters, writes
what they were told and what they answered in one transaction, and only then does what they want done: an outside
effect, or an answer that promises one, never comes before its commit. One turn serves many executions with one commit,
and ends after a while so that the event loop stays responsive; an execution that has more to do without waiting takes
its place behind the others.

A commit that fails takes everything back: executions are dropped from memory and read again when they are needed, new
ones are gone, callers get the StoreError, and what came from inside (results, time) is delivered again until it is
safe. asyncio is used for the turn, the timer and the handlers; no execution has a task of its own.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Collection, Iterable
from typing import Final

from stepfunctions.core.commands import CancelTask, Command, CompleteExecution, MapRunCommand, ScheduleTask
from stepfunctions.core.events import Event, HeartbeatReceived, RedriveRequested, Resumed, TaskStarted, TimeReached
from stepfunctions.engine.dispatcher import Dispatcher, unsupported
from stepfunctions.engine.execution import TASK_EVENTS, Execution, born
from stepfunctions.engine.execution_log import ExecutionLog
from stepfunctions.engine.handler import Resolver
from stepfunctions.engine.items import ItemSource, ResultSink
from stepfunctions.engine.loaded import Loaded
from stepfunctions.engine.map_runs.runs import MapRuns
from stepfunctions.engine.map_runs.storage import Storage
from stepfunctions.engine.message import Batch, Message
from stepfunctions.engine.mocking.mocking import Mocking
from stepfunctions.engine.programs import Programs
from stepfunctions.engine.records import StartExecution
from stepfunctions.engine.tables import Tables
from stepfunctions.engine.task import Task, TaskState
from stepfunctions.engine.timer import Timer
from stepfunctions.errors import Conflict, InvalidTransition, StoreError
from stepfunctions.values import Instant

TURN_SECONDS: Final = 0.02
RETRY_SECONDS: Final = 1.0
LOADED_MAX: Final = 10_000

_log = logging.getLogger(__name__)


class Driver:
    """Runs all open executions of one database.

    Args:
        tables: where they are kept.
        resolver: finds the handler of a Task's resource.
        clock: gives the time.
        entropy: gives 64 random bits.
        activity_exists: tells whether there is an activity of an ARN.
        log: writes the logs of executions that have any.
        ended: told of every execution that has ended, once that is committed.
        item_source: reads the items of Map Runs.
        result_sink: writes their results.
        loaded_max: more idle executions than these are not kept in memory.
        retry_seconds: how long after a failed commit it is tried again.
    """

    def __init__(
        self,
        tables: Tables,
        resolver: Resolver,
        *,
        clock: Callable[[], Instant],
        entropy: Callable[[], int],
        activity_exists: Callable[[str], bool] = lambda arn: True,
        log: ExecutionLog | None = None,
        ended: Callable[[Execution], None] | None = None,
        item_source: ItemSource | None = None,
        result_sink: ResultSink | None = None,
        loaded_max: int = LOADED_MAX,
        retry_seconds: float = RETRY_SECONDS,
    ) -> None:
        self._tables = tables
        self._clock = clock
        self._entropy = entropy
        self._activity_exists = activity_exists
        self._log = log
        self._ended = ended
        self._retry_seconds = retry_seconds
        self._programs = Programs()
        self._timer = Timer(clock, lambda key: self._post(Message(key, TimeReached(), insists=True)))
        self._mocking = Mocking(tables.database)
        self._dispatcher = Dispatcher(resolver, self._mocking, self._report, self._stopped)
        self._storage = Storage(tables, item_source, result_sink, self._insist)
        self._map_runs = MapRuns(tables, self._programs, self._mocking, self._storage, self._insist)
        self._inbox: deque[Message] = deque()
        self._loaded = Loaded(tables, self._programs, clock, loaded_max)
        self._resuming: set[int] = set()
        self._scheduled = False
        self._closing = False

    def start(self, request: StartExecution, started_at: Instant | None = None) -> asyncio.Future[bool]:
        """Start an execution, now or as if at *started_at*; the future is done when it is durable.

        Raises:
            DefinitionError: the definition does not compile.
        """
        program = self._programs.compiled(request.definition)
        now = self._clock() if started_at is None else started_at
        execution = born(self._tables.next_id(), request, program, now)
        assert execution.birth is not None
        started = self._ask(Message(execution.owner.id, execution.birth.event(), execution=execution))
        if request.mocks is not None:
            self._mocking.remember(request, started)
        return started

    def deliver(self, execution_id: int, event: Event, *, from_caller: bool = False) -> asyncio.Future[bool]:
        """Tell an execution; the future is done when that is durable, with whether it still mattered."""
        return self._ask(Message(execution_id, event, from_caller=from_caller))

    async def recover(self) -> None:
        """Take up what is open, then see to all outstanding work."""
        to_take_up = []
        with_map_runs = self._map_runs.recover()
        for execution_id, deadline, current in self._tables.open_executions():
            if current and execution_id not in with_map_runs:
                self._timer.arm(execution_id, deadline)
            else:
                to_take_up.append(execution_id)
        await self._take_up(to_take_up)
        tasks, damaged = self._tables.outbox.all()
        await self._take_up(damaged)
        for task in tasks:
            if task.state is TaskState.CANCELLING:
                self._dispatcher.cancel(task)
            else:
                self._dispatcher.start(task)
        self._timer.schedule()

    async def _take_up(self, execution_ids: Iterable[int]) -> None:
        """Have executions read; one that cannot be has failed then."""
        waiting = [self._ask(Message(each, None)) for each in execution_ids]
        for result in await asyncio.gather(*waiting, return_exceptions=True):
            if isinstance(result, BaseException):
                _log.error("an execution was not taken up: %s", result)

    async def close(self) -> None:
        """Let go of handlers, finish the inbox, write snapshots."""
        await self._dispatcher.close()
        await self._storage.close()
        self._closing = True
        while self._inbox:
            self._turn()
        self._timer.close()
        self._loaded.save_all()
        self._tables.database.flush()

    def forget(self, execution_id: int, execution_arn: str) -> None:
        """Queue the removal of an execution that has ended."""
        self._tables.forget(execution_id)
        self._mocking.forget(execution_arn)

    async def delete_executions(self, state_machine_arn: str) -> None:
        """Forget the closed executions of a state machine.

        Raises:
            StoreError: the disk; executions that were not forgotten are still there.
        """
        self._mocking.forget_all(state_machine_arn)
        await self._tables.delete_executions(state_machine_arn)

    async def stopped(self, execution_ids: Collection[int]) -> None:
        """Return when all work of these executions that was to be stopped is."""
        await self._dispatcher.stopped(execution_ids)

    def time_changed(self) -> None:
        """Look at the clock now."""
        self._timer.look()

    def _ask(self, message: Message) -> asyncio.Future[bool]:
        message.done = asyncio.get_running_loop().create_future()
        if self._closing:
            message.reject(StoreError("The engine is closing: nothing more is taken. Start it again on its folder."))
        else:
            self._post(message)
        return message.done

    def _insist(self, execution_id: int, event: Event) -> None:
        self._post(Message(execution_id, event, insists=True))

    def _post(self, message: Message) -> None:
        self._inbox.append(message)
        self._schedule()

    def _schedule(self) -> None:
        if not self._scheduled and not self._closing:
            self._scheduled = True
            asyncio.get_running_loop().call_soon(self._turn)

    def _report(self, task: Task, event: Event) -> asyncio.Future[bool]:
        return self._ask(Message(task.owner.id, event, insists=True))

    def _stopped(self, task: Task) -> None:
        task.state = TaskState.CLOSED
        self._tables.outbox.write(task)

    def _turn(self) -> None:
        self._scheduled = False
        batch = Batch()
        time = asyncio.get_running_loop().time
        end = time() + TURN_SECONDS
        while self._inbox:
            self._take(self._inbox.popleft(), batch)
            if time() > end:
                break
        try:
            self._tell_parents(batch, lambda: time() > end)
        except StoreError as error:
            self._take_back(batch, error)
        else:
            self._commit(batch)
        if self._inbox:
            self._schedule()

    def _take(self, message: Message, batch: Batch) -> None:
        batch.messages.append(message)
        try:
            execution = self._find(message, batch)
        except StoreError as error:
            batch.messages.pop()
            self._failed([message], error)
            return
        except Conflict as error:
            batch.messages.pop()
            message.reject(error)
            return
        if isinstance(message.event, Resumed):
            self._resuming.discard(message.execution_id)
        if execution is None:
            return
        message.heard = self._apply(execution, message.event, batch, message.from_caller)

    def _apply(self, execution: Execution, event: Event | None, batch: Batch, from_caller: bool = False) -> bool:
        """Tell *execution*, and the children that it asks for; note if it has ended. Return whether it was wanted.

        Args:
            execution: whose interpreter is told.
            event: what happened; None only takes up what was outstanding.
            batch: what is committed with it.
            from_caller: it came with a task token.
        """
        batch.executions[execution.owner.id] = execution
        heard = False
        if event is None and execution.interpreter is not None:
            execution.afterwards += execution.interpreter.outstanding()
        elif event is not None and execution.ending is None:
            try:
                heard = self._feed(execution, event, from_caller)
            except Exception as error:
                _log.exception("%s failed on %s", execution.owner.execution_arn, type(event).__name__)
                execution.condemn(f"The interpreter failed. {type(error).__name__}: {error}", self._clock())
                heard = True
        if execution.kinship is not None and execution.ending is not None and not execution.is_told:
            execution.is_told = True
            self._seal(execution)
            self._map_runs.ended(execution)
        for child in self._map_runs.take_newborn():
            assert child.birth is not None
            self._apply(child, child.birth.event(), batch)
        return heard

    def _tell_parents(self, batch: Batch, is_late: Callable[[], bool]) -> None:
        """Tell parents which children have ended, and have them start others while there is time.

        Raises:
            StoreError: a parent cannot be read, so that nothing of this turn may be committed.
        """
        in_turn: deque[Execution] = deque()
        while True:
            for parent_id, event in self._map_runs.take_news():
                parent = batch.executions.get(parent_id) or self._loaded.get(parent_id)
                if parent is not None:
                    self._apply(parent, event, batch)
            if not in_turn:
                in_turn.extend(each for each in batch.executions.values() if each.yielded and each.has_map_runs)
            if not in_turn or is_late() or self._closing:
                return
            self._apply(in_turn.popleft(), Resumed(), batch)

    def _find(self, message: Message, batch: Batch) -> Execution | None:
        known = batch.executions.get(message.execution_id) or message.execution
        if known is None and isinstance(message.event, RedriveRequested):
            return self._reopen(message.execution_id)
        return known or self._loaded.get(message.execution_id)

    def _reopen(self, execution_id: int) -> Execution | None:
        try:
            return self._loaded.reopen(execution_id)
        except Conflict:
            self._map_runs.stays_ended(execution_id)
            raise

    def _feed(self, execution: Execution, event: Event, from_caller: bool) -> bool:
        """Tell the interpreter *event*, and what follows from its commands at once. Return whether it was wanted."""
        now = self._clock()
        heard = False
        waiting = deque((event,))
        while waiting and execution.ending is None:
            event = waiting.popleft()
            if not execution.wants(event, now):
                continue
            if isinstance(event, TASK_EVENTS) and not execution.note(event, from_caller):
                continue
            heard = True
            if isinstance(event, HeartbeatReceived) and not execution.counts_silence(event.task_id):
                continue
            for command in execution.handle(event, now, self._entropy(), self._missing(execution)):
                waiting.extend(self._obey(execution, command))
        return heard

    def _missing(self, execution: Execution) -> tuple[str, ...]:
        """Return the activities that *execution* names and that do not exist; one that is mocked need not."""
        if execution.interpreter is None or not execution.interpreter.activities:
            return ()
        execution_arn = execution.owner.execution_arn
        return tuple(
            arn
            for state, arn in execution.interpreter.activities
            if not self._activity_exists(arn) and not self._mocking.mocks(execution_arn, state)
        )

    def _obey(self, execution: Execution, command: Command) -> tuple[Event, ...]:
        """Note what *command* wants done after the commit; return what the interpreter must hear at once."""
        if isinstance(command, ScheduleTask):
            handler = self._dispatcher.resolve(execution.owner.execution_arn, command)
            task = execution.schedule(command, deferred=handler is not None and handler.defers_start)
            if handler is None:
                return (unsupported(task),)
            return () if task.deferred else (TaskStarted(command.task_id),)
        if isinstance(command, CancelTask):
            execution.release(command.task_id)
        elif isinstance(command, CompleteExecution):
            execution.complete(command)
        elif isinstance(command, MapRunCommand):
            self._map_runs.obey(execution, command, execution.last_at)
        else:
            raise InvalidTransition(f"no driver obeys {command}")
        return ()

    def _commit(self, batch: Batch) -> None:
        changed = batch.changed()
        for execution in changed:
            if not execution.is_told:
                self._seal(execution)
            if execution.interpreter is None:
                self._map_runs.abandon(execution)
        try:
            if changed:
                self._write_logs(changed)
                self._tables.write(changed)
                self._tables.flush()
        except StoreError as error:
            self._take_back(batch, error)
        else:
            for execution in batch.executions.values():
                self._perform(execution)
            for message in batch.messages:
                message.resolve()
        self._loaded.trim()
        self._timer.schedule()

    def _take_back(self, batch: Batch, error: StoreError) -> None:
        """Drop what could not be committed from memory."""
        self._map_runs.forget_turn()
        for execution_id in batch.executions:
            self._loaded.drop(execution_id)
        self._failed(batch.messages, error)

    def _write_logs(self, changed: list[Execution]) -> None:
        if self._log is None:
            return
        for execution in changed:
            if execution.logs is not None:
                self._log.write(execution)

    def _seal(self, execution: Execution) -> None:
        try:
            execution.seal()
        except Exception as error:
            _log.exception("the history of %s cannot be written", execution.owner.execution_arn)
            execution.rewind()
            execution.condemn(f"Its history cannot be written. {type(error).__name__}: {error}", self._clock())
            execution.seal()

    def _perform(self, execution: Execution) -> None:
        """Do what a committed execution wants done."""
        execution_id = execution.owner.id
        for task in execution.touched.values():
            if task.state is TaskState.CANCELLING:
                self._dispatcher.cancel(task)
            elif task.state is TaskState.CLOSED:
                self._dispatcher.release(task)
            elif not task.stored:
                self._dispatcher.start(task)
            task.stored = True
        execution.committed()
        if execution.interpreter is None:
            self._map_runs.stop_abandoned(execution)
        elif execution.afterwards:
            self._map_runs.perform(execution)
        self._timer.arm(execution_id, execution.deadline)
        if execution.ending is not None:
            self._loaded.drop(execution_id)
            if self._ended is not None:
                self._ended(execution)
            return
        self._loaded.keep(execution)
        if execution.yielded and execution_id not in self._resuming and not self._closing:
            self._resuming.add(execution_id)
            self._post(Message(execution_id, Resumed(), insists=True))

    def _failed(self, messages: list[Message], error: StoreError) -> None:
        """Reject what callers sent; deliver again, in a while, what came from inside."""
        _log.error("nothing of %d messages could be committed: %s", len(messages), error)
        again = [message for message in messages if message.insists]
        for message in messages:
            if not message.insists:
                message.reject(error)
        if again:
            asyncio.get_running_loop().call_later(self._retry_seconds, self._post_again, again)

    def _post_again(self, messages: list[Message]) -> None:
        for message in messages:
            message.heard = False
            self._post(message)
