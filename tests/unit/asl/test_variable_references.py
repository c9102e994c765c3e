"""The variableReferences of DescribeStateMachine: every field of every state, in both query languages."""

from __future__ import annotations

from typing import Any

import pytest

from stepfunctions.asl import parse, variable_references

LAMBDA = "arn:aws:lambda:us-east-1:123456789012:function:f"
INNER = {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}}
DISTRIBUTED = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, **INNER}
GET, PUT = "arn:aws:states:::s3:getObject", "arn:aws:states:::s3:putObject"


def references(state: dict[str, Any], language: str = "JSONPath") -> list[str]:
    """The variables that state A reads."""
    ends = {} if state["Type"] in ("Fail", "Succeed", "Choice") else {"End": True}
    states = {"A": {**state, **ends}}
    if state["Type"] == "Choice":
        states["Z"] = {"Type": "Succeed"}
    return variable_references(parse({"QueryLanguage": language, "StartAt": "A", "States": states})).get("A", [])


@pytest.mark.parametrize(
    ("state", "names"),
    [
        ({"Type": "Pass", "InputPath": "$a.b", "OutputPath": "$c[0]"}, ["a", "c"]),
        ({"Type": "Pass", "Parameters": {"x.$": "$a", "y": [{"z.$": "States.Format('{}', $b)"}]}}, ["a", "b"]),
        ({"Type": "Pass", "Assign": {"x.$": "$a", "y": "$b"}}, ["a"]),
        ({"Type": "Pass", "Result": {"x.$": "$a", "y": "{% $b %}"}, "Comment": "{% $c %}"}, []),
        ({"Type": "Pass", "Parameters": {"x": "{% ( %}", "y": "{% $a %}"}}, []),
        ({"Type": "Wait", "SecondsPath": "$a"}, ["a"]),
        ({"Type": "Wait", "TimestampPath": "$a.b"}, ["a"]),
        ({"Type": "Fail", "ErrorPath": "$a", "CausePath": "States.Format('{} {}', $b, $$.State.Name)"}, ["a", "b"]),
        ({"Type": "Task", "Resource": LAMBDA, "TimeoutSecondsPath": "$a", "HeartbeatSecondsPath": "$b"}, ["a", "b"]),
        ({"Type": "Task", "Resource": LAMBDA, "Credentials": {"RoleArn.$": "$a"}}, ["a"]),
        ({"Type": "Task", "Resource": LAMBDA, "ResultSelector": {"x.$": "$a"}}, ["a"]),
        (
            {
                "Type": "Choice",
                "Choices": [
                    {"And": [{"Variable": "$a", "IsNull": True}, {"Not": {"Variable": "$", "StringEqualsPath": "$b"}}],
                     "Assign": {"x.$": "$c"}, "Next": "Z"}
                ],
                "Default": "Z",
            },
            ["a", "b", "c"],
        ),
        ({"Type": "Map", "ItemProcessor": INNER, "ItemsPath": "$a", "ItemSelector": {"x.$": "$b"}}, ["a", "b"]),
        (
            {
                "Type": "Map",
                "ItemProcessor": DISTRIBUTED,
                "MaxConcurrencyPath": "$a",
                "ToleratedFailureCountPath": "$b",
                "ToleratedFailurePercentagePath": "$c",
                "ItemReader": {
                    "Resource": GET,
                    "ReaderConfig": {"InputType": "JSON", "MaxItemsPath": "$d"},
                    "Parameters": {"Bucket": "b", "Key.$": "$e"},
                },
                "ItemBatcher": {"MaxItemsPerBatchPath": "$f", "BatchInput": {"x.$": "$g"}},
                "ResultWriter": {"Resource": PUT, "Parameters": {"Bucket.$": "$h"}},
            },
            list("abcdefgh"),
        ),
    ],
)  # fmt: skip
def test_the_queries_of_a_jsonpath_state_are_looked_at(state: dict[str, Any], names: list[str]) -> None:
    assert references(state) == names


@pytest.mark.parametrize(
    ("state", "names"),
    [
        ({"Type": "Pass", "Output": ["{% $a %}", {"x": "{% $b.c %}", "y": "$d"}], "Assign": {"x": "{% $e %}"}},
         ["a", "b", "e"]),
        ({"Type": "Pass", "Output": "{% ($x := $a; $map($b, function($v) { $v + $c })) %}"}, ["a", "b", "c"]),
        ({"Type": "Pass", "Comment": "{% $a %}"}, []),
        ({"Type": "Wait", "Seconds": "{% $a %}"}, ["a"]),
        ({"Type": "Fail", "Error": "{% $a %}", "Cause": "{% $b & $states.input.c %}"}, ["a", "b"]),
        ({"Type": "Succeed", "Output": {"x": "{% $a %}"}}, ["a"]),
        (
            {
                "Type": "Task",
                "Resource": LAMBDA,
                "Arguments": {"x": "{% $a %}"},
                "TimeoutSeconds": "{% $b %}",
                "HeartbeatSeconds": "{% $c %}",
                "Credentials": {"RoleArn": "{% $d %}"},
            },
            list("abcd"),
        ),
        ({"Type": "Choice", "Choices": [{"Condition": "{% $a %}", "Output": "{% $b %}", "Next": "Z"}], "Default": "Z"},
         ["a", "b"]),
        ({"Type": "Map", "ItemProcessor": INNER, "Items": [1, "{% $a %}"], "MaxConcurrency": "{% $b %}"}, ["a", "b"]),
        (
            {
                "Type": "Map",
                "ItemProcessor": DISTRIBUTED,
                "ToleratedFailureCount": "{% $a %}",
                "ToleratedFailurePercentage": "{% $b %}",
                "ItemReader": {
                    "Resource": GET,
                    "ReaderConfig": {"InputType": "JSON", "MaxItems": "{% $c %}"},
                    "Arguments": "{% $d %}",
                },
                "ItemBatcher": {"MaxItemsPerBatch": "{% $e %}", "BatchInput": ["{% $f %}"]},
                "ResultWriter": {"Resource": PUT, "Arguments": {"Bucket": "{% $g %}"}},
            },
            list("abcdefg"),
        ),
    ],
)  # fmt: skip
def test_the_expressions_of_a_jsonata_state_are_looked_at(state: dict[str, Any], names: list[str]) -> None:
    assert references(state, "JSONata") == names


def test_catchers_and_inner_states_count_and_states_without_references_are_left_out() -> None:
    inner = {"StartAt": "I", "States": {"I": {"Type": "Pass", "Parameters": {"x.$": "$c"}, "End": True}}}
    catch = {"ErrorEquals": ["States.ALL"], "Assign": {"x.$": "$a"}, "ResultPath": None, "Next": "Z"}
    states = {
        "P": {"Type": "Parallel", "Branches": [inner], "Catch": [catch], "Next": "Z"},
        "Z": {"Type": "Succeed"},
    }
    assert variable_references(parse({"StartAt": "P", "States": states})) == {"P": ["a"], "I": ["c"]}
