"""What jsonata-js 2.0.6 answered: to expressions on which the two once differed, and to a sample of generated ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.unit.query.jsonata.conftest import Evaluate

from stepfunctions.query.jsonata import UNDEFINED, Function, JsonataError, Limits

RECORDED: dict[str, list[dict[str, Any]]] = json.loads((Path(__file__).parent / "jsonata_js.json").read_text())
LIMITS = Limits(depth_max=500)


def same(actual: Any, expected: Any) -> bool:
    """Compare in depth; a number is never a boolean, and 1 is 1.0."""
    if isinstance(actual, list) and isinstance(expected, list):
        return len(actual) == len(expected) and all(map(same, actual, expected))
    if isinstance(actual, dict) and isinstance(expected, dict):
        return actual.keys() == expected.keys() and all(same(actual[key], expected[key]) for key in actual)
    return isinstance(actual, bool) is isinstance(expected, bool) and bool(actual == expected)


def outcome(case: dict[str, Any], evaluate: Evaluate) -> dict[str, Any]:
    try:
        value = evaluate(case["expression"], case.get("data", UNDEFINED), LIMITS)
    except JsonataError as error:
        return {"code": error.code}
    if value is UNDEFINED:
        return {"nothing": True}
    return {"function": True} if isinstance(value, Function) else {"value": value}


@pytest.mark.parametrize("topic", RECORDED)
def test_expressions_come_to_what_jsonata_js_makes_of_them(topic: str, evaluate: Evaluate) -> None:
    differing = []
    for case in RECORDED[topic]:
        expected = {key: case[key] for key in ("code", "nothing", "function", "value") if key in case}
        actual = outcome(case, evaluate)
        if not same(actual, expected):
            differing.append((case, actual))
    assert not differing
