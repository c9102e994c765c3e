"""An object store in a temporary folder, with one bucket."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from stepfunctions.s3.objects import ObjectStore
from stepfunctions.store.database import Database


class Disk:
    """A data folder that can be opened again, as after a crash."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self.opened: list[Database] = []

    def open(self) -> ObjectStore:
        """Open the store; what an earlier one left uncommitted is not seen."""
        database = Database(self.folder / "index.db")
        self.opened.append(database)
        return ObjectStore(database, self.folder / "blobs", now=lambda: 1_700_000_000_000)

    @property
    def blobs(self) -> int:
        """How many blob files there are."""
        return sum(path.is_file() for path in (self.folder / "blobs").rglob("*"))


@pytest.fixture
async def disk(tmp_path: Path) -> Disk:
    return Disk(tmp_path / "data")


@pytest.fixture
async def store(disk: Disk) -> Iterator[ObjectStore]:
    store = disk.open()
    store.create_bucket("bucket")
    yield store
    for database in disk.opened:
        database.close()
