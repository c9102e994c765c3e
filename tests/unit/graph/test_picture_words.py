"""The words in a picture: conditions, details, and text that fits."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepfunctions.graph.build import build
from stepfunctions.graph.conditions import condition_text
from stepfunctions.graph.measure import shorten, text_width, wrap
from stepfunctions.graph.model import MISSING

LESS = {"Variable": "$.n", "NumericLessThan": 3}
THERE = {"Variable": "$.ok", "IsPresent": True}


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ({"Variable": "$.a", "StringEquals": "x"}, '$.a == "x"'),
        ({"Variable": "$.a", "BooleanEquals": False}, "$.a == false"),
        ({"Variable": "$.a", "NumericGreaterThanEqualsPath": "$.b"}, "$.a >= $.b"),
        ({"Variable": "$.a", "StringMatches": "log-*"}, '$.a matches "log-*"'),
        ({"Variable": "$.a", "IsNull": False}, "$.a is not null"),
        ({"And": [LESS, THERE]}, "$.n < 3 and $.ok is present"),
        ({"Or": [{"And": [LESS, THERE]}, LESS]}, "($.n < 3 and $.ok is present) or $.n < 3"),
        ({"Not": LESS}, "not $.n < 3"),
        ({"Condition": "{% $states.input.a > 1 %}"}, "$states.input.a > 1"),
        ({"Condition": True}, "true"),
        ({"Next": "A"}, ""),
    ],
)
def test_a_rule_reads_as_a_condition(rule: dict[str, Any], text: str) -> None:
    assert condition_text(rule) == text


@pytest.mark.parametrize(
    ("state", "detail"),
    [
        ({"Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync:2"}, "states:startExecution.sync:2"),
        ({"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:1:function:f"}, "lambda f"),
        ({"Type": "Task", "Resource": "arn:aws:states:us-east-1:1:activity:a"}, "activity a"),
        ({"Type": "Wait", "TimestampPath": "$.t"}, "until $.t"),
        ({"Type": "Wait", "SecondsPath": "$.s"}, "$.s s"),
        ({"Type": "Fail", "Error": "E"}, "E"),
        ({"Type": "Map", "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED"}}}, "distributed"),
    ],
)
def test_a_state_says_what_it_does(state: dict[str, Any], detail: str) -> None:
    assert build({"StartAt": "A", "States": {"A": state}}).nodes[1].detail == detail


def test_two_catchers_with_one_target_are_one_edge() -> None:
    catchers = [{"ErrorEquals": ["A"], "Next": "B"}, {"ErrorEquals": ["C", "D"], "Next": "B"}]
    states = {"T": {"Type": "Task", "Catch": catchers, "Next": "B"}, "B": {"Type": "Succeed"}}
    region = build({"StartAt": "T", "States": states})
    assert [edge.label for edge in region.edges if edge.kind == "catch"] == ["A, C, D"]


def test_the_ways_from_a_state_to_itself_are_one_loop() -> None:
    rule = {"Variable": "$.a", "IsNull": True, "Next": "C"}
    states = {"C": {"Type": "Choice", "Choices": [rule], "Default": "C"}}
    [_, loop] = build({"StartAt": "C", "States": states}).edges
    assert (loop.source, loop.target, loop.label) == (1, 1, "$.a is null / otherwise")


def test_a_missing_target_has_a_ghost() -> None:
    region = build({"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}}})
    assert [(node.name, node.kind) for node in region.nodes if node.kind == MISSING] == [("B", MISSING)]


def test_names_break_at_spaces_and_humps() -> None:
    assert wrap("Create the training job", 13.0, 90.0, 2) == ["Create the", "training job"]
    assert wrap("CreateTrainingJob", 13.0, 90.0, 2) == ["CreateTraining", "Job"]


@given(st.text(max_size=60), st.floats(30.0, 200.0))
def test_wrapped_text_fits_its_width(text: str, width: float) -> None:
    lines = wrap(text, 13.0, width, 2)
    assert 1 <= len(lines) <= 2
    assert all(text_width(line, 13.0) <= width for line in lines)


@given(st.text(max_size=60))
def test_text_that_fits_is_not_cut(text: str) -> None:
    assert shorten(text, 13.0, text_width(text, 13.0)) == text
