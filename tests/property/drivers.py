"""One definition on either driver, the engine's with a clock set by hand, and work whose course is drawn beforehand.

The work of a task goes as a script says by the task's number, whichever driver schedules it, so that an execution
in virtual time and one on the engine can be compared event by event, times included. The engine can be killed at any
commit, restarted and made to forget between any two events; work outlives that.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from stepfunctions.core.ambient import Entropy
from stepfunctions.core.commands import ScheduleTask
from stepfunctions.engine import virtual
from stepfunctions.engine.engine import Engine
from stepfunctions.engine.handler import Progress, TaskError, TaskRequest
from stepfunctions.engine.mocks import Answer, Stage, fails, never, succeeds
from stepfunctions.engine.records import ExecutionRecord, StartExecution
from stepfunctions.engine.virtual import ACCOUNT, EPOCH, VirtualExecution
from stepfunctions.errors import AlreadyExists, Conflict
from stepfunctions.store.database import Database
from stepfunctions.values import Instant, Json, dumps

PREFIX = f"arn:aws:states:us-east-1:{ACCOUNT}"
ARN = f"{PREFIX}:execution:machine:execution"
STEPS_MAX = 2_000


class Script:
    """How the work of each task goes, by the task's id.

    Args:
        seed: another seed, another script.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def __repr__(self) -> str:
        return f"Script({self.seed})"

    def answer(self, number: int) -> Answer:
        """Return how task *number* goes. Two tasks end at one instant hardly ever."""
        random = Random(f"{self.seed} {number}")
        seconds = random.choice((0, 0, 1, 2, 5)) + random.randrange(1, 1000) / 1000
        kind = random.choice(("good", "good", "good", "good", "E1", "E2", "E3", "refused", "never"))
        if kind == "good":
            return succeeds({"n": number, "text": "é"}, submitted={"Job": number}, after_seconds=seconds)
        if kind == "never":
            return never()
        return fails("E1" if kind == "refused" else kind, "why", after_seconds=seconds, is_refused=kind == "refused")


class ScriptedStage(Stage):
    """The script as the virtual driver asks for it."""

    def __init__(self, script: Script) -> None:
        super().__init__(None)
        self._script = script

    def answer(self, task: ScheduleTask) -> Answer:
        return self._script.answer(number_of(task.task_id))


def number_of(task_id: str) -> int:
    """Return the number in a task's id, or in its effect's."""
    return int(task_id.rpartition("t")[2])


def in_virtual_time(definition: Json, data: Json, script: Script) -> VirtualExecution:
    """Run *definition* with the virtual driver."""
    started = virtual._started(dumps(data), "execution", "machine", "us-east-1", EPOCH)
    return virtual._Run(virtual._compiled(definition), started, ScriptedStage(script), 0).to_end(None)


class Job:
    """The work of one task: it goes on whatever becomes of the engine."""

    def __init__(self, number: int, answer: Answer, ends_at: Instant | None) -> None:
        self.number = number
        self.answer = answer
        self.ends_at = ends_at
        self.token: str | None = None
        self.ended = asyncio.Event()


class Work:
    """The handler behind every resource.

    Attributes:
        jobs: by effect id; those that have ended would say so again.
    """

    defers_start = False

    def __init__(self, script: Script, clock: Callable[[], Instant]) -> None:
        self._script = script
        self._clock = clock
        self.jobs: dict[str, Job] = {}

    async def run(self, task: TaskRequest, progress: Progress) -> Json:
        job = self._job(task)
        answer = job.answer
        if task.resource.endswith(".waitForTaskToken") and not answer.is_refused:
            job.token = task.token
        if task.resource.endswith((".sync", ".waitForTaskToken")) and not answer.is_refused and task.submitted is None:
            await progress.submitted(answer.submitted or {})
        if job.token is not None:
            return None
        await job.ended.wait()
        if answer.failure is not None:
            raise TaskError(answer.failure.error, answer.failure.cause, submitted=not answer.is_refused)
        return answer.result

    def _job(self, task: TaskRequest) -> Job:
        if task.effect_id not in self.jobs:
            number = number_of(task.effect_id)
            answer = self._script.answer(number)
            seconds = answer.after_seconds
            ends_at = None if seconds is None else self._clock() + round(seconds * 1000)
            self.jobs[task.effect_id] = Job(number, answer, ends_at)
        return self.jobs[task.effect_id]

    async def cancel(self, task: TaskRequest) -> None:
        self.jobs[task.effect_id].ends_at = None

    def next(self) -> tuple[Instant, Job] | None:
        """Return when the next job ends, and which it is."""
        ending = {(job.ends_at, job.number): job for job in self.jobs.values() if job.ends_at is not None}
        return (min(ending)[0], ending[min(ending)]) if ending else None


class Died(BaseException):
    """The process is gone."""


class MortalDatabase(Database):
    """A database that dies at one of its commits: before it, in the middle of it, or just after it."""

    def __init__(self, path: Path, dies_at: int | None, mode: str) -> None:
        self.dies_at = dies_at
        self.mode = mode
        self.commits = 0
        self.dead = False
        super().__init__(path)

    def _commit(self, queue: list[Any]) -> None:
        if self.dead:
            raise Died
        self.commits += 1
        if self.commits == self.dies_at:
            self.dead = True
            if self.mode == "after":
                super()._commit(queue)
            elif self.mode == "middle":
                self._connection.execute("BEGIN")
                for sql, parameters in queue[: len(queue) // 2 + 1]:
                    self._connection.execute(sql, parameters)
                self._connection.execute("ROLLBACK")
            raise Died
        super()._commit(queue)


class DurableRun:
    """One execution on the engine, from its start to its end.

    Args:
        definition: what to run.
        data: its input.
        script: how tasks go.
        path: of the database; None for one in memory, which does not die.
        dies_at: the commit at which the store dies; None for never.
        mode: where in that commit: ``before``, ``middle`` or ``after``.
    """

    def __init__(
        self,
        definition: Json,
        data: Json,
        script: Script,
        *,
        path: Path | None = None,
        dies_at: int | None = None,
        mode: str = "before",
    ) -> None:
        self.definition = dumps(definition)
        self.data = dumps(data)
        self.now: Instant = round(EPOCH.timestamp() * 1000)
        self.path = path
        self.work = Work(script, lambda: self.now)
        self.entropy = Entropy(1)
        self.database = Database(None) if path is None else MortalDatabase(path, dies_at, mode)
        self.engine = self._make_engine()

    def _make_engine(self) -> Engine:
        return Engine(self.database, lambda resource: self.work, clock=lambda: self.now, entropy=self.entropy.bits)

    @property
    def is_dead(self) -> bool:
        """Whether the store has died."""
        return isinstance(self.database, MortalDatabase) and self.database.dead

    async def to_end(self, disturb: Callable[[int], str | None] = lambda step: None) -> ExecutionRecord:
        """Run until the execution has ended, or nothing can happen any more.

        Args:
            disturb: what is done to the engine before each step: ``crash``, ``restart``, ``evict`` or nothing.
        """
        request = StartExecution(
            definition=self.definition,
            execution_arn=ARN,
            name="execution",
            input=self.data,
            role_arn=f"arn:aws:iam::{ACCOUNT}:role/machine",
            state_machine_arn=f"{PREFIX}:stateMachine:machine",
            state_machine_name="machine",
        )
        await self._attempt(lambda: self.engine.start(request))
        return await self._go_on(disturb)

    async def redriven_to_end(self, disturb: Callable[[int], str | None] = lambda step: None) -> ExecutionRecord:
        """Redrive an execution that ended badly, and run it to its next end."""
        await self._settle()
        await self._attempt(lambda: self.engine.redrive(ARN))
        return await self._go_on(disturb)

    async def _go_on(self, disturb: Callable[[int], str | None]) -> ExecutionRecord:
        for step in range(STEPS_MAX):
            await self._settle()
            if self.engine.describe(ARN).status != "RUNNING":
                break
            await self._disturb(disturb(step))
            if not await self._step():
                break
        return self.engine.describe(ARN)

    async def _step(self) -> bool:
        """Go to what happens next and let it happen; return whether there was anything. Answers precede deadlines."""
        deadline = min(self.engine._driver._timer._wanted.values(), default=None)
        following = self.work.next()
        if following is not None and (deadline is None or following[0] <= deadline):
            self.now = following[0]
            await self._end(following[1])
            return True
        if deadline is None:
            return False
        self.now = max(self.now, deadline)
        self.engine.time_changed()
        return True

    async def _end(self, job: Job) -> None:
        job.ends_at = None
        if job.token is None:
            job.ended.set()
            return
        token, failure = job.token, job.answer.failure
        if failure is None:
            await self._attempt(lambda: self.engine.succeed_task(token, dumps(job.answer.result)))
        else:
            await self._attempt(lambda: self.engine.fail_task(token, failure.error, failure.cause))

    async def _attempt(self, call: Callable[[], Any]) -> None:
        """Do *call* as a client does: again after a crash, and content if it had been done."""
        while True:
            running = asyncio.ensure_future(call())
            while not running.done() and not self.is_dead:
                await asyncio.sleep(0)
            if running.done():
                error = running.exception()
                assert error is None or isinstance(error, AlreadyExists | Conflict), error
                return
            running.cancel()
            await self._rise()

    async def _settle(self) -> None:
        """Let everything happen that needs no time."""
        idle = 0
        while idle < 12:
            if self.is_dead:
                await self._rise()
            idle = 0 if self.engine._driver._inbox or self.engine._driver._scheduled else idle + 1
            await asyncio.sleep(0)

    async def _disturb(self, deed: str | None) -> None:
        if deed == "evict":
            self.engine._driver._loaded._kept_max = 0
        elif deed == "restart":
            await self.engine.close()
            self.engine = self._make_engine()
            await self.engine.recover()
        elif deed == "crash":
            await self._rise()
        await self._settle()

    async def _rise(self) -> None:
        """Leave the engine behind as a dead process does, and take its store up with another."""
        driver = self.engine._driver
        driver._post = lambda message: None  # type: ignore[method-assign]
        driver._inbox.clear()
        driver._timer.close()
        driver._timer.schedule = lambda: None  # type: ignore[method-assign]
        await driver._dispatcher.close()
        await asyncio.sleep(0)
        self.database._queue.clear()
        if self.path is not None:
            self.database._connection.close()
            self.database = MortalDatabase(self.path, None, "")
        self.engine = self._make_engine()
        await self.engine.recover()

    def history(self) -> list[Json]:
        """Return the history as GetExecutionHistory shows it."""
        return list(self.engine.history(ARN, limit=1000).items)

    async def close(self) -> None:
        """Let go of the store, which does not die any more."""
        if isinstance(self.database, MortalDatabase):
            self.database.dies_at = None
        await self.engine.close()
        self.database.close()
