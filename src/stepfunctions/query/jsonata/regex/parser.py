"""Patterns of JavaScript's regular expressions as trees.

Characters are code points here and UTF-16 units in JavaScript: only characters beyond the basic plane show it.

Source: ECMA-262, "RegExp (Regular Expression) Objects", with annex B's leniency, without the flags u and v.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, TypeAlias

_LAST: Final = 0x10FFFF
_INFINITE: Final = -1
_DEPTH_MAX: Final = 50
_REPEAT_MAX: Final = 1000

Ranges: TypeAlias = tuple[tuple[int, int], ...]
"""Code points from and to, both included, in order and apart."""


@dataclass(frozen=True, slots=True)
class Characters:
    """One character out of a set."""

    ranges: Ranges


@dataclass(frozen=True, slots=True)
class Concatenation:
    """One after the other."""

    items: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class Alternation:
    """The first that leads to a match."""

    choices: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class Repetition:
    """From ``least`` to ``most`` times; without end if ``most`` is -1."""

    item: Pattern
    least: int
    most: int
    greedy: bool


@dataclass(frozen=True, slots=True)
class Group:
    """A capturing group, counted from 1."""

    item: Pattern
    index: int


@dataclass(frozen=True, slots=True)
class Assertion:
    """``^``, ``$``, ``b`` or ``B``."""

    kind: str


@dataclass(frozen=True, slots=True)
class Look:
    """Lookaround: ``=``, ``!``, ``<=`` or ``<!``."""

    kind: str
    item: Pattern


@dataclass(frozen=True, slots=True)
class Backreference:
    """What a group matched."""

    index: int


Pattern: TypeAlias = "Characters | Concatenation | Alternation | Repetition | Group | Assertion | Look | Backreference"


class PatternError(ValueError):
    """Not a regular expression."""


def union(*sets: Ranges) -> Ranges:
    """Return the characters that are in any of *sets*."""
    merged: list[tuple[int, int]] = []
    for low, high in sorted(each for ranges in sets for each in ranges):
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return tuple(merged)


def complement(ranges: Ranges) -> Ranges:
    """Return the characters that are not in *ranges*."""
    gaps, start = [], 0
    for low, high in ranges:
        if low > start:
            gaps.append((start, low - 1))
        start = high + 1
    return tuple([*gaps, (start, _LAST)] if start <= _LAST else gaps)


def both_cases(ranges: Ranges) -> Ranges:
    """Return *ranges* with the other case of every letter, as far as it is one character."""
    others: list[Ranges] = [ranges]
    if ranges and ranges[-1][1] < 128:
        for low, high in ranges:
            others += [_of(chr(code).swapcase()) for code in range(low, high + 1) if chr(code).isalpha()]
        return union(*others)
    for canonical, members in _case_groups().items():
        if any(_contains(ranges, code) for code in (canonical, *members)):
            others += [((code, code),) for code in (canonical, *members)]
    return union(*others)


def _contains(ranges: Ranges, code: int) -> bool:
    return any(low <= code <= high for low, high in ranges)


@lru_cache(1)
def _case_groups() -> dict[int, list[int]]:
    """Return the characters that share an upper case, by that; ASCII is never joined to what lies beyond."""
    groups: dict[int, list[int]] = {}
    for code in range(0x10000):
        upper = chr(code).upper()
        if len(upper) == 1 and ord(upper) != code and not (code >= 128 > ord(upper)):
            groups.setdefault(ord(upper), []).append(code)
    return groups


def _of(text: str) -> Ranges:
    return union(tuple((ord(sign), ord(sign)) for sign in text))


DIGITS: Final = ((48, 57),)
WORD: Final = union(DIGITS, ((65, 90), (95, 95), (97, 122)))
SPACE: Final = union(_of("\t\n\v\f\r \u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff"), ((0x2000, 0x200A),))
LINE_ENDS: Final = _of("\n\r\u2028\u2029")
ANY: Final = complement(LINE_ENDS)
_CLASSES: Final = {
    "d": DIGITS, "D": complement(DIGITS), "w": WORD, "W": complement(WORD), "s": SPACE, "S": complement(SPACE),
}  # fmt: skip
_CONTROLS: Final = {"t": 9, "n": 10, "v": 11, "f": 12, "r": 13}
_OCTAL: Final = frozenset("01234567")
_HEX: Final = frozenset("0123456789abcdefABCDEF")


@dataclass(slots=True)
class Parsed:
    """A pattern with the number of its capturing groups."""

    pattern: Pattern
    groups: int


def parse(text: str, flags: str) -> Parsed:
    """Return the tree of *text*; where case is ignored, every character stands for its other case as well.

    Raises:
        PatternError: it is no regular expression, or nested too deeply.
    """
    parser = _Parser(text, "i" in flags, "s" not in flags)
    pattern = parser.alternation(0)
    if parser.at < len(text):
        raise PatternError("Unmatched ')'")
    return Parsed(pattern, parser.groups)


@dataclass(slots=True)
class _Parser:
    text: str
    ignores_case: bool
    dot_ends_at_line: bool = True
    at: int = 0
    groups: int = 0
    names: dict[str, int] = field(default_factory=dict)
    closed: set[int] = field(default_factory=set)
    total: int = field(init=False)

    def __post_init__(self) -> None:
        self.total, self.names = _counted(self.text)

    def peek(self, length: int = 1) -> str:
        return self.text[self.at : self.at + length]

    def take(self, token: str) -> bool:
        if not self.text.startswith(token, self.at):
            return False
        self.at += len(token)
        return True

    def alternation(self, depth: int) -> Pattern:
        if depth > _DEPTH_MAX:
            raise PatternError("Nested too deeply")
        choices = [self.concatenation(depth)]
        while self.take("|"):
            choices.append(self.concatenation(depth))
        return choices[0] if len(choices) == 1 else Alternation(tuple(choices))

    def concatenation(self, depth: int) -> Pattern:
        items: list[Pattern] = []
        while self.at < len(self.text) and self.peek() not in "|)":
            items.append(self.quantified(self.term(depth)))
        return items[0] if len(items) == 1 else Concatenation(tuple(items))

    def term(self, depth: int) -> Pattern:
        sign = self.peek()
        self.at += 1
        if sign in "^$":
            return Assertion(sign)
        if sign == "(":
            return self.group(depth)
        if sign == "[":
            return Characters(self.char_class())
        if sign == ".":
            return Characters(ANY if self.dot_ends_at_line else ((0, _LAST),))
        if sign == "\\":
            return self.escape()
        if sign in "*+?" or (sign == "{" and self.bounds(self.at - 1) is not None):
            raise PatternError("Nothing to repeat")
        return self.characters(((ord(sign), ord(sign)),))

    def characters(self, ranges: Ranges) -> Pattern:
        return Characters(both_cases(ranges) if self.ignores_case else ranges)

    def group(self, depth: int) -> Pattern:
        item: Pattern
        for kind in ("?=", "?!", "?<=", "?<!"):
            if self.take(kind):
                item = Look(kind[1:], self.alternation(depth + 1))
                break
        else:
            if self.take("?:"):
                item = self.alternation(depth + 1)
            elif self.peek() == "?" and not self.take("?<"):
                raise PatternError("Invalid group")
            else:
                if self.text[self.at - 2 : self.at] == "?<":
                    self.at = self.text.find(">", self.at) + 1
                self.groups += 1
                index = self.groups
                item = Group(self.alternation(depth + 1), index)
        if not self.take(")"):
            raise PatternError("Unterminated group")
        if isinstance(item, Group):
            self.closed.add(item.index)
        return item

    def quantified(self, item: Pattern) -> Pattern:
        sign = self.peek()
        if sign and sign in "*+?":
            self.at += 1
            least, most = {"*": (0, _INFINITE), "+": (1, _INFINITE), "?": (0, 1)}[sign]
        else:
            bounds = self.bounds(self.at) if sign == "{" else None
            if bounds is None:
                return item
            least, most, self.at = bounds
            if most != _INFINITE and least > most:
                raise PatternError("numbers out of order in {} quantifier")
        if isinstance(item, Assertion) or (isinstance(item, Look) and "<" in item.kind):
            raise PatternError("Nothing to repeat")
        return Repetition(item, least, most, not self.take("?"))

    def bounds(self, at: int) -> tuple[int, int, int] | None:
        """Return the numbers of ``{2,3}`` and where it ends; None if it is only a brace."""
        end = self.text.find("}", at)
        low, comma, high = self.text[at + 1 : end].partition(",")
        if end < 0 or not _is_count(low) or (high and not _is_count(high)):
            return None
        least = int(low)
        most = least if not comma else int(high) if high else _INFINITE
        if max(least, most) > _REPEAT_MAX:
            raise PatternError("Repeated too often")
        return least, most, end + 1

    def escape(self) -> Pattern:
        sign = self.peek()
        if not sign:
            raise PatternError("\\ at end of pattern")
        if sign in "bB":
            self.at += 1
            return Assertion(sign)
        if sign in "123456789":
            digits = _digits(self.text, self.at)
            if int(digits) <= self.total:
                self.at += len(digits)
                return self.backreference(int(digits))
        if sign == "k" and self.names:
            end = self.text.find(">", self.at)
            name = self.text[self.at + 2 : end]
            if end < 0 or name not in self.names:
                raise PatternError("Invalid named reference")
            self.at = end + 1
            return self.backreference(self.names[name])
        ranges = self.class_escape()
        return Characters(ranges) if sign in _CLASSES else self.characters(ranges)

    def backreference(self, index: int) -> Pattern:
        # A group that has not ended yet has matched nothing, and nothing is what the reference matches.
        return Backreference(index) if index in self.closed else Concatenation(())

    def class_escape(self) -> Ranges:
        """Read what follows a backslash as a set of characters."""
        sign = self.peek()
        self.at += 1
        if sign in _CLASSES:
            return _CLASSES[sign]
        code = ord(sign)
        if sign in _CONTROLS:
            code = _CONTROLS[sign]
        elif sign in ("x", "u"):
            length = 2 if sign == "x" else 4
            digits = self.peek(length)
            if len(digits) == length and _HEX.issuperset(digits):
                self.at += length
                code = int(digits, 16)
        elif sign == "c":
            if self.peek().isascii() and self.peek().isalpha():
                code = ord(self.peek()) % 32
                self.at += 1
            else:
                # The backslash stands for itself, and the letter is read again.
                self.at -= 1
                code = ord("\\")
        elif sign in _OCTAL:
            return self.octal(sign)
        return ((code, code),)

    def octal(self, digits: str) -> Ranges:
        """Read the rest of up to three octal digits, 377 at most."""
        while len(digits) < (3 if digits[0] in "0123" else 2) and self.peek() and self.peek() in _OCTAL:
            digits += self.peek()
            self.at += 1
        code = int(digits, 8)
        return ((code, code),)

    def char_class(self) -> Ranges:
        negated = self.take("^")
        parts: list[Ranges] = []
        while not self.take("]"):
            if self.at >= len(self.text):
                raise PatternError("Unterminated character class")
            low = self.class_atom()
            if self.peek() == "-" and self.peek(2) not in ("-", "-]"):
                self.at += 1
                high = self.class_atom()
                if len(low) > 1 or len(high) > 1 or low[0][0] != low[0][1] or high[0][0] != high[0][1]:
                    parts += (low, high, _of("-"))
                    continue
                if low[0][0] > high[0][0]:
                    raise PatternError("Range out of order in character class")
                low = ((low[0][0], high[0][0]),)
            parts.append(low)
        ranges = both_cases(union(*parts)) if self.ignores_case else union(*parts)
        return complement(ranges) if negated else ranges

    def class_atom(self) -> Ranges:
        sign = self.peek()
        self.at += 1
        if sign != "\\":
            return ((ord(sign), ord(sign)),)
        if not self.peek():
            raise PatternError("\\ at end of pattern")
        if self.take("b"):
            return ((8, 8),)
        return self.class_escape()


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10


def _digits(text: str, at: int) -> str:
    end = at
    while end < len(text) and text[end] in "0123456789" and end - at < 3:
        end += 1
    return text[at:end]


def _counted(text: str) -> tuple[int, dict[str, int]]:
    """Return how many capturing groups there are, and the indexes of the named ones."""
    count, names, in_class, at = 0, {}, False, 0
    while at < len(text):
        sign = text[at]
        if sign == "\\":
            at += 1
        elif sign == "[":
            in_class = True
        elif sign == "]":
            in_class = False
        elif sign == "(" and not in_class:
            named = text.startswith("(?<", at) and text[at + 3 : at + 4] not in ("=", "!")
            if named:
                name, closed, _ = text[at + 3 :].partition(">")
                if not closed or not name.isidentifier() or name in names:
                    raise PatternError("Invalid capture group name")
                names[name] = count + 1
            count += named or not text.startswith("(?", at)
        at += 1
    return count, names
