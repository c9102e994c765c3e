"""Workflow variables: what ``Assign`` may name.

Source: AWS Developer Guide, "Passing data between states with variables". Texts are not verified against AWS.
"""

from __future__ import annotations

from stepfunctions.asl.kinds import expected
from stepfunctions.asl.queries import template
from stepfunctions.asl.reading import Reading
from stepfunctions.values import Json

NAME_MAX = 80
RESERVED = "states"


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
        reading.error(f"'{RESERVED}' is a reserved variable name", location)
    elif len(name) > NAME_MAX:
        reading.error(f"Variable name '{name}' is longer than {NAME_MAX} characters", location)
    elif not name.isidentifier():
        reading.error(f"Variable name '{name}' is not valid", location)
