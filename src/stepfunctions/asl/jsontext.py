"""A definition's JSON text, with AWS's words for what is wrong with it.

Source: recordings of ValidateStateMachineDefinition.
"""

from __future__ import annotations

import json

from stepfunctions.asl.jackson import find_fault
from stepfunctions.errors import Diagnostic
from stepfunctions.values import Json, JsonError, loads

NOT_AN_OBJECT = Diagnostic("SCHEMA_VALIDATION_FAILED", "Definition must be a valid JSON object")


def read_json(text: str | bytes | dict[str, Json]) -> tuple[Json, Diagnostic | None]:
    """Return the value of *text*, or None and what is wrong with it.

    What is decoded already is written first, and read: a caller's dict may hold what JSON does not have (NaN, a date,
    itself), or change later.
    """
    if isinstance(text, dict):
        try:
            text = json.dumps(text, allow_nan=False)
        except (TypeError, ValueError) as error:
            return None, Diagnostic("INVALID_JSON_DESCRIPTION", str(error))
        except RecursionError:
            return None, Diagnostic("INVALID_JSON_DESCRIPTION", "it is nested too deeply")
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
