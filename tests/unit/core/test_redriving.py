"""Redrive: what runs again, and what is kept."""

from __future__ import annotations

from typing import Any

import pytest
from player import TASK, Player, machine, match, scope, single

from stepfunctions.core.commands import CompleteExecution, ScheduleTask
from stepfunctions.core.events import RedriveRequested, StopRequested, TaskFailed, TaskSucceeded, TimeReached
from stepfunctions.errors import InvalidTransition

WORK: dict[str, Any] = {"Type": "Task", "Resource": TASK, "End": True}


def test_the_failed_state_runs_again_and_those_before_it_do_not() -> None:
    player = Player(machine("A", A={"Type": "Pass", "Result": 1, "Next": "T"}, T=WORK))
    player.tell(TaskFailed("t1", "E", None))
    assert player.tell(RedriveRequested(1)) == (match(ScheduleTask, task_id="t2", arguments="1"),)
    redriven = player.types.index("ExecutionRedriven") + 1
    assert player.chain[redriven - 1 :] == [
        (redriven, "ExecutionRedriven", 0),
        (redriven + 1, "TaskScheduled", redriven),
    ]
    player.tell(TaskSucceeded("t2", "2"))
    assert player.output == 2


def test_succeeded_branches_keep_their_outputs() -> None:
    branches = [scope(name, **{name: WORK}) for name in ("A", "B", "C")]
    player = Player(machine("P", P={"Type": "Parallel", "Branches": branches, "End": True}))
    player.tell(TaskSucceeded("t1", '"a"'))
    player.tell(TaskFailed("t2", "E", None))
    assert player.tell(RedriveRequested(1)) == (
        match(ScheduleTask, task_id="t4", state="B"),
        match(ScheduleTask, task_id="t5", state="C"),
    )
    player.tell(TaskSucceeded("t4", '"b"'))
    player.tell(TaskSucceeded("t5", '"c"'))
    assert player.output == ["a", "b", "c"]


def test_an_inline_map_goes_on_with_the_rest_of_its_items() -> None:
    player = Player(
        machine("M", M={"Type": "Map", "MaxConcurrency": 1, "ItemProcessor": scope("T", T=WORK), "End": True}),
        [1, 2, 3],
    )
    player.tell(TaskSucceeded("t1", "10"))
    player.tell(TaskFailed("t2", "E", None))
    player.tell(RedriveRequested(1))
    player.tell(TaskSucceeded("t3", "20"))
    player.tell(TaskSucceeded("t4", "30"))
    assert player.output == [10, 20, 30]


def test_retriers_count_anew() -> None:
    player = Player(single(Type="Task", Resource=TASK, Retry=[{"ErrorEquals": ["E"], "MaxAttempts": 1}]))
    player.tell(TaskFailed("t1", "E", None))
    player.let_time_pass()
    player.tell(TaskFailed("t2", "E", None))
    player.tell(RedriveRequested(1))
    assert player.tell(TaskFailed("t3", "E", None)) == ()
    assert player.let_time_pass() == (match(ScheduleTask, task_id="t4"),)


def test_timeouts_count_anew() -> None:
    player = Player({**single(Type="Task", Resource=TASK, TimeoutSeconds=8), "TimeoutSeconds": 5})
    player.tell(TimeReached(), at=5_000)
    player.tell(RedriveRequested(1), at=100_000)
    assert player.interpreter.deadline == 105_000
    assert player.tasks[-1].timeout_at == 108_000


def test_a_wait_whose_time_has_passed_is_left() -> None:
    player = Player(single(Type="Wait", Seconds=60))
    player.tell(StopRequested())
    assert player.tell(RedriveRequested(1), at=61_000) == (match(CompleteExecution, status="SUCCEEDED"),)


def test_the_context_tells_of_the_redrive() -> None:
    player = Player(single(Type="Task", Resource=TASK, Parameters={"e.$": "$$.Execution.RedriveCount"}))
    player.tell(TaskFailed("t1", "E", None))
    player.tell(RedriveRequested(1))
    assert [task.arguments for task in player.tasks] == ['{"e":0}', '{"e":1}']


@pytest.mark.parametrize("definition", [single(Type="Succeed"), single(Type="Wait", Seconds=1)])
def test_what_runs_or_has_succeeded_cannot_be_redriven(definition: dict[str, Any]) -> None:
    player = Player(definition)
    with pytest.raises(InvalidTransition, match="cannot be redriven"):
        player.tell(RedriveRequested(1))


def test_an_iteration_without_an_input_does_not_get_one_by_a_redrive() -> None:
    selected = {"n.$": "$$.Map.Item.Value.n"}
    items = {"Type": "Map", "ItemSelector": selected, "ItemProcessor": scope("T", T=WORK), "End": True}
    player = Player(machine("M", M=items), [{"n": 1}, {}])
    assert player.end.error == "States.Runtime"
    player.tell(RedriveRequested(1))
    assert player.end.error == "States.Runtime"
    assert [task.arguments for task in player.tasks] == ['{"n":1}'] * len(player.tasks)


def test_an_iteration_whose_input_was_too_large_is_begun_again() -> None:
    selected = {"all.$": "$", "n.$": "$$.Map.Item.Value"}
    items = {
        "Type": "Map",
        "ItemsPath": "$.items",
        "ItemSelector": selected,
        "ItemProcessor": scope("T", T=WORK),
        "End": True,
    }
    player = Player(machine("M", M=items), {"items": [1], "big": "x" * 262_120})
    assert player.end.error == "States.DataLimitExceeded"
    player.tell(RedriveRequested(1))
    assert player.end.error == "States.DataLimitExceeded"
    assert player.types.count("MapIterationStarted") == 2
    assert player.tasks == []


def test_a_state_whose_output_was_too_large_runs_all_of_its_branches_again() -> None:
    branches = [scope(name, **{name: WORK}) for name in ("A", "B")]
    player = Player(machine("P", P={"Type": "Parallel", "Branches": branches, "End": True}))
    player.tell(TaskSucceeded("t1", f'"{"a" * 200_000}"'))
    player.tell(TaskSucceeded("t2", f'"{"b" * 200_000}"'))
    assert player.end.error == "States.DataLimitExceeded"
    player.tell(RedriveRequested(1))
    assert [task.state for task in player.tasks] == ["A", "B", "A", "B"]
    player.tell(TaskSucceeded("t3", '"a"'))
    player.tell(TaskSucceeded("t4", '"b"'))
    assert player.output == ["a", "b"]


@pytest.mark.parametrize("is_first", [True, False])
def test_what_fails_at_once_in_a_redrive_ends_it_and_nothing_beside_it_goes_on(is_first: bool) -> None:
    selector = {"x.$": "$$.Map.Item.Value.none"}
    each = {"Type": "Map", "ItemSelector": selector, "ItemProcessor": scope("I", I={"Type": "Pass", "End": True})}
    branches = [scope("M", M={**each, "End": True}), scope("T", T=WORK)]
    player = Player(single(Type="Parallel", Branches=branches if is_first else branches[::-1]), [{}])
    assert player.end.error == "States.Runtime"
    player.tell(RedriveRequested(1))
    assert player.end.error == "States.Runtime"
    assert player.types[-1] == "ExecutionFailed"
    assert len(player.tasks) == (0 if is_first else 1)
