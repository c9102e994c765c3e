"""A world for the engine: a store, a clock set by hand, work that does as it is told, and crashes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from stepfunctions.core.ambient import Entropy
from stepfunctions.engine.engine import Engine
from stepfunctions.engine.handler import Progress, TaskHandler, TaskRequest
from stepfunctions.engine.records import ExecutionRecord, StartExecution
from stepfunctions.store.database import Database
from stepfunctions.values import Json

MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:machine"
ROLE = "arn:aws:iam::123456789012:role/role"
TURNS_MAX = 2_000

Behaviour = Callable[[TaskRequest, Progress], Awaitable[Json]]


async def echo(task: TaskRequest, progress: Progress) -> Json:
    """Give the arguments back, through a submission where the resource has one."""
    if task.resource.endswith((".sync", ".waitForTaskToken")) and task.submitted is None:
        await progress.submitted({"Submitted": task.arguments})
    return task.arguments


class Work:
    """A TaskHandler that does what ``behaviour`` says, and remembers what it was asked."""

    def __init__(self) -> None:
        self.behaviour: Behaviour = echo
        self.defers_start = False
        self.runs: list[TaskRequest] = []
        self.cancelled: list[TaskRequest] = []

    async def run(self, task: TaskRequest, progress: Progress) -> Json:
        self.runs.append(task)
        return await self.behaviour(task, progress)

    async def cancel(self, task: TaskRequest) -> None:
        self.cancelled.append(task)


class World:
    """One engine on one store, and what stands around it.

    Args:
        path: the database file; None for a store in memory, which outlives the engine but not the world.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.now = 1_700_000_000_000
        self.work = Work()
        self.activity = Work()
        self.activity.defers_start = True
        self.options: dict[str, Any] = {}
        self.shelf: Any = None
        self._entropy = Entropy(7)
        self._numbers = count(1)
        self.database = Database(path)
        self.engine = self._engine()

    def start_request(self, definition: Json, input: Json = None, name: str | None = None) -> StartExecution:  # noqa: A002
        """Return the request to start *definition*; names count up."""
        name = name or f"e{next(self._numbers)}"
        return StartExecution(
            definition=definition if isinstance(definition, str) else json.dumps(definition),
            execution_arn=f"arn:aws:states:us-east-1:123456789012:execution:machine:{name}",
            name=name,
            input=json.dumps(input or {}),
            role_arn=ROLE,
            state_machine_arn=MACHINE,
            state_machine_name="machine",
        )

    async def stock(self, shelf: Any) -> None:
        """Have an engine that reads items from *shelf* and writes results to it."""
        self.shelf = shelf
        await self.restart()

    async def start(self, definition: Json, input: Json = None, name: str | None = None) -> str:  # noqa: A002
        """Start *definition* and return the execution's ARN."""
        return (await self.engine.start(self.start_request(definition, input, name))).execution_arn

    async def settle(self) -> None:
        """Let everything happen that can happen without time passing."""
        for _ in range(50):
            await asyncio.sleep(0)

    async def until(self, holds: Callable[[], Any]) -> None:
        """Let things happen until *holds*; time stands still."""
        for _ in range(TURNS_MAX):
            if holds():
                return
            await asyncio.sleep(0)
        raise AssertionError("it never came to that")

    async def run(self, definition: Json, input: Json = None) -> ExecutionRecord:  # noqa: A002
        """Run *definition* to its end without time passing."""
        arn = await self.start(definition, input)
        await self.until(lambda: self.engine.describe(arn).status != "RUNNING")
        return self.engine.describe(arn)

    async def pass_time(self, seconds: float) -> None:
        """Set the clock forward."""
        self.now += round(seconds * 1000)
        self.engine.time_changed()
        await self.settle()

    def types(self, arn: str) -> list[str]:
        """Return the types of all history events of an execution."""
        return [event["type"] for event in self.engine.history(arn, limit=1000).items]

    def ids(self, arn: str) -> list[int]:
        """Return the ids of all history events of an execution."""
        return [event["id"] for event in self.engine.history(arn, limit=1000).items]

    async def restart(self) -> None:
        """Close the engine in good order and open it again."""
        await self.engine.close()
        self._reopen()
        await self.engine.recover()

    async def crash(self) -> None:
        """Let the engine die as it stands, and open its store again."""
        driver = self.engine._driver
        driver._post = lambda message: None  # type: ignore[method-assign]
        driver._timer.close()
        driver._timer.schedule = lambda: None  # type: ignore[method-assign]
        driver._inbox.clear()
        await driver._dispatcher.close()
        await driver._storage.close()
        self.database._queue.clear()
        self._reopen()
        await self.engine.recover()

    async def close(self) -> None:
        """Close everything."""
        await self.engine.close()
        self.database.close()

    def _reopen(self) -> None:
        if self.path is not None:
            self.database.close()
            self.database = Database(self.path)
        self.engine = self._engine()

    def _engine(self) -> Engine:
        engine = Engine(
            self.database,
            self._resolve,
            clock=lambda: self.now,
            entropy=self._entropy.bits,
            item_source=self.shelf,
            result_sink=self.shelf,
        )
        for name, value in self.options.items():
            setattr(engine._driver, name, value)
        return engine

    def _resolve(self, resource: str) -> TaskHandler | None:
        if ":activity:" in resource:
            return self.activity
        return self.work if ":states:::" in resource and ":batch:" not in resource else None


@pytest.fixture(params=["memory", "file"])
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    made = World(tmp_path / "cloud.db" if request.param == "file" else None)
    yield made
    await made.close()
