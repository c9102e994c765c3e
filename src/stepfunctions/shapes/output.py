"""Answers checked against a model: for tests, and for the server's debug mode.

It finds what a client would stumble over: required members that are missing, members that the model does not have,
values of the wrong type, enum values AWS does not have, nulls (AWS leaves an unset member out), and empty structures
where AWS leaves the member out: everywhere but in the details of history events.
"""

from __future__ import annotations

from collections.abc import Iterator

from stepfunctions.shapes.model import Model
from stepfunctions.values import Json

_SCALARS: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
    "boolean": (bool,),
    "timestamp": (int, float),
    "blob": (str,),
}

_SENT_EMPTY = "EventDetails"
"""Structures of Step Functions that AWS sends even if they are empty (ActivityStarted without a worker's name)."""

_SENT_NULL = frozenset({("GetActivityTaskOutput", "taskToken")})
"""Members that AWS sends as null: the answer of a poll that found no task."""


def check_output(model: Model, shape: str | None, value: Json) -> list[str]:
    """Return what is wrong with an answer, a sentence each; an empty list if nothing is.

    Args:
        model: of the service.
        shape: the name of the output shape; None for an operation that answers nothing.
        value: JSON, timestamps in epoch seconds.
    """
    if shape is None:
        return [] if not value else [f"the operation answers nothing, but got {value!r}"]
    return list(_faults(model, shape, value, shape))


def _faults(model: Model, name: str, value: Json, path: str) -> Iterator[str]:
    shape = model.shapes[name]
    kind = shape["type"]
    if kind == "structure":
        yield from _structure_faults(model, name, value, path)
    elif kind == "list":
        yield from _list_faults(model, name, value, path)
    elif kind == "map":
        yield from _map_faults(model, name, value, path)
    elif type(value) not in _SCALARS[kind]:
        yield f"{path}: {kind} expected, got {value!r}"
    elif "enum" in shape and value not in shape["enum"]:
        yield f"{path}: {value!r} is none of {shape['enum']}"


def _structure_faults(model: Model, name: str, value: Json, path: str) -> Iterator[str]:
    shape = model.shapes[name]
    if not isinstance(value, dict):
        yield f"{path}: structure expected, got {value!r}"
        return
    members = shape["members"]
    yield from (f"{path}.{key}: required member is missing" for key in shape.get("required", ()) if key not in value)
    for key, item in value.items():
        if key not in members:
            yield f"{path}.{key}: the model has no such member"
        elif item is None and (name, key) in _SENT_NULL:
            continue
        elif item is None:
            yield f"{path}.{key}: null, where AWS leaves the member out"
        elif item == {} and _is_never_empty(model, members[key]["shape"]):
            yield f"{path}.{key}: an empty structure, where AWS leaves the member out"
        else:
            yield from _faults(model, members[key]["shape"], item, f"{path}.{key}")


def _is_never_empty(model: Model, name: str) -> bool:
    shape = model.shapes[name]
    return shape["type"] == "structure" and bool(shape["members"]) and not name.endswith(_SENT_EMPTY)


def _list_faults(model: Model, name: str, value: Json, path: str) -> Iterator[str]:
    if not isinstance(value, list):
        yield f"{path}: list expected, got {value!r}"
        return
    for index, item in enumerate(value):
        yield from _faults(model, model.shapes[name]["member"]["shape"], item, f"{path}[{index}]")


def _map_faults(model: Model, name: str, value: Json, path: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{path}: map expected, got {value!r}"
        return
    for key, item in value.items():
        yield from _faults(model, model.shapes[name]["value"]["shape"], item, f"{path}.{key}")
