"""Where a Distributed Map's items come from, and what its children get of them."""

from __future__ import annotations

from typing import Any

import pytest
from map_runs import RETRY, S3_READER, asked, children, distributed, end, play
from player import Player

from stepfunctions.core.commands import (
    CloseMapRun,
    OpenMapRun,
    ReadItems,
    StartChildExecutions,
    StopChildExecutions,
    WriteResults,
)
from stepfunctions.core.events import ItemReadFailed, ItemsRead, RedriveRequested, Resumed
from stepfunctions.values import NESTING_MAX


def test_an_item_selector_sees_the_item_its_place_and_the_state_s_input() -> None:
    selector = {
        "v.$": "$$.Map.Item.Value", "i.$": "$$.Map.Item.Index", "s.$": "$$.Map.Item.Source", "all.$": "$.items",
    }  # fmt: skip
    player = play(distributed(ItemsPath="$.items", ItemSelector=selector), {"items": ["a"]})
    assert children(player) == [(0, {"v": "a", "i": 0, "s": "STATE_DATA", "all": ["a"]}, 1)]


def test_the_members_of_an_object_are_items() -> None:
    player = play(distributed(), {"a": 1, "b": [2]})
    assert children(player) == [(0, {"Key": "a", "Value": 1}, 1), (1, {"Key": "b", "Value": [2]}, 1)]
    selected = play(distributed(ItemSelector={"k.$": "$$.Map.Item.Key", "v.$": "$$.Map.Item.Value"}), {"a": 1})
    assert children(selected) == [(0, {"k": "a", "v": 1}, 1)]


def test_items_are_batched_by_number_after_the_selector() -> None:
    batcher = {"MaxItemsPerBatch": 2, "BatchInput": {"all.$": "$.n"}}
    definition = distributed(
        ItemsPath="$.items", ItemSelector={"v.$": "$$.Map.Item.Value"}, ItemBatcher=batcher, MaxConcurrency=1
    )
    player = play(definition, {"n": 3, "items": [0, 1, 2]})
    assert children(player) == [(0, {"BatchInput": {"all": 3}, "Items": [{"v": 0}, {"v": 1}]}, 2)]
    end(player, (0, "SUCCEEDED"))
    assert children(player)[1] == (1, {"BatchInput": {"all": 3}, "Items": [{"v": 2}]}, 1)


@pytest.mark.parametrize("batcher", [{"MaxInputBytesPerBatch": 30}, {"MaxInputBytesPerBatchPath": "$.max"}])
def test_items_are_batched_by_size(batcher: Any) -> None:
    player = play(distributed(ItemsPath="$.items", ItemBatcher=batcher), {"max": 30, "items": ["é" * 4, "x" * 4, "y"]})
    batches = [text for command in asked(player, StartChildExecutions) for _, _, text, _ in command.children]
    assert batches == ['{"Items":["éééé","xxxx"]}', '{"Items":["y"]}']
    assert len(batches[0].encode()) == 29


def test_an_input_that_is_too_large_fails_the_run() -> None:
    player = play(distributed(ItemSelector={"a.$": "$$.Map.Item.Value", "b.$": "$$.Map.Item.Value"}), ["x" * 200_000])
    assert player.end.error == "States.DataLimitExceeded"
    assert player.types[-3:] == ["MapRunFailed", "MapStateFailed", "ExecutionFailed"]


@pytest.mark.parametrize(
    "fields",
    [
        {"ItemsPath": "$", "ItemSelector": {"x.$": "$$.Map.Item.Value.k"}},
        {
            "QueryLanguage": "JSONata",
            "Items": "{% $states.input %}",
            "ItemSelector": {"x": "{% $states.context.Map.Item.Value.k %}"},
        },
    ],
)
def test_children_that_were_handed_out_before_an_item_that_fails_are_started_and_stopped(fields: Any) -> None:
    player = play(distributed(**fields), [{"k": 1}, {"k": 2}, {}])
    assert children(player) == [(0, {"x": 1}, 1), (1, {"x": 2}, 1)]
    assert asked(player, StopChildExecutions) == [StopChildExecutions("m1", (0, 1))]
    assert not asked(player, CloseMapRun)
    end(player, (0, "ABORTED"), (1, "ABORTED"))
    assert [command.status for command in asked(player, CloseMapRun)] == ["FAILED"]
    assert player.types[-3:] == ["MapRunFailed", "MapStateFailed", "ExecutionFailed"]


def test_an_item_whose_input_is_nested_too_deeply_is_one_that_fails() -> None:
    deep: Any = 0
    for _ in range(NESTING_MAX - 1):
        deep = [deep]
    player = play(distributed(ItemSelector={"x": {"y.$": "$$.Map.Item.Value"}}), [1, deep])
    assert children(player) == [(0, {"x": {"y": 1}}, 1)]
    end(player, (0, "ABORTED"))
    assert player.types[-3:] == ["MapRunFailed", "MapStateFailed", "ExecutionFailed"]
    assert "nested too deeply" in (player.end.cause or "")
    player.tell(RedriveRequested(1))
    player.resume_to_end()
    assert len(asked(player, OpenMapRun)) == 2


def test_item_selectors_that_take_long_leave_room_for_others() -> None:
    selector = {"x": "{% $count($map([1..200000], function($each) {$each})) %}"}
    player = Player(distributed(QueryLanguage="JSONata", ItemSelector=selector), [1, 2])
    player.tell(Resumed())
    assert len(children(player)) == 1
    assert player.last.yielded
    player.resume_to_end()
    assert [count for _, _, count in children(player)] == [1, 1]


def test_an_item_selector_that_cannot_be_evaluated_fails_the_run_and_the_execution() -> None:
    player = play(distributed(ItemSelector={"v.$": "$$.Map.Item.Value.none"}, Retry=RETRY), [{}])
    assert player.end.error == "States.Runtime"
    assert player.end.cause is not None
    assert player.end.cause.startswith("An error occurred while executing the state 'S' (entered at the event id #2). ")
    assert asked(player, CloseMapRun) == [CloseMapRun("m1", "FAILED", 1)]


def test_an_item_shows_where_it_came_from_however_far_the_reading_is_ahead() -> None:
    selector = {"at.$": "$$.Map.Item.Source", "v.$": "$$.Map.Item.Value"}
    batched = distributed(ItemReader=S3_READER, ItemSelector=selector, ItemBatcher={"MaxItemsPerBatch": 3})
    player = play(batched, {"key": "k"})
    player.tell(ItemsRead("m1", 0, [0, 1], is_last=False, source="S3://b/1"))
    player.tell(ItemsRead("m1", 2, [2], is_last=False, source="S3://b/2"))
    player.tell(ItemsRead("m1", 3, [3], is_last=True, source="S3://b/3"))
    shown = [(item["at"][-1], item["v"]) for _, data, _ in children(player) for item in data["Items"]]
    assert shown == [("1", 0), ("1", 1), ("2", 2), ("3", 3)]


def test_the_members_of_an_object_that_was_read_have_a_key() -> None:
    reader = {"ItemReader": S3_READER, "MaxConcurrency": 1}
    pages = (
        ItemsRead("m1", 0, [["a", 1]], is_last=False, source="S3://b/1", is_object=True),
        ItemsRead("m1", 1, [{"Key": "b", "Value": 2}], is_last=True, source="S3://b/2"),
    )

    def data(**fields: Any) -> list[Any]:
        player = play(distributed(**reader, **fields), {"key": "k"})
        for page in pages:
            player.tell(page)
        end(player, (0, "SUCCEEDED"))
        return [each for _, each, _ in children(player)]

    assert data() == [{"Key": "a", "Value": 1}, {"Key": "b", "Value": 2}]
    assert data(ItemSelector={"it.$": "$$.Map.Item"}) == [
        {"it": {"Index": 0, "Key": "a", "Value": 1, "Source": "S3://b/1"}},
        {"it": {"Index": 1, "Value": {"Key": "b", "Value": 2}, "Source": "S3://b/2"}},
    ]


def test_what_an_expression_makes_of_max_items_must_be_a_whole_number_too() -> None:
    reader = {
        "Resource": "arn:aws:states:::s3:getObject",
        "ReaderConfig": {"InputType": "JSON", "MaxItems": "{% $states.input %}"},
        "Arguments": {"Bucket": "b", "Key": "k"},
    }
    machine = {**distributed(ItemReader=reader), "QueryLanguage": "JSONata"}
    player = play(machine, 1.5)
    assert player.end.error == "States.QueryEvaluationError"
    assert player.end.cause.endswith("The ItemReader/ReaderConfig/MaxItems field must be an integer but was: 1.5")
    (read,) = asked(play(machine, 2), ReadItems)
    assert read.config == {"InputType": "JSON", "MaxItems": 2}


def test_items_are_read_page_by_page_ahead_of_the_children() -> None:
    player = play(distributed(ItemReader=S3_READER, MaxConcurrency=2), {"key": "k"})
    assert player.details("MapStateStarted") == [(0,)]
    (first,) = asked(player, ReadItems)
    assert (first.position, first.resource, first.arguments) == (0, S3_READER["Resource"], {"Bucket": "b", "Key": "k"})
    assert first.config == {"InputType": "JSON", "MaxItems": 7}
    player.tell(ItemsRead("m1", 0, list(range(600)), is_last=False, source="S3://b/k"))
    player.resume_to_end()
    assert [position for position, _, _ in children(player)] == [0, 1]
    assert len(asked(player, ReadItems)) == 1
    for position in range(150):
        end(player, (position, "SUCCEEDED"))
    assert [command.position for command in asked(player, ReadItems)] == [0, 600]
    player.tell(ItemsRead("m1", 0, ["told twice"], is_last=True, source=""))
    player.tell(ItemsRead("m1", 600, [600], is_last=True, source="S3://b/k"))
    for position in range(150, 601):
        end(player, (position, "SUCCEEDED"))
    assert len(children(player)) == 601
    assert asked(player, WriteResults)


def test_a_batch_waits_for_the_items_that_belong_to_it() -> None:
    player = play(distributed(ItemReader=S3_READER, ItemBatcher={"MaxItemsPerBatch": 3}), {"key": "k"})
    player.tell(ItemsRead("m1", 0, [0, 1], is_last=False, source="S3://b/k"))
    player.resume_to_end()
    assert children(player) == []
    player.tell(ItemsRead("m1", 2, [2, 3], is_last=True, source="S3://b/k"))
    player.resume_to_end()
    assert children(player) == [(0, {"Items": [0, 1, 2]}, 3), (1, {"Items": [3]}, 1)]


def test_a_batch_of_many_items_is_looked_at_seldom_while_they_are_read() -> None:
    player = play(distributed(ItemReader=S3_READER, ItemBatcher={"MaxInputBytesPerBatch": 50_000}), {"key": "k"})
    while not children(player):
        asked_for = asked(player, ReadItems)[-1]
        items = [1] * asked_for.count_max
        player.tell(ItemsRead("m1", asked_for.position, items, is_last=False, source="S3://b/k"))
        player.resume_to_end()
    assert len(asked(player, ReadItems)) < 9


def test_items_that_cannot_be_read_fail_the_run_and_can_be_caught() -> None:
    definition = distributed(ItemReader=S3_READER, Catch=[{"ErrorEquals": ["States.ItemReaderFailed"], "Next": "C"}])
    definition["States"]["C"] = {"Type": "Pass", "End": True}
    player = play(definition, {"key": "k"})
    player.tell(ItemReadFailed("m1", "States.ItemReaderFailed", "gone"))
    player.resume_to_end()
    assert player.output == {"Error": "States.ItemReaderFailed", "Cause": "gone"}
    assert player.details("MapRunFailed") == [("States.ItemReaderFailed", "gone")]
    assert player.types[4:7] == ["MapRunFailed", "MapStateFailed", "MapStateExited"]
