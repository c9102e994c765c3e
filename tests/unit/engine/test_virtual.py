"""Executions in virtual time, and the mocks they meet."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from stepfunctions.asl.parse import parse
from stepfunctions.engine.handler import TaskError
from stepfunctions.engine.mocks import fails, in_turn, never, succeeds
from stepfunctions.engine.virtual import TaskCall, run
from stepfunctions.errors import Conflict, DefinitionError, InvalidRequest, MockError
from stepfunctions.query.failure import Failure

INVOKE = "arn:aws:states:::lambda:invoke"
TRAIN = "arn:aws:states:::sagemaker:createTrainingJob.sync"
CALLBACK = "arn:aws:states:::sqs:sendMessage.waitForTaskToken"
MONTH = 30 * 86_400
YEAR = 365 * 86_400


def one(**fields: Any) -> dict[str, Any]:
    """Return a machine of one state, ``S``."""
    return {"StartAt": "S", "States": {"S": {"End": True, **fields}}}


def task(resource: str = INVOKE, **fields: Any) -> dict[str, Any]:
    """Return a machine of one Task state, ``S``."""
    return one(Type="Task", Resource=resource, **fields)


def test_a_month_takes_no_time() -> None:
    execution = run(one(Type="Wait", Seconds=MONTH), {"a": 1})
    assert (execution.status, execution.output) == ("SUCCEEDED", {"a": 1})
    assert execution.elapsed_seconds == MONTH
    assert execution.states == ["S"]


@pytest.mark.parametrize("form", [lambda each: each, json.dumps, parse])
def test_a_definition_may_be_a_dict_a_text_or_a_model(form: Any) -> None:
    assert run(form(one(Type="Pass", Result=1))).output == 1


def test_a_wrong_definition_is_refused_with_its_faults() -> None:
    with pytest.raises(DefinitionError, match="Next"):
        run(one(Type="Pass", End=False, Next="Nowhere"))


def test_without_input_it_is_the_empty_object_and_null_is_null() -> None:
    assert run(one(Type="Pass")).output == {}
    assert run(one(Type="Pass"), None).output is None


def test_the_start_can_be_chosen() -> None:
    at = datetime(2030, 5, 6, 7, 8, 9, tzinfo=UTC)
    execution = run(one(Type="Pass", Parameters={"at.$": "$$.Execution.StartTime"}), started_at=at, name="mine")
    assert execution.output == {"at": "2030-05-06T07:08:09Z"}
    assert execution.history[0]["timestamp"] == at.timestamp()


def test_the_same_seed_gives_the_same_run_and_another_another() -> None:
    definition = one(Type="Pass", Parameters={"id.$": "States.UUID()"})
    outputs = [run(definition, seed=seed).output for seed in (1, 1, 2)]
    assert outputs[0] == outputs[1] != outputs[2]


@pytest.mark.parametrize("key", ["S", INVOKE, "lambda:invoke"])
def test_a_mock_is_found_by_state_resource_or_integration(key: str) -> None:
    execution = run(task(Parameters={"x.$": "$.x"}), {"x": 2}, tasks={key: lambda arguments: arguments["x"] * 21})
    assert execution.output == 42
    assert execution.calls == [TaskCall("S", INVOKE, {"x": 2}, 0)]


def test_one_function_may_answer_for_every_task() -> None:
    execution = run(task(), 5, tasks=lambda resource, arguments: [resource, arguments])
    assert execution.output == [INVOKE, 5]


def test_a_plain_value_is_the_result() -> None:
    assert run(task(), tasks={"S": {"Payload": 1}}).output == {"Payload": 1}


def test_a_missing_mock_is_named() -> None:
    with pytest.raises(MockError, match=r"'S' calls arn:aws:states:::lambda:invoke.*lambda:invoke"):
        run(task())


def test_a_missing_mock_whose_name_is_nearly_there_is_pointed_out() -> None:
    with pytest.raises(MockError, match=r"There is a mock for 's'\.$"):
        run(task(), tasks={"s": 1})


def test_mocks_are_given_by_name_or_as_a_function() -> None:
    with pytest.raises(MockError, match="tasks is a list"):
        run(task(), tasks=[1])  # type: ignore[arg-type]


NOT_JSON = [object(), {"at": datetime(2024, 1, 1, tzinfo=UTC)}, float("nan"), {1, 2}]


@pytest.mark.parametrize("value", NOT_JSON)
@pytest.mark.parametrize("form", [lambda each: each, lambda each: lambda arguments: each, succeeds])
def test_a_result_that_is_not_json_is_refused(form: Any, value: Any) -> None:
    with pytest.raises(MockError, match="'S' answered what is not JSON"):
        run(task(), tasks={"S": form(value)})


def test_so_is_the_answer_to_a_request() -> None:
    with pytest.raises(MockError, match="'S' answered what is not JSON: Object of type set"):
        run(task(CALLBACK), tasks={"S": succeeds(submitted={1})})


@pytest.mark.parametrize("value", NOT_JSON)
def test_so_is_an_input_that_is_not_json(value: Any) -> None:
    with pytest.raises(InvalidRequest, match="input of the execution is not JSON"):
        run(one(Type="Pass"), value)


def test_an_input_counts_in_bytes_and_may_have_as_many_as_on_aws() -> None:
    assert run(one(Type="Pass"), "é" * (131_072 - 1)).status == "SUCCEEDED"
    with pytest.raises(InvalidRequest, match="The input has 262146 bytes, and AWS takes 262144"):
        run(one(Type="Pass"), "é" * 131_072)


def test_a_start_without_a_time_zone_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="without a time zone"):
        run(one(Type="Pass"), started_at=datetime(2024, 1, 1))  # noqa: DTZ001 - what is tested


def test_an_execution_cannot_be_stopped_before_it_starts() -> None:
    with pytest.raises(InvalidRequest, match="stop_after_seconds is -5"):
        run(one(Type="Pass"), stop_after_seconds=-5)


def raises(arguments: Any) -> Any:
    """Fail as a handler does."""
    raise TaskError("E", "c")


@pytest.mark.parametrize("mock", [fails("E", "c"), Failure("E", "c"), lambda arguments: Failure("E", "c"), raises])
def test_a_mock_fails_in_whatever_way_is_handy(mock: Any) -> None:
    execution = run(task(), tasks={"S": mock})
    assert (execution.status, execution.error, execution.cause) == ("FAILED", "E", "c")


def test_a_bug_in_a_mock_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError) as raised:
        run(task(), {"x": 5}, tasks={"S": lambda arguments: 1 // 0})
    assert raised.value.__notes__ == ["in the mock of the state 'S', which was called with {'x': 5}"]


def test_tasks_take_their_time_side_by_side() -> None:
    branches = [{"StartAt": name, "States": {name: task()["States"]["S"]}} for name in ("A", "B")]
    execution = run(
        one(Type="Parallel", Branches=branches),
        tasks={"A": succeeds("a", after_seconds=7200), "B": succeeds("b", after_seconds=3600)},
    )
    assert execution.output == ["a", "b"]
    assert execution.elapsed_seconds == 7200


def test_attempts_are_answered_in_turn() -> None:
    definition = task(Retry=[{"ErrorEquals": ["Busy"], "IntervalSeconds": 5}])
    execution = run(definition, tasks={"S": in_turn(fails("Busy", after_seconds=1), succeeds("done", after_seconds=2))})
    assert execution.output == "done"
    assert [call.after_seconds for call in execution.calls] == [0, 6]
    assert execution.elapsed_seconds == 8


def test_one_attempt_too_many_is_named() -> None:
    with pytest.raises(MockError, match=r"has 1 answer, and the state 'S' asks for one more"):
        run(task(Retry=[{"ErrorEquals": ["Busy"]}]), tasks={"S": in_turn(fails("Busy"))})


def test_mocks_count_anew_in_every_run() -> None:
    tasks = {"S": in_turn(succeeds(1))}
    assert [run(task(), tasks=tasks).output for _ in range(2)] == [1, 1]


def test_a_job_is_submitted_and_then_done() -> None:
    execution = run(task(TRAIN), tasks={"S": succeeds({"x": 1}, after_seconds=900, submitted={"TrainingJobArn": "a"})})
    submitted = next(event for event in execution.history if event["type"] == "TaskSubmitted")
    assert json.loads(submitted["taskSubmittedEventDetails"]["output"]) == {"TrainingJobArn": "a"}
    assert execution.elapsed_seconds == 900


def test_a_refused_request_submits_nothing() -> None:
    execution = run(task(TRAIN), tasks={"S": fails("E", is_refused=True)})
    types = [event["type"] for event in execution.history]
    assert "TaskSubmitFailed" in types
    assert "TaskSubmitted" not in types


def test_a_task_that_takes_too_long_times_out() -> None:
    execution = run(task(TimeoutSeconds=10), tasks={"S": succeeds(after_seconds=11)})
    assert (execution.error, execution.elapsed_seconds) == ("States.Timeout", 10)


def test_a_task_that_is_done_at_the_last_moment_is_done() -> None:
    assert run(task(TimeoutSeconds=10), tasks={"S": succeeds(after_seconds=10)}).status == "SUCCEEDED"


def test_heartbeats_keep_a_task_alive() -> None:
    definition = task(CALLBACK, HeartbeatSeconds=60)
    assert run(definition, tasks={"S": succeeds(after_seconds=600, heartbeat_every_seconds=30)}).status == "SUCCEEDED"
    silent = run(definition, tasks={"S": succeeds(after_seconds=600)})
    assert (silent.error, silent.elapsed_seconds) == ("States.Timeout", 60)


def test_a_task_that_never_ends_ends_with_its_execution_after_a_year() -> None:
    execution = run(task(CALLBACK), tasks={"S": never()})
    assert (execution.status, execution.elapsed_seconds) == ("TIMED_OUT", YEAR)
    assert [event["type"] for event in execution.history[-2:]] == ["TaskSubmitted", "ExecutionTimedOut"]


def test_no_execution_stays_open_for_more_than_a_year() -> None:
    assert run(one(Type="Wait", Seconds=YEAR)).status == "TIMED_OUT"
    assert run(one(Type="Wait", Seconds=YEAR - 1)).status == "SUCCEEDED"
    assert run({**one(Type="Wait", Seconds=YEAR), "TimeoutSeconds": YEAR + 1}).elapsed_seconds == YEAR


def test_heartbeats_keep_a_task_alive_for_as_long_as_it_takes() -> None:
    definition = task(CALLBACK, HeartbeatSeconds=3600, TimeoutSeconds=3 * MONTH)
    busy = never(heartbeat_every_seconds=1000)
    assert run(definition, tasks={"S": busy}).elapsed_seconds == 3 * MONTH
    done = succeeds(after_seconds=2 * MONTH, heartbeat_every_seconds=3600)
    assert run(definition, tasks={"S": done}).status == "SUCCEEDED"


def test_heartbeats_that_are_too_seldom_do_not_help() -> None:
    definition = task(CALLBACK, HeartbeatSeconds=60)
    execution = run(definition, tasks={"S": succeeds(after_seconds=90, heartbeat_every_seconds=61)})
    assert (execution.error, execution.elapsed_seconds) == ("States.Timeout", 60)


def test_a_task_that_does_not_need_heartbeats_may_have_them() -> None:
    assert run(task(), tasks={"S": succeeds(1, after_seconds=9, heartbeat_every_seconds=1)}).output == 1


@pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf")])
def test_a_time_that_is_none_is_refused_where_it_is_given(seconds: float) -> None:
    with pytest.raises(MockError, match=r"after_seconds is .*never"):
        succeeds(after_seconds=seconds)
    with pytest.raises(MockError, match="heartbeat_every_seconds"):
        never(heartbeat_every_seconds=seconds)


def test_heartbeats_need_time_between_them() -> None:
    with pytest.raises(MockError, match="give more than 0"):
        never(heartbeat_every_seconds=0)


def test_answers_of_stopped_tasks_do_not_move_the_clock() -> None:
    branches = [{"StartAt": name, "States": {name: task()["States"]["S"]}} for name in ("Slow", "Bad")]
    execution = run(
        {
            "StartAt": "P",
            "States": {
                "P": {
                    "Type": "Parallel",
                    "Branches": branches,
                    "Catch": [{"ErrorEquals": ["E"], "Next": "W"}],
                    "End": True,
                },
                "W": {"Type": "Wait", "Seconds": 5, "End": True},
            },
        },
        tasks={"Slow": succeeds(after_seconds=3), "Bad": fails("E", after_seconds=1)},
    )
    assert execution.elapsed_seconds == 6
    assert execution.calls[0].state == "Slow"


def test_an_execution_can_be_stopped() -> None:
    execution = run(one(Type="Wait", Seconds=MONTH), stop_after_seconds=60)
    assert (execution.status, execution.elapsed_seconds) == ("ABORTED", 60)


def test_an_execution_that_has_ended_by_then_is_not_stopped() -> None:
    execution = run(one(Type="Wait", Seconds=5), stop_after_seconds=60)
    assert (execution.status, execution.elapsed_seconds) == ("SUCCEEDED", 5)


def test_the_machines_own_timeout_holds() -> None:
    execution = run({**one(Type="Wait", Seconds=MONTH), "TimeoutSeconds": 3})
    assert (execution.status, execution.error, execution.elapsed_seconds) == ("TIMED_OUT", None, 3)


WORK = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": True}
BOTH = {
    "StartAt": "Both",
    "States": {
        "Both": {
            "Type": "Parallel",
            "Branches": [{"StartAt": name, "States": {name: WORK}} for name in ("Left", "Right")],
            "End": True,
        }
    },
}


def test_a_failed_execution_is_redriven_with_other_mocks() -> None:
    failed = run(BOTH, tasks={"Left": "l", "Right": fails("Bad", after_seconds=5)})
    assert failed.status == "FAILED"
    went = failed.redrive(tasks={"Right": succeeds("r", after_seconds=1)}, after_seconds=10)
    assert (went.status, went.output, went.elapsed_seconds) == ("SUCCEEDED", ["l", "r"], 16)
    assert [call.state for call in went.calls] == ["Left", "Right", "Right"]
    assert [event.type for event in went.events].count("ExecutionRedriven") == 1
    assert failed.status == "FAILED"
    assert len(failed.calls) == 2


def test_a_redrive_keeps_the_mocks_and_their_turn() -> None:
    definition = {"StartAt": "Work", "States": {"Work": WORK}}
    execution = run(definition, tasks={"Work": in_turn(fails("One"), fails("Two"), succeeds(3))})
    assert [execution.error, (again := execution.redrive()).error, again.redrive().output] == ["One", "Two", 3]


def test_a_stopped_execution_is_redriven_and_not_stopped_again() -> None:
    wait = {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 100, "End": True}}}
    stopped = run(wait, stop_after_seconds=30)
    assert stopped.status == "ABORTED"
    assert (stopped.redrive().status, stopped.elapsed_seconds) == ("SUCCEEDED", 30)


def test_only_what_ended_badly_and_is_the_latest_is_redriven() -> None:
    good = run({"StartAt": "S", "States": {"S": {"Type": "Succeed"}}})
    with pytest.raises(Conflict, match="Execution is SUCCEEDED and cannot be redriven"):
        good.redrive()
    bad = run({"StartAt": "F", "States": {"F": {"Type": "Fail"}}})
    assert bad.redrive().redrive().status == "FAILED"
    with pytest.raises(Conflict, match="was redriven before"):
        bad.redrive()


def test_tasks_begin_before_any_of_them_is_submitted_as_on_the_engine() -> None:
    def job(name: str) -> dict[str, Any]:
        task = {"Type": "Task", "Resource": "arn:aws:states:::glue:startJobRun.sync", "End": True}
        return {"StartAt": name, "States": {name: task}}

    parallel = {"Type": "Parallel", "Branches": [job("A"), job("B")], "End": True}
    execution = run({"StartAt": "P", "States": {"P": parallel}}, tasks={"A": 1, "B": 2})
    told = [event["type"] for event in execution.history if event["type"] in ("TaskStarted", "TaskSubmitted")]
    assert told == ["TaskStarted", "TaskStarted", "TaskSubmitted", "TaskSubmitted"]


@pytest.mark.parametrize("seconds", [-1, float("nan")])
def test_nothing_is_redriven_before_it_ended(seconds: float) -> None:
    failed = run({"StartAt": "F", "States": {"F": {"Type": "Fail"}}})
    with pytest.raises(InvalidRequest, match="after_seconds is"):
        failed.redrive(after_seconds=seconds)


@pytest.mark.parametrize("count", [6_248, 6_249, 6_250, 6_251, 7_000])
def test_a_map_may_have_as_many_iterations_as_the_history_has_room_for(count: int) -> None:
    processor = {"StartAt": "I", "States": {"I": {"Type": "Pass", "End": True}}}
    execution = run(one(Type="Map", ItemProcessor=processor), list(range(count)))
    last = execution.events[-1]
    if count == 6_248:
        assert (execution.status, last.id) == ("SUCCEEDED", 2 + 4 * count + 4)
    else:
        assert (execution.status, last.id, last.previous_id) == ("FAILED", 25_000, 24_999)
        assert execution.cause == "The execution reached the maximum number of history events (25000)."
