"""Recorded executions with tasks, on the interpreter in virtual time: the results that AWS's services gave go in as
mocks, and AWS's history must come out.

This shows the interpreter's part of a task: what it schedules, and what it writes of what becomes of it. The services'
own part is tested where they are.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from compare import fill, history_differences, result_differences

from stepfunctions.engine.mocks import Answer, in_turn
from stepfunctions.engine.virtual import ACCOUNT, run
from stepfunctions.query.failure import Failure

FILE = "mocked-integrations-sfn-mock-config"
UNSUPPORTED = {
    '"Type": "Parallel"': "which branch got which result is not in the recording",
}


def _cases() -> list[Any]:
    folder = os.environ.get("STEPLADDER_SHARED")
    if not folder:
        return [pytest.param(None, marks=pytest.mark.skip(reason="STEPLADDER_SHARED names no folder"))]
    cases = json.loads((Path(folder) / "conformance" / f"{FILE}.json").read_text())["cases"]
    return [pytest.param(case, id=case["id"]) for case in cases if _supported(case)]


def _supported(case: Any) -> bool:
    text = json.dumps(case["definition"])
    return not any(feature in text for feature in UNSUPPORTED)


def _answers(history: list[Any]) -> dict[str, Any]:
    """Return what became of the tasks of each state, in the order of the recording."""
    answers: dict[str, list[Answer]] = {}
    state, submitted = "", None
    for event in history:
        details = next((value for key, value in event.items() if key.endswith("EventDetails")), {})
        match event["type"]:
            case "TaskStateEntered":
                state, submitted = details["name"], None
            case "TaskSubmitted":
                submitted = details["output"]
            case "TaskSucceeded":
                answers.setdefault(state, []).append(Answer(result=details["output"], submitted=submitted))
            case "TaskFailed":
                failure = Failure(details.get("error"), details.get("cause"))
                answers.setdefault(state, []).append(Answer(failure=failure, submitted=submitted))
    return {name: in_turn(*each) for name, each in answers.items()}


@pytest.mark.shared
@pytest.mark.parametrize("case", _cases())
def test_a_task_is_recorded_as_on_aws(case: Any) -> None:
    words = {"account": ACCOUNT, "region": "us-east-1", "roleArn": f"arn:aws:iam::{ACCOUNT}:role/machine"}
    expected, placeholders = case["expected"], case["placeholders"]
    execution = run(
        fill(case["definition"], words), fill(case.get("input"), words), tasks=_answers(expected["history"])
    )
    actual = {key: getattr(execution, key) for key in ("status", "output", "error", "cause")}
    differences = result_differences(expected, actual, placeholders)
    differences += history_differences(expected["history"], execution.history, placeholders)
    assert not differences, "\n".join(differences)
