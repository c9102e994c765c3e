"""Answers with a task token: what is taken, what is refused, and how the history shows it."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from tests.unit.server.stepfunctions.conftest import EXECUTION, MACHINE, REGION, Api

ACTIVITY = f"arn:aws:states:{REGION}:111122223333:activity:work"
CALLBACK = "arn:aws:states:::aws-sdk:sfn:createActivity.waitForTaskToken"

TASK = json.dumps(
    {
        "StartAt": "Work",
        "States": {
            "Work": {
                "Type": "Task",
                "Resource": ACTIVITY,
                "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Caught"}],
                "End": True,
            },
            "Caught": {"Type": "Pass", "End": True},
        },
    }
)


@pytest.fixture
async def token(api: Api) -> str:
    """The token of a task that a worker has."""
    await api("CreateActivity", name="work")
    await api.create(TASK)
    await api("StartExecution", stateMachineArn=MACHINE, name="run")
    task = await api("GetActivityTask", activityArn=ACTIVITY)
    return str(task["taskToken"])


async def output(api: Api) -> Any:
    return json.loads((await api("DescribeExecution", executionArn=EXECUTION))["output"])


@pytest.mark.parametrize("text", ['{"a": 1}', "[]", '"text"', "null", "17"])
async def test_any_json_is_an_output(api: Api, token: str, text: str) -> None:
    assert await api("SendTaskSuccess", taskToken=token, output=text) == {}
    assert await output(api) == json.loads(text)


@pytest.mark.parametrize("text", ["{", "nonsense", "", "{'a': 1}"])
async def test_an_output_that_is_not_json_is_refused_and_the_task_goes_on(api: Api, token: str, text: str) -> None:
    refused = await api.refusal("SendTaskSuccess", taskToken=token, output=text)
    assert refused.code == "InvalidOutput"
    await api("SendTaskSuccess", taskToken=token, output="{}")
    assert await output(api) == {}


async def test_an_output_that_is_too_large_is_refused(api: Api, token: str) -> None:
    refused = await api.refusal("SendTaskSuccess", taskToken=token, output=json.dumps("a" * 262_144))
    assert refused.code == "ValidationException"
    assert refused.message.endswith("Member must have length less than or equal to 262144")
    refused = await api.refusal(
        "SendTaskSuccess", taskToken=token, output=json.dumps("é" * 200_000, ensure_ascii=False)
    )
    assert refused.code == "InvalidOutput"


async def test_a_failure_tells_what_the_worker_told(api: Api, token: str) -> None:
    await api("SendTaskFailure", taskToken=token, error="Broken", cause="it broke")
    assert await output(api) == {"Error": "Broken", "Cause": "it broke"}


async def test_a_failure_without_words_has_none_in_the_history(api: Api, token: str) -> None:
    await api("SendTaskFailure", taskToken=token)
    assert await output(api) == {"Error": None, "Cause": None}
    events = (await api("GetExecutionHistory", executionArn=EXECUTION))["events"]
    failed = next(event for event in events if event["type"] == "ActivityFailed")
    assert failed["activityFailedEventDetails"] == {}


async def test_a_heartbeat_leaves_no_trace(api: Api, token: str) -> None:
    assert await api("SendTaskHeartbeat", taskToken=token) == {}
    events = (await api("GetExecutionHistory", executionArn=EXECUTION))["events"]
    assert [event["type"] for event in events[2:]] == ["ActivityScheduled", "ActivityStarted"]


@pytest.mark.parametrize(
    ("operation", "params"),
    [("SendTaskSuccess", {"output": "{}"}), ("SendTaskFailure", {}), ("SendTaskHeartbeat", {})],
)
async def test_only_a_token_of_a_task_that_runs_is_taken(
    api: Api, token: str, operation: str, params: dict[str, str]
) -> None:
    refused = await api.refusal(operation, taskToken="nonsense", **params)
    assert (refused.code, refused.message) == ("InvalidToken", "Invalid Token: 'Invalid token'")
    await api("SendTaskSuccess", taskToken=token, output="{}")
    refused = await api.refusal(operation, taskToken=token, **params)
    assert (refused.code, refused.message) == (
        "TaskTimedOut",
        "Task Timed Out: 'Provided task does not exist anymore'",
    )


async def test_an_integration_that_submits_waits_for_its_token(api: Api) -> None:
    task = {"Type": "Task", "Resource": CALLBACK, "Parameters": {"Name.$": "$.name"}, "End": True}
    await api.create(json.dumps({"StartAt": "A", "States": {"A": task}}))
    await api("StartExecution", stateMachineArn=MACHINE, name="run", input='{"name": "made"}')
    for _ in range(50):
        await asyncio.sleep(0)
    events = (await api("GetExecutionHistory", executionArn=EXECUTION))["events"]
    assert [event["type"] for event in events[2:]] == ["TaskScheduled", "TaskStarted", "TaskSubmitted"]
    submitted = json.loads(events[-1]["taskSubmittedEventDetails"]["output"])
    assert submitted["ActivityArn"].endswith(":activity:made")
