"""Whether a mocked result looks like what the integration would result in.

Members are named as Step Functions names them, with a capital first letter; those that the API does not have are
allowed, as on AWS. What an optimised integration parses (the Payload of lambda:invoke, the Output of
startExecution.sync:2) must be text all the same, as it is in the API: so a guide for agents says that was tried, while
AWS's own has an example to the contrary.

The first fault counts. Not verified against AWS: that patterns are not looked at, that null is as good as nothing, and
the texts for objects, booleans and lengths above the maximum.

Source: AWS API reference, MockInput; recordings of TestState.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from stepfunctions.errors import InvalidRequest
from stepfunctions.integrations.result_shapes import ResultShape, result_shape
from stepfunctions.shapes.model import Model, Shape
from stepfunctions.values import Json

STRICT: Final = "STRICT"
PRESENT: Final = "PRESENT"
NONE: Final = "NONE"

NOT_AN_OBJECT: Final = "Mocked result must be a JSON object."

_KINDS: Final[Mapping[str, tuple[tuple[type, ...], str]]] = {
    "structure": ((dict,), "an object"),
    "map": ((dict,), "an object"),
    "list": ((list,), "an array"),
    "boolean": ((bool,), "a boolean"),
    "integer": ((int, float), "a number"),
    "long": ((int, float), "a number"),
    "float": ((int, float), "a number"),
    "double": ((int, float), "a number"),
    "string": ((str,), "a string"),
    "timestamp": ((str,), "a string"),
    "blob": ((str,), "a string"),
}


def check_mocked_result(resource: str, result: Json, mode: str = STRICT) -> None:
    """Refuse a mocked result that the Task's API would not answer.

    Args:
        resource: the Task's Resource.
        result: what its mock results in.
        mode: ``STRICT`` asks for required members too, ``PRESENT`` looks at what is there, ``NONE`` at nothing.

    Raises:
        InvalidRequest: says which member is wrong, in AWS's words.
    """
    expected = None if mode == NONE else result_shape(resource)
    if expected is None:
        return
    if not isinstance(result, dict):
        raise InvalidRequest(NOT_AN_OBJECT)
    _Check(expected, strict=mode == STRICT).members(expected.shape, result)


class _Check:
    def __init__(self, expected: ResultShape, *, strict: bool) -> None:
        self._model: Model = expected.model
        self._strict = strict

    def members(self, name: str | None, value: dict[str, Json]) -> None:
        """Refuse the first member of *value* that is not as the structure *name* has it."""
        if name is None:
            return
        shape = self._model.shapes[name]
        for member, target in shape["members"].items():
            shown = member[:1].upper() + member[1:]
            given = value.get(shown)
            if given is None:
                if self._strict and member in shape.get("required", ()):
                    raise _fault(f"Required field '{shown}' is missing")
            else:
                self._value(target["shape"], given, shown)

    def _value(self, name: str, value: Json, field: str) -> None:
        shape = self._model.shapes[name]
        if shape.get("document"):
            return
        _check_type(shape, value, field)
        _check_constraints(shape, value, field)
        match shape["type"]:
            case "structure":
                self.members(name, value)
            case "list":
                for item in value:
                    self._value(shape["member"]["shape"], item, field)
            case "map":
                for item in value.values():
                    self._value(shape["value"]["shape"], item, field)


def _check_type(shape: Shape, value: Json, field: str) -> None:
    types, noun = _KINDS[shape["type"]]
    if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
        raise _fault(f"Field '{field}' must be {noun}")


def _check_constraints(shape: Shape, value: Json, field: str) -> None:
    if "enum" in shape and value not in shape["enum"]:
        raise _fault(f"Field '{field}' is not an expected value")
    if shape["type"] in ("structure", "boolean", "timestamp", "blob"):
        return
    is_number = isinstance(value, int | float)
    size, noun = (value, "value") if is_number else (len(value), "length")
    if size < shape.get("min", size):
        raise _fault(f"Field '{field}' is {'less' if is_number else 'smaller'} than the minimum {noun}")
    if size > shape.get("max", size):
        raise _fault(f"Field '{field}' exceeds the maximum {noun}")


def _fault(text: str) -> InvalidRequest:
    return InvalidRequest(f"Mock result schema validation error: {text}")
