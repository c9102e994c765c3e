"""Answers brought into the form of their output shape, and times read from requests.

The local SageMaker keeps times as Instants and echoes what it was asked for. On the wire a time is in seconds, a member
that the output shape does not have is left out, and so is an empty structure: clients of the SageMaker SDK check
answers strictly.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from stepfunctions.shapes import MalformedRequest, Model
from stepfunctions.shapes.constraints import malformed
from stepfunctions.values import Instant, Json


def shape_output(model: Model, operation: str, value: Json) -> Json:
    """Return the answer of *operation* as the wire has it.

    Args:
        value: with Instants for times.
    """
    output = model.operations[operation].output
    return None if output is None else _shaped(model, output, value)


def _shaped(model: Model, name: str, value: Json) -> Json:
    shape = model.shapes[name]
    kind = shape["type"]
    if kind == "structure":
        return _structure(model, shape["members"], value)
    if kind == "list":
        return [_shaped(model, shape["member"]["shape"], item) for item in value]
    if kind == "map":
        return {key: _shaped(model, shape["value"]["shape"], item) for key, item in value.items()}
    return value / 1000 if kind == "timestamp" else value


def _structure(model: Model, members: Any, value: Json) -> Json:
    shaped = {}
    for key, item in value.items():
        if key not in members or item is None:
            continue
        name = members[key]["shape"]
        made = _shaped(model, name, item)
        if made != {} or model.shapes[name]["type"] != "structure":
            shaped[key] = made
    return shaped


def read_time(value: Json) -> Instant | None:
    """Return a request's time: seconds since 1970, or ISO 8601 text; None for None."""
    if value is None:
        return None
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            raise MalformedRequest(malformed(value, "timestamp")) from None
        return round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)
    return round(float(value) * 1000)
