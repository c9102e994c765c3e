"""Multipart uploads: parts are blobs of their own, and the completed object consists of them as they are.

Completing copies nothing, however large the object; a part that is uploaded again replaces the first.

Follows: Amazon S3 API Reference, CreateMultipartUpload, UploadPart, CompleteMultipartUpload, AbortMultipartUpload;
User Guide, "Amazon S3 multipart upload limits".
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from stepfunctions.errors import InvalidRequest
from stepfunctions.s3.blobs import BlobFolder, Chunks
from stepfunctions.s3.checksums import COMPOSITE, multipart_checksum, multipart_etag
from stepfunctions.s3.errors import InvalidPart, InvalidPartOrder, NoSuchUpload, PartTooSmall
from stepfunctions.s3.ledger import BlobLedger
from stepfunctions.s3.model import (
    PART_MAX_COUNT,
    PART_MIN_BYTES,
    Attributes,
    Checksum,
    Digests,
    Part,
    PartReference,
    Segment,
    StoredObject,
    Upload,
)
from stepfunctions.s3.rows import part_of, upload_of, upload_row
from stepfunctions.store.database import Database
from stepfunctions.store.sql import Queries
from stepfunctions.values import Instant

if TYPE_CHECKING:
    from stepfunctions.s3.objects import Condition, ObjectStore, Verify

_ALL: Final = PART_MAX_COUNT + 1


class Uploads:
    """The multipart uploads of a store, reached as ``ObjectStore.uploads``."""

    def __init__(
        self,
        store: ObjectStore,
        database: Database,
        queries: Queries,
        blobs: BlobFolder,
        ledger: BlobLedger,
        now: Callable[[], Instant],
    ) -> None:
        self._store = store
        self._database = database
        self._queries = queries
        self._blobs = blobs
        self._ledger = ledger
        self._now = now

    def create(
        self,
        bucket: str,
        key: str,
        *,
        attributes: Attributes | None = None,
        tags: Mapping[str, str] | None = None,
        checksum_algorithm: str | None = None,
        checksum_type: str | None = None,
    ) -> Upload:
        """Start an upload.

        Raises:
            NoSuchBucket, KeyTooLong, InvalidRequest: the names.
        """
        self._store.check_target(bucket, key)
        upload = Upload(
            id=uuid4().hex,
            bucket=bucket,
            key=key,
            created_at=self._now(),
            attributes=attributes or Attributes(),
            tags=tags or {},
            checksum_algorithm=checksum_algorithm,
            checksum_type=checksum_type,
        )
        with self._database.transaction() as transaction:
            transaction.execute(self._queries.insert_upload, upload_row(upload))
        return upload

    def get(self, bucket: str, key: str, upload_id: str) -> Upload:
        """Return an upload in progress.

        Raises:
            NoSuchUpload: there is none of this id for this key.
        """
        row = self._database.read_one(self._queries.upload, (upload_id,))
        upload = None if row is None else upload_of(row)
        if upload is None or (upload.bucket, upload.key) != (bucket, key):
            raise NoSuchUpload(upload_id)
        return upload

    def in_progress(self, bucket: str) -> list[Upload]:
        """Return the uploads in progress in order of key and start."""
        return [upload_of(row) for row in self._database.read(self._queries.uploads, (bucket,))]

    def parts(self, upload: Upload, after: int = 0, limit: int = _ALL) -> list[Part]:
        """Return the parts uploaded so far whose numbers are above *after*."""
        return [part_of(row) for row in self._database.read(self._queries.parts, (upload.id, after, limit))]

    async def put_part(
        self,
        upload: Upload,
        number: int,
        chunks: Chunks,
        *,
        algorithms: Collection[str] = (),
        verify: Verify | None = None,
    ) -> tuple[Part, Digests]:
        """Store a part in place of the last of its number.

        Raises:
            InvalidRequest: the number is not in 1..10,000.
            NoSuchUpload: completed or aborted meanwhile.
            Whatever *chunks* and *verify* raise; nothing is stored then.
        """
        _check_number(number)
        computed = set(algorithms)
        if upload.checksum_algorithm:
            computed.add(upload.checksum_algorithm)
        async with self._ledger.new_blob() as name:
            digests = await self._blobs.write(name, chunks, computed)
            if verify is not None:
                verify(digests)
            part = self._commit_part(upload, number, name, digests)
        return part, digests

    async def copy_part(self, upload: Upload, number: int, source: StoredObject, start: int, end: int) -> Part:
        """Store the bytes of another object from *start* up to *end* as a part.

        Raises:
            As put_part().
        """
        with self._blobs.leased(source.segments):
            part, _ = await self.put_part(upload, number, self._blobs.read(source.segments, start, end))
        return part

    def complete(
        self, upload: Upload, references: Sequence[PartReference], condition: Condition | None = None
    ) -> StoredObject:
        """Make the object of the listed parts visible; parts not listed are removed.

        Raises:
            InvalidRequest: no parts.
            InvalidPart, InvalidPartOrder, PartTooSmall: the list.
            NoSuchUpload: completed or aborted meanwhile.
            Whatever *condition* raises; the upload goes on then.
        """
        self.get(upload.bucket, upload.key, upload.id)
        present = {part.number: part for part in self.parts(upload)}
        chosen = _choose(upload, references, present)
        stored = self._assemble(upload, chosen)
        unused = [part.blob for part in present.values() if part not in chosen]
        with self._database.transaction() as transaction:
            if transaction.execute(self._queries.delete_upload, (upload.id,)).rowcount == 0:
                raise NoSuchUpload(upload.id)
            dropped = [*self._store.replace_object(transaction, stored, condition)]
            dropped += self._ledger.loosen(transaction, unused)
        self._ledger.discard(dropped)
        return stored

    def abort(self, bucket: str, key: str, upload_id: str) -> None:
        """End an upload and remove its parts.

        Raises:
            NoSuchUpload: there is none of this id for this key.
        """
        upload = self.get(bucket, key, upload_id)
        blobs = [part.blob for part in self.parts(upload)]
        with self._database.transaction() as transaction:
            transaction.execute(self._queries.delete_upload, (upload.id,))
            self._ledger.loosen(transaction, blobs)
        self._ledger.discard(blobs)

    def _commit_part(self, upload: Upload, number: int, blob: str, digests: Digests) -> Part:
        checksum = digests.checksums[upload.checksum_algorithm] if upload.checksum_algorithm else None
        part = Part(number, blob, digests.md5, digests.size_bytes, self._now(), checksum)
        with self._database.transaction() as transaction:
            if transaction.execute(self._queries.upload, (upload.id,)).fetchone() is None:
                raise NoSuchUpload(upload.id)
            replaced = transaction.execute(self._queries.part, (upload.id, number)).fetchone()
            dropped = self._ledger.loosen(transaction, [part_of(replaced).blob] if replaced else [])
            transaction.execute(
                self._queries.put_part,
                (upload.id, number, blob, part.etag, part.size_bytes, part.modified_at, part.checksum),
            )
            self._ledger.hold(transaction, blob)
        self._ledger.discard(dropped)
        return part

    def _assemble(self, upload: Upload, parts: Sequence[Part]) -> StoredObject:
        return StoredObject(
            bucket=upload.bucket,
            key=upload.key,
            etag=multipart_etag([part.etag for part in parts]),
            size_bytes=sum(part.size_bytes for part in parts),
            modified_at=self._now(),
            attributes=upload.attributes,
            segments=tuple(Segment(part.blob, part.size_bytes, part.number, part.checksum) for part in parts),
            checksum=_checksum_of(upload, parts),
            tags=upload.tags,
        )


def _check_number(number: int) -> None:
    if not 1 <= number <= PART_MAX_COUNT:
        raise InvalidRequest(f"Part number must be an integer between 1 and {PART_MAX_COUNT}, inclusive")


def _choose(upload: Upload, references: Sequence[PartReference], present: Mapping[int, Part]) -> list[Part]:
    if not references:
        raise InvalidRequest("You must specify at least one part")
    numbers = [reference.number for reference in references]
    if any(first >= second for first, second in pairwise(numbers)):
        raise InvalidPartOrder(upload.id)
    chosen = []
    for reference in references:
        part = present.get(reference.number)
        if part is None or part.etag != reference.etag or reference.checksum not in (None, part.checksum):
            raise InvalidPart(upload.id, reference.number, reference.etag)
        chosen.append(part)
    for part in chosen[:-1]:
        if part.size_bytes < PART_MIN_BYTES:
            raise PartTooSmall(part.number, part.etag, part.size_bytes)
    return chosen


def _checksum_of(upload: Upload, parts: Sequence[Part]) -> Checksum | None:
    if upload.checksum_algorithm is None:
        return None
    pairs = [(part.checksum or "", part.size_bytes) for part in parts]
    return multipart_checksum(upload.checksum_algorithm, upload.checksum_type or COMPOSITE, pairs)
