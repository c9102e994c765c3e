"""Definitions that AWS takes, field by field, in both query languages: too strict a validator is worse than a lax one.

After the examples and tables of the AWS Developer Guide; the ranges' ends as others measured them.
"""

from __future__ import annotations

from typing import Any

import pytest

from stepfunctions.asl import parse, render, validate

LAMBDA = "arn:aws:lambda:us-east-1:123456789012:function:f"
PASS = {"Type": "Pass", "End": True}
INNER = {"StartAt": "P", "States": {"P": PASS}}
DISTRIBUTED = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}, **INNER}
EACH: dict[str, Any] = {"Type": "Map", "ItemProcessor": DISTRIBUTED}


def takes(state: dict[str, Any], language: str = "JSONPath", **top: Any) -> None:
    """Assert that a machine with *state* as its first is taken, and written again as it was read."""
    states = {"A": {"Next": "Z", **state}, "Z": {"Type": "Succeed"}}
    if state["Type"] == "Fail":
        states["A"].pop("Next")
        states["C"] = {"Type": "Choice", "Choices": [always(language)], "Default": "A"}
    definition = {"QueryLanguage": language, "StartAt": "C" if "C" in states else "A", "States": states, **top}
    assert [str(each) for each in validate(definition) if each.severity == "ERROR"] == []
    machine = parse(definition)
    assert parse(render(machine)) == machine


def always(language: str) -> dict[str, Any]:
    test = {"Condition": True} if language == "JSONata" else {"Variable": "$.a", "IsPresent": True}
    return {**test, "Next": "Z"}


@pytest.mark.parametrize(
    "state",
    [
        {"Type": "Pass", "Result": {"x.$": "$.a"}, "ResultPath": "$.a.b[0]['c d']"},
        {"Type": "Pass", "Parameters": {"a.$": "$$.Execution.Input.b", "c": [{"d.$": "$var.e[0]"}]}},
        {"Type": "Pass", "InputPath": "$$.Execution", "OutputPath": None, "ResultPath": None},
        {"Type": "Pass", "InputPath": "$.a[?(@.b > 1)]", "OutputPath": "$.c[*].d"},
        {"Type": "Pass", "Assign": {"x": {"y.$": "States.Format('{}', $.a)"}, "z_1": None, "é": 1}},
        {"Type": "Wait", "Seconds": 0},
        {"Type": "Wait", "Seconds": 99_999_999},
        {"Type": "Wait", "Timestamp": "2024-02-29T23:59:59.999+01:00"},
        {"Type": "Wait", "SecondsPath": "$.a"},
        {"Type": "Wait", "TimestampPath": "$variable"},
        {"Type": "Fail"},
        {"Type": "Fail", "Error": "E", "CausePath": "States.Format('{}', $.a)"},
        {"Type": "Fail", "ErrorPath": "$.a", "Cause": ""},
        {"Type": "Task", "Resource": LAMBDA, "TimeoutSecondsPath": "$.t", "HeartbeatSecondsPath": "$.h"},
        {"Type": "Task", "Resource": f"{LAMBDA}:$LATEST", "TimeoutSeconds": 99_999_999, "HeartbeatSeconds": 1},
        {"Type": "Task", "Resource": LAMBDA, "Credentials": {"RoleArn.$": "States.Format('{}', $.a)"}},
        {"Type": "Task", "Resource": LAMBDA, "ResultSelector": {"a.$": "$.b"}, "ResultPath": "$.r", "Retry": []},
        {"Type": "Parallel", "Branches": [INNER], "Parameters": {"a.$": "$"}, "ResultSelector": {"b.$": "$[0]"}},
    ],
)
def test_a_jsonpath_state_as_aws_documents_it_is_taken(state: dict[str, Any]) -> None:
    takes(state)


@pytest.mark.parametrize(
    "state",
    [
        {"Type": "Pass", "Output": "{% $states.input %}"},
        {"Type": "Pass", "Output": None},
        {"Type": "Pass", "Assign": {"x": "{% $states.context.Execution.Id %}", "y": ["{% $x %}", 1]}},
        {"Type": "Wait", "Seconds": "{% $states.input.n + 1 %}"},
        {"Type": "Wait", "Timestamp": "{% $now() %}"},
        {"Type": "Fail", "Error": "{% 'E' %}", "Cause": "no"},
        {"Type": "Task", "Resource": LAMBDA, "TimeoutSeconds": "{% $t %}", "HeartbeatSeconds": "{% $h %}"},
        {"Type": "Task", "Resource": LAMBDA, "Arguments": "{% $states.input.a %}", "Output": {"a": "{% 1 %}"}},
        {"Type": "Task", "Resource": LAMBDA, "Arguments": [1, "{% 2 %}"], "Credentials": {"RoleArn": "{% $role %}"}},
        {
            "Type": "Task",
            "Resource": LAMBDA,
            "Catch": [
                {
                    "ErrorEquals": ["States.ALL"],
                    "Output": "{% $states.errorOutput %}",
                    "Assign": {"e": "{% $states.errorOutput.Error %}"},
                    "Next": "Z",
                }
            ],
        },
        {"Type": "Parallel", "Branches": [INNER], "Arguments": {"a": "{% 1 %}"}},
        {"Type": "Map", "Items": "{% [1, 2] %}", "ItemProcessor": INNER, "MaxConcurrency": "{% 2 %}"},
        {"Type": "Map", "Items": [1, "{% 2 %}"], "ItemSelector": {"i": "{% $states.context.Map.Item.Index %}"}, **EACH},
        {**EACH, "ToleratedFailureCount": "{% 1 %}", "ToleratedFailurePercentage": "{% 12.5 %}"},
        {**EACH, "ItemBatcher": {"MaxItemsPerBatch": "{% 5 %}", "BatchInput": {"a": "{% $states.input %}"}}},
        {
            **EACH,
            "ItemReader": {
                "Resource": "arn:aws:states:::s3:getObject",
                "ReaderConfig": {"InputType": "JSONL", "MaxItems": "{% 10 %}"},
                "Arguments": {"Bucket": "b", "Key": "{% $states.input.k %}"},
            },
            "ResultWriter": {"Resource": "arn:aws:states:::s3:putObject", "Arguments": {"Bucket": "b", "Prefix": "p"}},
        },
    ],
)
def test_a_jsonata_state_as_aws_documents_it_is_taken(state: dict[str, Any]) -> None:
    takes(state, "JSONata")


@pytest.mark.parametrize(
    "retrier",
    [
        {"ErrorEquals": ["States.ALL"], "IntervalSeconds": 0, "MaxAttempts": 0, "BackoffRate": 1},
        {"ErrorEquals": ["E", "States.TaskFailed"], "MaxDelaySeconds": 31_622_400, "JitterStrategy": "NONE"},
        {"ErrorEquals": ["States.Timeout"], "MaxAttempts": 99_999_999, "BackoffRate": 1.5, "MaxDelaySeconds": 1},
    ],
)
def test_a_retrier_is_taken_to_the_ends_of_its_ranges(retrier: dict[str, Any]) -> None:
    takes({"Type": "Task", "Resource": LAMBDA, "Retry": [retrier]})


@pytest.mark.parametrize(
    "config",
    [
        {"InputType": "CSV", "CSVHeaderLocation": "GIVEN", "CSVHeaders": ["a", "b"], "CSVDelimiter": "TAB"},
        {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW", "MaxItems": 0},
        {"InputType": "JSON", "ItemsPointer": "/a/b", "MaxItemsPath": "$.n"},
        {"InputType": "PARQUET", "MaxItems": 100_000_000},
        {"InputType": "MANIFEST"},
        {"ManifestType": "S3_INVENTORY"},
        {"ManifestType": "ATHENA_DATA", "InputType": "CSV", "CSVHeaders": ["a"]},
        {},
    ],
)
def test_every_kind_of_reader_is_taken(config: dict[str, Any]) -> None:
    source = {"Resource": "arn:aws:states:::s3:getObject", "Parameters": {"Bucket": "b", "Key.$": "$.k"}}
    takes({**EACH, "ItemReader": {**source, "ReaderConfig": config}})


@pytest.mark.parametrize(
    "fields",
    [
        {"ItemsPath": "$$.Execution.Input.items", "MaxConcurrencyPath": "$n"},
        {"Label": "Größe-1", "ToleratedFailurePercentage": 100, "ToleratedFailureCountPath": "$.n"},
        {"ItemBatcher": {"MaxItemsPerBatchPath": "$.n", "MaxInputBytesPerBatchPath": "$variable"}},
        {"ItemReader": {"Resource": "arn:aws-cn:states:::s3:listObjectsV2", "Parameters": {"Bucket": "b"}}},
        {"ResultWriter": {"WriterConfig": {"OutputType": "JSONL", "Transformation": "FLATTEN"}}},
        {"ItemSelector": {"v.$": "$$.Map.Item.Value", "k.$": "$$.Map.Item.Key"}},
    ],
)
def test_the_fields_of_a_distributed_map_are_taken(fields: dict[str, Any]) -> None:
    takes({**EACH, **fields})


@pytest.mark.parametrize(
    "rule",
    [
        {"Variable": "$$.State.Name", "StringMatches": "a*\\*"},
        {"Variable": "$variable.a[0]", "NumericGreaterThanEqualsPath": "$.b"},
        {"And": [{"Or": [{"Not": {"Variable": "$.a", "IsNull": False}}]}, {"Variable": "$.b", "BooleanEquals": True}]},
        {"Variable": "$.t", "TimestampLessThan": "2024-01-01T00:00:00Z", "Comment": "old", "Assign": {"x.$": "$.t"}},
    ],
)
def test_a_choice_rule_is_taken(rule: dict[str, Any]) -> None:
    choice = {"Type": "Choice", "Choices": [{**rule, "Next": "Z"}], "Default": "B"}
    states = {"A": choice, "B": {"Type": "Fail"}, "Z": {"Type": "Succeed", "InputPath": "$.a"}}
    found = validate({"StartAt": "A", "States": states})
    assert [each for each in found if each.severity == "ERROR"] == []


def test_the_top_level_fields_are_taken() -> None:
    takes({"Type": "Pass"}, Comment="c", Version="1.0", TimeoutSeconds=0)
    takes({"Type": "Pass"}, TimeoutSeconds=99_999_999)


def test_a_variable_that_nothing_assigns_is_for_the_run_to_find() -> None:
    takes({"Type": "Pass", "Output": "{% $nothing %}"}, "JSONata")
