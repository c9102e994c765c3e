"""Documents that a bucket carries and this store does not act on: its policy, cors rules, lifecycle and so on."""

from __future__ import annotations

from stepfunctions.store.database import Database
from stepfunctions.store.sql import Queries


class Documents:
    """Documents by bucket and kind. The bucket must exist: ask ``ObjectStore.head_bucket`` first."""

    def __init__(self, database: Database, queries: Queries) -> None:
        self._database = database
        self._queries = queries

    def put(self, bucket: str, kind: str, body: bytes) -> None:
        """Keep a document in place of the last one of its kind."""
        with self._database.transaction() as transaction:
            transaction.execute(self._queries.put_document, (bucket, kind, body))

    def get(self, bucket: str, kind: str) -> bytes | None:
        """Return a document, None if there is none."""
        row = self._database.read_one(self._queries.document, (bucket, kind))
        return None if row is None else bytes(row[0])

    def delete(self, bucket: str, kind: str) -> None:
        """Forget a document; none is fine too."""
        with self._database.transaction() as transaction:
            transaction.execute(self._queries.delete_document, (bucket, kind))
