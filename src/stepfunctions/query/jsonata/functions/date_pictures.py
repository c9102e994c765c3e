"""Pictures of times such as ``[Y0001]-[M01]-[D01]``, analysed.

Source: XPath Functions 3.1, section 9.8.4; JSONata 2.0.6 where it differs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from stepfunctions.query.jsonata.errors import Fault
from stepfunctions.query.jsonata.functions.integers import DECIMAL, LOWER, TITLE, UPPER, IntegerPicture, analyse
from stepfunctions.query.jsonata.functions.memo import remembered

MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
DAYS: Final = ["", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]

_DEFAULTS: Final = {
    "Y": "1", "M": "1", "D": "1", "d": "1", "F": "n", "W": "1", "w": "1", "X": "1", "x": "1", "H": "1", "h": "1",
    "P": "n", "m": "01", "s": "01", "f": "1", "Z": "01:01", "z": "01:01", "C": "n", "E": "n",
}  # fmt: skip
_INTEGERS: Final = "YMDdFWwXxHhmsf"
_WIDTH: Final = re.compile(r"\s*([0-9]+)")


@dataclass(frozen=True, slots=True)
class Marker:
    """A marker such as ``[M01]``.

    Args:
        component: its letter.
        names: UPPER, LOWER or TITLE if it is written as a name; None if as a number.
        integer: how numbers are written.
        second: the second presentation modifier, such as ``t`` or ``o``.
        width_max: how long a name may be; None if as long as it is.
        year_digits: how many digits of the year are shown; -1 for all.
    """

    component: str
    names: str | None
    integer: IntegerPicture | None
    second: str
    width_max: int | None
    year_digits: int


@remembered
def analyse_times(picture: str) -> tuple[str | Marker, ...]:
    """Return literal texts and markers.

    Raises:
        Fault: D3132 or D3135, or one of the numbers' pictures.
    """
    parts: list[str | Marker] = []
    start = position = 0

    def literal(end: int) -> None:
        if end > start:
            parts.append(picture[start:end].replace("]]", "]"))

    while position < len(picture):
        if picture[position] != "[":
            position += 1
            continue
        literal(position)
        if picture.startswith("[[", position):
            parts.append("[")
            position += 2
        else:
            end = picture.find("]", position)
            if end < 0:
                raise Fault("D3135")
            parts.append(_marker("".join(picture[position + 1 : end].split())))
            position = end + 1
        start = position
    literal(position)
    return tuple(parts)


def _marker(text: str) -> Marker:
    component = text[:1]
    presentation, comma, width = text[1:].rpartition(",")
    if not comma:
        presentation, width = text[1:], ""
    width_min, width_max = _widths(width) if comma else (None, None)
    second = ""
    if len(presentation) > 1 and presentation[-1] in "atco":
        presentation, second = presentation[:-1], presentation[-1]
    if component not in _DEFAULTS:
        raise Fault("D3132", value=component)
    presentation = presentation or _DEFAULTS[component]
    marker = Marker(component, _names(presentation), None, second, width_max, -1)
    if marker.names is None and component and component in _INTEGERS:
        marker = _numbered(marker, presentation, width_min)
    if component in ("Z", "z"):
        marker = replace(marker, integer=analyse(presentation))
    return marker


def _names(presentation: str) -> str | None:
    if presentation[0] == "n":
        return LOWER
    if presentation[0] == "N":
        return TITLE if presentation[1:2] == "n" else UPPER
    return None


def _widths(text: str) -> tuple[int | None, int | None]:
    low, dash, high = text.partition("-")
    return _width(low), _width(high) if dash else None


def _width(text: str) -> int | None:
    match = _WIDTH.match(text)
    return None if match is None else min(int(match.group(1)[:4]), 100)


def _numbered(marker: Marker, presentation: str, width_min: int | None) -> Marker:
    integer = analyse(presentation + (f";{marker.second}" if marker.second else ""))
    if width_min is not None and integer.primary == DECIMAL and integer.mandatory < width_min:
        integer = replace(integer, mandatory=width_min)
    digits = -1
    if marker.component in "YMD":
        if marker.width_max is not None:
            digits = marker.width_max
            integer = replace(integer, mandatory=digits)
        elif integer.mandatory + integer.optional >= 2:
            digits = integer.mandatory + integer.optional
    return replace(marker, integer=replace(integer, width=max(digits, 0)), year_digits=digits)
