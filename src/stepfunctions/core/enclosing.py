"""The Parallel and Map states around a state that is tried: where its failures go, and the item that it stands for.

They are not entered. A failure that leaves a branch or an iteration is theirs to retry or catch, as in an execution.
The children of a distributed Map are executions of their own: what fails one of them only counts against the Map's
threshold (ToleratedFailureCount, as far as it is a number in the definition), whose error it is then.

Source: AWS Developer Guide, "Testing state machines with TestState API". Not verified against AWS: the input that an
enclosing state's catcher sees is the tested state's.
"""

from __future__ import annotations

from collections.abc import Sequence

from stepfunctions.asl import model
from stepfunctions.core import routing
from stepfunctions.core.context import MapItem
from stepfunctions.core.execution import Execution
from stepfunctions.core.failures import THRESHOLD_EXCEEDED
from stepfunctions.core.flow import Flow
from stepfunctions.core.frame import Frame
from stepfunctions.core.states.state import CompiledState, compile_catchers
from stepfunctions.errors import InvalidTransition
from stepfunctions.query.failure import Failure
from stepfunctions.values import ABSENT, Json

DISTRIBUTED = "DISTRIBUTED"


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
            return MapItem(0, data, _source(state.item_reader))
    return None


def _source(reader: model.ItemReader | None) -> str:
    """Return where the items of a Map come from, as far as the definition says it in so many words."""
    if reader is None:
        return "STATE_DATA"
    given = [each for each in (reader.parameters, reader.arguments) if isinstance(each, dict)]
    named = given[0] if given else {}
    return "S3://" + "/".join(str(named[name]) for name in ("Bucket", "Key") if name in named)
