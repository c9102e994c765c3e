"""TagResource, UntagResource, ListTagsForResource.

State machines and activities have tags; versions, aliases and executions have none. Which characters a tag may have is
from AWS's documentation, the texts about them are those of other services, and not verified against AWS.

Source: AWS API reference; recordings of AWS.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from stepfunctions.server.protocols.json import Operation
from stepfunctions.server.request import Request
from stepfunctions.server.stepfunctions.activity_store import ActivityStore
from stepfunctions.server.stepfunctions.arns import ACTIVITY, STATE_MACHINE, parse_arn
from stepfunctions.server.stepfunctions.errors import resource_not_found, validation
from stepfunctions.server.stepfunctions.registry import Registry
from stepfunctions.shapes.constraints import NOT_NULL
from stepfunctions.values import Json

_RESERVED: Final = "aws:"
_ALLOWED: Final = re.compile(r"(?:[^\W_]|[\s_.:/=+\-@])*")


def given_tags(tags: Iterable[Mapping[str, Any]] | None) -> dict[str, str]:
    """Return the tags of a request by key; of a key given twice the last value counts.

    Args:
        tags: ``[{"key": str, "value": str}, ...]``, which the model has checked; None for none.

    Raises:
        AwsError: ValidationException, for a key that is missing or that AWS keeps for itself, or for its characters.
    """
    given: dict[str, str] = {}
    for number, tag in enumerate(tags or (), 1):
        key, value = tag.get("key"), tag.get("value") or ""
        if key is None:
            raise validation(
                f"1 validation error detected: Value null at 'tags.{number}.member.key' failed to satisfy constraint: "
                f"{NOT_NULL}"
            )
        if key.lower().startswith(_RESERVED):
            raise validation(f"{_RESERVED} prefixed tag key names are not allowed for external use.")
        if not (_ALLOWED.fullmatch(key) and _ALLOWED.fullmatch(value)):
            raise validation(
                "Tags may only contain unicode letters, digits, white space, or one of these symbols: _ . : / = + - @. "
                f"Received: {key}={value}"
            )
        given[key] = value
    return given


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
        tags = given_tags(params["tags"])
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
