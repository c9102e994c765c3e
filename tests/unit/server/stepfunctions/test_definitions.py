"""ValidateStateMachineDefinition."""

from __future__ import annotations

import json

from tests.unit.server.stepfunctions.conftest import PASS, Api

FAULTY = json.dumps(
    {"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}, "C": {"Type": "Pass", "Next": "D"}}}
)


async def test_a_faultless_definition_is_ok(api: Api) -> None:
    answer = await api("ValidateStateMachineDefinition", definition=PASS)
    assert answer == {"result": "OK", "diagnostics": [], "truncated": False}


async def test_every_fault_is_a_diagnostic(api: Api) -> None:
    answer = await api("ValidateStateMachineDefinition", definition=FAULTY)
    assert answer["result"] == "FAIL"
    assert {
        "severity": "ERROR",
        "code": "MISSING_TRANSITION_TARGET",
        "message": "Missing 'Next' target: B",
        "location": "/States/A/Next",
    } in answer["diagnostics"]


async def test_diagnostics_are_cut_at_the_callers_limit(api: Api) -> None:
    answer = await api("ValidateStateMachineDefinition", definition=FAULTY, maxResults=1)
    assert (len(answer["diagnostics"]), answer["truncated"]) == (1, True)


async def test_a_diagnostic_without_a_place_has_no_location(api: Api) -> None:
    answer = await api("ValidateStateMachineDefinition", definition=" ")
    assert answer["diagnostics"] == [
        {"severity": "ERROR", "code": "SCHEMA_VALIDATION_FAILED", "message": "Definition must be a valid JSON object"}
    ]
