"""One writer, group commit, committed reads, and what the disk can do to them."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from stepfunctions.errors import StoreError
from stepfunctions.store.database import Database

INSERT = "INSERT INTO things VALUES (?, ?)"


@pytest.fixture(params=["memory", "file"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    opened = Database(tmp_path / "cloud.db" if request.param == "file" else None)
    with opened.transaction() as connection:
        connection.execute("CREATE TABLE things (id INTEGER PRIMARY KEY, text TEXT)")
    yield opened
    opened.close()


def things(database: Database) -> list[tuple[int, str]]:
    return database.read("SELECT id, text FROM things ORDER BY id")  # type: ignore[return-value]


async def test_a_write_is_seen_once_it_is_committed_and_not_before(database: Database) -> None:
    database.write(INSERT, (1, "a"))
    assert things(database) == []
    await database.committed()
    assert things(database) == [(1, "a")]


async def test_writes_of_one_turn_are_one_transaction(database: Database) -> None:
    statements: list[str] = []
    database._connection.set_trace_callback(statements.append)

    async def write(number: int) -> None:
        database.write(INSERT, (number, "x"))
        await database.committed()

    await asyncio.gather(*(write(number) for number in range(50)))
    assert len(things(database)) == 50
    assert [each for each in statements if each.startswith(("BEGIN", "COMMIT"))] == ["BEGIN IMMEDIATE", "COMMIT"]


async def test_statements_keep_their_order_though_equal_ones_are_executed_together(database: Database) -> None:
    database.write(INSERT, (1, "a"))
    database.write(INSERT, (2, "b"))
    database.write("DELETE FROM things WHERE id = :id", {"id": 1})
    database.write(INSERT, (1, "again"))
    await database.committed()
    assert things(database) == [(1, "again"), (2, "b")]


@pytest.mark.parametrize("named", [True, False])
async def test_half_a_surrogate_pair_is_kept_as_its_escape_and_spoils_no_group(database: Database, named: bool) -> None:
    half = '{"a":"\ud83d"}'
    database.write(INSERT, (1, "whole \U0001f600"))
    if named:
        database.write("INSERT INTO things VALUES (:id, :text)", {"id": 2, "text": half})
    else:
        database.write(INSERT, (2, half))
    await database.committed()
    assert things(database) == [(1, "whole \U0001f600"), (2, '{"a":"\\ud83d"}')]
    assert json.loads(things(database)[1][1]) == json.loads(half)
    assert database.read_one("SELECT id FROM things WHERE text = ?", (half,)) == (2,)
    assert database.read("SELECT id FROM things WHERE text = :text", {"text": half}) == [(2,)]


async def test_nothing_of_a_group_is_written_if_one_statement_fails(database: Database) -> None:
    database.write(INSERT, (1, "a"))
    database.write(INSERT, (1, "the same key"))
    with pytest.raises(StoreError, match=r"cannot write to the database .*UNIQUE constraint failed"):
        await database.committed()
    assert things(database) == []


async def test_a_failed_group_does_not_spoil_the_next(database: Database) -> None:
    database.write("INSERT INTO nowhere VALUES (1)")
    with pytest.raises(StoreError):
        database.flush()
    database.write(INSERT, (1, "a"))
    await database.committed()
    assert things(database) == [(1, "a")]


async def test_what_sqlite_cannot_take_is_refused_with_the_whole_group(database: Database) -> None:
    database.write(INSERT, (1, "a"))
    database.write(INSERT, (2**63, "b"))
    with pytest.raises(StoreError, match="OverflowError"):
        database.flush()
    assert things(database) == []


async def test_committed_returns_at_once_when_nothing_is_queued(database: Database) -> None:
    await database.committed()
    assert not database._queue


async def test_whoever_stops_waiting_does_not_stop_the_others(database: Database) -> None:
    database.write(INSERT, (1, "a"))
    impatient = asyncio.ensure_future(database.committed())
    patient = asyncio.ensure_future(database.committed())
    await asyncio.sleep(0)
    impatient.cancel()
    await patient
    assert things(database) == [(1, "a")]


def test_outside_an_event_loop_the_owner_flushes(database: Database) -> None:
    database.write(INSERT, (1, "a"))
    assert things(database) == []
    database.flush()
    assert things(database) == [(1, "a")]


def test_one_database_serves_one_event_loop_after_another(database: Database) -> None:
    async def write(number: int, wait: bool) -> None:
        database.write(INSERT, (number, "x"))
        if wait:
            await database.committed()

    asyncio.run(write(1, wait=False))
    asyncio.run(write(2, wait=True))
    assert [each[0] for each in things(database)] == [1, 2]


def test_a_transaction_sees_what_was_queued_and_is_seen_at_its_end(database: Database) -> None:
    database.write(INSERT, (1, "a"))
    with database.transaction() as connection:
        assert connection.execute("SELECT count(*) FROM things").fetchone() == (1,)
        connection.execute(INSERT, (2, "b"))
    assert things(database) == [(1, "a"), (2, "b")]


def test_a_transaction_that_raises_writes_nothing(database: Database) -> None:
    def interrupted() -> None:
        with database.transaction() as connection:
            connection.execute(INSERT, (1, "a"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        interrupted()
    assert things(database) == []


def test_a_transaction_lets_a_broken_constraint_out_for_its_caller(database: Database) -> None:
    with pytest.raises(sqlite3.IntegrityError), database.transaction() as connection:
        connection.executemany(INSERT, [(1, "a"), (1, "b")])
    assert things(database) == []


def test_a_full_disk_leaves_nothing_half_done(tmp_path: Path) -> None:
    database = Database(tmp_path / "cloud.db")
    with database.transaction() as connection:
        connection.execute("CREATE TABLE things (id INTEGER PRIMARY KEY, text TEXT)")
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
    database._connection.execute(f"PRAGMA max_page_count={pages + 5}")
    for number in range(100):
        database.write(INSERT, (number, "x" * 4000))
    with pytest.raises(StoreError, match="full"):
        database.flush()
    assert things(database) == []
    database.write(INSERT, (1, "small"))
    database.flush()
    assert things(database) == [(1, "small")]
    database.close()


def test_what_was_committed_is_there_when_the_file_is_opened_again(tmp_path: Path) -> None:
    first = Database(tmp_path / "cloud.db")
    with first.transaction() as connection:
        connection.execute("CREATE TABLE things (id INTEGER PRIMARY KEY, text TEXT)")
    first.write(INSERT, (1, "a"))
    first.close()
    second = Database(tmp_path / "cloud.db")
    assert things(second) == [(1, "a")]
    second.close()


@pytest.mark.parametrize(("durability", "level"), [("normal", 1), ("full", 2)])
def test_durability_is_sqlites_synchronous(tmp_path: Path, durability: str, level: int) -> None:
    database = Database(tmp_path / "cloud.db", durability=durability)
    assert database.read("PRAGMA synchronous") == [(level,)]
    database.close()


def test_an_unknown_durability_is_refused_with_those_there_are() -> None:
    with pytest.raises(StoreError, match=r"durability is 'eternal'. Choose one of: normal, full"):
        Database(None, durability="eternal")


def test_a_folder_that_is_not_there_says_which_and_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"missing/cloud.db: unable to open database file. Choose another folder"):
        Database(tmp_path / "missing" / "cloud.db")


def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "cloud.db"
    file.write_bytes(b"something else " * 100)
    with pytest.raises(StoreError, match="file is not a database"):
        Database(file)
    assert file.read_bytes() == b"something else " * 100


def test_a_damaged_page_is_reported_by_the_read_that_meets_it(tmp_path: Path) -> None:
    file = tmp_path / "cloud.db"
    database = Database(file)
    with database.transaction() as connection:
        connection.execute("CREATE TABLE things (id INTEGER PRIMARY KEY, text TEXT)")
        connection.executemany(INSERT, [(number, "x" * 1000) for number in range(100)])
    database.close()
    content = bytearray(file.read_bytes())
    content[-8192:] = b"\xff" * 8192
    file.write_bytes(content)
    database = Database(file)
    with pytest.raises(StoreError, match="cannot read the database"):
        things(database)
    database.close()
