"""Answers held against AWS's models."""

from __future__ import annotations

import pytest

from stepfunctions.shapes import Model, check_output, load


@pytest.fixture(scope="module")
def model() -> Model:
    return load("stepfunctions")


def test_an_answer_as_aws_gives_it_has_no_faults(model: Model) -> None:
    answer = {"executions": [], "nextToken": "abc"}
    assert check_output(model, "ListExecutionsOutput", answer) == []


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        ({"executionArn": "a"}, "StartExecutionOutput.startDate: required member is missing"),
        ({"executionArn": "a", "startDate": 1.5, "x": 1}, "StartExecutionOutput.x: the model has no such member"),
        (
            {"executionArn": None, "startDate": 1},
            "StartExecutionOutput.executionArn: null, where AWS leaves the member out",
        ),
        ({"executionArn": 5, "startDate": 1}, "StartExecutionOutput.executionArn: string expected, got 5"),
        ({"executionArn": "a", "startDate": "now"}, "StartExecutionOutput.startDate: timestamp expected, got 'now'"),
    ],
)
def test_what_a_client_would_stumble_over_is_named(model: Model, answer: object, fault: str) -> None:
    assert check_output(model, "StartExecutionOutput", answer) == [fault]


def test_an_enum_value_aws_does_not_have_is_a_fault(model: Model) -> None:
    answer = {"result": "MAYBE", "diagnostics": []}
    (fault,) = check_output(model, "ValidateStateMachineDefinitionOutput", answer)
    assert fault.startswith("ValidateStateMachineDefinitionOutput.result: 'MAYBE' is none of ")


def test_faults_inside_lists_and_maps_have_their_path(model: Model) -> None:
    answer = {"stateMachineArn": "a", "name": "n", "definition": "{}", "roleArn": "r", "type": "STANDARD",
              "creationDate": 1, "variableReferences": {"A": [1]}}  # fmt: skip
    assert check_output(model, "DescribeStateMachineOutput", answer) == [
        "DescribeStateMachineOutput.variableReferences.A[0]: string expected, got 1"
    ]


def test_an_empty_structure_is_a_fault_but_in_history(model: Model) -> None:
    described = {"stateMachineArn": "a", "name": "n", "definition": "{}", "roleArn": "r", "type": "STANDARD",
                 "creationDate": 1, "loggingConfiguration": {}}  # fmt: skip
    assert check_output(model, "DescribeStateMachineOutput", described) == [
        "DescribeStateMachineOutput.loggingConfiguration: an empty structure, where AWS leaves the member out"
    ]
    event = {"timestamp": 1, "type": "ActivityStarted", "id": 2, "activityStartedEventDetails": {}}
    assert check_output(model, "GetExecutionHistoryOutput", {"events": [event]}) == []


def test_an_operation_that_answers_nothing_answers_nothing(model: Model) -> None:
    assert check_output(model, None, None) == []
    assert check_output(model, None, {"a": 1}) != []
