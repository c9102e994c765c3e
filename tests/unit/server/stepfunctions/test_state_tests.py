"""TestState, as its callers meet it."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

ROLE = "arn:aws:iam::111122223333:role/machine"
SEND = "arn:aws:states:::sqs:sendMessage"
START = "arn:aws:states:::states:startExecution"
PASSING = {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}}
TASK = {"Type": "Task", "Resource": SEND, "Parameters": {"QueueUrl": "q", "MessageBody": "b"}, "End": True}
MAP = {"Type": "Map", "ItemProcessor": PASSING, "End": True}
DISTRIBUTED = {
    **MAP,
    "ItemProcessor": {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        "StartAt": "T",
        "States": {"T": TASK},
    },
}
OTHER = {"StartAt": "O", "States": {"O": {"Type": "Pass", "End": True}}}
PARALLEL = {"Type": "Parallel", "Branches": [PASSING, OTHER], "End": True}
NESTED = {
    "StartAt": "Outer",
    "States": {
        "Outer": {
            "Type": "Map",
            "End": True,
            "ItemProcessor": {
                "StartAt": "Both",
                "States": {"Both": {"Type": "Parallel", "Branches": [{**PASSING}], "End": True}},
            },
        }
    },
}


def texts(params: dict[str, Any]) -> dict[str, Any]:
    """Return *params* with their JSON as the text that the wire carries."""
    params = dict(params)
    for name in ("definition", "input", "variables", "context"):
        if name in params and not isinstance(params[name], str):
            params[name] = json.dumps(params[name])
    mock = params.get("mock")
    if mock is not None and "result" in mock and not isinstance(mock["result"], str):
        params["mock"] = {**mock, "result": json.dumps(mock["result"])}
    return params


async def try_state(api: Any, definition: Any, **params: Any) -> Any:
    """Return the answer of TestState."""
    return await api("TestState", **texts({"definition": definition, **params}))


async def refusal(api: Any, definition: Any, **params: Any) -> tuple[str, str]:
    """Return code and message of a request that must be refused."""
    refused = await api.refusal("TestState", **texts({"definition": definition, **params}))
    return refused.code, refused.message


async def test_a_state_of_its_own_is_tried_on_an_empty_object(api: Any) -> None:
    assert await try_state(api, {"Type": "Pass", "Next": "N"}) == {
        "status": "SUCCEEDED",
        "output": "{}",
        "nextState": "N",
    }


async def test_a_state_is_found_by_its_name_however_deep_it_stands(api: Any) -> None:
    answer = await try_state(api, NESTED, stateName="P", input=[1], inspectionLevel="DEBUG")
    assert answer["output"] == "[1]"
    assert answer["inspectionData"]["input"] == "[1]"
    assert await refusal(api, NESTED, stateName="Q") == ("ValidationException", "State not found in definition")


async def test_variables_and_what_is_assigned_are_shown(api: Any) -> None:
    state = {"Type": "Pass", "Assign": {"b.$": "$a"}, "End": True}
    answer = await try_state(api, state, variables={"a": 1}, inspectionLevel="TRACE")
    assert json.loads(answer["inspectionData"]["variables"]) == {"a": 1, "b": 1}
    assert await refusal(api, state, variables="[1]") == ("ValidationException", "Variables must be a JSON object")


async def test_the_context_object_is_that_of_an_express_execution_without_a_role(api: Any) -> None:
    answer = await try_state(api, {"Type": "Pass", "Parameters": {"c.$": "$$"}, "End": True})
    context = json.loads(answer["output"])["c"]
    machine = context["StateMachine"]["Name"]
    name = context["Execution"]["Name"]
    assert context["Execution"]["Id"] == f"arn:aws:states:eu-west-1:111122223333:express:{machine}:{name}"
    assert context["Execution"]["RoleArn"] is None


# Without a mock


async def test_a_task_is_really_done(api: Any) -> None:
    machine = (await api.create())["stateMachineArn"]
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:sfn:describeStateMachine",
        "Parameters": {"StateMachineArn.$": "$.arn"},
        "ResultSelector": {"name.$": "$.Name"},
        "End": True,
    }
    answer = await try_state(api, task, input={"arn": machine}, roleArn=ROLE)
    assert answer == {"status": "SUCCEEDED", "output": '{"name":"machine"}'}
    failed = await try_state(api, task, input={"arn": f"{machine}2"}, roleArn=ROLE)
    assert (failed["status"], failed["error"]) == ("FAILED", "Sfn.StateMachineDoesNotExistException")


async def test_a_resource_that_nobody_handles_fails_by_name(api: Any) -> None:
    answer = await try_state(api, TASK, roleArn=ROLE)
    assert (answer["status"], answer["error"]) == ("FAILED", "States.Runtime")
    assert f"'{SEND}' is not supported here" in answer["cause"]


async def test_a_wait_really_waits(api: Any, clock: Any) -> None:
    state = {"Type": "Wait", "Seconds": 60, "Next": "N"}
    answering = asyncio.ensure_future(try_state(api, state))
    while not api.engine.trials.running:
        await asyncio.sleep(0)
    clock.now += 60_000
    api.engine.time_changed()
    assert (await answering)["nextState"] == "N"


async def test_nothing_takes_longer_than_five_minutes(api: Any, clock: Any) -> None:
    answering = asyncio.ensure_future(try_state(api, {"Type": "Wait", "Seconds": 301, "End": True}))
    while not api.engine.trials.running:
        await asyncio.sleep(0)
    clock.now += 300_000
    api.engine.time_changed()
    assert await answering == {"status": "FAILED", "error": "States.Timeout"}


async def test_a_caller_who_hangs_up_ends_the_test(api: Any) -> None:
    gone = asyncio.Event()
    waiting = json.dumps({"Type": "Wait", "Seconds": 60, "End": True})
    left = asyncio.ensure_future(api("TestState", definition=waiting, gone=gone))
    while not api.engine.trials.running:
        await asyncio.sleep(0)
    gone.set()
    await left
    assert api.engine.trials.running == 0


@pytest.mark.parametrize(
    "resource",
    [f"{START}.sync", f"{START}.waitForTaskToken", "arn:aws:states:eu-west-1:111122223333:activity:a"],
)
async def test_what_ends_by_itself_later_is_not_waited_for_without_a_mock(api: Any, resource: str) -> None:
    task = {
        "Type": "Task",
        "Resource": resource,
        "Parameters": {"StateMachineArn": "m", "x.$": "$"},
        "End": True,
    }
    code, message = await refusal(api, task, roleArn=ROLE)
    assert code == "ValidationException"
    assert "when a mock is not specified" in message


# With a mock


async def test_a_mocked_task_needs_no_role_and_calls_nobody(api: Any) -> None:
    answer = await try_state(api, TASK, mock={"result": {"MessageId": "m"}})
    assert answer == {"status": "SUCCEEDED", "output": '{"MessageId":"m"}'}


async def test_a_mocked_error_is_routed_and_told(api: Any) -> None:
    retry = [{"ErrorEquals": ["Broken"], "IntervalSeconds": 2, "MaxAttempts": 3}]
    mock = {"errorOutput": {"error": "Broken", "cause": "It broke."}}
    state, configuration = {**TASK, "Retry": retry}, {"retrierRetryCount": 2}
    answer = await try_state(api, state, mock=mock, stateConfiguration=configuration, inspectionLevel="DEBUG")
    assert (answer["status"], answer["error"], answer["cause"]) == ("RETRIABLE", "Broken", "It broke.")
    assert answer["inspectionData"]["errorDetails"] == {"retryIndex": 0, "retryBackoffIntervalSeconds": 8}
    assert "inspectionData" not in await try_state(api, state, mock=mock)


async def test_a_failure_within_a_map_is_for_the_maps_catchers(api: Any) -> None:
    failing = {"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "E"}}}
    catch = [{"ErrorEquals": ["E"], "ResultPath": "$.error", "Next": "Caught"}]
    outer = {"Type": "Map", "ItemProcessor": failing, "Catch": catch, "End": True}
    machine = {"StartAt": "M", "States": {"M": outer, "Caught": {"Type": "Succeed"}}}
    answer = await try_state(api, machine, stateName="F", input={"a": 1})
    assert (answer["status"], answer["error"], answer["nextState"]) == ("CAUGHT_ERROR", "E", "Caught")
    assert json.loads(answer["output"]) == {"a": 1, "error": {"Error": "E", "Cause": None}}


@pytest.mark.parametrize(("before", "status"), [(1, "FAILED"), (2, "CAUGHT_ERROR")])
async def test_the_iterations_that_have_failed_before_count_for_the_map_around_a_state(
    api: Any, before: int, status: str
) -> None:
    catch = [{"ErrorEquals": ["States.ExceedToleratedFailureThreshold"], "Next": "Caught"}]
    around = {**DISTRIBUTED, "ToleratedFailureCount": 2, "Catch": catch}
    machine = {"StartAt": "M", "States": {"M": around, "Caught": {"Type": "Succeed"}}}
    configuration = {"mapIterationFailureCount": before}
    answer = await try_state(api, machine, stateName="T", mock=ERROR, stateConfiguration=configuration)
    assert answer["status"] == status


async def test_what_an_item_reader_reads_can_be_given(api: Any) -> None:
    reader = {
        "Resource": "arn:aws:states:::s3:getObject",
        "ReaderConfig": {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"},
        "Parameters": {"Bucket": "b", "Key": "k"},
    }
    state = {**DISTRIBUTED, "ItemReader": reader, "ItemSelector": {"id.$": "$$.Map.Item.Value.id"}}
    configuration = {"mapItemReaderData": "id,n\n1,2\n3,4\n"}
    answer = await try_state(
        api, state, mock={"result": [1, 2]}, stateConfiguration=configuration, inspectionLevel="DEBUG"
    )
    assert json.loads(answer["inspectionData"]["afterItemSelector"]) == [{"id": "1"}, {"id": "3"}]


async def test_the_iterations_that_failed_are_not_held_against_what_a_task_within_the_map_results_in(api: Any) -> None:
    activity = {"Type": "Task", "Resource": "arn:aws:states:eu-west-1:111122223333:activity:a", "End": True}
    machine = {"StartAt": "M", "States": {"M": {**MAP, "ItemProcessor": {"StartAt": "T", "States": {"T": activity}}}}}
    configuration = {"mapIterationFailureCount": 3}
    answer = await try_state(api, machine, stateName="T", mock={"result": [1]}, stateConfiguration=configuration)
    assert answer == {"status": "SUCCEEDED", "output": "[1]"}


async def test_the_retries_that_a_context_object_tells_of_count(api: Any) -> None:
    state = {**TASK, "Retry": [{"ErrorEquals": ["E"], "MaxAttempts": 1}]}
    mock = {"errorOutput": {"error": "E"}}
    assert (await try_state(api, state, mock=mock, context={"State": {"RetryCount": 0}}))["status"] == "RETRIABLE"
    assert (await try_state(api, state, mock=mock, context={"State": {"RetryCount": 1}}))["status"] == "FAILED"


async def test_an_activity_can_be_mocked(api: Any) -> None:
    resource = "arn:aws:states:eu-west-1:111122223333:activity:nowhere"
    answer = await try_state(api, {"Type": "Task", "Resource": resource, "End": True}, mock={"result": [1]})
    assert answer["output"] == "[1]"


async def test_a_result_writer_makes_an_object_of_a_maps_result(api: Any) -> None:
    writer = {"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket": "b", "Prefix": "p"}}
    processor = {**PASSING, "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}}
    state = {**MAP, "ItemProcessor": processor, "ResultWriter": writer}
    answer = await try_state(api, state, input=[1], mock={"result": {"MapRunArn": "a"}})
    assert answer["output"] == '{"MapRunArn":"a"}'
    assert await refusal(api, state, input=[1], mock={"result": [1]}) == (
        "ValidationException",
        "Mocked result must be a JSON object.",
    )


ERROR = {"errorOutput": {"error": "E"}}


@pytest.mark.parametrize(
    ("definition", "params", "message"),
    [
        (TASK, {}, "RoleArn must be specified when testing a Task state"),
        (
            TASK,
            {"mock": {"result": {}, **ERROR}},
            "A test mock should have only one of the following fields: [result, errorOutput].",
        ),
        (TASK, {"mock": {}}, "A test mock should have only one of the following fields: [result, errorOutput]."),
        (TASK, {"mock": {"errorOutput": {"cause": "c"}}}, "A test mock's errorOutput must have the field: [error]."),
        (TASK, {"mock": {"result": "no JSON"}}, "Mocked result must be valid JSON"),
        (
            TASK,
            {"mock": ERROR, "revealSecrets": True},
            "TestState does not support RevealSecrets when a mock is specified.",
        ),
        (
            MAP,
            {"stateConfiguration": {"mapIterationFailureCount": 1}},
            "TestState does not support MapIterationFailureCount when a mock is not specified.",
        ),
        (
            PARALLEL,
            {"mock": {"result": [1]}},
            "Mocked result must contain the same number of items as number of Parallel branches.",
        ),
        (
            MAP,
            {"input": [1], "mock": ERROR, "stateConfiguration": {"mapIterationFailureCount": 2}},
            "Map iteration failure count must be less than or equal to the number of Map iterations",
        ),
        (
            MAP,
            {"input": [1, 2], "mock": {"result": [1]}, "stateConfiguration": {"mapIterationFailureCount": 2}},
            "Map iteration failure count must be less than or equal to the number of Map iterations",
        ),
        (TASK, {"context": {}}, "TestState does not support Context when a mock is not specified."),
        (
            TASK,
            {"mock": ERROR, "context": {"Task": {"Token": "t"}}},
            "Invalid Context object provided: Context object contains 'Task' when state is not a Task state with a "
            "'.sync' or '.waitForTaskToken' service integration pattern",
        ),
        (
            TASK,
            {"mock": ERROR, "context": {"Other": {}}},
            "Invalid Context object provided: Field 'Other' is not allowed",
        ),
        (
            TASK,
            {"mock": ERROR, "context": {"State": {"RetryCount": "1"}}},
            "Invalid Context object provided: State.RetryCount must be a number",
        ),
        (
            TASK,
            {"mock": ERROR, "context": {"Map": {"Item": {}}}},
            "Invalid Context object provided: 'Map' field is not supported when mocking a Context object",
        ),
        (
            TASK,
            {"mock": ERROR, "context": {"State": "S"}},
            "Invalid Context object provided: State must be an object",
        ),
        (
            TASK,
            {"mock": ERROR, "context": {"State": {"RetryCount": True}}},
            "Invalid Context object provided: State.RetryCount must be a number",
        ),
        (
            TASK,
            {"mock": ERROR, "stateConfiguration": {"errorCausedByState": "P"}},
            "stateConfiguration.errorCausedByState names no state within the tested one: P",
        ),
        (
            PARALLEL,
            {"mock": ERROR, "stateConfiguration": {"errorCausedByState": "Q"}},
            "stateConfiguration.errorCausedByState names no state within the tested one: Q",
        ),
        (
            PARALLEL,
            {"mock": ERROR, "stateConfiguration": {"mapIterationFailureCount": 1}},
            "stateConfiguration.mapIterationFailureCount requires a Map state, or a state within one",
        ),
        (
            MAP,
            {"mock": ERROR, "stateConfiguration": {"mapItemReaderData": "[]"}},
            "stateConfiguration.mapItemReaderData requires a Map state with an ItemReader",
        ),
    ],
)
async def test_a_request_that_cannot_be_is_refused(api: Any, definition: Any, params: Any, message: str) -> None:
    assert await refusal(api, definition, **params) == ("ValidationException", message)


async def test_an_input_that_is_no_json_is_refused(api: Any) -> None:
    assert (await refusal(api, {"Type": "Succeed"}, input="{"))[0] == "InvalidExecutionInput"


async def test_a_role_that_is_none_is_refused(api: Any) -> None:
    assert (await refusal(api, {"Type": "Succeed"}, roleArn="me"))[0] == "InvalidArn"


async def test_a_definition_with_faults_is_refused_whole(api: Any) -> None:
    code, message = await refusal(api, {"Type": "Pass"})
    assert code == "InvalidDefinition"
    assert "at /States/StateName" in message


async def test_a_state_is_held_to_what_its_integration_demands_as_a_machine_is(api: Any) -> None:
    code, message = await refusal(api, {"Type": "Task", "Resource": SEND, "End": True}, mock={"result": {}})
    assert code == "InvalidDefinition"
    assert message == (
        f"Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: Parameters field is required for resource ARN: "
        f"{SEND} at /States/StateName'"
    )
