"""Workflow variables: what ``Assign`` may name.

Source: AWS Developer Guide, "Passing data between states with variables"; codes and texts as a CloudFormation linter
measured them on 2026-09-05, but for the name that is too long.
"""

from __future__ import annotations

from stepfunctions.asl.kinds import expected
from stepfunctions.asl.queries import template
from stepfunctions.asl.reading import Reading
from stepfunctions.values import Json

NAME_MAX = 80
RESERVED = "states"
INVALID = "INVALID_VARIABLE_NAME"


def assignment(value: Json, location: str, reading: Reading) -> Json:
    """``Assign``: an object whose keys name variables and whose values are a payload template."""
    if not isinstance(value, dict):
        expected("Object", location, reading)
        return value
    for key in value:
        _check_name(key.removesuffix(".$"), location, reading)
    return template(value, location, reading)


def _check_name(name: str, location: str, reading: Reading) -> None:
    if name == RESERVED:
        reading.error(f"Cannot assign to reserved variable '${RESERVED}'.", location, "RESERVED_VARIABLE_NAME")
    elif len(name) > NAME_MAX:
        message = f"Invalid variable name '{name}': the variable name exceeds the {NAME_MAX}-character limit."
        reading.error(message, location, INVALID)
    elif not name.isidentifier():
        message = f"Invalid variable name '{name}': the variable name contains invalid characters."
        reading.error(message, location, INVALID)
