"""Retry and Catch: which failure goes where, and when."""

from __future__ import annotations

from typing import Any

import pytest
from player import LAMBDA, TASK, TOKEN, Player, machine, match, scope, single

from stepfunctions.asl.model import Retrier
from stepfunctions.core.ambient import Entropy
from stepfunctions.core.commands import CompleteExecution, ScheduleTask
from stepfunctions.core.events import TaskFailed, TaskStarted, TaskSubmitted, TaskSucceeded
from stepfunctions.core.routing import DELAY_MAX_SECONDS, matches, retry_delay_seconds
from stepfunctions.query.failure import Failure

ALL = ["States.ALL"]


def task(**fields: Any) -> dict[str, Any]:
    """Return a machine whose Task state ``T`` has *fields*, and a state ``Caught`` if it catches."""
    others = {"Caught": {"Type": "Pass", "End": True}} if "Catch" in fields else {}
    return machine("T", T={"Type": "Task", "Resource": TASK, "End": True, **fields}, **others)


@pytest.mark.parametrize(
    ("names", "error", "holds"),
    [
        (["A", "B"], "B", True),
        (["A"], "B", False),
        (ALL, "Anything", True),
        (ALL, None, True),
        (["A"], None, False),
        (["States.TaskFailed"], "Anything", True),
        (["States.TaskFailed"], "States.Timeout", False),
        (["States.Timeout"], "States.Timeout", True),
        (ALL, "States.DataLimitExceeded", True),
        (ALL, "States.Runtime", False),
        (["States.Runtime"], "States.Runtime", False),
        (["States.HeartbeatTimeout"], "States.Timeout", False),
    ],
)
def test_names_match(names: list[str], error: str | None, holds: bool) -> None:
    assert matches(names, Failure(error, None)) is holds


def test_a_missed_heartbeat_is_matched_by_both_names() -> None:
    timeout = Failure("States.Timeout", None)
    assert matches(["States.HeartbeatTimeout"], timeout, is_heartbeat=True)
    assert matches(["States.Timeout"], timeout, is_heartbeat=True)


@pytest.mark.parametrize(
    ("fields", "attempt", "entropy", "seconds"),
    [
        ({}, 1, 0.0, 1),
        ({}, 3, 0.0, 4),
        ({"interval_seconds": 3, "backoff_rate": 1.5}, 2, 0.0, 4.5),
        ({"interval_seconds": 3, "max_delay_seconds": 5}, 4, 0.0, 5),
        ({"interval_seconds": 3, "max_delay_seconds": 5, "jitter_strategy": "FULL"}, 4, 0.5, 2.5),
        ({"interval_seconds": 3}, 1, 0.5, 3),
        ({"max_attempts": 99_999_999}, 90_000_000, 0.0, DELAY_MAX_SECONDS),
    ],
)
def test_the_delay_backs_off(fields: dict[str, Any], attempt: int, entropy: float, seconds: float) -> None:
    retrier = Retrier(error_equals=("E",), **fields)
    assert retry_delay_seconds(retrier, attempt, entropy) == seconds


def test_a_retry_is_a_new_task_after_the_delay() -> None:
    player = Player(task(Retry=[{"ErrorEquals": ["E"], "IntervalSeconds": 2}]))
    player.tell(TaskStarted("t1"))
    assert player.tell(TaskFailed("t1", "E", None)) == ()
    assert player.interpreter.deadline == 2_000
    assert player.let_time_pass() == (match(ScheduleTask, task_id="t2"),)
    assert player.chain[-1] == (6, "TaskScheduled", 5)
    player.tell(TaskSucceeded("t2", "{}"))
    assert player.end.status == "SUCCEEDED"


def test_a_retrier_gives_up_after_its_attempts_and_the_error_stays() -> None:
    player = Player(task(Retry=[{"ErrorEquals": ["E"], "MaxAttempts": 2}]))
    delays = []
    for number in (1, 2):
        player.tell(TaskFailed(f"t{number}", "E", None))
        assert player.interpreter.deadline is not None
        delays.append(player.interpreter.deadline - player.now)
        player.let_time_pass()
    assert delays == [1_000, 2_000]
    assert player.tell(TaskFailed("t3", "E", "last")) == (match(CompleteExecution, error="E", cause="last"),)


def test_each_retrier_counts_for_itself() -> None:
    player = Player(task(Retry=[{"ErrorEquals": ["A"], "MaxAttempts": 1}, {"ErrorEquals": ["B"], "MaxAttempts": 1}]))
    for number, error in ((1, "A"), (2, "B")):
        player.tell(TaskFailed(f"t{number}", error, None))
        player.let_time_pass()
    assert player.tell(TaskFailed("t3", "A", None)) == (match(CompleteExecution, error="A"),)


def test_max_attempts_zero_never_retries() -> None:
    player = Player(task(Retry=[{"ErrorEquals": ALL, "MaxAttempts": 0}]))
    assert player.tell(TaskFailed("t1", "E", None)) == (match(CompleteExecution, status="FAILED"),)


def test_a_new_visit_counts_anew() -> None:
    player = Player(
        machine(
            "T",
            T={"Type": "Task", "Resource": TASK, "Retry": [{"ErrorEquals": ["E"], "MaxAttempts": 1}], "Next": "Again"},
            Again={"Type": "Choice", "Choices": [{"Variable": "$", "IsPresent": True, "Next": "T"}], "Default": "E"},
            E={"Type": "Succeed"},
        )
    )
    player.tell(TaskFailed("t1", "E", None))
    player.let_time_pass()
    player.tell(TaskSucceeded("t2", "{}"))
    assert player.tell(TaskFailed("t3", "E", None)) == ()
    assert player.let_time_pass() == (match(ScheduleTask, task_id="t4"),)


def test_jitter_waits_anywhere_up_to_the_delay() -> None:
    delays = set()
    for seed in range(8):
        player = Player(task(Retry=[{"ErrorEquals": ["E"], "IntervalSeconds": 100, "JitterStrategy": "FULL"}]))
        player.tell(TaskFailed("t1", "E", None), seed=seed)
        assert player.interpreter.deadline is not None
        delays.add(player.interpreter.deadline)
    assert len(delays) == 8
    assert all(0 <= delay <= 100_000 for delay in delays)


def test_a_retry_without_delay_is_made_at_once() -> None:
    retry = [{"ErrorEquals": ["E"], "IntervalSeconds": 1, "MaxDelaySeconds": 2, "JitterStrategy": "FULL"}]
    player = Player(single(Type="Task", Resource=TASK, Retry=retry))
    seed = next(seed for seed in range(100_000) if Entropy(seed).random() < 0.0005)
    assert player.tell(TaskFailed("t1", "E", None), seed=seed) == (match(ScheduleTask, task_id="t2"),)


def test_the_retry_count_is_in_the_context_of_each_attempt() -> None:
    player = Player(task(Parameters={"n.$": "$$.State.RetryCount"}, Retry=[{"ErrorEquals": ALL}]))
    player.tell(TaskFailed("t1", "E", None))
    player.let_time_pass()
    assert [each.arguments for each in player.tasks] == ['{"n":0}', '{"n":1}']


def test_a_catcher_gets_error_and_cause_where_its_result_path_says() -> None:
    player = Player(task(Catch=[{"ErrorEquals": ["E"], "ResultPath": "$.err", "Next": "Caught"}]), {"a": 1})
    player.tell(TaskFailed("t1", "E", "why"))
    assert player.output == {"a": 1, "err": {"Error": "E", "Cause": "why"}}
    assert player.chain[3:6] == [(4, "TaskStarted", 3), (5, "TaskFailed", 4), (6, "TaskStateExited", 5)]


def test_a_catcher_without_result_path_replaces_the_input() -> None:
    player = Player(task(Catch=[{"ErrorEquals": ALL, "Next": "Caught"}]), {"a": 1})
    player.tell(TaskFailed("t1", None, None))
    assert player.output == {"Error": None, "Cause": None}


def test_a_timeout_is_caught_with_an_empty_cause() -> None:
    player = Player(task(TimeoutSeconds=1, Catch=[{"ErrorEquals": ["States.Timeout"], "Next": "Caught"}]))
    player.let_time_pass()
    assert player.output == {"Error": "States.Timeout", "Cause": ""}


def test_a_missed_heartbeat_can_be_caught_by_its_own_name() -> None:
    player = Player(
        task(Resource=TOKEN, HeartbeatSeconds=1, Catch=[{"ErrorEquals": ["States.HeartbeatTimeout"], "Next": "Caught"}])
    )
    player.tell(TaskStarted("t1"))
    player.tell(TaskSubmitted("t1", "{}"))
    player.let_time_pass()
    assert player.output == {"Error": "States.Timeout", "Cause": ""}


def test_a_catcher_assigns_and_the_state_does_not() -> None:
    player = Player(
        machine(
            "T",
            T={
                "Type": "Task",
                "Resource": TASK,
                "Assign": {"x": "state"},
                "Catch": [{"ErrorEquals": ALL, "Assign": {"x.$": "$.Error"}, "Next": "C"}],
                "End": True,
            },
            C={"Type": "Pass", "Parameters": {"x.$": "$x"}, "End": True},
        )
    )
    player.tell(TaskFailed("t1", "E", None))
    assert player.output == {"x": "E"}


def test_retriers_come_before_catchers() -> None:
    player = Player(
        task(
            Retry=[{"ErrorEquals": ["E"], "MaxAttempts": 1}],
            Catch=[{"ErrorEquals": ["E"], "Next": "Caught"}],
        )
    )
    player.tell(TaskFailed("t1", "E", None))
    player.let_time_pass()
    player.tell(TaskFailed("t2", "E", "final"))
    assert player.output == {"Error": "E", "Cause": "final"}


def test_nothing_catches_an_error_of_the_interpreter() -> None:
    player = Player(task(OutputPath="$.none", Catch=[{"ErrorEquals": ALL, "Next": "Caught"}]))
    player.tell(TaskSucceeded("t1", "{}"))
    assert player.end.error == "States.Runtime"
    assert player.chain[-1][1:] == ("ExecutionFailed", 5)


def test_an_error_of_the_interpreter_in_a_branch_ends_the_execution_at_once() -> None:
    branch = scope("B", B={"Type": "Pass", "Parameters": {"x.$": "$.none"}, "End": True})
    player = Player(
        machine(
            "P",
            P={
                "Type": "Parallel",
                "Branches": [branch],
                "Catch": [{"ErrorEquals": ALL, "Next": "C"}],
                "End": True,
            },
            C={"Type": "Pass", "End": True},
        )
    )
    assert player.chain[2:] == [(3, "ParallelStateStarted", 2), (4, "PassStateEntered", 3), (5, "ExecutionFailed", 4)]


def test_an_over_long_result_fails_the_task_and_can_be_caught() -> None:
    player = Player(task(Resource=LAMBDA, Catch=[{"ErrorEquals": ALL, "Next": "Caught"}]))
    player.tell(TaskSucceeded("t1", '"' + "x" * 262_144 + '"'))
    assert player.output["Error"] == "States.DataLimitExceeded"
    assert player.output["Cause"] == (
        f"The state/task '{LAMBDA}' returned a result with a size exceeding the maximum number of bytes service limit."
    )
    assert "LambdaFunctionFailed" in player.types


def test_what_a_catcher_makes_too_long_is_not_caught_again() -> None:
    player = Player(
        task(
            Parameters={},
            Catch=[{"ErrorEquals": ALL, "ResultPath": "$.err", "Next": "Caught"}],
        ),
        {"a": "x" * 262_130},
    )
    player.tell(TaskFailed("t1", "E", "c"))
    assert player.end.error == "States.DataLimitExceeded"
