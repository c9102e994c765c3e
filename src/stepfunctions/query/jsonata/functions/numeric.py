"""Numeric and boolean functions.

Source: JSONata 2.0.6, "Numeric functions", "Numeric aggregation functions", "Boolean functions".
"""

from __future__ import annotations

import math
import re
from typing import Any, Final

from stepfunctions.query.jsonata.callables import INSTANT, Builtin
from stepfunctions.query.jsonata.errors import Fault
from stepfunctions.query.jsonata.functions.pictures import format_number
from stepfunctions.query.jsonata.functions.rounding import round_half_even
from stepfunctions.query.jsonata.numbers import js_text, number
from stepfunctions.query.jsonata.operations import double, truthy
from stepfunctions.query.jsonata.values import UNDEFINED, Function, NonFinite

_DECIMAL: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?([Ee][-+]?[0-9]+)?", re.ASCII)
_BASES: Final = {"x": (16, "0123456789abcdef"), "o": (8, "01234567"), "b": (2, "01")}
_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"


def to_number(value: Any) -> Any:
    """Return *value* cast to a number."""
    if value is UNDEFINED or type(value) in (int, float, NonFinite):
        return value
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, str):
        if _DECIMAL.fullmatch(value):
            result = number(double(float(value)))
            if result - result == 0:
                return result
        elif value[:1] == "0" and value[1:2].lower() in _BASES:
            base, digits = _BASES[value[1].lower()]
            if value[2:] and all(digit in digits for digit in value[2:].lower()):
                return number(double(int(value[2:], base)))
    raise Fault("D3030", value=value, index=1)


def absolute(value: Any) -> Any:
    """Return *value* without its sign."""
    return value if value is UNDEFINED else abs(value)


def floor(value: Any) -> Any:
    """Return *value* rounded down."""
    return value if value is UNDEFINED or type(value) is not float else number(float(math.floor(value)))


def ceil(value: Any) -> Any:
    """Return *value* rounded up."""
    return value if value is UNDEFINED or type(value) is not float else number(float(math.ceil(value)))


def round_(value: Any, places: Any) -> Any:
    """Return *value* rounded to *places*, halves to the even neighbour."""
    if value is UNDEFINED:
        return UNDEFINED
    return round_half_even(value, 0 if places is UNDEFINED else places)


def square_root(value: Any) -> Any:
    """Return the square root."""
    if value is UNDEFINED:
        return UNDEFINED
    if value < 0:
        raise Fault("D3060", value=value, index=1)
    return number(math.sqrt(value))


def power(base: Any, exponent: Any) -> Any:
    """Return *base* to the power of *exponent*."""
    if base is UNDEFINED:
        return UNDEFINED
    try:
        result = math.nan if exponent is UNDEFINED else math.pow(base, exponent)
    except (OverflowError, ValueError):
        result = math.inf
    if result - result != 0:
        raise Fault("D3061", value=base, exp=exponent, index=1)
    return number(result)


def format_base(value: Any, radix: Any) -> Any:
    """Return *value*, rounded, as written with the base *radix*."""
    if value is UNDEFINED:
        return UNDEFINED
    whole = round_half_even(value, 0)
    base = 10 if radix is UNDEFINED else round_half_even(radix, 0)
    if base < 2 or base > 36:
        raise Fault("D3100", value=base)
    if base == 10:
        return js_text(whole)
    digits, rest = "", abs(int(whole))
    while rest:
        rest, digit = divmod(rest, int(base))
        digits = _DIGITS[digit] + digits
    return ("-" if whole < 0 else "") + (digits or "0")


def total(values: Any) -> Any:
    """Return the sum."""
    if values is UNDEFINED:
        return UNDEFINED
    result: float = 0
    for value in values:
        result += value
    return number(float(result)) if type(result) is not int or abs(result) > 2**53 else result


def average(values: Any) -> Any:
    """Return the mean."""
    if values is UNDEFINED or not values:
        return UNDEFINED
    return number(double(total(values)) / len(values))


def maximum(values: Any) -> Any:
    """Return the greatest number."""
    return UNDEFINED if values is UNDEFINED or not values else max(values)


def minimum(values: Any) -> Any:
    """Return the least number."""
    return UNDEFINED if values is UNDEFINED or not values else min(values)


def boolean(value: Any) -> Any:
    """Return the effective boolean value."""
    if isinstance(value, Function):
        return False
    while isinstance(value, list) and len(value) == 1:
        value = value[0]
    return value if value is UNDEFINED else truthy(value)


def negate(value: Any) -> Any:
    """Return the contrary of the effective boolean value."""
    return UNDEFINED if value is UNDEFINED else not boolean(value)


def exists(value: Any) -> bool:
    """Return whether there is a value."""
    return value is not UNDEFINED


FUNCTIONS: Final = (
    Builtin("number", to_number, "<(nsb)-:n>", 1),
    Builtin("abs", absolute, "<n-:n>", 1, shift=INSTANT),
    Builtin("floor", floor, "<n-:n>", 1, shift=INSTANT),
    Builtin("ceil", ceil, "<n-:n>", 1, shift=INSTANT),
    Builtin("round", round_, "<n-n?:n>", 2, shift=INSTANT),
    Builtin("sqrt", square_root, "<n-:n>", 1, shift=INSTANT),
    Builtin("power", power, "<n-n:n>", 2, shift=INSTANT),
    Builtin("formatBase", format_base, "<n-n?:s>", 2, shift=INSTANT),
    Builtin("formatNumber", format_number, "<n-so?:s>", 3, shift=0),
    Builtin("sum", total, "<a<n>:n>", 1),
    Builtin("average", average, "<a<n>:n>", 1),
    Builtin("max", maximum, "<a<n>:n>", 1),
    Builtin("min", minimum, "<a<n>:n>", 1),
    Builtin("boolean", boolean, "<x-:b>", 1),
    Builtin("not", negate, "<x-:b>", 1),
    Builtin("exists", exists, "<x:b>", 1, shift=INSTANT),
)
