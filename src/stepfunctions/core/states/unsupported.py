"""A state that this version cannot run: it compiles, and fails when it is reached, naming what it is that is missing.

So a definition can be created, drawn and run along its other paths; nothing is skipped silently.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stepfunctions.asl import model
from stepfunctions.core.flow import Flow
from stepfunctions.core.frame import Frame
from stepfunctions.core.queries import RUNTIME
from stepfunctions.core.states.state import CompiledState
from stepfunctions.query.failure import QueryFailed

if TYPE_CHECKING:
    from stepfunctions.core.execution import Execution


class Unsupported(CompiledState):
    """A state with a field, or a field's value, that is not supported here."""

    def __init__(self, state: model.State, field: str, detail: str) -> None:
        super().__init__(state, Flow())
        self._complaint = f"The field '{field}' of the state '{state.name}' is not supported here yet: {detail}."

    def attempt(self, execution: Execution, frame: Frame) -> None:
        """End the execution."""
        raise QueryFailed(RUNTIME, self._complaint)
