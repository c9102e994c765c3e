"""The comparison operators of JSONPath choice rules, as one table.

An operator is a function of the variable's value and the operand; a value of another type than the operator's never
compares, so it is false, not an error.

Source: States Language, "Choice Rules"; recordings of AWS. Strings compare by UTF-16 code unit, as Java's do.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, Final

from stepfunctions.query.timestamps import parse_timestamp
from stepfunctions.values import Json

Test = Callable[[Json, Json], bool]


def is_string(value: Json) -> bool:
    """Return whether *value* is a string."""
    return isinstance(value, str)


def is_number(value: Json) -> bool:
    """Return whether *value* is a number; true and false are none."""
    return type(value) is int or type(value) is float


def is_boolean(value: Json) -> bool:
    """Return whether *value* is true or false."""
    return isinstance(value, bool)


def is_timestamp(value: Json) -> bool:
    """Return whether *value* is a string in the States Language's profile of RFC 3339."""
    return isinstance(value, str) and parse_timestamp(value) is not None


def is_null(value: Json) -> bool:
    """Return whether *value* is null."""
    return value is None


def matches_pattern(value: str, pattern: str) -> bool:
    r"""Return whether *value* matches *pattern*, where ``*`` stands for any characters and ``\`` escapes it."""
    pieces = _pieces(pattern)
    if len(pieces) == 1:
        return value == pieces[0]
    first, *middle, last = pieces
    if len(value) < len(first) + len(last) or not (value.startswith(first) and value.endswith(last)):
        return False
    at, end = len(first), len(value) - len(last)
    for piece in middle:
        at = value.find(piece, at, end)
        if at < 0:
            return False
        at += len(piece)
    return True


def _pieces(pattern: str) -> list[str]:
    """Return the literal texts between the wildcards of *pattern*."""
    pieces, escaped = [""], False
    for character in pattern:
        if escaped or character not in "\\*":
            pieces[-1] += character
            escaped = False
        elif character == "*":
            pieces.append("")
        else:
            escaped = True
    return pieces


def _typed(has_type: Callable[[Json], bool], compare: Callable[[Any, Any], Any], key: Callable[[Any], Any]) -> Test:
    def test(value: Json, operand: Json) -> bool:
        return has_type(value) and has_type(operand) and bool(compare(key(value), key(operand)))

    return test


def _wanted(has_type: Callable[[Json], bool]) -> Test:
    return lambda value, operand: has_type(value) is operand


def _identity(value: Any) -> Any:
    return value


def _strings(compare: Callable[[Any, Any], bool]) -> Test:
    def test(value: Json, operand: Json) -> bool:
        if not (isinstance(value, str) and isinstance(operand, str)):
            return False
        if value.isascii() and operand.isascii():
            return compare(value, operand)
        return compare(value.encode("utf-16-be", "surrogatepass"), operand.encode("utf-16-be", "surrogatepass"))

    return test


_ORDERS: Final = {
    "Equals": operator.eq,
    "LessThan": operator.lt,
    "GreaterThan": operator.gt,
    "LessThanEquals": operator.le,
    "GreaterThanEquals": operator.ge,
}

OPERATORS: Final[dict[str, Test]] = {
    **{f"String{name}": _strings(order) for name, order in _ORDERS.items()},
    **{f"Timestamp{name}": _typed(is_timestamp, order, parse_timestamp) for name, order in _ORDERS.items()},
    **{f"Numeric{name}": _typed(is_number, order, _identity) for name, order in _ORDERS.items()},
    "BooleanEquals": _typed(is_boolean, operator.eq, _identity),
    "StringMatches": _typed(is_string, matches_pattern, _identity),
    "IsNull": _wanted(is_null),
    "IsNumeric": _wanted(is_number),
    "IsString": _wanted(is_string),
    "IsBoolean": _wanted(is_boolean),
    "IsTimestamp": _wanted(is_timestamp),
}
"""Every operator but IsPresent, which looks at the path and not at a value; without the ``Path`` forms."""
