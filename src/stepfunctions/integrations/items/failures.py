"""How reading items fails: what AWS words, and what we do.

Texts of our own are not verified against AWS: they name the object, what is wrong with it and where.
"""

from __future__ import annotations

from typing import Final

from stepfunctions.engine.items import ItemsFailed
from stepfunctions.query.failure import Failure

ITEM_READER_FAILED: Final = "States.ItemReaderFailed"

NOT_ITERABLE: Final = "Attempting to map over non-iterable node."
DUPLICATE_HEADERS: Final = "CSV headers cannot contain duplicates."
MAX_ITEMS_NEGATIVE: Final = "field MaxItems must be positive"


class Malformed(Exception):
    """An object is not what ReaderConfig says; the text does not name the object yet."""


def reader_failed(cause: str) -> ItemsFailed:
    """Return the failure of an ItemReader."""
    return ItemsFailed(Failure(ITEM_READER_FAILED, cause))
