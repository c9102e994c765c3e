"""Pass, Succeed, Fail and Wait, state by state."""

from __future__ import annotations

import pytest
from player import Player, machine, match, single

from stepfunctions.core.commands import CompleteExecution
from stepfunctions.core.events import TimeReached

RUNTIME = "States.Runtime"


def test_a_chain_of_passes_ends_in_one_event() -> None:
    player = Player(machine("A", A={"Type": "Pass", "Next": "B"}, B={"Type": "Pass", "End": True}), {"x": 1})
    assert player.commands == [CompleteExecution("SUCCEEDED", output='{"x":1}')]
    assert player.chain == [
        (1, "ExecutionStarted", 0),
        (2, "PassStateEntered", 0),
        (3, "PassStateExited", 2),
        (4, "PassStateEntered", 3),
        (5, "PassStateExited", 4),
        (6, "ExecutionSucceeded", 5),
    ]


def test_the_first_event_shows_the_input_verbatim_and_the_others_compactly() -> None:
    player = Player(single(Type="Succeed"), {"a": [1, 2]})
    assert player.details("ExecutionStarted")[0][0] == '{"a": [1, 2]}'
    assert player.details("SucceedStateEntered") == [("S", '{"a":[1,2]}')]


def test_a_result_is_literal_and_goes_where_result_path_says() -> None:
    player = Player(single(Type="Pass", Result={"x.$": "$.y"}, ResultPath="$.made.here"), {"kept": 1})
    assert player.output == {"kept": 1, "made": {"here": {"x.$": "$.y"}}}


def test_result_path_null_hands_the_raw_input_on() -> None:
    player = Player(single(Type="Pass", InputPath="$.a", Result=5, ResultPath=None), {"a": 1})
    assert player.output == {"a": 1}


def test_paths_select_and_parameters_render() -> None:
    player = Player(
        single(Type="Pass", InputPath="$.in", Parameters={"v.$": "$.x", "k": "$.x"}, OutputPath="$.v"), {"in": {"x": 3}}
    )
    assert player.output == 3


def test_input_path_null_is_the_empty_object() -> None:
    assert Player(single(Type="Pass", InputPath=None), {"a": 1}).output == {}


def test_a_missing_input_path_fails_the_execution_and_names_the_state() -> None:
    player = Player(single(Type="Pass", InputPath="$.none"), {})
    assert player.end.error == RUNTIME
    assert player.end.cause == (
        "An error occurred while executing the state 'S' (entered at the event id #2). "
        "Invalid path '$.none' : No results for path: $['none']"
    )
    assert player.chain[-1] == (3, "ExecutionFailed", 2)


def test_variables_are_seen_from_the_next_state_on() -> None:
    player = Player(
        machine(
            "A",
            A={"Type": "Pass", "Assign": {"x": 1, "whole.$": "$"}, "Next": "B"},
            B={"Type": "Pass", "Parameters": {"x.$": "$x", "whole.$": "$whole"}, "End": True},
        ),
        {"in": True},
    )
    assert player.output == {"x": 1, "whole": {"in": True}}
    assert player.details("PassStateExited")[0][2] == {"x": "1", "whole": '{"in":true}'}
    assert player.details("PassStateExited")[1][2] is None


def test_fail_ends_with_its_error_and_cause() -> None:
    player = Player(single(Type="Fail", Error="E", Cause="because"))
    assert player.commands == [match(CompleteExecution, status="FAILED", error="E", cause="because")]
    assert player.types == ["ExecutionStarted", "FailStateEntered", "ExecutionFailed"]


def test_fail_without_fields_has_neither_error_nor_cause() -> None:
    assert Player(single(Type="Fail")).details("ExecutionFailed") == [(None, None)]


def test_fail_reads_its_error_from_the_input() -> None:
    player = Player(single(Type="Fail", ErrorPath="$.e", CausePath="$.c"), {"e": "E", "c": "C"})
    assert (player.end.error, player.end.cause) == ("E", "C")


@pytest.mark.parametrize("field", ["ErrorPath", "CausePath"])
def test_fail_takes_a_text_only(field: str) -> None:
    end = Player(single(Type="Fail", **{field: "$.e"}), {"e": 7}).end
    assert end.error == "States.Runtime"
    assert end.cause is not None
    assert end.cause.endswith(f"The {field} field '$.e' must refer to a string but was: 7")


def test_fail_names_the_path_that_leads_nowhere() -> None:
    player = Player(single(Type="Fail", ErrorPath="$.e"), {"x": 1})
    assert player.end.error == RUNTIME
    assert player.end.cause is not None
    assert player.end.cause.endswith(
        """The JSONPath '$.e' specified for the field 'ErrorPath' could not be found in the input '{"x":1}'"""
    )


def test_wait_holds_until_its_time_and_no_longer() -> None:
    player = Player(single(Type="Wait", Seconds=10))
    assert player.interpreter.deadline == 10_000
    assert player.tell(TimeReached(), at=9_999) == ()
    assert player.tell(TimeReached(), at=10_000) == (match(CompleteExecution, status="SUCCEEDED"),)


@pytest.mark.parametrize("fields", [{"Seconds": 0}, {"Timestamp": "1969-12-31T23:59:59Z"}])
def test_wait_does_not_wait_for_the_past(fields: dict[str, object]) -> None:
    assert Player(single(Type="Wait", **fields)).end.status == "SUCCEEDED"


@pytest.mark.parametrize(
    ("fields", "data", "deadline"),
    [
        ({"SecondsPath": "$.s"}, {"s": 3}, 3_000),
        ({"SecondsPath": "$.s"}, {"s": "3"}, 3_000),
        ({"Timestamp": "1970-01-01T00:01:00Z"}, {}, 60_000),
        ({"TimestampPath": "$.t"}, {"t": "1970-01-01T01:00:05.5+01:00"}, 5_500),
    ],
)
def test_wait_finds_its_time(fields: dict[str, object], data: object, deadline: int) -> None:
    assert Player(single(Type="Wait", **fields), data).interpreter.deadline == deadline


@pytest.mark.parametrize(
    ("fields", "data", "text"),
    [
        ({"SecondsPath": "$.s"}, {}, "The SecondsPath parameter does not reference an input value: $.s"),
        ({"SecondsPath": "$.s"}, {"s": -1}, "The SecondsPath parameter references a negative value: $.s == -1"),
        ({"SecondsPath": "$.s"}, {"s": 1.5}, "The SecondsPath parameter cannot be parsed as a long value: $.s == 1.5"),
        (
            {"SecondsPath": "$.s"},
            {"s": 2**63 - 1},
            "The SecondsPath parameter references a value greater than 99999999: $.s == 9223372036854775807",
        ),
        ({"TimestampPath": "$.t"}, {}, "The TimestampPath parameter does not reference an input value: $.t"),
        (
            {"TimestampPath": "$.t"},
            {"t": "soon"},
            "The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format string: "
            "$.t == soon",
        ),
    ],
)
def test_wait_says_what_is_wrong_with_its_time(fields: dict[str, object], data: object, text: str) -> None:
    player = Player(single(Type="Wait", **fields), data)
    assert player.end.error == RUNTIME
    assert player.end.cause is not None
    assert player.end.cause.endswith(f"(entered at the event id #2). {text}")
