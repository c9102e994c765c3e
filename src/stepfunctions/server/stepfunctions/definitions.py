"""ValidateStateMachineDefinition.

Source: AWS API reference; recordings of AWS.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from stepfunctions.asl.validate import validate
from stepfunctions.errors import Diagnostic
from stepfunctions.server.protocols.json import Operation
from stepfunctions.server.request import Request
from stepfunctions.server.stepfunctions.state_machines import EXPRESS
from stepfunctions.values import Json

DIAGNOSTICS_MAX: Final = 100


async def validate_definition(request: Request, params: dict[str, Any]) -> Json:
    """ValidateStateMachineDefinition; a definition without errors is OK, whatever it is warned of."""
    found = validate(params["definition"], express=params.get("type") == EXPRESS)
    failed = any(each.severity == "ERROR" for each in found)
    if params.get("severity", "ERROR") == "ERROR":
        found = [each for each in found if each.severity == "ERROR"]
    limit = params.get("maxResults") or DIAGNOSTICS_MAX
    return {
        "result": "FAIL" if failed else "OK",
        "diagnostics": [_diagnostic(each) for each in found[:limit]],
        "truncated": len(found) > limit,
    }


def _diagnostic(found: Diagnostic) -> Json:
    shown = {"severity": found.severity, "code": found.code, "message": found.message}
    return shown if found.location is None else {**shown, "location": found.location}


OPERATIONS: Final[Mapping[str, Operation]] = {"ValidateStateMachineDefinition": validate_definition}
