"""The object store: buckets and objects, indexed in SQLite, their bytes in blob files.

What changes an object is one transaction after its blob is complete, so ``kill -9`` at any point leaves the old object
or the new one, whole. Everything that touches only the index is synchronous; bytes are streamed.

Deliberately absent: the wire (``server/s3``), versions, access control, storage classes.

Follows: Amazon S3 API Reference.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from stepfunctions.s3.blobs import BlobFolder, Chunks
from stepfunctions.s3.documents import Documents
from stepfunctions.s3.errors import BucketExists, BucketNotEmpty, NoSuchBucket, NoSuchKey
from stepfunctions.s3.ledger import BlobLedger
from stepfunctions.s3.listing import list_page
from stepfunctions.s3.model import Attributes, Bucket, Checksum, Digests, Page, Segment, StoredObject, Summary
from stepfunctions.s3.multipart import Uploads
from stepfunctions.s3.naming import check_bucket_name, check_key
from stepfunctions.s3.rows import bucket_of, object_of, object_row, summary_of, tags_text
from stepfunctions.store.database import Database
from stepfunctions.values import Instant

Condition = Callable[[StoredObject | None], None]
"""Called inside the transaction with the object that is there; raises to refuse the change."""
Verify = Callable[[Digests], None]
"""Called with what was computed over the bytes, before they become visible; raises to refuse them."""

NO_ATTRIBUTES = Attributes()


def now_ms() -> Instant:
    """Return the time of the machine's clock."""
    return time.time_ns() // 1_000_000


class ObjectReader:
    """An object opened for reading: its bytes stay what they are, even if it is replaced meanwhile."""

    def __init__(self, stored: StoredObject, blobs: BlobFolder) -> None:
        self.stored = stored
        self._blobs = blobs

    def chunks(self, start: int = 0, end: int | None = None) -> AsyncGenerator[bytes, None]:
        """Return the bytes from *start* up to *end* (the whole rest if None), piece by piece."""
        return self._blobs.read(self.stored.segments, start, self.stored.size_bytes if end is None else end)

    def file(self) -> BinaryIO:
        """Return the bytes as a seekable file, for a library that wants one. It blocks: use it in a thread."""
        return self._blobs.file(self.stored.segments)


class ObjectStore:
    """Buckets and objects of a data folder.

    Args:
        database: the index.
        folder: of the blob files; made if it does not exist.
        now: the clock.
        durability: as the database's; ``full`` waits for the disk before an object counts as written.

    Attributes:
        uploads: the multipart uploads.
        documents: what buckets carry besides objects.

    Raises:
        StoreError: the folder cannot be made.
    """

    def __init__(
        self, database: Database, folder: Path, *, now: Callable[[], Instant] = now_ms, durability: str = "normal"
    ) -> None:
        self._database = database
        self._queries = database.register("stepfunctions.s3")
        self._blobs = BlobFolder(folder, sync=durability == "full")
        self._now = now
        self._ledger = BlobLedger(database, self._queries, self._blobs)
        self.uploads = Uploads(self, database, self._queries, self._blobs, self._ledger, now)
        self.documents = Documents(database, self._queries)

    # Buckets

    def create_bucket(self, bucket: str, region: str = "us-east-1") -> Bucket:
        """Make a bucket.

        Raises:
            InvalidBucketName: the name breaks the naming rules.
            BucketExists: it exists.
        """
        check_bucket_name(bucket)
        made = Bucket(bucket, region, self._now())
        with self._database.transaction() as transaction:
            if transaction.execute(self._queries.bucket, (bucket,)).fetchone():
                raise BucketExists(bucket)
            transaction.execute(self._queries.insert_bucket, (made.name, made.region, made.created_at))
        return made

    def head_bucket(self, bucket: str) -> Bucket:
        """Return the bucket.

        Raises:
            NoSuchBucket: it does not exist.
        """
        row = self._database.read_one(self._queries.bucket, (bucket,))
        if row is None:
            raise NoSuchBucket(bucket)
        return bucket_of(row)

    def list_buckets(self) -> list[Bucket]:
        """Return the buckets in order of their names."""
        return [bucket_of(row) for row in self._database.read(self._queries.buckets)]

    def delete_bucket(self, bucket: str) -> None:
        """Delete an empty bucket, with its uploads in progress.

        Raises:
            NoSuchBucket: it does not exist.
            BucketNotEmpty: it has objects.
        """
        self.head_bucket(bucket)
        if self._database.read_one(self._queries.any_object, (bucket,)):
            raise BucketNotEmpty(bucket)
        for upload in self.uploads.in_progress(bucket):
            self.uploads.abort(bucket, upload.key, upload.id)
        with self._database.transaction() as transaction:
            transaction.execute(self._queries.delete_bucket, (bucket,))

    # Writing objects

    async def put(
        self,
        bucket: str,
        key: str,
        chunks: Chunks,
        *,
        attributes: Attributes = NO_ATTRIBUTES,
        tags: Mapping[str, str] | None = None,
        checksum: str | None = None,
        algorithms: Collection[str] = (),
        verify: Verify | None = None,
        condition: Condition | None = None,
    ) -> StoredObject:
        """Store an object; it is there, and durable, when this returns.

        Args:
            bucket: must exist.
            key: any text of at most 1,024 bytes.
            chunks: the bytes; they are read once and never held together.
            attributes: content type, metadata and other headers.
            tags: of the object.
            checksum: the algorithm whose checksum is kept with the object.
            algorithms: further ones that *verify* wants computed.
            verify: sees the digests before the object becomes visible.
            condition: sees the object that is there now.

        Raises:
            NoSuchBucket, KeyTooLong, InvalidRequest: the names.
            StoreError: the disk refuses.
            Whatever *chunks*, *verify* and *condition* raise; nothing is stored then.
        """
        self.check_target(bucket, key)
        computed = {*algorithms, checksum} if checksum else set(algorithms)
        async with self._ledger.new_blob() as name:
            digests = await self._blobs.write(name, chunks, computed)
            if verify is not None:
                verify(digests)
            whole = self._whole(bucket, key, name, digests, checksum)
            stored = replace(whole, attributes=attributes, tags=tags or {})
            self.commit(stored, condition)
        return stored

    async def put_file(
        self, bucket: str, key: str, path: Path, *, attributes: Attributes = NO_ATTRIBUTES, checksum: str | None = None
    ) -> StoredObject:
        """Store the bytes of a file. They are copied: the file may be changed or removed afterwards.

        Raises:
            OSError: the file cannot be read. The rest as put().
        """
        self.check_target(bucket, key)
        async with self._ledger.new_blob() as name:
            digests = await self._blobs.write_file(name, path, [checksum] if checksum else [])
            stored = replace(self._whole(bucket, key, name, digests, checksum), attributes=attributes)
            self.commit(stored)
        return stored

    async def copy(
        self,
        source: StoredObject,
        bucket: str,
        key: str,
        *,
        attributes: Attributes | None = None,
        tags: Mapping[str, str] | None = None,
        checksum: str | None = None,
        condition: Condition | None = None,
    ) -> StoredObject:
        """Store a copy of an object; its bytes are shared, as blobs never change.

        Args:
            source: as ``head`` returned it.
            bucket: of the copy.
            key: of the copy.
            attributes: in place of the source's.
            tags: in place of the source's.
            checksum: keep one of this algorithm, where the source has another or none.
            condition: sees the object that the copy replaces.

        Raises:
            NoSuchKey: the source is gone. The rest as put().
        """
        self.check_target(bucket, key)
        with self._blobs.leased(source.segments):
            async with self._ledger.new_blob() as name:
                stored = replace(
                    await self._copy_bytes(source, bucket, key, name, checksum),
                    attributes=source.attributes if attributes is None else attributes,
                    tags=source.tags if tags is None else tags,
                )
                self.commit(stored, condition)
        return stored

    async def _copy_bytes(
        self, source: StoredObject, bucket: str, key: str, blob: str, checksum: str | None
    ) -> StoredObject:
        """Make the one blob of a copy. AWS's copy of a multipart object is a whole one, with the ETag of its bytes."""
        kept = source.checksum.algorithm if source.checksum else None
        if source.part_count is None and checksum in (None, kept):
            self._blobs.link(source.segments[0].blob, blob)
            segments = (replace(source.segments[0], blob=blob),)
            return replace(source, bucket=bucket, key=key, modified_at=self._now(), segments=segments)
        algorithm = checksum or kept
        digests = await self._blobs.write_segments(blob, source.segments, [algorithm] if algorithm else [])
        return self._whole(bucket, key, blob, digests, algorithm)

    def tag(self, bucket: str, key: str, tags: Mapping[str, str]) -> None:
        """Replace the tags of an object.

        Raises:
            NoSuchBucket, NoSuchKey: it does not exist.
        """
        self.head(bucket, key)
        with self._database.transaction() as transaction:
            transaction.execute(self._queries.tag_object, (tags_text(tags), bucket, key))

    # Reading objects

    def head(self, bucket: str, key: str) -> StoredObject:
        """Return an object without its bytes.

        Raises:
            NoSuchBucket, NoSuchKey: it does not exist.
        """
        row = self._database.read_one(self._queries.object, (bucket, key))
        if row is None:
            self.head_bucket(bucket)
            raise NoSuchKey(bucket, key)
        return object_of(row)

    @contextmanager
    def open(self, bucket: str, key: str) -> Iterator[ObjectReader]:
        """Open an object for reading, for the length of a with block.

        Raises:
            NoSuchBucket, NoSuchKey: it does not exist.
        """
        stored = self.head(bucket, key)
        with self._blobs.leased(stored.segments):
            yield ObjectReader(stored, self._blobs)

    async def read(self, bucket: str, key: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """Yield the bytes of an object from *start* up to *end*, piece by piece.

        Raises:
            NoSuchBucket, NoSuchKey: it does not exist (at the first piece).
        """
        with self.open(bucket, key) as reader:
            async for chunk in reader.chunks(start, end):
                yield chunk

    async def read_bytes(self, bucket: str, key: str) -> bytes:
        """Return all bytes of an object: only for what is known to be small.

        Raises:
            NoSuchBucket, NoSuchKey: it does not exist.
        """
        return b"".join([chunk async for chunk in self.read(bucket, key)])

    async def get_file(self, bucket: str, key: str, destination: Path) -> StoredObject:
        """Write the bytes of an object to a new file, a copy that its owner may change.

        Raises:
            NoSuchBucket, NoSuchKey: it does not exist.
            FileExistsError: the destination exists. OSError: it cannot be written.
        """
        stored = self.head(bucket, key)
        await self._blobs.copy_out(stored.segments, destination)
        return stored

    def list(self, bucket: str, prefix: str = "", *, delimiter: str = "", after: str = "", limit: int = 1000) -> Page:
        """Return one page of a listing; see ``listing.list_page``.

        Raises:
            NoSuchBucket: it does not exist.
        """
        self.head_bucket(bucket)

        def fetch(start: str, stop: str | None, count: int) -> Sequence[Summary]:
            if stop is None:
                rows = self._database.read(self._queries.objects_from, (bucket, start, count))
            else:
                rows = self._database.read(self._queries.objects_between, (bucket, start, stop, count))
            return [summary_of(row) for row in rows]

        return list_page(fetch, prefix=prefix, delimiter=delimiter, after=after, limit=limit)

    def iterate(self, bucket: str, prefix: str = "") -> Iterator[Summary]:
        """Yield every object whose key starts with *prefix*, in order.

        Raises:
            NoSuchBucket: it does not exist (at the first object).
        """
        after: str | None = ""
        while after is not None:
            page = self.list(bucket, prefix, after=after)
            yield from page.objects
            after = page.next_after

    # Deleting objects

    def delete(self, bucket: str, key: str, condition: Condition | None = None) -> None:
        """Delete an object; one that is not there counts as deleted.

        Raises:
            NoSuchBucket: it does not exist.
            Whatever *condition* raises.
        """
        self.delete_many(bucket, [key], condition)

    def delete_many(self, bucket: str, keys: Sequence[str], condition: Condition | None = None) -> None:
        """Delete objects in one transaction.

        Raises:
            NoSuchBucket: it does not exist.
        """
        self.head_bucket(bucket)
        dropped: list[str] = []
        with self._database.transaction() as transaction:
            for key in keys:
                present = self._present(transaction, bucket, key)
                if condition is not None:
                    condition(present)
                if present is not None:
                    transaction.execute(self._queries.delete_object, (bucket, key))
                    dropped += self._ledger.loosen(transaction, _blobs_of(present))
        self._ledger.discard(dropped)

    # Shared with the uploads

    def commit(self, stored: StoredObject, condition: Condition | None = None) -> None:
        """Make an object visible in place of the one that is there; its blobs are complete.

        Raises:
            NoSuchBucket: it was deleted meanwhile.
            Whatever *condition* raises.
        """
        with self._database.transaction() as transaction:
            if transaction.execute(self._queries.bucket, (stored.bucket,)).fetchone() is None:
                raise NoSuchBucket(stored.bucket)
            dropped = self.replace_object(transaction, stored, condition)
        self._ledger.discard(dropped)

    def replace_object(
        self, transaction: sqlite3.Connection, stored: StoredObject, condition: Condition | None
    ) -> Sequence[str]:
        """Do the work of commit() inside a transaction; return the blobs to discard after it."""
        present = self._present(transaction, stored.bucket, stored.key)
        if condition is not None:
            condition(present)
        transaction.execute(self._queries.put_object, object_row(stored))
        for segment in stored.segments:
            self._ledger.hold(transaction, segment.blob)
        return self._ledger.loosen(transaction, _blobs_of(present))

    def check_target(self, bucket: str, key: str) -> None:
        """Raise NoSuchBucket, KeyTooLong or InvalidRequest unless an object can be put there."""
        check_key(key)
        self.head_bucket(bucket)

    def _present(self, transaction: sqlite3.Connection, bucket: str, key: str) -> StoredObject | None:
        row = transaction.execute(self._queries.object, (bucket, key)).fetchone()
        return None if row is None else object_of(row)

    def _whole(self, bucket: str, key: str, blob: str, digests: Digests, checksum: str | None) -> StoredObject:
        kept = Checksum(checksum, digests.checksums[checksum]) if checksum else None
        segments = (Segment(blob, digests.size_bytes),)
        return StoredObject(bucket, key, digests.md5, digests.size_bytes, self._now(), NO_ATTRIBUTES, segments, kept)


def _blobs_of(stored: StoredObject | None) -> list[str]:
    return [segment.blob for segment in stored.segments] if stored else []
