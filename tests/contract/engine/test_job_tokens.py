"""A job that was given its task's token may end the task; what the job itself does after that is nobody's business."""

from __future__ import annotations

import asyncio

import pytest
from tests.contract.engine.conftest import echo

from stepfunctions.engine.handler import Progress, TaskRequest
from stepfunctions.errors import Conflict
from stepfunctions.values import Json

SYNC = "arn:aws:states:::sagemaker:createTrainingJob.sync"


def job(**fields: Json) -> Json:
    state = {"Type": "Task", "Resource": SYNC, "Parameters": {"token.$": "$$.Task.Token"}, "End": True, **fields}
    return {"StartAt": "T", "States": {"T": state}}


async def submit_and_work(task: TaskRequest, progress: Progress) -> Json:
    if task.submitted is None:
        await progress.submitted({"Job": "j"})
    await asyncio.Event().wait()


@pytest.mark.parametrize("way", ["settle", "restart", "crash"])
async def test_a_job_that_was_given_the_token_may_end_its_task(world, way: str) -> None:
    world.work.behaviour = submit_and_work
    arn = await world.start(job())
    await world.until(lambda: "TaskSubmitted" in world.types(arn))
    token = world.work.runs[0].token
    assert world.work.runs[0].arguments == {"token": token}
    await getattr(world, way)()
    await world.engine.succeed_task(token, '"by token"')
    assert world.engine.describe(arn).output == '"by token"'
    assert "TaskSucceeded" in world.types(arn)
    await world.settle()
    assert world.engine._driver._dispatcher._running == {}
    assert world.work.cancelled == []
    with pytest.raises(Conflict):
        await world.engine.succeed_task(token, '"again"')


async def test_a_job_may_fail_its_task_by_token_before_it_was_submitted(world) -> None:
    begin = asyncio.Event()

    async def late(task: TaskRequest, progress: Progress) -> Json:
        await begin.wait()
        return await submit_and_work(task, progress)

    world.work.behaviour = late
    arn = await world.start(job())
    await world.until(lambda: world.work.runs)
    await world.engine.fail_task(world.work.runs[0].token, "Mine", "too early")
    assert world.engine.describe(arn).status == "RUNNING"
    begin.set()
    await world.until(lambda: world.engine.describe(arn).status == "FAILED")
    assert world.types(arn)[3:6] == ["TaskStarted", "TaskSubmitted", "TaskFailed"]
    await world.settle()
    assert world.engine._driver._dispatcher._running == {}


async def test_the_end_of_a_job_comes_before_a_token_that_comes_later(world) -> None:
    world.work.behaviour = echo
    record = await world.run(job())
    with pytest.raises(Conflict):
        await world.engine.succeed_task(world.work.runs[0].token, '"late"')
    assert record.status == "SUCCEEDED"


async def test_a_job_that_is_heard_of_by_token_does_not_time_out(world) -> None:
    world.work.behaviour = submit_and_work
    arn = await world.start(job(HeartbeatSeconds=10))
    await world.until(lambda: "TaskSubmitted" in world.types(arn))
    await world.pass_time(8)
    await world.engine.heartbeat(world.work.runs[0].token)
    await world.pass_time(8)
    assert world.engine.describe(arn).status == "RUNNING"
    await world.pass_time(3)
    assert world.engine.describe(arn).error == "States.Timeout"
