"""EXPRESS state machines over the API."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from stepfunctions.server.stepfunctions.sync_answer import billed_milliseconds

STATES = "arn:aws:states:eu-west-1:111122223333"
MACHINE = f"{STATES}:stateMachine:machine"


def machine_of(**state: Any) -> str:
    return json.dumps({"StartAt": "A", "States": {"A": {"End": True, **state}}})


WAIT = machine_of(Type="Wait", Seconds=3600)
CONTEXT = machine_of(Type="Pass", Parameters={"seen.$": "$$.Execution"})


async def settled() -> None:
    """Give the loop the turns that an execution without waiting needs."""
    for _ in range(10):
        await asyncio.sleep(0)


async def test_a_synchronous_execution_is_answered_when_it_has_ended(api: Any) -> None:
    await api.create(type="EXPRESS")
    answer = await api(
        "StartSyncExecution", stateMachineArn=MACHINE, name="run", input='{"x": 1}', traceHeader="Root=1-5e-0"
    )
    execution_arn = answer.pop("executionArn")
    assert execution_arn.startswith(f"{STATES}:express:machine:run:")
    assert answer.pop("startDate") <= answer.pop("stopDate")
    assert answer == {
        "stateMachineArn": MACHINE,
        "name": "run",
        "status": "SUCCEEDED",
        "input": '{"x": 1}',
        "inputDetails": {"included": True},
        "output": '{"a":1}',
        "outputDetails": {"included": True},
        "traceHeader": "Root=1-5e-0",
        "billingDetails": {"billedMemoryUsedInMB": 64, "billedDurationInMilliseconds": 100},
    }


async def test_a_synchronous_execution_is_answered_without_data_when_asked_so(api: Any) -> None:
    await api.create(type="EXPRESS")
    answer = await api("StartSyncExecution", stateMachineArn=MACHINE, includedData="METADATA_ONLY")
    assert (answer["inputDetails"], answer["outputDetails"]) == ({"included": False}, {"included": False})
    assert not {"input", "output"} & answer.keys()


async def test_a_synchronous_execution_that_fails_is_an_answer_too(api: Any) -> None:
    definition = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Fail", "Error": "Boom", "Cause": "why"}}})
    await api.create(definition, type="EXPRESS")
    answer = await api("StartSyncExecution", stateMachineArn=MACHINE)
    assert (answer["status"], answer["error"], answer["cause"]) == ("FAILED", "Boom", "why")
    assert not {"output", "outputDetails"} & answer.keys()


async def test_a_synchronous_execution_has_no_redrive_count_in_its_context(api: Any) -> None:
    await api.create(CONTEXT, type="EXPRESS")
    answer = await api("StartSyncExecution", stateMachineArn=MACHINE)
    seen = json.loads(answer["output"])["seen"]
    assert seen["Id"] == answer["executionArn"]
    assert sorted(seen) == ["Id", "Input", "Name", "RoleArn", "StartTime"]


async def test_an_express_execution_times_out_after_five_minutes(api: Any, clock: Any) -> None:
    await api.create(WAIT, type="EXPRESS")
    call = asyncio.create_task(api("StartSyncExecution", stateMachineArn=MACHINE))
    await settled()
    clock.now += 299_999
    api.engine.time_changed()
    await settled()
    assert not call.done()
    clock.now += 1
    api.engine.time_changed()
    answer = await call
    assert answer["status"] == "TIMED_OUT"
    assert answer["billingDetails"]["billedDurationInMilliseconds"] == 300_000


async def test_a_started_express_execution_cannot_be_looked_at(api: Any) -> None:
    await api.create(WAIT, type="EXPRESS")
    arn = (await api("StartExecution", stateMachineArn=MACHINE, name="run"))["executionArn"]
    assert arn.startswith(f"{STATES}:express:machine:run:")
    for operation in ("DescribeExecution", "StopExecution", "GetExecutionHistory", "DescribeStateMachineForExecution"):
        refused = await api.refusal(operation, executionArn=arn)
        assert (refused.code, refused.message) == (
            "InvalidArn",
            "Invalid Arn: 'Resource type not valid in this context: express'",
        )
    refused = await api.refusal("ListExecutions", stateMachineArn=MACHINE)
    assert refused.code == "StateMachineTypeNotSupported"


async def test_a_name_may_be_used_again(api: Any) -> None:
    await api.create(WAIT, type="EXPRESS")
    first = await api("StartExecution", stateMachineArn=MACHINE, name="run", input="1")
    second = await api("StartExecution", stateMachineArn=MACHINE, name="run", input="2")
    assert first["executionArn"] != second["executionArn"]


async def test_a_standard_machine_cannot_be_run_synchronously(api: Any) -> None:
    await api.create()
    refused = await api.refusal("StartSyncExecution", stateMachineArn=MACHINE)
    assert (refused.code, refused.message) == (
        "StateMachineTypeNotSupported",
        "This operation is not supported by this type of state machine",
    )


async def test_nothing_of_an_express_execution_is_kept_when_it_has_ended(api: Any) -> None:
    await api.create(type="EXPRESS")
    await api("StartSyncExecution", stateMachineArn=MACHINE)
    await api("StartExecution", stateMachineArn=MACHINE)
    await settled()
    database = api.engine._express._database
    for table in ("executions", "journal", "snapshots", "tasks"):
        assert database.read(f"SELECT count(*) FROM {table}") == [(0,)], table


async def test_whoever_waits_is_told_when_the_engine_closes(api: Any) -> None:
    await api.create(WAIT, type="EXPRESS")
    refusal = asyncio.create_task(api.refusal("StartSyncExecution", stateMachineArn=MACHINE))
    await settled()
    await api.engine.close()
    assert (await refusal).status == 500


@pytest.mark.parametrize(("duration", "billed"), [(0, 100), (1, 100), (100, 100), (101, 200)])
def test_durations_are_billed_in_steps(duration: int, billed: int) -> None:
    assert billed_milliseconds(duration) == billed
