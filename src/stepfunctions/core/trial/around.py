"""What is around a state that is tried: the states that it can lead to, those that it stands in, its context object.

None of these states is entered. One that comes next ends the trial. A failure that leaves a branch or an iteration is
for the Parallel or Map around it to retry or catch, as in an execution; but the children of a distributed Map are
executions of their own: what fails one of them only counts against the Map's threshold (ToleratedFailureCount, as far
as it is a number in the definition), whose error it is then.

Source: AWS Developer Guide, "Testing state machines with TestState API". Not verified against AWS: the input that an
enclosing state's catcher sees is the tested state's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, TypeVar

from stepfunctions.asl import model
from stepfunctions.core import routing
from stepfunctions.core.context import MapItem
from stepfunctions.core.execution import Execution
from stepfunctions.core.failures import THRESHOLD_EXCEEDED
from stepfunctions.core.flow import Flow
from stepfunctions.core.frame import Frame
from stepfunctions.core.map_run import STATE_DATA, s3_source
from stepfunctions.core.states.state import CompiledState, compile_catchers
from stepfunctions.core.surroundings import Surroundings
from stepfunctions.errors import InvalidTransition
from stepfunctions.query.failure import Failure
from stepfunctions.values import ABSENT, Json

Compiled = TypeVar("Compiled", bound=CompiledState)

DISTRIBUTED: Final = "DISTRIBUTED"


class Enclosing(CompiledState):
    """One state around the one that is tried."""

    is_retriable = True

    def __init__(self, state: model.Parallel | model.Map, failed_iterations: int) -> None:
        super().__init__(state, Flow())
        self.retriers = state.retry
        self.catchers = compile_catchers(state)
        self._state = state
        self._failed_iterations = failed_iterations + 1

    def attempt(self, execution: Execution, frame: Frame) -> None:
        """Never: it is not entered."""
        raise InvalidTransition(f"the state {self.name!r} encloses the one that is tried, and is not entered")

    def takes(self, failure: Failure) -> Failure | None:
        """Return what *failure* of a state within becomes here; None if it ends before."""
        state = self._state
        if not isinstance(state, model.Map) or state.processor.mode != DISTRIBUTED:
            return failure
        count = _tolerated_count(state)
        return None if count is None or self._failed_iterations <= count else THRESHOLD_EXCEEDED

    def names(self, failure: Failure) -> bool:
        """Return whether a retrier or a catcher names *failure*."""
        found = (routing.first_match(self.retriers, failure), routing.first_match(self.catchers, failure))
        return found != (None, None)


def _tolerated_count(state: model.Map) -> int | None:
    """Return how many iterations of *state* may fail; None where that is not a number in the definition."""
    count = state.tolerated_failure_count
    others = (state.tolerated_failure_count_path, state.tolerated_failure_percentage_path)
    if others != (None, None) or state.tolerated_failure_percentage is not ABSENT:
        return None
    if count is ABSENT:
        return 0
    return count if isinstance(count, int) else None


def first_item(enclosing: Sequence[model.State], data: Json) -> MapItem | None:
    """Return the item that a state within a Map is tried on: the first, *data*; None outside of Map.

    Args:
        enclosing: the states around it, innermost first.
        data: the state's input.
    """
    for state in enclosing:
        if isinstance(state, model.Map):
            reader = state.item_reader
            source = STATE_DATA if reader is None else s3_source(reader.parameters or reader.arguments)
            return MapItem(0, data, source)
    return None


class GivenSurroundings(Surroundings):
    """Surroundings whose context object may be given. Only the item that an ItemSelector is about is never given."""

    __slots__ = ("_enclosing", "_given")

    def __init__(
        self, execution: Execution, given: Mapping[str, Json] | None, enclosing: Sequence[model.State]
    ) -> None:
        super().__init__(execution)
        self._given = given
        self._enclosing = enclosing

    def look_from(self, frame: Frame, *, item: MapItem | None = None, token: str | None = None) -> None:
        """Point at *frame*; without an item of its own, at the first of the Map around it."""
        if item is None and self._given is None:
            item = first_item(self._enclosing, frame.payload.value)
        super().look_from(frame, item=item, token=token)

    @property
    def context(self) -> Json:
        """The context object; without a role, its RoleArn is null."""
        own = super().context
        if self._given is not None:
            return {**self._given, **({"Map": own["Map"]} if "Map" in own else {})}
        return {**own, "Execution": {**own["Execution"], "RoleArn": own["Execution"]["RoleArn"] or None}}


class Beyond(CompiledState):
    """Stands in for a state that the tried one can lead to."""

    def __init__(self, name: str) -> None:
        super().__init__(model.Pass(name=name, location=""), Flow())

    def attempt(self, execution: Execution, frame: Frame) -> None:
        """End the trial."""
        execution.finish_succeeded(frame.previous_event_id, frame.payload)


class _Elsewhere(dict[str, CompiledState]):
    """The other states, whichever there are."""

    def __missing__(self, name: str) -> CompiledState:
        return Beyond(name)


def linked(compiled: Compiled) -> Compiled:
    """Return *compiled*, with stand-ins for all the states that it can lead to."""
    compiled.link(_Elsewhere())
    return compiled
