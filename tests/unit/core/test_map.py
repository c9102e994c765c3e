"""The Map state, inline."""

from __future__ import annotations

from typing import Any

import pytest
from player import TASK, Player, machine, match, scope, single

from stepfunctions.core.commands import CancelTask, CompleteExecution
from stepfunctions.core.events import RedriveRequested, TaskFailed, TaskSucceeded
from stepfunctions.core.states.map_ import CONCURRENCY_MAX
from stepfunctions.values import NESTING_MAX

PASSING = scope("X", X={"Type": "Pass", "End": True})
WORKING = scope("T", T={"Type": "Task", "Resource": TASK, "End": True})


def map_machine(processor: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """Return a machine of one Map state ``M``, and of ``C`` if it catches."""
    others = {"C": {"Type": "Pass", "End": True}} if "Catch" in fields else {}
    return machine("M", M={"Type": "Map", "ItemProcessor": processor, "End": True, **fields}, **others)


def test_outputs_come_in_the_order_of_the_items() -> None:
    player = Player(map_machine(WORKING), ["a", "b"])
    player.tell(TaskSucceeded("t2", '"B"'))
    player.tell(TaskSucceeded("t1", '"A"'))
    assert player.output == ["A", "B"]


def test_one_at_a_time_each_iteration_follows_the_last() -> None:
    player = Player(map_machine(PASSING, MaxConcurrency=1), [1, 2])
    assert player.output == [1, 2]
    assert player.chain[1:] == [
        (2, "MapStateEntered", 0),
        (3, "MapStateStarted", 2),
        (4, "MapIterationStarted", 3),
        (5, "PassStateEntered", 4),
        (6, "PassStateExited", 5),
        (7, "MapIterationSucceeded", 6),
        (8, "MapIterationStarted", 6),
        (9, "PassStateEntered", 8),
        (10, "PassStateExited", 9),
        (11, "MapIterationSucceeded", 10),
        (12, "MapStateSucceeded", 11),
        (13, "MapStateExited", 11),
        (14, "ExecutionSucceeded", 13),
    ]


def test_several_at_a_time_all_begin_at_the_state() -> None:
    player = Player(map_machine(WORKING, MaxConcurrency=2), [1, 2, 3])
    assert [task.task_id for task in player.tasks] == ["t1", "t2"]
    player.tell(TaskSucceeded("t2", "2"))
    assert [task.task_id for task in player.tasks] == ["t1", "t2", "t3"]
    begun = [event.previous_id for event in player.history if event.type == "MapIterationStarted"]
    assert begun == [3, 3, 3]


def test_no_limit_means_awss_own() -> None:
    player = Player(map_machine(WORKING), list(range(100)))
    assert len(player.tasks) == CONCURRENCY_MAX
    player.tell(TaskSucceeded("t1", "0"))
    assert len(player.tasks) == CONCURRENCY_MAX + 1


def test_an_empty_list_runs_nothing() -> None:
    player = Player(map_machine(WORKING), [])
    assert player.output == []
    assert player.chain[2:] == [
        (3, "MapStateStarted", 2),
        (4, "MapStateSucceeded", 3),
        (5, "MapStateExited", 3),
        (6, "ExecutionSucceeded", 5),
    ]


def test_items_are_selected_and_reshaped() -> None:
    player = Player(
        map_machine(
            PASSING,
            ItemsPath="$.items",
            ItemSelector={"i.$": "$$.Map.Item.Index", "v.$": "$$.Map.Item.Value", "k.$": "$.k"},
            ResultPath="$.made",
        ),
        {"items": ["a", "b"], "k": 9},
    )
    assert player.output["made"] == [{"i": 0, "v": "a", "k": 9}, {"i": 1, "v": "b", "k": 9}]
    assert player.output["k"] == 9


def test_an_inner_state_sees_the_item_of_the_innermost_map() -> None:
    inner = {
        "Type": "Map",
        "ItemProcessor": scope("X", X={"Type": "Pass", "Parameters": {"v.$": "$$.Map.Item.Value"}, "End": True}),
        "Next": "After",
    }
    after = {"Type": "Pass", "Parameters": {"inner.$": "$", "outer.$": "$$.Map.Item.Value"}, "End": True}
    player = Player(map_machine(scope("I", I=inner, After=after)), [[1, 2]])
    assert player.output == [{"inner": [{"v": 1}, {"v": 2}], "outer": [1, 2]}]


def test_a_failing_iteration_stops_the_others() -> None:
    player = Player(map_machine(WORKING), [1, 2, 3])
    assert player.tell(TaskFailed("t2", "E", None)) == (
        CancelTask("t1"),
        CancelTask("t3"),
        match(CompleteExecution, status="FAILED", error="E"),
    )
    failing = player.types.index("TaskFailed") + 1
    assert [(event[1], event[2]) for event in player.chain[failing:]] == [
        ("MapIterationFailed", failing),
        ("TaskStateAborted", failing),
        ("TaskStateAborted", failing),
        ("MapIterationAborted", failing),
        ("MapIterationAborted", failing),
        ("MapStateFailed", failing),
        ("ExecutionFailed", len(player.history) - 1),
    ]
    assert player.details("MapIterationAborted") == [("M", 0), ("M", 2)]


def test_a_failing_iteration_can_be_retried_and_caught() -> None:
    player = Player(
        map_machine(
            WORKING,
            Retry=[{"ErrorEquals": ["E"], "MaxAttempts": 1}],
            Catch=[{"ErrorEquals": ["E"], "ResultPath": "$[0]", "Next": "C"}],
        ),
        [1],
    )
    player.tell(TaskFailed("t1", "E", None))
    player.let_time_pass()
    player.tell(TaskFailed("t2", "E", "c"))
    assert player.output == [{"Error": "E", "Cause": "c"}]
    assert player.types.count("MapStateStarted") == 2
    assert player.types.count("MapStateFailed") == 1


@pytest.mark.parametrize(
    ("fields", "data", "text"),
    [
        ({"ItemsPath": "$.i"}, {"i": {}}, 'Reference path "$.i" must point to array.'),
        (
            {"ItemsPath": "$.i", "MaxConcurrencyPath": "$.n"},
            {"i": [], "n": "x"},
            'The MaxConcurrencyPath field refers to value "x" which is not a valid integer: $.n',
        ),
        ({"ItemsPath": "$.i", "MaxConcurrencyPath": "$.n"}, {"i": [], "n": -1}, "MaxConcurrency cannot be negative."),
    ],
)
def test_what_map_cannot_use_fails_before_it_starts(fields: dict[str, Any], data: Any, text: str) -> None:
    player = Player(map_machine(PASSING, **fields), data)
    assert player.end.error == "States.Runtime"
    assert player.end.cause is not None
    assert player.end.cause.endswith(text)
    assert player.chain[-1] == (3, "ExecutionFailed", 2)


def test_an_item_that_cannot_be_made_ends_the_execution() -> None:
    player = Player(map_machine(WORKING, ItemSelector={"n.$": "States.MathAdd($$.Map.Item.Value, 1)"}), [1, "two"])
    assert player.end.error == "States.Runtime"
    assert player.end.cause is not None
    assert player.end.cause.startswith("An error occurred while executing the state 'M' (entered at the event id #2).")
    assert player.tasks == []


@pytest.mark.parametrize("position", [0, 2])
def test_an_item_that_is_too_large_fails_its_iteration_and_can_be_caught(position: int) -> None:
    big = "x" * 150_000
    definition = machine(
        "M",
        M={
            "Type": "Map",
            "MaxConcurrency": 1,
            "ItemsPath": "$.items",
            "ItemSelector": {"big.$": "$.big", "a.$": "$$.Map.Item.Value"},
            "ItemProcessor": scope("I", I={"Type": "Pass", "Result": 1, "End": True}),
            "Catch": [{"ErrorEquals": ["States.DataLimitExceeded"], "ResultPath": None, "Next": "C"}],
            "End": True,
        },
        C={"Type": "Pass", "Result": "caught", "End": True},
    )
    items = [big if number == position else 1 for number in range(3)]
    player = Player(definition, {"items": items, "big": "y" * 120_000})
    assert player.output == "caught"
    assert player.details("MapIterationFailed") == [("M", position)]
    assert len(player.details("MapIterationSucceeded")) == position


def test_iterations_that_begin_with_great_inputs_let_others_have_their_turn() -> None:
    each = {
        "Type": "Map",
        "ItemsPath": "$.items",
        "ItemSelector": {"all.$": "$.text", "a.$": "$$.Map.Item.Value"},
        "ItemProcessor": scope("I", I={"Type": "Pass", "Parameters": {}, "End": True}),
        "ResultPath": None,
        "End": True,
    }
    player = Player(machine("M", M=each), {"items": list(range(100)), "text": "x" * 200_000})
    assert player.last.yielded
    assert 60 < player.types.count("MapIterationStarted") < 100
    player.resume_to_end()
    assert player.end.status == "SUCCEEDED"


def test_an_iteration_whose_input_is_nested_too_deeply_begins_anew_in_a_redrive() -> None:
    deep: Any = 0
    for _ in range(NESTING_MAX - 2):
        deep = [deep]
    selector = {"x": {"y": {"z.$": "$$.Map.Item.Value"}}}
    processor = scope("I", I={"Type": "Pass", "End": True})
    player = Player(single(Type="Map", ItemsPath="$", ItemSelector=selector, ItemProcessor=processor), [deep])
    assert "nested too deeply" in (player.end.cause or "")
    player.tell(RedriveRequested(1))
    assert player.details("MapIterationStarted") == [("S", 0), ("S", 0)]
    assert "nested too deeply" in (player.end.cause or "")
