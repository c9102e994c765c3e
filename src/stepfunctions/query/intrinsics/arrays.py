"""The functions on arrays.

Source: AWS Developer Guide, "Intrinsics for arrays"; recordings.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Final

from stepfunctions.query.intrinsics.arguments import InvalidArguments, array, integer
from stepfunctions.query.jsonpath.comparison import same
from stepfunctions.query.scope import Scope
from stepfunctions.values import Json

RANGE_MAX: Final = 1000
"""Elements that States.ArrayRange makes at most."""


def make_array(scope: Scope, *elements: Json) -> Json:
    """``States.Array(a, b, ...)``: the arguments as an array."""
    return list(elements)


def partition(scope: Scope, values: Json, size: Json) -> Json:
    """``States.ArrayPartition(array, size)``: chunks of *size*; the last may be shorter."""
    elements, chunk = array(values), integer(size)
    if chunk <= 0:
        raise InvalidArguments("the chunk size must be a positive integer")
    return [elements[start : start + chunk] for start in range(0, len(elements), chunk)]


def contains(scope: Scope, values: Json, wanted: Json) -> Json:
    """``States.ArrayContains(array, value)``: whether an element equals the value."""
    return any(same(element, wanted) for element in array(values))


def make_range(scope: Scope, first: Json, last: Json, step: Json) -> Json:
    """``States.ArrayRange(first, last, step)``: the numbers from first to last, both included."""
    start, stop, by = integer(first), integer(last), integer(step)
    if by == 0:
        raise InvalidArguments("the step must not be 0")
    numbers = range(start, stop + (1 if by > 0 else -1), by)
    # len() of a range beyond the machine's word overflows.
    if numbers and abs(stop - start) // abs(by) >= RANGE_MAX:
        raise InvalidArguments(f"the array would have more than {RANGE_MAX} elements")
    return list(numbers)


def get_item(scope: Scope, values: Json, index: Json) -> Json:
    """``States.ArrayGetItem(array, index)``: the element at the index, from 0."""
    elements, position = array(values), integer(index)
    if not 0 <= position < len(elements):
        raise InvalidArguments(f"the index {position} is out of range for an array of {len(elements)} elements")
    return elements[position]


def length(scope: Scope, values: Json) -> Json:
    """``States.ArrayLength(array)``: the number of elements."""
    return len(array(values))


def unique(scope: Scope, values: Json) -> Json:
    """``States.ArrayUnique(array)``: the elements without repetitions, in the order of their first occurrence."""
    kept: list[Json] = []
    seen: set[Hashable] = set()
    for element in array(values):
        if (key := _identity(element)) not in seen:
            seen.add(key)
            kept.append(element)
    return kept


def _identity(value: Json) -> Hashable:
    """Return what tells values apart: 1 and 1.0 are one number, 1 and true are not the same."""
    if type(value) is list:
        return list, tuple(map(_identity, value))
    if type(value) is dict:
        return dict, frozenset((name, _identity(member)) for name, member in value.items())
    return (int if type(value) is float else type(value)), value
