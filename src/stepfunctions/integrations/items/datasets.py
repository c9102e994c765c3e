"""What an ItemReader names, as parts: each an object, or the listing, with its items.

The parts of a manifest and of LOAD_AND_FLATTEN are the objects listed; of anything else there is one. An object
without a byte is passed over by LOAD_AND_FLATTEN: no format allows it, and consoles mark folders with it. Whether AWS
does so too is not verified, nor that ``$$.Map.Item.Source`` names the object listed and not the manifest.

Source: AWS Developer Guide, "ItemReader (Map)", "Context object"; the listing's items as recorded from AWS.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from typing import Final, NamedTuple

from stepfunctions.integrations.items.formats import Batches, items_of
from stepfunctions.integrations.items.manifests import listed_objects
from stepfunctions.integrations.items.reading import Format, Reading
from stepfunctions.s3.model import Summary
from stepfunctions.s3.objects import ObjectStore
from stepfunctions.values import Json

PAGE_COUNT: Final = 1000


class Part(NamedTuple):
    """Items from one place.

    Args:
        source: as ``$$.Map.Item.Source`` has it.
        batches: the items.
    """

    source: str
    batches: Batches


async def parts_of(store: ObjectStore, reading: Reading) -> AsyncGenerator[Part, None]:
    """Yield the parts of a dataset. Use one up, or close it, before asking for the next.

    Raises:
        NoSuchBucket, NoSuchKey, Malformed, ItemsFailed: what it names is not there or not what it should be.
    """
    if reading.key is None and reading.format is None:
        yield Part(f"S3://{reading.bucket}", _listing(store, reading))
    elif reading.key is None:
        for page in _pages(store, reading):
            for summary in page:
                if summary.size_bytes:
                    yield _part(store, reading.bucket, summary.key, reading.format)
    elif reading.manifest is None:
        yield _part(store, reading.bucket, reading.key, reading.format)
    else:
        async with aclosing(listed_objects(store, reading)) as listed:
            async for each in listed:
                yield _part(store, *each)


def _part(store: ObjectStore, bucket: str, key: str, data: Format | None) -> Part:
    assert data is not None, "only a listing has no format"
    return Part(f"S3://{bucket}/{key}", items_of(store, bucket, key, data))


async def _listing(store: ObjectStore, reading: Reading) -> Batches:
    for page in _pages(store, reading):
        yield [_item(summary) for summary in page]


def _pages(store: ObjectStore, reading: Reading) -> Iterator[tuple[Summary, ...]]:
    after: str | None = reading.start_after
    while after is not None:
        page = store.list(reading.bucket, reading.prefix, after=after, limit=PAGE_COUNT)
        yield page.objects
        after = page.next_after


def _item(summary: Summary) -> Json:
    """Return an object as AWS makes it an item: with ``Etag`` spelt so, and S3's times in whole seconds."""
    return {
        "Etag": f'"{summary.etag}"',
        "Key": summary.key,
        "LastModified": float(summary.modified_at // 1000),
        "Size": summary.size_bytes,
        "StorageClass": "STANDARD",
    }
