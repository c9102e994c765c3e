"""Numbers as JavaScript has them: doubles, written with the fewest digits that read back the same.

Python's integers stand for whole doubles, so that 1.0 is written 1; ``number`` brings each result of arithmetic into
that form. What comes in from JSON stays as it is until something is computed from it.

Source: ECMA-262, "Number::toString", "Number.prototype.toPrecision"; AWS writes whole numbers below 1e21 in full.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from stepfunctions.query.jsonata.values import NonFinite

SAFE: Final = 2**53
"""Every whole number up to here has a double of its own."""

_FULL: Final = 1e21


def number(value: float) -> float:
    """Return a double in the form that values have here: whole ones as int, NaN and infinities marked."""
    if value.is_integer():
        if -SAFE <= value <= SAFE:
            return int(value)
        return int(Decimal(repr(value))) if -_FULL < value < _FULL else value
    return value if value - value == 0 else NonFinite(value)


def js_text(value: float) -> str:
    """Return *value* as JavaScript writes it: ``1``, ``1e+21``, ``1e-7``, ``0.000001``."""
    if isinstance(value, int):
        if -SAFE <= value <= SAFE:
            return str(value)
        value = float(value) if abs(value) < 10**308 else float("inf") if value > 0 else float("-inf")
    if value != value:
        return "NaN"
    if value - value != 0:
        return "Infinity" if value > 0 else "-Infinity"
    sign, digits, exponent = Decimal(repr(float(value))).normalize().as_tuple()
    text = "".join(map(str, digits))
    point = len(text) + int(exponent)
    minus = "-" if sign and text != "0" else ""
    if text == "0":
        return "0"
    if len(text) <= point <= 21:
        return minus + text + "0" * (point - len(text))
    if 0 < point <= 21:
        return f"{minus}{text[:point]}.{text[point:]}"
    if -6 < point <= 0:
        return f"{minus}0.{'0' * -point}{text}"
    power = point - 1
    mantissa = text[0] + ("." + text[1:] if len(text) > 1 else "")
    return f"{minus}{mantissa}e{'+' if power >= 0 else '-'}{abs(power)}"


def rounded_text(value: float) -> str:
    """Return *value* as ``$string`` writes it: with at most 15 digits."""
    if isinstance(value, int) and -(10**15) < value < 10**15:
        return str(value)
    return js_text(float(format(float(value), ".15g")))
