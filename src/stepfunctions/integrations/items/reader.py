"""One reading of a dataset: its items in order, page by page, with all that is open meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Final

from stepfunctions.engine.items import ItemPage, ItemsFailed
from stepfunctions.errors import RequestError, StoreError
from stepfunctions.integrations.items.datasets import Part, parts_of
from stepfunctions.integrations.items.failures import Malformed, reader_failed
from stepfunctions.integrations.items.reading import Reading
from stepfunctions.s3.objects import ObjectStore
from stepfunctions.values import Json, dumps

_END: Final = object()
_TURN_COUNT: Final = 1000
"""How many items are passed over before the event loop has its turn."""


class Reader:
    """Reads a dataset once, from its beginning.

    Args:
        store: that the objects are in.
        reading: what to read.

    Attributes:
        position: of the next item.
    """

    def __init__(self, store: ObjectStore, reading: Reading) -> None:
        self.position = 0
        self._reading = reading
        self._left = reading.items_max_count
        self._parts = parts_of(store, reading)
        self._part: Part | None = None
        self._batch: Iterator[Json] = iter(())
        self._ahead: Json = None
        self._begun = False

    async def page(self, count_max: int, bytes_max: int) -> ItemPage:
        """Return the next items, all from one place; see ``ItemSource.read``.

        Raises:
            ItemsFailed: they cannot be read.
        """
        await self._begin()
        items: list[Json] = []
        size = 0
        source = self._source
        while self._ahead is not _END and len(items) < count_max and self._source == source:
            size += len(dumps(self._ahead))
            if items and size > bytes_max:
                break
            items.append(self._ahead)
            await self._advance()
        self.position += len(items)
        return ItemPage(tuple(items), self._ahead is _END, source)

    async def skip(self, position: int) -> None:
        """Pass over the items before *position*, which is not behind.

        Raises:
            ItemsFailed: they cannot be read.
        """
        await self._begin()
        while self._ahead is not _END and self.position < position:
            await self._advance()
            self.position += 1
            if self.position % _TURN_COUNT == 0:
                await asyncio.sleep(0)

    async def close(self) -> None:
        """Let go of what is open."""
        self._ahead = _END
        self._batch = iter(())
        await self._close_part()
        await self._parts.aclose()

    @property
    def _source(self) -> str:
        return f"S3://{self._reading.bucket}" if self._part is None else self._part.source

    async def _begin(self) -> None:
        if not self._begun:
            self._begun = True
            await self._advance()

    async def _advance(self) -> None:
        """Put the next item ahead, or the end."""
        if self._left == 0:
            await self.close()
            return
        try:
            self._ahead = next(self._batch, _END)
            while self._ahead is _END and await self._next_batch():
                self._ahead = next(self._batch, _END)
        except (Malformed, RequestError, StoreError) as error:
            raise self._failure(error) from error
        self._left -= 1

    async def _next_batch(self) -> bool:
        while True:
            if self._part is not None:
                batch = await anext(self._part.batches, None)
                if batch is not None:
                    self._batch = iter(batch)
                    return True
                await self._close_part()
            self._part = await anext(self._parts, None)
            if self._part is None:
                return False

    async def _close_part(self) -> None:
        if self._part is not None:
            await self._part.batches.aclose()

    def _failure(self, error: Exception) -> ItemsFailed:
        """Return AWS's failure for *error*, with the name of the object."""
        place = self._source if self._part or self._reading.key is None else f"{self._source}/{self._reading.key}"
        return reader_failed(f"{error} ({place})")
