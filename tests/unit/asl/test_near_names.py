"""What was probably meant."""

from __future__ import annotations

import pytest

from stepfunctions.asl import suggest, variable_references
from stepfunctions.asl.parse import parse
from stepfunctions.asl.references import query_variables


@pytest.mark.parametrize(
    ("name", "candidates", "expected"),
    [
        ("Trian", ["Train", "Deploy"], "Train"),
        ("train", ["Drain", "Train"], "Train"),
        ("Nothing", ["Train", "Deploy"], None),
        ("Train", [], None),
    ],
)
def test_the_nearest_name_is_suggested_if_it_is_near(name: str, candidates: list[str], expected: str | None) -> None:
    assert suggest(name, candidates) == expected


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        ("$.a", []),
        ("$$.Execution.Id", []),
        ("$a.b[0]", ["a"]),
        ("States.Format('$no {}', $yes, $.a)", ["yes"]),
        ("States.MathAdd(States.MathAdd($x, $y), $x)", ["x", "y"]),
    ],
)
def test_the_variables_of_a_query_are_found(query: str, variables: list[str]) -> None:
    assert sorted(query_variables(query)) == variables


def test_references_in_handlers_and_nested_rules_count() -> None:
    states = {
        "C": {
            "Type": "Choice",
            "Choices": [{"Not": {"Variable": "$a", "IsNull": True}, "Assign": {"x.$": "$b"}, "Next": "T"}],
            "Default": "T",
        },
        "T": {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Parameters": {"FunctionName": "$literal", "Payload.$": "$c"},
            "Catch": [{"ErrorEquals": ["E"], "Assign": {"y": {"z.$": "$d"}}, "Next": "C"}],
            "End": True,
        },
    }
    assert variable_references(parse({"StartAt": "C", "States": states})) == {"C": ["a", "b"], "T": ["c", "d"]}
