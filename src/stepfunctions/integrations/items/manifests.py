"""Manifests: objects that list the objects with the items.

An S3 inventory's ``manifest.json`` names CSV files and their columns. The manifest that Athena's UNLOAD leaves is a CSV
file of one column, the address of a data file on each line.

Source: Amazon S3 User Guide, "Locating your inventory list"; Amazon Athena User Guide, "UNLOAD"; AWS Developer Guide,
"ItemReader (Map)". AWS's texts for a broken manifest are not known.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from typing import Final, NamedTuple

from stepfunctions.integrations.items.failures import Malformed
from stepfunctions.integrations.items.formats import items_of
from stepfunctions.integrations.items.reading import S3_INVENTORY, Format, Reading
from stepfunctions.s3.objects import ObjectStore
from stepfunctions.values import JsonError, loads

INVENTORY_MANIFEST_MAX_BYTES: Final = 64 * 1024 * 1024
_BUCKET_ARN: Final = "arn:aws:s3:::"
_URL: Final = "s3://"


class DataObject(NamedTuple):
    """An object with items, and what is in it."""

    bucket: str
    key: str
    format: Format


async def listed_objects(store: ObjectStore, reading: Reading) -> AsyncGenerator[DataObject, None]:
    """Yield what the manifest that *reading* names lists, in its order.

    Raises:
        NoSuchBucket, NoSuchKey: the manifest does not exist.
        Malformed: it is no such manifest.
    """
    key = reading.key or ""
    assert reading.format is not None, "only a listing has no format"
    read = _inventory if reading.manifest == S3_INVENTORY else _athena
    async with aclosing(read(store, reading.bucket, key, reading.format)) as listed:
        async for each in listed:
            yield each


async def _inventory(store: ObjectStore, bucket: str, key: str, data: Format) -> AsyncGenerator[DataObject, None]:
    size = store.head(bucket, key).size_bytes
    if size > INVENTORY_MANIFEST_MAX_BYTES:
        raise Malformed(f"it has {size} bytes: is it the manifest.json of an S3 inventory?")
    try:
        manifest = loads(await store.read_bytes(bucket, key))
        file_format, schema = manifest["fileFormat"], manifest["fileSchema"]
        keys = [str(file["key"]) for file in manifest["files"]]
        data_bucket = str(manifest.get("destinationBucket", bucket)).removeprefix(_BUCKET_ARN)
    except (JsonError, KeyError, TypeError) as error:
        raise Malformed(f"it is not the manifest.json of an S3 inventory: {error!r}") from None
    if file_format != "CSV":
        raise Malformed(f"it is an S3 inventory in {file_format}, and only CSV can be read")
    headers = data.headers or tuple(name.strip() for name in str(schema).split(","))
    for each in keys:
        yield DataObject(data_bucket, each, replace(data, headers=headers))


async def _athena(store: ObjectStore, bucket: str, key: str, data: Format) -> AsyncGenerator[DataObject, None]:
    async with aclosing(items_of(store, bucket, key, Format(input_type="CSV", headers=("address",)))) as batches:
        async for batch in batches:
            for row in batch:
                address = row["address"].strip()
                if not address:
                    continue
                data_bucket, _, data_key = address.removeprefix(_URL).partition("/")
                if not address.startswith(_URL) or not data_key:
                    raise Malformed(f"it is not a manifest of Athena: {address[:100]!r} is not s3://bucket/key")
                yield DataObject(data_bucket, data_key, data)
