"""Multipart uploads: the object is its parts, in order, and nothing else is left."""

from __future__ import annotations

import hashlib
import zlib
from base64 import b64encode

import pytest
from tests.unit.s3.conftest import Disk

from stepfunctions.s3.errors import InvalidPart, InvalidPartOrder, NoSuchUpload, PartTooSmall
from stepfunctions.s3.model import PART_MIN_BYTES, PartReference, Upload
from stepfunctions.s3.objects import ObjectStore

FIRST, LAST = b"1" * PART_MIN_BYTES, b"last"


async def uploaded(store: ObjectStore, upload: Upload, *bodies: bytes) -> list[PartReference]:
    parts = [await store.uploads.put_part(upload, number, body) for number, body in enumerate(bodies, 1)]
    return [PartReference(part.number, part.etag) for part, _ in parts]


async def test_the_object_is_its_parts(store: ObjectStore, disk: Disk) -> None:
    upload = store.uploads.create("bucket", "key")
    stored = store.uploads.complete(upload, await uploaded(store, upload, FIRST, LAST))
    assert await store.read_bytes("bucket", "key") == FIRST + LAST
    digests = hashlib.md5(FIRST).digest() + hashlib.md5(LAST).digest()
    assert stored.etag == f"{hashlib.md5(digests).hexdigest()}-2"
    assert b"".join([chunk async for chunk in store.read("bucket", "key", PART_MIN_BYTES - 1)]) == b"1last"
    assert (store.uploads.in_progress("bucket"), disk.blobs) == ([], 2)


async def test_a_part_put_again_replaces_the_first_and_unlisted_ones_are_removed(
    store: ObjectStore, disk: Disk
) -> None:
    upload = store.uploads.create("bucket", "key")
    await uploaded(store, upload, b"wrong", b"unlisted")
    references = await uploaded(store, upload, b"right")
    store.uploads.complete(upload, references)
    assert await store.read_bytes("bucket", "key") == b"right"
    assert disk.blobs == 1


async def test_the_list_must_be_right(store: ObjectStore) -> None:
    upload = store.uploads.create("bucket", "key")
    one, two = await uploaded(store, upload, b"small", LAST)
    with pytest.raises(InvalidPart):
        store.uploads.complete(upload, [PartReference(1, "0123")])
    with pytest.raises(InvalidPart):
        store.uploads.complete(upload, [one, PartReference(3, one.etag)])
    with pytest.raises(InvalidPartOrder):
        store.uploads.complete(upload, [two, one])
    with pytest.raises(PartTooSmall):
        store.uploads.complete(upload, [one, two])
    store.uploads.complete(upload, [one])
    with pytest.raises(NoSuchUpload):
        store.uploads.complete(upload, [one])


async def test_an_aborted_upload_leaves_nothing(store: ObjectStore, disk: Disk) -> None:
    upload = store.uploads.create("bucket", "key")
    await uploaded(store, upload, b"part")
    store.uploads.abort("bucket", "key", upload.id)
    assert disk.blobs == 0
    with pytest.raises(NoSuchUpload):
        await store.uploads.put_part(upload, 2, b"late")
    assert disk.blobs == 0


async def test_an_upload_belongs_to_its_key(store: ObjectStore) -> None:
    upload = store.uploads.create("bucket", "key")
    with pytest.raises(NoSuchUpload):
        store.uploads.get("bucket", "other", upload.id)


@pytest.mark.parametrize("type_", ["FULL_OBJECT", "COMPOSITE"])
async def test_checksums_of_parts_make_that_of_the_object(store: ObjectStore, type_: str) -> None:
    upload = store.uploads.create("bucket", "key", checksum_algorithm="CRC32", checksum_type=type_)
    stored = store.uploads.complete(upload, await uploaded(store, upload, FIRST, LAST))
    each = b"".join(zlib.crc32(part).to_bytes(4, "big") for part in (FIRST, LAST))
    expected = {
        "FULL_OBJECT": b64encode(zlib.crc32(FIRST + LAST).to_bytes(4, "big")).decode(),
        "COMPOSITE": f"{b64encode(zlib.crc32(each).to_bytes(4, 'big')).decode()}-2",
    }
    assert stored.checksum is not None
    assert (stored.checksum.value, stored.checksum.type) == (expected[type_], type_)


async def test_a_copy_of_a_multipart_object_is_whole(store: ObjectStore) -> None:
    upload = store.uploads.create("bucket", "key")
    source = store.uploads.complete(upload, await uploaded(store, upload, FIRST, LAST))
    copied = await store.copy(source, "bucket", "copy")
    assert (copied.part_count, copied.etag) == (None, hashlib.md5(FIRST + LAST).hexdigest())
    assert await store.read_bytes("bucket", "copy") == FIRST + LAST
