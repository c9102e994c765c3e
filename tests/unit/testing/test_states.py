"""TestState of the test rung."""

from __future__ import annotations

from datetime import datetime

import pytest

from stepfunctions import steps
from stepfunctions.errors import InvalidRequest, MockError
from stepfunctions.testing import run, test_state

RETRY = steps.Retry(error_equals=["SageMaker.AmazonSageMakerException"], interval_seconds=60, max_attempts=1)
BROKEN = {"errorOutput": {"error": "SageMaker.AmazonSageMakerException", "cause": "Out of stock."}}


def workflow() -> steps.Graph:
    """Return a machine of the SDK's."""
    training = steps.TrainingStep("Train", {"RoleArn": "r"}, job_name="j", retry=RETRY)
    return steps.Graph(steps.Chain([training, steps.Wait("Rest", seconds=60)]))


def test_a_retrier_of_a_workflow_is_told_without_waiting_for_it() -> None:
    tried = test_state(workflow(), state_name="Train", mock=BROKEN)
    assert (tried.status, tried.error, tried.cause) == ("RETRIABLE", BROKEN["errorOutput"]["error"], "Out of stock.")
    assert tried.inspection_data["errorDetails"] == {"retryIndex": 0, "retryBackoffIntervalSeconds": 60}
    used_up = test_state(workflow(), state_name="Train", mock=BROKEN, state_configuration={"retrierRetryCount": 1})
    assert used_up.status == "FAILED"


def test_a_wait_takes_virtual_time() -> None:
    tried = test_state(workflow(), {"a": 1}, state_name="Rest")
    assert (tried.status, tried.output, tried.next_state, tried.elapsed_seconds) == ("SUCCEEDED", {"a": 1}, None, 60)


def test_values_are_given_and_returned_where_aws_has_text() -> None:
    state = {
        "Type": "Task",
        "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        "Parameters": {"QueueUrl": "q", "MessageBody": {"t.$": "$$.Task.Token", "v.$": "$v"}},
        "ResultPath": "$.answer",
        "Next": "N",
    }
    tried = test_state(
        state, {"a": 1}, variables={"v": [2]}, mock={"result": "yes"}, context={"Task": {"Token": "token"}}
    )
    assert (tried.output, tried.next_state) == ({"a": 1, "answer": "yes"}, "N")
    assert tried.inspection_data["afterParameters"]["MessageBody"] == {"t": "token", "v": [2]}
    assert tried.inspection_data["variables"] == {"v": [2]}


def test_what_aws_would_refuse_is_refused_in_its_words() -> None:
    with pytest.raises(InvalidRequest, match="Required field 'TrainingJobName' is missing"):
        test_state(workflow(), state_name="Train", mock={"result": {}})
    with pytest.raises(InvalidRequest, match="State not found in definition"):
        test_state(workflow(), state_name="Elsewhere")
    with pytest.raises(InvalidRequest, match="Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED"):
        test_state({"Type": "Pass"})


def test_an_input_that_is_no_json_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="input is not JSON"):
        test_state(workflow(), {1, 2}, state_name="Rest")
    with pytest.raises(InvalidRequest, match=r"mock\.result is not JSON"):
        test_state(workflow(), state_name="Train", mock={"result": {1}})
    with pytest.raises(InvalidRequest, match="without a time zone"):
        test_state(workflow(), state_name="Rest", started_at=datetime(2026, 1, 1))  # noqa: DTZ001 - that is the point


def test_a_member_that_there_is_not_is_refused_by_name() -> None:
    with pytest.raises(InvalidRequest, match=r"stateConfiguration\.retryCount is not a member; there are: errorCaused"):
        test_state(workflow(), state_name="Train", mock=BROKEN, state_configuration={"retryCount": 1})
    with pytest.raises(InvalidRequest, match="Member must satisfy enum value set"):
        test_state(workflow(), state_name="Train", mock={"result": {}, "fieldValidationMode": "SOME"})


def test_work_that_nothing_does_needs_a_mock() -> None:
    with pytest.raises(MockError, match=r"'Train' is a Task, .*give mock="):
        test_state(workflow(), state_name="Train")


def test_the_same_seed_is_the_same_test() -> None:
    state = {"Type": "Pass", "Parameters": {"u.$": "States.UUID()", "n.$": "$$.Execution.Name"}, "End": True}
    assert test_state(state, seed=5) == test_state(state, seed=5)
    assert test_state(state, seed=5) != test_state(state, seed=6)


def test_a_state_does_alone_what_it_does_in_an_execution() -> None:
    definition = {
        "StartAt": "A",
        "States": {"A": {"Type": "Pass", "Parameters": {"s.$": "States.Format('{}!', $.x)"}, "End": True}},
    }
    assert test_state(definition, {"x": 1}, state_name="A").output == run(definition, {"x": 1}).output
