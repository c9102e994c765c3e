"""The Pass state: hands its input on, or a fixed result.

Source: States Language, "Pass State". ``Result`` is literal: a key that ends in ``.$`` in it means nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stepfunctions.asl import model
from stepfunctions.core.frame import Frame
from stepfunctions.core.states.state import CompiledState
from stepfunctions.values import ABSENT, Payload

if TYPE_CHECKING:
    from stepfunctions.core.execution import Execution


class Pass(CompiledState):
    """A compiled Pass state."""

    def __init__(self, state: model.Pass) -> None:
        super().__init__(state)
        self._result = None if state.result is ABSENT else Payload(state.result)

    def attempt(self, execution: Execution, frame: Frame) -> None:
        """Leave at once."""
        scope = execution.surroundings
        flow = self.flow
        result = flow.arguments(flow.effective_input(frame.payload, scope), scope)
        self.finish(execution, frame, result if self._result is None else self._result)
