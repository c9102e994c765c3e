"""A row of result files, ``SUCCEEDED_0.json``, ``SUCCEEDED_1.json`` and so on, each written as its elements are made.

A file is one streamed put, so it is there whole or not at all, and writing it again replaces it.

Source: AWS Developer Guide, "ResultWriter (Map)": files of at most 5 GB, numbered from 0; that they end in ``.json``
whatever OutputType says is reported by users.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final

from stepfunctions.s3.model import Attributes
from stepfunctions.s3.objects import ObjectStore
from stepfunctions.values import Json

FILE_MAX_BYTES: Final = 5 * 1024**3
PIECE_BYTES: Final = 256 * 1024
_JSON: Final = Attributes(content_type="application/json")


@dataclass(frozen=True, slots=True)
class Layout:
    """What is written around elements."""

    opening: bytes
    between: bytes
    closing: bytes


LAYOUTS: Final = {"JSON": Layout(b"[", b",", b"]"), "JSONL": Layout(b"", b"\n", b"\n")}


@dataclass(frozen=True, slots=True)
class Folder:
    """Where the files of one Map Run go.

    Args:
        path: ends in a slash.
    """

    store: ObjectStore
    bucket: str
    path: str

    async def write_files(self, status: str, elements: AsyncIterator[str], layout: Layout) -> list[Json]:
        """Write *elements* to as many files as they take, none if there are no elements.

        Returns:
            Shape: ``[{"Key": str, "Size": int}]``, as the manifest lists them.

        Raises:
            NoSuchBucket, InvalidRequest, StoreError: they cannot be written.
        """
        files: list[Json] = []
        pending = await anext(elements, None)
        while pending is not None:
            content = _Content(pending, elements, layout)
            key = f"{self.path}{status}_{len(files)}.json"
            stored = await self.store.put(self.bucket, key, content.pieces(), attributes=_JSON)
            files.append({"Key": key, "Size": stored.size_bytes})
            pending = content.pending
        return files

    async def write_manifest(self, text: str) -> str:
        """Write the manifest; return its key.

        Raises:
            As write_files().
        """
        key = f"{self.path}manifest.json"
        await self.store.put(self.bucket, key, text.encode(), attributes=_JSON)
        return key


class _Content:
    """The bytes of one file.

    Attributes:
        pending: the element that did not fit in, once the bytes are used up; None if all did.
    """

    def __init__(self, first: str, rest: AsyncIterator[str], layout: Layout) -> None:
        self.pending: str | None = first
        self._rest = rest
        self._layout = layout

    async def pieces(self) -> AsyncIterator[bytes]:
        """Yield the bytes, in pieces of PIECE_BYTES or more."""
        layout, size = self._layout, 0
        piece = bytearray()
        while self.pending is not None:
            element = self.pending.encode("utf-8", "surrogatepass")
            added = (layout.between if size else layout.opening) + element
            if size and size + len(added) + len(layout.closing) > FILE_MAX_BYTES:
                break
            size += len(added)
            piece += added
            self.pending = await anext(self._rest, None)
            if len(piece) >= PIECE_BYTES:
                yield bytes(piece)
                piece.clear()
        yield bytes(piece + layout.closing)
