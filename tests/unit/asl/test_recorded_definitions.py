"""Every definition in the recorded cases: AWS's refusals are ours to the letter, and what AWS took is taken."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from stepfunctions.asl import parse, parse_state, render, validate, variable_references
from stepfunctions.asl.refusal import refusal
from stepfunctions.errors import DefinitionError, Diagnostic

SHARED = os.environ.get("STEPLADDER_SHARED")
pytestmark = [pytest.mark.shared, pytest.mark.skipif(SHARED is None, reason="STEPLADDER_SHARED is not set")]

RUN = {"execution", "sync_execution", "mocked_execution", "mocked_sync_execution"}
PLACEHOLDERS = {"{{region}}": "us-east-1", "{{account}}": "123456789012"}
ACTIVITY = "arn:aws:states:us-east-1:123456789012:activity:worker"


def cases(*kinds: str, file: str = "*") -> list[Any]:
    if SHARED is None:
        return []
    files = sorted(Path(SHARED, "conformance").glob(f"{file}.json"))
    found = [case for file in files for case in json.loads(file.read_text("utf-8"))["cases"] if case["kind"] in kinds]
    return [pytest.param(case, id=case["id"]) for case in found]


def as_sent(definition: Any) -> str:
    text = definition if isinstance(definition, str) else json.dumps(definition)
    for placeholder, value in PLACEHOLDERS.items():
        text = text.replace(placeholder, value)
    return text


def created(case: dict[str, Any]) -> Iterator[tuple[dict[str, Any], Any]]:
    """Yield the parameters and the expectation of each step that sends a definition."""
    for step in case["steps"]:
        if step["action"] in ("CreateStateMachine", "UpdateStateMachine") and "definition" in step["params"]:
            yield step["params"], step.get("expect") or {}


def errors(definition: str, kind: str | None) -> list[Diagnostic]:
    return [each for each in validate(definition, express=kind == "EXPRESS") if each.severity == "ERROR"]


@pytest.mark.parametrize("case", cases(*RUN))
def test_what_aws_ran_parses_and_survives_rendering(case: dict[str, Any]) -> None:
    express = case.get("type") == "EXPRESS"
    machine = parse(as_sent(case["definition"]), express=express)
    assert parse(render(machine), express=express) == machine


@pytest.mark.parametrize("case", cases("validate"))
def test_diagnostics_are_the_recorded_ones(case: dict[str, Any]) -> None:
    found = validate(case["params"]["definition"], express=case["params"].get("type") == "EXPRESS")
    shown = [
        {"code": each.code, "message": each.message, "severity": each.severity}
        | ({} if each.location is None else {"location": each.location})
        for each in found
    ]
    assert shown == case["expected"]["response"]["diagnostics"]


def refused(case: dict[str, Any]) -> bool:
    """Return whether it was the definition that was refused, and not another member of the request."""
    answer = case["expected"]["error_response"]
    code = answer["Error"]["Code"] if "Error" in answer else answer["exception_typename"]
    return bool(code == "InvalidDefinition")


@pytest.mark.parametrize("case", [case for case in cases("create_error") if refused(case.values[0])])
def test_a_refusal_reads_as_recorded(case: dict[str, Any]) -> None:
    answer = case["expected"]["error_response"]
    text = answer["Error"]["Message"] if "Error" in answer else answer["exception_value"].partition("operation: ")[2]
    definition = case["params"]["definition"]
    assert refusal(definition, errors(definition, case["params"].get("type"))) == text


@pytest.mark.parametrize("case", cases("api"))
def test_an_api_step_refuses_just_the_definitions_that_aws_refuses(case: dict[str, Any]) -> None:
    for params, expected in created(case):
        definition = as_sent(params["definition"])
        for token in ("{{step0.activityArn}}", "{{step1.activityArn}}"):
            definition = definition.replace(token, ACTIVITY)
        refused = expected.get("Error", {}).get("Code") == "InvalidDefinition"
        assert bool(errors(definition, params.get("type"))) is refused


@pytest.mark.parametrize("case", cases("test_state"))
def test_what_teststate_tested_parses_and_what_it_refused_is_refused(case: dict[str, Any]) -> None:
    definition, answer = case["params"]["definition"], case["expected"].get("error_response", {}).get("Error", {})
    read = parse if "stateName" in case["params"] else parse_state
    try:
        read(definition)
        text = None
    except DefinitionError as error:
        text = refusal(definition, error.diagnostics)
    expected = answer.get("Message", "") if answer.get("Code") == "InvalidDefinition" else ""
    assert text == (expected if expected.startswith("Invalid State Machine Definition") else None)


@pytest.mark.parametrize("case", cases("api", file="describestatemachine-variablereferences"))
def test_variable_references_are_the_recorded_ones(case: dict[str, Any]) -> None:
    [definition] = [params["definition"] for params, _ in created(case)]
    described = next(step["expect"] for step in case["steps"] if step["action"] == "DescribeStateMachine")
    expected = {name: sorted(names) for name, names in described.get("variableReferences", {}).items()}
    assert variable_references(parse(as_sent(definition))) == expected
