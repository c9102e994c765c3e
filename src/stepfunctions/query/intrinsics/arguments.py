"""What the functions ask of their arguments, and how they refuse them."""

from __future__ import annotations

import math

from stepfunctions.values import Json


class InvalidArguments(Exception):
    """An argument that a function cannot work with. The text says which and why."""


def array(value: Json) -> list[Json]:
    """Return *value*, which must be an array."""
    if type(value) is not list:
        raise InvalidArguments("the argument must be an array")
    return value


def string(value: Json) -> str:
    """Return *value*, which must be a string."""
    if type(value) is not str:
        raise InvalidArguments("the argument must be a string")
    return value


def object_(value: Json) -> dict[str, Json]:
    """Return *value*, which must be an object."""
    if type(value) is not dict:
        raise InvalidArguments("the argument must be a JSON object")
    return value


def integer(value: Json) -> int:
    """Return *value*, which must be a number, rounded as Java's ``Math.round`` does: halves go up.

    Source: recordings of States.MathAdd; AWS Developer Guide, "Intrinsic functions".
    """
    if type(value) is int:
        return value
    if type(value) is not float or not math.isfinite(value):
        raise InvalidArguments("the argument must be a number")
    below = math.floor(value)
    return below + 1 if value - below >= 0.5 else below


def short(value: str, length_max: int = 10_000) -> str:
    """Return *value*, which must not be too long."""
    if len(value) > length_max:
        raise InvalidArguments(f"the argument must not be longer than {length_max} characters")
    return value
