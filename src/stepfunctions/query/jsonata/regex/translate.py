"""Patterns for Python's ``re``, and how much backtracking they can cause.

Source: ECMA-262; where Python's engine means something else by the same sign, the meaning is spelt out.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Final

from stepfunctions.query.jsonata.regex.parser import (
    Alternation,
    Assertion,
    Backreference,
    Characters,
    Concatenation,
    Group,
    Look,
    Parsed,
    Pattern,
    Ranges,
    Repetition,
    union,
)

_EVERYTHING: Final = ((0, 0x10FFFF),)
_LINE_END: Final = r"[\n\r\u2028\u2029]"
_WORD: Final = "[0-9A-Za-z_]"
_IN_A_ROW: Final = 1000
_IN_GROUPS: Final = 50
_EDGE: Final = f"(?:(?<!{_WORD})(?={_WORD})|(?<={_WORD})(?!{_WORD}))"


@dataclass(frozen=True, slots=True)
class _Next:
    """What may follow: the first characters, and whether the pattern may also simply end."""

    first: Ranges
    ends: bool


@dataclass(frozen=True, slots=True)
class Cost:
    """How many ways there are to try at one position, for a string of some length.

    Args:
        quantifiers: loops that may give back characters, each as long as the string.
        choices: the product of all other choices; infinite if loops are nested.
    """

    quantifiers: int = 0
    choices: float = 1

    def times(self, other: Cost) -> Cost:
        """Return the cost of both, one after the other."""
        return Cost(self.quantifiers + other.quantifiers, self.choices * other.choices)

    def repeated(self, optional: int, least: int) -> Cost:
        """Return the cost of *least* to *least* + *optional* times this."""
        times = least + optional
        if times * math.log(self.choices + 1) > 200:
            return Cost(0, math.inf)
        return Cost(self.quantifiers * times, self.choices**times * (optional + 1))

    def ways(self, length: int) -> float:
        """Return the number of ways for a string of *length*."""
        if math.isinf(self.choices):
            # Loops in loops: each character may end an inner one, an outer one, both or none.
            return 4.0 ** min(length, 500)
        if not self.quantifiers:
            return self.choices
        if self.quantifiers * math.log(length + 2) > 200:
            return math.inf
        return self.choices * float(length + 1) ** self.quantifiers


@dataclass(frozen=True, slots=True)
class Translated:
    """A compiled pattern with what it can cost.

    Args:
        compiled: for Python's engine.
        cost: the ways to try at one position.
        anchored: it can only match at the start.
        characters_per_step: how many characters that engine passes in a microsecond.
    """

    compiled: re.Pattern[str]
    cost: Cost
    anchored: bool
    characters_per_step: int


def translate(parsed: Parsed, flags: str) -> Translated:
    """Return *parsed* for Python's engine.

    Raises:
        re.error: it cannot do that (lookbehind of any length).
    """
    writer = _Writer("m" in flags, "i" in flags)
    source, cost = writer.write(parsed.pattern, _Next((), True))
    compiled = re.compile(source)
    anchored = "m" not in flags and _starts_anchored(parsed.pattern)
    return Translated(compiled, cost, anchored, _IN_GROUPS if writer.repeats_groups else _IN_A_ROW)


def _starts_anchored(pattern: Pattern) -> bool:
    if isinstance(pattern, Concatenation):
        return bool(pattern.items) and _starts_anchored(pattern.items[0])
    if isinstance(pattern, Alternation):
        return all(_starts_anchored(choice) for choice in pattern.choices)
    if isinstance(pattern, Group):
        return _starts_anchored(pattern.item)
    return isinstance(pattern, Assertion) and pattern.kind == "^"


class _Writer:
    def __init__(self, multiline: bool, ignores_case: bool) -> None:
        self._multiline = multiline
        self._ignores_case = ignores_case
        self.repeats_groups = False

    def write(self, pattern: Pattern, after: _Next) -> tuple[str, Cost]:
        """Return the source of *pattern* where *after* follows it, and its cost."""
        if isinstance(pattern, Characters):
            return _class(pattern.ranges), Cost()
        if isinstance(pattern, Concatenation):
            return self._concatenation(pattern, after)
        if isinstance(pattern, Alternation):
            written = [self.write(choice, after) for choice in pattern.choices]
            among = max if _are_apart(pattern.choices) else sum
            cost = Cost(max(each.quantifiers for _, each in written), among(each.choices for _, each in written))
            return "(?:" + "|".join(source for source, _ in written) + ")", cost
        if isinstance(pattern, Repetition):
            return self._repetition(pattern, after)
        if isinstance(pattern, Group):
            source, cost = self.write(pattern.item, after)
            return f"({source})", cost
        if isinstance(pattern, Assertion):
            return self._assertion(pattern.kind), Cost()
        if isinstance(pattern, Look):
            source, cost = self.write(pattern.item, _Next((), True))
            return f"(?{pattern.kind}{source})", cost
        case = "i" if self._ignores_case else ""
        return f"(?{case}:(?({pattern.index})\\{pattern.index}))", Cost()

    def _concatenation(self, pattern: Concatenation, after: _Next) -> tuple[str, Cost]:
        sources: list[str] = []
        cost = Cost()
        for item in reversed(pattern.items):
            source, each = self.write(item, after)
            sources.append(source)
            cost = cost.times(each)
            after = _before(item, after)
        return "(?:" + "".join(reversed(sources)) + ")" if len(sources) != 1 else sources[0], cost

    def _repetition(self, pattern: Repetition, after: _Next) -> tuple[str, Cost]:
        item, least, most = pattern.item, pattern.least, pattern.most
        simple = _is_single(item)
        if not isinstance(item, Characters):
            self.repeats_groups = True
        around = _before(item, after) if most not in (0, 1) else after
        source, cost = self.write(item, _Next(union(around.first, after.first), after.ends and least <= 1))
        counts = f"{{{least},{'' if most < 0 else most}}}"
        if cost != Cost():
            nested = Cost(0, math.inf) if most < 0 else cost.repeated(most - least, least)
            return f"(?:{source}){counts}{'' if pattern.greedy else '?'}", nested
        if least == most:
            return f"(?:{source}){counts}", Cost()
        if pattern.greedy and simple and (after.ends or self._apart(_first(item), after.first)):
            return f"(?:{source}){counts}+", Cost()
        lazy = "" if pattern.greedy else "?"
        if isinstance(item, Look):
            return f"(?:{source}){counts}{lazy}", Cost(0, 2)
        if not simple:
            return f"(?:{source}){counts}{lazy}", Cost(0, math.inf) if most < 0 else Cost(0, most - least + 1)
        return f"(?:{source}){counts}{lazy}", Cost(1) if most < 0 or most > 64 else Cost(0, most - least + 1)

    def _apart(self, one: Ranges, other: Ranges) -> bool:
        return not any(low <= high2 and low2 <= high for low, high in one for low2, high2 in other)

    def _assertion(self, kind: str) -> str:
        if kind == "^":
            return f"(?:^|(?<={_LINE_END}))" if self._multiline else r"\A"
        if kind == "$":
            return rf"(?:\Z|(?={_LINE_END}))" if self._multiline else r"\Z"
        return _EDGE if kind == "b" else f"(?!{_EDGE})"


def _class(ranges: Ranges) -> str:
    if not ranges:
        return "(?!)"
    if ranges == _EVERYTHING:
        return r"[\s\S]"
    return "[" + "".join(_code(low) if low == high else f"{_code(low)}-{_code(high)}" for low, high in ranges) + "]"


def _code(code: int) -> str:
    return chr(code) if 48 <= code <= 57 or 65 <= code <= 90 or 97 <= code <= 122 else f"\\U{code:08x}"


def _is_single(pattern: Pattern) -> bool:
    """Return whether *pattern* matches in no more than one way wherever it is tried."""
    if isinstance(pattern, Characters | Backreference):
        return True
    if isinstance(pattern, Group):
        return _is_single(pattern.item)
    if isinstance(pattern, Concatenation):
        return bool(pattern.items) and all(map(_is_single, pattern.items))
    return isinstance(pattern, Alternation) and all(map(_is_single, pattern.choices)) and _are_apart(pattern.choices)


def _are_apart(choices: tuple[Pattern, ...]) -> bool:
    """Return whether the next character tells which of *choices* it is."""
    befores = [_before(choice, _Next((), True)) for choice in choices]
    size = sum(high - low + 1 for each in befores for low, high in each.first)
    together = union(*(each.first for each in befores))
    return not any(each.ends for each in befores) and size == sum(high - low + 1 for low, high in together)


def _first(pattern: Pattern) -> Ranges:
    return _before(pattern, _Next((), False)).first


def _before(pattern: Pattern, after: _Next) -> _Next:
    """Return what may follow what stands before *pattern*, itself followed by *after*."""
    if isinstance(pattern, Characters):
        return _Next(pattern.ranges, False)
    if isinstance(pattern, Group):
        return _before(pattern.item, after)
    if isinstance(pattern, Concatenation):
        for item in reversed(pattern.items):
            after = _before(item, after)
        return after
    if isinstance(pattern, Alternation):
        befores = [_before(choice, after) for choice in pattern.choices]
        return _Next(union(*(each.first for each in befores)), any(each.ends for each in befores))
    if isinstance(pattern, Repetition):
        inner = _before(pattern.item, after)
        if pattern.least:
            return inner
        return _Next(union(inner.first, after.first), after.ends)
    # Anything may be asked of what follows.
    return _Next(_EVERYTHING, False)
