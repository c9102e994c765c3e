"""SendTaskSuccess, SendTaskFailure, SendTaskHeartbeat: what is said with a task token, of an activity or of a
``.waitForTaskToken`` task.

AWS's TaskDoesNotExist is never answered: when AWS does is not known.

Source: AWS API reference; recordings of AWS and public reports for the texts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stepfunctions.engine.engine import Engine
from stepfunctions.errors import Conflict, NotFound
from stepfunctions.server.protocols.json import Operation
from stepfunctions.server.request import Request
from stepfunctions.server.stepfunctions.errors import invalid_token, task_timed_out
from stepfunctions.server.stepfunctions.inputs import check_output
from stepfunctions.values import Json


class TaskTokens:
    """Operations by task token.

    Args:
        engine: knows the tasks.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @property
    def operations(self) -> Mapping[str, Operation]:
        """The operations by AWS's names."""
        return {
            "SendTaskSuccess": self.succeed,
            "SendTaskFailure": self.fail,
            "SendTaskHeartbeat": self.heartbeat,
        }

    async def succeed(self, request: Request, params: dict[str, Any]) -> Json:
        """SendTaskSuccess."""
        output = check_output(params["output"])
        try:
            await self._engine.succeed_task(params["taskToken"], output)
        except (NotFound, Conflict) as error:
            raise _refusal(error) from None

    async def fail(self, request: Request, params: dict[str, Any]) -> Json:
        """SendTaskFailure; what is not given stays away from the history too."""
        try:
            await self._engine.fail_task(params["taskToken"], params.get("error"), params.get("cause"))
        except (NotFound, Conflict) as error:
            raise _refusal(error) from None

    async def heartbeat(self, request: Request, params: dict[str, Any]) -> Json:
        """SendTaskHeartbeat."""
        try:
            await self._engine.heartbeat(params["taskToken"])
        except (NotFound, Conflict) as error:
            raise _refusal(error) from None


def _refusal(error: NotFound | Conflict) -> Exception:
    return invalid_token() if isinstance(error, NotFound) else task_timed_out()
