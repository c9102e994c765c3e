"""Variables of inner scopes: a branch or an iteration may not assign a name that a scope around it assigns.

A Distributed Map's children see no outer variables, so their names are their own.

Source: AWS Developer Guide, "Passing data between states with variables". The text is ours: AWS's is not known, nor
whether AWS refuses this when the machine is created or when it runs.
"""

from __future__ import annotations

from collections.abc import Iterator

from stepfunctions.asl.model import Choice, Map, Parallel, Scope, State, WorkState
from stepfunctions.asl.reading import SCHEMA
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
                message = f"Variable '{name}' is assigned in an outer scope and cannot be assigned here"
                yield Diagnostic(SCHEMA, message, location)
    visible = outer | own
    for state in scope.states.values():
        for inner in _inner(state):
            distributed = getattr(inner, "mode", "") == _DISTRIBUTED
            yield from find_shadowing(inner, frozenset() if distributed else visible)


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
