"""Timestamps as Amazon States Language takes and writes them.

Takes the States Language's profile of RFC 3339: a capital ``T`` between date and time, seconds, and an offset or a
capital ``Z``. Everything else that ISO 8601 allows is refused, as AWS does. Precision is the millisecond.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from stepfunctions.values import Instant

_TIMESTAMP: Final = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:Z|([+-])(\d\d):([0-5]\d))", re.ASCII
)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
# Java's ZoneOffset reaches no further.
_OFFSET_MAX: Final = timedelta(hours=18)


def parse_timestamp(text: str) -> Instant | None:
    """Return the instant that *text* stands for, None if AWS would refuse it.

    Args:
        text: such as ``2016-08-18T17:33:00Z`` or ``2016-08-18T17:33:00.123+02:00``.

    Source:
        States Language, "Timestamps"; recordings of Wait and Choice. Up to nine digits of a second, as Java reads
        them; what lies below the millisecond is dropped.
    """
    match = _TIMESTAMP.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second = map(int, match.group(1, 2, 3, 4, 5, 6))
    offset = _offset(match)
    if offset is None:
        return None
    try:
        moment = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None
    return (moment - offset - _EPOCH) // _MILLISECOND + int(((match[7] or "") + "000")[:3])


def _offset(match: re.Match[str]) -> timedelta | None:
    sign, hours, minutes = match.group(8, 9, 10)
    if sign is None:
        return timedelta()
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    if offset > _OFFSET_MAX:
        return None
    return -offset if sign == "-" else offset


def format_instant(instant: Instant) -> str:
    """Return *instant* as AWS writes times in the context object: ``2026-11-23T02:16:21.5Z``, zeros trimmed."""
    seconds, milliseconds = divmod(instant, 1000)
    text = (_EPOCH + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S")
    fraction = f".{milliseconds:03d}".rstrip("0").rstrip(".")
    return f"{text}{fraction}Z"
