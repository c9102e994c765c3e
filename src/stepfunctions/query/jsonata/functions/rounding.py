"""Rounding: halves to the even neighbour, in decimal.

Source: JSONata 2.0.6, ``$round``.
"""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal
from math import inf, nan
from typing import Any, Final

from stepfunctions.query.jsonata.numbers import SAFE, number
from stepfunctions.query.jsonata.operations import double
from stepfunctions.query.jsonata.values import NonFinite

_CONTEXT: Final = Context(prec=1000, rounding=ROUND_HALF_EVEN)
_PLACES_MAX: Final = 400
_WHOLE: Final = 10**9


def round_half_even(value: Any, places: Any) -> Any:
    """Return *value* rounded to *places* after the decimal point; before it if negative."""
    if (type(value) is int and places >= 0 and -_WHOLE < value < _WHOLE) or value - value != 0:
        return value
    if places != places // 1:
        return NonFinite(nan)
    places = max(-_PLACES_MAX, min(_PLACES_MAX, int(places)))
    exact = Decimal(repr(double(value)))
    shifted = float(exact.scaleb(places, _CONTEXT))
    if abs(shifted) >= SAFE:
        # JSONata shifts the point in a double, which has no digits left to round, and shifts it back.
        return value if abs(shifted) == inf else number(float(Decimal(repr(shifted)).scaleb(-places, _CONTEXT)))
    return number(float(exact.quantize(Decimal(1).scaleb(-places), context=_CONTEXT)))
