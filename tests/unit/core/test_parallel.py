"""The Parallel state."""

from __future__ import annotations

from typing import Any

from player import TASK, Player, machine, match, scope

from stepfunctions.core.commands import CancelTask, CompleteExecution, ScheduleTask
from stepfunctions.core.events import TaskFailed, TaskSucceeded, TimeReached


def passing(name: str, **fields: Any) -> dict[str, Any]:
    """Return a branch of one Pass state."""
    return scope(name, **{name: {"Type": "Pass", "End": True, **fields}})


def working(name: str, **fields: Any) -> dict[str, Any]:
    """Return a branch of one Task state."""
    return scope(name, **{name: {"Type": "Task", "Resource": TASK, "End": True, **fields}})


def parallel(*branches: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """Return a machine of one Parallel state ``P``, and of ``C`` if it catches."""
    others = {"C": {"Type": "Pass", "End": True}} if "Catch" in fields else {}
    return machine("P", P={"Type": "Parallel", "Branches": list(branches), "End": True, **fields}, **others)


def test_outputs_come_in_the_order_of_the_branches() -> None:
    player = Player(parallel(working("A"), passing("B", Result="b")))
    player.tell(TaskSucceeded("t1", '"a"'))
    assert player.output == ["a", "b"]


def test_each_branch_gets_the_rendered_input_and_has_its_own_chain() -> None:
    player = Player(parallel(passing("A"), passing("B"), Parameters={"x.$": "$.y"}), {"y": 1})
    assert player.output == [{"x": 1}, {"x": 1}]
    assert player.chain == [
        (1, "ExecutionStarted", 0),
        (2, "ParallelStateEntered", 0),
        (3, "ParallelStateStarted", 2),
        (4, "PassStateEntered", 3),
        (5, "PassStateExited", 4),
        (6, "PassStateEntered", 3),
        (7, "PassStateExited", 6),
        (8, "ParallelStateSucceeded", 7),
        (9, "ParallelStateExited", 7),
        (10, "ExecutionSucceeded", 9),
    ]


def test_branches_go_on_side_by_side() -> None:
    player = Player(
        parallel(
            scope("A1", A1={"Type": "Pass", "Next": "A2"}, A2={"Type": "Pass", "End": True}),
            scope("B1", B1={"Type": "Pass", "Next": "B2"}, B2={"Type": "Pass", "End": True}),
        )
    )
    assert [each[0] for each in player.details("PassStateEntered")] == ["A1", "B1", "A2", "B2"]


def test_a_failing_branch_stops_the_others() -> None:
    player = Player(parallel(working("A"), working("B"), scope("W", W={"Type": "Wait", "Seconds": 9, "End": True})))
    assert player.tell(TaskFailed("t2", "E", "why")) == (
        CancelTask("t1"),
        match(CompleteExecution, status="FAILED", error="E", cause="why"),
    )
    failing = player.types.index("TaskFailed") + 1
    assert player.chain[failing:] == [
        (failing + 1, "TaskStateAborted", failing),
        (failing + 2, "TaskStateAborted", failing),
        (failing + 3, "ParallelStateFailed", failing),
        (failing + 4, "ExecutionFailed", failing + 3),
    ]
    assert player.tell(TaskSucceeded("t1", "{}")) == ()


def test_a_failing_branch_can_be_caught() -> None:
    player = Player(
        parallel(
            scope("F", F={"Type": "Fail", "Error": "E", "Cause": "c"}),
            passing("B"),
            Catch=[{"ErrorEquals": ["E"], "ResultPath": "$.err", "Next": "C"}],
        ),
        {"a": 1},
    )
    assert player.output == {"a": 1, "err": {"Error": "E", "Cause": "c"}}
    assert [event for event in player.chain if event[1].startswith("ParallelState")] == [
        (2, "ParallelStateEntered", 0),
        (3, "ParallelStateStarted", 2),
        (5, "ParallelStateFailed", 4),
        (6, "ParallelStateExited", 5),
    ]


def test_a_retry_begins_every_branch_anew_without_the_failed_event() -> None:
    player = Player(parallel(working("A"), passing("B"), Retry=[{"ErrorEquals": ["E"], "MaxAttempts": 1}]))
    player.tell(TaskFailed("t1", "E", None))
    assert player.let_time_pass() == (match(ScheduleTask, task_id="t2"),)
    player.tell(TaskSucceeded("t2", "1"))
    assert player.output == [1, {}]
    assert "ParallelStateFailed" not in player.types
    failing = player.types.index("TaskFailed") + 1
    assert player.chain[failing + 1][1:] == ("ParallelStateStarted", failing)


def test_a_retry_inside_a_branch_leaves_the_others_alone() -> None:
    player = Player(parallel(working("A", Retry=[{"ErrorEquals": ["E"]}]), working("B")))
    player.tell(TaskFailed("t1", "E", None))
    player.tell(TaskSucceeded("t2", "2"))
    player.let_time_pass()
    player.tell(TaskSucceeded("t3", "1"))
    assert player.output == [1, 2]


def test_a_failure_passes_through_every_level_that_does_not_catch_it() -> None:
    inner = {"Type": "Parallel", "Branches": [working("A"), working("B")], "End": True}
    player = Player(parallel(scope("Inner", Inner=inner), working("D"), Catch=[{"ErrorEquals": ["E"], "Next": "C"}]))
    assert player.tell(TaskFailed("t2", "E", None)) == (
        CancelTask("t3"),
        CancelTask("t1"),
        match(CompleteExecution, status="SUCCEEDED"),
    )
    assert player.types.count("ParallelStateFailed") == 2
    assert player.types.count("TaskStateAborted") == 3


def test_a_branch_sees_outer_variables_and_keeps_its_own() -> None:
    player = Player(
        machine(
            "A",
            A={"Type": "Pass", "Assign": {"outer": 1}, "Next": "P"},
            P={
                "Type": "Parallel",
                "Branches": [
                    scope(
                        "X",
                        X={"Type": "Pass", "Assign": {"inner": 2}, "Next": "Y"},
                        Y={"Type": "Pass", "Parameters": {"o.$": "$outer", "i.$": "$inner"}, "End": True},
                    )
                ],
                "Assign": {"made.$": "$[0].i"},
                "Next": "Z",
            },
            Z={"Type": "Pass", "Parameters": {"made.$": "$made", "o.$": "$outer"}, "End": True},
        )
    )
    assert player.output == {"made": 2, "o": 1}


def test_timers_of_stopped_branches_are_forgotten() -> None:
    player = Player(
        parallel(
            working("A"),
            scope("W", W={"Type": "Wait", "Seconds": 9, "End": True}),
            Catch=[{"ErrorEquals": ["E"], "Next": "C"}],
        )
    )
    assert player.interpreter.deadline == 9_000
    player.tell(TaskFailed("t1", "E", None))
    assert player.end.status == "SUCCEEDED"
    assert player.tell(TimeReached(), at=9_000) == ()


def test_a_failing_branch_stops_what_runs_inside_the_others_too() -> None:
    inner = parallel(working("A"), working("B"))["States"]["P"]
    player = Player(parallel(scope("Inner", Inner=inner), working("Bad")))
    stopped = {task.state: task.task_id for task in player.tasks}
    commands = player.tell(TaskFailed(stopped["Bad"], "E", "why"))
    assert commands == (CancelTask(stopped["A"]), CancelTask(stopped["B"]), match(CompleteExecution, error="E"))
    failing = next(event.id for event in player.history if event.type == "TaskFailed")
    assert [event for event in player.chain if event[2] == failing] == [
        *((failing + 1 + number, "TaskStateAborted", failing) for number in range(3)),
        (failing + 4, "ParallelStateFailed", failing),
    ]


def test_an_input_of_the_branches_that_is_too_large_fails_the_state_and_can_be_caught() -> None:
    catch = [{"ErrorEquals": ["States.DataLimitExceeded"], "ResultPath": None, "Next": "C"}]
    twice = {"a.$": "$", "b.$": "$"}
    player = Player(parallel(passing("A"), Parameters=twice, Catch=catch), "x" * 200_000)
    assert player.output == "x" * 200_000
    assert "PassStateEntered" in player.types
    assert player.details("ParallelStateStarted") == []
    assert player.details("ParallelStateFailed") == [()]
