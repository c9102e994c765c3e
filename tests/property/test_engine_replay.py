"""Whatever a machine is made of, whatever happens in whatever order: the journal leads to the history that was stored.

Random machines are run while tasks end well or badly in random order, time passes, and the engine is closed, killed or
short of memory. In the end every execution is over, its history has no gap, and an interpreter that is told the
journal again says the same.
"""

from __future__ import annotations

import asyncio
import json
from itertools import count
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stepfunctions.asl.parse import parse
from stepfunctions.core.ambient import Entropy
from stepfunctions.core.history import HistoryEvent
from stepfunctions.core.interpreter import Interpreter
from stepfunctions.core.program import compile as compile_program
from stepfunctions.engine.engine import Engine
from stepfunctions.engine.handler import Progress, TaskError, TaskRequest
from stepfunctions.engine.journal import decode
from stepfunctions.engine.records import StartExecution
from stepfunctions.store.database import Database
from stepfunctions.values import Json

PREFIX = "arn:aws:states:us-east-1:123456789012"
RETRY = [{"ErrorEquals": ["Flaky"], "IntervalSeconds": 2, "MaxAttempts": 2, "JitterStrategy": "FULL"}]

KINDS = st.sampled_from(("pass", "wait", "task", "sync", "retried", "uuid"))
STEPS = st.recursive(
    st.lists(KINDS, min_size=1, max_size=3),
    lambda inner: st.lists(
        st.one_of(KINDS, st.tuples(st.just("parallel"), inner, inner), st.tuples(st.just("map"), inner)),
        min_size=1,
        max_size=3,
    ),
    max_leaves=6,
)
DEEDS = st.lists(st.sampled_from(("good", "bad", "last", "time", "crash", "restart", "evict")), max_size=25)


class Machine:
    """Turns steps into a definition; state names are unique in it."""

    def __init__(self) -> None:
        self.numbers = count()

    def scope(self, steps: list[Any]) -> Json:
        """Return ``{"StartAt": str, "States": {...}}``."""
        states = [self.state(step) for step in steps]
        names = [f"S{next(self.numbers)}" for _ in states]
        for state, following in zip(states, names[1:], strict=False):
            state["Next"] = following
        states[-1]["End"] = True
        return {"StartAt": names[0], "States": dict(zip(names, states, strict=True))}

    def state(self, step: Any) -> dict[str, Json]:
        """Return a state without what comes after it."""
        if isinstance(step, tuple):
            if step[0] == "map":
                items = {"ItemsPath": "$$.Execution.Input.items", "MaxConcurrency": 2}
                return {"Type": "Map", "ItemProcessor": self.scope(step[1]), "ResultPath": None, **items}
            return {"Type": "Parallel", "Branches": [self.scope(each) for each in step[1:]], "ResultPath": "$.both"}
        task = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "ResultPath": None}
        return {
            "pass": {"Type": "Pass"},
            "uuid": {"Type": "Pass", "Parameters": {"id.$": "States.UUID()"}},
            "wait": {"Type": "Wait", "Seconds": 3},
            "task": task,
            "sync": {**task, "Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync", "TimeoutSeconds": 30},
            "retried": {**task, "Retry": RETRY},
        }[step]


class Gates:
    """Work that ends when it is told to."""

    defers_start = False

    def __init__(self) -> None:
        self.open: dict[str, asyncio.Future[Json]] = {}

    async def run(self, task: TaskRequest, progress: Progress) -> Json:
        if task.resource.endswith(".sync") and task.submitted is None:
            await progress.submitted({"Job": task.effect_id})
        gate = self.open[task.effect_id] = asyncio.get_running_loop().create_future()
        try:
            return await gate
        finally:
            self.open.pop(task.effect_id, None)

    async def cancel(self, task: TaskRequest) -> None:
        """Nothing to stop."""


class Run:
    """Two executions of one machine, and what is done to them."""

    def __init__(self, definition: str) -> None:
        self.definition = definition
        self.now = 1_700_000_000_000
        self.entropy = Entropy(3)
        self.gates = Gates()
        self.database = Database(None)
        self.engine = self.make_engine()

    def make_engine(self) -> Engine:
        return Engine(self.database, lambda resource: self.gates, clock=lambda: self.now, entropy=self.entropy.bits)

    async def start(self, number: int) -> None:
        request = StartExecution(
            definition=self.definition,
            execution_arn=f"{PREFIX}:execution:machine:e{number}",
            name=f"e{number}",
            input='{"items": [1, 2]}',
            role_arn="arn:aws:iam::123456789012:role/role",
            state_machine_arn=f"{PREFIX}:stateMachine:machine",
            state_machine_name="machine",
        )
        await self.engine.start(request)

    async def do(self, deed: str) -> None:
        gates = [gate for gate in self.gates.open.values() if not gate.done()]
        if deed == "time":
            self.now += 2_500
            self.engine.time_changed()
        elif deed == "evict":
            self.engine._driver._loaded._kept_max = 0
        elif deed == "restart":
            await self.engine.close()
            await self.take_up()
        elif deed == "crash":
            await self.crash()
        elif gates and deed == "bad":
            gates[0].set_exception(TaskError("Flaky", "on purpose"))
        elif gates:
            gates[-1 if deed == "last" else 0].set_result({"done": True})
        for _ in range(15):
            await asyncio.sleep(0)

    async def crash(self) -> None:
        driver = self.engine._driver
        driver._post = lambda message: None  # type: ignore[method-assign]
        driver._inbox.clear()
        driver._timer.close()
        driver._timer.schedule = lambda: None  # type: ignore[method-assign]
        await driver._dispatcher.close()
        self.database._queue.clear()
        await self.take_up()

    async def take_up(self) -> None:
        self.engine = self.make_engine()
        await self.engine.recover()

    async def finish(self) -> None:
        for _ in range(300):
            if not self.engine.running_count(f"{PREFIX}:stateMachine:machine"):
                return
            await self.do("good")
            await self.do("time")
        raise AssertionError("it never ends")


async def live(steps: list[Any], deeds: list[str]) -> None:
    definition = json.dumps(Machine().scope(steps))
    run = Run(definition)
    await run.start(1)
    for deed in deeds:
        await run.do(deed)
    await run.start(2)
    await run.finish()
    program = compile_program(parse(definition))
    for number in (1, 2):
        arn = f"{PREFIX}:execution:machine:e{number}"
        interpreter, again, stored = Interpreter(program), list[HistoryEvent](), list[HistoryEvent]()
        rows = run.database.read("SELECT entry FROM journal WHERE id >> 32 = ? ORDER BY id", (number,))
        for (entry,) in rows:
            heard, history = decode(entry)
            stored += history
            for event, ambient in heard:
                again += interpreter.handle(event, ambient).history
        assert again == stored
        assert [event.id for event in stored] == list(range(1, len(stored) + 1))
        assert interpreter.status == run.engine.describe(arn).status
        assert [event["id"] for event in run.engine.history(arn, limit=1000).items] == [event.id for event in stored]
    assert run.database.read("SELECT * FROM tasks WHERE state <> 'CLOSED'") == []
    assert run.gates.open == {}
    await run.engine.close()
    run.database.close()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=STEPS, deeds=DEEDS)
def test_the_journal_leads_to_the_stored_history(steps: list[Any], deeds: list[str]) -> None:
    asyncio.run(live(steps, deeds))
