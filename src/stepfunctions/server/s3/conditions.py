"""Conditional requests and byte ranges.

Follows: RFC 9110, sections 13 and 14; Amazon S3 User Guide, "Conditional requests".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Final

from stepfunctions.s3.errors import InvalidRange, NoSuchKey, PreconditionFailed
from stepfunctions.s3.model import StoredObject
from stepfunctions.s3.objects import Condition
from stepfunctions.server.errors import AwsError
from stepfunctions.server.s3.call import Call
from stepfunctions.server.s3.errors import NotModified, not_implemented

_RANGE: Final = re.compile(r"bytes=(\d*)-(\d*)")


def check_read(call: Call, stored: StoredObject, headers: Mapping[str, str]) -> None:
    """Hold an object against the If-* headers of GET and HEAD.

    Raises:
        PreconditionFailed, NotModified.
    """
    given = call.request.headers
    if "if-match" in given:
        if not _matches(given["if-match"], stored.etag):
            raise PreconditionFailed("If-Match")
    elif _before(given.get("if-unmodified-since"), stored):
        raise PreconditionFailed("If-Unmodified-Since")
    if "if-none-match" in given:
        if _matches(given["if-none-match"], stored.etag):
            raise NotModified(headers)
    elif _not_after(given.get("if-modified-since"), stored):
        raise NotModified(headers)


def check_source(call: Call, source: StoredObject) -> None:
    """Hold the source of a copy against the x-amz-copy-source-if-* headers.

    Raises:
        PreconditionFailed.
    """
    prefix = "x-amz-copy-source-"
    match, none_match = call.header(f"{prefix}if-match"), call.header(f"{prefix}if-none-match")
    failed = {
        "if-match": match is not None and not _matches(match, source.etag),
        "if-none-match": none_match is not None and _matches(none_match, source.etag),
        "if-unmodified-since": match is None and _before(call.header(f"{prefix}if-unmodified-since"), source),
        "if-modified-since": none_match is None and _not_after(call.header(f"{prefix}if-modified-since"), source),
    }
    for name, is_so in failed.items():
        if is_so:
            raise PreconditionFailed(prefix + name)


def write_condition(call: Call) -> Condition | None:
    """Return what must hold of the present object for a write or delete to happen, None if anything goes.

    Raises:
        AwsError: NotImplemented, If-None-Match with anything but ``*``.
    """
    match, none_match = call.request.headers.get("if-match"), call.request.headers.get("if-none-match")
    if none_match is not None and none_match != "*":
        raise not_implemented("If-None-Match with an ETag")
    if match is None and none_match is None:
        return None

    def check(present: StoredObject | None) -> None:
        if none_match is not None and present is not None:
            raise PreconditionFailed("If-None-Match")
        if match is not None and present is None:
            raise NoSuchKey(call.bucket, call.key)
        if match is not None and present is not None and not _matches(match, present.etag):
            raise PreconditionFailed("If-Match")

    return check


def range_of(text: str | None, size_bytes: int) -> tuple[int, int] | None:
    """Return the (start, end) that a Range header asks for, end excluded; None for the whole object.

    A header that is not one plain byte range counts as absent.

    Raises:
        InvalidRange: no byte lies in it.
    """
    match = _RANGE.fullmatch(text.strip()) if text else None
    if text is None or match is None or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:
        start, end = max(size_bytes - int(last), 0), size_bytes
    else:
        start, end = int(first), min(int(last) + 1, size_bytes) if last else size_bytes
        if last and int(last) < start:
            return None
    if start >= end:
        raise InvalidRange(text, size_bytes)
    return start, end


def copy_range_of(text: str, size_bytes: int) -> tuple[int, int]:
    """Return the (start, end) of an x-amz-copy-source-range.

    Raises:
        AwsError: InvalidArgument, malformed or beyond the object.
    """
    match = re.fullmatch(r"bytes=(\d+)-(\d+)", text)
    if match is None:
        raise AwsError(
            "InvalidArgument",
            "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the "
            "zero-based offsets of the first and last bytes to copy",
            members={"ArgumentName": "x-amz-copy-source-range", "ArgumentValue": text},
        )
    start, end = int(match[1]), int(match[2]) + 1
    if start >= end or end > size_bytes:
        raise AwsError(
            "InvalidArgument",
            f"Range specified is not valid for source object of size: {size_bytes}",
            members={"ArgumentName": "x-amz-copy-source-range", "ArgumentValue": text},
        )
    return start, end


def _matches(header: str, etag: str) -> bool:
    wanted = [each.strip().removeprefix("W/").strip('"') for each in header.split(",")]
    return "*" in wanted or etag in wanted


def _seconds(header: str | None) -> float | None:
    if header is None:
        return None
    try:
        return parsedate_to_datetime(header).timestamp()
    except ValueError:
        return None  # RFC 9110: a date that cannot be read is ignored


def _before(header: str | None, stored: StoredObject) -> bool:
    """Return whether the object was modified after the date of the header."""
    seconds = _seconds(header)
    return seconds is not None and stored.modified_at // 1000 > seconds


def _not_after(header: str | None, stored: StoredObject) -> bool:
    """Return whether the object was not modified after the date of the header."""
    seconds = _seconds(header)
    return seconds is not None and stored.modified_at // 1000 <= seconds
