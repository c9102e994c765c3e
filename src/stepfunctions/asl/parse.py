"""A definition's text to the model, or every fault it has.

Source: States Language; AWS's CreateStateMachine, whose diagnostics these are.
"""

from __future__ import annotations

from stepfunctions.asl.jsontext import NOT_AN_OBJECT, read_json
from stepfunctions.asl.kinds import SECONDS_MAX, anything, integer, one_of, string
from stepfunctions.asl.model import JSONATA, JSONPATH, State, StateMachine
from stepfunctions.asl.objects import Field, read_fields, tables
from stepfunctions.asl.reading import Reading
from stepfunctions.asl.scopes import read_scope
from stepfunctions.asl.shadowing import find_shadowing
from stepfunctions.asl.states import read_state
from stepfunctions.errors import DefinitionError, Diagnostic
from stepfunctions.values import Json

_MACHINE = tables(
    {
        "Comment": Field("comment", string, str),
        "QueryLanguage": Field("query_language", one_of(JSONPATH, JSONATA)),
        "Version": Field("version", one_of("1.0")),
        "TimeoutSeconds": Field("timeout_seconds", integer(0, SECONDS_MAX)),
        "StartAt": Field(None, anything, object),
        "States": Field(None, anything, object),
    }
)


def parse(text: str | bytes | dict[str, Json], *, express: bool = False, creating: bool = False) -> StateMachine:
    """Return the state machine that *text* defines.

    Args:
        text: the definition as JSON text, or already decoded.
        express: whether the machine is of type EXPRESS, which may use less.
        creating: whether the machine is about to be created. What service integrations demand of a Task's parameters
            is no part of the language, changes with the services, and is checked only then.

    Raises:
        DefinitionError: AWS would refuse it; carries every fault found.

    Source:
        States Language; recordings of CreateStateMachine.
    """
    machine, diagnostics = read(text, express=express, creating=creating)
    errors = [each for each in diagnostics if each.severity == "ERROR"]
    if machine is None or errors:
        raise DefinitionError(errors)
    return machine


def parse_state(
    text: str | bytes | dict[str, Json], *, name: str = "StateName", express: bool = False, creating: bool = False
) -> State:
    """Return the one state that *text* defines, as TestState takes it: its targets need not exist.

    Args:
        text: a state's definition, without the machine around it.
        name: the state's name; the default is TestState's own, which shows in AWS's locations.
        express: whether to read it as a state of an EXPRESS machine.
        creating: as for ``parse``.

    Raises:
        DefinitionError: AWS would refuse it; carries every fault found.

    Source:
        AWS API reference, TestState; recordings of it.
    """
    definition, fault = read_json(text)
    if not isinstance(definition, dict):
        raise DefinitionError([fault or NOT_AN_OBJECT])
    reading = Reading(read_scope=read_scope, express=express, creating=creating)
    state = read_state(name, definition, f"/States/{name}", reading)
    errors = [each for each in reading.diagnostics + reading.transition_faults if each.severity == "ERROR"]
    if state is None or errors:
        raise DefinitionError(errors)
    return state


def read(
    text: str | bytes | dict[str, Json], *, express: bool = False, creating: bool = False
) -> tuple[StateMachine | None, list[Diagnostic]]:
    """Return the machine (None if it cannot be built) and every diagnostic, warnings included, in AWS's order."""
    definition, fault = read_json(text)
    if not isinstance(definition, dict):
        return None, [fault or NOT_AN_OBJECT]
    reading = Reading(read_scope=read_scope, express=express, creating=creating)
    arguments = read_fields(definition, _MACHINE, "", reading)
    if definition.get("QueryLanguage", JSONPATH) != JSONPATH:
        reading.machine_language = reading.language = JSONATA
    scope = read_scope(definition, "", reading)
    diagnostics = reading.diagnostics + reading.transition_faults
    if any(each.severity == "ERROR" for each in diagnostics):
        return None, diagnostics
    shadowing = list(find_shadowing(scope))
    if shadowing:
        return None, diagnostics + shadowing
    return StateMachine(start_at=scope.start_at, states=scope.states, **arguments), diagnostics
