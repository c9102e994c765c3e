"""SIGKILL at any instant: the process is really gone, and the next one on the same file goes on.

A child process runs executions whose tasks append their effect id to a file. It is killed twenty times at seeded
instants. In the end every execution is right, every task's end is in history once, and the effects that were done
again by a new process carry the keys that they had.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import random
import signal
import time
from collections import Counter
from multiprocessing.connection import Connection
from pathlib import Path

from stepfunctions.engine.engine import Engine
from stepfunctions.engine.handler import Progress, TaskHandler, TaskRequest
from stepfunctions.engine.records import StartExecution
from stepfunctions.errors import AlreadyExists
from stepfunctions.store.database import Database
from stepfunctions.values import Json

KILLS = 20
EXECUTIONS = 4
LAPS = 100
PREFIX = "arn:aws:states:us-east-1:123456789012"
WORK = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "ResultPath": None}
MACHINE: Json = {
    "StartAt": "Work",
    "States": {
        "Work": {**WORK, "Next": "Count"},
        "Count": {"Type": "Pass", "Parameters": {"n.$": "States.MathAdd($.n, 1)"}, "Next": "Enough"},
        "Enough": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.n", "NumericGreaterThanEquals": LAPS, "Next": "Rest"}],
            "Default": "Work",
        },
        "Rest": {"Type": "Wait", "Seconds": 1, "Next": "Both"},
        "Both": {
            "Type": "Parallel",
            "Branches": [{"StartAt": name, "States": {name: {**WORK, "End": True}}} for name in ("Left", "Right")],
            "End": True,
        },
    },
}


class Appender:
    """Does its effect for all to see."""

    defers_start = False

    def __init__(self, file: Path) -> None:
        self.file = file

    async def run(self, task: TaskRequest, progress: Progress) -> Json:
        with self.file.open("a") as opened:
            opened.write(f"{task.effect_id}\n")
        await asyncio.sleep(0.003)
        return None

    async def cancel(self, task: TaskRequest) -> None:
        """Nothing to stop."""


def arn(number: int) -> str:
    return f"{PREFIX}:execution:machine:e{number}"


async def live(folder: Path, ready: Connection) -> None:
    """Be the process: recover, start what is not started, and wait for the end of all."""
    appender: TaskHandler = Appender(folder / "effects")
    database = Database(folder / "cloud.db")
    engine = Engine(database, lambda resource: appender)
    await engine.recover()
    ready.send(True)
    for number in range(EXECUTIONS):
        request = StartExecution(
            definition=json.dumps(MACHINE),
            execution_arn=arn(number),
            name=f"e{number}",
            input='{"n": 0}',
            role_arn="arn:aws:iam::123456789012:role/role",
            state_machine_arn=f"{PREFIX}:stateMachine:machine",
            state_machine_name="machine",
        )
        try:
            await engine.start(request)
        except AlreadyExists:
            pass  # it has ended already
    while engine.running_count(f"{PREFIX}:stateMachine:machine"):
        await asyncio.sleep(0.005)
    await engine.close()
    database.close()


def test_twenty_kills_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    instants = random.Random(20)
    deaths = 0
    for turn in range(KILLS + 1):
        ready, child_ready = context.Pipe(duplex=False)
        child = context.Process(target=lambda: asyncio.run(live(tmp_path, child_ready)))  # noqa: B023
        child.start()
        child_ready.close()
        assert ready.recv()
        if turn < KILLS:
            time.sleep(instants.uniform(0, 0.06))  # the instant of death; nothing is waited for
            os.kill(child.pid or 0, signal.SIGKILL)
        child.join(30)
        deaths += child.exitcode == -signal.SIGKILL
    assert child.exitcode == 0
    assert deaths > KILLS // 2

    engine = Engine(Database(tmp_path / "cloud.db"), lambda resource: None)
    effects = Counter((tmp_path / "effects").read_text().splitlines())
    expected: set[str] = set()
    for number in range(EXECUTIONS):
        assert engine.describe(arn(number)).status == "SUCCEEDED"
        events = engine.history(arn(number), limit=1000).items
        assert [event["id"] for event in events] == list(range(1, len(events) + 1))
        kinds = Counter(event["type"] for event in events)
        for kind in ("TaskScheduled", "TaskStarted", "TaskSucceeded"):
            assert kinds[kind] == LAPS + 2, kind
        expected |= {effect for effect in effects if effect.startswith(arn(number))}
        assert len([effect for effect in effects if effect.startswith(f"{arn(number)}#")]) == LAPS + 2
    assert set(effects) == expected
    assert sum(effects.values()) - len(effects) <= deaths * EXECUTIONS * 2
    engine._tables.database.close()
