"""One state, tried once."""

from __future__ import annotations

import json
from typing import Any

import pytest
from player import LAMBDA, TASK, TOKEN

from stepfunctions.asl.parse import parse_state
from stepfunctions.core.ambient import Ambient
from stepfunctions.core.commands import ScheduleTask
from stepfunctions.core.events import ExecutionStarted, TaskFailed, TaskStarted, TaskSucceeded, TimeReached
from stepfunctions.core.failures import THRESHOLD_EXCEEDED
from stepfunctions.core.trial import Conditions, Mock, Trial, TrialEnd
from stepfunctions.errors import InvalidRequest
from stepfunctions.query.failure import Failure

PROCESSOR = {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}}
DISTRIBUTED = {**PROCESSOR, "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}}
BROKEN = Failure("Broken", "It broke.")
CATCH = [{"ErrorEquals": ["Other"], "Next": "A"}, {"ErrorEquals": ["Broken"], "Next": "B"}]
RETRY = [{"ErrorEquals": ["Other"]}, {"ErrorEquals": ["Broken"], "IntervalSeconds": 3, "MaxAttempts": 2}]


def started(data: Any = None) -> ExecutionStarted:
    """Return the first event of a trial on *data*."""
    return ExecutionStarted(
        json.dumps({} if data is None else data),
        "arn:aws:states:eu-west-1:123456789012:express:machine:one",
        "one",
        "arn:aws:iam::123456789012:role/r",
        "arn:aws:states:eu-west-1:123456789012:stateMachine:machine",
        "machine",
        0,
        express=True,
        synchronous=True,
    )


def begin(state: dict[str, Any], data: Any = None, **conditions: Any) -> Trial:
    """Return a trial of *state* that has had its first event."""
    ends = {} if state["Type"] in ("Succeed", "Fail", "Choice") or "Next" in state else {"End": True}
    trial = Trial(parse_state({**state, **ends}), Conditions(**conditions))
    trial.handle(started(data), Ambient(0, 1))
    return trial


def try_out(state: dict[str, Any], data: Any = None, **conditions: Any) -> TrialEnd:
    """Return where *state* leads at once."""
    end = begin(state, data, **conditions).end
    assert end is not None
    return end


def output(end: TrialEnd) -> Any:
    """Return what was handed on."""
    assert end.output is not None
    return end.output.value


def map_state(**fields: Any) -> dict[str, Any]:
    """Return a Map state with *fields*."""
    return {"Type": "Map", "ItemProcessor": PROCESSOR, **fields}


# Where it leads


def test_a_state_leads_to_the_next_without_entering_it() -> None:
    end = try_out({"Type": "Pass", "Next": "Anywhere"}, 1)
    assert (end.status, end.next_state, output(end), end.failure) == ("SUCCEEDED", "Anywhere", 1, None)


def test_a_state_at_the_end_leads_nowhere() -> None:
    assert try_out({"Type": "Succeed"}).next_state is None


def test_a_choice_leads_along_its_rule() -> None:
    rule = {"Variable": "$.n", "NumericEquals": 1, "Next": "One"}
    assert try_out({"Type": "Choice", "Choices": [rule], "Default": "Other"}, {"n": 1}).next_state == "One"
    assert try_out({"Type": "Choice", "Choices": [rule], "Default": "Other"}, {"n": 2}).next_state == "Other"


def test_a_fail_state_fails_with_its_error() -> None:
    end = try_out({"Type": "Fail", "Error": "E", "Cause": "c"})
    assert (end.status, end.failure, end.output) == ("FAILED", Failure("E", "c"), None)


def test_the_cause_of_a_failed_query_does_not_name_the_state() -> None:
    end = try_out({"Type": "Pass", "InputPath": "$.x"})
    cause = "Invalid path '$.x' : No results for path: $['x']"
    assert (end.status, end.failure) == ("FAILED", Failure("States.Runtime", cause))


def test_a_wait_ends_when_its_time_has_come() -> None:
    trial = begin({"Type": "Wait", "Seconds": 30, "Next": "N"})
    assert (trial.end, trial.deadline) == (None, 30_000)
    trial.handle(TimeReached(), Ambient(30_000, 1))
    assert trial.end is not None
    assert trial.end.next_state == "N"


def test_after_five_minutes_it_has_timed_out() -> None:
    trial = begin({"Type": "Wait", "Seconds": 301})
    assert trial.deadline == 300_000
    trial.handle(TimeReached(), Ambient(300_000, 1))
    assert trial.end is not None
    assert (trial.end.status, trial.end.failure) == ("FAILED", Failure("States.Timeout", None))


# Without a mock


def test_a_task_is_scheduled_and_its_result_taken() -> None:
    trial = begin({"Type": "Task", "Resource": LAMBDA}, {"a": 1})
    outcome = trial.handle(TaskStarted("t1"), Ambient(0, 1))
    assert (outcome.commands, trial.end) == ((), None)
    trial.handle(TaskSucceeded("t1", "[2]"), Ambient(0, 1))
    assert trial.end is not None
    assert output(trial.end) == [2]


def test_a_task_asks_for_its_work_with_its_arguments() -> None:
    trial = Trial(parse_state({"Type": "Task", "Resource": TASK, "Parameters": {"q": 1}, "End": True}))
    (command,) = trial.handle(started(), Ambient(0, 1)).commands
    assert isinstance(command, ScheduleTask)
    assert (command.resource, command.arguments) == (TASK, '{"q":1}')


def test_the_failure_of_a_task_is_routed() -> None:
    trial = begin({"Type": "Task", "Resource": TASK, "Catch": CATCH})
    trial.handle(TaskFailed("t1", "Broken", "It broke."), Ambient(0, 1))
    assert trial.end is not None
    assert (trial.end.status, trial.end.next_state, trial.end.failure) == ("CAUGHT_ERROR", "B", BROKEN)


# Failures


@pytest.mark.parametrize("state", [{"Type": "Task", "Resource": TASK}, map_state(ItemsPath="$.l")], ids=["Task", "Map"])
def test_a_mocked_error_is_caught_by_the_catcher_that_names_it(state: dict[str, Any]) -> None:
    end = try_out({**state, "Catch": CATCH}, {"l": []}, mock=Mock(failure=BROKEN))
    assert (end.status, end.next_state, end.failure) == ("CAUGHT_ERROR", "B", BROKEN)
    assert output(end) == {"Error": "Broken", "Cause": "It broke."}
    assert end.error_details == {"catchIndex": 1}


@pytest.mark.parametrize(("retried", "seconds"), [(0, 3), (1, 6)])
def test_a_retrier_that_may_try_again_says_when(retried: int, seconds: int) -> None:
    state = {"Type": "Task", "Resource": TASK, "Retry": RETRY, "Catch": CATCH}
    end = try_out(state, mock=Mock(failure=BROKEN), retry_count=retried)
    assert (end.status, end.output, end.next_state, end.failure) == ("RETRIABLE", None, None, BROKEN)
    assert end.error_details == {"retryIndex": 1, "retryBackoffIntervalSeconds": seconds}


def test_a_retrier_without_an_interval_is_not_followed_either() -> None:
    retry = [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 1, "BackoffRate": 1.0, "MaxDelaySeconds": 1}]
    end = try_out({"Type": "Task", "Resource": TASK, "Retry": retry}, mock=Mock(failure=BROKEN), retry_count=2)
    assert (end.status, end.error_details["retryBackoffIntervalSeconds"]) == ("RETRIABLE", 1)


def test_a_retrier_that_is_used_up_is_named_without_an_interval() -> None:
    end = try_out({"Type": "Task", "Resource": TASK, "Retry": RETRY}, mock=Mock(failure=BROKEN), retry_count=2)
    assert (end.status, end.error_details) == ("FAILED", {"retryIndex": 1})


def test_after_a_retrier_that_is_used_up_comes_the_catcher() -> None:
    state = {"Type": "Task", "Resource": TASK, "Retry": RETRY, "Catch": CATCH}
    end = try_out(state, mock=Mock(failure=BROKEN), retry_count=2)
    assert (end.status, end.error_details) == ("CAUGHT_ERROR", {"retryIndex": 1, "catchIndex": 1})


def test_an_expression_that_fails_can_be_caught_and_no_longer_is_what_the_catcher_fails_with() -> None:
    catch = [{"ErrorEquals": ["States.QueryEvaluationError"], "Next": "N", "Output": "{% $states.input.nothing %}"}]
    state = {"Type": "Task", "Resource": TASK, "QueryLanguage": "JSONata", "Catch": catch, "Arguments": "{% $x %}"}
    end = try_out(state, mock=Mock(result={}))
    assert end.failure is not None
    assert end.failure.cause is not None
    assert (end.status, end.error_details) == ("FAILED", {})
    assert end.failure.cause.startswith(
        "The JSONata expression '$states.input.nothing' specified for the field 'Catch[0]"
    )


# What is around it


def test_variables_are_seen_and_what_the_state_assigns_is_added() -> None:
    state = {"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% $a %}", "Assign": {"b": "{% $a + 1 %}"}}
    end = try_out(state, variables={"a": 1})
    assert output(end) == 1
    assert end.inspection.steps["variables"] == {"a": 1, "b": 2}


def test_without_variables_none_are_shown() -> None:
    assert "variables" not in try_out({"Type": "Pass"}).inspection.steps


def test_the_context_object_calls_the_state_by_a_name_of_its_own() -> None:
    trial = Trial(parse_state({"Type": "Pass", "Parameters": {"c.$": "$$"}, "End": True}, name="Mine"))
    trial.handle(started({"a": 1}), Ambient(0, 1))
    assert trial.end is not None
    context = output(trial.end)["c"]
    assert context["State"] == {"Name": "StateName", "EnteredTime": "1970-01-01T00:00:00Z"}
    assert sorted(context["Execution"]) == ["Id", "Input", "Name", "RoleArn", "StartTime"]


def test_a_context_object_that_is_given_is_all_there_is() -> None:
    given = {"Execution": {"Name": "mine"}, "Task": {"Token": "mine too"}}
    end = try_out({"Type": "Task", "Resource": TOKEN, "Parameters": {"c.$": "$$"}}, mock=Mock(result={}), context=given)
    assert end.inspection.steps["afterParameters"]["c"] == given


def test_an_item_selector_sees_its_item_in_any_context_object() -> None:
    state = map_state(ItemSelector={"v.$": "$$.Map.Item.Value", "c.$": "$$.Execution.Name"})
    end = try_out(state, [1], mock=Mock(result=[0]), context={"Execution": {"Name": "mine"}})
    assert end.inspection.steps["afterItemSelector"] == [{"v": 1, "c": "mine"}]


# What is around it: Parallel and Map


def around(**fields: Any) -> Any:
    """Return an inline Map with *fields*, as it stands around a state."""
    return parse_state({**map_state(**fields), "End": True})


def test_a_state_within_a_map_is_tried_on_its_first_item() -> None:
    reader = {"Resource": "arn:aws:states:::s3:getObject", "Parameters": {"Bucket": "b", "Key": "k"}}
    outer = around(ItemProcessor=DISTRIBUTED, ItemReader={**reader, "ReaderConfig": {"InputType": "JSON"}})
    state = {"Type": "Pass", "Parameters": {"i.$": "$$.Map.Item"}}
    item = {"Index": 0, "Value": 7}
    assert output(try_out(state, 7, enclosing=(around(), outer)))["i"] == {**item, "Source": "STATE_DATA"}
    assert output(try_out(state, 7, enclosing=(outer,)))["i"] == {**item, "Source": "S3://b/k"}


def test_a_failure_that_a_state_does_not_handle_is_for_those_around_it() -> None:
    task = {"Type": "Task", "Resource": TASK, "Retry": [{"ErrorEquals": ["Other"]}]}
    end = try_out(task, 7, mock=Mock(failure=BROKEN), enclosing=(around(Retry=RETRY[:1]), around(Catch=CATCH)))
    assert (end.status, end.next_state, end.failure) == ("CAUGHT_ERROR", "B", BROKEN)
    assert end.error_details == {"catchIndex": 1}


def test_a_retrier_around_a_state_has_tried_as_often_as_is_said() -> None:
    task, outer = {"Type": "Task", "Resource": TASK}, around(Retry=RETRY, Catch=CATCH)
    tried = [try_out(task, mock=Mock(failure=BROKEN), enclosing=(outer,), retry_count=count) for count in (1, 2)]
    assert [end.status for end in tried] == ["RETRIABLE", "CAUGHT_ERROR"]
    assert tried[0].error_details == {"retryIndex": 1, "retryBackoffIntervalSeconds": 6}


def test_nothing_around_a_state_handles_what_ends_an_execution() -> None:
    outer = around(Catch=[{"ErrorEquals": ["States.ALL"], "Next": "N"}])
    end = try_out({"Type": "Pass", "InputPath": "$.x"}, enclosing=(outer,))
    assert (end.status, end.failure and end.failure.error) == ("FAILED", "States.Runtime")


@pytest.mark.parametrize(("failed", "status"), [(0, "FAILED"), (1, "CAUGHT_ERROR")])
def test_a_child_of_a_distributed_map_counts_against_its_threshold(failed: int, status: str) -> None:
    names = {"A": "Broken", "B": "States.ExceedToleratedFailureThreshold"}
    catch = [{"ErrorEquals": [error], "Next": state} for state, error in names.items()]
    outer = around(ItemProcessor=DISTRIBUTED, ToleratedFailureCount=1, Catch=catch)
    state = {"Type": "Fail", "Error": "Broken", "Cause": "It broke."}
    end = try_out(state, enclosing=(outer,), failed_iterations=failed)
    assert end.status == status
    assert end.failure == (THRESHOLD_EXCEEDED if failed else BROKEN)
    assert end.next_state == ("B" if failed else None)


# What it does to its data


FULL = {
    "InputPath": "$.in",
    "Parameters": {"p.$": "$.a"},
    "ResultSelector": {"s.$": "$.r"},
    "ResultPath": "$.out",
    "OutputPath": "$.out",
}


def test_every_step_of_a_task_is_shown() -> None:
    end = try_out({"Type": "Task", "Resource": TASK, **FULL}, {"in": {"a": 1}}, mock=Mock(result={"r": 2}))
    assert output(end) == {"s": 2}
    assert end.inspection.steps == {
        "input": {"in": {"a": 1}},
        "afterInputPath": {"a": 1},
        "afterParameters": {"p": 1},
        "result": {"r": 2},
        "afterResultSelector": {"s": 2},
        "afterResultPath": {"in": {"a": 1}, "out": {"s": 2}},
    }


@pytest.mark.parametrize(
    ("state", "steps"),
    [
        ({"Type": "Pass"}, "afterInputPath afterParameters afterResultPath afterResultSelector input"),
        ({"Type": "Pass", "Result": 1}, "afterResultPath afterResultSelector input result"),
        ({"Type": "Pass", "QueryLanguage": "JSONata"}, "input"),
        ({"Type": "Succeed"}, "afterInputPath input"),
        ({"Type": "Fail"}, "afterInputPath input"),
        ({"Type": "Fail", "QueryLanguage": "JSONata"}, "input"),
        ({"Type": "Wait", "Seconds": 0}, "afterInputPath input"),
        (
            {"Type": "Choice", "Choices": [{"Variable": "$.a", "IsPresent": False, "Next": "N"}]},
            "afterInputPath input",
        ),
    ],
)
def test_each_type_of_state_shows_its_own_steps(state: dict[str, Any], steps: str) -> None:
    assert " ".join(sorted(try_out(state).inspection.steps)) == steps


def test_the_steps_until_a_failure_are_shown() -> None:
    state = {"Type": "Task", "Resource": TASK, "ResultSelector": {"s.$": "$.missing"}}
    end = try_out(state, {"a": 1}, mock=Mock(result={}))
    assert end.status == "FAILED"
    assert sorted(end.inspection.steps) == ["afterInputPath", "afterParameters", "input", "result"]


def test_a_jsonata_task_shows_its_arguments() -> None:
    state = {"Type": "Task", "Resource": TASK, "QueryLanguage": "JSONata", "Arguments": {"a": "{% $states.input.x %}"}}
    end = try_out(state, {"x": 1}, mock=Mock(result={"r": 2}))
    assert end.inspection.steps == {"input": {"x": 1}, "afterArguments": {"a": 1}, "result": {"r": 2}}


def test_a_parallel_shows_what_becomes_of_its_result() -> None:
    state = {"Type": "Parallel", "Branches": [PROCESSOR], "ResultPath": "$.out"}
    end = try_out(state, {"in": 1}, mock=Mock(result=[2]))
    assert end.inspection.steps == {
        "input": {"in": 1},
        "afterResultSelector": [2],
        "afterResultPath": {"in": 1, "out": [2]},
    }


# Maps


def test_a_map_shows_its_items_what_becomes_of_them_and_its_numbers() -> None:
    state = map_state(
        ItemsPath="$.l", ItemSelector={"i.$": "$$.Map.Item.Index", "v.$": "$$.Map.Item.Value"}, MaxConcurrency=2,
        ToleratedFailurePercentagePath="$.percent",
    )  # fmt: skip
    end = try_out(state, {"l": ["a", "b"], "percent": 5}, mock=Mock(result=[1, 2]))
    assert output(end) == [1, 2]
    assert end.inspection.steps["afterItemsPath"] == ["a", "b"]
    assert end.inspection.steps["afterItemSelector"] == [{"i": 0, "v": "a"}, {"i": 1, "v": "b"}]
    assert end.inspection.numbers == {"maxConcurrency": 2, "toleratedFailurePercentage": 5.0}


@pytest.mark.parametrize(
    ("thresholds", "failed", "exceeded"),
    [
        ({}, 2, False),
        ({"ToleratedFailureCount": 1}, 1, False),
        ({"ToleratedFailureCount": 1}, 2, True),
        ({"ToleratedFailurePercentage": 50}, 1, False),
        ({"ToleratedFailurePercentage": 49}, 1, True),
        ({"ToleratedFailureCount": 2, "ToleratedFailurePercentage": 10}, 1, True),
    ],
)
def test_failed_iterations_are_held_against_the_thresholds_that_are_there(
    thresholds: dict[str, Any], failed: int, exceeded: bool
) -> None:
    end = try_out(map_state(**thresholds), ["a", "b"], mock=Mock(result=[1, 2], failed_iterations=failed))
    assert end.status == ("FAILED" if exceeded else "SUCCEEDED")
    if exceeded:
        assert end.failure == Failure(
            "States.ExceedToleratedFailureThreshold", "The specified tolerated failure threshold was exceeded"
        )


def test_a_mocked_error_comes_before_the_thresholds() -> None:
    state = map_state(ToleratedFailureCount=0)
    end = try_out(state, ["a"], mock=Mock(failure=BROKEN, failed_iterations=1))
    assert end.failure == BROKEN


def test_no_more_iterations_can_have_failed_than_there_are() -> None:
    with pytest.raises(InvalidRequest, match="less than or equal to the number of Map iterations"):
        try_out(map_state(), ["a"], mock=Mock(result=[1], failed_iterations=2))


def test_items_that_are_no_array_fail_the_map_before_its_mock() -> None:
    end = try_out(map_state(ItemsPath="$.l"), {"l": 1}, mock=Mock(result=[]))
    assert end.failure == Failure("States.Runtime", 'Reference path "$.l" must point to array.')


READER = {
    "Resource": "arn:aws:states:::s3:getObject",
    "Parameters": {"Bucket": "b", "Key.$": "$.key"},
    "ReaderConfig": {"InputType": "JSON", "ItemsPointer": "/items", "MaxItemsPath": "$.most"},
}


def test_items_that_are_read_are_those_that_are_given() -> None:
    selector = {"v.$": "$$.Map.Item.Value", "s.$": "$$.Map.Item.Source"}
    state = map_state(ItemProcessor=DISTRIBUTED, ItemReader=READER, ItemSelector=selector)
    end = try_out(state, {"key": "k", "most": 2}, mock=Mock(result=[1, 2], items=[7, 8, 9]))
    assert end.status == "SUCCEEDED"
    assert end.inspection.steps["afterItemsPointer"] == [7, 8, 9]
    assert end.inspection.steps["afterItemSelector"] == [{"v": 7, "s": "S3://b/k"}, {"v": 8, "s": "S3://b/k"}]
    assert "afterItemsPath" not in end.inspection.steps


def test_the_members_of_an_object_that_is_given_have_a_key() -> None:
    selector = {"k.$": "$$.Map.Item.Key", "v.$": "$$.Map.Item.Value"}
    state = map_state(ItemProcessor=DISTRIBUTED, ItemReader=READER, ItemSelector=selector)
    end = try_out(state, {"key": "k", "most": 1}, mock=Mock(result=[1], items={"a": 7, "b": 8}))
    assert end.inspection.steps["afterItemSelector"] == [{"k": "a", "v": 7}]


def test_items_that_nobody_knows_are_not_shown() -> None:
    state = map_state(ItemProcessor=DISTRIBUTED, ItemReader=READER, ItemSelector={"v.$": "$$.Map.Item.Value"})
    end = try_out(state, {"key": "k", "most": 2}, mock=Mock(result=[1]))
    assert end.status == "SUCCEEDED"
    assert sorted(end.inspection.steps) == ["afterInputPath", "afterResultPath", "afterResultSelector", "input"]


def test_items_that_would_be_read_may_be_given_in_the_input() -> None:
    reader = {"Resource": "arn:aws:states:::s3:listObjectsV2", "Parameters": {"Bucket": "b"}}
    state = map_state(ItemProcessor=DISTRIBUTED, ItemReader=reader, ItemSelector={"v.$": "$$.Map.Item.Value"})
    assert try_out(state, [1], mock=Mock(result=[1])).inspection.steps["afterItemSelector"] == [{"v": 1}]


def test_fewer_items_than_none_cannot_be_read() -> None:
    state = map_state(ItemProcessor=DISTRIBUTED, ItemReader=READER)
    end = try_out(state, {"key": "k", "most": -1}, mock=Mock(result=[]))
    assert end.failure == Failure("States.ItemReaderFailed", "field MaxItems must be positive")


def test_batches_are_shown_as_their_children_get_them() -> None:
    batcher = {"MaxItemsPerBatch": 2, "BatchInput": {"b.$": "$.b"}}
    state = map_state(ItemProcessor=DISTRIBUTED, ItemsPath="$.l", ItemBatcher=batcher, ToleratedFailureCount=0)
    end = try_out(state, {"l": [1, 2, 3], "b": 9}, mock=Mock(result=[0, 0], failed_iterations=1))
    assert end.status == "FAILED"
    assert end.inspection.steps["afterItemBatcher"] == [
        {"BatchInput": {"b": 9}, "Items": [1, 2]},
        {"BatchInput": {"b": 9}, "Items": [3]},
    ]


def test_the_members_of_an_object_are_items_too() -> None:
    selector = {"k.$": "$$.Map.Item.Key", "v.$": "$$.Map.Item.Value"}
    state = map_state(ItemProcessor=DISTRIBUTED, ItemSelector=selector, ItemBatcher={"MaxItemsPerBatch": 9})
    end = try_out(state, {"a": 1, "b": 2}, mock=Mock(result=[0]))
    items = [{"k": "a", "v": 1}, {"k": "b", "v": 2}]
    assert end.inspection.steps["afterItemSelector"] == items
    assert end.inspection.steps["afterItemBatcher"] == [{"Items": items}]


def test_a_state_without_work_cannot_be_mocked() -> None:
    with pytest.raises(InvalidRequest, match="State type 'Wait' is not supported when a mock is specified"):
        begin({"Type": "Wait", "Seconds": 1}, mock=Mock(result=1))
