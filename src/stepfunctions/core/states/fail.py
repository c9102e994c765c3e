"""The Fail state: ends its scope badly, with an error and a cause that are fixed or come from the input.

It has no data flow and no StateExited event; what it raises is for the enclosing Parallel or Map to retry or catch.

Source: States Language, "Fail State"; AWS Developer Guide for ErrorPath and CausePath.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stepfunctions.asl import model
from stepfunctions.core import expressions, routing
from stepfunctions.core.flow import Flow
from stepfunctions.core.frame import Frame
from stepfunctions.core.queries import RUNTIME, Query, expression
from stepfunctions.core.states.state import CompiledState
from stepfunctions.query.failure import Failure, QueryFailed
from stepfunctions.query.scope import Scope
from stepfunctions.values import ABSENT, Json, dumps

if TYPE_CHECKING:
    from stepfunctions.core.execution import Execution


class Fail(CompiledState):
    """A compiled Fail state."""

    def __init__(self, state: model.Fail) -> None:
        super().__init__(state, Flow())
        if state.query_language == model.JSONATA:
            self._error = expressions.typed(state.error, "Error", "string") or _text(ABSENT, None, "Error")
            self._cause = expressions.typed(state.cause, "Cause", "string") or _text(ABSENT, None, "Cause")
        else:
            self._error = _text(state.error, state.error_path, "ErrorPath")
            self._cause = _text(state.cause, state.cause_path, "CausePath")

    def attempt(self, execution: Execution, frame: Frame) -> None:
        """Fail."""
        data, scope = frame.payload.value, execution.surroundings
        routing.give_up(execution, frame, Failure(self._error(data, scope), self._cause(data, scope)))


def _text(fixed: Json, path: str | None, field: str) -> Query:
    """Return Error or Cause as a closure to its text, or to None if it is not given."""
    if path is None:
        value = None if fixed is ABSENT else fixed
        return lambda data, scope: value
    evaluate = expression(path, field)

    def checked(data: Json, scope: Scope) -> Json:
        value = evaluate(data, scope)
        if not isinstance(value, str):
            # The text is not verified against AWS.
            raise QueryFailed(RUNTIME, f"The {field} field '{path}' must refer to a string but was: {dumps(value)}")
        return value

    return checked
