"""The database of a data folder.

Writes are queued and committed together once per turn of the event loop: one transaction for everything that every
execution, request and job wrote in that turn. Nothing of a group is visible before the whole group is committed, so a
read shows committed state only, and whoever must not answer before its write is safe awaits ``committed()``, with no
other await in between.

The database lives on the event loop's thread. A commit at synchronous=NORMAL does not wait for the disk, so it is made
there too: handing it to a thread costs more than it saves (docs/decisions.md).

Half of a surrogate pair has no UTF-8. A text with one is kept with its escape, ``\\ud800``, which in JSON is the same
text; whoever needs any other text back as it was keeps bytes.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

from stepfunctions.errors import StoreError
from stepfunctions.store.sql import Queries, load_migrations

Parameters = Sequence[Any] | dict[str, Any]

SYNCHRONOUS: Final = {"normal": "NORMAL", "full": "FULL"}
CHECKPOINT_PAGES: Final = 4000
"""The write-ahead log is folded in at 16 MB: each time costs a wait for the disk."""

_statement = itemgetter(0)


class Database:
    """One SQLite database: queued writes, group commit, committed reads.

    Args:
        path: the database file; its folder exists. None keeps everything in memory.
        durability: ``normal`` survives ``kill -9`` at any point, ``full`` survives power loss too.

    Raises:
        StoreError: the file cannot be opened or written, or is no database.
    """

    def __init__(self, path: Path | None, *, durability: str = "normal") -> None:
        self.path = path
        self._queue: list[tuple[str, Parameters]] = []
        self._waiting: asyncio.Future[None] | None = None
        self._scheduled_on: asyncio.AbstractEventLoop | None = None
        if durability not in SYNCHRONOUS:
            raise StoreError(f"durability is '{durability}'. Choose one of: {', '.join(SYNCHRONOUS)}.")
        try:
            self._connection = sqlite3.connect(path or ":memory:", isolation_level=None)
        except sqlite3.Error as error:
            raise self._unusable(error) from error
        try:
            self._prepare(durability)
        except sqlite3.Error as error:
            self._connection.close()
            raise self._unusable(error) from error

    def register(self, package: str) -> Queries:
        """Bring the tables of *package* up to date and return its named statements.

        Raises:
            StoreError: the tables were written by a newer version of this package, or cannot be brought up to date.
        """
        migrations = load_migrations(package)
        row = self.read_one("SELECT version FROM migrations WHERE package = ?", (package,))
        version = row[0] if row else 0
        if version > len(migrations):
            raise StoreError(
                f"{self.path} was written by a newer version: {package} is at {version}, this one knows "
                f"{len(migrations)}. Upgrade stepladder, or choose another folder with --data."
            )
        for number, script in enumerate(migrations[version:], version + 1):
            self._migrate(package, number, script)
        return Queries(package)

    def write(self, sql: str, parameters: Parameters = ()) -> None:
        """Queue one statement for the next group commit."""
        self._queue.append((sql, parameters))
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return  # outside a loop the owner calls flush()
        if loop is not self._scheduled_on:
            self._scheduled_on = loop
            loop.call_soon(self._flush_scheduled)

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
        if not self._queue:
            return
        queue, self._queue = self._queue, []
        waiting, self._waiting = self._waiting, None
        try:
            self._commit(queue)
        except Exception as error:
            failure = self._failure("write to", error)
            if waiting is not None and not waiting.done():
                waiting.set_exception(failure)
            raise failure from error
        if waiting is not None and not waiting.done():
            waiting.set_result(None)

    def read(self, sql: str, parameters: Parameters = ()) -> list[tuple[Any, ...]]:
        """Return the rows of a query on committed state.

        Raises:
            StoreError: the file is damaged or gone.
        """
        try:
            return self._select(sql, parameters).fetchall()
        except sqlite3.DatabaseError as error:
            raise self._failure("read", error) from error

    def read_one(self, sql: str, parameters: Parameters = ()) -> tuple[Any, ...] | None:
        """Return the first row of a query on committed state, or None; raises as ``read``."""
        try:
            row: tuple[Any, ...] | None = self._select(sql, parameters).fetchone()
        except sqlite3.DatabaseError as error:
            raise self._failure("read", error) from error
        return row

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Commit what is queued, then run the block as one transaction of its own, visible at its end.

        For operations that look before they write (create a name once). The block must not await, nor use ``write``.

        Raises:
            StoreError: the disk; nothing of the block was written. An IntegrityError of the block comes out as it is.
        """
        self.flush()
        try:
            with self._atomic() as connection:
                yield connection
        except sqlite3.IntegrityError:
            raise
        except sqlite3.DatabaseError as error:
            raise self._failure("write to", error) from error

    def close(self) -> None:
        """Commit what is queued and close the file.

        Raises:
            StoreError: the commit failed; the file is closed.
        """
        try:
            self.flush()
        finally:
            self._connection.close()

    def _prepare(self, durability: str) -> None:
        execute = self._connection.execute
        execute("PRAGMA journal_mode=WAL")
        execute(f"PRAGMA synchronous={SYNCHRONOUS[durability]}")
        execute(f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}")
        execute("PRAGMA foreign_keys=ON")
        with self._atomic():  # a file that can only be read is refused here, not at the first write
            execute("CREATE TABLE IF NOT EXISTS migrations (package TEXT PRIMARY KEY, version INTEGER NOT NULL)")
            execute("UPDATE migrations SET version = version")

    def _migrate(self, package: str, number: int, script: str) -> None:
        done = f"INSERT OR REPLACE INTO migrations VALUES ('{package}', {number});"
        try:
            self._connection.executescript(f"BEGIN IMMEDIATE;\n{script}\n;{done}\nCOMMIT;")
        except sqlite3.Error as error:
            self._roll_back()
            raise self._failure(f"bring the tables of {package} to version {number} in", error) from error

    def _flush_scheduled(self) -> None:
        self._scheduled_on = None
        somebody_waits = self._waiting is not None
        try:
            self.flush()
        except StoreError:
            if not somebody_waits:
                raise  # to the event loop's log: nothing is lost in silence

    def _select(self, sql: str, parameters: Parameters) -> sqlite3.Cursor:
        try:
            return self._connection.execute(sql, parameters)
        except UnicodeEncodeError:
            return self._connection.execute(sql, _encodable(parameters))

    def _commit(self, queue: list[tuple[str, Parameters]]) -> None:
        try:
            self._execute(queue)
        except UnicodeEncodeError:
            self._execute([(sql, _encodable(parameters)) for sql, parameters in queue])

    def _execute(self, queue: list[tuple[str, Parameters]]) -> None:
        with self._atomic() as connection:
            for sql, group in groupby(queue, _statement):
                rows = [parameters for _, parameters in group]
                if len(rows) == 1:
                    connection.execute(sql, rows[0])
                else:
                    connection.executemany(sql, rows)

    @contextmanager
    def _atomic(self) -> Iterator[sqlite3.Connection]:
        connection = self._connection
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
            connection.execute("COMMIT")
        except BaseException:
            self._roll_back()
            raise

    def _roll_back(self) -> None:
        if self._connection.in_transaction:  # SQLite has rolled back by itself after some errors, such as a full disk
            self._connection.execute("ROLLBACK")

    def _unusable(self, error: Exception) -> StoreError:
        return StoreError(f"cannot open the database {self.path}: {error}. Choose another folder with --data.")

    def _failure(self, verb: str, error: Exception) -> StoreError:
        reason = f"{error}" if isinstance(error, sqlite3.Error) else f"{type(error).__name__}: {error}"
        return StoreError(f"cannot {verb} the database {self.path or 'in memory'}: {reason}")


def _encodable(parameters: Parameters) -> Parameters:
    if isinstance(parameters, dict):
        return {name: _escaped(value) for name, value in parameters.items()}
    return tuple(map(_escaped, parameters))


def _escaped(value: Any) -> Any:
    return value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value
