"""A task's parameters checked against the API that they are for, as Step Functions does before it calls.

An unknown field, or a value of another type than the API's, makes the task fail with States.Runtime before anything is
sent. Patterns, enumerations and lengths are the service's business and are not looked at here.

Source: reports of users quoted in ``reference/integrations.md``; AWS's lists of supported fields are narrower than the
API's and are not published in full, so the API's own fields are taken. Which name AWS gives a nested field of a wrong
type is not verified.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from stepfunctions.engine.handler import TaskError
from stepfunctions.shapes import Model
from stepfunctions.values import Json, dumps

_SCALARS: Final[dict[str, Callable[[Json], bool]]] = {
    "string": lambda value: isinstance(value, str),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "long": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "float": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "double": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "timestamp": lambda value: isinstance(value, str | int | float) and not isinstance(value, bool),
    "blob": lambda value: isinstance(value, str),
}


def check_parameters(model: Model, operation: str, parameters: Json) -> None:
    """Refuse parameters that Step Functions would not send.

    Args:
        operation: such as ``CreateTrainingJob``.

    Raises:
        TaskError: States.Runtime, naming every fault.
    """
    shape = model.operations[operation].input
    faults = list(_faults(model, shape or "", operation, parameters))
    if faults:
        text = dumps(parameters)
        raise TaskError(
            "States.Runtime",
            f"The Parameters '{text}' could not be used to start the Task: [{', '.join(faults)}]",
            submitted=False,
        )


def with_texts(model: Model, name: str | None, value: Json) -> Json:
    """Return parameters with each object or array that stands where the API has a string as its JSON text.

    Args:
        model: of the API.
        name: the shape of *value*.
        value: as the task was given it.
    """
    shape = {} if name is None else model.shapes[name]
    kind = shape.get("type")
    if kind == "string" and isinstance(value, dict | list):
        return dumps(value)
    if kind == "structure" and isinstance(value, dict):
        members = shape["members"]
        return {
            key: with_texts(model, members[key]["shape"], item) if key in members else item
            for key, item in value.items()
        }
    if kind == "list" and isinstance(value, list):
        return [with_texts(model, shape["member"]["shape"], item) for item in value]
    if kind == "map" and isinstance(value, dict):
        return {key: with_texts(model, shape["value"]["shape"], item) for key, item in value.items()}
    return value


def _faults(model: Model, name: str, field: str, value: Json) -> Iterator[str]:
    shape = model.shapes[name]
    kind = shape["type"]
    if kind == "structure" and isinstance(value, dict):
        for key, item in value.items():
            if key not in shape["members"]:
                yield f'The field "{key}" is not supported by Step Functions'
            elif item is not None:
                yield from _faults(model, shape["members"][key]["shape"], key, item)
    elif kind == "list" and isinstance(value, list):
        for item in value:
            yield from _faults(model, shape["member"]["shape"], field, item)
    elif kind == "map" and isinstance(value, dict):
        for key, item in value.items():
            yield from _faults(model, shape["value"]["shape"], key, item)
    elif not (kind in _SCALARS and _SCALARS[kind](value)):
        yield f"The value of the field '{field}' has an invalid format"
