"""Reading one state.

Source: States Language, "State Fields"; recordings of CreateStateMachine.
"""

from __future__ import annotations

from stepfunctions.asl.fields import FIELDS, REQUIRED, STATE_TYPES, TWO_FORMS
from stepfunctions.asl.kinds import expected, one_of
from stepfunctions.asl.model import JSONATA, JSONPATH, FlowState, Map, State, Task, Wait
from stepfunctions.asl.objects import at_most_one, exactly_one, read_fields, require
from stepfunctions.asl.reading import Reading
from stepfunctions.asl.resources import check_task
from stepfunctions.asl.suggest import suggestion
from stepfunctions.values import Json

_LANGUAGE = one_of(JSONPATH, JSONATA)


def read_state(name: str, value: Json, location: str, reading: Reading) -> State | None:
    """Return the state that *value* defines; None when a fault leaves nothing to build it from."""
    if not isinstance(value, dict):
        expected("Object", location, reading)
        return None
    model = _state_type(value, location, reading)
    if model is None:
        return None
    outer, faults = reading.language, len(reading.diagnostics)
    reading.language = _language(value, location, reading)
    arguments = read_fields(value, FIELDS[model], location, reading)
    _check_together(model, value, location, reading)
    language, reading.language = reading.language, outer
    if len(reading.diagnostics) > faults and any(each.severity == "ERROR" for each in reading.diagnostics[faults:]):
        return None
    if value.get("End") is True:
        arguments.pop("next", None)
    return model(name=name, location=location, query_language=language, **arguments)


def _state_type(value: dict[str, Json], location: str, reading: Reading) -> type[State] | None:
    if not require(value, ("Type",), location, reading):
        return None
    given = value["Type"]
    model = STATE_TYPES.get(given) if isinstance(given, str) else None
    if model is None:
        listed = ", ".join(STATE_TYPES)
        hint = suggestion(given, STATE_TYPES) if isinstance(given, str) else None
        reading.error(f"The field 'Type' should have one of these values: [{listed}]", f"{location}/Type", hint=hint)
    return model


def _language(value: dict[str, Json], location: str, reading: Reading) -> str:
    machine: str = reading.machine_language
    given = value.get("QueryLanguage", machine)
    _LANGUAGE(given, f"{location}/QueryLanguage", reading)
    if given == JSONPATH and machine == JSONATA:
        reading.error(
            f"'QueryLanguage' can not be '{JSONPATH}' if set to '{JSONATA}' for whole state machine", location
        )
        return machine
    # AWS takes whatever is not exactly JSONPath for JSONata.
    return JSONPATH if given == JSONPATH else JSONATA


def _check_together(model: type[State], value: dict[str, Json], location: str, reading: Reading) -> None:
    """Check what depends on more than one field."""
    require(value, REQUIRED.get(model, ()), location, reading)
    for names in TWO_FORMS.get(model, ()):
        at_most_one(value, names, location, reading)
    if issubclass(model, FlowState):
        _check_flow(value, location, reading)
    if model is Wait:
        table = FIELDS[Wait].of(reading.language)
        forms = [name for name in ("SecondsPath", "Seconds", "TimestampPath", "Timestamp") if name in table]
        exactly_one(value, forms, location, reading)
    if model is Task:
        _check_heartbeat(value, location, reading)
        check_task(value, location, reading)
    if model is Map and "ItemProcessor" not in value and "Iterator" not in value:
        exactly_one(value, ("ItemProcessor", "Iterator"), location, reading)


def _check_flow(value: dict[str, Json], location: str, reading: Reading) -> None:
    goes_on, ends = "Next" in value, value.get("End") is True
    if goes_on is ends:
        exactly_one(("Next", "End") if ends else (), ("Next", "End"), location, reading)


def _check_heartbeat(value: dict[str, Json], location: str, reading: Reading) -> None:
    heartbeat, timeout = value.get("HeartbeatSeconds"), value.get("TimeoutSeconds")
    if isinstance(heartbeat, int) and isinstance(timeout, int) and heartbeat >= timeout:
        reading.error("HeartbeatSeconds must be smaller than TimeoutSeconds", f"{location}/HeartbeatSeconds")
