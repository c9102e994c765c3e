"""Variables of inner scopes: a branch or an iteration may not assign a name that a scope around it assigns.

A Distributed Map's children see no outer variables, so their names are their own.

Source: AWS Developer Guide, "Passing data between states with variables". Code and texts are those of another
implementation; that they are AWS's, and that AWS refuses this when the machine is created, is not verified.
"""

from __future__ import annotations

from collections.abc import Iterator

from stepfunctions.asl.model import Choice, Map, Parallel, Scope, State, WorkState
from stepfunctions.asl.references import of_state
from stepfunctions.errors import Diagnostic
from stepfunctions.values import Json

_DISTRIBUTED = "DISTRIBUTED"


def find_shadowing(scope: Scope, outer: frozenset[str] = frozenset()) -> Iterator[Diagnostic]:
    """Yield a fault for each assignment, in *scope* or further in, to a name in *outer* or assigned around it."""
    own: set[str] = set()
    for state in scope.states.values():
        for location, names in _assignments(state):
            own |= names
            for name in sorted(names & outer):
                message = f"The variable name '{name}' was already defined in a parent scope."
                yield Diagnostic("DUPLICATE_VARIABLE_NAME", message, location)
    visible = outer | own
    for state in scope.states.values():
        for inner in _inner(state):
            distributed = getattr(inner, "mode", "") == _DISTRIBUTED
            yield from find_shadowing(inner, frozenset() if distributed else visible)


def find_undefined(scope: Scope, outer: frozenset[str] = frozenset()) -> Iterator[Diagnostic]:
    """Yield a warning for each variable that a state reads and that nothing in its scope, or around it, assigns.

    Only a warning: AWS takes such a machine, and the state that reads the variable fails.
    """
    visible = outer.union(*(names for state in scope.states.values() for _, names in _assignments(state)))
    for state in scope.states.values():
        for name in sorted(set(of_state(state)) - visible):
            message = f"Variable '{name}' is possibly not defined."
            yield Diagnostic("POSSIBLY_UNDEFINED_VARIABLE", message, state.location, severity="WARNING")
        for inner in _inner(state):
            distributed = getattr(inner, "mode", "") == _DISTRIBUTED
            yield from find_undefined(inner, frozenset() if distributed else visible)


def _inner(state: State) -> tuple[Scope, ...]:
    if isinstance(state, Parallel):
        return state.branches
    return (state.processor,) if isinstance(state, Map) else ()


def _assignments(state: State) -> Iterator[tuple[str, set[str]]]:
    yield from _named(f"{state.location}/Assign", state.assign)
    if isinstance(state, WorkState):
        for index, catcher in enumerate(state.catch):
            yield from _named(f"{state.location}/Catch[{index}]/Assign", catcher.assign)
    if isinstance(state, Choice):
        for index, choice in enumerate(state.choices):
            yield from _named(f"{state.location}/Choices[{index}]/Assign", choice.assign)


def _named(location: str, assign: Json) -> Iterator[tuple[str, set[str]]]:
    if isinstance(assign, dict):
        yield location, {name.removesuffix(".$") for name in assign}
