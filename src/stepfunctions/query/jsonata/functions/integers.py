"""Whole numbers by picture: ``$formatInteger`` and ``$parseInteger``.

Source: XPath Functions 3.1, ``fn:format-integer``; JSONata 2.0.6 where it differs.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Any, Final

from stepfunctions.query.jsonata.callables import Builtin
from stepfunctions.query.jsonata.errors import Fault
from stepfunctions.query.jsonata.functions import words
from stepfunctions.query.jsonata.functions.memo import remembered
from stepfunctions.query.jsonata.numbers import js_text, number
from stepfunctions.query.jsonata.values import UNDEFINED, NonFinite

_ZEROS: Final = (
    0x30, 0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66, 0x0DE6,
    0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40,
    0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10,
)  # fmt: skip
_DIGITS: Final = {chr(zero + digit): zero for zero in _ZEROS for digit in range(10)}
_LEADING_INTEGER: Final = re.compile(r"\s*([-+]?[0-9]+)")
_SUFFIXES: Final = {"1": "st", "2": "nd", "3": "rd"}
_LONGEST: Final = 1000
_ROMAN_MAX: Final = 10**8

LETTERS: Final = "letters"
ROMAN: Final = "roman"
WORDS: Final = "words"
DECIMAL: Final = "decimal"
SEQUENCE: Final = "sequence"

UPPER: Final = "upper"
LOWER: Final = "lower"
TITLE: Final = "title"


@dataclass(frozen=True, slots=True)
class IntegerPicture:
    """An analysed picture.

    Args:
        primary: LETTERS, ROMAN, WORDS, DECIMAL or SEQUENCE.
        case: UPPER, LOWER or TITLE.
        ordinal: ``1st`` rather than ``1``.
        zero: the code of the digit zero.
        mandatory, optional: how many digits there must be, and may be.
        every: digits between regular separators; 0 if they are irregular or there are none.
        separators: position from the right and character, the rightmost first.
        token: what stands for a sequence.
        width: the exact number of digits in a date; 0 if any.
    """

    primary: str = DECIMAL
    case: str = LOWER
    ordinal: bool = False
    zero: int = 0x30
    mandatory: int = 0
    optional: int = 0
    every: int = 0
    separators: list[tuple[int, str]] = field(default_factory=list)
    token: str = ""
    width: int = 0


_NAMED: Final = {
    "A": IntegerPicture(LETTERS, UPPER),
    "a": IntegerPicture(LETTERS),
    "I": IntegerPicture(ROMAN, UPPER),
    "i": IntegerPicture(ROMAN),
    "W": IntegerPicture(WORDS, UPPER),
    "Ww": IntegerPicture(WORDS, TITLE),
    "w": IntegerPicture(WORDS),
}


@remembered
def analyse(picture: str) -> IntegerPicture:
    """Return what *picture* asks for.

    Raises:
        Fault: D3131: digits of different scripts.
    """
    primary, semicolon, modifier = picture.rpartition(";")
    if not semicolon:
        primary, modifier = picture, ""
    ordinal = modifier.startswith("o")
    if primary in _NAMED:
        return replace(_NAMED[primary], ordinal=ordinal)
    zero: int | None = None
    mandatory = optional = 0
    separators: list[tuple[int, str]] = []
    for sign in reversed(primary):
        group = _DIGITS.get(sign)
        if group is not None:
            mandatory += 1
            if zero not in (None, group):
                raise Fault("D3131")
            zero = group
        elif sign == "#":
            optional += 1
        else:
            separators.append((mandatory + optional, sign))
    if zero is None:
        return IntegerPicture(SEQUENCE, ordinal=ordinal, token=primary)
    every = _regular(separators)
    return IntegerPicture(DECIMAL, LOWER, ordinal, zero, mandatory, optional, every, separators)


def _regular(separators: list[tuple[int, str]]) -> int:
    if not separators or len({sign for _, sign in separators}) > 1:
        return 0
    return regular_interval([position for position, _ in separators])


def regular_interval(positions: list[int]) -> int:
    """Return the interval between *positions* that are all its multiples from the first on; 0 if there is none."""
    if not positions:
        return 0
    factor = reduce(math.gcd, positions)
    return factor if all(index * factor in positions for index in range(1, len(positions) + 1)) else 0


def write(value: float, picture: IntegerPicture) -> str:
    """Return a whole number as *picture* asks.

    Raises:
        Fault: D3130: as a sequence.
    """
    return ("-" if value < 0 else "") + _WRITERS[picture.primary](abs(value), picture)


def _letters(value: float, picture: IntegerPicture) -> str:
    return words.letters(value, "A" if picture.case == UPPER else "a")


def _roman(value: float, picture: IntegerPicture) -> str:
    if value > _ROMAN_MAX:
        raise Fault("D3201", functionName="$formatInteger", value=value)
    text = words.roman(value)
    return text.upper() if picture.case == UPPER else text


def _words(value: float, picture: IntegerPicture) -> str:
    text = words.words(value, picture.ordinal)
    return {UPPER: text.upper(), LOWER: text.lower()}.get(picture.case, text)


def _decimal(value: float, picture: IntegerPicture) -> str:
    text = js_text(value).rjust(min(picture.mandatory, _LONGEST), "0")
    if picture.zero != 0x30:
        text = "".join(chr(ord(digit) + picture.zero - 0x30) for digit in text)
    if picture.every:
        sign = picture.separators[0][1]
        for index in range((len(text) - 1) // picture.every, 0, -1):
            text = _inserted(text, len(text) - index * picture.every, sign)
    else:
        for position, sign in reversed(picture.separators):
            text = _inserted(text, len(text) - position, sign)
    if picture.ordinal:
        teens = len(text) > 1 and text[-2] == "1"
        text += "th" if teens else _SUFFIXES.get(text[-1], "th")
    return text


def _inserted(text: str, position: int, sign: str) -> str:
    # A position before the start counts from the end, as with JavaScript's substr.
    head = text[:position] if position > 0 else ""
    return head + sign + text[position:]


def _sequence(value: float, picture: IntegerPicture) -> str:
    raise Fault("D3130", value=picture.token)


_WRITERS: Final[dict[str, Callable[[float, IntegerPicture], str]]] = {
    LETTERS: _letters,
    ROMAN: _roman,
    WORDS: _words,
    DECIMAL: _decimal,
    SEQUENCE: _sequence,
}


def pattern(picture: IntegerPicture) -> str:
    """Return a regular expression for the numbers that *picture* describes."""
    upper = picture.case == UPPER
    if picture.primary == LETTERS:
        return "[A-Z]+" if upper else "[a-z]+"
    if picture.primary == ROMAN:
        return "[MDCLXVI]+" if upper else "[mdclxvi]+"
    if picture.primary == WORDS:
        return words.WORD_PATTERN
    if picture.primary == SEQUENCE:
        raise Fault("D3130", value=picture.token)
    times = "+"
    if picture.width > 0:
        low = max(0, picture.width - picture.optional)
        times = f"{{{picture.width}}}" if picture.optional == 0 else f"{{{low},{picture.width}}}"
    return f"[0-9]{times}" + ("(?:th|st|nd|rd)" if picture.ordinal else "")


def read(text: str, picture: IntegerPicture) -> Any:
    """Return the number that *text*, written by *picture*, means; NaN if it is none."""
    upper = picture.case == UPPER
    if picture.primary == LETTERS:
        return number(float(words.from_letters(text[:200], "A" if upper else "a")))
    if picture.primary == ROMAN:
        return words.from_roman(text if upper else text.upper())
    if picture.primary == WORDS:
        return words.from_words(text.lower())
    if picture.primary == SEQUENCE:
        raise Fault("D3130", value=picture.token)
    digits = text[:-2] if picture.ordinal else text
    for sign in {","} if picture.every else {sign for _, sign in picture.separators}:
        digits = digits.replace(sign, "")
    if picture.zero != 0x30:
        digits = "".join(chr(max(0, ord(sign) - picture.zero + 0x30)) for sign in digits)
    return parse_int(digits)


def parse_int(text: str) -> Any:
    """Return what JavaScript's ``parseInt`` returns."""
    match = _LEADING_INTEGER.match(text)
    if match is None or len(match.group()) > _LONGEST:
        return NonFinite(math.nan)
    return number(float(match.group(1)))


def format_integer(value: Any, picture: Any) -> Any:
    """Return *value*, rounded down, as *picture* asks."""
    if value is UNDEFINED or picture is UNDEFINED:
        return UNDEFINED
    return write(number(float(math.floor(value))), analyse(picture))


def parse_integer(text: Any, picture: Any) -> Any:
    """Return the whole number that *text*, written by *picture*, means."""
    if text is UNDEFINED or picture is UNDEFINED:
        return UNDEFINED
    return read(text, analyse(picture))


FUNCTIONS: Final = (
    Builtin("formatInteger", format_integer, "<n-s:s>", 2, shift=0),
    Builtin("parseInteger", parse_integer, "<s-s:n>", 2, shift=0),
)
