"""The jobs of one kind: who is running, who waits for an end, and what a restart picks up.

A job is carried by a *life*, one asyncio task that takes it from its record to its end. The end is an event: ``ended``
returns when the life has, and nothing polls. After a restart ``recover`` gives every unfinished job a new life, which
goes on where the record and the folder say it is.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Protocol

from stepfunctions.sagemaker.errors import NameTaken
from stepfunctions.sagemaker.records import Record
from stepfunctions.sagemaker.services import Services

_log = logging.getLogger(__name__)

ENDED = ("Completed", "Failed", "Stopped")
LIVE = ("InProgress", "Stopping")

CLOSE_GRACE_SECONDS = 3
"""What a job is given when the cloud goes down and does not come back."""


class Life(Protocol):
    """One job from its record to its end."""

    record: Record

    async def run(self) -> None:
        """Bring the job to its end. Cancellation means that we go down, and leaves its processes be."""
        ...

    async def request_stop(self) -> None:
        """Stop the job: return when that is recorded."""
        ...

    def kill(self) -> None:
        """End its processes at once; ``request_stop`` came before."""
        ...

    async def fail(self, reason: str) -> None:
        """Record that the job failed for a reason that is no fault of its own."""
        ...


class Jobs:
    """The jobs of one kind.

    Args:
        noun: as AWS names the kind in its texts, such as ``training job``.
        life: makes the life of a record.
    """

    def __init__(self, services: Services, kind: str, noun: str, life: Callable[[Record], Life]) -> None:
        self._services = services
        self._kind = kind
        self._noun = noun
        self._make_life = life
        self._lives: dict[str, Life] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._waiting: dict[str, set[asyncio.Future[None]]] = {}

    def create(self, record: Record, tags: dict[str, str]) -> Record:
        """Record a new job and begin it.

        Returns:
            The record; or the one that this very command made before a crash.

        Raises:
            NameTaken: another job has the name.
        """
        taken = self._services.records.create(record, tags)
        if taken is None:
            self._begin(record)
            return record
        if record.effect_id is not None and taken.effect_id == record.effect_id:
            return taken
        noun = self._noun
        raise NameTaken(
            f"{noun.capitalize()} names must be unique within an AWS account and region, and a {noun} with this name "
            f"already exists ({taken.arn})"
        )

    async def ended(self, name: str) -> Record | None:
        """Return the record once the job has ended; None if there is no such job.

        While we go down, jobs that are left running do not end: whoever waits is cancelled.
        """
        while True:
            record = self._services.records.get(self._kind, name)
            if record is None or record.status in ENDED:
                return record
            waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.setdefault(name, set()).add(waiting)
            try:
                await waiting
            finally:
                self._waiting.get(name, set()).discard(waiting)

    def life(self, name: str) -> Life | None:
        """Return the life of a job that has not ended."""
        return self._lives.get(name)

    def recover(self) -> None:
        """Go on with every job that has not ended."""
        for record in self._services.records.with_status(self._kind, LIVE):
            if record.name not in self._tasks:
                self._begin(record)

    async def close(self, *, leave: bool) -> None:
        """Watch no job any longer.

        Args:
            leave: their processes run on, for a restart to pick up; otherwise they are stopped first.
        """
        if not leave and self._lives:
            lives, tasks = list(self._lives.values()), list(self._tasks.values())
            for life in lives:
                await life.request_stop()
            _, late = await asyncio.wait(tasks, timeout=CLOSE_GRACE_SECONDS)
            for life in lives:
                life.kill()
            await asyncio.gather(*late, return_exceptions=True)
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _begin(self, record: Record) -> None:
        life = self._make_life(record)
        self._lives[record.name] = life
        task = asyncio.get_running_loop().create_task(self._carry(life), name=record.arn)
        self._tasks[record.name] = task
        task.add_done_callback(lambda _: self._forget(record.name))

    async def _carry(self, life: Life) -> None:
        try:
            await life.run()
        except Exception as error:
            _log.exception("The %s %s ended by a fault of ours", self._noun, life.record.name)
            await life.fail(f"InternalServerError: {type(error).__name__}: {error}")

    def _forget(self, name: str) -> None:
        self._lives.pop(name, None)
        self._tasks.pop(name, None)
        for waiting in self._waiting.pop(name, ()):
            if not waiting.done():
                waiting.set_result(None)
