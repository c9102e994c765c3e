"""The operations on log streams."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stepfunctions.logs.model import LogStream
from stepfunctions.logs.store import LogStore
from stepfunctions.server.errors import AwsError
from stepfunctions.server.logs.arns import group_arn, group_named
from stepfunctions.server.protocols.json import Operation
from stepfunctions.server.request import Request
from stepfunctions.values import Json

PAGE = 50
BY_NAME, BY_TIME = "LogStreamName", "LastEventTime"


class StreamOperations:
    """Operations on streams of one store."""

    def __init__(self, store: LogStore) -> None:
        self._store = store

    def table(self) -> Mapping[str, Operation]:
        """Return the operations by name."""
        return {
            "CreateLogStream": self.create_log_stream,
            "DeleteLogStream": self.delete_log_stream,
            "DescribeLogStreams": self.describe_log_streams,
        }

    async def create_log_stream(self, request: Request, params: dict[str, Any]) -> Json:
        """Answer CreateLogStream."""
        self._store.create_stream(params["logGroupName"], params["logStreamName"])

    async def delete_log_stream(self, request: Request, params: dict[str, Any]) -> Json:
        """Answer DeleteLogStream."""
        self._store.delete_stream(params["logGroupName"], params["logStreamName"])

    async def describe_log_streams(self, request: Request, params: dict[str, Any]) -> Json:
        """Answer DescribeLogStreams."""
        prefix, order = params.get("logStreamNamePrefix", ""), params.get("orderBy", BY_NAME)
        if prefix and order == BY_TIME:
            raise AwsError("InvalidParameterException", "Cannot order by LastEventTime with a logStreamNamePrefix.")
        group, limit = group_named(params), params.get("limit", PAGE)
        found = [stream for stream in self._store.streams(group) if stream.name.startswith(prefix)]
        if order == BY_TIME:
            found.sort(key=lambda stream: stream.last_event_at or 0)
        if params.get("descending", False):
            found.reverse()
        start = _start_of(params.get("nextToken"), found)
        shown = found[start : start + limit]
        answer: dict[str, Json] = {"logStreams": [_described(request, group, stream) for stream in shown]}
        if start + limit < len(found):
            answer["nextToken"] = f"{group}@{shown[-1].name}"
        return answer


def _start_of(token: str | None, found: list[LogStream]) -> int:
    if token is None:
        return 0
    last = token.partition("@")[2]
    for index, stream in enumerate(found, 1):
        if stream.name == last:
            return index
    raise AwsError("InvalidParameterException", "The specified nextToken is invalid.")


def _described(request: Request, group: str, stream: LogStream) -> Json:
    times = {
        "firstEventTimestamp": stream.first_event_at,
        "lastEventTimestamp": stream.last_event_at,
        "lastIngestionTime": stream.last_ingested_at,
    }
    return {
        "logStreamName": stream.name,
        "creationTime": stream.created_at,
        **{name: at for name, at in times.items() if at is not None},
        "uploadSequenceToken": f"{stream.id:056d}",
        "arn": f"{group_arn(request, group)}:log-stream:{stream.name}",
        "storedBytes": 0,  # AWS answers 0 for every stream since 2019
    }
