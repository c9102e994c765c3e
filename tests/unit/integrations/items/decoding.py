"""Decoders fed by hand, in pieces of any size."""

from __future__ import annotations

from collections.abc import Iterable

from stepfunctions.integrations.items.formats import Decoder
from stepfunctions.values import Json


def decode(decoder: Decoder, pieces: Iterable[bytes]) -> list[Json]:
    """Return all items of a document that arrives in *pieces*."""
    items = [item for piece in pieces for item in decoder.feed(piece)]
    return items + list(decoder.end())


def cut(document: bytes, sizes: Iterable[int]) -> list[bytes]:
    """Return *document* in pieces of *sizes*, the rest in one."""
    pieces, at = [], 0
    for size in sizes:
        pieces.append(document[at : at + size])
        at += size
    return [*pieces, document[at:]]
