"""A definition's text to the model, or every fault it has.

Source: States Language; AWS's CreateStateMachine, whose diagnostics these are.
"""

from __future__ import annotations

from stepfunctions.asl.jsontext import read_json
from stepfunctions.asl.kinds import SECONDS_MAX, anything, integer, one_of, string
from stepfunctions.asl.model import JSONATA, JSONPATH, StateMachine
from stepfunctions.asl.objects import Field, read_fields, tables
from stepfunctions.asl.reading import Reading
from stepfunctions.asl.scopes import read_scope
from stepfunctions.errors import DefinitionError, Diagnostic
from stepfunctions.values import Json

_MACHINE = tables(
    {
        "Comment": Field("comment", string),
        "QueryLanguage": Field("query_language", one_of(JSONPATH, JSONATA)),
        "Version": Field("version", one_of("1.0")),
        "TimeoutSeconds": Field("timeout_seconds", integer(1, SECONDS_MAX)),
        "StartAt": Field(None, anything),
        "States": Field(None, anything),
    }
)


def parse(text: str | bytes | dict[str, Json], *, express: bool = False) -> StateMachine:
    """Return the state machine that *text* defines.

    Args:
        text: the definition as JSON text, or already decoded.
        express: whether the machine is of type EXPRESS, which may use less.

    Raises:
        DefinitionError: AWS would refuse it; carries every fault found.

    Source:
        States Language; recordings of CreateStateMachine.
    """
    machine, diagnostics = read(text, express=express)
    errors = [each for each in diagnostics if each.severity == "ERROR"]
    if machine is None or errors:
        raise DefinitionError(errors)
    return machine


def read(text: str | bytes | dict[str, Json], *, express: bool = False) -> tuple[StateMachine | None, list[Diagnostic]]:
    """Return the machine (None if it cannot be built) and every diagnostic, warnings included, in AWS's order."""
    definition, fault = (text, None) if isinstance(text, dict) else read_json(text)
    if not isinstance(definition, dict):
        return None, [fault or Diagnostic("SCHEMA_VALIDATION_FAILED", "Definition must be a valid JSON object")]
    reading = Reading(read_scope=read_scope, express=express)
    arguments = read_fields(definition, _MACHINE, "", reading)
    if definition.get("QueryLanguage", JSONPATH) != JSONPATH:
        reading.machine_language = reading.language = JSONATA
    scope = read_scope(definition, "", reading)
    diagnostics = reading.diagnostics + reading.transition_faults
    if any(each.severity == "ERROR" for each in diagnostics):
        return None, diagnostics
    return StateMachine(start_at=scope.start_at, states=scope.states, **arguments), diagnostics
