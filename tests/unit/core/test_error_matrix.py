"""Which names in ErrorEquals an error answers to, for Catch and Retry alike, by how the error comes about."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from player import TASK, TOKEN, Player, machine, scope

from stepfunctions.core.events import TaskFailed, TaskStarted, TaskSubmitted, TaskSucceeded

NAMES = (
    "States.ALL",
    "States.TaskFailed",
    "States.Timeout",
    "States.HeartbeatTimeout",
    "States.Runtime",
    "States.DataLimitExceeded",
    "States.QueryEvaluationError",
    "States.IntrinsicFailure",
    "States.ResultPathMatchFailure",
    "E",
)
TASK_STATE: dict[str, Any] = {"Type": "Task", "Resource": TASK}
ALL, WORK = "States.ALL", "States.TaskFailed"


def failed(player: Player, task_id: str) -> None:
    player.tell(TaskFailed(task_id, "E", "why"))


def nameless(player: Player, task_id: str) -> None:
    player.tell(TaskFailed(task_id, None, None))


def late(player: Player, task_id: str) -> None:
    player.tell(TaskStarted(task_id))
    if player.tasks[0].resource == TOKEN:
        player.tell(TaskSubmitted(task_id, "{}"))
    player.let_time_pass()


def oversize(player: Player, task_id: str) -> None:
    player.tell(TaskSucceeded(task_id, json.dumps("x" * 262_144)))


def done(player: Player, task_id: str) -> None:
    player.tell(TaskSucceeded(task_id, '{"a": 1}'))


def nothing(player: Player, task_id: str) -> None:
    """The state fails by itself."""


# what goes wrong: (the state, what happens to its task, the names that the error answers to)
CASES: dict[str, tuple[dict[str, Any], Callable[[Player, str], None], set[str]]] = {
    "the task fails": (TASK_STATE, failed, {ALL, WORK, "E"}),
    "the task fails without a name": (TASK_STATE, nameless, {ALL, WORK}),
    "the task takes too long": ({**TASK_STATE, "TimeoutSeconds": 1}, late, {ALL, "States.Timeout"}),
    "the task is silent": (
        {**TASK_STATE, "Resource": TOKEN, "HeartbeatSeconds": 1, "TimeoutSeconds": 9},
        late,
        {ALL, "States.Timeout", "States.HeartbeatTimeout"},
    ),
    "the result is too large": (TASK_STATE, oversize, {ALL, WORK, "States.DataLimitExceeded"}),
    "the result does not fit the input": (
        {**TASK_STATE, "ResultPath": "$.list[7]"},
        done,
        {ALL, WORK, "States.ResultPathMatchFailure"},
    ),
    "the result is not what a path wants": ({**TASK_STATE, "OutputPath": "$.none"}, done, set()),
    "the arguments' path leads nowhere": ({**TASK_STATE, "Parameters": {"a.$": "$.none"}}, nothing, set()),
    "an intrinsic function fails": (
        {**TASK_STATE, "Parameters": {"a.$": "States.StringToJson($.text)"}},
        nothing,
        set(),
    ),
    "an expression fails": (
        {**TASK_STATE, "QueryLanguage": "JSONata", "Arguments": "{% $states.input.none %}"},
        nothing,
        {ALL, WORK, "States.QueryEvaluationError"},
    ),
    "an output's expression fails": (
        {**TASK_STATE, "QueryLanguage": "JSONata", "Output": "{% $states.result.none %}"},
        done,
        {ALL, WORK, "States.QueryEvaluationError"},
    ),
    "a branch fails": (
        {"Type": "Parallel", "Branches": [scope("F", F={"Type": "Fail", "Error": "E"})]},
        nothing,
        {ALL, WORK, "E"},
    ),
    "a branch's choice has no match": (
        {
            "Type": "Parallel",
            "Branches": [
                scope(
                    "C",
                    C={"Type": "Choice", "Choices": [{"Variable": "$.none", "IsPresent": True, "Next": "D"}]},
                    D={"Type": "Succeed"},
                )
            ],
        },
        nothing,
        set(),
    ),
    "an iteration fails": (
        {"Type": "Map", "ItemsPath": "$.list", "ItemProcessor": scope("F", F={"Type": "Fail", "Error": "E"})},
        nothing,
        {ALL, WORK, "E"},
    ),
    "there is nothing to iterate over": (
        {"Type": "Map", "ItemsPath": "$.text", "ItemProcessor": scope("F", F={"Type": "Succeed"})},
        nothing,
        set(),
    ),
}

DATA = {"list": [1], "text": "not JSON {"}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("case", CASES)
def test_a_catcher_catches_what_its_names_stand_for(case: str, name: str) -> None:
    state, happen, names = CASES[case]
    caught = {"Catch": [{"ErrorEquals": [name], "Next": "Z"}], "End": True}
    player = Player(machine("S", S={**state, **caught}, Z={"Type": "Succeed"}), DATA)
    happen(player, "t1")
    assert (player.end.status == "SUCCEEDED") is (name in names), player.end


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("case", CASES)
def test_a_retrier_retries_what_its_names_stand_for(case: str, name: str) -> None:
    state, happen, names = CASES[case]
    retried = {"Retry": [{"ErrorEquals": [name], "MaxAttempts": 1, "IntervalSeconds": 7}], "End": True}
    player = Player(machine("S", S={**state, **retried}), DATA)
    happen(player, "t1")
    is_waiting = player.interpreter.status == "RUNNING" and player.interpreter.deadline == player.now + 7_000
    assert is_waiting is (name in names)
