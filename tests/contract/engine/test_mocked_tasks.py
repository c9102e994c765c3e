"""Executions that were started on a test case of a mock configuration file."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from stepfunctions.errors import StoreError

CALLS = "arn:aws:states:::lambda:invoke"


def task(resource: str = CALLS, **fields: Any) -> Any:
    return {"StartAt": "Call", "States": {"Call": {"Type": "Task", "Resource": resource, "End": True, **fields}}}


def throws(error: str = "Boom") -> Any:
    return {"Throw": {"Error": error, "Cause": "why"}}


def on(world: Any, definition: Any, mocks: Any) -> Any:
    return dataclasses.replace(world.start_request(definition), mocks=mocks)


async def ended(world: Any, request: Any) -> Any:
    await world.engine.start(request)
    await world.until(lambda: world.engine.describe(request.execution_arn).status != "RUNNING")
    return world.engine.describe(request.execution_arn)


@pytest.mark.parametrize(
    "resource",
    [CALLS, f"{CALLS}.waitForTaskToken", "arn:aws:states:::sagemaker:createTrainingJob.sync",
     "arn:aws:states:::batch:submitJob", "arn:aws:states:us-east-1:123456789012:activity:worker",
     "arn:aws:lambda:us-east-1:123456789012:function:f"],
)  # fmt: skip
async def test_a_mock_answers_for_every_resource(world, resource: str) -> None:
    record = await ended(world, on(world, task(resource), {"Call": {"0": {"Return": {"a": [1]}}}}))
    assert (record.status, record.output) == ("SUCCEEDED", '{"a":[1]}')
    assert world.work.runs == []


async def test_each_retry_is_an_invocation(world) -> None:
    retry = [{"ErrorEquals": ["Boom"], "IntervalSeconds": 1, "MaxAttempts": 3}]
    request = on(world, task(Retry=retry), {"Call": {"0-1": throws(), "2": {"Return": "third"}}})
    await world.engine.start(request)
    for _ in range(2):
        await world.settle()
        await world.pass_time(5)
    await world.until(lambda: world.engine.describe(request.execution_arn).status != "RUNNING")
    assert world.engine.describe(request.execution_arn).output == '"third"'


async def test_half_a_character_in_a_mock_or_the_name_of_its_state_harms_nobody(world) -> None:
    half, definition = "\ud83d", {"StartAt": "\ud83d", "States": {"\ud83d": task()["States"]["Call"]}}
    request = on(world, definition, {half: {"0": {"Return": half}}})
    assert (await ended(world, request)).output == f'"{half}"'


async def test_a_thrown_error_is_the_tasks(world) -> None:
    record = await ended(world, on(world, task(f"{CALLS}.waitForTaskToken"), {"Call": {"0": throws()}}))
    assert (record.status, record.error, record.cause) == ("FAILED", "Boom", "why")
    events = [event["type"] for event in world.engine.history(record.execution_arn).items]
    assert events[2:6] == ["TaskScheduled", "TaskStarted", "TaskSubmitted", "TaskFailed"]


async def test_an_invocation_without_a_response_fails_naming_it(world) -> None:
    record = await ended(world, on(world, task(), {"Call": {"1": {"Return": 1}}}))
    assert record.error == "States.Runtime"
    assert "The mock of the state 'Call' has no response for invocation 0" in record.cause


async def test_a_state_without_a_mock_is_really_called(world) -> None:
    await ended(world, on(world, task(), {"Other": {"0": {"Return": 1}}}))
    assert [run.state for run in world.work.runs] == ["Call"]


async def test_a_mocked_execution_goes_on_after_a_crash_where_it_was(world) -> None:
    definition = {
        "StartAt": "Call",
        "States": {
            "Call": {"Type": "Task", "Resource": CALLS, "Next": "Pause"},
            "Pause": {"Type": "Wait", "Seconds": 10, "Next": "Again"},
            "Again": {
                "Type": "Choice",
                "Choices": [{"Variable": "$", "StringEquals": "first", "Next": "Call"}],
                "Default": "Done",
            },
            "Done": {"Type": "Succeed"},
        },
    }
    request = on(world, definition, {"Call": {"0": {"Return": "first"}, "1": {"Return": "second"}}})
    await world.engine.start(request)
    await world.settle()
    await world.crash()
    for _ in range(2):
        await world.pass_time(10)
        await world.settle()
    assert world.engine.describe(request.execution_arn).output == '"second"'


async def test_mocks_of_an_execution_that_could_not_start_are_not_those_of_the_next_of_its_name(
    world, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(queue: Any) -> None:
        raise OSError("no space left")

    request = on(world, task(), {"Call": {"0": {"Return": "mocked"}}})
    with monkeypatch.context() as patch:
        patch.setattr(world.database, "_commit", refuse)
        with pytest.raises(StoreError, match="no space left"):
            await world.engine.start(request)
    record = await ended(world, dataclasses.replace(request, mocks=None))
    assert (record.status, len(world.work.runs)) == ("SUCCEEDED", 1)
