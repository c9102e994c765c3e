"""Runs trials of single states for real: its task through the handlers, its waiting by the clock, and nothing kept.

Nothing of a trial is durable: it belongs to whoever waits for it, and stops with them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from stepfunctions.core.ambient import Ambient
from stepfunctions.core.commands import CancelTask, Command, ScheduleTask
from stepfunctions.core.events import Event, ExecutionStarted, TaskStarted, TimeReached
from stepfunctions.core.trial import Trial, TrialEnd
from stepfunctions.engine.dispatcher import Dispatcher, unsupported
from stepfunctions.engine.handler import Resolver
from stepfunctions.engine.task import Owner, Task
from stepfunctions.engine.timer import Timer
from stepfunctions.values import Instant

_ID: Final = 0


class Trials:
    """Tries single states.

    Args:
        resolver: finds the handler of a Task's resource.
        clock: gives the time.
        entropy: gives 64 random bits.
    """

    def __init__(self, resolver: Resolver, clock: Callable[[], Instant], entropy: Callable[[], int]) -> None:
        self._resolver = resolver
        self._clock = clock
        self._entropy = entropy
        self._running: set[_Run] = set()

    @property
    def running(self) -> int:
        """How many are under way."""
        return len(self._running)

    async def run(self, trial: Trial, started: ExecutionStarted) -> TrialEnd:
        """Return where *trial* led. If the caller gives up, its task is stopped, as far as it can be.

        Args:
            trial: has had no event yet.
            started: its first event.
        """
        run = _Run(trial, self._resolver, self._clock, self._entropy)
        self._running.add(run)
        try:
            return await run.to_end(started)
        finally:
            self._running.discard(run)

    def time_changed(self) -> None:
        """Look at the clock now: for a clock that does not run by itself."""
        for run in self._running:
            run.look_at_clock()


class _Run:
    """One trial under way."""

    def __init__(
        self, trial: Trial, resolver: Resolver, clock: Callable[[], Instant], entropy: Callable[[], int]
    ) -> None:
        self._trial = trial
        self._clock = clock
        self._entropy = entropy
        self._events: asyncio.Queue[Event] = asyncio.Queue()
        self._tasks: dict[str, Task] = {}
        self._dispatcher = Dispatcher(resolver, None, self._report, lambda task: None)
        self._timer = Timer(clock, lambda _: self._events.put_nowait(TimeReached()))

    async def to_end(self, started: ExecutionStarted) -> TrialEnd:
        owner = Owner(_ID, started.execution_arn, started.state_machine_arn, started.role_arn)
        try:
            self._feed(started, owner)
            while (end := self._trial.end) is None:
                self._timer.arm(_ID, self._trial.deadline)
                self._timer.schedule()
                self._feed(await self._events.get(), owner)
            return end
        finally:
            self._timer.close()
            await self._stop()

    def look_at_clock(self) -> None:
        self._timer.look()

    def _feed(self, event: Event, owner: Owner) -> None:
        outcome = self._trial.handle(event, Ambient(self._clock(), self._entropy()))
        for command in outcome.commands:
            self._obey(command, owner)

    def _obey(self, command: Command, owner: Owner) -> None:
        if isinstance(command, CancelTask):
            self._dispatcher.cancel(self._tasks.pop(command.task_id))
        elif isinstance(command, ScheduleTask):
            task = Task(owner, command)
            if self._dispatcher.resolve(owner.execution_arn, command) is None:
                self._events.put_nowait(unsupported(task))
                return
            self._tasks[command.task_id] = task
            self._events.put_nowait(TaskStarted(command.task_id))
            self._dispatcher.start(task)

    def _report(self, task: Task, event: Event) -> asyncio.Future[bool]:
        self._events.put_nowait(event)
        taken: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        taken.set_result(True)
        return taken

    async def _stop(self) -> None:
        """Have the work stopped that nobody waits for any more."""
        if self._trial.end is None:
            for task in self._tasks.values():
                self._dispatcher.cancel(task)
        await self._dispatcher.stopped((_ID,))
        await self._dispatcher.close()
