"""The log store: what jobs append is readable, in order, from either end, and still there afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from stepfunctions.logs.errors import GroupExists, NoSuchGroup, NoSuchStream, StreamExists
from stepfunctions.logs.model import LogEvent
from stepfunctions.logs.store import LogStore
from stepfunctions.store.database import Database

GROUP, STREAM = "/aws/sagemaker/TrainingJobs", "job/algo-1-1700000000"


@pytest.fixture
async def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "logs.db")
    yield database
    database.close()


@pytest.fixture
async def logs(database: Database) -> LogStore:
    return LogStore(database, now=lambda: 5000)


def texts(events: list[LogEvent]) -> list[str]:
    return [event.message for event in events]


async def test_appending_makes_what_is_missing_and_is_readable_once_committed(logs: LogStore) -> None:
    logs.append(GROUP, STREAM, [(1000, "first"), (1001, "second")])
    assert texts(logs.forward(logs.stream(GROUP, STREAM), limit=10)) == []
    await logs.committed()
    stream = logs.stream(GROUP, STREAM)
    assert texts(logs.forward(stream, limit=10)) == ["first", "second"]
    assert (stream.first_event_at, stream.last_event_at, stream.last_ingested_at) == (1000, 1001, 5000)
    assert logs.group(GROUP).stored_bytes == len("first") + len("second") + 2 * 26


async def test_events_are_in_order_of_time_then_of_arrival(logs: LogStore) -> None:
    logs.append(GROUP, STREAM, [(2, "b"), (1, "a"), (2, "c")])
    logs.append(GROUP, STREAM, [(2, "d")])
    await logs.committed()
    stream = logs.stream(GROUP, STREAM)
    assert texts(logs.forward(stream, limit=10)) == ["a", "b", "c", "d"]
    assert texts(logs.backward(stream, limit=2)) == ["c", "d"]


async def test_pages_go_on_from_either_end(logs: LogStore) -> None:
    logs.append(GROUP, STREAM, [(at, str(at)) for at in range(10)])
    await logs.committed()
    stream = logs.stream(GROUP, STREAM)
    first = logs.forward(stream, limit=4)
    assert texts(logs.forward(stream, first[-1].position, limit=4)) == ["4", "5", "6", "7"]
    last = logs.backward(stream, limit=4)
    assert texts(logs.backward(stream, last[0].position, limit=4)) == ["2", "3", "4", "5"]
    assert texts(logs.forward(stream, start=3, stop=5, limit=10)) == ["3", "4"]


async def test_a_group_is_read_across_its_streams(logs: LogStore) -> None:
    logs.append(GROUP, "a", [(1, "one"), (3, "three")])
    logs.append(GROUP, "b", [(2, "two")])
    logs.append("/other", "a", [(1, "elsewhere")])
    await logs.committed()
    assert [(event.stream, event.message) for event in logs.across(GROUP)] == [
        ("a", "one"),
        ("b", "two"),
        ("a", "three"),
    ]


async def test_what_was_appended_is_there_in_another_process(tmp_path: Path) -> None:
    database = Database(tmp_path / "kept.db")
    store = LogStore(database)
    store.append(GROUP, STREAM, [(1, "kept")])
    await store.committed()
    again = LogStore(Database(tmp_path / "kept.db"))  # the first was not closed: as after kill -9
    assert texts(again.forward(again.stream(GROUP, STREAM), limit=10)) == ["kept"]
    database.close()


async def test_text_that_is_not_unicode_is_stored_all_the_same(logs: LogStore) -> None:
    logs.append(GROUP, STREAM, [(1, "half \ud800 of a pair")])
    await logs.committed()
    assert texts(logs.forward(logs.stream(GROUP, STREAM), limit=1)) == ["half ? of a pair"]


async def test_groups_and_streams_are_made_once(logs: LogStore) -> None:
    logs.create_group(GROUP)
    logs.create_stream(GROUP, STREAM)
    with pytest.raises(GroupExists):
        logs.create_group(GROUP)
    with pytest.raises(StreamExists):
        logs.create_stream(GROUP, STREAM)
    with pytest.raises(NoSuchGroup):
        logs.create_stream("/nope", STREAM)


async def test_what_is_deleted_is_gone_and_can_be_made_again(logs: LogStore) -> None:
    logs.append(GROUP, STREAM, [(1, "old")])
    await logs.committed()
    logs.delete_group(GROUP)
    with pytest.raises(NoSuchGroup):
        logs.stream(GROUP, STREAM)
    logs.append(GROUP, STREAM, [(1, "new")])
    await logs.committed()
    assert texts(list(logs.across(GROUP))) == ["new"]
    logs.delete_stream(GROUP, STREAM)
    with pytest.raises(NoSuchStream):
        logs.stream(GROUP, STREAM)
