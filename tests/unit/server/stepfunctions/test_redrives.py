"""RedriveExecution over the wire."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.unit.server.stepfunctions.conftest import EXECUTION, MACHINE, PASS, WAIT, Api, Clock

FAIL = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Fail", "Error": "Bad", "Cause": "it was"}}})


async def start(api: Api, definition: str = FAIL) -> None:
    await api.create(definition)
    await api("StartExecution", stateMachineArn=MACHINE, name="run")


async def test_a_redrive_is_told_by_description_listing_and_history(api: Api, clock: Clock) -> None:
    await start(api, WAIT)
    await api("StopExecution", executionArn=EXECUTION)
    clock.now += 60_000
    redriven = {"redriveDate": clock.now / 1000}
    assert await api("RedriveExecution", executionArn=EXECUTION) == redriven
    described = await api("DescribeExecution", executionArn=EXECUTION)
    assert described["status"] == "RUNNING"
    assert (described["redriveCount"], described["redriveDate"]) == (1, redriven["redriveDate"])
    assert described["redriveStatusReason"] == "Execution is RUNNING and cannot be redriven"
    assert "stopDate" not in described
    (listed,) = (await api("ListExecutions", stateMachineArn=MACHINE))["executions"]
    assert (listed["redriveCount"], listed["redriveDate"]) == (1, redriven["redriveDate"])
    (event,) = (await api("GetExecutionHistory", executionArn=EXECUTION, reverseOrder=True, maxResults=1))["events"]
    assert event["type"] == "ExecutionRedriven"
    assert event["executionRedrivenEventDetails"] == {"redriveCount": 1}


async def test_a_fail_state_fails_again(api: Api) -> None:
    await start(api)
    await api("RedriveExecution", executionArn=EXECUTION)
    described = await api("DescribeExecution", executionArn=EXECUTION)
    assert (described["status"], described["error"], described["redriveCount"]) == ("FAILED", "Bad", 1)
    assert described["redriveStatus"] == "REDRIVABLE"


async def test_the_same_client_token_redrives_once(api: Api, clock: Clock) -> None:
    await start(api)
    first = await api("RedriveExecution", executionArn=EXECUTION, clientToken="token")
    clock.now += 1_000
    assert await api("RedriveExecution", executionArn=EXECUTION, clientToken="token") == first
    assert (await api("DescribeExecution", executionArn=EXECUTION))["redriveCount"] == 1


@pytest.mark.parametrize(("definition", "status"), [(PASS, "SUCCEEDED"), (WAIT, "RUNNING")])
async def test_what_runs_or_has_succeeded_is_not_redriven(api: Api, definition: str, status: str) -> None:
    await start(api, definition)
    refused = await api.refusal("RedriveExecution", executionArn=EXECUTION)
    assert (refused.code, refused.message) == (
        "ExecutionNotRedrivable",
        f"Execution is {status} and cannot be redriven",
    )


async def test_an_execution_whose_machine_goes_is_not_redriven(api: Api) -> None:
    await start(api)
    api.service.registry.mark_deleting(MACHINE)
    described = await api("DescribeExecution", executionArn=EXECUTION)
    assert (described["redriveStatus"], described["redriveStatusReason"]) == (
        "NOT_REDRIVABLE",
        "State machine is in DELETING status",
    )
    assert (await api.refusal("RedriveExecution", executionArn=EXECUTION)).code == "ExecutionNotRedrivable"


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"executionArn": EXECUTION}, "ExecutionDoesNotExist"),
        ({"executionArn": EXECUTION.replace("execution", "express") + ":uuid"}, "InvalidArn"),
        ({"executionArn": MACHINE}, "InvalidArn"),
        ({"executionArn": EXECUTION, "clientToken": "ä"}, "ValidationException"),
        ({"executionArn": EXECUTION, "clientToken": ""}, "ValidationException"),
    ],
)
async def test_a_redrive_of_nothing_is_refused(api: Api, params: dict[str, Any], code: str) -> None:
    assert (await api.refusal("RedriveExecution", **params)).code == code


async def test_a_redriven_execution_keeps_the_definition_it_started_with(api: Api) -> None:
    await start(api)
    await api("UpdateStateMachine", stateMachineArn=MACHINE, definition=PASS)
    await api("RedriveExecution", executionArn=EXECUTION)
    assert (await api("DescribeExecution", executionArn=EXECUTION))["status"] == "FAILED"


async def test_a_log_tells_how_often_the_execution_was_redriven(api: Api) -> None:
    api.logs.create_group("group")
    group = {"logGroupArn": "arn:aws:logs:eu-west-1:111122223333:log-group:group:*"}
    logging = {"level": "ALL", "includeExecutionData": True, "destinations": [{"cloudWatchLogsLogGroup": group}]}
    await api.create(FAIL, loggingConfiguration=logging)
    await api("StartExecution", stateMachineArn=MACHINE, name="run")
    await api("RedriveExecution", executionArn=EXECUTION)
    lines = [json.loads(event.message) for event in api.logs.across("group")]
    assert [line["redrive_count"] for line in lines if line["type"] == "ExecutionFailed"] == ["0", "1"]
