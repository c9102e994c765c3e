"""Requests checked against a model, with AWS's texts.

A shape is compiled once to a function from a value to what is wrong with it, so that a valid request costs little more
than looking at it once. Every violation of a request is reported at once, as AWS does; a value of the wrong JSON type
ends the check, as it ends AWS's parsing.

AWS's order among several violations is not known; here they come in the order of the request, what is missing first.
Members that the model does not have are ignored, as AWS ignores them.

Source: recordings of AWS ("1 validation error detected: ..."); for maps, lists and sensitive members, messages quoted
in public issues of the SDKs. The texts of MalformedRequest are not verified against AWS.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from stepfunctions.errors import InvalidRequest
from stepfunctions.shapes.constraints import NOT_NULL, Constraint, constraints_of, malformed, show
from stepfunctions.shapes.model import Model, Shape
from stepfunctions.values import Json


@dataclass(frozen=True, slots=True)
class Violation:
    """One failed constraint.

    Args:
        path: such as ``resourceConfig.instanceType`` or ``routingConfiguration.1.member.weight``.
        value: as Java prints it; None for a missing value, ``""`` (with *sensitive*) for one that must not be shown.
        constraint: such as ``Member must not be null``.
        sensitive: the model marks the value as secret.
    """

    path: str
    value: str | None
    constraint: str
    sensitive: bool = False

    def __str__(self) -> str:
        shown = " null" if self.value is None else "" if self.sensitive else f" '{self.value}'"
        return f"Value{shown} at '{self.path}' failed to satisfy constraint: {self.constraint}"


class ValidationFailed(InvalidRequest):
    """A request that violates its model; ``str()`` is AWS's text.

    Attributes:
        violations: every violation; never empty.
    """

    def __init__(self, violations: list[Violation]) -> None:
        count = len(violations)
        noun = "error" if count == 1 else "errors"
        super().__init__(f"{count} validation {noun} detected: {'; '.join(map(str, violations))}")
        self.violations = violations


class MalformedRequest(InvalidRequest):
    """A value of the wrong JSON type: AWS's SerializationException."""


Check = Callable[[Json], "list[Violation] | None"]
"""From a value to its violations, with paths relative to the value; None for none."""

_PURPOSE: Final = "request"


def validate(model: Model, shape: str, value: Json) -> None:
    """Check *value* against a shape.

    Args:
        model: of the service.
        shape: the name of a shape, as in ``model.operations["StartExecution"].input``.
        value: JSON.

    Raises:
        ValidationFailed: it violates constraints.
        MalformedRequest: it has the wrong type somewhere.
    """
    found = _check_of(model, shape)(value)
    if found:
        raise ValidationFailed(found)


def violations(model: Model, shape: str, value: Json) -> list[Violation]:
    """Return what is wrong with *value*; like ``validate`` without raising ValidationFailed.

    Raises:
        MalformedRequest: it has the wrong type somewhere.
    """
    return _check_of(model, shape)(value) or []


def _check_of(model: Model, name: str) -> Check:
    key = (_PURPOSE, name)
    check: Check | None = model.compiled.get(key)
    if check is None:
        # A shape may contain itself: whoever asks for it meanwhile gets a function that looks it up later.
        model.compiled[key] = lambda value: _check_of(model, name)(value)
        check = model.compiled[key] = _compile(model, name)
    return check


def _compile(model: Model, name: str) -> Check:
    shape = model.shapes[name]
    return _COMPILERS.get(shape["type"], _scalar)(model, name, shape)


def _scalar(model: Model, name: str, shape: Shape) -> Check:
    constraints = constraints_of(name, shape)
    accepts, expected, sensitive = _TYPES[shape["type"]], shape["type"], bool(shape.get("sensitive"))
    bounds = _RANGES.get(expected)

    def check(value: Json) -> list[Violation] | None:
        if type(value) not in accepts:
            raise MalformedRequest(malformed(value, expected))
        if bounds is not None and isinstance(value, (int, float)) and not bounds[0] <= value <= bounds[1]:
            raise MalformedRequest(malformed(value, expected))
        for each in constraints:
            if not each.holds(value):
                return _failed(value, constraints, sensitive)
        return None

    return check


def _failed(value: Json, constraints: tuple[Constraint, ...], sensitive: bool) -> list[Violation]:
    shown = "" if sensitive else show(value)
    return [Violation("", shown, each.text, sensitive) for each in constraints if not each.holds(value)]


def _structure(model: Model, name: str, shape: Shape) -> Check:
    members = {key: (_lower(key), _check_of(model, target["shape"])) for key, target in shape["members"].items()}
    required = tuple(shape.get("required", ()))

    def check(value: Json) -> list[Violation] | None:
        if type(value) is not dict:
            raise MalformedRequest(malformed(value, "structure"))
        found = [Violation(_lower(key), None, NOT_NULL) for key in required if value.get(key) is None]
        for key, item in value.items():
            member = members.get(key)
            if member is None or item is None:
                continue
            inner = member[1](item)
            if inner:
                found.extend(_below(member[0], inner))
        return found or None

    return check


def _list(model: Model, name: str, shape: Shape) -> Check:
    own = constraints_of(name, shape)
    element = model.shapes[shape["member"]["shape"]]
    check_element = _check_of(model, shape["member"]["shape"])
    summary = _summary(model, shape["member"]["shape"], "Member must satisfy constraint")
    sensitive = bool(element.get("sensitive"))

    def check(value: Json) -> list[Violation] | None:
        if type(value) is not list:
            raise MalformedRequest(malformed(value, "list"))
        found = _failed(value, own, sensitive) if own else []
        for number, item in enumerate(value, 1):
            inner = [Violation("", None, NOT_NULL)] if item is None else check_element(item)
            if inner and summary is None:
                found.extend(_below(f"{number}.member", inner))
            elif inner and summary is not None:
                found.append(Violation("", "" if sensitive else show(value), summary, sensitive))
                break
        return found or None

    return check


def _map(model: Model, name: str, shape: Shape) -> Check:
    own = constraints_of(name, shape)
    key_name, value_name = shape["key"]["shape"], shape["value"]["shape"]
    check_key, check_value = _check_of(model, key_name), _check_of(model, value_name)
    keys = _summary(model, key_name, "Map keys must satisfy constraint") or ""
    values = _summary(model, value_name, "Map value must satisfy constraint")
    sensitive = bool(shape.get("sensitive") or model.shapes[value_name].get("sensitive"))

    def check(value: Json) -> list[Violation] | None:
        if type(value) is not dict:
            raise MalformedRequest(malformed(value, "map"))
        found = _failed(value, own, sensitive) if own else []
        summaries: dict[str, None] = {}
        for key, item in value.items():
            if check_key(key):
                summaries[keys] = None
            inner = [Violation("", None, NOT_NULL)] if item is None else check_value(item)
            if inner and values is None:
                found.extend(_below(f"{key}.member", inner))
            elif inner and values is not None:
                summaries[values] = None
        shown = "" if sensitive or not summaries else show(value)
        found.extend(Violation("", shown, text, sensitive) for text in summaries)
        return found or None

    return check


def _summary(model: Model, name: str, words: str) -> str | None:
    """Return the one text that stands for every fault of a collection's scalars; None for composite elements."""
    shape = model.shapes[name]
    if shape["type"] in _COMPILERS:
        return None
    texts = [each.text for each in constraints_of(name, shape)] or [NOT_NULL]
    return f"{words}: [{', '.join(texts)}]"


def _below(prefix: str, inner: list[Violation]) -> list[Violation]:
    return [replace(each, path=f"{prefix}.{each.path}" if each.path else prefix) for each in inner]


def _lower(name: str) -> str:
    return name[0].lower() + name[1:]


_COMPILERS: Final[Mapping[str, Callable[[Model, str, Shape], Check]]] = {
    "structure": _structure,
    "list": _list,
    "map": _map,
}

_TYPES: Final[Mapping[str, tuple[type[Any], ...]]] = {
    "string": (str,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
    "boolean": (bool,),
    "timestamp": (int, float, str),
    "blob": (str,),
}
_RANGES: Final[Mapping[str, tuple[int, int]]] = {
    "integer": (-(2**31), 2**31 - 1),
    "long": (-(2**63), 2**63 - 1),
    "timestamp": (-62_135_596_800, 253_402_300_799),
}
"""What the types of AWS's services can hold; timestamps are in the years 1 to 9999."""
