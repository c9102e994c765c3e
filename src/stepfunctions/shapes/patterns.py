"""The models' regular expressions, which are Java's, as Python's.

Java's ``\\d``, ``\\w`` and ``\\s`` are ASCII, its ``\\p{...}`` classes are Unicode's categories, and a pattern may
spell an astral character as two surrogates. Constructs that no model uses (``&&``, ``\\Q``, possessive quantifiers)
are not translated; such a pattern, and one that Java itself would refuse, is not checked.

Source: java.util.regex.Pattern, "Summary of regular-expression constructs".
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterator
from functools import cache

_POSIX = {
    "ASCII": r"\x00-\x7F",
    "Alnum": r"a-zA-Z0-9",
    "Alpha": r"a-zA-Z",
    "Digit": r"0-9",
    "Lower": r"a-z",
    "Upper": r"A-Z",
    "Punct": r"!-/:-@\[-`{-~",
    "Graph": r"!-~",
    "Print": r" -~",
    "Blank": r" \t",
    "Cntrl": r"\x00-\x1F\x7F",
    "XDigit": r"0-9a-fA-F",
    "Space": r" \t\n\x0B\f\r",
}
_ASTRAL = r"\uD800\uDC00-\uDBFF\uDFFF"
_PROPERTY = re.compile(r"\\p\{(?:Is)?(\w+)\}")
_SET = re.compile(r"\[(?:\\.|[^\]\\])*\]", re.DOTALL)
_HYPHEN_AFTER_CLASS = re.compile(r"(\\[dws])-")
_QUANTIFIED_END = re.compile(r"\$(?=\{)")
_LAST_ASSIGNED = 0x323AF
"""The end of the last plane that holds letters; beyond it are only tags and private use."""


@cache
def compile_java(pattern: str) -> re.Pattern[str] | None:
    """Return *pattern* for Python, to be used with ``fullmatch``; None if it cannot be checked."""
    try:
        return re.compile(_translate(pattern), re.ASCII)
    except re.error:
        return None


def _translate(pattern: str) -> str:
    pattern = pattern.replace(_ASTRAL, r"\U00010000-\U0010FFFF")
    pattern = _QUANTIFIED_END.sub("(?:$)", pattern)
    pattern = _SET.sub(lambda match: _PROPERTY.sub(lambda name: _ranges(name[1]), match[0]), pattern)
    pattern = _SET.sub(lambda match: _HYPHEN_AFTER_CLASS.sub(r"\1\-", match[0]), pattern)
    return _PROPERTY.sub(lambda name: f"[{_ranges(name[1])}]", pattern)


def _ranges(name: str) -> str:
    known = _POSIX.get(name)
    return known if known is not None else _category_ranges()[name[0]]


@cache
def _category_ranges() -> dict[str, str]:
    """Return the inside of a character set for each of Unicode's major categories: 30 ms, when first needed."""
    found: dict[str, list[str]] = {}
    for category, first, last in _runs():
        found.setdefault(category, []).append(f"\\U{first:08X}-\\U{last:08X}")
    return {category: "".join(ranges) for category, ranges in found.items()}


def _runs() -> Iterator[tuple[str, int, int]]:
    current, first = unicodedata.category(chr(0))[0], 0
    for point in range(1, min(_LAST_ASSIGNED, sys.maxunicode) + 1):
        category = unicodedata.category(chr(point))[0]
        if category != current:
            yield current, first, point - 1
            current, first = category, point
    yield current, first, _LAST_ASSIGNED
