"""A crash between any two writes loses nothing: no event is missing or doubled, and every effect keeps its key.

One execution with everything that waits for the outside, and a redrive, is run once undisturbed. Then it is run again
and again, and each time the store dies at another commit: before it, in the middle of it, or just after it, when
nothing that the commit allows has been done. A new engine takes the store up, and the end must be the same.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from drivers import MortalDatabase

from stepfunctions.core.ambient import Entropy
from stepfunctions.engine.engine import Engine
from stepfunctions.engine.handler import Progress, TaskError, TaskHandler, TaskRequest
from stepfunctions.engine.records import StartExecution
from stepfunctions.errors import AlreadyExists, Conflict
from stepfunctions.values import Json

PLAIN = "arn:aws:states:::lambda:invoke"
SYNC = "arn:aws:states:::sagemaker:createTrainingJob.sync"
CALLBACK = "arn:aws:states:::sqs:sendMessage.waitForTaskToken"
ARN = "arn:aws:states:us-east-1:123456789012:execution:machine:one"
MODES = ("before", "middle", "after")


def work(name: str, resource: str = PLAIN, **fields: Json) -> dict[str, Json]:
    return {name: {"Type": "Task", "Resource": resource, "End": True, **fields}}


def branch(*states: dict[str, Json]) -> Json:
    merged = {name: state for part in states for name, state in part.items()}
    return {"StartAt": next(iter(merged)), "States": merged}


MACHINE: Json = {
    "StartAt": "Begin",
    "States": {
        "Begin": {"Type": "Pass", "Result": {"items": [1, 2, 3]}, "Next": "Flaky"},
        **work("Flaky", ResultPath=None, Retry=[{"ErrorEquals": ["Once"], "IntervalSeconds": 5}]),
        "Pause": {"Type": "Wait", "Seconds": 60, "Next": "Side by side"},
        "Side by side": {
            "Type": "Parallel",
            "Branches": [
                branch(work("Train", SYNC)),
                branch({"Nap": {"Type": "Wait", "Seconds": 7, "Next": "Then"}}, work("Then")),
            ],
            "ResultPath": "$.both",
            "Next": "Each",
        },
        "Each": {
            "Type": "Map",
            "ItemsPath": "$.items",
            "MaxConcurrency": 2,
            "ItemProcessor": branch(work("Item")),
            "ResultPath": "$.each",
            "Next": "Slow",
        },
        **work("Slow", TimeoutSeconds=3, Catch=[{"ErrorEquals": ["States.Timeout"], "Next": "Ask"}]),
        **work("Ask", CALLBACK, Parameters={"token.$": "$$.Task.Token"}),
        **work("Last"),
    },
}
MACHINE["States"]["Flaky"] |= {"Next": "Pause"}
MACHINE["States"]["Ask"] |= {"Next": "Last"}
for each in ("Flaky", "Slow", "Ask"):
    del MACHINE["States"][each]["End"]
MACHINE["States"]["Slow"] |= {"Next": "Ask"}


class Outside:
    """The work, which outlives every crash: it remembers what it was asked and answers alike."""

    defers_start = False

    def __init__(self) -> None:
        self.runs: list[TaskRequest] = []
        self.submitted: Counter[str] = Counter()
        self.first: dict[str, str] = {}

    async def run(self, task: TaskRequest, progress: Progress) -> Json:
        self.runs.append(task)
        first = self.first.setdefault(task.state, task.effect_id)
        if task.state == "Flaky" and task.effect_id == first:
            raise TaskError("Once", None)
        if task.state == "Last" and task.effect_id == first:
            raise TaskError("Last", "a redrive will do better")
        if task.state == "Slow":
            await asyncio.Event().wait()
        if task.resource != PLAIN and task.submitted is None:
            self.submitted[task.effect_id] += 1
            await progress.submitted({"Job": task.effect_id})
        return {"By": task.effect_id}

    async def cancel(self, task: TaskRequest) -> None:
        """Nothing to stop."""


class Life:
    """From the start of the execution to its end, through one death."""

    definition = json.dumps(MACHINE)

    def __init__(self, path: Path, dies_at: int | None, mode: str) -> None:
        self.path = path
        self.now = 1_700_000_000_000
        self.outside = Outside()
        self.entropy = Entropy(1)
        self.database: MortalDatabase = MortalDatabase(path, dies_at, mode)
        self.engine = self.make_engine()

    def make_engine(self) -> Engine:
        def resolve(resource: str) -> TaskHandler | None:
            return self.outside

        return Engine(self.database, resolve, clock=lambda: self.now, entropy=self.entropy.bits)

    async def attempt(self, call: Callable[[], Any]) -> None:
        """Do *call* as a client does: again after a crash, and content if it had been done."""
        while True:
            running = asyncio.ensure_future(call())
            while not running.done() and not self.database.dead:
                await asyncio.sleep(0)
            if running.done():
                error = running.exception()
                assert error is None or isinstance(error, (AlreadyExists, Conflict)), error
                return
            running.cancel()
            await self.rise()

    async def settle(self) -> None:
        for _ in range(40):
            if self.database.dead:
                await self.rise()
            await asyncio.sleep(0)

    async def rise(self) -> None:
        """Leave the dead engine behind and take its store up with another."""
        driver = self.engine._driver
        driver._timer.close()
        driver._timer.schedule = lambda: None  # type: ignore[method-assign]
        await driver._dispatcher.close()
        await driver._storage.close()
        await asyncio.sleep(0)
        self.database._connection.close()
        self.database = MortalDatabase(self.path, None, "")
        self.engine = self.make_engine()
        await self.engine.recover()

    async def live(self) -> list[Json]:
        """Run the execution to its end and return its history."""
        await self.run_to_end()
        history = list(self.engine.history(ARN, limit=1000).items)
        await self.close()
        return history

    async def close(self) -> None:
        """End it well."""
        await self.engine.close()
        self.database.close()

    async def run_to_end(self) -> None:
        """Start the execution, redrive it once if it fails, and see it end."""
        request = StartExecution(
            definition=self.definition,
            execution_arn=ARN,
            name="one",
            input="{}",
            role_arn="arn:aws:iam::123456789012:role/role",
            state_machine_arn="arn:aws:states:us-east-1:123456789012:stateMachine:machine",
            state_machine_name="machine",
        )
        await self.attempt(lambda: self.engine.start(request))
        for _ in range(200):
            await self.settle()
            status = self.engine.describe(ARN).status
            if status == "FAILED":
                await self.attempt(lambda: self.engine.redrive(ARN, "once"))
            elif status != "RUNNING":
                break
            for run in [run for run in self.outside.runs if run.resource == CALLBACK]:
                await self.attempt(lambda run=run: self.engine.succeed_task(run.token, '"answer"'))  # type: ignore[misc]
            self.now += 1000
            self.engine.time_changed()

    def story(self, history: list[Json]) -> list[Json]:
        """Return the history without what may differ: times and tokens."""
        text = json.dumps([{**event, "timestamp": 0} for event in history])
        for run in self.outside.runs:
            text = text.replace(run.token, "TOKEN")
        story: list[Json] = json.loads(text)
        return story


async def test_a_crash_at_any_commit_changes_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)  # Died comes out of callbacks
    calm = Life(tmp_path / "calm.db", None, "")
    expected = calm.story(await calm.live())
    commits = calm.database.commits
    assert expected[-1]["type"] == "ExecutionSucceeded"
    assert commits > 10
    for number in range(1, commits + 1):
        for mode in MODES:
            life = Life(tmp_path / f"{number}-{mode}.db", number, mode)
            died = life.database
            history = await life.live()
            where = f"death {mode} commit {number}"
            assert died.dead, where
            assert life.story(history) == expected, where
            assert {run.effect_id for run in life.outside.runs} == {run.effect_id for run in calm.outside.runs}, where
            assert len(life.outside.runs) <= len(calm.outside.runs) + 3, where
            assert sum(life.outside.submitted.values()) <= 3, where
