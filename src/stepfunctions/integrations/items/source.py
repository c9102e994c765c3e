"""The local S3 as the source of a Distributed Map's items.

What reads is loaded by the first reading: a cloud that runs no Distributed Map never pays for it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from stepfunctions.engine.items import ItemPage, ItemRequest
from stepfunctions.errors import UnsupportedError
from stepfunctions.integrations.items.failures import reader_failed

if TYPE_CHECKING:
    from stepfunctions.integrations.items.reader import Reader
    from stepfunctions.s3.objects import ObjectStore


class S3Items:
    """An ``engine.items.ItemSource`` on an object store.

    A reader stays open under its request's key, so that a page costs no more than its items. It holds the object it is
    reading: one that is replaced meanwhile is read to its old end. After a restart the object of then is read again.

    Args:
        store: returns the objects, or raises UnsupportedError; called when they are needed.
    """

    def __init__(self, store: Callable[[], ObjectStore]) -> None:
        self._store = store
        self._readers: dict[str, Reader] = {}

    async def read(self, request: ItemRequest, position: int, count_max: int, bytes_max: int) -> ItemPage:
        """Return items from *position* on; see ``ItemSource.read``."""
        from stepfunctions.integrations.items.reader import TROUBLES

        reader = self._readers.pop(request.key, None)
        if reader is not None and reader.position != position:
            await reader.close()
            reader = None
        if reader is None:
            reader = self._open(request)
        try:
            if reader.position < position:
                await reader.skip(position)
            page = await reader.page(count_max, bytes_max)
        except TROUBLES as error:
            failure = reader.failure(error)
            await reader.close()
            raise failure from error
        except BaseException:
            await reader.close()
            raise
        if page.is_last:
            await reader.close()
        else:
            self._readers[request.key] = reader
        return page

    async def close(self, key: str) -> None:
        """Let go of the reader that is open under *key*, if one is."""
        reader = self._readers.pop(key, None)
        if reader is not None:
            await reader.close()

    def _open(self, request: ItemRequest) -> Reader:
        from stepfunctions.integrations.items.reader import Reader
        from stepfunctions.integrations.items.reading import parse_reading

        try:
            store = self._store()
        except UnsupportedError as error:
            raise reader_failed(str(error)) from error
        return Reader(store, parse_reading(request))
