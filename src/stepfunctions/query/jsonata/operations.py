"""What the operators do with two values of any type.

Source: JSONata 2.0.6.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any, Final

from stepfunctions.query.jsonata.errors import Fault
from stepfunctions.query.jsonata.numbers import SAFE, number
from stepfunctions.query.jsonata.runtime import Run
from stepfunctions.query.jsonata.stringify import stringify
from stepfunctions.query.jsonata.values import UNDEFINED, Array, Function, NonFinite, Object, Sequence

_NUMBERS: Final = (int, float)
_RANGE_MAX: Final = 10_000_000


def is_number(value: Any) -> bool:
    """Return whether *value* is a number.

    Raises:
        Fault: D1001: it is infinite.
    """
    kind = type(value)
    if kind is int or kind is float:
        return True
    if kind is NonFinite and value == value:
        raise Fault("D1001", value=value)
    return False


def _divide(a: float, b: float) -> float:
    if b == 0:
        return math.nan if a == 0 else math.copysign(math.inf, a) * math.copysign(1, b)
    return a / b


def _remainder(a: float, b: float) -> float:
    return math.nan if b == 0 else math.fmod(a, b)


_ARITHMETIC: Final[dict[str, Callable[[float, float], float]]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": _divide,
    "%": _remainder,
}


def double(value: float) -> float:
    """Return the double nearest to *value*."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def arithmetic(sign: str, a: Any, b: Any, position: int) -> Any:
    """Return ``a sign b``; UNDEFINED if either is.

    Raises:
        Fault: T2001, T2002 or D1001.
    """
    try:
        if a is not UNDEFINED and not is_number(a):
            raise Fault("T2001", value=a)
        if b is not UNDEFINED and not is_number(b):
            raise Fault("T2002", value=b)
    except Fault as fault:
        raise fault.operated(sign, position) from None
    if a is UNDEFINED or b is UNDEFINED:
        return UNDEFINED
    try:
        return number(_ARITHMETIC[sign](double(a), double(b)))
    except OverflowError:
        return NonFinite(math.inf)


def equal(a: Any, b: Any, run: Run) -> bool:
    """Return whether two values are equal in depth; a boolean never equals a number."""
    if a is b:
        return type(a) is not NonFinite
    kind = type(a)
    if kind is type(b) and (kind is str or kind is bool or kind is int):
        if kind is str and len(a) == len(b):
            run.spend(len(a) >> 10)
        return bool(a == b)
    if isinstance(a, list):
        if not isinstance(b, list) or len(a) != len(b):
            return False
        run.spend(1 + (len(a) >> 3))
        return all(equal(x, y, run) for x, y in zip(a, b, strict=True))
    if isinstance(a, dict):
        if not isinstance(b, dict) or len(a) != len(b):
            return False
        run.spend(1 + (len(a) >> 3))
        return all(name in b and equal(member, b[name], run) for name, member in a.items())
    if isinstance(a, _NUMBERS) and isinstance(b, _NUMBERS) and kind is not bool and type(b) is not bool:
        return double(a) == double(b)
    return False


_ORDERINGS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _ordered_type(value: Any) -> str | None:
    if isinstance(value, str):
        return "s"
    return "n" if isinstance(value, _NUMBERS) and type(value) is not bool else None


def sort_key(text: str) -> Any:
    """Return what JavaScript orders strings by: their UTF-16 code units."""
    return text if text.isascii() or max(text) < "\ud800" else text.encode("utf-16-be", "surrogatepass")


def text_less(a: str, b: str) -> bool:
    """Return whether *a* comes before *b* in JavaScript's order."""
    first, second = sort_key(a), sort_key(b)
    if type(first) is not type(second):
        return a.encode("utf-16-be", "surrogatepass") < b.encode("utf-16-be", "surrogatepass")
    return bool(first < second)


def compare(sign: str, a: Any, b: Any, position: int, run: Run) -> Any:
    """Return ``a sign b``; UNDEFINED if either is.

    Raises:
        Fault: T2009 or T2010.
    """
    a_type, b_type = _ordered_type(a), _ordered_type(b)
    if (a_type is None and a is not UNDEFINED) or (b_type is None and b is not UNDEFINED):
        raise Fault("T2010", value=a if a_type is None else b).operated(sign, position)
    if a is UNDEFINED or b is UNDEFINED:
        return UNDEFINED
    if a_type != b_type:
        raise Fault("T2009", value=a, value2=b).operated(sign, position)
    if a_type == "s":
        run.spend((len(a) + len(b)) >> 6)
        order = -1 if text_less(a, b) else int(a != b)
        return _ORDERINGS[sign](order, 0)
    return _ORDERINGS[sign](double(a), double(b))


def truthy(value: Any) -> bool:
    """Return the effective boolean value; nothing is false."""
    if isinstance(value, bool):
        return value
    if isinstance(value, list):
        return any(truthy(item) for item in value)
    if isinstance(value, (str, dict)):
        return bool(value)
    if isinstance(value, Function):
        return not value.opaque
    return is_number(value) and value != 0


def text(value: Any, run: Run) -> str:
    """Return *value* as the operator ``&`` joins it; nothing is empty."""
    if value is UNDEFINED:
        return ""
    made = stringify(value)
    run.hold_text(len(made))
    return made


def make_range(first: Any, last: Any, run: Run) -> Any:
    """Return the whole numbers from *first* to *last*; UNDEFINED if there are none.

    Raises:
        Fault: T2003, T2004, D2014, or too large.
    """
    if first is not UNDEFINED and not is_whole(first):
        raise Fault("T2003", value=first)
    if last is not UNDEFINED and not is_whole(last):
        raise Fault("T2004", value=last)
    if first is UNDEFINED or last is UNDEFINED or first > last:
        return UNDEFINED
    size = int(last) - int(first) + 1
    if size > _RANGE_MAX:
        raise Fault("D2014", value=size if size < SAFE else float(size))
    run.hold_items(size)
    return Sequence(range(int(first), int(last) + 1))


def is_whole(value: Any) -> bool:
    """Return whether *value* is a whole number."""
    return type(value) is int or (type(value) is float and value.is_integer())


def within(value: Any, values: Any, run: Run) -> bool:
    """Return whether *value* is one of *values*; objects and arrays are only themselves."""
    if value is UNDEFINED or values is UNDEFINED:
        return False
    if not isinstance(values, list):
        values = (values,)
    run.spend(len(values) >> 3)
    if isinstance(value, (list, dict, Function)):
        return any(each is value for each in values)
    return any(equal(value, each, run) for each in values if not isinstance(each, (list, dict, Function)))


def append(first: Any, second: Any, run: Run) -> Any:
    """Return both as one array; either is returned as it is where the other is nothing."""
    if first is UNDEFINED:
        return second
    if second is UNDEFINED:
        return first
    head = first if isinstance(first, list) else (first,)
    tail = second if isinstance(second, list) else (second,)
    run.hold_items(len(head) + len(tail))
    joined = Array(head)
    joined.extend(tail)
    return joined


def lookup(value: Any, name: str, run: Run) -> Any:
    """Return the member *name* of an object, or those of the objects in an array, as a raw sequence."""
    kind = type(value)
    if kind is dict or kind is Object:
        return value.get(name, UNDEFINED)
    if not isinstance(value, list):
        return value.get(name, UNDEFINED) if isinstance(value, dict) else UNDEFINED
    run.spend(len(value) >> 2)
    found = Sequence()
    for item in value:
        each = lookup(item, name, run)
        if each is UNDEFINED:
            continue
        if isinstance(each, list):
            found.extend(each)
        else:
            found.append(each)
    return found
