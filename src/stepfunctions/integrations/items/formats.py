"""The items of one object: its format's decoder, fed with its bytes."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterable, Iterator
from contextlib import aclosing
from typing import Final, Protocol

from stepfunctions.integrations.items.compression import plain_pieces
from stepfunctions.integrations.items.csv_rows import CsvRows
from stepfunctions.integrations.items.failures import Malformed
from stepfunctions.integrations.items.json_items import JsonItems
from stepfunctions.integrations.items.lines import JsonLines
from stepfunctions.integrations.items.parquet import parquet_rows
from stepfunctions.integrations.items.reading import Format
from stepfunctions.s3.objects import ObjectReader, ObjectStore
from stepfunctions.values import Json

OBJECT_MAX_BYTES: Final = 10 * 1024**3

Batches = AsyncGenerator[Iterable[Json], None]
"""Items in groups, each of which can be used up without waiting; use it up before asking for the next."""


class Decoder(Protocol):
    """Makes items of the bytes of one object. What it returns is used up before it is called again."""

    def feed(self, piece: bytes) -> Iterator[Json]:
        """Return the items that *piece* completes.

        Raises:
            Malformed: it is not of this format (here, or while the items are used up).
        """

    def end(self) -> Iterator[Json]:
        """Return the items that the end of the bytes completes.

        Raises:
            Malformed: the end comes too early.
        """


_DECODERS: Final[dict[str, Callable[[Format], Decoder]]] = {
    "CSV": lambda data: CsvRows(data.delimiter, data.headers),
    "JSON": lambda data: JsonItems(data.pointer),
    "JSONL": lambda data: JsonLines(),
}


def decoder_of(data: Format) -> Decoder:
    """Return a new decoder of any format but PARQUET, which cannot be read in pieces."""
    return _DECODERS[data.input_type](data)


async def items_of(store: ObjectStore, bucket: str, key: str, data: Format) -> Batches:
    """Yield the items of an object; its bytes stay what they are until the generator is closed.

    Raises:
        NoSuchBucket, NoSuchKey: it does not exist.
        Malformed: it is not of the format.
        ItemsFailed: likewise, where AWS has a text for it.
    """
    with store.open(bucket, key) as reader:
        size = reader.stored.size_bytes
        if size > OBJECT_MAX_BYTES:
            raise Malformed(f"it has {size} bytes; AWS reads objects of at most 10 GB")
        async with aclosing(_batches(reader, data)) as batches:
            async for batch in batches:
                yield batch


async def _batches(reader: ObjectReader, data: Format) -> Batches:
    if data.input_type == "PARQUET":
        with reader.file() as file:
            async with aclosing(parquet_rows(file)) as batches:
                async for batch in batches:
                    yield batch
        return
    decoder = decoder_of(data)
    async with aclosing(plain_pieces(reader)) as pieces:
        async for piece in pieces:
            yield decoder.feed(piece)
    yield decoder.end()
