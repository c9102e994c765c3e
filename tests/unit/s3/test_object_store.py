"""Objects: what is stored is whole, what is dropped is gone, and a crash leaves neither halves nor rubbish."""

from __future__ import annotations

import asyncio
import zlib
from base64 import b64encode
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.unit.s3.conftest import Disk

from stepfunctions.errors import InvalidRequest
from stepfunctions.s3.errors import BucketNotEmpty, KeyTooLong, NoSuchBucket, NoSuchKey, PreconditionFailed
from stepfunctions.s3.model import Attributes, Digests, StoredObject
from stepfunctions.s3.objects import ObjectStore

LARGE = bytes(range(256)) * 8192


async def pieces(data: bytes, size: int = 70_001) -> AsyncIterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


class Broken(Exception):
    """The client went away."""


async def breaking(data: bytes) -> AsyncIterator[bytes]:
    yield data
    raise Broken


@pytest.mark.parametrize("data", [b"", b"hello", LARGE], ids=["empty", "small", "large"])
async def test_bytes_come_back_as_they_went_in(store: ObjectStore, data: bytes) -> None:
    stored = await store.put("bucket", "key", pieces(data))
    assert stored.size_bytes == len(data)
    assert await store.read_bytes("bucket", "key") == data


@pytest.mark.parametrize(("start", "end"), [(0, 1), (1, 70_000), (524_287, 524_289), (2_000_000, None), (5, 5)])
async def test_a_stretch_is_read_alone(store: ObjectStore, start: int, end: int | None) -> None:
    await store.put("bucket", "key", pieces(LARGE))
    assert b"".join([chunk async for chunk in store.read("bucket", "key", start, end)]) == LARGE[start:end]


async def test_what_is_said_about_an_object_is_kept(store: ObjectStore) -> None:
    said = Attributes("text/plain", {"a_b": "1"}, {"cache-control": "no-cache"})
    await store.put("bucket", "key", b"x", attributes=said, tags={"t": "1"}, checksum="CRC32")
    stored = store.head("bucket", "key")
    assert (stored.attributes, stored.tags) == (said, {"t": "1"})
    assert stored.checksum is not None
    assert (stored.checksum.algorithm, stored.checksum.value, stored.checksum.type) == (
        "CRC32",
        b64encode(zlib.crc32(b"x").to_bytes(4, "big")).decode(),
        "FULL_OBJECT",
    )


async def test_replacing_an_object_removes_its_old_bytes(store: ObjectStore, disk: Disk) -> None:
    await store.put("bucket", "key", b"old")
    await store.put("bucket", "key", b"new")
    assert await store.read_bytes("bucket", "key") == b"new"
    assert disk.blobs == 1


async def test_a_reader_keeps_the_bytes_it_opened(store: ObjectStore, disk: Disk) -> None:
    await store.put("bucket", "key", b"old")
    with store.open("bucket", "key") as reader:
        await store.put("bucket", "key", b"new")
        store.delete("bucket", "key")
        assert b"".join([chunk async for chunk in reader.chunks()]) == b"old"
    assert disk.blobs == 0


async def test_an_upload_that_breaks_leaves_the_old_object(store: ObjectStore, disk: Disk) -> None:
    await store.put("bucket", "key", b"old")
    with pytest.raises(Broken):
        await store.put("bucket", "key", breaking(LARGE))
    assert await store.read_bytes("bucket", "key") == b"old"
    assert disk.blobs == 1


async def test_refused_bytes_and_unmet_conditions_store_nothing(store: ObjectStore, disk: Disk) -> None:
    def refuse(digests: Digests) -> None:
        assert (digests.size_bytes, digests.md5) == (5, "5d41402abc4b2a76b9719d911017c592")
        raise InvalidRequest("no")

    def must_be_new(present: StoredObject | None) -> None:
        if present is not None:
            raise PreconditionFailed("If-None-Match")

    with pytest.raises(InvalidRequest):
        await store.put("bucket", "key", b"hello", verify=refuse)
    await store.put("bucket", "key", b"first", condition=must_be_new)
    with pytest.raises(PreconditionFailed):
        await store.put("bucket", "key", b"second", condition=must_be_new)
    assert await store.read_bytes("bucket", "key") == b"first"
    assert disk.blobs == 1


async def test_a_crash_while_writing_leaves_no_file_and_no_object(store: ObjectStore, disk: Disk) -> None:
    reached, forever = asyncio.Event(), asyncio.Event()

    async def stalling() -> AsyncIterator[bytes]:
        yield LARGE
        yield LARGE
        reached.set()
        await forever.wait()

    writing = asyncio.create_task(store.put("bucket", "key", stalling()))
    await reached.wait()
    assert disk.blobs == 1
    after = disk.open()  # as another process would, while the first is frozen
    assert disk.blobs == 0
    assert list(after.iterate("bucket")) == []
    writing.cancel()
    await asyncio.wait([writing])


async def test_a_crash_after_the_commit_finishes_the_removal_of_old_bytes(
    store: ObjectStore, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await store.put("bucket", "key", b"old")
    monkeypatch.setattr("stepfunctions.s3.ledger.BlobLedger.discard", lambda *_: None)
    await store.put("bucket", "key", b"new")
    assert disk.blobs == 2
    monkeypatch.undo()
    after = disk.open()
    assert disk.blobs == 1
    assert await after.read_bytes("bucket", "key") == b"new"


@pytest.mark.parametrize("key", ["../../out", "/abs", "a/../b", "..", "k", "k/c", "k/", "😀", "x" * 1024])
async def test_a_key_never_becomes_a_path(store: ObjectStore, disk: Disk, key: str) -> None:
    await store.put("bucket", key, b"1")
    files = [path for path in disk.folder.parent.rglob("*") if path.is_file()]
    assert [path for path in files if not path.name.startswith("index.db")] == [
        store._blobs.path(store.head("bucket", key).segments[0].blob)
    ]
    assert [each.key for each in store.iterate("bucket")] == [key]


async def test_keys_have_limits(store: ObjectStore) -> None:
    with pytest.raises(KeyTooLong):
        await store.put("bucket", "ä" * 513, b"")
    with pytest.raises(InvalidRequest):
        await store.put("bucket", "", b"")
    with pytest.raises(InvalidRequest):
        await store.put("bucket", "\ud800", b"")


async def test_names_that_do_not_exist_are_told_apart(store: ObjectStore) -> None:
    with pytest.raises(NoSuchKey):
        store.head("bucket", "nope")
    with pytest.raises(NoSuchBucket):
        store.head("nope", "nope")
    with pytest.raises(NoSuchBucket):
        await store.put("nope", "key", b"")


async def test_a_bucket_is_deleted_when_it_is_empty_with_its_uploads(store: ObjectStore, disk: Disk) -> None:
    await store.put("bucket", "key", b"x")
    upload = store.uploads.create("bucket", "other")
    await store.uploads.put_part(upload, 1, b"part")
    with pytest.raises(BucketNotEmpty):
        store.delete_bucket("bucket")
    store.delete("bucket", "key")
    store.delete_bucket("bucket")
    assert store.list_buckets() == []
    assert disk.blobs == 0


async def test_a_bucket_deleted_during_an_upload_refuses_it(store: ObjectStore, disk: Disk) -> None:
    async def deleting() -> AsyncIterator[bytes]:
        store.delete_bucket("bucket")
        yield b"late"

    with pytest.raises(NoSuchBucket):
        await store.put("bucket", "key", deleting())
    assert disk.blobs == 0


async def test_a_job_gets_a_copy_that_it_may_change(store: ObjectStore, tmp_path: Path) -> None:
    await store.put("bucket", "key", b"stored")
    await store.get_file("bucket", "key", tmp_path / "input")
    (tmp_path / "input").write_bytes(b"changed")
    assert await store.read_bytes("bucket", "key") == b"stored"
    with pytest.raises(FileExistsError):
        await store.get_file("bucket", "key", tmp_path / "input")


async def test_a_jobs_output_is_stored_as_it_was_when_it_was_put(store: ObjectStore, tmp_path: Path) -> None:
    output = tmp_path / "model.tar.gz"
    output.write_bytes(LARGE)
    stored = await store.put_file("bucket", "out/model.tar.gz", output, checksum="SHA256")
    output.write_bytes(b"changed")
    assert await store.read_bytes("bucket", "out/model.tar.gz") == LARGE
    assert stored.size_bytes == len(LARGE)


async def test_a_copy_outlives_its_source(store: ObjectStore) -> None:
    await store.put("bucket", "a", b"hello", tags={"t": "1"}, checksum="CRC32")
    copied = await store.copy(store.head("bucket", "a"), "bucket", "b")
    store.delete("bucket", "a")
    assert await store.read_bytes("bucket", "b") == b"hello"
    assert (copied.etag, copied.tags, copied.checksum and copied.checksum.value) == (
        "5d41402abc4b2a76b9719d911017c592",
        {"t": "1"},
        "NhCmhg==",
    )
