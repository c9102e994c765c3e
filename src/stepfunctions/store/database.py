"""The database of a data folder.

Writes are queued and committed together once per turn of the event loop: one transaction for everything that every
execution, request and job wrote in that turn. Nothing of a group is visible before the whole group is committed, so a
read shows committed state only, and whoever must not answer before its write is safe awaits ``committed()``.

The database lives on the event loop's thread. A commit at synchronous=NORMAL does not wait for the disk, so it is made
there too: handing it to a thread costs more than it saves (docs/decisions.md).
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from stepfunctions.errors import StoreError
from stepfunctions.store.sql import Queries, load_migrations

Parameters = Sequence[Any] | dict[str, Any]

SYNCHRONOUS = {"normal": "NORMAL", "full": "FULL"}


class Database:
    """One SQLite database: queued writes, group commit, committed reads.

    Args:
        path: the database file; its folder exists. None keeps everything in memory.
        durability: ``normal`` survives ``kill -9`` at any point, ``full`` survives power loss too.

    Raises:
        StoreError: the file cannot be opened or written.
    """

    def __init__(self, path: Path | None, *, durability: str = "normal") -> None:
        self.path = path
        self._queue: list[tuple[str, Parameters]] = []
        self._waiting: asyncio.Future[None] | None = None
        self._scheduled = False
        try:
            self._connection = sqlite3.connect(path or ":memory:", isolation_level=None)
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute(f"PRAGMA synchronous={SYNCHRONOUS[durability]}")
            self._connection.execute("PRAGMA foreign_keys=ON")
            self._connection.execute(
                "CREATE TABLE IF NOT EXISTS migrations (package TEXT PRIMARY KEY, version INTEGER NOT NULL)"
            )
        except sqlite3.Error as error:
            raise StoreError(f"cannot open the database {path}: {error}. Choose another folder with --data.") from error

    def register(self, package: str) -> Queries:
        """Bring the tables of *package* up to date and return its named statements.

        Raises:
            StoreError: the tables were written by a newer version of this package.
        """
        migrations = load_migrations(package)
        row = self._connection.execute("SELECT version FROM migrations WHERE package = ?", (package,)).fetchone()
        version = row[0] if row else 0
        if version > len(migrations):
            raise StoreError(
                f"{self.path} was written by a newer version: {package} is at {version}, this one knows "
                f"{len(migrations)}. Upgrade stepladder, or choose another folder with --data."
            )
        for number, script in enumerate(migrations[version:], version + 1):
            self._connection.executescript(
                f"BEGIN;\n{script}\n;INSERT OR REPLACE INTO migrations VALUES ('{package}', {number});\nCOMMIT;"
            )
        return Queries(package)

    def write(self, sql: str, parameters: Parameters = ()) -> None:
        """Queue one statement for the next group commit."""
        self._queue.append((sql, parameters))
        if not self._scheduled:
            self._scheduled = True
            try:
                asyncio.get_running_loop().call_soon(self._flush_scheduled)
            except RuntimeError:
                self._scheduled = False  # outside a loop the owner calls flush()

    async def committed(self) -> None:
        """Return when everything queued so far is committed.

        Raises:
            StoreError: the commit failed; nothing of the group was written.
        """
        if not self._queue:
            return
        if self._waiting is None:
            self._waiting = asyncio.get_running_loop().create_future()
        await asyncio.shield(self._waiting)

    def flush(self) -> None:
        """Commit what is queued, now.

        Raises:
            StoreError: the commit failed; nothing of the group was written.
        """
        queue, self._queue = self._queue, []
        waiting, self._waiting = self._waiting, None
        try:
            if queue:
                self._commit(queue)
        except sqlite3.Error as error:
            failure = StoreError(f"cannot write to {self.path}: {error}")
            if waiting is not None and not waiting.done():
                waiting.set_exception(failure)
            raise failure from error
        if waiting is not None and not waiting.done():
            waiting.set_result(None)

    def read(self, sql: str, parameters: Parameters = ()) -> list[tuple[Any, ...]]:
        """Return the rows of a query on committed state."""
        return self._connection.execute(sql, parameters).fetchall()

    def read_one(self, sql: str, parameters: Parameters = ()) -> tuple[Any, ...] | None:
        """Return the first row of a query on committed state, or None."""
        row: tuple[Any, ...] | None = self._connection.execute(sql, parameters).fetchone()
        return row

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Commit what is queued, then run the block as one transaction of its own, visible at its end.

        For operations that look before they write (create a name once). The block must not await.
        """
        self.flush()
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield self._connection
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def close(self) -> None:
        """Commit what is queued and close the file."""
        self.flush()
        self._connection.close()

    def _flush_scheduled(self) -> None:
        self._scheduled = False
        self.flush()

    def _commit(self, queue: list[tuple[str, Parameters]]) -> None:
        execute = self._connection.execute
        execute("BEGIN IMMEDIATE")
        try:
            for sql, parameters in queue:
                execute(sql, parameters)
        except BaseException:
            execute("ROLLBACK")
            raise
        execute("COMMIT")
