"""From a Task's Resource ARN to the handler that does its work.

::

    arn:<partition>:states:::<service>:<action>[.sync|.sync:2|.waitForTaskToken]
    arn:<partition>:states:::aws-sdk:<service>:<action>[.waitForTaskToken]
    anything else                                 (a Lambda function, an activity): by its ARN's service

Each service registers itself with a function that knows its actions; nothing here knows any service.

Source: Step Functions Developer Guide, "Integrating services".
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from stepfunctions.engine.handler import TaskHandler

_INTEGRATION = re.compile(
    r"arn:[^:]+:states:::(?P<service>(?:aws-sdk:)?[^:.]+):(?P<action>[^:.]+)(?:\.(?P<pattern>.+))?", re.DOTALL
)

REQUEST_RESPONSE, SYNC, SYNC_2, WAIT_FOR_TASK_TOKEN = "", "sync", "sync:2", "waitForTaskToken"


@dataclass(frozen=True, slots=True)
class Resource:
    """A Resource ARN taken apart.

    Args:
        arn: all of it.
        service: ``sagemaker``, ``aws-sdk:s3``; of a real resource's ARN its service, such as ``lambda``.
        action: ``createTrainingJob``; of a real resource's ARN what follows the account.
        pattern: ``""`` for request-response, ``sync``, ``sync:2`` or ``waitForTaskToken``.
        is_integration: whether it names an integration, not a real resource.
    """

    arn: str
    service: str
    action: str
    pattern: str = REQUEST_RESPONSE
    is_integration: bool = True

    @classmethod
    def parse(cls, arn: str) -> Resource | None:
        """Return the parts of *arn*, or None if it is no ARN."""
        match = _INTEGRATION.fullmatch(arn)
        if match is not None:
            return cls(arn, match["service"], match["action"], match["pattern"] or REQUEST_RESPONSE)
        parts = arn.split(":", 5)
        return cls(arn, parts[2], parts[5], is_integration=False) if len(parts) == 6 else None


Find = Callable[[Resource], "TaskHandler | None"]
"""Returns the handler of a resource of one service; None for an action or pattern that the service has not got."""


class Registry:
    """All handlers of a local cloud; itself the engine's ``Resolver``."""

    def __init__(self) -> None:
        self._services: dict[str, Find] = {}

    def register(self, service: str, find: Find) -> None:
        """Answer for the resources of *service*, as ``Resource.service`` names it."""
        self._services[service] = find

    def __call__(self, resource: str) -> TaskHandler | None:
        """Return the handler of *resource*, or None: the state then fails when reached."""
        parsed = Resource.parse(resource)
        find = None if parsed is None else self._services.get(parsed.service)
        return None if parsed is None or find is None else find(parsed)
