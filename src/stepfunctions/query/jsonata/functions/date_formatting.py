"""Times as text, by picture.

Source: XPath Functions 3.1, ``fn:format-dateTime``; JSONata 2.0.6 where it differs.
"""

from __future__ import annotations

from typing import Any, Final

from stepfunctions.query.jsonata.errors import Fault
from stepfunctions.query.jsonata.functions import integers
from stepfunctions.query.jsonata.functions.calendar import TIME_MAX, Moment, component, moment
from stepfunctions.query.jsonata.functions.date_pictures import DAYS, MONTHS, Marker, analyse_times
from stepfunctions.query.jsonata.functions.integers import LOWER, UPPER

_ISO: Final = "[Y0001]-[M01]-[D01]T[H01]:[m01]:[s01].[f001][Z01:01t]"
_INTEGERS: Final = "YMDdFWwXxHhms"
_MINUTES: Final = integers.analyse("00")


def format_time(millis: int, picture: str | None, offset: int) -> str:
    """Return *millis* since 1970 as *picture* asks; as ISO 8601 if it is None.

    Args:
        millis: the time.
        picture: such as ``[H01]:[m01]``.
        offset: of the time zone, as a number read ``+hhmm``.
    """
    hours, minutes = offset // 100, _signed_remainder(offset, 100)
    shifted = max(-TIME_MAX, min(TIME_MAX, millis + (60 * hours + minutes) * 60_000))
    time = moment(shifted)
    return "".join(
        part if isinstance(part, str) else _written(time, part, hours, minutes)
        for part in analyse_times(_ISO if picture is None else picture)
    )


def _signed_remainder(value: int, divisor: int) -> int:
    return value % divisor if value >= 0 else -(-value % divisor)


def _written(time: Moment, marker: Marker, hours: int, minutes: int) -> str:
    letter = marker.component
    if letter in ("Z", "z"):
        return _zone(marker, hours, minutes)
    value: Any = component(time, letter)
    if letter in _INTEGERS:
        return _integer(value, marker)
    if letter == "f":
        if marker.integer is None:
            raise Fault("D3133", value=letter)
        return integers.write(value, marker.integer)
    if letter == "P" and marker.names == UPPER:
        return str(value).upper()
    return str(value)


def _integer(value: Any, marker: Marker) -> str:
    if marker.component == "Y" and marker.year_digits != -1:
        value = _signed_remainder(value, 10**marker.year_digits)
    if marker.names is None:
        assert marker.integer is not None
        return integers.write(value, marker.integer)
    if marker.component in ("M", "x"):
        name: str = MONTHS[value - 1]
    elif marker.component == "F":
        name = DAYS[value]
    else:
        raise Fault("D3133", value=marker.component)
    name = {UPPER: name.upper(), LOWER: name.lower()}.get(marker.names, name)
    return name if marker.width_max is None else name[: marker.width_max]


def _zone(marker: Marker, hours: int, minutes: int) -> str:
    picture = marker.integer
    assert picture is not None
    offset = hours * 100 + minutes
    digits = picture.mandatory
    if picture.every or digits in (3, 4):
        text = integers.write(offset, picture)
    elif digits in (1, 2):
        text = integers.write(hours, picture)
        if minutes:
            text += ":" + integers.write(minutes, _MINUTES)
    else:
        raise Fault("D3134", value=digits)
    if offset >= 0:
        text = "+" + text
    if marker.component == "z":
        text = "GMT" + text
    return "Z" if offset == 0 and marker.second == "t" else text
