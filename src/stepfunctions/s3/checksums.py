"""Digests of object bytes: MD5 for ETags, and S3's five checksum algorithms, computed piece by piece.

CRC32, SHA1 and SHA256 are the standard library's. CRC32C and CRC64NVME are in ``crc.py``. Threads hash in parallel,
because hashlib and zlib let go of the interpreter while they work.

Follows: Amazon S3 User Guide, "Checking object integrity".
"""

from __future__ import annotations

import hashlib
import zlib
from base64 import b64decode, b64encode
from collections.abc import Collection, Sequence
from typing import Final, Protocol

from stepfunctions.s3.crc import CRC32, CRC32C, CRC64NVME, Polynomial
from stepfunctions.s3.model import Checksum, Digests

ALGORITHMS: Final = ("CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256")
FULL_OBJECT: Final = "FULL_OBJECT"
COMPOSITE: Final = "COMPOSITE"

_POLYNOMIALS: Final = {"CRC32": CRC32, "CRC32C": CRC32C, "CRC64NVME": CRC64NVME}


class _Digest(Protocol):
    def update(self, data: bytes, /) -> None: ...

    def digest(self) -> bytes: ...


class _ZlibCrc32:
    def __init__(self) -> None:
        self._value = 0

    def update(self, data: bytes, /) -> None:
        self._value = zlib.crc32(data, self._value)

    def digest(self) -> bytes:
        return self._value.to_bytes(4, "big")


class _PolynomialCrc:
    def __init__(self, polynomial: Polynomial) -> None:
        self._polynomial = polynomial
        self._value = 0

    def update(self, data: bytes, /) -> None:
        self._value = self._polynomial.update(self._value, data)

    def digest(self) -> bytes:
        return self._value.to_bytes(self._polynomial.width // 8, "big")


def new_digest(algorithm: str) -> _Digest:
    """Return an empty digest.

    Raises:
        KeyError: not one of ALGORITHMS.
    """
    if algorithm == "CRC32":
        return _ZlibCrc32()
    if algorithm in _POLYNOMIALS:
        return _PolynomialCrc(_POLYNOMIALS[algorithm])
    return hashlib.new({"SHA1": "sha1", "SHA256": "sha256"}[algorithm], usedforsecurity=False)


class Hasher:
    """MD5, the size and the named checksums of a stream of bytes."""

    def __init__(self, algorithms: Collection[str] = ()) -> None:
        self._size = 0
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._others = {algorithm: new_digest(algorithm) for algorithm in algorithms}

    def update(self, data: bytes) -> None:
        """Take the next bytes."""
        self._size += len(data)
        self._md5.update(data)
        for digest in self._others.values():
            digest.update(data)

    def digests(self) -> Digests:
        """Return what was computed."""
        values = {name: b64encode(digest.digest()).decode() for name, digest in self._others.items()}
        return Digests(self._size, self._md5.hexdigest(), values)


def multipart_etag(etags: Sequence[str]) -> str:
    """Return the ETag of a completed multipart upload: the MD5 of the parts' MD5s and their number."""
    joined = b"".join(bytes.fromhex(etag) for etag in etags)
    return f"{hashlib.md5(joined, usedforsecurity=False).hexdigest()}-{len(etags)}"


def multipart_checksum(algorithm: str, type_: str, parts: Sequence[tuple[str, int]]) -> Checksum:
    """Return the checksum of an object from those of its parts.

    Args:
        algorithm: one of ALGORITHMS.
        type_: COMPOSITE digests the digests; FULL_OBJECT is that of the whole bytes, for the CRCs only.
        parts: (base64 checksum, size in bytes) in order.

    Raises:
        KeyError: FULL_OBJECT of an algorithm that is not a CRC.
    """
    if type_ == COMPOSITE:
        digest = new_digest(algorithm)
        digest.update(b"".join(b64decode(value) for value, _ in parts))
        return Checksum(algorithm, f"{b64encode(digest.digest()).decode()}-{len(parts)}", COMPOSITE)
    polynomial = _POLYNOMIALS[algorithm]
    total = 0
    for value, size in parts:
        total = polynomial.combine(total, int.from_bytes(b64decode(value), "big"), size)
    return Checksum(algorithm, b64encode(total.to_bytes(polynomial.width // 8, "big")).decode(), FULL_OBJECT)
