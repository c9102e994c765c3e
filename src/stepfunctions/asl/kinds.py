"""Kinds of field values: what a value must be, with AWS's texts where one is recorded.

A kind reads ``(value, location, reading)`` and returns the value for the model. Paths, templates and expressions are
in ``queries``; values with fields of their own are in ``retries``, ``choice_rules`` and ``containers``.

Source: States Language specification; AWS Developer Guide; texts as others measured them with
ValidateStateMachineDefinition (a CloudFormation linter's rules of 2026-09-05, issues of cfn-lint).
"""

from __future__ import annotations

from stepfunctions.asl.reading import Kind, Reading
from stepfunctions.asl.suggest import suggestion
from stepfunctions.values import Json

LONG_MAX = 2**63 - 1
"""What AWS's whole numbers hold at most, whatever they mean. Which fields of AWS hold less is not verified."""

SECONDS_MAX = 99_999_999
"""AWS's ceiling for seconds and attempts in a definition."""


def expected(kind: str, location: str, reading: Reading) -> None:
    """Report a value of the wrong JSON type."""
    reading.error(f"Expected value of type {kind}", location)


def anything(value: Json, location: str, reading: Reading) -> Json:
    """Any JSON value, taken literally."""
    return value


def string(value: Json, location: str, reading: Reading) -> Json:
    """A string."""
    if not isinstance(value, str):
        expected("String", location, reading)
    return value


def target(value: Json, location: str, reading: Reading) -> Json:
    """The name of a state; whether it exists is for the scope to say."""
    return string(value, location, reading)


def true_or_false(value: Json, location: str, reading: Reading) -> Json:
    """A boolean."""
    if not isinstance(value, bool):
        expected("Boolean", location, reading)
    return value


def json_object(value: Json, location: str, reading: Reading) -> Json:
    """An object."""
    if not isinstance(value, dict):
        expected("Object", location, reading)
    return value


def one_of(*choices: str) -> Kind:
    """One of a few strings."""
    listed = ", ".join(choices)

    def read(value: Json, location: str, reading: Reading) -> Json:
        if not isinstance(value, str):
            expected("String", location, reading)
        elif value not in choices:
            hint = suggestion(value, choices)
            reading.error(f"Value should be one of the following: [{listed}]", location, hint=hint)
        return value

    return read


def integer(minimum: int, maximum: int = LONG_MAX) -> Kind:
    """A whole number in a range."""

    def read(value: Json, location: str, reading: Reading) -> Json:
        if isinstance(value, bool) or not isinstance(value, int):
            if not (isinstance(value, float) and value.is_integer()):
                expected("Integer", location, reading)
                return value
            value = int(value)
        _check_range(value, minimum, maximum, location, reading)
        return value

    return read


def number(minimum: float, maximum: float | None = None) -> Kind:
    """A number in a range."""

    def read(value: Json, location: str, reading: Reading) -> Json:
        if isinstance(value, bool) or not isinstance(value, int | float):
            expected("Number", location, reading)
        else:
            _check_range(value, minimum, maximum, location, reading)
        return value

    return read


def _check_range(value: float, minimum: float, maximum: float | None, location: str, reading: Reading) -> None:
    if value < minimum:
        reading.error(f"Minimum value is {minimum}", location)
    elif maximum is not None and value > maximum:
        reading.error(f"Maximum value is {maximum}", location)
