"""AWS's recordings of single Pass states, answered by the query languages alone."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from stepfunctions.query.jsonpath import compile_path
from stepfunctions.query.reference import compile_reference
from stepfunctions.query.template import compile_template

SHARED = os.environ.get("STEPLADDER_SHARED")
pytestmark = [pytest.mark.shared, pytest.mark.skipif(SHARED is None, reason="STEPLADDER_SHARED is not set")]
FILES = ("intrinsic-functions.json", "base-states-jsonpath.json")


def recorded_passes() -> list[Any]:
    if SHARED is None:
        return []
    return [
        pytest.param(next(iter(case["definition"]["States"].values())), case["input"], case["expected"], id=case["id"])
        for name in FILES
        for case in json.loads((Path(SHARED) / "conformance" / name).read_text())["cases"]
        if is_single_pass(case["definition"])
    ]


def is_single_pass(definition: Any) -> bool:
    states = list(definition["States"].values())
    return len(states) == 1 and "Parameters" in states[0] and "QueryLanguage" not in states[0]


@pytest.mark.parametrize(("state", "data", "expected"), recorded_passes())
def test_a_pass_state_makes_what_aws_made(state: Any, data: Any, expected: Any, make_scope: Any) -> None:
    masked = "<ArnPart_0idx>"
    scope = make_scope(context={"Execution": {"Input": data}, "StateMachine": {"Name": masked}})
    filled = compile_template(state["Parameters"], "Parameters")(data, scope)
    merged = compile_reference(state.get("ResultPath", "$")).put(data, filled)
    assert compile_path(state.get("OutputPath", "$"))(merged, scope) == expected["output"]
