"""Times from text, by picture.

What the picture leaves out above what it gives is taken from the present, what it leaves out below is zero.

Source: JSONata 2.0.6, ``$toMillis``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from stepfunctions.query.jsonata.errors import Fault
from stepfunctions.query.jsonata.functions import integers
from stepfunctions.query.jsonata.functions.calendar import DAY, TIME_MAX, component, moment, utc
from stepfunctions.query.jsonata.functions.date_pictures import DAYS, MONTHS, Marker, analyse_times
from stepfunctions.query.jsonata.functions.memo import remembered
from stepfunctions.query.jsonata.regex.matcher import Matcher
from stepfunctions.query.jsonata.runtime import Run
from stepfunctions.query.jsonata.values import UNDEFINED, NonFinite

_Reader = Callable[[str], Any]

_DATE_LETTERS: Final = "YXMxWwdD"
_TIME_LETTERS: Final = "PHhmsf"
_DATES: Final = {"YMD": 0b10100001, "Yd": 0b10000010, "XxwF": 0b01010100, "XWF": 0b01001000}
_TIMES: Final = {"Hmsf": 0b010111, "Phmsf": 0b101111}


def parse_time(run: Run, text: str, picture: str) -> Any:
    """Return the milliseconds since 1970 that *text* means; UNDEFINED if it does not fit the picture.

    Raises:
        Fault: D3136, or one of the picture's.
    """
    matcher, readers = _compiled(picture)
    match = matcher.search(text, 0, run, None)
    if match is UNDEFINED:
        return UNDEFINED
    found: dict[str, Any] = {}
    for (letter, read), value in zip(readers, match["groups"], strict=True):
        if read is not None:
            found[letter] = read(value)
    if not found:
        return UNDEFINED
    return _instant(found, run.scope.now)


@remembered
def _compiled(picture: str) -> tuple[Matcher, list[tuple[str, _Reader | None]]]:
    patterns: list[str] = []
    readers: list[tuple[str, _Reader | None]] = []
    for part in analyse_times(picture):
        if isinstance(part, str):
            patterns.append(re.escape(part))
            readers.append(("", None))
        else:
            pattern, read = _reader(part)
            patterns.append(pattern)
            readers.append((part.component, read))
    return Matcher("^" + "".join(f"({each})" for each in patterns) + "$", "i", 0), readers


def _reader(marker: Marker) -> tuple[str, _Reader]:
    if marker.component in ("Z", "z"):
        return _zone_reader(marker)
    picture = marker.integer
    if picture is not None:
        return integers.pattern(picture), lambda text: integers.read(text, picture)
    names = _names(marker)
    return "[a-zA-Z]+", lambda text: names.get(text, UNDEFINED)


def _names(marker: Marker) -> dict[str, int]:
    width = marker.width_max or None
    if marker.component in ("M", "x"):
        return {name[:width]: index + 1 for index, name in enumerate(MONTHS)}
    if marker.component == "F":
        return {name[:width]: index for index, name in enumerate(DAYS) if index}
    if marker.component == "P":
        return {"am": 0, "AM": 0, "pm": 1, "PM": 1}
    raise Fault("D3133", value=marker.component)


def _zone_reader(marker: Marker) -> tuple[str, _Reader]:
    picture = marker.integer
    assert picture is not None
    separator = picture.separators[0][1] if picture.every else ""
    pattern = "[-+][0-9]+" + (re.escape(separator) + "[0-9]+" if separator else "")

    def read(text: str) -> Any:
        digits = text[3:] if marker.component == "z" else text
        if separator:
            hours, _, minutes = digits.partition(separator)
        elif len(digits) <= 3:
            hours, minutes = digits, "0"
        else:
            hours, minutes = digits[:3], digits[3:]
        return integers.parse_int(hours) * 60 + integers.parse_int(minutes)

    return ("GMT" if marker.component == "z" else "") + pattern, read


def _mask(found: dict[str, Any], letters: str) -> int:
    mask = 0
    for letter in letters:
        value = found.get(letter, UNDEFINED)
        mask = mask << 1 | (value is not UNDEFINED and value == value and value != 0)
    return mask


def _fits(mask: int, kind: int) -> bool:
    return not (~kind & mask) and bool(kind & mask)


def _instant(found: dict[str, Any], now: int) -> Any:
    dates, times = _mask(found, _DATE_LETTERS), _mask(found, _TIME_LETTERS)
    by_day = not _fits(dates, _DATES["YMD"]) and _fits(dates, _DATES["Yd"])
    by_month_week = _fits(dates, _DATES["XxwF"])
    by_year_week = not by_month_week and _fits(dates, _DATES["XWF"])
    by_half_day = not _fits(times, _TIMES["Hmsf"]) and _fits(times, _TIMES["Phmsf"])
    # JSONata looks for the day of the month where the day of the year is meant; so it is always defaulted there.
    date_letters = "YD" if by_day else "XxwF" if by_month_week else "XWF" if by_year_week else "YMD"
    _complete(found, date_letters + ("Phmsf" if by_half_day else "Hmsf"), now)
    if by_month_week or by_year_week:
        raise Fault("D3136")
    month = found["M"] - 1 if found.get("M", 0) and found["M"] > 0 else 0
    day = found.get("D", 1)
    if by_day:
        derived = moment(utc(found["Y"]) + (found["d"] - 1) * DAY)
        month, day = derived.month, derived.day
    hour = found.get("H", 0)
    if by_half_day:
        hour = (0 if found["h"] == 12 else found["h"]) + (12 if found.get("P") == 1 else 0)
    parts = (found["Y"], month, day, hour, found["m"], found["s"], found["f"])
    if any(part is UNDEFINED or type(part) is NonFinite for part in parts):
        return NonFinite("nan")
    instant = utc(*(int(part) for part in parts))
    instant -= (found.get("Z") or found.get("z") or 0) * 60_000
    return instant if -TIME_MAX <= instant <= TIME_MAX else NonFinite("nan")


def _complete(found: dict[str, Any], letters: str, now: int) -> None:
    """Fill in what is missing of *letters*, which go from the most to the least significant."""
    started = ended = False
    for letter in letters:
        if found.get(letter, UNDEFINED) is UNDEFINED:
            ended = started
            found[letter] = (1 if letter in "MDd" else 0) if started else component(moment(now), letter)
        else:
            started = True
            if ended:
                raise Fault("D3136")
