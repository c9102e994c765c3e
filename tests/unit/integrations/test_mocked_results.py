"""Mocked results held against the services' models."""

from __future__ import annotations

from typing import Any

import pytest

from stepfunctions.asl.optimised import OPTIMISED
from stepfunctions.errors import InvalidRequest
from stepfunctions.integrations.mocked_results import NONE, PRESENT, check_mocked_result
from stepfunctions.integrations.result_shapes import OPERATIONS, POLLS, SDK_SERVICES, result_shape
from stepfunctions.shapes import load, services

PREFIX = "arn:aws:states:::"
STARTED = {"ExecutionArn": "a", "StartDate": "2026-01-01T00:00:00Z"}
DESCRIBED = {**STARTED, "StateMachineArn": "m", "Status": "SUCCEEDED"}

TOOL_USE = {"ToolUseId": "t", "Name": "n", "Input": "any JSON"}
LONG = ("aws-sdk:sfn:describeMapRun", "aws-sdk:bedrockruntime:converse")
"""Their answers have many members that are required."""


def fault(resource: str, result: Any, mode: str = "STRICT") -> str | None:
    """Return what is wrong with a result, without what every such text begins with; None if nothing is."""
    try:
        check_mocked_result(PREFIX + resource, result, mode)
    except InvalidRequest as refused:
        return str(refused).removeprefix("Mock result schema validation error: ")
    return None


@pytest.mark.parametrize(
    ("resource", "result", "text"),
    [
        ("states:startExecution", {}, "Required field 'ExecutionArn' is missing"),
        ("states:startExecution", {**STARTED, "StartDate": 1}, "Field 'StartDate' must be a string"),
        (
            "states:startExecution",
            {**STARTED, "ExecutionArn": ""},
            "Field 'ExecutionArn' is smaller than the minimum length",
        ),
        (
            "states:startExecution",
            {**STARTED, "ExecutionArn": "a" * 257},
            "Field 'ExecutionArn' exceeds the maximum length",
        ),
        ("states:startExecution", STARTED, None),
        ("aws-sdk:s3:getObject", {"ContentLength": "1"}, "Field 'ContentLength' must be a number"),
        ("aws-sdk:s3:getObject", {"ContentLength": True}, "Field 'ContentLength' must be a number"),
        ("aws-sdk:s3:getObject", {"DeleteMarker": "no"}, "Field 'DeleteMarker' must be a boolean"),
        ("aws-sdk:s3:getObject", {"Metadata": []}, "Field 'Metadata' must be an object"),
        ("aws-sdk:s3:getObject", {"StorageClass": "Papyrus"}, "Field 'StorageClass' is not an expected value"),
        ("events:putEvents", {"Entries": [{"EventId": "e"}, {"EventId": []}]}, "Field 'EventId' must be a string"),
        ("events:putEvents", {"Entries": {}}, "Field 'Entries' must be an array"),
        ("dynamodb:getItem", {"Item": {"a": {"S": 1}}}, "Field 'S' must be a string"),
        ("dynamodb:putItem", {"SizeEstimateRangeGB": None, "Unknown": 1}, None),
        (
            "aws-sdk:sfn:describeMapRun",
            {"ToleratedFailurePercentage": 101},
            "Field 'ToleratedFailurePercentage' exceeds the maximum value",
        ),
        ("aws-sdk:sfn:describeMapRun", {"MaxConcurrency": -1}, "Field 'MaxConcurrency' is less than the minimum value"),
        ("aws-sdk:bedrockruntime:converse", {"Output": {"Message": {"Content": [{"ToolUse": TOOL_USE}]}}}, None),
        ("sqs:sendMessage", [], "Mocked result must be a JSON object."),
    ],
)
def test_the_first_fault_is_told_in_awss_words(resource: str, result: Any, text: str | None) -> None:
    mode = PRESENT if resource in LONG else "STRICT"
    assert fault(resource, result, mode) == text


def test_present_asks_for_nothing_and_none_looks_at_nothing() -> None:
    assert fault("states:startExecution", {}, PRESENT) is None
    assert fault("states:startExecution", {"StartDate": 1}, PRESENT) == "Field 'StartDate' must be a string"
    assert fault("states:startExecution", {"StartDate": 1}, NONE) is None


def test_a_job_is_held_against_what_is_polled() -> None:
    assert fault("states:startExecution.sync", STARTED) == "Required field 'StateMachineArn' is missing"
    assert fault("states:startExecution.sync", {**DESCRIBED, "Output": {}}) == "Field 'Output' must be a string"
    assert fault("states:startExecution.sync:2", {**DESCRIBED, "Output": "{}"}) is None


@pytest.mark.parametrize("resource", ["lambda:invoke", "aws-sdk:lambda:invoke"])
def test_what_an_integration_parses_is_text_in_its_api(resource: str) -> None:
    assert fault(resource, {"Payload": {"a": [1]}, "StatusCode": 200}) == "Field 'Payload' must be a string"
    assert fault(resource, {"Payload": {"a": [1]}, "StatusCode": 200}, NONE) is None


@pytest.mark.parametrize(
    "resource",
    ["http:invoke", "apigateway:invoke", "eks:call", "eks:runJob.sync", "sqs:sendMessage.waitForTaskToken"],
)
def test_what_no_api_answers_is_not_looked_at(resource: str) -> None:
    assert fault(resource, "anything") is None


@pytest.mark.parametrize(
    "arn", ["arn:aws:lambda:eu-west-1:1:function:f", "arn:aws:states:eu-west-1:123456789012:activity:a"]
)
def test_a_function_or_an_activity_may_result_in_anything(arn: str) -> None:
    assert result_shape(arn) is None


@pytest.mark.parametrize("resource", ["aws-sdk:nowhere:doIt", "aws-sdk:s3:doIt"])
def test_an_api_that_is_not_known_is_said_by_name(resource: str) -> None:
    assert fault(resource, {}) == (
        f"The result of {PREFIX}{resource} cannot be checked: this botocore has no model of it. "
        "Upgrade boto3, or give the mock the fieldValidationMode NONE."
    )


def test_every_optimised_integration_has_a_shape_unless_it_answers_with_what_others_say() -> None:
    shapeless = {
        f"{service}:{action}"
        for service, actions in OPTIMISED.items()
        for action in actions
        if result_shape(f"{PREFIX}{service}:{action}") is None
    }
    assert shapeless == {"apigateway:invoke", "eks:call", "eks:runJob", "http:invoke"}


def test_every_job_has_an_api_to_poll() -> None:
    pollless = {
        f"{service}:{action}"
        for service, actions in OPTIMISED.items()
        for action, patterns in actions.items()
        for pattern in patterns
        if pattern.startswith(".sync") and f"{service}:{action}" != "eks:runJob"
        and result_shape(f"{PREFIX}{service}:{action}{pattern}") == result_shape(f"{PREFIX}{service}:{action}")
    }  # fmt: skip
    assert pollless == set()


def test_the_tables_name_what_there_is() -> None:
    assert set(SDK_SERVICES.values()) <= services()
    for key, operation in (OPERATIONS | POLLS).items():
        assert operation in load(key.partition(":")[0]).operations
