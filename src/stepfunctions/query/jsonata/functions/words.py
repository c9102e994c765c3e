"""Numbers in English words, Roman numerals and letters, and back.

Source: JSONata 2.0.6, ``$formatInteger`` and ``$parseInteger``; its limits are kept: trillions are the largest word.
"""

from __future__ import annotations

import math
import re
from typing import Any, Final

from stepfunctions.query.jsonata.values import NonFinite

_FEW: Final = (
    "Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve",
    "Thirteen", "Fourteen", "Fifteen", "Sixteen", "Seventeen", "Eighteen", "Nineteen",
)  # fmt: skip
_ORDINALS: Final = (
    "Zeroth", "First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth", "Ninth", "Tenth",
    "Eleventh", "Twelfth", "Thirteenth", "Fourteenth", "Fifteenth", "Sixteenth", "Seventeenth", "Eighteenth",
    "Nineteenth",
)  # fmt: skip
_DECADES: Final = ("Twenty", "Thirty", "Forty", "Fifty", "Sixty", "Seventy", "Eighty", "Ninety", "Hundred")
_MAGNITUDES: Final = ["Thousand", "Million", "Billion", "Trillion"]

_VALUES: Final[dict[str, float]] = {
    **{word.lower(): value for words in (_FEW, _ORDINALS) for value, word in enumerate(words)},
    **{word.lower(): (at + 2) * 10 for at, word in enumerate(_DECADES)},
    **{word.lower()[:-1] + "ieth": (at + 2) * 10 for at, word in enumerate(_DECADES)},
    "hundredth": 100,
    **{word.lower() + end: 1000 ** (at + 1) for at, word in enumerate(_MAGNITUDES) for end in ("", "th")},
}
WORD_PATTERN: Final = "(?:" + "|".join([*_VALUES, "and", "[\\-, ]"]) + ")+"
_SEPARATORS: Final = re.compile(r",\s|\sand\s|[\s\\-]")

_ROMAN: Final = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
    (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_ROMAN_VALUES: Final = {"M": 1000, "D": 500, "C": 100, "L": 50, "X": 10, "V": 5, "I": 1}


def words(value: float, ordinal: bool, before: bool = False) -> str:
    """Return a whole number that is not negative in words.

    Args:
        value: the number.
        ordinal: ``First`` rather than ``One``.
        before: it continues a larger number.
    """
    if value <= 19:
        return (" and " if before else "") + (_ORDINALS if ordinal else _FEW)[int(value)]
    if value < 100:
        tens, rest = divmod(int(value), 10)
        text = (" and " if before else "") + _DECADES[tens - 2]
        if rest:
            return text + "-" + words(rest, ordinal)
        return text[:-1] + "ieth" if ordinal else text
    if value < 1000:
        hundreds, rest = divmod(int(value), 100)
        text = (", " if before else "") + _FEW[hundreds] + " Hundred"
    else:
        magnitude = min(math.floor(math.log10(value) / 3), len(_MAGNITUDES))
        factor = 1000**magnitude
        # Doubles, as JavaScript computes: digits that they do not hold are not invented.
        mantissa = math.floor(float(value) / factor) if value < 10**300 else int(value) // factor
        rest = int(float(value) - float(mantissa) * factor) if value < 10**300 else 0
        text = (", " if before else "") + words(mantissa, False) + " " + _MAGNITUDES[magnitude - 1]
    if rest > 0:
        return text + words(rest, ordinal, True)
    return text + "th" if ordinal else text


def from_words(text: str) -> Any:
    """Return the number that lower-case words mean; NaN if one is not known."""
    parts: list[float] = [0]
    for word in _SEPARATORS.split(text):
        value = _VALUES.get(word)
        if value is None:
            return NonFinite(math.nan)
        if value < 100:
            top = parts.pop()
            if top >= 1000:
                parts.append(top)
                top = 0
            parts.append(top + value)
        else:
            parts.append(parts.pop() * value)
    return sum(parts)


def roman(value: float) -> str:
    """Return a number as lower-case Roman numerals."""
    text = []
    for number, numeral in _ROMAN:
        times, value = divmod(value, number)
        text.append(numeral * int(times))
    return "".join(text)


def from_roman(text: str) -> Any:
    """Return the number that upper-case Roman numerals mean; NaN if one is not known."""
    total, greatest = 0, 1
    for sign in reversed(text):
        value = _ROMAN_VALUES.get(sign)
        if value is None:
            return NonFinite(math.nan)
        if value < greatest:
            total -= value
        else:
            greatest = value
            total += value
    return total


def letters(value: float, first: str) -> str:
    """Return a number as a spreadsheet names columns."""
    text = ""
    rest = int(value)
    while rest > 0:
        text = chr((rest - 1) % 26 + ord(first)) + text
        rest = (rest - 1) // 26
    return text


def from_letters(text: str, first: str) -> Any:
    """Return the number of a spreadsheet's column."""
    return sum((ord(sign) - ord(first) + 1) * 26**place for place, sign in enumerate(reversed(text)))
