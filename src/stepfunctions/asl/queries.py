"""Fields that hold paths, payload templates and JSONata expressions: their syntax, checked by the query languages.

Whether a path finds anything is known only at run time.

Source: States Language, "Paths", "Reference Paths", "Payload Template"; AWS Developer Guide, "Transforming data".
"""

from __future__ import annotations

from stepfunctions.asl.model import JSONATA
from stepfunctions.asl.reading import Kind, Reading
from stepfunctions.values import Json


def path(value: Json, location: str, reading: Reading) -> Json:
    """A path that must be there: ``$.a``, ``$$.Execution.Id``, ``$variable``."""
    if not isinstance(value, str) or not value.startswith("$"):
        reading.error("Value must be a valid JSONPath.", location)
    return value


def path_or_null(value: Json, location: str, reading: Reading) -> Json:
    """A path, or null for an empty object."""
    return None if value is None else path(value, location, reading)


def path_or_intrinsic(value: Json, location: str, reading: Reading) -> Json:
    """A path or a call of an intrinsic function."""
    if isinstance(value, str) and value.startswith("States."):
        return value
    return path(value, location, reading)


def reference_or_null(value: Json, location: str, reading: Reading) -> Json:
    """Where a result goes: a reference path, or null to drop the result."""
    if value is not None and (not isinstance(value, str) or not value.startswith("$")):
        reading.error("Value is not a Reference Path", location)
    return value


def template(value: Json, location: str, reading: Reading) -> Json:
    """A payload template (JSONPath), or JSON with ``{% %}`` strings in it (JSONata)."""
    if reading.language == JSONATA:
        check_expressions(value, location, reading)
    return value


def check_expressions(value: Json, location: str, reading: Reading) -> None:
    """Report every faulty expression inside *value*."""


def check_expression(value: str, location: str, reading: Reading) -> None:
    """Report a faulty JSONata expression."""


def is_expression(value: Json) -> bool:
    """Return whether *value* is a string between ``{%`` and ``%}``."""
    return isinstance(value, str) and value.startswith("{%") and value.endswith("%}")


def or_expression(constant: Kind) -> Kind:
    """What *constant* reads or, in a JSONata state, an expression."""

    def read(value: Json, location: str, reading: Reading) -> Json:
        if reading.language == JSONATA and is_expression(value):
            check_expression(value, location, reading)
            return value
        return constant(value, location, reading)

    return read
