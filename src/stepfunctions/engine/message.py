"""What the driver's inbox holds, and what one of its turns commits."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from stepfunctions.core.events import Event
from stepfunctions.engine.execution import Execution
from stepfunctions.errors import StepladderError


@dataclass(slots=True, eq=False)
class Message:
    """Something for one execution.

    Args:
        execution_id: whose.
        event: what happened; None only has the execution taken up.
        done: resolved when it is committed, with whether it was heard; None if nobody waits.
        insists: delivered again if it could not be committed; else ``done`` has the error.
        from_caller: it came with a task token.
        execution: the execution, if it is new.
        heard: the interpreter was told.
    """

    execution_id: int
    event: Event | None
    done: asyncio.Future[bool] | None = None
    insists: bool = False
    from_caller: bool = False
    execution: Execution | None = None
    heard: bool = False

    def resolve(self) -> None:
        """Tell whoever waits that it is committed."""
        if self.done is not None and not self.done.done():
            self.done.set_result(self.heard)

    def reject(self, error: StepladderError) -> None:
        """Tell whoever waits that it is not."""
        if self.done is not None and not self.done.done():
            self.done.set_exception(error)


@dataclass(slots=True)
class Batch:
    """What one turn commits: the messages it took, and the executions they were for."""

    messages: list[Message] = field(default_factory=list)
    executions: dict[int, Execution] = field(default_factory=dict)

    def changed(self) -> list[Execution]:
        """Return the executions with something to write."""
        return [execution for execution in self.executions.values() if execution.heard or execution.history]
