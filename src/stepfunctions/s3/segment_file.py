"""The blobs of one object as a seekable file: what libraries want that read a format from its end, such as Parquet.

Every read blocks, so it belongs in a thread. The blobs must stay where they are meanwhile: hold a lease.
"""

from __future__ import annotations

import io
import os
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path
from typing import BinaryIO, cast

from stepfunctions.errors import StoreError


class SegmentFile(io.RawIOBase):
    """Files one after the other, read as one.

    Args:
        segments: the path and size of each.
    """

    def __init__(self, segments: Sequence[tuple[Path, int]]) -> None:
        self._paths = [path for path, size in segments if size]
        self._ends = list(accumulate(size for _, size in segments if size))
        self._size = self._ends[-1] if self._ends else 0
        self._at = 0
        self._open: tuple[int, BinaryIO] | None = None

    def buffered(self) -> BinaryIO:
        """Return the file with a buffer."""
        return cast(BinaryIO, io.BufferedReader(self))

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a position; return it."""
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        if start + offset < 0:
            raise ValueError(f"cannot seek to {start + offset}")
        self._at = start + offset
        return self._at

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill *buffer* up to the end of one segment at most; return how many bytes that were, 0 at the end.

        Raises:
            StoreError: a blob is shorter than its index says.
        """
        if self._at >= self._size or not buffer:
            return 0
        index = bisect_right(self._ends, self._at)
        begin = self._ends[index - 1] if index else 0
        file = self._segment(index)
        file.seek(self._at - begin)
        data = file.read(min(len(buffer), self._ends[index] - self._at))
        if not data:
            raise StoreError(f"{file.name} is shorter than its index says: it was changed by someone else")
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)

    def close(self) -> None:
        """Close the segment that is open."""
        if self._open is not None:
            self._open[1].close()
            self._open = None
        super().close()

    def _segment(self, index: int) -> BinaryIO:
        if self._open is None or self._open[0] != index:
            if self._open is not None:
                self._open[1].close()
            self._open = (index, self._paths[index].open("rb", buffering=0))
        return self._open[1]
