"""Executions: started once per name, described, listed newest first, stopped, and their histories in pages."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.unit.server.stepfunctions.conftest import AUTHORIZATION, EXECUTION, MACHINE, PASS, REGION, WAIT, Api, Clock

FAIL = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Fail", "Error": "Bad", "Cause": "it was"}}})


async def start(api: Api, name: str = "run", **params: Any) -> Any:
    return await api("StartExecution", stateMachineArn=MACHINE, name=name, **params)


async def test_an_execution_that_succeeded_is_described_in_full(api: Api, clock: Clock) -> None:
    await api.create()
    assert await start(api) == {"executionArn": EXECUTION, "startDate": clock.now / 1000}
    assert await api("DescribeExecution", executionArn=EXECUTION) == {
        "executionArn": EXECUTION,
        "stateMachineArn": MACHINE,
        "name": "run",
        "status": "SUCCEEDED",
        "startDate": clock.now / 1000,
        "stopDate": clock.now / 1000,
        "input": "{}",
        "inputDetails": {"included": True},
        "output": '{"a":1}',
        "outputDetails": {"included": True},
        "redriveCount": 0,
        "redriveStatus": "NOT_REDRIVABLE",
        "redriveStatusReason": "Execution is SUCCEEDED and cannot be redriven",
    }


async def test_a_running_execution_has_no_end(api: Api) -> None:
    await api.create(WAIT)
    await start(api, input='{"x": 1}', traceHeader="Root=1-5e-9")
    described = await api("DescribeExecution", executionArn=EXECUTION)
    assert described["status"] == "RUNNING"
    assert described["input"] == '{"x": 1}'
    assert described["traceHeader"] == "Root=1-5e-9"
    assert not described.keys() & {"stopDate", "output", "outputDetails", "error", "cause"}


async def test_a_failed_execution_can_be_redriven_for_a_fortnight(api: Api, clock: Clock) -> None:
    await api.create(FAIL)
    await start(api)
    described = await api("DescribeExecution", executionArn=EXECUTION)
    assert (described["error"], described["cause"]) == ("Bad", "it was")
    assert described["redriveStatus"] == "REDRIVABLE"
    assert "redriveStatusReason" not in described
    clock.now += 15 * 24 * 3600 * 1000
    assert (await api("DescribeExecution", executionArn=EXECUTION))["redriveStatus"] == "NOT_REDRIVABLE"


async def test_metadata_only_hides_input_and_output(api: Api) -> None:
    await api.create()
    await start(api)
    described = await api("DescribeExecution", executionArn=EXECUTION, includedData="METADATA_ONLY")
    assert described["inputDetails"] == described["outputDetails"] == {"included": False}
    assert not described.keys() & {"input", "output"}


async def test_starting_a_running_execution_again_returns_it(api: Api) -> None:
    await api.create(WAIT)
    first = await start(api, input='{"x":1}')
    assert await start(api, input='{"x":1}') == first
    refused = await api.refusal("StartExecution", stateMachineArn=MACHINE, name="run", input='{"x": 1}')
    assert (refused.code, refused.message) == ("ExecutionAlreadyExists", f"Execution Already Exists: '{EXECUTION}'")


async def test_the_name_of_a_closed_execution_is_taken(api: Api) -> None:
    await api.create()
    await start(api)
    assert (await api.refusal("StartExecution", stateMachineArn=MACHINE, name="run")).code == "ExecutionAlreadyExists"


async def test_an_execution_without_a_name_gets_one(api: Api) -> None:
    await api.create()
    names = {(await api("StartExecution", stateMachineArn=MACHINE))["executionArn"] for _ in range(2)}
    assert len(names) == 2


async def test_a_name_with_forbidden_characters_is_refused(api: Api) -> None:
    await api.create()
    refused = await api.refusal("StartExecution", stateMachineArn=MACHINE, name="a b")
    assert (refused.code, refused.message) == ("InvalidName", "Invalid Name: 'a b'")


@pytest.mark.parametrize("text", ["2", '"some text"', "null", "[]", ' {"a": 1} '])
async def test_any_json_is_input_and_kept_as_it_is(api: Api, text: str) -> None:
    await api.create()
    await start(api, input=text)
    assert (await api("DescribeExecution", executionArn=EXECUTION))["input"] == text


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("", "Invalid execution input."),
        (
            "not some json",
            "Unrecognized token 'not': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or "
            "'false')",
        ),
        ("{'not': 'json'", "Unexpected character (''' (code 39)): was expecting double-quote to start field name"),
    ],
)
async def test_input_that_is_not_json_is_refused_in_the_words_of_aws(api: Api, text: str, detail: str) -> None:
    await api.create()
    refused = await api.refusal("StartExecution", stateMachineArn=MACHINE, input=text)
    assert refused.code == "InvalidExecutionInput"
    assert refused.message == f"Invalid State Machine Execution Input: '{detail}'"


HAND_ON = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}})


@pytest.mark.parametrize("text", ["[" * 700 + "]" * 700, '{"a":' * 700 + "1" + "}" * 700, '"' + "[" * 2000 + '"'])
async def test_input_may_be_nested_deeply(api: Api, text: str) -> None:
    await api.create(HAND_ON)
    await api("StartExecution", stateMachineArn=MACHINE, name="run", input=text)
    assert (await api("DescribeExecution", executionArn=EXECUTION))["output"] == text


@pytest.mark.parametrize("depth", [701, 980, 5000])
async def test_input_that_is_nested_too_deeply_to_work_with_is_refused(api: Api, depth: int) -> None:
    await api.create(HAND_ON)
    for text in ("[" * depth + "]" * depth, '[{"a":' * (depth // 2) + "[1]" + "}]" * (depth // 2)):
        refused = await api.refusal("StartExecution", stateMachineArn=MACHINE, input=text)
        assert refused.message == "Invalid State Machine Execution Input: 'it is nested too deeply'"


async def test_input_of_too_many_bytes_is_refused(api: Api) -> None:
    await api.create()
    refused = await api.refusal(
        "StartExecution", stateMachineArn=MACHINE, input=json.dumps("ü" * 131_072, ensure_ascii=False)
    )
    assert refused.code == "InvalidExecutionInput"


async def test_executions_of_an_express_machine_are_not_listed(api: Api) -> None:
    await api.create(type="EXPRESS")
    refused = await api.refusal("ListExecutions", stateMachineArn=MACHINE)
    assert refused.message == "This operation is not supported by this type of state machine"


@pytest.mark.parametrize("operation", ["DescribeExecution", "StopExecution", "GetExecutionHistory"])
async def test_an_express_execution_cannot_be_looked_at(api: Api, operation: str) -> None:
    arn = "arn:aws:states:eu-west-1:111122223333:express:m:e:0"
    refused = await api.refusal(operation, executionArn=arn)
    assert refused.message == "Invalid Arn: 'Resource type not valid in this context: express'"


@pytest.mark.parametrize(
    "operation", ["DescribeExecution", "StopExecution", "GetExecutionHistory", "DescribeStateMachineForExecution"]
)
async def test_an_unknown_execution_does_not_exist(api: Api, operation: str) -> None:
    refused = await api.refusal(operation, executionArn=EXECUTION)
    assert (refused.code, refused.message) == ("ExecutionDoesNotExist", f"Execution Does Not Exist: '{EXECUTION}'")


async def test_a_stopped_execution_is_aborted_with_the_callers_words(api: Api, clock: Clock) -> None:
    await api.create(WAIT)
    await start(api)
    clock.now += 1000
    stopped = await api("StopExecution", executionArn=EXECUTION, error="Enough", cause="of it")
    assert stopped == {"stopDate": clock.now / 1000}
    described = await api("DescribeExecution", executionArn=EXECUTION)
    assert (described["status"], described["error"], described["cause"]) == ("ABORTED", "Enough", "of it")


async def test_executions_are_listed_newest_first_in_pages(api: Api) -> None:
    await api.create()
    for number in range(5):
        await start(api, f"run{number}")
    first = await api("ListExecutions", stateMachineArn=MACHINE, maxResults=3)
    assert [each["name"] for each in first["executions"]] == ["run4", "run3", "run2"]
    second = await api("ListExecutions", stateMachineArn=MACHINE, maxResults=3, nextToken=first["nextToken"])
    assert [each["name"] for each in second["executions"]] == ["run1", "run0"]
    assert "nextToken" not in second
    assert "input" not in second["executions"][0]


async def test_a_listing_can_be_filtered_by_status(api: Api) -> None:
    await api.create()
    await start(api)
    succeeded = await api("ListExecutions", stateMachineArn=MACHINE, statusFilter="SUCCEEDED")
    assert [each["name"] for each in succeeded["executions"]] == ["run"]
    assert await api("ListExecutions", stateMachineArn=MACHINE, statusFilter="RUNNING") == {"executions": []}


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"stateMachineArn": MACHINE, "mapRunArn": "arn:aws:states:eu-west-1:111122223333:mapRun:m/l:0"},
        {"stateMachineArn": MACHINE, "redriveFilter": "REDRIVEN"},
        {"stateMachineArn": MACHINE, "statusFilter": "PENDING_REDRIVE"},
    ],
)
async def test_a_listing_is_of_one_thing_with_filters_it_has(api: Api, params: dict[str, str]) -> None:
    await api.create()
    assert (await api.refusal("ListExecutions", **params)).code == "ValidationException"


async def test_a_token_belongs_to_its_listing(api: Api) -> None:
    await api.create()
    for number in range(2):
        await start(api, f"run{number}")
    token = (await api("ListExecutions", stateMachineArn=MACHINE, maxResults=1))["nextToken"]
    for params in ({"statusFilter": "SUCCEEDED", "nextToken": token}, {"nextToken": token[:-2]}, {"nextToken": "x!"}):
        refused = await api.refusal("ListExecutions", stateMachineArn=MACHINE, **params)
        assert (refused.code, refused.message) == ("InvalidToken", "Invalid Token: 'Invalid token'")


async def test_a_history_is_read_in_pages_both_ways(api: Api) -> None:
    await api.create()
    await start(api)
    pages = []
    for reverse in (False, True):
        first = await api("GetExecutionHistory", executionArn=EXECUTION, maxResults=3, reverseOrder=reverse)
        second = await api(
            "GetExecutionHistory", executionArn=EXECUTION, reverseOrder=reverse, nextToken=first["nextToken"]
        )
        assert "nextToken" not in second
        pages.append([[event["id"] for event in page["events"]] for page in (first, second)])
    assert pages == [[[1, 2, 3], [4]], [[4, 3, 2], [1]]]


async def test_a_history_can_leave_data_out(api: Api) -> None:
    await api.create()
    await start(api)
    history = await api("GetExecutionHistory", executionArn=EXECUTION, includeExecutionData=False)
    assert "input" not in history["events"][0]["executionStartedEventDetails"]


async def test_an_execution_keeps_the_machine_it_started_with(api: Api, clock: Clock) -> None:
    await api.create(WAIT)
    await start(api)
    created_at = clock.now
    clock.now += 1000
    await api("UpdateStateMachine", stateMachineArn=MACHINE, definition=PASS)
    described = await api("DescribeStateMachineForExecution", executionArn=EXECUTION)
    assert described["definition"] == WAIT
    assert described["updateDate"] == created_at / 1000
    assert not described.keys() & {"revisionId", "type", "status", "creationDate"}
    await start(api, "second")
    described = await api("DescribeStateMachineForExecution", executionArn=f"{EXECUTION[:-3]}second")
    assert (described["definition"], described["updateDate"]) == (PASS, clock.now / 1000)
    assert described["revisionId"]


async def test_a_name_is_free_again_after_ninety_days(api: Api, clock: Clock) -> None:
    await api.create()
    first = await start(api)
    clock.now += 90 * 24 * 3600 * 1000
    assert (await api.refusal("StartExecution", stateMachineArn=MACHINE, name="run")).code == "ExecutionAlreadyExists"
    clock.now += 1
    assert (await start(api))["startDate"] > first["startDate"]
    (listed,) = (await api("ListExecutions", stateMachineArn=MACHINE))["executions"]
    assert listed["startDate"] == clock.now / 1000
    events = (await api("GetExecutionHistory", executionArn=EXECUTION))["events"]
    assert [event["id"] for event in events] == [1, 2, 3, 4]


async def test_a_trace_header_of_http_comes_before_one_of_the_request(api: Api) -> None:
    await api.create(WAIT)
    await api.call(
        api.app,
        target="AWSStepFunctions.StartExecution",
        headers={"authorization": AUTHORIZATION.format(REGION), "x-amzn-trace-id": "Root=http"},
        body={"stateMachineArn": MACHINE, "name": "run", "traceHeader": "Root=body"},
    )
    assert (await api("DescribeExecution", executionArn=EXECUTION))["traceHeader"] == "Root=http"
