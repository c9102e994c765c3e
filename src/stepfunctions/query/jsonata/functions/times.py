"""Times: ``$now``, ``$millis``, ``$fromMillis`` and ``$toMillis``.

Source: JSONata 2.0.6, "Date/Time functions"; ECMA-262, ``Date.parse``.
"""

from __future__ import annotations

import math
import re
from typing import Any, Final

from stepfunctions.query.jsonata.callables import Builtin
from stepfunctions.query.jsonata.errors import Fault
from stepfunctions.query.jsonata.functions import calendar, date_formatting, date_parsing
from stepfunctions.query.jsonata.functions.integers import parse_int
from stepfunctions.query.jsonata.runtime import Run
from stepfunctions.query.jsonata.values import UNDEFINED, NonFinite

_ACCEPTED: Final = re.compile(
    r"[0-9]{4}(-[01][0-9])*(-[0-3][0-9])*(T[0-2][0-9]:[0-5][0-9]:[0-5][0-9])*(\.[0-9]+)?([+-][0-2][0-9]:?[0-5][0-9]|Z)?"
)
_ISO: Final = re.compile(
    r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?"
    r"(?:T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?)?(?:([+-])([0-9]{2}):?([0-9]{2})|Z)?"
)


def now(run: Run, picture: Any, zone: Any) -> Any:
    """Return the time of this evaluation as text."""
    return from_millis(run.scope.now, picture, zone)


def millis(run: Run) -> Any:
    """Return the time of this evaluation in milliseconds since 1970."""
    return run.scope.now


def from_millis(instant: Any, picture: Any, zone: Any) -> Any:
    """Return a time in milliseconds as text."""
    if instant is UNDEFINED:
        return UNDEFINED
    offset = 0 if zone is UNDEFINED else parse_int(zone)
    if type(offset) is NonFinite:
        offset = 0
    return date_formatting.format_time(int(instant), None if picture is UNDEFINED else picture, int(offset))


def to_millis(run: Run, text: Any, picture: Any) -> Any:
    """Return a time written as text in milliseconds."""
    if text is UNDEFINED:
        return UNDEFINED
    if picture is not UNDEFINED:
        return date_parsing.parse_time(run, text, picture)
    if not _ACCEPTED.fullmatch(text):
        raise Fault("D3110", value=text)
    return _iso_millis(text)


def _iso_millis(text: str) -> Any:
    match = _ISO.fullmatch(text)
    if match is None:
        return NonFinite(math.nan)
    year, month, day, hour, minute, second = (None if each is None else int(each) for each in match.groups()[:6])
    fraction, sign, zone_hour, zone_minute = match.groups()[6:]
    if 0 in (month, day) or (month or 1) > 12 or (day or 1) > 31 or (hour or 0) > 24:
        return NonFinite(math.nan)
    if hour is None and sign is not None:
        return NonFinite(math.nan)
    instant = calendar.instant(
        year or 0, (month or 1) - 1, day or 1, hour or 0, minute or 0, second or 0, int(((fraction or "") + "000")[:3])
    )
    if sign is not None:
        offset = (int(zone_hour) * 60 + int(zone_minute)) * 60_000
        instant += offset if sign == "-" else -offset
    return instant


FUNCTIONS: Final = (
    Builtin("now", now, "<s?s?:s>", 2, needs_run=True, shift=0),
    Builtin("millis", millis, "<:n>", 0, needs_run=True),
    Builtin("fromMillis", from_millis, "<n-s?s?:s>", 3, shift=0),
    Builtin("toMillis", to_millis, "<s-s?:n>", 2, needs_run=True, shift=0),
)
