"""Executions started by tasks, ``states:startExecution``: what the task is answered, and what becomes of the child."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from tests.unit.server.stepfunctions.conftest import EXECUTION, MACHINE, PASS, REGION, WAIT, Api, Clock

CHILD = f"arn:aws:states:{REGION}:111122223333:stateMachine:child"
CHILD_RUN = f"arn:aws:states:{REGION}:111122223333:execution:child:run"
ECHO = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}})
FAIL = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Fail", "Error": "Bad", "Cause": "it was"}}})
ARGUMENTS = {"StateMachineArn": CHILD, "Name": "run"}


def parent(pattern: str = "", arguments: Any = ARGUMENTS, **fields: Any) -> str:
    """Return a definition whose task starts a child."""
    task = {
        "Type": "Task",
        "Resource": f"arn:aws:states:::states:startExecution{pattern}",
        "Parameters": arguments,
        "End": True,
        **fields,
    }
    caught = {"Caught": {"Type": "Succeed"}} if "Catch" in fields else {}
    return json.dumps({"StartAt": "Start", "States": {"Start": task, **caught}})


async def begin(api: Api, definition: str, child: str = ECHO, **params: Any) -> None:
    """Create both machines and start the parent."""
    await api.create(child, name="child", **params)
    await api.create(definition)
    await api("StartExecution", stateMachineArn=MACHINE, name="run")


async def ended(api: Api, arn: str = EXECUTION) -> Any:
    for _ in range(2_000):
        described = await api("DescribeExecution", executionArn=arn)
        if described["status"] != "RUNNING":
            return described
        await asyncio.sleep(0)
    raise AssertionError("it never ended")


async def types(api: Api, arn: str = EXECUTION) -> list[str]:
    return [event["type"] for event in (await api("GetExecutionHistory", executionArn=arn))["events"]]


async def until(api: Api, kind: str, arn: str = EXECUTION) -> None:
    for _ in range(2_000):
        if kind in await types(api, arn):
            return
        await asyncio.sleep(0)
    raise AssertionError(f"there was no {kind}")


async def test_a_task_that_does_not_wait_is_answered_with_the_start(api: Api, clock: Clock) -> None:
    await begin(api, parent(), WAIT)
    output = json.loads((await ended(api))["output"])
    assert (output["ExecutionArn"], output["StartDate"]) == (CHILD_RUN, clock.now)
    assert output["SdkHttpMetadata"]["HttpStatusCode"] == 200
    assert output["SdkHttpMetadata"]["HttpHeaders"]["Content-Type"] == "application/x-amz-json-1.0"
    assert output["SdkResponseMetadata"]["RequestId"]
    assert (await api("DescribeExecution", executionArn=CHILD_RUN))["status"] == "RUNNING"


@pytest.mark.parametrize(
    ("pattern", "given", "returned"), [(".sync", '{"a":1}', '{"a":1}'), (".sync:2", {"a": 1}, {"a": 1})]
)
async def test_a_task_that_waits_is_answered_with_the_end(
    api: Api, clock: Clock, pattern: str, given: Any, returned: Any
) -> None:
    await begin(api, parent(pattern, {**ARGUMENTS, "Input": {"a": 1}}))
    assert json.loads((await ended(api))["output"]) == {
        "ExecutionArn": CHILD_RUN,
        "Input": given,
        "InputDetails": {"Included": True},
        "Name": "run",
        "Output": returned,
        "OutputDetails": {"Included": True},
        "RedriveCount": 0,
        "RedriveStatus": "NOT_REDRIVABLE",
        "RedriveStatusReason": "Execution is SUCCEEDED and cannot be redriven",
        "StartDate": clock.now,
        "StateMachineArn": CHILD,
        "Status": "SUCCEEDED",
        "StopDate": clock.now,
    }
    assert (await types(api))[2:6] == ["TaskScheduled", "TaskStarted", "TaskSubmitted", "TaskSucceeded"]


@pytest.mark.parametrize(
    ("value", "text"),
    [({"b": [1]}, '{"b":[1]}'), ('{"c": 2}', '{"c": 2}'), (None, "{}"), ("[1]", "[1]")],
)
async def test_an_input_is_any_value_or_json_text(api: Api, value: Any, text: str) -> None:
    await begin(api, parent(".sync", {**ARGUMENTS, "Input": value}))
    assert (await ended(api))["status"] == "SUCCEEDED"
    assert (await api("DescribeExecution", executionArn=CHILD_RUN))["input"] == text


async def test_a_null_is_an_output(api: Api) -> None:
    null = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "Result": None, "End": True}}})
    await begin(api, parent(".sync:2"), null)
    assert json.loads((await ended(api))["output"])["Output"] is None


async def test_the_child_is_told_what_it_is_given(api: Api) -> None:
    by = {"AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID.$": "$$.Execution.Id"}
    await begin(api, parent("", {"StateMachineArn": CHILD, "Input": by, "TraceHeader": "Root=1"}))
    child = json.loads((await ended(api))["output"])["ExecutionArn"]
    described = await api("DescribeExecution", executionArn=child)
    assert json.loads(described["input"]) == {"AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID": EXECUTION}
    assert described["traceHeader"] == "Root=1"


async def test_a_child_that_fails_fails_the_task_with_its_description(api: Api) -> None:
    await begin(api, parent(".sync:2"), FAIL)
    described = await ended(api)
    assert described["error"] == "States.TaskFailed"
    cause = json.loads(described["cause"])
    assert (cause["Status"], cause["Error"], cause["Cause"]) == ("FAILED", "Bad", "it was")
    assert (cause["Input"], cause["RedriveStatus"]) == ({}, "REDRIVABLE")
    assert "Output" not in cause


async def test_a_child_that_is_stopped_fails_the_task(api: Api) -> None:
    await begin(api, parent(".sync"), WAIT)
    await until(api, "TaskSubmitted")
    await api("StopExecution", executionArn=CHILD_RUN, error="Enough")
    cause = json.loads((await ended(api))["cause"])
    assert (cause["Status"], cause["Error"], cause["Input"]) == ("ABORTED", "Enough", "{}")


async def test_a_child_that_is_deleted_fails_the_task(api: Api) -> None:
    await begin(api, parent(".sync"), WAIT)
    await until(api, "TaskSubmitted")
    await api("DeleteStateMachine", stateMachineArn=CHILD)
    assert json.loads((await ended(api))["cause"])["Status"] == "ABORTED"


async def test_a_machine_that_does_not_exist_is_a_failure_that_can_be_caught(api: Api) -> None:
    missing = {"StateMachineArn": f"{MACHINE}2"}
    error = "StepFunctions.StateMachineDoesNotExistException"
    await begin(api, parent(".sync", missing, Catch=[{"ErrorEquals": [error], "Next": "Caught"}]))
    output = json.loads((await ended(api))["output"])
    assert output["Error"] == error
    assert output["Cause"].startswith(
        f"State Machine Does Not Exist: '{MACHINE}2' (Service: AWSStepFunctions; Status Code: 400; "
        "Error Code: StateMachineDoesNotExist; Request ID: "
    )
    assert "TaskSubmitFailed" in await types(api)


async def test_a_name_that_is_taken_fails_the_task(api: Api) -> None:
    await api.create(PASS, name="child")
    await api("StartExecution", stateMachineArn=CHILD, name="run")
    await api.create(parent(".sync"))
    await api("StartExecution", stateMachineArn=MACHINE, name="run")
    assert (await ended(api))["error"] == "StepFunctions.ExecutionAlreadyExistsException"


async def test_a_parameter_that_step_functions_does_not_send_fails_the_task(api: Api) -> None:
    await begin(api, parent("", {**ARGUMENTS, "Extra": 1}))
    described = await ended(api)
    assert described["error"] == "States.Runtime"
    assert 'The field "Extra" is not supported by Step Functions' in described["cause"]


async def test_a_child_is_stopped_with_the_task_that_waits_for_it(api: Api) -> None:
    await begin(api, parent(".sync"), WAIT)
    await until(api, "TaskSubmitted")
    await api("StopExecution", executionArn=EXECUTION)
    assert (await ended(api, CHILD_RUN))["status"] == "ABORTED"


async def test_a_task_that_takes_too_long_stops_its_child(api: Api, clock: Clock) -> None:
    await begin(api, parent(".sync", TimeoutSeconds=5), WAIT)
    await until(api, "TaskSubmitted")
    clock.now += 5_000
    api.engine.time_changed()
    assert (await ended(api))["error"] == "States.Timeout"
    assert (await ended(api, CHILD_RUN))["status"] == "ABORTED"


async def test_a_child_that_was_only_started_goes_on_without_its_parent(api: Api) -> None:
    await begin(api, parent(".waitForTaskToken", {**ARGUMENTS, "Input": {"Token.$": "$$.Task.Token"}}), WAIT)
    await until(api, "TaskSubmitted")
    await api("StopExecution", executionArn=EXECUTION)
    assert (await api("DescribeExecution", executionArn=CHILD_RUN))["status"] == "RUNNING"


async def test_a_child_may_answer_by_token(api: Api) -> None:
    answer = {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:sfn:sendTaskSuccess",
        "Parameters": {"TaskToken.$": "$.Token", "Output": {"Said": "hello"}},
        "End": True,
    }
    child = json.dumps({"StartAt": "Answer", "States": {"Answer": answer}})
    await begin(api, parent(".waitForTaskToken", {**ARGUMENTS, "Input": {"Token.$": "$$.Task.Token"}}), child)
    assert json.loads((await ended(api))["output"]) == {"Said": "hello"}


async def test_an_express_child_is_started(api: Api) -> None:
    await begin(api, parent(), PASS, type="EXPRESS")
    output = json.loads((await ended(api))["output"])
    assert output["ExecutionArn"].startswith(f"arn:aws:states:{REGION}:111122223333:express:child:run:")


async def test_an_express_child_is_waited_for(api: Api, clock: Clock) -> None:
    await begin(api, parent(".sync:2", {**ARGUMENTS, "Input": {"a": 1}}), ECHO, type="EXPRESS")
    output = json.loads((await ended(api))["output"])
    arn = output.pop("ExecutionArn")
    assert arn.startswith(f"arn:aws:states:{REGION}:111122223333:express:child:run:")
    assert output == {
        "Input": {"a": 1},
        "InputDetails": {"Included": True},
        "Name": "run",
        "Output": {"a": 1},
        "OutputDetails": {"Included": True},
        "StartDate": clock.now,
        "StateMachineArn": CHILD,
        "Status": "SUCCEEDED",
        "StopDate": clock.now,
    }
    assert api.engine._expected == {}
    again = (await api("StartExecution", stateMachineArn=MACHINE, name="again"))["executionArn"]
    assert (await ended(api, again))["status"] == "SUCCEEDED"


async def test_an_express_child_that_fails_fails_the_task(api: Api) -> None:
    await begin(api, parent(".sync"), FAIL, type="EXPRESS")
    described = await ended(api)
    assert described["error"] == "States.TaskFailed"
    assert json.loads(described["cause"])["Error"] == "Bad"


async def test_an_express_child_that_was_lost_is_started_again(opened: Any, tmp_path: Path, clock: Clock) -> None:
    api = await opened(tmp_path)
    await begin(api, parent(".sync"), WAIT, type="EXPRESS")
    await until(api, "TaskSubmitted")
    await api.engine.close()
    api = await opened(tmp_path)
    for _ in range(100):
        await asyncio.sleep(0)
    assert (await api("DescribeExecution", executionArn=EXECUTION))["status"] == "RUNNING"
    clock.now += 300_000
    api.engine.time_changed()
    assert json.loads((await ended(api))["cause"])["Status"] == "TIMED_OUT"
    assert (await types(api)).count("TaskSubmitted") == 1


async def test_a_child_is_waited_for_across_a_restart(opened: Any, tmp_path: Path, clock: Clock) -> None:
    api = await opened(tmp_path)
    await begin(api, parent(".sync"), WAIT)
    await until(api, "TaskSubmitted")
    await api.engine.close()
    api = await opened(tmp_path)
    assert (await api("DescribeExecution", executionArn=EXECUTION))["status"] == "RUNNING"
    clock.now += 3_600_000
    api.engine.time_changed()
    assert json.loads((await ended(api))["output"])["Status"] == "SUCCEEDED"
    assert len((await api("ListExecutions", stateMachineArn=CHILD))["executions"]) == 1


async def test_every_iteration_has_a_child_of_its_own(api: Api) -> None:
    task = json.loads(parent(".sync:2", {"StateMachineArn": CHILD, "Input": {"n.$": "$"}}, OutputPath="$.Output.n"))
    items = {"Type": "Map", "ItemProcessor": task, "End": True}
    await api.create(ECHO, name="child")
    await api.create(json.dumps({"StartAt": "Each", "States": {"Each": items}}))
    await api("StartExecution", stateMachineArn=MACHINE, name="run", input="[1,2,3]")
    assert (await ended(api))["output"] == "[1,2,3]"
