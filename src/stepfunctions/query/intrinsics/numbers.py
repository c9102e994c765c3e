"""The functions on numbers, and the random UUID.

Randomness comes from the scope; a seed given by the definition decides alone.

Source: AWS Developer Guide, "Intrinsics for math operations", "Intrinsic for unique identifier generation".
"""

from __future__ import annotations

from typing import Final

from stepfunctions.query.intrinsics.arguments import InvalidArguments, integer
from stepfunctions.query.scope import Scope
from stepfunctions.values import Json

_MULTIPLIER: Final = 0x5DEECE66D
_MASK: Final = (1 << 48) - 1


def add(scope: Scope, first: Json, second: Json) -> Json:
    """``States.MathAdd(a, b)``: the sum of both arguments, each rounded to an integer first."""
    return integer(first) + integer(second)


def random(scope: Scope, start: Json, stop: Json, *seed: Json) -> Json:
    """``States.MathRandom(start, stop[, seed])``: an integer from start up to, but not including, stop."""
    low, high = integer(start), integer(stop)
    if low >= high:
        raise InvalidArguments("the start number must be less than the end number")
    fraction = _first_double(integer(seed[0])) if seed else scope.random()
    return low + int(fraction * (high - low))


def _first_double(seed: int) -> float:
    """Return what a new ``java.util.Random(seed)`` first gives as a double.

    Which generator AWS seeds is not verified.
    """
    state = (seed ^ _MULTIPLIER) & _MASK
    state = (state * _MULTIPLIER + 0xB) & _MASK
    high = state >> 22
    state = (state * _MULTIPLIER + 0xB) & _MASK
    return ((high << 27) + (state >> 21)) * 2.0**-53


def uuid(scope: Scope) -> Json:
    """``States.UUID()``: a random UUID, version 4."""
    return scope.uuid()
