"""AddTags, ListTags, DeleteTags. The text for an ARN that names nothing is not known to be AWS's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stepfunctions.sagemaker.errors import Missing
from stepfunctions.sagemaker.records import Records
from stepfunctions.sagemaker.tagging import read_tags, write_tags
from stepfunctions.server.protocols.json import Operation
from stepfunctions.server.request import Request
from stepfunctions.values import Json

MAX_RESULTS = 50


class TagOperations:
    """Tags of every kind of resource."""

    def __init__(self, records: Records) -> None:
        self._records = records

    @property
    def operations(self) -> Mapping[str, Operation]:
        """The operations by AWS's names."""
        return {"AddTags": self.add, "ListTags": self.list, "DeleteTags": self.delete}

    async def add(self, request: Request, params: dict[str, Any]) -> Json:
        """AddTags: answers with all tags of the resource."""
        arn = self._known(params)
        self._records.put_tags(arn, read_tags(params["Tags"]))
        await self._records.committed()
        return {"Tags": write_tags(self._records.tags(arn))}

    async def list(self, request: Request, params: dict[str, Any]) -> Json:
        """ListTags: the token of a page is its last key."""
        tags = self._records.tags(self._known(params))
        after, limit = params.get("NextToken", ""), params.get("MaxResults", MAX_RESULTS)
        keys = [key for key in tags if key > after]
        shown = {key: tags[key] for key in keys[:limit]}
        return {"Tags": write_tags(shown), **({"NextToken": keys[limit - 1]} if len(keys) > limit else {})}

    async def delete(self, request: Request, params: dict[str, Any]) -> Json:
        """DeleteTags."""
        self._records.delete_tags(self._known(params), params["TagKeys"])
        await self._records.committed()
        return {}

    def _known(self, params: dict[str, Any]) -> str:
        arn: str = params["ResourceArn"]
        if not self._records.has_arn(arn):
            raise Missing(f'Could not find resource "{arn}".')
        return arn
