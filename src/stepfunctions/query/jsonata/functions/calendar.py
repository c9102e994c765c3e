"""The calendar: milliseconds since 1970 to dates and back, and the weeks of ISO 8601.

Source: ECMA-262, "Time Values and Time Range" (the proleptic Gregorian calendar, no leap seconds); XPath Functions
3.1 for weeks of months.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

DAY: Final = 86_400_000
WEEK: Final = 7 * DAY
TIME_MAX: Final = 100_000_000 * DAY
"""The furthest time either way, in milliseconds."""


def days(year: int, month: int, day: int) -> int:
    """Return the days from 1970-01-01; *month* counts from 0 and may leave the year."""
    year, month = year + month // 12, month % 12 + 1
    shifted = year - (month <= 2)
    era, year_of_era = divmod(shifted, 400)
    day_of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return era * 146_097 + year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year - 719_468


def instant(
    year: int, month: int = 0, day: int = 1, hour: int = 0, minute: int = 0, second: int = 0, milli: int = 0
) -> int:
    """Return milliseconds since 1970; *month* counts from 0."""
    return days(year, month, day) * DAY + ((hour * 60 + minute) * 60 + second) * 1000 + milli


def utc(year: int, month: int = 0, day: int = 1, *rest: int) -> int:
    """Return likewise what ``Date.UTC`` returns, which takes years below 100 for those of the last century."""
    return instant(1900 + year if 0 <= year <= 99 else year, month, day, *rest)


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment in its calendar; ``month`` counts from 0, ``weekday`` from 1 for Monday."""

    millis: int
    year: int
    month: int
    day: int
    weekday: int
    hour: int
    minute: int
    second: int
    milli: int


def moment(millis: int) -> Moment:
    """Return the moment *millis* after 1970."""
    day_number, rest = divmod(millis, DAY)
    era, day_of_era = divmod(day_number + 719_468, 146_097)
    year_of_era = (day_of_era - day_of_era // 1460 + day_of_era // 36_524 - day_of_era // 146_096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted = (5 * day_of_year + 2) // 153
    month = shifted + 2 if shifted < 10 else shifted - 10
    year = era * 400 + year_of_era + (month <= 1)
    day = day_of_year - (153 * shifted + 2) // 5 + 1
    seconds, milli = divmod(rest, 1000)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return Moment(millis, year, month, day, (day_number + 3) % 7 + 1, hour, minute, second, milli)


def _first_week(year: int, month: int) -> int:
    """Return when the first week (the one with the first Thursday) of a month, or of a year from month 0, starts."""
    first = utc(year + month // 12, month % 12)
    weekday = (first // DAY + 3) % 7 + 1
    return first + (8 - weekday) * DAY if weekday > 4 else first - (weekday - 1) * DAY


def _week(moment_: Moment, year: int, month: int, step: int, longest: int) -> int:
    today = utc(moment_.year, moment_.month, moment_.day)
    week = (today - _first_week(year, month)) // WEEK + 1
    if week > longest and today >= _first_week(year, month + step):
        return 1
    if week < 1:
        return (today - _first_week(year, month - step)) // WEEK + 1
    return week


def week_of_year(moment_: Moment) -> int:
    """Return the ISO week."""
    return _week(moment_, moment_.year, 0, 12, 52)


def week_of_month(moment_: Moment) -> int:
    """Return the week of the month, counted alike."""
    return _week(moment_, moment_.year, moment_.month, 1, 4)


def week_year(moment_: Moment) -> int:
    """Return the year that the ISO week belongs to."""
    if moment_.millis < _first_week(moment_.year, 0):
        return moment_.year - 1
    return moment_.year + int(moment_.millis >= _first_week(moment_.year, 12))


def week_month(moment_: Moment) -> int:
    """Return the month, from 1, that the week of the month belongs to."""
    if moment_.millis < _first_week(moment_.year, moment_.month):
        return (moment_.month - 1) % 12 + 1
    return (moment_.month + int(moment_.millis >= _first_week(moment_.year, moment_.month + 1))) % 12 + 1


def day_of_year(moment_: Moment) -> int:
    """Return the day, from 1."""
    return (utc(moment_.year, moment_.month, moment_.day) - utc(moment_.year)) // DAY + 1


def component(moment_: Moment, letter: str) -> Any:
    """Return what a letter of a date picture stands for."""
    return _COMPONENTS[letter](moment_)


_COMPONENTS: Final[dict[str, Any]] = {
    "Y": lambda moment_: moment_.year,
    "M": lambda moment_: moment_.month + 1,
    "D": lambda moment_: moment_.day,
    "d": day_of_year,
    "F": lambda moment_: moment_.weekday,
    "W": week_of_year,
    "w": week_of_month,
    "X": week_year,
    "x": week_month,
    "H": lambda moment_: moment_.hour,
    "h": lambda moment_: moment_.hour % 12 or 12,
    "P": lambda moment_: "pm" if moment_.hour >= 12 else "am",
    "m": lambda moment_: moment_.minute,
    "s": lambda moment_: moment_.second,
    "f": lambda moment_: moment_.milli,
    "Z": lambda moment_: "",
    "z": lambda moment_: "",
    "C": lambda moment_: "ISO",
    "E": lambda moment_: "ISO",
}
