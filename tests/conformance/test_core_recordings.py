"""The recorded executions that need no service, on the interpreter in virtual time, in this process.

Each must match AWS's status, output, error, cause and history.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from compare import fill, history_differences, result_differences

from stepfunctions.engine.virtual import ACCOUNT, run

BEGAN = datetime(2026, 11, 23, tzinfo=UTC)
"""Some wait for a time of that day, and no execution lives for more than a year."""

FILES = (
    "base-states-jsonpath",
    "choice-operators",
    "context-object",
    "wait",
    "jsonata",
    "intrinsic-functions",
    "error-handling",
    "variables-assign",
    "scenarios-map-parallel-choice-retry",
)


def _cases() -> list[Any]:
    folder = os.environ.get("STEPLADDER_SHARED")
    if not folder:
        return [pytest.param(None, marks=pytest.mark.skip(reason="STEPLADDER_SHARED names no folder"))]
    cases: list[Any] = []
    for name in FILES:
        cases += json.loads((Path(folder) / "conformance" / f"{name}.json").read_text())["cases"]
    return [pytest.param(case, id=case["id"]) for case in cases if case["kind"] == "execution"]


@pytest.mark.shared
@pytest.mark.parametrize("case", _cases())
def test_an_execution_goes_as_it_went_on_aws(case: Any) -> None:
    words = {"account": ACCOUNT, "region": "us-east-1", "roleArn": f"arn:aws:iam::{ACCOUNT}:role/machine"}
    definition = fill(case["definition"], words)
    given = case.get("input")
    execution = run(definition, {} if given is None else fill(given, words), started_at=BEGAN)
    expected, placeholders = case["expected"], case["placeholders"]
    actual = {key: getattr(execution, key) for key in ("status", "output", "error", "cause")}
    differences = result_differences(expected, actual, placeholders)
    if expected.get("history") is not None:
        differences += history_differences(expected["history"], execution.history, placeholders)
    assert not differences, "\n".join(differences)
