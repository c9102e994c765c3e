"""256 KiB: wherever a payload is made, and what becomes of one that is larger."""

from __future__ import annotations

import json
from typing import Any

import pytest
from player import LAMBDA, SYNC, TASK, Player, machine, scope, single

from stepfunctions.core.events import TaskStarted, TaskSubmitted, TaskSucceeded

MAX = 256 * 1024
HALF = "x" * (MAX // 2)
CATCH = {"Catch": [{"ErrorEquals": ["States.DataLimitExceeded"], "ResultPath": "$.error", "Next": "Z"}]}
LIMIT = "States.DataLimitExceeded"


def cause(label: str) -> str:
    return (
        f"The state/task '{label}' returned a result with a size exceeding the maximum number of bytes service limit."
    )


def text(size: int) -> str:
    """A string whose JSON has *size* bytes."""
    return "x" * (size - 2)


@pytest.mark.parametrize(
    ("state", "label"),
    [
        ({"Type": "Pass", "Result": text(MAX + 1)}, "S"),
        ({"Type": "Pass", "Parameters": {"a": HALF, "b": HALF}}, "S"),
        ({"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% [$states.input.half, $states.input.half] %}"}, "S"),
        ({"Type": "Wait", "Seconds": 0, "InputPath": "$$"}, "S"),
        ({"Type": "Succeed", "OutputPath": "$$"}, "S"),
    ],
)
def test_what_a_state_hands_on_is_measured(state: dict[str, Any], label: str) -> None:
    data = {"half": HALF, "rest": "x" * (MAX // 2 - 60)}
    end = Player(single(**state), data).end
    assert (end.error, end.cause) == (LIMIT, cause(label))


def test_a_payload_of_just_the_limit_passes_everywhere() -> None:
    states = {
        "A": {"Type": "Pass", "Result": text(MAX), "Next": "T"},
        "T": {"Type": "Task", "Resource": TASK, "End": True},
    }
    player = Player(machine("A", **states))
    player.tell(TaskStarted("t1"))
    player.tell(TaskSucceeded("t1", json.dumps(text(MAX))))
    assert player.output == text(MAX)


@pytest.mark.parametrize(
    ("resource", "label"), [(LAMBDA, LAMBDA), (TASK, "sqs"), (SYNC, "sagemaker")], ids=["function", "call", "job"]
)
def test_a_tasks_result_is_measured_before_its_selector_and_can_be_caught(resource: str, label: str) -> None:
    task = {"Type": "Task", "Resource": resource, "ResultSelector": {"a": 1}, **CATCH, "End": True}
    player = Player(machine("S", S=task, Z={"Type": "Succeed"}))
    player.tell(TaskStarted("t1"))
    player.tell(TaskSubmitted("t1", "{}"))
    player.tell(TaskSucceeded("t1", json.dumps(text(MAX + 1))))
    assert player.output["error"] == {"Error": LIMIT, "Cause": cause(label)}
    assert not [each for each in player.types if each.endswith("Succeeded") and not each.startswith(("Exec", "Succ"))]


def test_a_tasks_arguments_are_measured_before_anything_is_scheduled() -> None:
    task = {"Type": "Task", "Resource": TASK, "Parameters": {"a": HALF, "b": HALF}}
    player = Player(single(**task))
    assert player.end.error == LIMIT
    assert player.types == ["ExecutionStarted", "TaskStateEntered", "ExecutionFailed"]


def big(name: str) -> dict[str, Any]:
    """A scope that hands on half of what may be."""
    return scope(name, **{name: {"Type": "Pass", "Result": HALF, "End": True}})


@pytest.mark.parametrize("selector", [{}, {"ResultSelector": {"a": 1}}], ids=["as it is", "selected"])
def test_what_branches_make_together_is_measured(selector: dict[str, Any]) -> None:
    state = {"Type": "Parallel", "Branches": [big("P"), big("Q")], **selector, **CATCH, "Next": "Z"}
    player = Player(machine("S", S=state, Z={"Type": "Succeed"}))
    assert player.output == {"error": {"Error": LIMIT, "Cause": cause("S")}}
    assert "ParallelStateFailed" in player.types
    assert "ParallelStateSucceeded" not in player.types


def test_what_iterations_make_together_is_measured() -> None:
    state = {"Type": "Map", "ItemsPath": "$.items", "ItemProcessor": big("P"), **CATCH, "Next": "Z"}
    player = Player(machine("S", S=state, Z={"Type": "Succeed"}), {"items": [1, 2]})
    assert player.output["error"] == {"Error": LIMIT, "Cause": cause("S")}
    assert player.types.count("MapIterationSucceeded") == 2
    assert "MapStateSucceeded" not in player.types


@pytest.mark.parametrize("kind", ["Parallel", "Map"])
def test_the_input_of_branches_and_iterations_is_measured(kind: str) -> None:
    made = {"a": HALF, "b": HALF}
    inner = scope("I", I={"Type": "Pass", "End": True})
    fields = (
        {"Branches": [inner], "Parameters": made}
        if kind == "Parallel"
        else {"ItemProcessor": inner, "ItemSelector": made}
    )
    player = Player(single(Type=kind, **fields), [1])
    assert (player.end.error, player.end.cause) == (LIMIT, cause("S"))
    assert "PassStateEntered" not in player.types


def test_what_a_catcher_makes_is_measured_and_not_caught_again() -> None:
    task = {
        "Type": "Task",
        "QueryLanguage": "JSONata",
        "Resource": TASK,
        "Arguments": "{% $states.input.none %}",
        "Catch": [{"ErrorEquals": ["States.ALL"], "Output": "{% [$states.input, $states.input] %}", "Next": "Z"}],
        "End": True,
    }
    player = Player(machine("S", S=task, Z={"Type": "Succeed"}), {"half": HALF})
    assert (player.end.error, player.end.cause) == (LIMIT, cause("S"))
