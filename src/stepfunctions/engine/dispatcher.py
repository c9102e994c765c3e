"""Runs task handlers, each in an asyncio task of its own, and reports how they end.

It decides nothing about executions: a report goes to the driver, which tells the interpreter and commits. A handler's
exception that is no ``TaskError`` is a bug of ours: it is logged with its traceback, and fails the task.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection
from typing import Final

from stepfunctions.core.commands import ScheduleTask
from stepfunctions.core.events import Event, TaskFailed, TaskStarted, TaskSubmitted, TaskSucceeded
from stepfunctions.engine.handler import Resolver, TaskError, TaskHandler
from stepfunctions.engine.mocking.mocking import Mocking
from stepfunctions.engine.task import Task
from stepfunctions.query.failure import Failure
from stepfunctions.values import dumps

RUNTIME_ERROR: Final = "States.Runtime"
STOP_SECONDS_MAX: Final = 10.0

_log = logging.getLogger(__name__)

Report = Callable[[Task, Event], "asyncio.Future[bool]"]
"""Tells the driver; the future is done when the event is durable."""


class _Progress:
    """The ``Progress`` of one task."""

    def __init__(self, task: Task, report: Report) -> None:
        self._task = task
        self._report = report
        self.has_submitted = task.submitted is not None

    async def started(self, worker: str | None = None) -> None:
        await asyncio.shield(self._report(self._task, TaskStarted(self._task.command.task_id, worker)))

    async def submitted(self, output: object) -> None:
        event = TaskSubmitted(self._task.command.task_id, dumps(output))
        self.has_submitted = True
        await asyncio.shield(self._report(self._task, event))


class Dispatcher:
    """Starts and stops the work behind tasks.

    Args:
        resolver: finds handlers.
        mocking: answers the tasks that are mocked; None where none are.
        report: told what handlers report, and how they end.
        stopped: told when the work of a cancelled task was stopped.
    """

    def __init__(
        self, resolver: Resolver, mocking: Mocking | None, report: Report, stopped: Callable[[Task], None]
    ) -> None:
        self._resolver = resolver
        self._mocking = mocking
        self._report = report
        self._stopped = stopped
        self._running: dict[tuple[int, str], asyncio.Task[None]] = {}
        self._stopping: dict[tuple[int, str], asyncio.Task[None]] = {}
        self._closed = False

    def resolve(self, execution_arn: str, command: ScheduleTask) -> TaskHandler | None:
        """Return the handler of a task; None if there is none, or if looking for it failed."""
        if self._mocking is not None and self._mocking.mocks(execution_arn, command.state):
            return self._mocking
        try:
            return self._resolver(command.resource)
        except Exception:
            _log.exception("looking for the handler of %s failed", command.resource)
            return None

    def start(self, task: Task) -> None:
        """Run the handler of *task*, unless it runs already or only the callback is missing."""
        if self._closed or task.key in self._running or (task.rests_with_caller and not self._mocked(task)):
            return
        running = asyncio.get_running_loop().create_task(self._run(task), name=f"{task.owner.execution_arn} task")
        self._running[task.key] = running
        running.add_done_callback(lambda _: self._running.pop(task.key, None))

    def release(self, task: Task) -> None:
        """Stop waiting for *task*, which is over; whatever work it began goes on."""
        running = self._running.pop(task.key, None)
        if running is not None:
            running.cancel()

    def cancel(self, task: Task) -> None:
        """Stop waiting for *task*, and have its handler stop the work."""
        if self._closed:
            return
        running = self._running.pop(task.key, None)
        if running is not None:
            running.cancel()
        stopping = asyncio.get_running_loop().create_task(self._cancel(task, running))
        self._stopping[task.key] = stopping
        stopping.add_done_callback(lambda _: self._stopping.pop(task.key, None))

    async def stopped(self, execution_ids: Collection[int]) -> None:
        """Return when the work of all cancelled tasks of these executions is stopped, or takes too long to."""
        wanted = frozenset(execution_ids)
        stopping = [each for (execution_id, _), each in self._stopping.items() if execution_id in wanted]
        if stopping:
            await asyncio.wait(stopping, timeout=STOP_SECONDS_MAX)

    async def close(self) -> None:
        """Let go of all tasks and take no more; their work goes on, and the outbox knows of it."""
        self._closed = True
        tasks = [*self._running.values(), *self._stopping.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, task: Task) -> None:
        event = await self._end(task)
        if event is not None:
            self._report(task, event)

    async def _end(self, task: Task) -> Event | None:
        task_id, command = task.command.task_id, task.command
        handler = self.resolve(task.owner.execution_arn, command)
        if handler is None:
            return unsupported(task)
        progress = _Progress(task, self._report)
        try:
            result = await handler.run(task.request(), progress)
            if task.submits and not progress.has_submitted:
                raise RuntimeError("it ended without reporting that the request was submitted")
            if task.by_callback and handler is not self._mocking:
                return None
            return TaskSucceeded(task_id, dumps(result))
        except TaskError as error:
            failure, submitted = error.failure, error.submitted
        except (Exception, asyncio.CancelledError) as error:
            if isinstance(error, asyncio.CancelledError) and _is_to_stop():
                raise
            _log.exception("the handler of %s failed in state %r", command.resource, command.state)
            cause = f"The state '{command.state}' ({command.resource}) failed in its handler. {_describe(error)}"
            failure, submitted = Failure(RUNTIME_ERROR, cause), True
        if task.submits:
            submitted = submitted and progress.has_submitted
        return TaskFailed(task_id, failure.error, failure.cause, submitted)

    async def _cancel(self, task: Task, running: asyncio.Task[None] | None) -> None:
        if running is not None:
            await asyncio.wait((running,))
        handler = self.resolve(task.owner.execution_arn, task.command)
        try:
            if handler is not None:
                await handler.cancel(task.request())
        except Exception:
            _log.exception("stopping the work of %s failed in state %r", task.command.resource, task.command.state)
        self._stopped(task)

    def _mocked(self, task: Task) -> bool:
        return self._mocking is not None and self._mocking.mocks(task.owner.execution_arn, task.command.state)


def unsupported(task: Task) -> TaskFailed:
    """Return how a task ends whose resource nobody handles."""
    command = task.command
    cause = (
        f"The resource '{command.resource}' is not supported here. "
        "Use another integration, or run the state machine on AWS."
    )
    return TaskFailed(command.task_id, RUNTIME_ERROR, cause, submitted=False)


def _is_to_stop() -> bool:
    """Return whether it is we who cancel: what a handler waits for may be cancelled by somebody else."""
    running = asyncio.current_task()
    return running is not None and running.cancelling() > 0


def _describe(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"
