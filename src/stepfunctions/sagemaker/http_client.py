"""Requests to a model's process: HTTP/1.1 on the loopback interface, one connection each.

Just enough of HTTP to speak to any server a container may bring: bodies with a length, in chunks, or up to the end of
the connection. No redirects, no TLS, no proxies, no connection kept: on loopback a new one costs less than knowing
whether an old one still lives.

Source: RFC 9112.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

HOST = "127.0.0.1"
_LINE_MAX_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class Response:
    """An answer; header names are in lower case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


class NoAnswer(Exception):
    """The process hung up, or spoke no HTTP."""


class NotListening(NoAnswer):
    """Nobody took the connection: the request was not delivered, and may be tried again."""


async def fetch(
    port: int, method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes = b""
) -> Response:
    """Send a request and return the answer. Bound the time with ``asyncio.timeout``.

    Raises:
        NotListening: the connection was refused.
        NoAnswer: no whole answer came.
    """
    try:
        reader, writer = await asyncio.open_connection(HOST, port, limit=_LINE_MAX_BYTES)
    except OSError as error:
        raise NotListening(f"nobody listens on port {port}: {error}") from None
    try:
        writer.write(_head(port, method, path, headers or {}, len(body)) + body)
        await writer.drain()
        return await _read_response(reader)
    except (OSError, ValueError, EOFError) as error:
        raise NoAnswer(f"{method} {path} got no whole answer: {error or type(error).__name__}") from None
    finally:
        writer.close()


def _head(port: int, method: str, path: str, headers: Mapping[str, str], length: int) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", f"Host: {HOST}:{port}", "Connection: close"]
    if method != "GET":
        lines.append(f"Content-Length: {length}")
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


async def _read_response(reader: asyncio.StreamReader) -> Response:
    status = 100
    while 100 <= status < 200:  # interim answers, such as 100 Continue
        line = await reader.readuntil(b"\r\n")
        status = int(line.split(None, 2)[1])
        headers = await _read_headers(reader)
    return Response(status, headers, await _read_body(reader, status, headers))


async def _read_headers(reader: asyncio.StreamReader) -> dict[str, str]:
    headers: dict[str, str] = {}
    while (line := await reader.readuntil(b"\r\n")) != b"\r\n":
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.strip().lower()] = value.strip()
    return headers


async def _read_body(reader: asyncio.StreamReader, status: int, headers: Mapping[str, str]) -> bytes:
    if status in (204, 304):
        return b""
    if headers.get("transfer-encoding", "").lower().endswith("chunked"):
        return await _read_chunks(reader)
    if "content-length" in headers:
        return await reader.readexactly(int(headers["content-length"]))
    return await reader.read()


async def _read_chunks(reader: asyncio.StreamReader) -> bytes:
    chunks = []
    while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
        chunks.append(await reader.readexactly(size))
        await reader.readexactly(2)
    await _read_headers(reader)
    return b"".join(chunks)
