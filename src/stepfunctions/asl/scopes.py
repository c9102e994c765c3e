"""Reading the states of one scope, and how they lead to each other.

A transition never leaves its scope, so targets, reachability and ends are checked scope by scope.

Source: States Language, "Transitions"; texts measured on AWS.
"""

from __future__ import annotations

from stepfunctions.asl.kinds import expected
from stepfunctions.asl.model import Scope, State
from stepfunctions.asl.names import check_state_name
from stepfunctions.asl.objects import require
from stepfunctions.asl.reading import Reading
from stepfunctions.asl.states import read_state
from stepfunctions.asl.suggest import suggestion
from stepfunctions.values import Json

MISSING_TARGET = "MISSING_TRANSITION_TARGET"
DEPTH_MAX = 50
"""AWS's own limit is not published."""
_ENDING = ("Succeed", "Fail")


def read_scope(value: dict[str, Json], location: str, reading: Reading) -> Scope:
    """Read ``StartAt`` and ``States`` of *value*, a machine, a branch or a processor."""
    if reading.depth == DEPTH_MAX:
        reading.error(f"States are nested deeper than {DEPTH_MAX} levels", location, "TOO_DEEPLY_NESTED")
        return Scope(start_at="", states={})
    reading.depth += 1
    scope = _read_scope(value, location, reading)
    reading.depth -= 1
    return scope


def _read_scope(value: dict[str, Json], location: str, reading: Reading) -> Scope:
    require(value, ("States", "StartAt"), location, reading)
    start_at, definitions = value.get("StartAt", ""), value.get("States", {})
    if not isinstance(start_at, str):
        expected("String", f"{location}/StartAt", reading)
    if not isinstance(definitions, dict):
        expected("Object", f"{location}/States", reading)
        definitions = {}
    elif not definitions and "States" in value:
        reading.error("Value cannot be empty", f"{location}/States")
    states = _read_states(definitions, f"{location}/States", reading)
    if definitions and isinstance(start_at, str) and "StartAt" in value:
        _check_transitions(start_at, definitions, location, reading)
    return Scope(start_at=start_at, states=states)


def _read_states(definitions: dict[str, Json], location: str, reading: Reading) -> dict[str, State]:
    states = {}
    for name, definition in definitions.items():
        at = f"{location}/{name}"
        check_state_name(name, at, reading)
        state = read_state(name, definition, at, reading)
        if state is not None:
            states[name] = state
    return states


def _check_transitions(start_at: str, definitions: dict[str, Json], location: str, reading: Reading) -> None:
    reached = {start_at}
    if start_at not in definitions:
        _missing(start_at, definitions, f"{location}/StartAt", reading)
    ends = False
    for name, definition in definitions.items():
        if not isinstance(definition, dict):
            continue
        ends = ends or definition.get("End") is True or definition.get("Type") in _ENDING
        for target, place in transitions(definition):
            reached.add(target)
            if target not in definitions:
                _missing(target, definitions, f"{location}/States/{name}/{place}", reading)
    if not ends:
        reading.transition_error("MISSING_END_STATE", "Workflow has no terminal state", None)
        return
    for name in definitions:
        if name not in reached:
            reading.transition_error(MISSING_TARGET, f'State "{name}" is not reachable.', f"{location}/States/{name}")


def _missing(target: str, definitions: dict[str, Json], location: str, reading: Reading) -> None:
    hint = suggestion(target, definitions)
    reading.transition_error(MISSING_TARGET, f"Missing 'Next' target: {target}", location, hint)


def transitions(definition: dict[str, Json]) -> list[tuple[str, str]]:
    """Return each state that *definition* can lead to, with the place that says so: ``("B", "Choices[0]/Next")``."""
    found = []
    for name in ("Next", "Default"):
        target = definition.get(name)
        if isinstance(target, str):
            found.append((target, name))
    for name in ("Choices", "Catch"):
        entries = definition.get(name)
        if isinstance(entries, list):
            targets = [entry.get("Next") if isinstance(entry, dict) else None for entry in entries]
            found += [(each, f"{name}[{index}]/Next") for index, each in enumerate(targets) if isinstance(each, str)]
    return found
