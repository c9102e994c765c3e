"""Bytes for what the engine keeps for itself: journal entries and snapshots.

orjson where it can, else the standard library: orjson refuses lone surrogates and integers beyond 64 bits. Users never
see these bytes; what they see goes through ``values``.
"""

from __future__ import annotations

import json
from typing import Final

from stepfunctions.values import Json

try:
    import orjson
except ImportError:  # the virtual-time driver runs without the extra "local"
    orjson = None  # type: ignore[assignment]


_STANDARD: Final = b" "
"""Starts what the standard library wrote, which alone may read it: orjson takes a big integer for a float."""


def pack(value: Json) -> bytes:
    """Return *value* as compact JSON in bytes."""
    if orjson is not None:
        try:
            return orjson.dumps(value)
        except TypeError:
            pass  # a lone surrogate, a big integer, or deep nesting
    return _STANDARD + json.dumps(value, separators=(",", ":")).encode("ascii")


def unpack(data: bytes) -> Json:
    """Return what ``pack`` was given.

    Raises:
        ValueError: not JSON.
    """
    if orjson is not None and not data.startswith(_STANDARD):
        return orjson.loads(data)
    return json.loads(data)


def to_column(text: str | None) -> str | bytes | None:
    """Return *text* as SQLite takes it: a lone surrogate has no UTF-8, so such a text becomes bytes."""
    if text is None or text.isascii():
        return text
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")
    return text


def from_column(column: str | bytes | None) -> str | None:
    """Return what ``to_column`` was given."""
    return column.decode("utf-8", "surrogatepass") if isinstance(column, bytes) else column
