"""The Choice state and its operators."""

from __future__ import annotations

from typing import Any

import pytest
from player import Player, machine

from stepfunctions.core.comparisons import matches_pattern


def decide(rule: dict[str, Any], data: Any) -> bool:
    """Return whether *rule* holds for *data*."""
    player = Player(
        machine(
            "C",
            C={"Type": "Choice", "Choices": [{**rule, "Next": "Yes"}], "Default": "No"},
            Yes={"Type": "Pass", "Result": True, "End": True},
            No={"Type": "Pass", "Result": False, "End": True},
        ),
        data,
    )
    return player.output is True


@pytest.mark.parametrize(
    ("operator", "operand", "value", "holds"),
    [
        ("NumericEquals", 1, 1.0, True),
        ("NumericEquals", 1, True, False),
        ("NumericLessThan", 2, 1, True),
        ("NumericGreaterThanEquals", 2, 2, True),
        ("NumericEquals", 1, "1", False),
        ("StringEquals", "a", "a", True),
        ("StringLessThan", "b", "a", True),
        ("StringGreaterThan", "\U0001f600", "\uffee", True),
        ("StringMatches", "log-*.txt", "log-1.txt", True),
        ("BooleanEquals", True, True, True),
        ("BooleanEquals", True, 1, False),
        ("TimestampEquals", "2024-01-01T00:00:00Z", "2024-01-01T01:00:00+01:00", True),
        ("TimestampLessThan", "2024-01-01T00:00:00Z", "yesterday", False),
        ("IsNull", True, None, True),
        ("IsNull", False, None, False),
        ("IsNumeric", True, True, False),
        ("IsString", True, "", True),
        ("IsBoolean", True, False, True),
        ("IsTimestamp", True, "2024-01-01T00:00:00Z", True),
        ("IsTimestamp", True, "2024-01-01", False),
        ("IsPresent", True, None, True),
        ("IsPresent", False, None, False),
    ],
)
def test_an_operator_compares_values_of_its_type(operator: str, operand: Any, value: Any, holds: bool) -> None:
    assert decide({"Variable": "$.v", operator: operand}, {"v": value}) is holds


@pytest.mark.parametrize(("wanted", "holds"), [(True, False), (False, True)])
def test_is_present_sees_what_is_absent(wanted: bool, holds: bool) -> None:
    assert decide({"Variable": "$.v", "IsPresent": wanted}, {}) is holds


def test_a_path_operator_reads_its_operand() -> None:
    assert decide({"Variable": "$.a", "NumericLessThanPath": "$.b"}, {"a": 1, "b": 2})


def test_rules_combine() -> None:
    one = {"Variable": "$.v", "NumericEquals": 1}
    two = {"Variable": "$.v", "NumericEquals": 2}
    assert decide({"Or": [one, two]}, {"v": 2})
    assert not decide({"And": [one, two]}, {"v": 2})
    assert decide({"Not": one}, {"v": 2})
    assert decide({"And": [{"Not": one}, {"Or": [one, two]}]}, {"v": 2})


def test_a_variable_that_is_not_there_fails_the_execution() -> None:
    player = Player(
        machine(
            "C",
            C={"Type": "Choice", "Choices": [{"Variable": "$.v", "IsNull": True, "Next": "E"}], "Default": "E"},
            E={"Type": "Succeed"},
        )
    )
    assert player.end.error == "States.Runtime"
    assert player.end.cause is not None
    assert player.end.cause.endswith(
        "Invalid path '$.v': The choice state's condition path references an invalid value."
    )


def test_no_match_and_no_default_fails_the_execution() -> None:
    player = Player(
        machine(
            "C",
            C={"Type": "Choice", "Choices": [{"Variable": "$.v", "NumericEquals": 1, "Next": "E"}]},
            E={"Type": "Succeed"},
        ),
        {"v": 2},
    )
    assert (player.end.error, player.types[-1]) == ("States.Runtime", "ExecutionFailed")
    assert player.end.cause is not None
    assert player.end.cause.endswith("Failed to transition out of the state. The state does not point to a next state.")


def test_the_rule_that_matched_assigns_and_the_state_assigns_by_default() -> None:
    definition = machine(
        "C",
        C={
            "Type": "Choice",
            "Choices": [{"Variable": "$.v", "NumericEquals": 1, "Assign": {"x": "rule"}, "Next": "E"}],
            "Assign": {"x": "state"},
            "Default": "E",
        },
        E={"Type": "Pass", "Parameters": {"x.$": "$x"}, "End": True},
    )
    assert Player(definition, {"v": 1}).output == {"x": "rule"}
    assert Player(definition, {"v": 2}).output == {"x": "state"}


@pytest.mark.parametrize(
    ("pattern", "value", "holds"),
    [
        ("*", "", True),
        ("a*", "abc", True),
        ("*c", "abc", True),
        ("a*b*c", "a-b-c", True),
        ("a*b*c", "a-c-b", False),
        ("ab*ba", "aba", False),
        (r"a\*", "a*", True),
        (r"a\*", "ab", False),
        (r"a\\*", "a\\b", True),
        ("a\n*", "a\nb", True),
        ("plain", "plain", True),
        ("plain", "plains", False),
    ],
)
def test_a_pattern_has_wildcards_and_escapes(pattern: str, value: str, holds: bool) -> None:
    assert matches_pattern(value, pattern) is holds


def test_a_pattern_of_many_wildcards_is_decided_at_once() -> None:
    assert not matches_pattern("a" * 20_000, "*a" * 200 + "b")
