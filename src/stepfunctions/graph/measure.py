"""How wide text is, without a font: average advance widths of a sans-serif face, in thousandths of the font size.

Good to a few percent for Helvetica, Arial and Liberation Sans. The drawing pins Latin text to the measured length, so
that a wider fallback face still fits its box.

Source: the published metrics of Helvetica.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

_ASCII: Final = (
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,
    556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
    1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
    333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
    556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
)  # fmt: skip
"""Widths of U+0020 to U+007E."""

_WIDE: Final = 1000
_OTHER: Final = 640
_ELLIPSIS: Final = "…"
_BREAKS = re.compile(r"(?<=[\s_\-./:])(?=\S)|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def is_latin(text: str) -> bool:
    """Return whether every character's width is known rather than guessed."""
    return text.replace(_ELLIPSIS, "").isascii()


@lru_cache(8192)
def text_width(text: str, size: float) -> float:
    """Return the width of *text* in a sans-serif face of *size*."""
    return sum(map(_advance, text)) * size / 1000


def _advance(character: str) -> int:
    code = ord(character)
    if 32 <= code < 127:
        return _ASCII[code - 32]
    if unicodedata.combining(character):
        return 0
    return _WIDE if unicodedata.east_asian_width(character) in "WF" or code > 0xFFFF else _OTHER


def shorten(text: str, size: float, width: float) -> str:
    """Return *text*, cut with an ellipsis to fit *width*."""
    if text_width(text, size) <= width:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if text_width(text[:middle].rstrip() + _ELLIPSIS, size) <= width:
            low = middle
        else:
            high = middle - 1
    return text[:low].rstrip() + _ELLIPSIS


def wrap(text: str, size: float, width: float, lines_max: int) -> list[str]:
    """Return *text* in at most *lines_max* lines of *width*.

    Breaks are after spaces, punctuation and before a hump of CamelCase; a longer word is broken anywhere. What does not
    fit ends in an ellipsis.
    """
    lines: list[str] = []
    rest = " ".join(text.split())
    while rest and len(lines) < lines_max - 1 and text_width(rest, size) > width:
        cut = _cut(rest, size, width)
        lines.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*lines, shorten(rest, size, width)] if rest or not lines else lines


def _cut(text: str, size: float, width: float) -> int:
    fitting = 0
    for match in _BREAKS.finditer(text):
        if text_width(text[: match.start()].rstrip(), size) > width:
            break
        fitting = match.start()
    if fitting:
        return fitting
    count = 1
    while count < len(text) and text_width(text[: count + 1], size) <= width:
        count += 1
    return count
