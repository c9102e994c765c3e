"""The Succeed state: ends its scope well.

Source: States Language, "Succeed State".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stepfunctions.core.frame import Frame
from stepfunctions.core.states.state import CompiledState

if TYPE_CHECKING:
    from stepfunctions.core.execution import Execution


class Succeed(CompiledState):
    """A compiled Succeed state."""

    def attempt(self, execution: Execution, frame: Frame) -> None:
        """Leave at once."""
        self.finish(execution, frame, self.flow.effective_input(frame.payload, execution.surroundings))
