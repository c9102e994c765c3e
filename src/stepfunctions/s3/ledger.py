"""Which blob files no row refers to: the promise that a crash leaves no file behind for good.

A blob's name is on the list, durably, before its file exists; the transaction that makes it visible takes it off, and
the one that drops an object puts it on again. So whatever is on the list when a store opens is rubbish, and finding it
costs nothing, however many objects there are.
"""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from stepfunctions.s3.blobs import BlobFolder
from stepfunctions.store.database import Database
from stepfunctions.store.sql import Queries


class BlobLedger:
    """The list of loose blobs; removes those of an earlier process when it is made."""

    def __init__(self, database: Database, queries: Queries, blobs: BlobFolder) -> None:
        self._database = database
        self._queries = queries
        self._blobs = blobs
        self.discard([name for (name,) in database.read(queries.loose)])
        database.flush()

    @asynccontextmanager
    async def new_blob(self) -> AsyncIterator[str]:
        """Give the name of a blob to write; its file is removed again if the block fails."""
        name = self._blobs.new_name()
        self._database.write(self._queries.loosen, (name,))
        await self._database.committed()
        try:
            yield name
        except BaseException:
            self.discard([name])
            raise

    def hold(self, transaction: sqlite3.Connection, name: str) -> None:
        """Take a blob off the list, in the transaction that makes it visible."""
        transaction.execute(self._queries.hold, (name,))

    def loosen(self, transaction: sqlite3.Connection, names: Iterable[str]) -> list[str]:
        """Put blobs on the list, in the transaction that drops them; give the result to discard() after it."""
        names = list(names)
        for name in names:
            transaction.execute(self._queries.loosen, (name,))
        return names

    def discard(self, names: Iterable[str]) -> None:
        """Remove the files of loose blobs. One that is being read goes when its readers have."""
        for name in self._blobs.remove(names):
            self._database.write(self._queries.hold, (name,))
