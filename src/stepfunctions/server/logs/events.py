"""PutLogEvents, GetLogEvents, FilterLogEvents."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, Final

from stepfunctions.logs.model import END, EVENT_OVERHEAD_BYTES, START, LogEvent, Position
from stepfunctions.logs.pattern import compile_pattern
from stepfunctions.logs.store import LogStore
from stepfunctions.server.errors import AwsError
from stepfunctions.server.logs.arns import group_named
from stepfunctions.server.logs.tokens import event_id, read_token, write_token
from stepfunctions.server.protocols.json import Operation
from stepfunctions.server.request import Request
from stepfunctions.values import Instant, Json

BATCH_MAX_BYTES: Final = 1_048_576
PAGE_MAX_BYTES: Final = 1_048_576
PAGE_MAX_COUNT: Final = 10_000

_HOUR: Final = 3_600_000
_TOO_NEW: Final = 2 * _HOUR
_TOO_OLD: Final = 14 * 24 * _HOUR


class EventOperations:
    """Operations on events of one store."""

    def __init__(self, store: LogStore) -> None:
        self._store = store

    def table(self) -> Mapping[str, Operation]:
        """Return the operations by name."""
        return {
            "PutLogEvents": self.put_log_events,
            "GetLogEvents": self.get_log_events,
            "FilterLogEvents": self.filter_log_events,
        }

    async def put_log_events(self, request: Request, params: dict[str, Any]) -> Json:
        """Answer PutLogEvents. Sequence tokens are taken and ignored, as AWS does."""
        group, name = params["logGroupName"], params["logStreamName"]
        stream = self._store.stream(group, name)
        events = [(event["timestamp"], event["message"]) for event in params["logEvents"]]
        _check_batch(events)
        now = time.time_ns() // 1_000_000
        old = sum(at < now - _TOO_OLD for at, _ in events)
        new = sum(at > now + _TOO_NEW for at, _ in events)
        self._store.put(group, name, events[old : len(events) - new])
        await self._store.committed()
        answer: dict[str, Json] = {"nextSequenceToken": f"{stream.id:056d}"}
        if old or new:
            rejected = {"tooOldLogEventEndIndex": old} if old else {}
            answer["rejectedLogEventsInfo"] = {
                **rejected,
                **({"tooNewLogEventStartIndex": len(events) - new} if new else {}),
            }
        return answer

    async def get_log_events(self, request: Request, params: dict[str, Any]) -> Json:
        """Answer GetLogEvents. At either end the token that was given comes back."""
        stream = self._store.stream(group_named(params), params["logStreamName"])
        direction, position = _whence(params)
        window = {"start": params.get("startTime", 0), "stop": params.get("endTime", END.at)}
        limit = params.get("limit", PAGE_MAX_COUNT)
        if direction == "f":
            events = _fitting(self._store.forward(stream, position, **window, limit=limit))
        else:
            events = _fitting(self._store.backward(stream, position, **window, limit=limit)[::-1])[::-1]
        first, last = _ends(events, direction, position)
        return {
            "events": [
                {"timestamp": event.at, "message": event.message, "ingestionTime": event.ingested_at}
                for event in events
            ],
            "nextForwardToken": write_token("f", last),
            "nextBackwardToken": write_token("b", first),
        }

    async def filter_log_events(self, request: Request, params: dict[str, Any]) -> Json:
        """Answer FilterLogEvents: events of all streams, interleaved."""
        group = group_named(params)
        wanted = self._wanted(params)
        matches = compile_pattern(params.get("filterPattern", ""))
        after = read_token(params["nextToken"])[1] if "nextToken" in params else START
        limit = params.get("limit", PAGE_MAX_COUNT)
        stop = params["endTime"] + 1 if "endTime" in params else END.at
        found: list[LogEvent] = []
        size = 0
        token = None
        for event in self._store.across(group, after, start=params.get("startTime", 0), stop=stop):
            if not wanted(event.stream) or not matches(event.message):
                continue
            size += _size_of(event)
            if len(found) == limit or (found and size > PAGE_MAX_BYTES):
                token = write_token("f", found[-1].position)
                break
            found.append(event)
        answer: dict[str, Json] = {"events": [_filtered(event) for event in found], "searchedLogStreams": []}
        return answer if token is None else {**answer, "nextToken": token}

    def _wanted(self, params: dict[str, Any]) -> Any:
        names, prefix = params.get("logStreamNames"), params.get("logStreamNamePrefix")
        if names and prefix:
            raise AwsError(
                "InvalidParameterException", "logStreamNames and logStreamNamePrefix are mutually exclusive."
            )
        if names:
            for name in names:
                self._store.stream(group_named(params), name)
            return frozenset(names).__contains__
        return lambda stream: stream.startswith(prefix or "")


def _whence(params: dict[str, Any]) -> tuple[str, Position]:
    if "nextToken" in params:
        return read_token(params["nextToken"])
    return ("f", START) if params.get("startFromHead", False) else ("b", END)


def _ends(events: list[LogEvent], direction: str, position: Position) -> tuple[Position, Position]:
    """Return where to go on backward and forward after a page."""
    if events:
        return events[0].position, events[-1].position
    if direction == "f":
        return Position(position.at, position.id + 1), position
    return position, Position(position.at, position.id - 1) if position != END else START


def _fitting(events: list[LogEvent]) -> list[LogEvent]:
    """Return the first events that a page of 1 MB holds, one at least."""
    size = 0
    for index, event in enumerate(events):
        size += _size_of(event)
        if size > PAGE_MAX_BYTES and index:
            return events[:index]
    return events


def _size_of(event: LogEvent) -> int:
    return len(event.message.encode()) + EVENT_OVERHEAD_BYTES


def _filtered(event: LogEvent) -> Json:
    return {
        "logStreamName": event.stream,
        "timestamp": event.at,
        "message": event.message,
        "ingestionTime": event.ingested_at,
        "eventId": event_id(event),
    }


def _check_batch(events: list[tuple[Instant, str]]) -> None:
    times = [at for at, _ in events]
    if times != sorted(times):
        raise AwsError(
            "InvalidParameterException",
            "Log events in a single PutLogEvents request must be in chronological order.",
        )
    if times and times[-1] - times[0] > 24 * _HOUR:
        raise AwsError(
            "InvalidParameterException",
            "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.",
        )
    size = sum(len(message.encode("utf-8", "replace")) + EVENT_OVERHEAD_BYTES for _, message in events)
    if size > BATCH_MAX_BYTES:
        raise AwsError(
            "InvalidParameterException", f"Upload too large: {size} bytes exceeds limit of {BATCH_MAX_BYTES}"
        )
