"""A definition's JSON text, with AWS's words for what is wrong with it.

Source: recordings of ValidateStateMachineDefinition.
"""

from __future__ import annotations

from stepfunctions.asl.jackson import find_fault
from stepfunctions.errors import Diagnostic
from stepfunctions.values import Json, JsonError, loads

NOT_AN_OBJECT = Diagnostic("SCHEMA_VALIDATION_FAILED", "Definition must be a valid JSON object")


def read_json(text: str | bytes) -> tuple[Json, Diagnostic | None]:
    """Return the value of *text*, or None and what is wrong with it."""
    if not text.strip():
        return None, NOT_AN_OBJECT
    try:
        return loads(text), None
    except JsonError as error:
        return None, _diagnostic(text, error)


def _diagnostic(text: str | bytes, error: JsonError) -> Diagnostic:
    fault = find_fault(text if isinstance(text, str) else text.decode("utf-8", "replace"))
    if fault is None:
        return Diagnostic("INVALID_JSON_DESCRIPTION", str(error))
    return Diagnostic("INVALID_JSON_DESCRIPTION", f"{fault.message}\n at {fault.location}", fault.location)
