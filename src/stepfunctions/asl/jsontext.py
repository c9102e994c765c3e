"""A definition's JSON text, with AWS's words for what is wrong with it.

Source: recordings of ValidateStateMachineDefinition.
"""

from __future__ import annotations

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
        return None, Diagnostic("INVALID_JSON_DESCRIPTION", str(error))
