"""Tasks and workers finding each other: who comes first, and what happens when one of the two goes."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from stepfunctions.engine.handler import TaskRequest
from stepfunctions.integrations.activities import ActivityTasks, Offer

ARN = "arn:aws:states:eu-west-1:123456789012:activity:a"


class Told:
    """A Progress that remembers."""

    def __init__(self) -> None:
        self.workers: list[str | None] = []

    async def started(self, worker: str | None = None) -> None:
        self.workers.append(worker)

    async def submitted(self, output: Any) -> None:
        raise AssertionError("an activity submits nothing")


def task(number: int) -> TaskRequest:
    return TaskRequest(
        effect_id=f"execution#{number}", execution_arn="execution", state_machine_arn="machine", role_arn="role",
        state="S", resource=ARN, arguments=number, token=f"token{number}",
    )  # fmt: skip


@pytest.fixture
def tasks() -> ActivityTasks:
    return ActivityTasks()


@pytest.fixture
def told() -> Told:
    return Told()


async def offered(tasks: ActivityTasks, told: Told, *numbers: int) -> list[asyncio.Task[Any]]:
    """Offer tasks of these numbers, in this order."""
    running = [asyncio.create_task(tasks.run(task(number), told)) for number in numbers]
    await asyncio.sleep(0)
    return running


async def next_of(tasks: ActivityTasks) -> Offer:
    offer = await tasks.poll(ARN, 60)
    assert offer is not None
    return offer


async def test_a_task_starts_when_its_worker_accepts_it(tasks: ActivityTasks, told: Told) -> None:
    (running,) = await offered(tasks, told, 1)
    offer = await next_of(tasks)
    await asyncio.sleep(0)
    assert (offer.task.token, told.workers) == ("token1", [])
    offer.accept("worker")
    await running
    assert told.workers == ["worker"]


async def test_a_task_that_is_declined_comes_before_all_others(tasks: ActivityTasks, told: Told) -> None:
    running = await offered(tasks, told, 1, 2, 3)
    first, second = await next_of(tasks), await next_of(tasks)
    second.decline()
    first.decline()
    again = [await next_of(tasks) for _ in range(3)]
    assert [offer.task.arguments for offer in again] == [1, 2, 3]
    for offer in again:
        offer.accept(None)
    await asyncio.gather(*running)
    assert told.workers == [None, None, None]


async def test_a_task_that_is_declined_goes_to_a_worker_who_waits(tasks: ActivityTasks, told: Told) -> None:
    (running,) = await offered(tasks, told, 1)
    offer = await next_of(tasks)
    waiting = asyncio.create_task(next_of(tasks))
    await asyncio.sleep(0)
    offer.decline()
    (await waiting).accept("second")
    offer.accept("first")
    await running
    assert told.workers == ["second"]


async def test_a_task_that_was_given_up_is_nobodys(tasks: ActivityTasks, told: Told) -> None:
    waiting, on_its_way = await offered(tasks, told, 1, 2)
    waiting.cancel()
    await asyncio.sleep(0)
    offer = await next_of(tasks)
    on_its_way.cancel()
    await asyncio.sleep(0)
    offer.decline()
    offer.accept("worker")
    await asyncio.sleep(0)
    assert (await tasks.poll(ARN, 0), told.workers) == (None, [])


async def test_a_worker_who_goes_with_a_task_in_hand_gives_it_back(tasks: ActivityTasks, told: Told) -> None:
    worker = asyncio.create_task(tasks.poll(ARN, 60))
    await asyncio.sleep(0)
    running = asyncio.create_task(tasks.run(task(1), told))
    asyncio.get_running_loop().call_soon(worker.cancel)
    with pytest.raises(asyncio.CancelledError):
        await worker
    (await next_of(tasks)).accept("another")
    await running
    assert told.workers == ["another"]


async def test_workers_of_one_activity_see_nothing_of_another(tasks: ActivityTasks, told: Told) -> None:
    (running,) = await offered(tasks, told, 1)
    assert await tasks.poll(f"{ARN}2", 0) is None
    (await next_of(tasks)).accept(None)
    await running


async def test_nobody_waits_once_it_is_closed(tasks: ActivityTasks, told: Told) -> None:
    waiting = asyncio.create_task(tasks.poll(ARN, 60))
    await asyncio.sleep(0)
    tasks.close()
    assert (await waiting, await tasks.poll(ARN, 60)) == (None, None)
