"""Map Runs over the API: what is shown of them and of their children, and how their limits move."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.unit.server.stepfunctions.conftest import EXECUTION, MACHINE, ROLE, Api, Clock, Refused

TASK = "arn:aws:states:::sqs:sendMessage.waitForTaskToken"


def distributed(states: Any, **fields: Any) -> str:
    """Return the text of a machine of one Distributed Map, ``M``, over its whole input."""
    execution_type = fields.pop("ExecutionType", "STANDARD")
    processor = {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": execution_type},
        "StartAt": next(iter(states)),
        "States": states,
    }
    return json.dumps(
        {
            "StartAt": "M",
            "States": {"M": {"Type": "Map", "Label": "L", "ItemProcessor": processor, "End": True, **fields}},
        }
    )


PASS = {"P": {"Type": "Pass", "End": True}}
WAIT = {"W": {"Type": "Wait", "Seconds": 3600, "End": True}}
PICKY = {
    "C": {
        "Type": "Choice",
        "Choices": [{"Variable": "$", "NumericGreaterThan": 1, "Next": "F"}],
        "Default": "P",
    },
    "F": {"Type": "Fail", "Error": "TooMuch"},
    **PASS,
}


async def start(api: Api, definition: str, data: Any) -> str:
    """Start a machine with *definition* on *data*; return the ARN of its Map Run."""
    await api("CreateStateMachine", name="machine", definition=definition, roleArn=ROLE)
    await api("StartExecution", stateMachineArn=MACHINE, name="run", input=json.dumps(data))
    return await map_run(api)


async def map_run(api: Api) -> str:
    arn: str = (await api("ListMapRuns", executionArn=EXECUTION))["mapRuns"][0]["mapRunArn"]
    return arn


async def settled(api: Api) -> Any:
    """Return the execution once it has ended."""
    return await until(api, "DescribeExecution", lambda answer: answer["status"] != "RUNNING", executionArn=EXECUTION)


async def until(api: Api, operation: str, holds: Callable[[Any], bool], **params: Any) -> Any:
    """Return the first answer that *holds*, as soon as there is one; no time passes."""
    for _ in range(200):
        answer = await api(operation, **params)
        if holds(answer):
            return answer
        await asyncio.sleep(0)
    raise AssertionError(f"{operation} still answers {answer}")


async def gone(api: Api, operation: str, **params: Any) -> None:
    """Return when *operation* finds nothing any more."""
    for _ in range(200):
        try:
            await api(operation, **params)
        except Refused:
            return
        await asyncio.sleep(0)
    raise AssertionError(f"{operation} still answers")


async def test_a_map_run_is_shown_with_the_counts_of_its_items_and_children(api: Api) -> None:
    arn = await start(api, distributed(PASS, ItemBatcher={"MaxItemsPerBatch": 2}, MaxConcurrency=3), [0, 1, 2])
    await settled(api)
    described = await api("DescribeMapRun", mapRunArn=arn)
    none = dict.fromkeys(
        ("pending", "running", "failed", "timedOut", "aborted", "failuresNotRedrivable", "pendingRedrive"), 0
    )
    assert arn.startswith(f"{MACHINE.replace('stateMachine', 'mapRun')}/L:")
    assert {key: value for key, value in described.items() if not key.endswith("Date")} == {
        "mapRunArn": arn,
        "executionArn": EXECUTION,
        "status": "SUCCEEDED",
        "maxConcurrency": 3,
        "toleratedFailureCount": 0,
        "toleratedFailurePercentage": 0.0,
        "itemCounts": {**none, "succeeded": 3, "total": 3, "resultsWritten": 3},
        "executionCounts": {**none, "succeeded": 2, "total": 2, "resultsWritten": 2},
        "redriveCount": 0,
    }
    assert described["startDate"] <= described["stopDate"]


async def test_map_runs_are_listed_by_their_execution(api: Api) -> None:
    arn = await start(api, distributed(PASS), [0])
    (listed,) = (await api("ListMapRuns", executionArn=EXECUTION))["mapRuns"]
    assert listed["mapRunArn"] == arn
    assert listed["executionArn"] == EXECUTION
    assert listed["stateMachineArn"] == f"{MACHINE}/L"


async def test_children_are_listed_by_their_map_run_page_by_page(api: Api) -> None:
    arn = await start(api, distributed(PASS), [0, 1, 2])
    await settled(api)
    first = await api("ListExecutions", mapRunArn=arn, maxResults=2)
    second = await api("ListExecutions", mapRunArn=arn, maxResults=2, nextToken=first["nextToken"])
    children = first["executions"] + second["executions"]
    assert "nextToken" not in second
    assert len({child["executionArn"] for child in children}) == 3
    assert {child["itemCount"] for child in children} == {1}
    assert {child["mapRunArn"] for child in children} == {arn}
    assert {child["stateMachineArn"] for child in children} == {f"{MACHINE}/L"}
    assert (await api("ListExecutions", stateMachineArn=MACHINE))["executions"][0]["executionArn"] == EXECUTION


@pytest.mark.parametrize("execution_type", ["STANDARD", "EXPRESS"])
async def test_a_child_is_an_execution_that_can_be_looked_at(api: Api, execution_type: str) -> None:
    arn = await start(api, distributed(PASS, ExecutionType=execution_type), [{"a": 1}])
    await settled(api)
    (child,) = (await api("ListExecutions", mapRunArn=arn))["executions"]
    described = await api("DescribeExecution", executionArn=child["executionArn"])
    assert described["mapRunArn"] == arn
    assert described["input"] == described["output"] == '{"a":1}'
    events = (await api("GetExecutionHistory", executionArn=child["executionArn"]))["events"]
    assert [event["type"] for event in events] == [
        "ExecutionStarted", "PassStateEntered", "PassStateExited", "ExecutionSucceeded",
    ]  # fmt: skip
    machine = await api("DescribeStateMachineForExecution", executionArn=child["executionArn"])
    assert machine["stateMachineArn"] == f"{MACHINE}/L"
    assert json.loads(machine["definition"])["States"] == PASS
    assert (machine["mapRunArn"], machine["label"]) == (arn, "L")


async def test_of_the_variables_that_a_machine_reads_a_child_shows_those_of_its_own_states(api: Api) -> None:
    states = {
        "A": {"Type": "Pass", "Assign": {"v": 1}, "Next": "B"},
        "B": {"Type": "Pass", "Parameters": {"v.$": "$v"}, "End": True},
    }
    machine = json.loads(distributed(states))
    machine |= {"StartAt": "Before"}
    machine["States"] |= {"Before": {"Type": "Pass", "Assign": {"all.$": "$"}, "Next": "M"}}
    machine["States"]["M"] |= {"ItemsPath": "$all"}
    arn = await start(api, json.dumps(machine), [0])
    await settled(api)
    (child,) = (await api("ListExecutions", mapRunArn=arn))["executions"]
    run = await api("DescribeStateMachineForExecution", executionArn=EXECUTION)
    assert run["variableReferences"] == {"M": ["all"], "B": ["v"]}
    assert "label" not in run
    ran = await api("DescribeStateMachineForExecution", executionArn=child["executionArn"])
    assert ran["variableReferences"] == {"B": ["v"]}


async def test_a_child_that_reads_no_variables_shows_none_of_its_machine(api: Api) -> None:
    machine = json.loads(distributed(PASS))
    machine |= {"StartAt": "Before"}
    machine["States"] |= {"Before": {"Type": "Pass", "Assign": {"all.$": "$"}, "Next": "M"}}
    machine["States"]["M"] |= {"ItemsPath": "$all"}
    arn = await start(api, json.dumps(machine), [0])
    await settled(api)
    (child,) = (await api("ListExecutions", mapRunArn=arn))["executions"]
    ran = await api("DescribeStateMachineForExecution", executionArn=child["executionArn"])
    assert "variableReferences" not in ran


async def test_children_are_found_by_their_status(api: Api) -> None:
    arn = await start(api, distributed(PICKY, ToleratedFailureCount=1), [0, 1, 2])
    await settled(api)
    failed = (await api("ListExecutions", mapRunArn=arn, statusFilter="FAILED"))["executions"]
    assert [child["status"] for child in failed] == ["FAILED"]
    assert len((await api("ListExecutions", mapRunArn=arn, statusFilter="SUCCEEDED"))["executions"]) == 2
    child = await api("DescribeExecution", executionArn=failed[0]["executionArn"])
    assert (child["error"], child["redriveStatus"]) == ("TooMuch", "REDRIVABLE_BY_MAP_RUN")
    with pytest.raises(Refused) as refused:
        await api("RedriveExecution", executionArn=failed[0]["executionArn"])
    assert refused.value.code == "ExecutionNotRedrivable"


async def test_a_child_that_is_stopped_counts_as_aborted(api: Api) -> None:
    arn = await start(api, distributed(WAIT), [0])
    (child,) = (await api("ListExecutions", mapRunArn=arn))["executions"]
    await api("StopExecution", executionArn=child["executionArn"])
    await settled(api)
    assert (await api("DescribeMapRun", mapRunArn=arn))["itemCounts"]["aborted"] == 1


async def test_the_limits_of_a_map_run_move_while_it_goes_on(api: Api) -> None:
    arn = await start(api, distributed(WAIT, MaxConcurrency=1), [0, 1, 2])
    assert len((await api("ListExecutions", mapRunArn=arn))["executions"]) == 1
    assert (await api("DescribeMapRun", mapRunArn=arn))["itemCounts"]["pending"] == 2
    await api("UpdateMapRun", mapRunArn=arn, maxConcurrency=2, toleratedFailurePercentage=50.0)
    await until(api, "ListExecutions", lambda answer: len(answer["executions"]) == 2, mapRunArn=arn)
    described = await api("DescribeMapRun", mapRunArn=arn)
    assert (described["maxConcurrency"], described["toleratedFailurePercentage"]) == (2, 50.0)


async def test_a_map_run_that_has_ended_cannot_be_updated(api: Api) -> None:
    arn = await start(api, distributed(PASS), [0])
    await settled(api)
    with pytest.raises(Refused) as refused:
        await api("UpdateMapRun", mapRunArn=arn, maxConcurrency=2)
    assert refused.value.code == "ValidationException"
    assert refused.value.document["reason"] == "CANNOT_UPDATE_COMPLETED_MAP_RUN"


@pytest.mark.parametrize(
    ("operation", "code"),
    [
        ("DescribeMapRun", "ResourceNotFound"),
        ("UpdateMapRun", "ResourceNotFound"),
        ("ListExecutions", "ResourceNotFound"),
    ],
)
async def test_a_map_run_that_does_not_exist(api: Api, operation: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        await api(operation, mapRunArn=f"{MACHINE.replace('stateMachine', 'mapRun')}/L:none")
    assert refused.value.code == code


async def test_stopping_the_execution_stops_its_children(api: Api) -> None:
    arn = await start(api, distributed(WAIT), [0, 1])
    await api("StopExecution", executionArn=EXECUTION)
    await until(
        api,
        "ListExecutions",
        lambda answer: {child["status"] for child in answer["executions"]} == {"ABORTED"},
        mapRunArn=arn,
    )
    assert (await api("DescribeMapRun", mapRunArn=arn))["status"] == "ABORTED"


@pytest.mark.parametrize(("execution_type", "is_dated"), [("STANDARD", True), ("EXPRESS", False)])
async def test_a_redrive_of_the_execution_redrives_what_had_not_succeeded(
    api: Api, clock: Clock, execution_type: str, is_dated: bool
) -> None:
    arn = await start(api, distributed(PICKY, ExecutionType=execution_type), [0, 1, 2])
    assert (await settled(api))["error"] == "States.ExceedToleratedFailureThreshold"
    await api("RedriveExecution", executionArn=EXECUTION)
    await settled(api)
    described = await api("DescribeMapRun", mapRunArn=arn)
    assert (described["redriveCount"], described["status"]) == (1, "FAILED")
    assert described["redriveDate"] == clock.now / 1000
    redriven = (await api("ListExecutions", mapRunArn=arn, redriveFilter="REDRIVEN"))["executions"]
    assert [child["status"] for child in redriven] == ["FAILED"]
    child = await api("DescribeExecution", executionArn=redriven[0]["executionArn"])
    assert (child["redriveCount"], "redriveDate" in child) == (1, is_dated)
    assert len((await api("ListExecutions", mapRunArn=arn, redriveFilter="NOT_REDRIVEN"))["executions"]) == 2


async def test_children_wait_for_their_redrive(api: Api, clock: Clock) -> None:
    arn = await start(api, distributed(WAIT, MaxConcurrency=2), [0, 1, 2])
    await api("UpdateMapRun", mapRunArn=arn, maxConcurrency=1)
    await api("StopExecution", executionArn=EXECUTION)
    clock.now += 1_000
    await api("RedriveExecution", executionArn=EXECUTION)
    waiting = await until(
        api,
        "ListExecutions",
        lambda answer: len(answer["executions"]) == 1,
        mapRunArn=arn,
        statusFilter="PENDING_REDRIVE",
    )
    assert [child["status"] for child in waiting["executions"]] == ["PENDING_REDRIVE"]
    counts = (await api("DescribeMapRun", mapRunArn=arn))["executionCounts"]
    assert (counts["pendingRedrive"], counts["running"], counts["aborted"], counts["pending"]) == (1, 1, 0, 1)


async def test_deleting_the_machine_ends_and_forgets_the_children(api: Api) -> None:
    arn = await start(api, distributed(WAIT), [0, 1])
    (child, _) = (await api("ListExecutions", mapRunArn=arn))["executions"]
    await api("DeleteStateMachine", stateMachineArn=MACHINE)
    await gone(api, "DescribeExecution", executionArn=child["executionArn"])
    await gone(api, "DescribeMapRun", mapRunArn=arn)
