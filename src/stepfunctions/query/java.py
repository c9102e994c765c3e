"""JSON values as Java's ``toString`` shows them: AWS's service is written in Java, and it shows in texts.

``States.Format`` and Jayway's messages print objects and arrays as Java maps and lists.
"""

from __future__ import annotations

from decimal import Decimal

from stepfunctions.values import Json


def java_text(value: Json) -> str:
    """Return *value* as Java prints it: ``{a=1, b=[x, null]}``; a string stands for itself, without quotes."""
    if type(value) is str:
        return value
    if type(value) is dict:
        return "{" + ", ".join(f"{name}={java_text(member)}" for name, member in value.items()) + "}"
    if type(value) is list:
        return "[" + ", ".join(map(java_text, value)) + "]"
    return _scalar(value)


def _scalar(value: Json) -> str:
    if value is None:
        return "null"
    if type(value) is bool:
        return "true" if value else "false"
    return _double(value) if type(value) is float else str(value)


def _double(value: float) -> str:
    """Return *value* as ``Double.toString`` writes it: ``1.5``, ``1.0E10``, ``1.2E-5``."""
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        return repr(value)
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    fraction = "".join(map(str, digits[1:])) or "0"
    return f"{'-' if sign else ''}{digits[0]}.{fraction}E{len(digits) - 1 + int(exponent)}"
