"""Matches of a regular expression, or of a function of the expression that acts as one, one after the other.

A matcher is called with a string and answers with an object ``{match, start, end, groups, next}`` or nothing; ``next``
is a function that answers likewise for the next match.

Source: JSONata 2.0.6, "String functions: user-defined matchers", ``$replace``.
"""

from __future__ import annotations

from typing import Any

from stepfunctions.query.jsonata.errors import Fault
from stepfunctions.query.jsonata.numbers import js_text
from stepfunctions.query.jsonata.operations import truthy
from stepfunctions.query.jsonata.runtime import Run
from stepfunctions.query.jsonata.values import UNDEFINED, Function, Object


class Match(Object):
    """A match as an object of the expression, which counts ``start`` and ``end`` in UTF-16 units, as JavaScript does.

    Attributes:
        low: where it starts, in characters.
        high: where it ends, in characters.
    """

    __slots__ = ("high", "low")

    low: int
    high: int

    def following(self, text: str, run: Run) -> Any:
        """Return the next match in *text*, or UNDEFINED."""
        return _checked(_call(self.get("next", UNDEFINED), [], run), text)


def in_one_unit(text: str) -> bool:
    """Return whether each character of *text* is one UTF-16 unit."""
    return text.isascii() or max(text) <= "\uffff"


def extra_units(text: str) -> int:
    """Return how many more UTF-16 units than characters *text* has."""
    return sum(sign > "\uffff" for sign in text)


def first_match(matcher: Any, text: str, run: Run) -> Any:
    """Return the first match of *matcher* in *text*, or UNDEFINED.

    Raises:
        Fault: T1010: the matcher is no matcher.
    """
    return _checked(_call(matcher, [text], run), text)


def _call(function: Any, arguments: list[Any], run: Run) -> Any:
    if not isinstance(function, Function):
        raise Fault("T1010")
    return function.call(arguments, None, run)


def _checked(found: Any, text: str) -> Any:
    if found is UNDEFINED or type(found) is Match:
        return found
    if not truthy(found):
        return UNDEFINED
    if not isinstance(found, dict) or not (
        isinstance(found.get("start"), (int, float))
        or isinstance(found.get("end"), (int, float))
        or isinstance(found.get("groups"), list)
        or isinstance(found.get("next"), Function)
    ):
        raise Fault("T1010")
    made = Match(found)
    made.low, made.high = (_in_characters(text, found.get(name, 0)) for name in ("start", "end"))
    return made


def _in_characters(text: str, units: Any) -> int:
    at = int(units) if isinstance(units, (int, float)) and units - units == 0 else 0
    if in_one_unit(text):
        return at
    characters = 0
    for sign in text:
        if at <= 0:
            break
        at -= 2 if sign > "\uffff" else 1
        characters += 1
    return characters


def replace_matches(run: Run, text: str, matcher: Any, replacement: Any, limit: Any) -> str:
    """Return *text* with up to *limit* matches replaced.

    Raises:
        Fault: D3012: the replacement is no string.
    """
    parts: list[str] = []
    position = count = size = 0
    found = first_match(matcher, text, run)
    while found is not UNDEFINED and (limit is UNDEFINED or count < limit):
        matched = str(found.get("match", ""))
        start = found.low
        if isinstance(replacement, str):
            new = substituted(replacement, matched, found.get("groups") or [])
        else:
            new = _call(replacement, [found], run)
            if not isinstance(new, str):
                raise Fault("D3012", value=new)
        parts += (text[position:start], new)
        size += len(new) + max(0, start - position)
        run.hold_text(size)
        position = start + len(matched)
        count += 1
        found = found.following(text, run)
    parts.append(text[position:])
    return "".join(parts)


def substituted(template: str, matched: str, groups: list[Any]) -> str:
    """Return *template* with ``$0``, ``$1``... replaced by what was matched, and ``$$`` by a dollar sign."""
    parts: list[str] = []
    position = 0
    while True:
        dollar = template.find("$", position)
        if dollar < 0 or position >= len(template):
            return "".join([*parts, template[position:]])
        parts.append(template[position:dollar])
        position = dollar + 1
        sign = template[position : position + 1]
        if sign == "$":
            parts.append("$")
            position += 1
        elif sign == "0":
            parts.append(matched)
            position += 1
        else:
            number, digits = _group_number(template, position, len(groups))
            if digits == 0:
                parts.append("$")
            elif 1 <= number <= len(groups) and isinstance(groups[number - 1], str):
                parts.append(groups[number - 1])
            position += digits


def _group_number(template: str, position: int, count: int) -> tuple[int, int]:
    """Return the group meant and how many characters it takes; none if no number stands there."""
    digits_max = len(js_text(count)) if count else 1
    for length in range(digits_max, 0, -1):
        digits = _leading_digits(template[position : position + length])
        if not digits:
            return 0, 0
        number = int(digits)
        if length > 1 and number > count and length == digits_max:
            continue
        return number, len(str(number))
    return 0, 0


def _leading_digits(text: str) -> str:
    count = 0
    while count < len(text) and text[count] in "0123456789":
        count += 1
    return text[:count]
