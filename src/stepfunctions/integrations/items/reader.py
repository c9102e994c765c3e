"""One reading of a dataset: its items in order, page by page, with all that is open meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from itertools import islice
from typing import Final

from stepfunctions.engine.items import ItemPage, ItemsFailed
from stepfunctions.errors import RequestError, StoreError
from stepfunctions.integrations.items.datasets import Part, parts_of
from stepfunctions.integrations.items.failures import Malformed, reader_failed
from stepfunctions.integrations.items.json_items import Member
from stepfunctions.integrations.items.reading import Reading
from stepfunctions.s3.objects import ObjectStore
from stepfunctions.values import Json, JsonError, dumps

TROUBLES: Final = (Malformed, RequestError, StoreError, JsonError)
"""What a reader raises where AWS has no text of its own; ``failure`` makes one of it."""
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
        self._ahead: list[Json] = []

    async def page(self, count_max: int, bytes_max: int) -> ItemPage:
        """Return the next items, all from one place; see ``ItemSource.read``.

        Raises:
            TROUBLES, ItemsFailed: they cannot be read.
        """
        await self._look_ahead(count_max)
        source = self._source
        items: list[Json] = []
        size = 0
        while self._ahead and len(items) < count_max and self._source == source:
            count, size = _fitting(self._ahead[: count_max - len(items)], size, bytes_max, bool(items))
            if count == 0:
                break
            items += self._ahead[:count]
            del self._ahead[:count]
            await self._look_ahead(count_max - len(items))
        self.position += len(items)
        if items and isinstance(items[0], Member):  # one place is an object or none: its items are all members
            pairs = tuple([item["Key"], item["Value"]] for item in items)
            return ItemPage(pairs, not self._ahead, source, is_object=True)
        return ItemPage(tuple(items), not self._ahead, source)

    async def skip(self, position: int) -> None:
        """Pass over the items before *position*, which is not behind.

        Raises:
            TROUBLES, ItemsFailed: they cannot be read.
        """
        while self.position < position:
            await self._look_ahead(_TURN_COUNT)
            count = min(len(self._ahead), position - self.position)
            if count == 0:
                return
            del self._ahead[:count]
            self.position += count
            await asyncio.sleep(0)

    async def close(self) -> None:
        """Let go of what is open."""
        self._ahead = []
        self._left = 0
        self._batch = iter(())
        await self._close_part()
        await self._parts.aclose()

    def failure(self, error: Exception) -> ItemsFailed:
        """Return the failure that *error* is, with the name of the object that was being read."""
        place = self._source if self._part or self._reading.key is None else f"{self._source}/{self._reading.key}"
        return reader_failed(f"{error} ({place})")

    @property
    def _source(self) -> str:
        return f"S3://{self._reading.bucket}" if self._part is None else self._part.source

    async def _look_ahead(self, count: int) -> None:
        """Have at least one item ahead, unless nothing follows; or *count* of them, if they are there already."""
        if self._ahead:
            return
        while self._left:
            self._ahead = list(islice(self._batch, min(max(count, 1), self._left)))
            self._left -= len(self._ahead)
            if self._ahead or not await self._next_batch():
                return

    async def _next_batch(self) -> bool:
        while True:
            await asyncio.sleep(0)  # what is small is read at once: there may be many, or much in it
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


def _fitting(items: list[Json], size: int, bytes_max: int, rest_may_wait: bool) -> tuple[int, int]:
    """Return how many of *items* may follow *size* bytes of others, and the size then; one at least if it must.

    They are weighed in groups that double until one does not fit, then halve: what does not fit is not written for it.
    """
    count, step, doubles = 0, 1, True
    while count < len(items):
        group = items[count : count + step]
        added = len(dumps(group)) - 1  # each item and a comma
        if size + added <= bytes_max:
            count, size = count + len(group), size + added
        elif len(group) > 1:
            doubles = False
        elif count or rest_may_wait:
            break
        else:
            return 1, size + added
        step = 2 * step if doubles else max(1, step // 2)
    return count, size
