"""A service model: its operations, shapes and metadata, as botocore publishes them.

It does not follow botocore's patches (``service-2.sdk-extras.json``): they are for clients.

Source: botocore ``data/<service>/<version>/service-2.json[.gz]``.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from stepfunctions.errors import StepladderError
from stepfunctions.values import Json

Shape = Mapping[str, Any]
"""One entry of a model's ``shapes``: ``{"type": str, "members": {...}, "required": [...], "pattern": str, ...}``."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a service.

    Args:
        name: such as ``StartExecution``.
        input: the name of its input shape; None if it takes nothing.
        output: the name of its output shape; None if it answers nothing.
        http_method: for REST protocols.
        http_uri: for REST protocols, such as ``/endpoints/{EndpointName}/invocations``.
        errors: the codes that its model lists.
    """

    name: str
    input: str | None
    output: str | None
    http_method: str
    http_uri: str
    errors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """One service.

    Args:
        name: botocore's, such as ``stepfunctions``.
        metadata: ``{"protocol": str, "jsonVersion": str, "targetPrefix": str, "endpointPrefix": str, ...}``.
        shapes: by name.
        operations: by name.
        compiled: what other modules made of a shape, by (purpose, shape name): filled when first used.
    """

    name: str
    metadata: Mapping[str, str]
    shapes: Mapping[str, Shape]
    operations: Mapping[str, Operation]
    compiled: dict[tuple[str, str], Any] = field(default_factory=dict, repr=False)

    def status_of(self, code: str) -> int | None:
        """Return the HTTP status that the model gives an error code, or None where it gives none."""
        shape = self.shapes.get(code) or self.shapes.get(f"{code}Exception")
        if shape is None or "error" not in shape:
            return None
        status: int | None = shape["error"].get("httpStatusCode")
        return status


@cache
def load(name: str) -> Model:
    """Return the newest model of a service, read once.

    Args:
        name: botocore's name of the service, such as ``stepfunctions`` or ``sagemaker``.

    Raises:
        StepladderError: botocore is not installed, or has no such service.
    """
    document = _read(_newest(name))
    return Model(
        name=name,
        metadata=document["metadata"],
        shapes=document["shapes"],
        operations={key: _operation(value) for key, value in document["operations"].items()},
    )


def _operation(data: Mapping[str, Any]) -> Operation:
    return Operation(
        name=data["name"],
        input=data.get("input", {}).get("shape"),
        output=data.get("output", {}).get("shape"),
        http_method=data["http"]["method"],
        http_uri=data["http"]["requestUri"],
        errors=tuple(each["shape"] for each in data.get("errors", ())),
    )


@cache
def services() -> frozenset[str]:
    """Return botocore's names of all services that it has a model of.

    Raises:
        StepladderError: botocore is not installed.
    """
    return frozenset(each.name for each in _folder().iterdir() if each.is_dir())


def _folder() -> Path:
    spec = find_spec("botocore")
    if spec is None or not spec.submodule_search_locations:
        raise StepladderError("botocore is not installed; it holds AWS's service models. Install boto3.")
    return Path(spec.submodule_search_locations[0]) / "data"


def _newest(name: str) -> Path:
    versions = sorted((_folder() / name).glob("*/service-2.json*"))
    if not versions:
        raise StepladderError(f"this botocore has no model of the service {name!r}. Upgrade boto3.")
    return versions[-1]


def _read(path: Path) -> Json:
    if path.suffix == ".gz":
        with gzip.open(path) as file:
            return json.loads(file.read(), object_hook=_without_documentation)
    return json.loads(path.read_bytes(), object_hook=_without_documentation)


def _without_documentation(data: dict[str, Any]) -> dict[str, Any]:
    """Drop the prose, which is most of a model; a member *named* documentation is a mapping and stays."""
    if isinstance(data.get("documentation"), str):
        del data["documentation"]
    return data
