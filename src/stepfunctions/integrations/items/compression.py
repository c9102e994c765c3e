"""The bytes of an object, with GZIP or ZSTD undone on the way.

Which of them it is, its first bytes say: neither can begin a JSON document, nor UTF-8 text. AWS's examples have names
that end in ``.gz`` and ``.zstd``; whether another name would do there is not verified.

Follows: RFC 1952; AWS Developer Guide, "ItemReader (Map)", on external compression.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Any, Final, TypeVar

from stepfunctions.integrations.items.failures import Malformed
from stepfunctions.s3.objects import ObjectReader

PIECE_BYTES: Final = 256 * 1024
_GZIP: Final = b"\x1f\x8b"
_ZSTD: Final = b"\x28\xb5\x2f\xfd"
_GZIP_FORMAT: Final = 31

T = TypeVar("T")


async def plain_pieces(reader: ObjectReader) -> AsyncGenerator[bytes, None]:
    """Yield the bytes of an object, decompressed.

    Raises:
        Malformed: it is compressed and broken, or cannot be decompressed here.
    """
    start = b"".join([chunk async for chunk in reader.chunks(0, min(len(_ZSTD), reader.stored.size_bytes))])
    if start == _ZSTD:
        pieces = _zstd_pieces(reader)
    elif start.startswith(_GZIP):
        pieces = _gzip_pieces(reader)
    else:
        pieces = reader.chunks()
    async with aclosing(pieces):
        async for piece in pieces:
            yield piece


async def to_the_end(call: Callable[..., T], *arguments: Any) -> T:
    """Return what *call* returns in a thread. If the caller is cancelled, the thread still ends before this does."""
    running = asyncio.get_running_loop().run_in_executor(None, call, *arguments)
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait([running])
        raise


async def _gzip_pieces(reader: ObjectReader) -> AsyncGenerator[bytes, None]:
    inflater = zlib.decompressobj(_GZIP_FORMAT)
    async with aclosing(reader.chunks()) as chunks:
        async for data in chunks:
            while data:
                if inflater.eof:  # another member follows, or padding
                    data = data.lstrip(b"\0")
                    inflater = zlib.decompressobj(_GZIP_FORMAT) if data else inflater
                    continue
                try:
                    piece = inflater.decompress(data, PIECE_BYTES)
                except zlib.error as error:
                    raise Malformed(f"its GZIP data is broken: {error}") from None
                data = inflater.unused_data if inflater.eof else inflater.unconsumed_tail
                if piece:
                    yield piece
    rest = inflater.flush()
    if not inflater.eof:
        raise Malformed("its GZIP data ends too early")
    if rest:
        yield rest


async def _zstd_pieces(reader: ObjectReader) -> AsyncGenerator[bytes, None]:
    try:
        import pyarrow
    except ImportError:
        raise Malformed("it is compressed with ZSTD, which needs: pip install 'stepladder[parquet]'") from None
    with reader.file() as file, pyarrow.input_stream(file, compression="zstd") as stream:
        while True:
            try:
                piece = await to_the_end(stream.read, PIECE_BYTES)
            except OSError as error:
                raise Malformed(f"its ZSTD data is broken: {error}") from None
            if not piece:
                return
            yield piece
