"""The constraints of one scalar or collection, and how AWS words them.

Numbers are held against ``min`` and ``max`` by value, everything else by length. An enum of machine types is looser
than the model: AWS adds types monthly, so a well-formed one that this botocore does not know is only warned of.

Source: recordings of AWS, where the order of an enum's values is not the model's; ENUM_ORDERS holds those recorded.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Final

from stepfunctions.shapes.model import Shape
from stepfunctions.shapes.patterns import compile_java
from stepfunctions.values import Json

NOT_NULL: Final = "Member must not be null"

ENUM_ORDERS: Final[Mapping[str, tuple[str, ...]]] = {
    "ExecutionStatus": ("SUCCEEDED", "TIMED_OUT", "PENDING_REDRIVE", "ABORTED", "FAILED", "RUNNING"),
}
"""By shape: the order in which AWS lists the values."""

_NUMBERS: Final = frozenset({"integer", "long", "float", "double"})
_MACHINE: Final = re.compile(r"ml\.[a-z0-9-]+\.[a-z0-9-]+")

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Constraint:
    """One rule: ``holds`` tells whether a value of the right type keeps it, ``text`` is AWS's wording."""

    text: str
    holds: Callable[[Json], bool]


def constraints_of(name: str, shape: Shape) -> tuple[Constraint, ...]:
    """Return the constraints of a shape, in the order in which AWS lists them."""
    number = shape["type"] in _NUMBERS
    noun = "value" if number else "length"
    found = []
    if "max" in shape:
        high = shape["max"]
        found.append(Constraint(f"Member must have {noun} less than or equal to {high}", _at_most(high, number)))
    if shape.get("min", 0) != 0 or (number and "min" in shape) or ("min" in shape and "max" in shape):
        low = shape["min"]
        found.append(Constraint(f"Member must have {noun} greater than or equal to {low}", _at_least(low, number)))
    if "pattern" in shape:
        found.append(_pattern(shape["pattern"]))
    if "enum" in shape:
        found.append(_enum(name, shape["enum"]))
    return tuple(found)


def _at_most(high: float, number: bool) -> Callable[[Json], bool]:
    return (lambda value: value <= high) if number else (lambda value: len(value) <= high)


def _at_least(low: float, number: bool) -> Callable[[Json], bool]:
    return (lambda value: value >= low) if number else (lambda value: len(value) >= low)


def _pattern(text: str) -> Constraint:
    # Compiled when first needed: a large request shape has a hundred patterns, most of which one process never meets.
    return Constraint(f"Member must satisfy regular expression pattern: {text}", lambda value: _matches(text, value))


def _matches(text: str, value: str) -> bool:
    pattern = compile_java(text)
    return pattern is None or pattern.fullmatch(value) is not None


def _enum(name: str, values: Collection[str]) -> Constraint:
    text = f"Member must satisfy enum value set: [{', '.join(ENUM_ORDERS.get(name, values))}]"
    known = frozenset(values)
    if all(each.startswith("ml.") for each in known):
        return Constraint(text, lambda value: value in known or _is_new_machine(value))
    return Constraint(text, lambda value: value in known)


def _is_new_machine(value: str) -> bool:
    if not _MACHINE.fullmatch(value):
        return False
    _logger.warning("instance type %s is not among those this botocore knows; it is taken as given", value)
    return True


def show(value: Json) -> str:
    """Return *value* as Java prints it, as AWS's messages quote it."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return f"[{', '.join(map(show, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}={show(item)}" for key, item in value.items()) + "}"
    return "null" if value is None else str(value)


_TOKENS: Final[Mapping[type, str]] = {
    str: "STRING_VALUE",
    int: "NUMBER_VALUE",
    float: "NUMBER_VALUE",
    list: "START_ARRAY",
    dict: "START_OBJECT",
}
_JAVA: Final[Mapping[str, str]] = {
    "string": "a String",
    "integer": "an Integer",
    "long": "a Long",
    "float": "a Float",
    "double": "a Double",
    "boolean": "a Boolean",
    "timestamp": "a Timestamp",
    "blob": "a Blob",
}


def malformed(value: Json, expected: str) -> str:
    """Return the text for a value of the wrong JSON type. Not verified against AWS."""
    if expected in ("structure", "map", "list"):
        return "Expected list or null" if expected == "list" else "Unexpected value type in payload"
    if isinstance(value, list):
        return "Start of list found where not expected"
    if isinstance(value, dict):
        return "Start of structure or map found where not expected."
    if value is None or isinstance(value, bool):
        return f"{str(value).upper() if value is not None else 'NULL'}_VALUE can not be converted to {_JAVA[expected]}"
    return f"{_TOKENS[type(value)]} can not be converted to {_JAVA[expected]}"
