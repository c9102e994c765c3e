"""awsJson: requests parsed and checked, answers and errors as AWS sends them."""

from __future__ import annotations

from typing import Any

import pytest

from stepfunctions.errors import InvalidRequest, StoreError
from stepfunctions.server.app import App
from stepfunctions.server.errors import AwsError
from stepfunctions.server.protocols.json import JsonService
from stepfunctions.server.request import Request

TARGET = "AWSStepFunctions."


async def list_executions(request: Request, params: dict[str, Any]) -> Any:
    return {"executions": [], "nextToken": params["stateMachineArn"]}


async def delete_state_machine(request: Request, params: dict[str, Any]) -> None:
    return None


async def stop_execution(request: Request, params: dict[str, Any]) -> Any:
    raise ERRORS[params["executionArn"]]


ERRORS: dict[str, Exception] = {
    "aws": AwsError("TooManyTags", "Too many", members={"resourceName": "arn:x"}),
    "conflict": AwsError("ConflictException", "no"),
    "ours": InvalidRequest("ours"),
    "disk": StoreError("the disk is full"),
}

OPERATIONS = {
    "ListExecutions": list_executions,
    "DeleteStateMachine": delete_state_machine,
    "StopExecution": stop_execution,
}


def app(**options: Any) -> App:
    service = JsonService("stepfunctions", OPERATIONS, **options)
    return App({"states": service}, service)


async def test_an_answer_is_json_with_a_request_id(call: Any) -> None:
    answer = await call(app(), target=TARGET + "ListExecutions", body={"stateMachineArn": "arn:a"})
    assert answer.status == 200
    assert answer.json == {"executions": [], "nextToken": "arn:a"}
    assert answer.headers["content-type"] == "application/x-amz-json-1.0"
    assert len(answer.headers["x-amzn-requestid"]) == 36


async def test_characters_beyond_the_first_plane_pass_both_ways(call: Any) -> None:
    body = b'{"stateMachineArn": "\\ud83d\\ude42"}'
    answer = await call(app(), target=TARGET + "ListExecutions", body=body)
    assert answer.json["nextToken"] == "\U0001f642"


async def test_a_lone_surrogate_in_an_answer_is_escaped(call: Any) -> None:
    async def half(request: Request, params: dict[str, Any]) -> Any:
        return {"executions": [], "nextToken": "\ud83d"}

    service = JsonService("stepfunctions", {"ListExecutions": half})
    answer = await call(App({"states": service}, service), target=TARGET + "ListExecutions", body={})
    assert answer.json["nextToken"] == "\ud83d"


async def test_an_operation_without_result_answers_an_empty_object(call: Any) -> None:
    answer = await call(app(), target=TARGET + "DeleteStateMachine", body={"stateMachineArn": "arn:a"})
    assert answer.body == b"{}"


async def test_a_body_in_several_chunks_is_one_request(call: Any) -> None:
    answer = await call(
        app(), target=TARGET + "ListExecutions", chunks=[b'{"stateMachine', b'Arn": "ar'], body=b'n:a"}'
    )
    assert answer.json["nextToken"] == "arn:a"


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        (b"{", "SerializationException", "The request is not JSON"),
        (b"\xff\xfe", "SerializationException", "The request is not JSON"),
        (b'{"a": NaN}', "SerializationException", "The request is not JSON"),
        (b"[]", "SerializationException", "The request must be a JSON object."),
        (b'{"nextToken": "\\ud83d"}', "SerializationException", "The request has half a character"),
        (b'{"maxResults": "x"}', "SerializationException", "STRING_VALUE can not be converted to an Integer"),
        (b'{"maxResults": 1001}', "ValidationException", "1 validation error detected: Value '1001' at 'maxResults'"),
        (b'{"nextToken": "' + b"x" * 5000 + b'"}', "RequestEntityTooLarge", "A request may have at most 4096 bytes."),
    ],
)
async def test_a_bad_request_gets_an_error_of_aws(call: Any, body: bytes, code: str, message: str) -> None:
    answer = await call(app(body_max_bytes=4096), target=TARGET + "ListExecutions", body=body)
    assert answer.status in (400, 413)
    assert answer.json["__type"] == code
    assert answer.json["message"].startswith(message)


async def test_a_body_that_grows_too_large_is_refused(call: Any) -> None:
    answer = await call(
        app(body_max_bytes=4096), target=TARGET + "ListExecutions", chunks=[b" " * 3000, b" " * 3000], body=b"{}"
    )
    assert answer.status == 413


@pytest.mark.parametrize("target", [None, "", "AWSStepFunctions", "AWSStepFunctions.Nonsense"])
async def test_an_operation_aws_does_not_have_is_unknown(call: Any, target: str | None) -> None:
    answer = await call(app(), target=target, service="states", body={})
    assert answer.status == 400
    assert answer.json["__type"] == "UnknownOperationException"


async def test_an_operation_aws_has_and_we_do_not_is_named(call: Any) -> None:
    answer = await call(app(), target=TARGET + "GetActivityTask", body={})
    assert answer.status == 501
    assert answer.json == {
        "__type": "NotImplemented",
        "message": "GetActivityTask of stepfunctions is not available locally.",
    }


@pytest.mark.parametrize(
    ("which", "status", "document"),
    [
        ("aws", 400, {"__type": "TooManyTags", "message": "Too many", "resourceName": "arn:x"}),
        ("conflict", 409, {"__type": "ConflictException", "message": "no"}),
        ("ours", 400, {"__type": "ValidationException", "message": "ours"}),
        ("disk", 500, {"__type": "InternalFailure", "message": "the disk is full"}),
    ],
)
async def test_what_an_operation_raises_is_answered(call: Any, which: str, status: int, document: Any) -> None:
    answer = await call(app(), target=TARGET + "StopExecution", body={"executionArn": which})
    assert (answer.status, answer.json) == (status, document)


async def test_answers_can_be_checked_against_the_model(call: Any) -> None:
    async def wrong(request: Request, params: dict[str, Any]) -> Any:
        return {"executions": [{}]}

    service = JsonService("stepfunctions", {"ListExecutions": wrong}, checks_output=True)
    answer = await call(App({"states": service}, service), target=TARGET + "ListExecutions", body={})
    assert answer.status == 500
    assert "executions[0].executionArn: required member is missing" in answer.json["message"]
