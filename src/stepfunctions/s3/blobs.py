"""Blob files: the bytes of objects, each in a file with a name of our own.

A blob is written once and never changed. It is visible only through the row that refers to it, so a half-written one
is never seen; ``s3_loose_blobs`` lists every file that no row refers to, and what is listed there when the store opens
is removed. Reading and writing go through a thread in large pieces, with digests computed on the way; a small blob is
handled at once, because the hop to the thread costs more than its I/O.

Deliberately absent: object names. A blob's name is a random number, so no object name can ever become a path.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from collections import Counter
from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    AsyncIterator,
    Callable,
    Collection,
    Iterable,
    Iterator,
    Sequence,
)
from contextlib import aclosing, contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final
from uuid import uuid4

from stepfunctions.errors import StoreError
from stepfunctions.s3.checksums import Hasher
from stepfunctions.s3.model import Digests, Segment
from stepfunctions.s3.segment_file import SegmentFile

PIECE_BYTES: Final = 512 * 1024
SMALL_BYTES: Final = 64 * 1024
LARGE_BYTES: Final = 32 * 1024 * 1024

Chunks = AsyncIterable[bytes] | bytes


class BlobFolder:
    """The blob files of one store.

    Args:
        folder: made if it does not exist.
        sync: wait for the disk before a blob counts as written (survives power loss).

    Raises:
        StoreError: the folder cannot be made.
    """

    def __init__(self, folder: Path, *, sync: bool) -> None:
        self._folder = folder
        self._sync = sync
        self._readers: Counter[str] = Counter()
        self._doomed: set[str] = set()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"cannot make the folder {folder}: {error}. Choose another folder with --data.") from error

    @staticmethod
    def new_name() -> str:
        """Return a name no blob has."""
        return uuid4().hex

    def path(self, name: str) -> Path:
        """Return where the blob lies. Its file must not be changed."""
        return self._folder / name[:2] / name

    async def write(self, name: str, chunks: Chunks, algorithms: Collection[str]) -> Digests:
        """Write a new blob and return the digests of its bytes.

        Raises:
            StoreError: the disk refuses. Whatever *chunks* raises passes through; the file is left to the caller.
        """
        hasher = Hasher(algorithms)
        with self._create(name) as file:
            if isinstance(chunks, bytes):
                chunks = _once(chunks)
            writing: asyncio.Future[None] | None = None
            async for piece in _pieces(chunks):
                if writing is not None:
                    await writing
                    writing = None
                if sum(map(len, piece)) <= SMALL_BYTES:
                    _write_piece(file, hasher, piece)
                else:
                    writing = _in_thread(_write_piece, file, hasher, piece)
            if writing is not None:
                await writing
            if self._sync:
                await _in_thread(_synchronise, file)
        return hasher.digests()

    async def write_file(self, name: str, source: Path, algorithms: Collection[str]) -> Digests:
        """Write a new blob with the bytes of a file that others may still change."""
        return await asyncio.to_thread(self._copy_in, name, source, algorithms)

    async def write_segments(self, name: str, segments: Sequence[Segment], algorithms: Collection[str]) -> Digests:
        """Write a new blob with the bytes of others."""
        with self.leased(segments):
            return await self.write(name, self.read(segments, 0, total_bytes(segments)), algorithms)

    def link(self, source: str, name: str) -> None:
        """Make the blob *name* with the bytes of *source*, at no cost: blobs never change."""
        self.path(name).parent.mkdir(exist_ok=True)
        os.link(self.path(source), self.path(name))

    async def copy_out(self, segments: Sequence[Segment], destination: Path) -> None:
        """Write the bytes of *segments* to a new file that shares nothing with the blobs."""
        with self.leased(segments):
            await asyncio.to_thread(self._copy_out, segments, destination)

    async def read(self, segments: Sequence[Segment], start: int, end: int) -> AsyncGenerator[bytes, None]:
        """Yield the bytes from *start* up to *end*, reading ahead by one piece. Hold a lease meanwhile."""
        for segment in segments:
            low, high = max(start, 0), min(end, segment.size_bytes)
            if low < high:
                async with aclosing(self._read_blob(segment.blob, low, high)) as pieces:
                    async for piece in pieces:
                        yield piece
            start -= segment.size_bytes
            end -= segment.size_bytes

    def file(self, segments: Sequence[Segment]) -> BinaryIO:
        """Return the bytes of *segments* as one seekable file. Hold a lease while it is open."""
        return SegmentFile([(self.path(segment.blob), segment.size_bytes) for segment in segments]).buffered()

    @contextmanager
    def leased(self, segments: Sequence[Segment]) -> Iterator[None]:
        """Keep the blobs on disk while the block runs, even if their object is replaced."""
        names = [segment.blob for segment in segments]
        self._readers.update(names)
        try:
            yield
        finally:
            for name in names:
                self._readers[name] -= 1
                if self._readers[name] <= 0:
                    del self._readers[name]
                    if name in self._doomed:
                        self._doomed.discard(name)
                        self._unlink(name)

    def remove(self, names: Iterable[str]) -> list[str]:
        """Remove blobs that nothing refers to; return those that are gone (others are being read, or removed still)."""
        gone = []
        for name in names:
            if self._readers.get(name):
                self._doomed.add(name)
            elif self._unlink(name):
                gone.append(name)
        return gone

    def _unlink(self, name: str) -> bool:
        """Remove a file; a large one in a thread, because the file system takes its time. Return whether it is gone."""
        path = self.path(name)
        try:
            if path.stat().st_size > LARGE_BYTES:
                _in_thread(path.unlink, True)
                return False
        except (FileNotFoundError, RuntimeError):
            pass  # never written, or no event loop that could be held up
        path.unlink(missing_ok=True)
        return True

    def _create(self, name: str) -> BinaryIO:
        path = self.path(name)
        try:
            path.parent.mkdir(exist_ok=True)
            return open(path, "xb", buffering=0)
        except OSError as error:
            raise StoreError(f"cannot write {path}: {error}") from error

    def _copy_in(self, name: str, source: Path, algorithms: Collection[str]) -> Digests:
        hasher = Hasher(algorithms)
        with open(source, "rb", buffering=0) as reader, self._create(name) as file:
            while piece := reader.read(PIECE_BYTES):
                _write_piece(file, hasher, [piece])
            if self._sync:
                _synchronise(file)
        return hasher.digests()

    def _copy_out(self, segments: Sequence[Segment], destination: Path) -> None:
        with open(destination, "xb") as target:
            for segment in segments:
                with open(self.path(segment.blob), "rb") as source:
                    shutil.copyfileobj(source, target, PIECE_BYTES)

    async def _read_blob(self, name: str, start: int, end: int) -> AsyncGenerator[bytes, None]:
        with open(self.path(name), "rb", buffering=0) as file:
            file.seek(start)
            if end - start <= SMALL_BYTES:
                yield _read_piece(file, name, end - start)
                return
            sizes = [min(PIECE_BYTES, end - at) for at in range(start, end, PIECE_BYTES)]
            ahead = _in_thread(_read_piece, file, name, sizes[0])
            try:
                for size in sizes[1:]:
                    piece = await ahead
                    ahead = _in_thread(_read_piece, file, name, size)
                    yield piece
                yield await ahead
            finally:
                await asyncio.wait([ahead])  # the thread must be done with the file before it is closed


def total_bytes(segments: Sequence[Segment]) -> int:
    """Return the size of an object that consists of *segments*."""
    return sum(segment.size_bytes for segment in segments)


def _in_thread(function: Callable[..., Any], *arguments: object) -> asyncio.Future[Any]:
    return asyncio.get_running_loop().run_in_executor(None, function, *arguments)


def _write_piece(file: BinaryIO, hasher: Hasher, piece: list[bytes]) -> None:
    for chunk in piece:
        hasher.update(chunk)
        view = memoryview(chunk)
        try:
            while view:
                view = view[file.write(view) :]
        except OSError as error:
            raise StoreError(f"cannot write {file.name}: {error}") from error


def _read_piece(file: BinaryIO, name: str, size_bytes: int) -> bytes:
    chunks = []
    while size_bytes > 0:
        chunk = file.read(size_bytes)
        if not chunk:
            raise StoreError(f"the blob {name} is shorter than its index says: {file.name} was changed by someone else")
        chunks.append(chunk)
        size_bytes -= len(chunk)
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def _synchronise(file: BinaryIO) -> None:
    os.fsync(file.fileno())
    folder = os.open(os.path.dirname(file.name), os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


async def _once(chunk: bytes) -> AsyncIterator[bytes]:
    yield chunk


async def _pieces(chunks: AsyncIterable[bytes]) -> AsyncIterator[list[bytes]]:
    """Yield the chunks in groups of PIECE_BYTES or more."""
    piece: list[bytes] = []
    size = 0
    async for chunk in chunks:
        piece.append(chunk)
        size += len(chunk)
        if size >= PIECE_BYTES:
            yield piece
            piece, size = [], 0
    if piece:
        yield piece
