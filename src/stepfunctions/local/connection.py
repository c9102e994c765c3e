"""An HTTP connection on which the head of an answer leaves together with the beginning of its body.

uvicorn writes the two one after the other. If the process is killed in between, botocore takes the head alone for a
whole answer without members: it does not enforce Content-Length. In one write they arrive together or not at all, and
cost one system call.

Source: botocore's ``httpsession`` (``enforce_content_length=False``).
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_HEAD = b"HTTP/1.1 "


class Connection(HttpToolsProtocol):
    """uvicorn's connection, on a transport that joins a head to what follows it."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to serve a client."""
        super().connection_made(JoiningTransport(transport))  # type: ignore[arg-type]


class JoiningTransport:
    """Holds back the head of an answer until the next write, or until the event loop's turn ends.

    Args:
        transport: everything but heads goes to it as it comes.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._head = b""

    def write(self, data: bytes) -> None:
        """Write *data*, or hold it if it is a head."""
        if self._head:
            data, self._head = self._head + data, b""
        elif data.startswith(_HEAD):
            self._head = data
            asyncio.get_running_loop().call_soon(self._flush)
            return
        self._transport.write(data)

    def close(self) -> None:
        """Write what is held, and close."""
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        if self._head:
            head, self._head = self._head, b""
            self._transport.write(head)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)
