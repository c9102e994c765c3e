"""The head of an answer leaves together with its body."""

from __future__ import annotations

import asyncio

from stepfunctions.local.connection import JoiningTransport

HEAD = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n"


class Wire:
    """A transport that remembers."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.closed = False

    def write(self, data: bytes) -> None:
        self.written.append(data)

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed


async def test_a_head_and_its_body_are_one_write() -> None:
    wire = Wire()
    transport = JoiningTransport(wire)  # type: ignore[arg-type]
    transport.write(HEAD)
    transport.write(b"{}")
    transport.write(b"more")
    await asyncio.sleep(0)
    assert wire.written == [HEAD + b"{}", b"more"]


async def test_a_head_whose_body_comes_later_is_not_kept() -> None:
    wire = Wire()
    transport = JoiningTransport(wire)  # type: ignore[arg-type]
    transport.write(HEAD)
    await asyncio.sleep(0)
    assert wire.written == [HEAD]
    transport.write(b"{}")
    assert wire.written == [HEAD, b"{}"]


async def test_a_head_without_a_body_leaves_before_the_end() -> None:
    wire = Wire()
    transport = JoiningTransport(wire)  # type: ignore[arg-type]
    transport.write(HEAD)
    transport.close()
    assert (wire.written, transport.is_closing()) == ([HEAD], True)
