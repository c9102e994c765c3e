"""The operators of filters, with Jayway's ideas of types.

A number and a string are equal if they read the same (``@.a == 42`` finds ``"42"``); ``<`` and its like compare
number with number and string with string only; a missing value equals nothing, not even another missing one.
"""

from __future__ import annotations

import operator as operators
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Final

from stepfunctions.values import ABSENT, Json

Operator = Callable[[Json, Json], bool]


def _is_number(value: Json) -> bool:
    return type(value) is int or type(value) is float


def _as_number(value: Json) -> Decimal | None:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def equal(left: Json, right: Json) -> bool:
    """Return whether Jayway takes two values for the same; ABSENT equals nothing."""
    if left is ABSENT or right is ABSENT:
        return False
    if _is_number(left) and type(right) is str:
        return _as_number(left) == _as_number(right)
    if type(left) is str and _is_number(right):
        return left == str(right)
    return same(left, right)


def same(left: Json, right: Json) -> bool:
    """Return whether two JSON values are equal, keeping true and 1 apart as Python does not."""
    if type(left) is list and type(right) is list:
        return len(left) == len(right) and all(map(same, left, right))
    if type(left) is dict and type(right) is dict:
        return left.keys() == right.keys() and all(same(value, right[name]) for name, value in left.items())
    if _is_number(left) and _is_number(right):
        return bool(left == right)
    return type(left) is type(right) and bool(left == right)


def _strictly_equal(left: Json, right: Json) -> bool:
    kinds_agree = type(left) is type(right) or (_is_number(left) and _is_number(right))
    return kinds_agree and equal(left, right)


def _ordered(compare: Operator) -> Operator:
    def ordered(left: Json, right: Json) -> bool:
        comparable = (_is_number(left) and _is_number(right)) or (type(left) is str and type(right) is str)
        return comparable and compare(left, right)

    return ordered


def _among(value: Json, array: Json) -> bool:
    return type(array) is list and any(equal(value, each) for each in array)


def _contains(left: Json, right: Json) -> bool:
    if type(left) is str and type(right) is str:
        return right in left
    return _among(right, left)


def _over_arrays(test: Callable[[list[Json], list[Json]], bool]) -> Operator:
    def over_arrays(left: Json, right: Json) -> bool:
        return type(left) is list and type(right) is list and test(left, right)

    return over_arrays


def _has_size(left: Json, right: Json) -> bool:
    if not _is_number(right):
        return False
    # The length of an object is -1 in Jayway: it has none.
    length = len(left) if type(left) is str or type(left) is list else -1
    return type(left) in (str, list, dict) and length == int(right)


def _is_empty(left: Json, right: Json) -> bool:
    return type(left) in (str, list, dict) and type(right) is bool and (len(left) == 0) is right


def matchable(value: Json) -> str:
    """Return the text of a value that a regular expression is held against."""
    if type(value) is bool:
        return "true" if value else "false"
    return str(value) if type(value) is str or _is_number(value) else ""


OPERATORS: Final[dict[str, Operator]] = {
    "==": equal,
    "!=": lambda left, right: not equal(left, right),
    "===": _strictly_equal,
    "!==": lambda left, right: not _strictly_equal(left, right),
    "<": _ordered(operators.lt),
    "<=": _ordered(operators.le),
    ">": _ordered(operators.gt),
    ">=": _ordered(operators.ge),
    "in": _among,
    "nin": lambda left, right: not _among(left, right),
    "contains": _contains,
    "subsetof": _over_arrays(lambda left, right: all(_among(each, right) for each in left)),
    "anyof": _over_arrays(lambda left, right: any(_among(each, right) for each in left)),
    "noneof": _over_arrays(lambda left, right: not any(_among(each, right) for each in left)),
    "all": _over_arrays(lambda left, right: all(_among(each, left) for each in right)),
    "size": _has_size,
    "empty": _is_empty,
}
"""By name, in lower case, but for ``=~``. Each takes two operands, ABSENT where a path had no target."""
