"""Distributed Maps in virtual time: children on the same clock and mocks, items from a mock of the Map's name."""

from __future__ import annotations

import re
from typing import Any

import pytest

from stepfunctions.engine.mocks import fails, in_turn, succeeds
from stepfunctions.engine.virtual import run
from stepfunctions.errors import MockError

TASK = {"T": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": True}}
PASS = {"P": {"Type": "Pass", "End": True}}
READER = {
    "Resource": "arn:aws:states:::s3:getObject",
    "ReaderConfig": {"InputType": "JSON"},
    "Parameters": {"Bucket": "b", "Key": "k"},
}


def distributed(states: Any, **fields: Any) -> Any:
    processor = {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": fields.pop("ExecutionType", "STANDARD")},
        "StartAt": next(iter(states)),
        "States": states,
    }
    return {
        "StartAt": "Orders",
        "States": {"Orders": {"Type": "Map", "ItemProcessor": processor, "End": True, **fields}},
    }


def test_children_take_turns_as_the_concurrency_says() -> None:
    tasks = {"T": lambda arguments: succeeds(arguments * 10, after_seconds=60)}
    execution = run(distributed(TASK, MaxConcurrency=2), [1, 2, 3], tasks=tasks)
    assert execution.output == [10, 20, 30]
    assert execution.elapsed_seconds == 120
    assert [(call.arguments, call.after_seconds) for call in execution.calls] == [(1, 0), (2, 0), (3, 60)]
    assert execution.states == ["Orders"]


def test_items_come_from_a_mock_of_the_map_s_name() -> None:
    definition = distributed(
        PASS, ItemReader=READER, ItemSelector={"v.$": "$$.Map.Item.Value", "s.$": "$$.Map.Item.Source"}
    )
    execution = run(definition, tasks={"Orders": ["a", "b"]})
    assert execution.output == [{"v": "a", "s": "S3://b/k"}, {"v": "b", "s": "S3://b/k"}]


def test_a_mock_of_items_sees_where_they_are_wanted_from_and_may_take_time() -> None:
    reader = {**READER, "ReaderConfig": {"InputType": "JSON", "MaxItems": 1}}
    tasks = {"Orders": lambda arguments: succeeds([arguments["Key"], 2], after_seconds=5)}
    execution = run(distributed(PASS, ItemReader=reader), tasks=tasks)
    assert (execution.output, execution.elapsed_seconds) == (["k"], 5)


def test_fewer_items_than_none_cannot_be_read() -> None:
    reader = {"Resource": READER["Resource"], "ReaderConfig": {"InputType": "JSON", "MaxItemsPath": "$.n"}}
    execution = run(distributed(PASS, ItemReader=reader), {"n": -1}, tasks={"Orders": [1, 2]})
    assert (execution.error, execution.cause) == ("States.ItemReaderFailed", "field MaxItems must be positive")


def test_the_arn_of_a_child_says_of_what_type_it_is() -> None:
    show = {"P": {"Type": "Pass", "Parameters": {"id.$": "$$.Execution.Id"}, "End": True}}
    head = "arn:aws:states:us-east-1:123456789012"
    standard = run(distributed(show, Label="L"), [0]).output[0]["id"]
    assert re.fullmatch(head + ":execution:machine/L:[0-9a-f-]{36}", standard)
    express = run(distributed(show, Label="L", ExecutionType="EXPRESS"), [0]).output[0]["id"]
    assert re.fullmatch(head + ":express:machine/L:[0-9a-f-]{36}:[0-9a-f-]{36}", express)


def test_items_may_fail_to_be_read() -> None:
    execution = run(distributed(PASS, ItemReader=READER), tasks={"Orders": fails("States.ItemReaderFailed", "gone")})
    assert (execution.error, execution.cause) == ("States.ItemReaderFailed", "gone")


@pytest.mark.parametrize(
    ("tasks", "complaint"), [({}, "no mock has them: give tasks={'Orders'"), ({"Orders": 7}, "no array")]
)
def test_items_that_no_mock_has_are_an_error_that_names_the_state(tasks: Any, complaint: str) -> None:
    with pytest.raises(MockError, match="'Orders'") as raised:
        run(distributed(PASS, ItemReader=READER), tasks=tasks)
    assert complaint in str(raised.value)


def test_a_result_writer_says_where_it_would_have_written() -> None:
    writer = {"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket": "b", "Prefix": "p"}}
    execution = run(distributed(PASS, ResultWriter=writer, Label="L"), [1])
    arn = execution.output["MapRunArn"]
    key = f"p/{arn.rpartition(':')[2]}/manifest.json"
    assert execution.output["ResultWriterDetails"] == {"Bucket": "b", "Key": key}


def test_a_writer_config_flattens_the_outputs() -> None:
    config = {"WriterConfig": {"Transformation": "FLATTEN", "OutputType": "JSON"}}
    assert run(distributed(PASS, ResultWriter=config), [[1, 2], [3]]).output == [1, 2, 3]


def test_a_result_that_is_too_large_fails() -> None:
    big = {"P": {"Type": "Pass", "Result": "x" * 3_000, "End": True}}
    assert run(distributed(big), list(range(100))).error == "States.DataLimitExceeded"


def test_too_many_failures_stop_the_other_children() -> None:
    tasks = {"T": lambda n: fails("E", after_seconds=1) if n == 1 else succeeds(n, after_seconds=60)}
    execution = run(distributed(TASK), [0, 1], tasks=tasks)
    assert execution.error == "States.ExceedToleratedFailureThreshold"
    assert execution.elapsed_seconds == 1


def test_the_children_of_an_execution_are_there_to_be_looked_at() -> None:
    tasks = {"T": lambda n: fails("E", "why") if n == 1 else succeeds(n * 10)}
    execution = run(distributed(TASK, ToleratedFailureCount=1), [0, 1, 2], tasks=tasks)
    shown = [(child.state, child.input, child.status, child.output, child.error) for child in execution.children]
    assert shown == [
        ("Orders", 0, "SUCCEEDED", 0, None),
        ("Orders", 1, "FAILED", None, "E"),
        ("Orders", 2, "SUCCEEDED", 20, None),
    ]
    assert execution.children[1].history[-1]["executionFailedEventDetails"] == {"error": "E", "cause": "why"}


def test_express_children_time_out_after_five_minutes() -> None:
    long = {"W": {"Type": "Wait", "Seconds": 301, "End": True}}
    execution = run(distributed(long, ExecutionType="EXPRESS", ToleratedFailureCount=1), [0])
    assert (execution.output, execution.elapsed_seconds) == ([], 300)


def test_stopping_the_execution_is_its_end() -> None:
    execution = run(distributed({"W": {"Type": "Wait", "Seconds": 60, "End": True}}), [0], stop_after_seconds=5)
    assert (execution.status, execution.elapsed_seconds) == ("ABORTED", 5)


@pytest.mark.parametrize("execution_type", ["STANDARD", "EXPRESS"])
def test_a_redrive_goes_on_with_what_had_not_succeeded(execution_type: str) -> None:
    tasks = {"T": in_turn(succeeds("one"), fails("E"), succeeds("two"))}
    failed = run(distributed(TASK, ExecutionType=execution_type, MaxConcurrency=1), [1, 2, 3], tasks=tasks)
    assert failed.status == "FAILED"
    redriven = failed.redrive(tasks={"T": succeeds("again")})
    assert redriven.output == ["one", "again", "again"]
    assert "MapRunRedriven" in [event.type for event in redriven.events]
