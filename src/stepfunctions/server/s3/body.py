"""The body of an S3 request: streamed, unwrapped from aws-chunked, and held against what was announced.

Three wrappings: plain, ``STREAMING-AWS4-HMAC-SHA256-PAYLOAD`` (each chunk signed; the signatures are not checked here)
and ``STREAMING-UNSIGNED-PAYLOAD-TRAILER`` (a checksum follows the last chunk).

Follows: Amazon S3 API Reference, "Signature calculations ... multiple chunks" and "... trailing headers"; User Guide,
"Checking object integrity".
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import AsyncIterator, Mapping
from typing import Final

from stepfunctions.s3.checksums import ALGORITHMS, Hasher
from stepfunctions.s3.model import Digests
from stepfunctions.server.asgi import Receive
from stepfunctions.server.errors import AwsError

_LINE_MAX_BYTES: Final = 16 * 1024
_HEADERS: Final = {f"x-amz-checksum-{algorithm.lower()}": algorithm for algorithm in ALGORITHMS}


class Body:
    """The body of one request; it can be read once."""

    def __init__(self, receive: Receive, headers: Mapping[str, str]) -> None:
        self._receive = receive
        self._headers = headers
        self._trailers: dict[str, str] = {}
        self._sha256 = headers.get("x-amz-content-sha256", "")
        self._started = False

    @property
    def is_withheld(self) -> bool:
        """Whether the client still waits to be told to send the body (``Expect: 100-continue``).

        Answered without having been told, it does not send it, and the connection cannot be used again.
        """
        return not self._started and self._headers.get("expect", "").lower() == "100-continue"

    @property
    def checksum_algorithm(self) -> str | None:
        """The algorithm whose value came, or will come in the trailer.

        Raises:
            AwsError: InvalidRequest, one was named and its value is nowhere, or there are several.
        """
        trailer = self._headers.get("x-amz-trailer", "").strip().lower()
        found = [algorithm for header, algorithm in _HEADERS.items() if header in self._headers or header == trailer]
        if len(found) > 1:
            raise _several_checksums()
        if found:
            return found[0]
        if "x-amz-sdk-checksum-algorithm" in self._headers:
            raise AwsError(
                "InvalidRequest",
                "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer "
                "headers were found.",
            )
        return None

    @property
    def algorithms(self) -> set[str]:
        """What verify() needs computed, besides MD5."""
        needed = {self.checksum_algorithm} - {None}
        if len(self._sha256) == 64:
            needed.add("SHA256")
        return {each for each in needed if each}

    def verify(self, digests: Digests) -> None:
        """Compare the bytes with what the headers and the trailer say.

        Raises:
            AwsError: BadDigest, InvalidDigest, InvalidRequest, XAmzContentSHA256Mismatch.
        """
        self._verify_trailer()
        self._verify_md5(digests)
        if len(self._sha256) == 64 and b64decode(digests.checksums["SHA256"]).hex() != self._sha256.lower():
            raise AwsError(
                "XAmzContentSHA256Mismatch",
                "The provided 'x-amz-content-sha256' header does not match what was computed.",
            )
        for header, algorithm in _HEADERS.items():
            announced = self._headers.get(header, self._trailers.get(header))
            if announced is not None:
                _compare(header, algorithm, announced, digests)

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield the bytes of the object.

        Raises:
            AwsError: IncompleteBody, or a malformed wrapping.
        """
        source = self._received()
        wrapped = self._sha256.startswith("STREAMING-") or "aws-chunked" in self._headers.get("content-encoding", "")
        size = 0
        async for chunk in _Unwrapper(source, self._trailers).chunks() if wrapped else source:
            size += len(chunk)
            yield chunk
        announced = self._headers.get("x-amz-decoded-content-length" if wrapped else "content-length")
        if announced is not None and announced != str(size):
            raise _incomplete()

    async def read(self, max_bytes: int) -> bytes:
        """Return a small body whole, verified.

        Raises:
            AwsError: MaxMessageLengthExceeded, or as chunks() and verify().
        """
        hasher = Hasher(self.algorithms)
        chunks, size = [], 0
        async for chunk in self.chunks():
            size += len(chunk)
            if size > max_bytes:
                raise AwsError("MaxMessageLengthExceeded", "Your request was too big.")
            hasher.update(chunk)
            chunks.append(chunk)
        self.verify(hasher.digests())
        return b"".join(chunks)

    async def _received(self) -> AsyncIterator[bytes]:
        more = self._started = True
        while more:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise _incomplete()
            chunk = message.get("body", b"")
            more = message.get("more_body", False)
            if chunk:
                yield chunk

    def _verify_trailer(self) -> None:
        announced = self._headers.get("x-amz-trailer", "")
        if any(name.strip().lower() not in self._trailers for name in announced.split(",") if name.strip()):
            raise AwsError(
                "MalformedTrailerError",
                "The request contained trailing data that was not well-formed or did not conform to our published "
                "schema.",
            )

    def _verify_md5(self, digests: Digests) -> None:
        announced = self._headers.get("content-md5")
        if announced is None:
            return
        try:
            expected = b64decode(announced, validate=True)
        except binascii.Error:
            expected = b""
        if len(expected) != 16:
            raise AwsError("InvalidDigest", "The Content-MD5 you specified was invalid.")
        if expected.hex() != digests.md5:
            raise AwsError("BadDigest", "The Content-MD5 you specified did not match what we received.")


class _Unwrapper:
    """Takes aws-chunked apart as it arrives.

    Shape: ``HEX[;chunk-signature=...]CRLF bytes CRLF ... 0[;chunk-signature=...]CRLF trailers CRLF``.
    """

    def __init__(self, source: AsyncIterator[bytes], trailers: dict[str, str]) -> None:
        self._source = source
        self._trailers = trailers
        self._buffer = b""

    async def chunks(self) -> AsyncIterator[bytes]:
        while size := _chunk_size(await self._line()):
            while size > 0:
                if not self._buffer:
                    self._buffer = await self._next()
                piece, self._buffer = self._buffer[:size], self._buffer[size:]
                size -= len(piece)
                yield piece
            if await self._line():
                raise _malformed_chunk()
        while line := await self._line(at_end=b""):
            name, _, value = line.partition(b":")
            self._trailers[name.decode("latin-1").strip().lower()] = value.decode("latin-1").strip()

    async def _line(self, at_end: bytes | None = None) -> bytes:
        while b"\r\n" not in self._buffer:
            if len(self._buffer) > _LINE_MAX_BYTES:
                raise _malformed_chunk()
            following = await anext(self._source, None)
            if following is None:
                if at_end is None:
                    raise _incomplete()
                return at_end
            self._buffer += following
        line, _, self._buffer = self._buffer.partition(b"\r\n")
        return line

    async def _next(self) -> bytes:
        following = await anext(self._source, None)
        if following is None:
            raise _incomplete()
        return following


def _chunk_size(line: bytes) -> int:
    try:
        return int(line.partition(b";")[0], 16)
    except ValueError:
        raise _malformed_chunk() from None


def _compare(header: str, algorithm: str, announced: str, digests: Digests) -> None:
    try:
        length = len(b64decode(announced, validate=True))
    except binascii.Error:
        length = -1
    computed = digests.checksums.get(algorithm)
    if computed is None:
        raise _several_checksums()  # the trailer has one that no header announced
    if length != len(b64decode(computed)):
        raise AwsError("InvalidRequest", f"Value for {header} header is invalid.")
    if announced != computed:
        raise AwsError("BadDigest", f"The {algorithm} you specified did not match the calculated checksum.")


def _several_checksums() -> AwsError:
    return AwsError(
        "InvalidRequest", "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed."
    )


def _incomplete() -> AwsError:
    return AwsError(
        "IncompleteBody", "You did not provide the number of bytes specified by the Content-Length HTTP header"
    )


def _malformed_chunk() -> AwsError:
    return AwsError("InvalidRequest", "The body is not a valid aws-chunked stream.")
