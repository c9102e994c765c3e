"""A task that starts an execution and is stopped meanwhile, at each moment: no child is left that nobody knows of."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from stepfunctions.engine.handler import TaskError, TaskRequest
from stepfunctions.integrations.nested_executions import StartHandler, SyncHandler
from stepfunctions.integrations.step_functions import OperationHandler, Refused
from stepfunctions.values import Json

PARENT = "arn:aws:states:us-east-1:123456789012:execution:parent:run"
CHILD = "arn:aws:states:us-east-1:123456789012:execution:child:run"
MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:child"
TASK = TaskRequest(
    effect_id=f"{PARENT}#1",
    execution_arn=PARENT,
    state_machine_arn=MACHINE.replace("child", "parent"),
    role_arn="arn:aws:iam::123456789012:role/r",
    state="Start",
    resource="arn:aws:states:::states:startExecution.sync",
    arguments={"StateMachineArn": MACHINE},
    token="token",
)


class Child:
    """An API and an engine in which a child starts when it is let."""

    def __init__(self) -> None:
        self.asked, self.may_start = asyncio.Event(), asyncio.Event()
        self.refusal: Refused | None = None
        self.started_for: dict[str, str] = {}
        self.stopped: list[str] = []

    async def call(self, operation: str, params: Json, account: str, region: str, effect_id: str) -> Json:
        self.asked.set()
        await self.may_start.wait()
        if self.refusal is not None:
            raise self.refusal
        self.started_for[effect_id] = CHILD
        return {"executionArn": CHILD, "startDate": 1.0}

    @contextmanager
    def expecting(self, effect_id: str) -> Iterator[Any]:
        yield asyncio.get_running_loop().create_future()

    def started_by(self, effect_id: str) -> str | None:
        return self.started_for.get(effect_id)

    async def stop(self, arn: str) -> None:
        self.stopped.append(arn)

    async def submitted(self, output: Json) -> None:
        raise AssertionError("nobody waits for it any more")


def handler_of(child: Any) -> SyncHandler:
    return SyncHandler(child.call, lambda: child, parses=False)


async def given_up(child: Any, handler: SyncHandler) -> None:
    """Let a task ask for its child, and give up while it is being started."""
    running = asyncio.ensure_future(handler.run(TASK, child))
    await child.asked.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_a_child_that_is_being_started_is_stopped_once_it_is_there() -> None:
    child = Child()
    handler = handler_of(child)
    await given_up(child, handler)
    cancelling = asyncio.ensure_future(handler.cancel(TASK))
    await asyncio.sleep(0)
    assert not cancelling.done()
    child.may_start.set()
    await cancelling
    assert child.stopped == [CHILD]


async def test_a_start_that_is_refused_after_its_task_was_stopped_leaves_nothing_to_stop() -> None:
    child = Child()
    child.refusal = Refused("StateMachineDoesNotExist", "gone")
    handler = handler_of(child)
    await given_up(child, handler)
    child.may_start.set()
    await handler.cancel(TASK)
    assert child.stopped == []
    assert handler._starting == {}


@pytest.mark.parametrize(
    "handler_class",
    [partial(StartHandler, submits=True), partial(OperationHandler, "StartExecution", submits=True)],
)
async def test_what_was_asked_for_before_a_crash_is_not_asked_for_again(handler_class: Any) -> None:
    child = Child()
    child.may_start.set()
    handler = handler_class(call=child.call)
    assert await handler.run(replace(TASK, submitted={"ExecutionArn": CHILD}), child) is None
    assert not child.asked.is_set()


async def test_a_start_that_is_refused_fails_its_task() -> None:
    child = Child()
    child.refusal = Refused("StateMachineDoesNotExist", "gone")
    child.may_start.set()
    with pytest.raises(TaskError, match="StateMachineDoesNotExist"):
        await handler_of(child).run(TASK, child)
