"""Step Functions called by its own tasks, ``aws-sdk:sfn``: names, times and errors as the SDK for Java has them."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest
from tests.unit.server.stepfunctions.conftest import EXECUTION, MACHINE, PASS, REGION, WAIT, Api

ACTIVITY = f"arn:aws:states:{REGION}:111122223333:activity:work"


async def run(api: Api, action: str, parameters: Any) -> Any:
    """Return the execution of one task, once it has ended."""
    task = {"Type": "Task", "Resource": f"arn:aws:states:::aws-sdk:sfn:{action}", "Parameters": parameters, "End": True}
    await api.create(json.dumps({"StartAt": "Call", "States": {"Call": task}}))
    await api("StartExecution", stateMachineArn=MACHINE, name="run")
    for _ in range(2_000):
        described = await api("DescribeExecution", executionArn=EXECUTION)
        if described["status"] != "RUNNING":
            return described
        await asyncio.sleep(0)
    raise AssertionError("it never ended")


async def test_an_answer_has_pascal_case_and_times_as_text(api: Api) -> None:
    described = await run(api, "createActivity", {"Name": "work"})
    output = json.loads(described["output"])
    assert output == {"ActivityArn": ACTIVITY, "CreationDate": "2026-09-21T14:13:20.000Z"}


async def test_lists_are_renamed_inside_and_maps_are_not(api: Api) -> None:
    await api.create(PASS, name="tagged", tags=[{"key": "a", "value": "b"}])
    output = json.loads((await run(api, "listTagsForResource", {"ResourceArn": MACHINE[:-7] + "tagged"}))["output"])
    assert output == {"Tags": [{"Key": "a", "Value": "b"}]}


async def test_a_poll_that_finds_nothing_has_no_token(opened: Any) -> None:
    api = await opened(None, poll_seconds=0)
    await api("CreateActivity", name="work")
    assert json.loads((await run(api, "getActivityTask", {"ActivityArn": ACTIVITY}))["output"]) == {}


@pytest.mark.parametrize(
    ("action", "parameters", "error", "cause"),
    [
        ("sendTaskHeartbeat", {"TaskToken": "x"}, "Sfn.InvalidTokenException", "Invalid Token: 'Invalid token'"),
        (
            "describeActivity",
            {"ActivityArn": ACTIVITY},
            "Sfn.ActivityDoesNotExistException",
            f"Activity Does Not Exist: '{ACTIVITY}'",
        ),
        (
            "describeExecution",
            {"ExecutionArn": f"{EXECUTION}2"},
            "Sfn.ExecutionDoesNotExistException",
            f"Execution Does Not Exist: '{EXECUTION}2'",
        ),
        ("publishStateMachineVersion", {"StateMachineArn": MACHINE, "RevisionId": "x"}, "Sfn.ConflictException", None),
    ],
)
async def test_an_error_is_named_and_worded_as_the_sdk_does(
    api: Api, action: str, parameters: Any, error: str, cause: str | None
) -> None:
    described = await run(api, action, parameters)
    assert described["error"] == error
    text, _, rest = described["cause"].partition(" (Service: Sfn, ")
    assert cause is None or text == cause
    assert re.fullmatch(r"Status Code: 4\d\d, Request ID: [0-9a-f-]{36}\) \(SDK Attempt Count: 1\)", rest)


async def test_parameters_are_checked_by_the_names_they_have_in_a_definition(api: Api) -> None:
    described = await run(api, "sendTaskSuccess", {"TaskToken": 1, "Output": {"a": 1}, "Extra": 1})
    assert described["error"] == "States.Runtime"
    assert "The value of the field 'TaskToken' has an invalid format" in described["cause"]
    assert 'The field "Extra" is not supported by Step Functions' in described["cause"]


async def test_text_may_be_given_as_the_value_that_it_is_json_of(api: Api) -> None:
    started = {"StateMachineArn": MACHINE, "Name": "inner", "Input": {"stop": [True]}}
    await run(api, "startExecution", started)
    inner = await api("DescribeExecution", executionArn=f"{EXECUTION[:-3]}inner")
    assert inner["input"] == '{"stop":[true]}'


async def test_what_aws_does_not_integrate_fails_naming_itself(api: Api) -> None:
    described = await run(api, "inventMachine", {})
    assert described["error"] == "States.Runtime"
    assert "arn:aws:states:::aws-sdk:sfn:inventMachine" in described["cause"]


async def test_a_task_that_waits_for_an_express_execution_survives_a_stop(opened: Any, tmp_path: Path) -> None:
    api = await opened(tmp_path)
    await api.create(WAIT, name="express", type="EXPRESS")
    parameters = {"StateMachineArn": MACHINE[:-7] + "express"}
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:sfn:startSyncExecution",
        "Parameters": parameters,
        "End": True,
    }
    await api.create(json.dumps({"StartAt": "Call", "States": {"Call": task}}))
    await api("StartExecution", stateMachineArn=MACHINE, name="run")
    for _ in range(50):
        await asyncio.sleep(0)
    await api.engine.close()
    api = await opened(tmp_path)
    assert (await api("DescribeExecution", executionArn=EXECUTION))["status"] == "RUNNING"
