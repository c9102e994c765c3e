"""Rounding: halves to the even neighbour, in decimal.

Source: JSONata 2.0.6, ``$round``.
"""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any, Final

from stepfunctions.query.jsonata.numbers import number
from stepfunctions.query.jsonata.values import NonFinite

_CONTEXT: Final = Context(prec=1000, rounding=ROUND_HALF_EVEN)
_PLACES_MAX: Final = 400


def round_half_even(value: Any, places: Any) -> Any:
    """Return *value* rounded to *places* after the decimal point; before it if negative."""
    if type(value) is NonFinite or (type(value) is int and places >= 0):
        return value
    places = max(-_PLACES_MAX, min(_PLACES_MAX, int(places)))
    rounded = Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-places), context=_CONTEXT)
    return number(float(rounded))
