"""Logging configurations: what is refused, and what executions write to CloudWatch Logs."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

STATES = "arn:aws:states:eu-west-1:111122223333"
MACHINE = f"{STATES}:stateMachine:machine"
GROUP = "/aws/vendedlogs/states/machine"
GROUP_ARN = f"arn:aws:logs:eu-west-1:111122223333:log-group:{GROUP}:*"
FAIL = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Fail", "Error": "E"}}})


def to(arn: str = GROUP_ARN, level: str = "ALL", includes_data: bool = True) -> dict[str, Any]:
    return {
        "level": level,
        "includeExecutionData": includes_data,
        "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": arn}}],
    }


async def logged(api: Any) -> list[Any]:
    """Return what is in the log group."""
    for _ in range(10):
        await asyncio.sleep(0)
    return [json.loads(event.message) for event in api.logs.across(GROUP)]


@pytest.mark.parametrize("kind", ["STANDARD", "EXPRESS"])
async def test_an_execution_logs_its_history(api: Any, clock: Any, kind: str) -> None:
    api.logs.create_group(GROUP)
    await api.create(FAIL, type=kind, loggingConfiguration=to())
    arn = (await api("StartExecution", stateMachineArn=MACHINE, input='{"x":1}'))["executionArn"]
    events = await logged(api)
    assert [event["type"] for event in events] == [
        "ExecutionStarted", "PassStateEntered", "PassStateExited", "FailStateEntered", "ExecutionFailed"
    ]  # fmt: skip
    assert events[1] == {
        "id": "2",
        "type": "PassStateEntered",
        "details": {"input": '{"x":1}', "inputDetails": {"truncated": "false"}, "name": "A"},
        "previous_event_id": "0",
        "event_timestamp": str(clock.now),
        "execution_arn": arn,
        "redrive_count": "0",
    }


@pytest.mark.parametrize(
    ("level", "types"),
    [("ERROR", ["FailStateEntered", "ExecutionFailed"]), ("FATAL", ["ExecutionFailed"]), ("OFF", [])],
)
async def test_a_level_chooses_what_is_logged(api: Any, level: str, types: list[str]) -> None:
    api.logs.create_group(GROUP)
    await api.create(FAIL, loggingConfiguration=to(level=level))
    await api("StartExecution", stateMachineArn=MACHINE)
    assert [event["type"] for event in await logged(api)] == types


async def test_execution_data_is_left_out_unless_asked_for(api: Any) -> None:
    api.logs.create_group(GROUP)
    await api.create(FAIL, loggingConfiguration=to(includes_data=False))
    await api("StartExecution", stateMachineArn=MACHINE)
    details = [event["details"] for event in await logged(api)]
    role = "arn:aws:iam::111122223333:role/machine"
    assert details == [{"roleArn": role}, {"name": "A"}, {"name": "A"}, {"name": "B"}, {"error": "E"}]


async def test_a_long_payload_is_cut_and_says_so(api: Any) -> None:
    api.logs.create_group(GROUP)
    await api.create(FAIL, loggingConfiguration=to())
    await api("StartExecution", stateMachineArn=MACHINE, input=json.dumps("x" * 255_000))
    first = (await logged(api))[0]["details"]
    assert first["inputDetails"] == {"truncated": "true"}
    assert len(json.dumps(first["input"])) <= 248 * 1024


async def test_an_execution_taken_up_again_still_logs(opened: Any, tmp_path: Any) -> None:
    wait = {"StartAt": "A", "States": {"A": {"Type": "Wait", "Seconds": 60, "End": True}}}
    first = await opened(tmp_path)
    first.logs.create_group(GROUP)
    await first.create(json.dumps(wait), loggingConfiguration=to(level="FATAL"))
    arn = (await first("StartExecution", stateMachineArn=MACHINE))["executionArn"]
    await first.service.close()
    await first.engine.close()
    second = await opened(tmp_path)
    await second("StopExecution", executionArn=arn)
    assert [event["type"] for event in await logged(second)] == ["ExecutionAborted"]


async def test_a_bug_in_writing_the_log_is_not_the_execution_s_fault(
    api: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    api.logs.create_group(GROUP)
    await api.create(FAIL, loggingConfiguration=to())
    monkeypatch.setattr("stepfunctions.engine.execution_log.line", lambda *_: 1 / 0)
    arn = (await api("StartExecution", stateMachineArn=MACHINE))["executionArn"]
    assert (await api("DescribeExecution", executionArn=arn))["error"] == "E"
    assert f"5 log events of {arn} were not written" in caplog.text


async def test_a_log_group_that_was_deleted_takes_nothing_and_hurts_nobody(api: Any) -> None:
    api.logs.create_group(GROUP)
    await api.create(loggingConfiguration=to())
    api.logs.delete_group(GROUP)
    arn = (await api("StartExecution", stateMachineArn=MACHINE))["executionArn"]
    assert (await api("DescribeExecution", executionArn=arn))["status"] == "SUCCEEDED"
    assert api.logs.groups() == []


@pytest.mark.parametrize(
    ("configuration", "message"),
    [
        ({"level": "ALL"}, "Must specify exactly one Log Destination."),
        ({"level": "ALL", "destinations": []}, "Must specify exactly one Log Destination."),
        (to(), "Log Destination not found."),
        (to("arn:aws:logs:eu-west-1:111122223333:other:x:*"), "Log Destination not found."),
        (to(GROUP_ARN.removesuffix(":*")), "Log Group ARN must be provided with '*' qualifier."),
    ],
)
async def test_a_configuration_that_cannot_be_is_refused(api: Any, configuration: Any, message: str) -> None:
    refused = await api.refusal(
        "CreateStateMachine", name="machine", definition=FAIL, roleArn="arn:aws:iam::111122223333:role/machine",
        loggingConfiguration=configuration,
    )  # fmt: skip
    assert (refused.code, refused.message) == (
        "InvalidLoggingConfiguration",
        f"Invalid Logging Configuration: {message}",
    )


async def test_an_update_is_checked_too(api: Any) -> None:
    await api.create()
    refused = await api.refusal("UpdateStateMachine", stateMachineArn=MACHINE, loggingConfiguration=to())
    assert refused.message == "Invalid Logging Configuration: Log Destination not found."
