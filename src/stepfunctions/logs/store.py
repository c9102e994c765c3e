"""The log store: groups, streams and events in the data folder's database.

Jobs append in batches through ``append``, which queues for the next group commit and never waits; what is committed
can be read while the job still runs.

Deliberately absent: the wire (``server/logs``), filter patterns (``pattern.py``), retention (it is kept and shown, and
nothing is ever removed), regions (a group is the same in each).

Follows: Amazon CloudWatch Logs API Reference.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from stepfunctions.logs.errors import GroupExists, NoSuchGroup, NoSuchStream, StreamExists
from stepfunctions.logs.model import END, EVENT_OVERHEAD_BYTES, START, LogEvent, LogGroup, LogStream, Position
from stepfunctions.store.database import Database
from stepfunctions.values import Instant, dumps, loads

_BATCH: Final = 10_000


def now_ms() -> Instant:
    """Return the time of the machine's clock."""
    return time.time_ns() // 1_000_000


class LogStore:
    """The logs of a data folder.

    Args:
        database: of the folder.
        now: the clock.
    """

    def __init__(self, database: Database, *, now: Callable[[], Instant] = now_ms) -> None:
        self._database = database
        self._queries = database.register("stepfunctions.logs")
        self._now = now
        self._ids: dict[tuple[str, str], int] = {}

    # Writing

    def append(self, group: str, stream: str, events: Iterable[tuple[Instant, str]]) -> None:
        """Add events to a stream, which is made if it does not exist, as is its group.

        They are readable, and durable, with the next group commit (``await database.committed()``).
        """
        known = self._ids.get((group, stream))
        self._add(self._make(group, stream) if known is None else known, events)

    def put(self, group: str, stream: str, events: Iterable[tuple[Instant, str]]) -> None:
        """Add events to a stream that exists.

        Raises:
            NoSuchGroup, NoSuchStream: it does not.
        """
        self._add(self.stream(group, stream).id, events)

    async def committed(self) -> None:
        """Return when all that was added so far is durable.

        Raises:
            StoreError: it could not be written.
        """
        await self._database.committed()

    def create_group(self, group: str, tags: Mapping[str, str] | None = None) -> None:
        """Make a group.

        Raises:
            GroupExists: it exists.
        """
        with self._database.transaction() as transaction:
            if transaction.execute(self._queries.group, (group,)).fetchone():
                raise GroupExists(group)
            transaction.execute(self._queries.insert_group, (group, self._now(), dumps(dict(tags or {}))))

    def create_stream(self, group: str, stream: str) -> None:
        """Make a stream.

        Raises:
            NoSuchGroup: its group does not exist.
            StreamExists: it exists.
        """
        self.group(group)
        with self._database.transaction() as transaction:
            if transaction.execute(self._queries.stream, (group, stream)).fetchone():
                raise StreamExists(group, stream)
            transaction.execute(self._queries.insert_stream, (group, stream, self._now()))

    def delete_group(self, group: str) -> None:
        """Delete a group with all that is in it.

        Raises:
            NoSuchGroup: it does not exist.
        """
        self.group(group)
        with self._database.transaction() as transaction:
            transaction.execute(self._queries.delete_group, (group,))
        self._ids = {names: id_ for names, id_ in self._ids.items() if names[0] != group}

    def delete_stream(self, group: str, stream: str) -> None:
        """Delete a stream with its events.

        Raises:
            NoSuchGroup, NoSuchStream: it does not exist.
        """
        self.stream(group, stream)
        with self._database.transaction() as transaction:
            transaction.execute(self._queries.delete_stream, (group, stream))
        self._ids.pop((group, stream), None)

    def set_retention(self, group: str, days: int | None) -> None:
        """Keep how long events should be kept; None for ever.

        Raises:
            NoSuchGroup: it does not exist.
        """
        self.group(group)
        with self._database.transaction() as transaction:
            transaction.execute(self._queries.set_retention, (days, group))

    def set_tags(self, group: str, tags: Mapping[str, str]) -> None:
        """Replace the tags of a group.

        Raises:
            NoSuchGroup: it does not exist.
        """
        self.group(group)
        with self._database.transaction() as transaction:
            transaction.execute(self._queries.set_tags, (dumps(dict(tags)), group))

    # Reading

    def group(self, group: str) -> LogGroup:
        """Return a group.

        Raises:
            NoSuchGroup: it does not exist.
        """
        row = self._database.read_one(self._queries.group, (group,))
        if row is None:
            raise NoSuchGroup(group)
        return _group_of(row)

    def groups(self, after: str = "") -> list[LogGroup]:
        """Return the groups whose names come after *after*, in order."""
        return [_group_of(row) for row in self._database.read(self._queries.groups, (after,))]

    def stream(self, group: str, stream: str) -> LogStream:
        """Return a stream.

        Raises:
            NoSuchGroup, NoSuchStream: it does not exist.
        """
        row = self._database.read_one(self._queries.stream, (group, stream))
        if row is None:
            self.group(group)
            raise NoSuchStream(group, stream)
        return LogStream(*row)

    def streams(self, group: str) -> list[LogStream]:
        """Return the streams of a group in order of their names.

        Raises:
            NoSuchGroup: it does not exist.
        """
        self.group(group)
        return [LogStream(*row) for row in self._database.read(self._queries.streams_by_name, (group,))]

    def forward(
        self, stream: LogStream, after: Position = START, *, start: Instant = 0, stop: Instant = END.at, limit: int
    ) -> list[LogEvent]:
        """Return the first events after a position whose times are in [start, stop)."""
        return self._events(self._queries.events_forward, stream, after, start, stop, limit)

    def backward(
        self, stream: LogStream, before: Position = END, *, start: Instant = 0, stop: Instant = END.at, limit: int
    ) -> list[LogEvent]:
        """Return the last events before a position whose times are in [start, stop), in order of time."""
        return self._events(self._queries.events_backward, stream, before, start, stop, limit)[::-1]

    def across(
        self, group: str, after: Position = START, *, start: Instant = 0, stop: Instant = END.at
    ) -> Iterator[LogEvent]:
        """Yield the events of all streams of a group in order of time.

        Raises:
            NoSuchGroup: it does not exist.
        """
        self.group(group)
        while True:
            parameters = {"group": group, "start": start, "stop": stop, "at": after.at, "id": after.id}
            rows = self._database.read(self._queries.events_of_group, {**parameters, "limit": _BATCH})
            for row in rows:
                yield LogEvent(*row)
            if len(rows) < _BATCH:
                return
            after = LogEvent(*rows[-1]).position

    def _events(
        self, sql: str, stream: LogStream, position: Position, start: Instant, stop: Instant, limit: int
    ) -> list[LogEvent]:
        parameters = {"stream": stream.id, "at": position.at, "id": position.id}
        rows = self._database.read(sql, {**parameters, "start": start, "stop": stop, "limit": limit})
        return [LogEvent(*row) for row in rows]

    def _make(self, group: str, stream: str) -> int:
        with self._database.transaction() as transaction:
            if transaction.execute(self._queries.group, (group,)).fetchone() is None:
                transaction.execute(self._queries.insert_group, (group, self._now(), "{}"))
            if transaction.execute(self._queries.stream, (group, stream)).fetchone() is None:
                transaction.execute(self._queries.insert_stream, (group, stream, self._now()))
        id_ = self._ids[group, stream] = self.stream(group, stream).id
        return id_

    def _add(self, stream: int, events: Iterable[tuple[Instant, str]]) -> None:
        now = self._now()
        times, size = [], 0
        for at, message in events:
            self._database.write(self._queries.insert_event, (stream, at, now, _storable(message)))
            times.append(at)
            size += len(message) + EVENT_OVERHEAD_BYTES
        if times:
            noted = {"stream": stream, "first": min(times), "last": max(times), "ingested": now, "bytes": size}
            self._database.write(self._queries.note_events, noted)


def _storable(message: str) -> str:
    """Return text that SQLite takes: a half of a surrogate pair becomes a question mark."""
    return message.encode("utf-8", "replace").decode() if not message.isascii() else message


def _group_of(row: tuple[str, Instant, int | None, str, int]) -> LogGroup:
    name, created_at, retention_days, tags, stored_bytes = row
    return LogGroup(name, created_at, retention_days, loads(tags), stored_bytes)
