"""TagResource, UntagResource, ListTagsForResource.

State machines and activities have tags; versions, aliases and executions have none.

Source: AWS API reference; recordings of AWS.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stepfunctions.server.protocols.json import Operation
from stepfunctions.server.request import Request
from stepfunctions.server.stepfunctions.activity_store import ActivityStore
from stepfunctions.server.stepfunctions.arns import ACTIVITY, STATE_MACHINE, parse_arn
from stepfunctions.server.stepfunctions.errors import resource_not_found
from stepfunctions.server.stepfunctions.registry import Registry
from stepfunctions.values import Json


class Tags:
    """Operations on tags.

    Args:
        registry: where they are kept.
        activities: knows the activities.
    """

    def __init__(self, registry: Registry, activities: ActivityStore) -> None:
        self._registry = registry
        self._activities = activities

    @property
    def operations(self) -> Mapping[str, Operation]:
        """The operations by AWS's names."""
        return {
            "TagResource": self.tag,
            "UntagResource": self.untag,
            "ListTagsForResource": self.list,
        }

    async def tag(self, request: Request, params: dict[str, Any]) -> Json:
        """TagResource: of a key given twice the last value counts."""
        tags = {tag["key"]: tag.get("value", "") for tag in params["tags"] if "key" in tag}
        self._registry.tag(self._resource(params), tags)

    async def untag(self, request: Request, params: dict[str, Any]) -> Json:
        """UntagResource."""
        self._registry.untag(self._resource(params), params["tagKeys"])

    async def list(self, request: Request, params: dict[str, Any]) -> Json:
        """ListTagsForResource."""
        tags = self._registry.tags_of(self._resource(params))
        return {"tags": [{"key": key, "value": value} for key, value in tags]}

    def _resource(self, params: Mapping[str, Any]) -> str:
        arn = parse_arn(params["resourceArn"], STATE_MACHINE, ACTIVITY)
        if (self._activities if arn.kind == ACTIVITY else self._registry).find(arn.text) is None:
            raise resource_not_found(arn.text)
        return arn.text
