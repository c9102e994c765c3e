"""An object store in a temporary folder, with one bucket."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from stepfunctions.s3.objects import ObjectStore
from stepfunctions.store.database import Database

NOW = 1_700_000_000_123


@pytest.fixture
async def store(tmp_path: Path) -> Iterator[ObjectStore]:
    database = Database(tmp_path / "index.db")
    store = ObjectStore(database, tmp_path / "blobs", now=lambda: NOW)
    store.create_bucket("bucket")
    yield store
    database.close()
