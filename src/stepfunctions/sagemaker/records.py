"""The durable records of everything that has a name: jobs, models, endpoint configurations, endpoints, and tags.

A record is the request that created the resource, verbatim, and its state, which its owner alone changes. Both are
JSON; what a list filters or sorts by has a column. ``effect_id`` names the command of an execution that created the
resource, if one did: after a crash that command, and no other, takes the resource for its own.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from stepfunctions.errors import InvalidRequest, LimitExceeded
from stepfunctions.store.database import Database
from stepfunctions.values import Instant, Json, dumps, loads

TRAINING_JOB, TRANSFORM_JOB = "training-job", "transform-job"
MODEL, ENDPOINT_CONFIG, ENDPOINT = "model", "endpoint-config", "endpoint"

TAGS_MAX = 50


@dataclass(frozen=True, slots=True)
class Record:
    """One resource.

    Args:
        kind: as in its ARN, such as ``training-job``.
        request: the CreateXxx request.
        state: what has happened to it since; Instants for times.
        status: such as ``InProgress``.
        folder: the name of its folder in the data folder; "" if it has none.
        effect_id: of the command that created it.
    """

    kind: str
    name: str
    arn: str
    created_at: Instant
    modified_at: Instant
    request: Json
    status: str = ""
    state: Mapping[str, Json] = field(default_factory=dict)
    folder: str = ""
    effect_id: str | None = None

    def with_state(self, now: Instant, status: str | None = None, **state: Json) -> Record:
        """Return the record as it is after a change; a member set to None is removed."""
        merged = {key: value for key, value in {**self.state, **state}.items() if value is not None}
        return replace(self, modified_at=now, status=status or self.status, state=merged)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListQuery:
    """Which records a list shows, and in which order.

    Args:
        sort_by: ``Name``, ``CreationTime``, ``Status`` or ``LastModifiedTime``.
        after: the NextToken of the page before.
    """

    name_contains: str | None = None
    status: str | None = None
    created_after: Instant | None = None
    created_before: Instant | None = None
    modified_after: Instant | None = None
    modified_before: Instant | None = None
    sort_by: str = "CreationTime"
    descending: bool = True
    limit: int = 10
    after: str | None = None


_SORT_COLUMNS = {
    "Name": "name",
    "CreationTime": "created_at",
    "Status": "status",
    "LastModifiedTime": "modified_at",
}


class Records:
    """The records of one data folder.

    Args:
        database: of the data folder.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._queries = database.register("stepfunctions.sagemaker")

    def create(self, record: Record, tags: Mapping[str, str] | None = None) -> Record | None:
        """Write a new record with its tags, committed on return.

        Returns:
            None; or the record that has the name already, and then nothing was written.
        """
        with self._database.transaction() as connection:
            row = connection.execute(self._queries.read_record, (record.kind, record.name)).fetchone()
            if row is not None:
                return _record(row)
            connection.execute(self._queries.insert_record, _row(record))
            for key, value in (tags or {}).items():
                connection.execute(self._queries.put_tag, (record.arn, key, value))
        return None

    def get(self, kind: str, name: str) -> Record | None:
        """Return the record of that name."""
        row = self._database.read_one(self._queries.read_record, (kind, name))
        return None if row is None else _record(row)

    def save(self, record: Record) -> None:
        """Queue the present state of *record* for the next commit."""
        self._database.write(
            self._queries.update_record,
            (
                record.modified_at,
                record.status,
                dumps(dict(record.state)),
                dumps(record.request),
                record.kind,
                record.name,
            ),
        )

    async def committed(self) -> None:
        """Return when everything queued is committed."""
        await self._database.committed()

    def delete(self, record: Record) -> None:
        """Queue the removal of *record* and its tags."""
        self._database.write(self._queries.delete_record, (record.kind, record.name))
        self._database.write(self._queries.delete_all_tags, (record.arn,))

    def with_status(self, kind: str, statuses: Iterable[str]) -> list[Record]:
        """Return the records of *kind* that are in one of *statuses*, oldest first."""
        wanted = set(statuses)
        rows = self._database.read(self._queries.list_all, (kind,))
        return [record for record in map(_record, rows) if record.status in wanted]

    def page(self, kind: str, query: ListQuery) -> tuple[list[Record], str | None]:
        """Return one page of a list and the token of the next.

        Raises:
            InvalidRequest: the token is not one of ours.
        """
        column = _SORT_COLUMNS[query.sort_by]
        order, beyond = ("DESC", "<") if query.descending else ("ASC", ">")
        key, name = (None, None) if query.after is None else _read_token(query.after)
        sql = self._queries.list_page.format(column=column, order=order, beyond=beyond)
        rows = self._database.read(
            sql,
            {
                "kind": kind,
                "contains": query.name_contains,
                "status": query.status,
                "created_after": query.created_after,
                "created_before": query.created_before,
                "modified_after": query.modified_after,
                "modified_before": query.modified_before,
                "key": key,
                "name": name,
                "limit": query.limit + 1,
            },
        )
        records = [_record(row) for row in rows[: query.limit]]
        if len(rows) <= query.limit:
            return records, None
        last = records[-1]
        values = {
            "name": last.name,
            "created_at": last.created_at,
            "status": last.status,
            "modified_at": last.modified_at,
        }
        return records, _write_token(values[column], last.name)

    def has_arn(self, arn: str) -> bool:
        """Return whether a resource has this ARN."""
        return self._database.read_one(self._queries.read_arn, (arn,)) is not None

    def tags(self, arn: str) -> dict[str, str]:
        """Return the tags of a resource, in the order of their keys."""
        return dict(self._database.read(self._queries.list_tags, (arn,)))

    def put_tags(self, arn: str, tags: Mapping[str, str]) -> None:
        """Queue tags; each replaces one of the same key.

        Raises:
            LimitExceeded: the resource would have more than 50.
        """
        if len({**self.tags(arn), **tags}) > TAGS_MAX:
            raise LimitExceeded(f"The number of tags of {arn} would exceed the limit of {TAGS_MAX}.")
        for key, value in tags.items():
            self._database.write(self._queries.put_tag, (arn, key, value))

    def delete_tags(self, arn: str, keys: Iterable[str]) -> None:
        """Queue the removal of tags; missing ones do not matter."""
        for key in keys:
            self._database.write(self._queries.delete_tag, (arn, key))

    def log_position(self, path: str) -> int:
        """Return how many bytes of a log file have been read."""
        row = self._database.read_one(self._queries.read_log_position, (path,))
        return 0 if row is None else int(row[0])

    def save_log_position(self, path: str, position: int) -> None:
        """Queue how many bytes of a log file have been read."""
        self._database.write(self._queries.put_log_position, (path, position))


def _row(record: Record) -> tuple[Any, ...]:
    return (
        record.kind,
        record.name,
        record.arn,
        record.created_at,
        record.modified_at,
        record.status,
        dumps(record.request),
        dumps(dict(record.state)),
        record.folder,
        record.effect_id,
    )


def _record(row: tuple[Any, ...]) -> Record:
    kind, name, arn, created_at, modified_at, status, request, state, folder, effect_id = row
    return Record(kind, name, arn, created_at, modified_at, loads(request), status, loads(state), folder, effect_id)


def _write_token(key: Json, name: str) -> str:
    return base64.urlsafe_b64encode(dumps([key, name]).encode()).decode()


def _read_token(token: str) -> tuple[Json, str]:
    try:
        key, name = loads(base64.urlsafe_b64decode(token.encode()))
    except ValueError:
        raise InvalidRequest("The NextToken is not valid: pass one that a list has returned.") from None
    return key, name
