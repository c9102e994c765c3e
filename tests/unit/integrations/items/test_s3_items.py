"""An ItemReader's datasets, read from an object store page by page."""

from __future__ import annotations

import asyncio
import gzip
import json
import sys
from collections.abc import Sequence
from typing import Any

import pytest

from stepfunctions.engine.items import ItemRequest, ItemsFailed
from stepfunctions.errors import UnsupportedError
from stepfunctions.integrations.items import formats, reader
from stepfunctions.integrations.items.compression import PIECE_BYTES
from stepfunctions.integrations.items.reading import parse_reading
from stepfunctions.integrations.items.source import S3Items
from stepfunctions.s3.objects import ObjectStore
from stepfunctions.values import Json, dumps

GET = "arn:aws:states:::s3:getObject"
LIST = "arn:aws:states:::s3:listObjectsV2"
CSV = {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"}


def request(config: Json, key: str | None = "data", resource: str = GET, **arguments: Json) -> ItemRequest:
    named = {} if key is None else {"Key": key}
    return ItemRequest(
        key="run",
        resource=resource,
        arguments={"Bucket": "bucket", **named, **arguments},
        config=config,
        account="123456789012",
        region="us-east-1",
    )


async def read(store: ObjectStore, asked: ItemRequest, count_max: int = 3) -> list[Json]:
    """Return all items, read in pages."""
    return [item for _, items in await pages(store, asked, count_max) for item in items]


async def pages(store: ObjectStore, asked: ItemRequest, count_max: int = 3) -> list[tuple[str, Sequence[Json]]]:
    source = S3Items(lambda: store)
    found: list[tuple[str, Sequence[Json]]] = []
    position = 0
    while True:
        page = await source.read(asked, position, count_max, 10_000)
        found.append((page.source, page.items))
        position += len(page.items)
        if page.is_last:
            return found
        assert page.items, "only the last page may be empty"


async def cause_of(store: ObjectStore, asked: ItemRequest) -> str:
    with pytest.raises(ItemsFailed) as failed:
        await read(store, asked)
    assert failed.value.failure.error == "States.ItemReaderFailed"
    return str(failed.value.failure.cause)


# The formats

NUMBERS = [{"n": str(n)} for n in range(10)]


@pytest.mark.parametrize("document", ['{"a": 1}', '[{"Key": "a", "Value": 1}]'])
async def test_members_of_an_object_are_told_from_elements_that_look_like_them(
    store: ObjectStore, document: str
) -> None:
    await store.put("bucket", "data", document.encode())
    page = await S3Items(lambda: store).read(request({"InputType": "JSON"}), 0, 9, 10_000)
    is_object = document.startswith("{")
    assert (page.is_object, page.items) == (is_object, (["a", 1] if is_object else {"Key": "a", "Value": 1},))


@pytest.mark.parametrize(
    ("config", "document", "expected"),
    [
        ({"InputType": "JSON"}, json.dumps(NUMBERS), NUMBERS),
        ({"InputType": "JSON", "ItemsPointer": "/a/b"}, json.dumps({"a": {"b": NUMBERS}}), NUMBERS),
        ({"InputType": "JSON"}, '{"k": 1}', [["k", 1]]),
        ({"InputType": "JSONL"}, "\n".join(map(json.dumps, NUMBERS)), NUMBERS),
        (CSV, "n\n" + "\n".join(map(str, range(10))), NUMBERS),
        (
            {"InputType": "CSV", "CSVHeaderLocation": "GIVEN", "CSVHeaders": ["a", "b"], "CSVDelimiter": "PIPE"},
            "1|2\n3|4",
            [{"a": "1", "b": "2"}, {"a": "3", "b": "4"}],
        ),
    ],
)
@pytest.mark.parametrize("compress", [bytes, gzip.compress], ids=["plain", "gzip"])
async def test_an_object_gives_its_items(
    store: ObjectStore, config: Json, document: str, expected: list[Json], compress: Any
) -> None:
    await store.put("bucket", "data", compress(document.encode()))
    assert await pages(store, request(config), 4) == [
        ("S3://bucket/data", tuple(expected[at : at + 4])) for at in range(0, len(expected), 4)
    ]


async def test_gzip_members_follow_one_another_and_may_be_padded(store: ObjectStore) -> None:
    await store.put("bucket", "data", gzip.compress(b"n\n1\n") + gzip.compress(b"2\n") + b"\0" * 20)
    assert await read(store, request(CSV)) == [{"n": "1"}, {"n": "2"}]


async def test_a_gzip_bomb_is_inflated_piece_by_piece(store: ObjectStore) -> None:
    await store.put("bucket", "data", gzip.compress(b"[" + b"0," * 5_000_000 + b"0]"))
    assert await read(store, request({"InputType": "JSON", "MaxItems": 2})) == [0, 0]


async def test_others_have_their_turn_while_what_has_no_items_is_inflated(store: ObjectStore) -> None:
    pieces = 40
    await store.put("bucket", "data", gzip.compress(b"\n" * (pieces * PIECE_BYTES) + b"1"))
    turns = 0

    async def take_turns() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    neighbour = asyncio.ensure_future(take_turns())
    assert await read(store, request({"InputType": "JSONL"})) == [1]
    neighbour.cancel()
    assert turns >= pieces


@pytest.mark.parametrize("damage", [lambda data: data[:-4], lambda data: data[:20] + b"\xff" * 20])
async def test_damaged_gzip_is_named(store: ObjectStore, damage: Any) -> None:
    await store.put("bucket", "data", damage(gzip.compress(json.dumps(list(range(5000))).encode())))
    assert "GZIP" in await cause_of(store, request({"InputType": "JSON"}))


async def test_zstd_is_undone_through_pyarrow(store: ObjectStore) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    compressed = pyarrow.compress(b"n\n1\n2", codec="zstd", asbytes=True)
    await store.put("bucket", "data", compressed)
    assert await read(store, request(CSV)) == [{"n": "1"}, {"n": "2"}]
    await store.put("bucket", "data", compressed + pyarrow.compress(b"3\n4", codec="zstd", asbytes=True))
    assert [item["n"] for item in await read(store, request(CSV))] == ["1", "23", "4"]
    await store.put("bucket", "data", compressed[:4] + b"\xff" * 20)
    assert "ZSTD data is broken" in await cause_of(store, request(CSV))


@pytest.mark.parametrize("config", [CSV, {"InputType": "PARQUET"}])
async def test_what_needs_pyarrow_says_how_to_get_it(
    store: ObjectStore, monkeypatch: pytest.MonkeyPatch, config: Json
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    await store.put("bucket", "data", b"\x28\xb5\x2f\xfd rest")
    assert "pip install 'stepladder[parquet]'" in await cause_of(store, request(config))


# Listings

OBJECT = {"Etag": '"0cc175b9c0f1b6a831c399e269772661"', "LastModified": 1_700_000_000.0, "Size": 1}


async def test_a_listing_gives_every_object_below_the_prefix(store: ObjectStore) -> None:
    for key in ("in/1", "in/2", "out/3"):
        await store.put("bucket", key, b"a")
    expected = [{**OBJECT, "Key": key, "StorageClass": "STANDARD"} for key in ("in/1", "in/2")]
    assert await pages(store, request({}, None, LIST, Prefix="in/")) == [("S3://bucket", tuple(expected))]


async def test_a_listing_has_all_its_pages(store: ObjectStore) -> None:
    stored = await store.put("bucket", "0000", b"")
    for number in range(1, 1005):
        await store.copy(stored, "bucket", f"{number:04}")
    keys = [item["Key"] for item in await read(store, request({}, None, LIST), 700)]
    assert keys == [f"{number:04}" for number in range(1005)]
    assert [item["Key"] for item in await read(store, request({"MaxItems": 1}, None, LIST, StartAfter="1002"))] == [
        "1003"
    ]


async def test_load_and_flatten_reads_each_object_and_names_it_as_the_source(store: ObjectStore) -> None:
    await store.put("bucket", "in/", b"")
    await store.put("bucket", "in/a", b"[1, 2, 3, 4]")
    await store.put("bucket", "in/b", b"[]")
    await store.put("bucket", "in/c", b"[5]")
    flat = {"InputType": "JSON", "Transformation": "LOAD_AND_FLATTEN"}
    assert await pages(store, request(flat, None, LIST, Prefix="in/")) == [
        ("S3://bucket/in/a", (1, 2, 3)),
        ("S3://bucket/in/a", (4,)),
        ("S3://bucket/in/c", (5,)),
    ]
    assert await read(store, request({**flat, "MaxItems": 4}, None, LIST)) == [1, 2, 3, 4]


# Manifests


async def test_an_inventory_gives_the_rows_of_its_files_named_by_its_schema(store: ObjectStore) -> None:
    store.create_bucket("inventory")
    await store.put("inventory", "1.csv.gz", gzip.compress(b'"source","a%20b","7"\n"source","c","8"\n'))
    await store.put("inventory", "2.csv.gz", gzip.compress(b'"source","d","9"\n'))
    manifest = {
        "sourceBucket": "source",
        "destinationBucket": "arn:aws:s3:::inventory",
        "fileFormat": "CSV",
        "fileSchema": "Bucket, Key, Size",
        "files": [{"key": "1.csv.gz", "size": 1, "MD5checksum": "x"}, {"key": "2.csv.gz"}],
    }
    await store.put("bucket", "data", json.dumps(manifest).encode())
    expected = [
        ("S3://inventory/1.csv.gz", (_row("a%20b", "7"), _row("c", "8"))),
        ("S3://inventory/2.csv.gz", (_row("d", "9"),)),
    ]
    assert await pages(store, request({"InputType": "MANIFEST"})) == expected
    assert await pages(store, request({"ManifestType": "S3_INVENTORY"})) == expected
    given = {"InputType": "MANIFEST", "CSVHeaderLocation": "GIVEN", "CSVHeaders": ["b", "k"], "MaxItems": 1}
    assert await read(store, request(given)) == [{"b": "source", "k": "a%20b"}]


def _row(key: str, size: str) -> Json:
    return {"Bucket": "source", "Key": key, "Size": size}


async def test_a_manifest_of_athena_gives_the_items_of_its_files(store: ObjectStore) -> None:
    await store.put("bucket", "1", b'{"n": 1}\n{"n": 2}')
    await store.put("bucket", "2.gz", gzip.compress(b'{"n": 3}'))
    await store.put("bucket", "data", b"s3://bucket/1\ns3://bucket/2.gz\n")
    config = {"ManifestType": "ATHENA_DATA", "InputType": "JSONL"}
    assert await read(store, request(config)) == [{"n": 1}, {"n": 2}, {"n": 3}]
    await store.put("bucket", "1", b"1,2")
    await store.put("bucket", "data", b"s3://bucket/1\n")
    config = {"ManifestType": "ATHENA_DATA", "InputType": "CSV", "CSVHeaders": ["a", "b"]}
    assert await read(store, request(config)) == [{"a": "1", "b": "2"}]


@pytest.mark.parametrize(
    ("manifest", "config", "text"),
    [
        (b"{", {"InputType": "MANIFEST"}, "not the manifest.json"),
        (b'{"fileFormat": "CSV"}', {"InputType": "MANIFEST"}, "not the manifest.json"),
        (b'{"fileFormat": "ORC", "fileSchema": "", "files": []}', {"InputType": "MANIFEST"}, "only CSV"),
        (b"bucket/1", {"ManifestType": "ATHENA_DATA", "InputType": "JSONL"}, "is not s3://bucket/key"),
        (b"s3://bucket/gone", {"ManifestType": "ATHENA_DATA", "InputType": "JSONL"}, "(S3://bucket/gone)"),
    ],
)
async def test_a_manifest_that_is_none_says_so(store: ObjectStore, manifest: bytes, config: Json, text: str) -> None:
    await store.put("bucket", "data", manifest)
    assert text in await cause_of(store, request(config))


# MaxItems


@pytest.mark.parametrize(("given", "count"), [(0, 10), (1, 1), (3, 3), (10, 10), (11, 10), (10**9, 10), (None, 10)])
async def test_no_more_than_max_items_are_read(store: ObjectStore, given: int | None, count: int) -> None:
    await store.put("bucket", "data", json.dumps(list(range(10))).encode())
    config = {"InputType": "JSON"} if given is None else {"InputType": "JSON", "MaxItems": given}
    assert await read(store, request(config)) == list(range(count))


def test_more_items_than_aws_reads_are_not_read() -> None:
    reading = parse_reading(request({"InputType": "JSON", "MaxItems": 10**9}))
    assert reading.items_max_count == 100_000_000


async def test_what_follows_max_items_is_not_looked_at(store: ObjectStore) -> None:
    await store.put("bucket", "data", b"[1, 2, broken")
    assert await read(store, request({"InputType": "JSON", "MaxItems": 2})) == [1, 2]


async def test_a_negative_max_items_fails_with_aws_text(store: ObjectStore) -> None:
    cause = await cause_of(store, request({"InputType": "JSON", "MaxItems": -1}))
    assert cause == "field MaxItems must be positive"


# Pages


async def test_a_page_ends_before_it_exceeds_its_bytes_but_has_an_item(store: ObjectStore) -> None:
    await store.put("bucket", "data", json.dumps(["x" * 10, "y" * 10, "z" * 50, "a"]).encode())
    source = S3Items(lambda: store)
    asked = request({"InputType": "JSON"})
    sizes = []
    while sum(sizes) < 4:
        page = await source.read(asked, sum(sizes), 100, 26)
        sizes.append(len(page.items))
    assert sizes == [2, 1, 1]
    assert page.is_last


async def test_what_a_page_does_not_take_is_not_written_to_weigh_it(
    store: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    await store.put("bucket", "data", json.dumps(["x" * 100] * 1000).encode())
    written = 0

    def counted(value: Json) -> str:
        nonlocal written
        text = dumps(value)
        written += len(text)
        return text

    monkeypatch.setattr(reader, "dumps", counted)
    source, at = S3Items(lambda: store), 0
    while at < 1000:
        page = await source.read(request({"InputType": "JSON"}), at, 1000, 1100)
        at += len(page.items)
        assert len(page.items) == 10
    assert written < 5 * 100_000


@pytest.mark.parametrize("config", [{"InputType": "JSON"}, {"InputType": "JSON", "MaxItems": 5000}])
async def test_any_position_can_be_read_again(store: ObjectStore, config: Json) -> None:
    await store.put("bucket", "data", json.dumps(list(range(6000))).encode())
    asked = request(config)
    source = S3Items(lambda: store)
    for position in (0, 4000, 1, 4001, 3):
        page = await source.read(asked, position, 2, 1000)
        assert page.items == (position, position + 1)
    assert (await S3Items(lambda: store).read(asked, 4999, 2, 1000)).items[0] == 4999
    beyond = await source.read(asked, 7000, 2, 1000)
    assert (beyond.items, beyond.is_last) == ((), True)


async def test_an_object_that_is_replaced_meanwhile_is_read_to_its_old_end(store: ObjectStore) -> None:
    await store.put("bucket", "data", json.dumps(list(range(200_000))).encode())
    source = S3Items(lambda: store)
    asked = request({"InputType": "JSON"})
    await source.read(asked, 0, 1, 1000)
    await store.put("bucket", "data", b"[]")
    page = await source.read(asked, 1, 200_000, 10_000_000)
    assert page.items[-1] == 199_999
    await source.close("run")
    assert (await source.read(asked, 0, 1, 1000)).items == ()


async def test_closing_lets_the_object_go(store: ObjectStore) -> None:
    await store.put("bucket", "data", json.dumps(list(range(200_000))).encode())
    source = S3Items(lambda: store)
    await source.read(request({"InputType": "JSON"}), 0, 1, 1000)
    await source.close("run")
    await source.close("run")
    assert not store._blobs._readers, "nothing holds a lease any more"


# What cannot be read


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        (request(CSV, Bucket="gone"), "The specified bucket does not exist (S3://gone/data)"),
        (request(CSV, "gone"), "The specified key does not exist. (S3://bucket/gone)"),
        (request({}, None, LIST, Bucket="gone"), "The specified bucket does not exist (S3://gone)"),
        (request(CSV, VersionId="1"), "The specified version does not exist. (VersionId: 1)"),
        (request(CSV, ExpectedBucketOwner="000000000000"), "Access Denied"),
        (request({"InputType": "PARQUET"}, VersionId="null"), "not supported with InputType PARQUET"),
        (request(CSV, Bucket=7), "Bucket must be a text"),
        (request(CSV, None), "Key must be a text, but is missing"),
        (request(CSV, Range="bytes=0-9"), "Range is not supported with s3:getObject"),
        (request({}), "InputType"),
        (request({"InputType": "CSV", "CSVHeaderLocation": "GIVEN"}), "CSVHeaders"),
        (request({"InputType": "JSON", "ItemsPointer": "x"}), "ItemsPointer"),
        (request({"InputType": "JSON"}), "it is not JSON after item 1: a comma or ] is missing (S3://bucket/data)"),
    ],
)
async def test_what_cannot_be_read_fails_by_name(store: ObjectStore, asked: ItemRequest, text: str) -> None:
    await store.put("bucket", "data", b"[1 2]")
    assert text in await cause_of(store, asked)


async def test_an_object_beyond_the_quota_is_refused(store: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formats, "OBJECT_MAX_BYTES", 2)
    await store.put("bucket", "data", b"[1]")
    assert "at most 10 GB" in await cause_of(store, request({"InputType": "JSON"}))


async def test_items_that_are_nested_too_deeply_fail_by_name(store: ObjectStore) -> None:
    depth = sys.getrecursionlimit() + 500
    for document in (b"[" * depth + b"]" * depth, b'{"InputType": ' * depth + b"1" + b"}" * depth):
        await store.put("bucket", "data", document)
        assert "nested" in await cause_of(store, request({"InputType": "JSON"}))


async def test_objects_that_are_not_here_are_not_looked_for_here() -> None:
    def elsewhere() -> ObjectStore:
        raise UnsupportedError("S3 is elsewhere")

    with pytest.raises(ItemsFailed, match=r"States\.ItemReaderFailed: S3 is elsewhere"):
        await S3Items(elsewhere).read(request(CSV), 0, 1, 1)


async def test_the_version_null_and_the_buckets_own_account_are_taken(store: ObjectStore) -> None:
    await store.put("bucket", "data", b"[1]")
    asked = request({"InputType": "JSON"}, VersionId="null", ExpectedBucketOwner="123456789012")
    assert await read(store, asked) == [1]
