"""How S3 writes times, ETags and listed objects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Final
from urllib.parse import quote

from stepfunctions.s3.model import Checksum, Summary
from stepfunctions.server.request import Request
from stepfunctions.server.s3.xml import element
from stepfunctions.values import Instant

XML_TYPE: Final[Mapping[str, str]] = {"content-type": "application/xml"}


def http_date(instant: Instant) -> str:
    """Return an instant as a header shows it: ``Mon, 23 Nov 2026 20:28:08 GMT``."""
    return format_datetime(datetime.fromtimestamp(instant // 1000, UTC), usegmt=True)


def iso_date(instant: Instant) -> str:
    """Return an instant as a document shows it: ``2026-11-23T20:28:08.000Z``."""
    return f"{datetime.fromtimestamp(instant // 1000, UTC):%Y-%m-%dT%H:%M:%S}.000Z"


def quoted(etag: str) -> str:
    """Return an ETag as the wire has it."""
    return f'"{etag}"'


def url_encoded(key: str) -> str:
    """Return a key as ``encoding-type=url`` has it."""
    return quote(key, safe="/-_.~*")


def owner(request: Request, name: str = "Owner") -> str:
    """Return the element of the one account that owns everything."""
    return element(name, [element("ID", canonical_id(request.account))])


def canonical_id(account: str) -> str:
    """Return the canonical user id of an account: 64 hexadecimal digits, made up of its number."""
    return account.rjust(64, "0")


def contents(summary: Summary, key: str) -> Iterator[str]:
    """Yield the elements of one listed object, without its owner."""
    yield element("Key", key)
    yield element("LastModified", iso_date(summary.modified_at))
    yield element("ETag", quoted(summary.etag))
    if summary.checksum is not None:
        yield element("ChecksumAlgorithm", summary.checksum.algorithm)
        yield element("ChecksumType", summary.checksum.type)
    yield element("Size", summary.size_bytes)
    yield element("StorageClass", "STANDARD")


def checksum_elements(checksum: Checksum | None) -> Iterator[str]:
    """Yield ``ChecksumCRC32`` and ``ChecksumType``, nothing without a checksum."""
    if checksum is not None:
        yield element(f"Checksum{checksum.algorithm}", checksum.value)
        yield element("ChecksumType", checksum.type)


def checksum_headers(checksum: Checksum | None) -> Mapping[str, str]:
    """Return the headers that carry a checksum."""
    if checksum is None:
        return {}
    return {f"x-amz-checksum-{checksum.algorithm.lower()}": checksum.value, "x-amz-checksum-type": checksum.type}
