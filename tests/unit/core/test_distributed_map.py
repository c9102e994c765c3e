"""The Distributed Map: what it asks a driver for, what it makes of the answers, and what the history says."""

from __future__ import annotations

import json
from typing import Any

import pytest
from map_runs import RETRY, S3_READER, asked, children, distributed, end, play
from player import Player, machine, scope

from stepfunctions.asl import model
from stepfunctions.asl.parse import parse
from stepfunctions.core.ambient import Ambient
from stepfunctions.core.commands import (
    CloseMapRun,
    CompleteExecution,
    ListUnfinished,
    OpenMapRun,
    ReadItems,
    RedriveChildExecutions,
    ReopenMapRun,
    StartChildExecutions,
    StopChildExecutions,
    WriteResults,
)
from stepfunctions.core.events import (
    ChildrenEnded,
    ItemsRead,
    MapRunUpdated,
    RedriveRequested,
    ResultsFailed,
    ResultsWritten,
    Resumed,
    StopRequested,
    TimeReached,
    UnfinishedListed,
)
from stepfunctions.core.interpreter import Interpreter
from stepfunctions.core.program import compile as compile_program


def test_a_run_is_opened_fed_and_closed() -> None:
    player = play(distributed(MaxConcurrency=1), ["a", "b"])
    (opened,) = asked(player, OpenMapRun)
    assert opened.arn.startswith("arn:aws:states:eu-west-1:123456789012:mapRun:machine/L:")
    assert (opened.label, opened.state, opened.max_concurrency, opened.item_count) == ("L", "S", 1, 2)
    assert parse(opened.definition).start_at == "P"
    assert children(player) == [(0, "a", 1)]
    end(player, (0, "SUCCEEDED"))
    assert children(player) == [(0, "a", 1), (1, "b", 1)]
    end(player, (1, "SUCCEEDED"))
    assert asked(player, WriteResults) == [WriteResults("m1", "S", None, None, {})]
    player.tell(ResultsWritten("m1", '["A","B"]'))
    assert player.output == ["A", "B"]
    assert asked(player, CloseMapRun) == [CloseMapRun("m1", "SUCCEEDED", 0)]
    assert player.chain == [
        (1, "ExecutionStarted", 0),
        (2, "MapStateEntered", 0),
        (3, "MapStateStarted", 2),
        (4, "MapRunStarted", 3),
        (5, "MapRunSucceeded", 4),
        (6, "MapStateSucceeded", 5),
        (7, "MapStateExited", 5),
        (8, "ExecutionSucceeded", 7),
    ]
    assert player.details("MapStateStarted") == [(2,)]
    assert player.details("MapRunStarted") == [(opened.arn,)]


def test_with_what_aws_announced_with_variables_the_exit_follows_the_run_s_start() -> None:
    player = play({**distributed(), "QueryLanguage": "JSONata"}, [])
    player.tell(ResultsWritten("m1", "[]"))
    assert (7, "MapStateExited", 4) in player.chain


@pytest.mark.parametrize("language", ["JSONata", "JSONPath"])
def test_what_children_execute_is_a_definition_of_its_own_in_the_languages_of_its_states(language: str) -> None:
    inner = {"StartAt": "I", "States": {"I": {"Type": "Pass", "QueryLanguage": language, "End": True}}}
    definition = distributed()
    definition["States"]["S"]["ItemProcessor"]["States"] = {
        "P": {"Type": "Parallel", "QueryLanguage": "JSONata", "Branches": [inner], "End": True}
    }
    player = play(definition, [])
    (opened,) = asked(player, OpenMapRun)
    machine = parse(opened.definition)
    assert machine.query_language == language
    outer = machine.states["P"]
    assert isinstance(outer, model.Parallel)
    assert (outer.query_language, outer.branches[0].states["I"].query_language) == ("JSONata", language)


def test_no_items_make_an_empty_result() -> None:
    player = play(distributed(), [])
    assert children(player) == []
    player.tell(ResultsWritten("m1", "[]"))
    assert player.output == []


def test_children_are_named_by_uuids_and_alike_in_every_replay() -> None:
    one, two = play(distributed(), [0, 1]), play(distributed(), [0, 1])
    (first,), (second,) = asked(one, StartChildExecutions), asked(two, StartChildExecutions)
    assert first == second
    names = [name for _, name, _, _ in first.children]
    assert len(set(names)) == 2
    assert all(len(name) == 36 and name[14] == "3" for name in names)


def test_a_hundred_children_are_asked_for_at_a_time_and_the_ends_of_children_start_none() -> None:
    player = Player(distributed(), list(range(250)))
    assert children(player) == []
    player.tell(Resumed())
    assert len(children(player)) == 100
    assert player.last.yielded
    player.tell(ChildrenEnded("m1", [(0, "SUCCEEDED")]))
    assert len(children(player)) == 100
    assert player.last.yielded
    player.resume_to_end()
    assert len(children(player)) == 250


@pytest.mark.parametrize(
    ("fields", "ends", "fails"),
    [
        ({}, ["FAILED"], True),
        ({}, ["TIMED_OUT"], True),
        ({}, ["ABORTED"], False),
        ({"ToleratedFailureCount": 1}, ["FAILED"], False),
        ({"ToleratedFailureCount": 1}, ["FAILED", "TIMED_OUT"], True),
        ({"ToleratedFailurePercentage": 25}, ["FAILED"], False),
        ({"ToleratedFailurePercentage": 25}, ["FAILED", "FAILED"], True),
        ({"ToleratedFailurePercentage": 100}, ["FAILED"] * 4, False),
        ({"ToleratedFailurePercentage": 100, "ToleratedFailureCount": 0}, ["FAILED"], True),
        ({"ToleratedFailureCountPath": "$[3]"}, ["FAILED"] * 3, False),
    ],
)
def test_failed_items_are_held_against_what_is_tolerated(fields: Any, ends: list[str], fails: bool) -> None:
    player = play(distributed(**fields), [0, 1, 2, 3])
    end(player, *enumerate(ends))
    assert bool(asked(player, StopChildExecutions)) == (fails and len(ends) < 4)
    end(player, *((position, "ABORTED") for position in range(len(ends), 4)))
    if not fails:
        player.tell(ResultsWritten("m1", "[]"))
        assert player.end.status == "SUCCEEDED"
        return
    assert player.end == CompleteExecution(
        "FAILED",
        error="States.ExceedToleratedFailureThreshold",
        cause="The specified tolerated failure threshold was exceeded",
    )
    assert player.chain[-3:] == [(5, "MapRunFailed", 4), (6, "MapStateFailed", 5), (7, "ExecutionFailed", 6)]


def test_a_batch_that_fails_counts_with_all_its_items() -> None:
    player = play(distributed(ItemBatcher={"MaxItemsPerBatch": 3}, ToleratedFailureCount=2), [0, 1, 2, 3])
    end(player, (0, "FAILED"))
    assert asked(player, StopChildExecutions)


@pytest.mark.parametrize(
    ("fields", "cause"),
    [
        (
            {"ToleratedFailurePercentagePath": "$.p"},
            'The ToleratedFailurePercentagePath field refers to value "x" which is not a valid float: $.p',
        ),
        ({"ToleratedFailureCountPath": "$.n"}, "ToleratedFailureCount cannot be negative."),
        (
            {"ItemBatcher": {"MaxItemsPerBatchPath": "$.p"}},
            'The MaxItemsPerBatchPath field refers to value "x" which is not a valid integer: $.p',
        ),
        (
            {"ItemReader": {**S3_READER, "ReaderConfig": {"InputType": "JSON", "MaxItemsPath": "$.f"}}},
            'The MaxItemsPath field refers to value "1.5" which is not a valid integer: $.f',
        ),
    ],
)
def test_a_setting_that_is_none_ends_the_execution_before_there_is_a_run(fields: Any, cause: str) -> None:
    items = {} if "ItemReader" in fields else {"ItemsPath": "$.items"}
    player = play(distributed(**items, **fields), {"p": "x", "n": -1, "f": 1.5, "key": "k", "items": []})
    assert player.end.error == "States.Runtime"
    assert player.end.cause == f"An error occurred while executing the state 'S' (entered at the event id #2). {cause}"
    assert player.types == ["ExecutionStarted", "MapStateEntered", "ExecutionFailed"]


def test_a_percentage_is_not_held_against_a_run_that_does_not_know_its_items() -> None:
    player = play(distributed(ItemReader=S3_READER, ToleratedFailurePercentage=10), {"key": "k"})
    player.tell(ItemsRead("m1", 0, [0], is_last=False, source="S3://b/k"))
    player.resume_to_end()
    end(player, (0, "FAILED"))
    assert player.interpreter.status == "RUNNING"
    player.tell(ItemsRead("m1", 1, list(range(9)), is_last=True, source="S3://b/k"))
    player.resume_to_end()
    assert player.interpreter.status == "RUNNING"
    end(player, (1, "FAILED"))
    assert asked(player, StopChildExecutions)


def test_a_retry_is_a_new_run_over_all_items() -> None:
    player = play(distributed(Retry=RETRY), [0, 1])
    end(player, (0, "SUCCEEDED"), (1, "FAILED"))
    player.tell(TimeReached(), at=1_000, seed=8)
    player.resume_to_end()
    one, two = asked(player, OpenMapRun)
    assert one.arn != two.arn
    assert [position for position, _, _ in children(player)] == [0, 1, 0, 1]
    assert "MapStateFailed" not in player.types


def test_a_run_that_failed_while_it_was_to_start_children_leaves_no_trace_in_the_next() -> None:
    at_once = [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 0, "MaxAttempts": 1}]
    player = Player(distributed(Retry=at_once), list(range(250)))
    player.tell(Resumed())
    player.tell(ChildrenEnded("m1", [(0, "FAILED")]))
    player.tell(ChildrenEnded("m1", [(position, "ABORTED") for position in range(1, 100)]))
    assert [command.run_id for command in asked(player, OpenMapRun)] == ["m1", "m2"]
    for started in (200, 300):
        player.tell(Resumed())
        assert len(children(player)) == started


def test_results_are_written_even_where_too_many_children_failed() -> None:
    writer = {"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket": "b", "Prefix": "p"}}
    player = play(distributed(ResultWriter=writer, MaxConcurrency=1), [0, 1])
    end(player, (0, "FAILED"))
    (written,) = asked(player, WriteResults)
    assert (written.resource, written.arguments, written.pending) == (
        writer["Resource"], writer["Parameters"], ("1",),
    )  # fmt: skip
    player.tell(ResultsWritten("m1", "{}"))
    assert player.end.error == "States.ExceedToleratedFailureThreshold"


def test_a_result_that_there_is_not_fails_the_run() -> None:
    player = play(distributed(), [])
    player.tell(ResultsFailed("m1", "States.DataLimitExceeded", "too much"))
    assert player.end.error == "States.DataLimitExceeded"
    assert player.details("MapRunFailed") == [("States.DataLimitExceeded", "too much")]


def test_new_limits_hold_from_now_on() -> None:
    player = play(distributed(MaxConcurrency=1), [0, 1, 2])
    player.tell(MapRunUpdated("m1", 2, 5))
    player.resume_to_end()
    assert [position for position, _, _ in children(player)] == [0, 1]
    end(player, (0, "FAILED"))
    assert player.interpreter.status == "RUNNING"


def test_stopping_the_execution_aborts_the_run() -> None:
    player = play(distributed(), [0])
    player.tell(StopRequested())
    assert asked(player, StopChildExecutions) == [StopChildExecutions("m1", (0,))]
    assert asked(player, CloseMapRun) == [CloseMapRun("m1", "ABORTED", 0)]


def test_a_failing_branch_aborts_the_run_of_another() -> None:
    inner = distributed()
    fail = {"StartAt": "F", "States": {"F": {"Type": "Fail"}}}
    player = play(machine("Both", Both={"Type": "Parallel", "Branches": [inner, fail], "End": True}), [0])
    assert player.interpreter.status == "FAILED"
    assert "MapRunAborted" in player.types
    assert asked(player, CloseMapRun) == [CloseMapRun("m1", "ABORTED", 1)]


def test_a_snapshot_goes_on_elsewhere_and_knows_what_is_not_answered() -> None:
    definition = distributed(ItemReader=S3_READER)
    player = play(definition, {"key": "k"})
    stored = json.loads(json.dumps(player.interpreter.snapshot()))
    restored = Interpreter.restore(compile_program(parse(definition)), stored)
    assert restored.outstanding() == tuple(asked(player, ReadItems))
    player.tell(ItemsRead("m1", 0, list(range(101)), is_last=True, source="S3://b/k"))
    stored = json.loads(json.dumps(player.interpreter.snapshot()))
    assert Interpreter.restore(compile_program(parse(definition)), stored).yielded


def test_a_redrive_goes_on_with_the_children_that_had_not_succeeded_and_those_that_never_started() -> None:
    player = play(distributed(MaxConcurrency=2), [0, 1, 2, 3])
    end(player, (0, "SUCCEEDED"), (1, "FAILED"))
    assert player.interpreter.status == "FAILED"
    player.tell(RedriveRequested(1))
    assert asked(player, ReopenMapRun) == [ReopenMapRun("m1", 1)]
    assert asked(player, ListUnfinished) == [ListUnfinished("m1", -1, 1_000)]
    assert player.types[-1] == "MapRunRedriven"
    player.tell(UnfinishedListed("m1", -1, [(1, 1)], is_last=True))
    player.resume_to_end()
    assert asked(player, RedriveChildExecutions) == [RedriveChildExecutions("m1", (1,))]
    assert [position for position, _, _ in children(player)] == [0, 1, 2]
    end(player, (1, "SUCCEEDED"), (2, "SUCCEEDED"))
    end(player, (3, "SUCCEEDED"))
    player.tell(ResultsWritten("m1", "[]"))
    assert player.interpreter.status == "SUCCEEDED"


def test_a_run_is_redriven_a_thousand_times_at_most() -> None:
    player = play(distributed(), [0])
    for count in range(1, 1_002):
        assert player.interpreter.status == "RUNNING"
        player.tell(StopRequested())
        player.tell(RedriveRequested(count))
    assert (player.end.error, len(asked(player, ReopenMapRun))) == ("States.Runtime", 1_000)


def test_a_redrive_after_a_result_that_was_too_large_is_a_new_run() -> None:
    player = play(distributed(), [])
    player.tell(ResultsFailed("m1", "States.DataLimitExceeded", "too much"))
    player.tell(RedriveRequested(1))
    assert len(asked(player, OpenMapRun)) == 2


def test_a_run_beside_work_that_uses_up_every_quantum_goes_on_from_a_snapshot_as_it_would_have_without() -> None:
    again = {"Type": "Choice", "Choices": [{"Condition": "{% $n = 0 %}", "Next": "Done"}], "Default": "Heavy"}
    heavy = {
        "Type": "Pass",
        "Assign": {"n": "{% $count($map([1..60000], function($each) {$each})) %}"},
        "Next": "Again",
    }
    branches = [scope("Heavy", Heavy=heavy, Again=again, Done={"Type": "Succeed"}), distributed(MaxConcurrency=2)]
    outer = {"Type": "Parallel", "Branches": branches, "End": True}
    player = Player({**machine("Both", Both=outer), "QueryLanguage": "JSONata"}, list(range(9)))
    program = player.interpreter._execution.program
    ended = 0
    for _ in range(6):
        twin = Interpreter.restore(program, player.interpreter.snapshot())
        event = Resumed() if len(children(player)) == ended else ChildrenEnded("m1", ((ended, "SUCCEEDED"),))
        ended += isinstance(event, ChildrenEnded)
        before = len(children(player))
        player.tell(event)
        assert twin.handle(event, Ambient(player.now, 7)) == player.last
        assert isinstance(event, Resumed) or len(children(player)) == before, "news of a child has started another"
    assert ended > 1
