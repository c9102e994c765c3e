"""Workflow variables: where they are seen, when they take effect, and what they may weigh."""

from __future__ import annotations

import json
from typing import Any

import pytest
from player import SYNC, Player, machine, match, scope, single

from stepfunctions.core.ambient import Ambient
from stepfunctions.core.commands import CancelTask, CompleteExecution, ScheduleTask
from stepfunctions.core.events import TaskStarted, TaskSubmitted, TaskSucceeded
from stepfunctions.core.interpreter import Interpreter

KIB = 1024
TOO_LARGE = "exceeding the maximum number of bytes service limit."


def assigning(size: int, name: str = "x", **fields: Any) -> dict[str, Any]:
    """A Pass state that sets *name* to a text whose JSON has *size* bytes."""
    return {"Type": "Pass", "Assign": {name: "a" * (size - 2)}, **fields}


def test_a_variable_may_weigh_256_kib_and_no_more() -> None:
    assert Player(machine("A", A=assigning(256 * KIB, End=True))).end.status == "SUCCEEDED"
    end = Player(machine("A", A=assigning(256 * KIB + 1, End=True))).end
    assert (end.error, end.cause) == (
        "States.DataLimitExceeded",
        f"The state 'A' assigned variables with a size {TOO_LARGE}",
    )


def test_an_assign_may_weigh_256_kib_in_all_its_variables() -> None:
    half = "é" * (64 * KIB)
    assert Player(single(Type="Pass", Assign={"a": half})).end.status == "SUCCEEDED"
    assert Player(single(Type="Pass", Assign={"a": half, "b": half})).end.error == "States.DataLimitExceeded"


def chain(count: int, name: Any) -> dict[str, Any]:
    """*count* states that set 256 KiB each, to the variable that *name* gives for their number."""
    states = {f"S{n}": assigning(256 * KIB, name(n), Next=f"S{n + 1}") for n in range(count)}
    return machine("S0", **states, **{f"S{count}": {"Type": "Succeed"}})


@pytest.mark.parametrize(("count", "status"), [(40, "SUCCEEDED"), (41, "FAILED")])
def test_an_execution_may_have_10_mib_of_variables(count: int, status: str) -> None:
    player = Player(chain(count, lambda number: f"v{number}"))
    assert player.end.status == status
    if status == "FAILED":
        assert (player.end.error, player.end.cause) == (
            "States.DataLimitExceeded",
            f"The variables of the execution have a size {TOO_LARGE}",
        )


def test_a_variable_that_is_set_again_counts_once() -> None:
    assert Player(chain(100, lambda number: f"v{number % 2}")).end.status == "SUCCEEDED"


def test_variables_of_a_scope_that_is_over_do_not_count() -> None:
    inner = scope("I", I=assigning(256 * KIB, "i", Parameters={}, End=True))
    each = {"Type": "Map", "ItemProcessor": inner, "MaxConcurrency": 1, "ResultPath": None}
    player = Player(machine("M", M={**each, "Next": "N"}, N=assigning(256 * KIB, End=True)), list(range(38)))
    assert player.end.status == "SUCCEEDED"


def test_variables_of_an_iteration_that_is_over_do_not_count_while_the_map_goes_on() -> None:
    inner = scope("I", I=assigning(256 * KIB, "i", Parameters={}, End=True))
    each = {"Type": "Map", "ItemProcessor": inner, "MaxConcurrency": 1, "ResultPath": None}
    player = Player(single(**each), list(range(60)))
    assert player.end.status == "SUCCEEDED"


def test_variables_of_iterations_that_go_on_do() -> None:
    inner = scope("I", I=assigning(256 * KIB, "i", Next="W"), W={"Type": "Wait", "Seconds": 1, "End": True})
    each = {"Type": "Map", "ItemProcessor": inner, "MaxConcurrency": 40}
    assert Player(single(**each), list(range(39))).last.commands == ()
    assert Player(
        machine("A", A=assigning(256 * KIB, "a", Next="S"), **single(**each)["States"]), list(range(40))
    ).end == (match(CompleteExecution, error="States.DataLimitExceeded"))


def test_a_restored_execution_counts_what_it_has() -> None:
    states = chain(40, lambda number: f"v{number}")["States"]
    states["S20"] = {"Type": "Task", "Resource": SYNC, "Next": "S21"}
    states["S40"] = assigning(256 * KIB, "last", End=True)
    player = Player(machine("S0", **states))
    program = player.interpreter._execution.program
    for extra, status in (({}, "SUCCEEDED"), ({"more": "x" * (250 * KIB)}, "FAILED")):
        snapshot = json.loads(json.dumps(player.interpreter.snapshot()))
        snapshot["root"]["variables"] |= extra
        interpreter = Interpreter.restore(program, snapshot)
        for event in (TaskStarted("t1"), TaskSubmitted("t1", "{}"), TaskSucceeded("t1", "{}")):
            commands = interpreter.handle(event, Ambient(0, 7)).commands
        assert commands[-1] == match(CompleteExecution, status=status)


def test_variables_that_are_too_large_can_be_caught() -> None:
    task = {
        "Type": "Task",
        "Resource": SYNC,
        "Assign": {"a.$": "$", "b.$": "$"},
        "Catch": [{"ErrorEquals": ["States.DataLimitExceeded"], "Next": "Z"}],
        "End": True,
    }
    player = Player(machine("T", T=task, Z={"Type": "Succeed"}))
    player.tell(TaskSubmitted("t1", "{}"))
    player.tell(TaskSucceeded("t1", json.dumps("x" * (200 * KIB))))
    assert player.output["Error"] == "States.DataLimitExceeded"


def test_an_answer_to_the_request_that_is_too_large_fails_the_task_and_stops_its_work() -> None:
    player = Player(single(Type="Task", Resource=SYNC))
    assert player.commands == [match(ScheduleTask, task_id="t1")]
    commands = player.tell(TaskSubmitted("t1", json.dumps("x" * (256 * KIB))))
    assert commands == (CancelTask("t1"), match(CompleteExecution, error="States.DataLimitExceeded"))
    assert player.types[-2:] == ["TaskSubmitFailed", "ExecutionFailed"]


def test_what_a_state_assigns_is_seen_from_the_next_state_on() -> None:
    swap = {"Type": "Pass", "Assign": {"a.$": "$b", "b.$": "$a"}, "Parameters": {"a.$": "$a"}, "Next": "Z"}
    start = {"Type": "Pass", "Assign": {"a": 1, "b": 2}, "Next": "S"}
    show = {"Type": "Pass", "Parameters": {"was.$": "$.a", "a.$": "$a", "b.$": "$b"}, "End": True}
    assert Player(machine("A", A=start, S=swap, Z=show)).output == {"was": 1, "a": 2, "b": 1}


def test_inner_scopes_see_outer_variables_and_keep_their_own() -> None:
    def branch(name: str) -> dict[str, Any]:
        show = {"Type": "Pass", "Parameters": {"outer.$": "$outer", "own.$": "$own"}, "End": True}
        return scope(f"{name}0", **{f"{name}0": {"Type": "Pass", "Assign": {"own": name}, "Next": f"{name}1"}},
                     **{f"{name}1": show})  # fmt: skip

    states = {
        "A": {"Type": "Pass", "Assign": {"outer": 1}, "Next": "P"},
        "P": {
            "Type": "Parallel",
            "Branches": [branch("L"), branch("R")],
            "Assign": {"outer.$": "$[1].own"},
            "Next": "Z",
        },
        "Z": {"Type": "Pass", "Parameters": {"outer.$": "$outer", "both.$": "$"}, "End": True},
    }
    assert Player(machine("A", **states)).output == {
        "outer": "R",
        "both": [{"outer": 1, "own": "L"}, {"outer": 1, "own": "R"}],
    }
