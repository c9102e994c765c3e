"""The life of an execution: its quantum, its limits, its end, its snapshot."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from player import ARN, SYNC, TASK, Player, machine, match, single, started

from stepfunctions.asl.parse import parse
from stepfunctions.core.ambient import Ambient
from stepfunctions.core.commands import CancelTask, CompleteExecution
from stepfunctions.core.events import (
    Resumed,
    StopRequested,
    TaskStarted,
    TaskSubmitted,
    TaskSucceeded,
    TimeReached,
)
from stepfunctions.core.execution import QUANTUM
from stepfunctions.core.failures import EXPRESS_HISTORY_MAX, HISTORY_MAX
from stepfunctions.core.interpreter import Interpreter
from stepfunctions.core.program import compile as compile_program
from stepfunctions.errors import InvalidTransition

LOOP = machine(
    "A",
    A={"Type": "Pass", "Next": "B"},
    B={"Type": "Choice", "Choices": [{"Variable": "$.stop", "IsPresent": True, "Next": "E"}], "Default": "A"},
    E={"Type": "Succeed"},
)


def test_a_long_run_yields_after_its_quantum() -> None:
    player = Player(LOOP)
    assert player.last.yielded
    assert player.types.count("PassStateEntered") + player.types.count("ChoiceStateEntered") == QUANTUM
    player.tell(Resumed())
    assert player.last.yielded


def test_a_loop_that_writes_great_payloads_yields_sooner() -> None:
    player = Player(
        machine(
            "A",
            A={"Type": "Pass", "Parameters": {"n.$": "States.MathAdd($.n, 1)", "text.$": "$.text"}, "Next": "B"},
            B={"Type": "Choice", "Choices": [{"Variable": "$.n", "NumericEquals": 100, "Next": "E"}], "Default": "A"},
            E={"Type": "Succeed"},
        ),
        {"n": 0, "text": "x" * 250_000},
    )
    assert player.last.yielded
    laps = player.types.count("PassStateEntered")
    assert 50 < laps < 100
    player.resume_to_end()
    assert player.output["n"] == 100


def test_a_payload_that_is_only_handed_on_costs_nothing() -> None:
    player = Player({**LOOP}, {"text": "x" * 250_000})
    assert player.types.count("PassStateEntered") + player.types.count("ChoiceStateEntered") == QUANTUM


def test_other_events_may_come_before_resumed() -> None:
    player = Player(LOOP)
    assert player.tell(StopRequested("E", "enough")) == (CompleteExecution("ABORTED", error="E", cause="enough"),)
    assert not player.last.yielded
    assert player.tell(Resumed()) == ()


def test_the_last_event_that_aws_allows_is_the_failure() -> None:
    player = Player(LOOP)
    player.resume_to_end()
    assert player.chain[-1] == (HISTORY_MAX, "ExecutionFailed", HISTORY_MAX - 1)
    assert (player.end.error, player.end.cause) == (
        "States.Runtime",
        "The execution reached the maximum number of history events (25000).",
    )


def test_an_express_execution_may_write_ten_times_as_many_events() -> None:
    program = compile_program(parse(LOOP))
    interpreter = Interpreter(program)
    outcome = interpreter.handle(replace(started(), express=True), Ambient(0, 7))
    last = outcome.history[-1]
    while outcome.yielded:
        if HISTORY_MAX < last.id < HISTORY_MAX + 3_000:  # and neither does a snapshot forget of which kind it is
            interpreter = Interpreter.restore(program, json.loads(json.dumps(interpreter.snapshot())))
        outcome = interpreter.handle(Resumed(), Ambient(0, 7))
        last = outcome.history[-1]
    assert (last.id, last.type) == (EXPRESS_HISTORY_MAX, "ExecutionFailed")
    assert last.details[1] == "The execution reached the maximum number of history events (250000)."


def test_over_long_output_of_a_state_fails_the_execution() -> None:
    player = Player(single(Type="Pass", Result="x" * 262_143))
    assert player.end.error == "States.DataLimitExceeded"
    assert player.end.cause == (
        "The state/task 'S' returned a result with a size exceeding the maximum number of bytes service limit."
    )
    assert player.chain[-1] == (3, "ExecutionFailed", 2)


@pytest.mark.parametrize(("text", "status"), [("é" * 131_071, "SUCCEEDED"), ("é" * 131_072, "FAILED")])
def test_the_limit_counts_bytes_of_utf8(text: str, status: str) -> None:
    assert Player(single(Type="Pass", Result=text)).end.status == status


def test_a_stop_cancels_what_is_in_flight_and_writes_one_event() -> None:
    player = Player(single(Type="Task", Resource=TASK))
    assert player.tell(StopRequested()) == (CancelTask("t1"), match(CompleteExecution, status="ABORTED", error=None))
    assert player.chain[-1] == (4, "ExecutionAborted", 0)
    assert player.types.count("TaskStateAborted") == 0


def test_the_machines_timeout_ends_everything() -> None:
    player = Player({**single(Type="Wait", Seconds=60), "TimeoutSeconds": 5})
    assert player.interpreter.deadline == 5_000
    assert player.let_time_pass() == (CompleteExecution("TIMED_OUT"),)
    assert player.chain[-1] == (3, "ExecutionTimedOut", 0)
    assert player.details("ExecutionTimedOut") == [("States.Timeout", None)]


def test_nothing_happens_after_the_end() -> None:
    player = Player(single(Type="Succeed"))
    for event in (TimeReached(), Resumed(), StopRequested(), TaskSucceeded("t1", "{}")):
        assert player.tell(event) == ()
        assert player.last.history == ()
    assert player.interpreter.status == "SUCCEEDED"


def test_timers_fire_in_the_order_of_their_deadlines() -> None:
    branches = [
        {"StartAt": name, "States": {name: {"Type": "Wait", "Seconds": seconds, "End": True}}}
        for name, seconds in (("Slow", 3), ("Fast", 1), ("Middle", 2))
    ]
    player = Player(machine("P", P={"Type": "Parallel", "Branches": branches, "End": True}))
    player.tell(TimeReached(), at=10_000)
    assert [details[0] for details in player.details("WaitStateExited")] == ["Fast", "Middle", "Slow"]


@pytest.mark.parametrize("events", [[Resumed()], [started(), started()]], ids=["before the start", "a second start"])
def test_an_event_that_cannot_happen_is_our_bug(events: list[Any]) -> None:
    interpreter = Interpreter(compile_program(parse(single(Type="Wait", Seconds=1))))
    *before, last = events
    for event in before:
        interpreter.handle(event, Ambient(0, 0))
    with pytest.raises(InvalidTransition):
        interpreter.handle(last, Ambient(0, 0))


def test_output_that_is_not_json_is_the_drivers_bug() -> None:
    player = Player(single(Type="Task", Resource=TASK))
    with pytest.raises(InvalidTransition, match="t1"):
        player.tell(TaskSucceeded("t1", "not JSON"))


def test_the_context_object_tells_what_aws_tells() -> None:
    player = Player(single(Type="Pass", Parameters={"c.$": "$$"}), {"in": 1})
    assert player.output["c"] == {
        "Execution": {
            "Id": ARN,
            "Input": {"in": 1},
            "StartTime": "1970-01-01T00:00:00Z",
            "Name": "one",
            "RoleArn": "arn:aws:iam::123456789012:role/r",
            "RedriveCount": 0,
        },
        "StateMachine": {"Id": "arn:aws:states:eu-west-1:123456789012:stateMachine:machine", "Name": "machine"},
        "State": {"Name": "S", "EnteredTime": "1970-01-01T00:00:00Z"},
    }


def test_entropy_comes_with_the_event_and_does_not_repeat() -> None:
    fields = {"a.$": "States.UUID()", "b.$": "States.UUID()"}
    one, two = (Player(single(Type="Pass", Parameters=fields)).output for _ in range(2))
    assert one == two
    assert one["a"] != one["b"]


@pytest.mark.parametrize(
    ("definition", "field"),
    [
        (
            single(
                Type="Map",
                ItemBatcher={"MaxItemsPerBatch": 2},
                ItemProcessor={"StartAt": "X", "States": {"X": {"Type": "Pass", "End": True}}},
            ),
            "ItemBatcher",
        ),
    ],
)
def test_what_is_not_supported_compiles_and_says_so_when_reached(definition: Any, field: str) -> None:
    player = Player(definition, [])
    assert player.end.error == "States.Runtime"
    assert player.end.cause is not None
    assert f"The field '{field}' of the state 'S' is not supported here yet" in player.end.cause


def test_a_snapshot_is_plain_json_and_goes_on_elsewhere() -> None:
    definition = single(Type="Task", Resource=SYNC, HeartbeatSeconds=3, TimeoutSeconds=60)
    player = Player(definition, {"a": 1})
    player.tell(TaskStarted("t1"), at=1_000)
    player.tell(TaskSucceeded("t1", "7"), at=1_500)
    stored = json.loads(json.dumps(player.interpreter.snapshot()))
    restored = Interpreter.restore(compile_program(parse(definition)), stored)
    assert restored.deadline == player.interpreter.deadline == 4_000
    event, ambient = TaskSubmitted("t1", "{}"), Ambient(2_000, 1)
    assert restored.handle(event, ambient) == player.interpreter.handle(event, ambient)
    assert restored.status == "SUCCEEDED"


def test_a_snapshot_before_the_start_is_a_beginning() -> None:
    program = compile_program(parse(single(Type="Succeed")))
    interpreter = Interpreter.restore(program, Interpreter(program).snapshot())
    assert interpreter.status is None
    assert interpreter.handle(started(), Ambient(0, 0)).commands == (match(CompleteExecution, status="SUCCEEDED"),)


@pytest.mark.parametrize("snapshot", [{}, {"version": 99}])
def test_a_snapshot_of_another_version_is_refused(snapshot: Any) -> None:
    with pytest.raises(InvalidTransition, match="version"):
        Interpreter.restore(compile_program(parse(single(Type="Succeed"))), snapshot)


def test_a_snapshot_of_another_program_is_refused() -> None:
    snapshot = Player(single(Type="Wait", Seconds=1)).interpreter.snapshot()
    other = compile_program(parse(machine("Other", Other={"Type": "Succeed"})))
    with pytest.raises(InvalidTransition, match="'S'"):
        Interpreter.restore(other, snapshot)


@pytest.mark.parametrize("language", ["JSONPath", "JSONata"])
def test_data_that_a_loop_nests_deeper_and_deeper_fails_its_state(language: str) -> None:
    wrap = {"Output": "{% {'in': $states.input} %}"} if language == "JSONata" else {"Parameters": {"in.$": "$"}}
    rule = {"Condition": "{% false %}"} if language == "JSONata" else {"Variable": "$.end", "IsPresent": True}
    loop = machine(
        "Wrap",
        Wrap={"Type": "Pass", **wrap, "Next": "Again"},
        Again={"Type": "Choice", "Choices": [{**rule, "Next": "End"}], "Default": "Wrap"},
        End={"Type": "Succeed"},
    )
    interpreter = Interpreter(compile_program(parse({**loop, "QueryLanguage": language})))
    outcome = interpreter.handle(started({}), Ambient(0, 7))
    while outcome.yielded:
        outcome = interpreter.handle(Resumed(), Ambient(0, 7))
    (end,) = outcome.commands
    assert isinstance(end, CompleteExecution)
    assert (end.status, end.error) == ("FAILED", "States.Runtime")
    assert end.cause is not None
    assert end.cause.startswith("An error occurred while executing the state 'Wrap'")
    assert end.cause.endswith("nested too deeply.")
