"""The operations on log groups, their retention and tags."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stepfunctions.logs.errors import NoSuchGroup
from stepfunctions.logs.model import LogGroup
from stepfunctions.logs.store import LogStore
from stepfunctions.server.errors import AwsError
from stepfunctions.server.logs.arns import group_arn, group_of_arn
from stepfunctions.server.protocols.json import Operation
from stepfunctions.server.request import Request
from stepfunctions.values import Json

PAGE = 50
RETENTIONS = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)


class GroupOperations:
    """Operations on groups of one store."""

    def __init__(self, store: LogStore) -> None:
        self._store = store

    def table(self) -> Mapping[str, Operation]:
        """Return the operations by name."""
        return {
            "CreateLogGroup": self.create_log_group,
            "DeleteLogGroup": self.delete_log_group,
            "DescribeLogGroups": self.describe_log_groups,
            "PutRetentionPolicy": self.put_retention_policy,
            "DeleteRetentionPolicy": self.delete_retention_policy,
            "TagResource": self.tag_resource,
            "UntagResource": self.untag_resource,
            "ListTagsForResource": self.list_tags_for_resource,
            "TagLogGroup": self.tag_log_group,
            "UntagLogGroup": self.untag_log_group,
            "ListTagsLogGroup": self.list_tags_log_group,
        }

    async def create_log_group(self, request: Request, params: dict[str, Any]) -> Json:
        """Answer CreateLogGroup."""
        self._store.create_group(params["logGroupName"], params.get("tags"))

    async def delete_log_group(self, request: Request, params: dict[str, Any]) -> Json:
        """Answer DeleteLogGroup."""
        self._store.delete_group(params["logGroupName"])

    async def describe_log_groups(self, request: Request, params: dict[str, Any]) -> Json:
        """Answer DescribeLogGroups."""
        prefix, pattern = params.get("logGroupNamePrefix", ""), params.get("logGroupNamePattern", "")
        if prefix and pattern:
            raise AwsError(
                "InvalidParameterException", "LogGroup name prefix and LogGroup name pattern are mutually exclusive."
            )
        limit = params.get("limit", PAGE)
        found = [
            group
            for group in self._store.groups(params.get("nextToken", ""))
            if group.name.startswith(prefix) and pattern.lower() in group.name.lower()
        ]
        answer: dict[str, Json] = {"logGroups": [_described(request, group) for group in found[:limit]]}
        if len(found) > limit:
            answer["nextToken"] = found[limit - 1].name
        return answer

    async def put_retention_policy(self, request: Request, params: dict[str, Any]) -> Json:
        """Answer PutRetentionPolicy."""
        days = params["retentionInDays"]
        if days not in RETENTIONS:
            raise AwsError(
                "InvalidParameterException",
                f"1 validation error detected: Value '{days}' at 'retentionInDays' failed to satisfy constraint: "
                f"Member must satisfy enum value set: [{', '.join(map(str, RETENTIONS))}]",
            )
        self._store.set_retention(params["logGroupName"], days)

    async def delete_retention_policy(self, request: Request, params: dict[str, Any]) -> Json:
        """Answer DeleteRetentionPolicy."""
        self._store.set_retention(params["logGroupName"], None)

    async def tag_resource(self, request: Request, params: dict[str, Any]) -> Json:
        """Answer TagResource."""
        self._tag(group_of_arn(params["resourceArn"]), params["tags"])

    async def untag_resource(self, request: Request, params: dict[str, Any]) -> Json:
        """Answer UntagResource."""
        self._untag(group_of_arn(params["resourceArn"]), params["tagKeys"])

    async def list_tags_for_resource(self, request: Request, params: dict[str, Any]) -> Json:
        """Answer ListTagsForResource."""
        return {"tags": self._group(group_of_arn(params["resourceArn"])).tags}

    async def tag_log_group(self, request: Request, params: dict[str, Any]) -> Json:
        """Answer TagLogGroup, the older TagResource."""
        self._tag(params["logGroupName"], params["tags"])

    async def untag_log_group(self, request: Request, params: dict[str, Any]) -> Json:
        """Answer UntagLogGroup, the older UntagResource."""
        self._untag(params["logGroupName"], params["tags"])

    async def list_tags_log_group(self, request: Request, params: dict[str, Any]) -> Json:
        """Answer ListTagsLogGroup, the older ListTagsForResource."""
        return {"tags": self._group(params["logGroupName"]).tags}

    def _group(self, name: str) -> LogGroup:
        try:
            return self._store.group(name)
        except NoSuchGroup:
            raise AwsError("ResourceNotFoundException", "The specified resource does not exist.") from None

    def _tag(self, group: str, tags: Mapping[str, str]) -> None:
        merged = {**self._group(group).tags, **tags}
        if len(merged) > 50:
            raise AwsError("TooManyTagsException", "The maximum number of tags for a resource is 50.")
        self._store.set_tags(group, merged)

    def _untag(self, group: str, keys: list[str]) -> None:
        tags = self._group(group).tags
        self._store.set_tags(group, {key: value for key, value in tags.items() if key not in keys})


def _described(request: Request, group: LogGroup) -> Json:
    arn = group_arn(request, group.name)
    described = {
        "logGroupName": group.name,
        "creationTime": group.created_at,
        "metricFilterCount": 0,
        "arn": f"{arn}:*",
        "logGroupArn": arn,
        "logGroupClass": "STANDARD",
        "storedBytes": group.stored_bytes,
    }
    if group.retention_days is not None:
        described["retentionInDays"] = group.retention_days
    return described
