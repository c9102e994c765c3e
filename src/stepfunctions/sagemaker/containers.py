"""What a model's container definition means here, and what is refused of it.

Shape of a definition: ``{"Image": str, "ModelDataUrl": str, "Environment": {str: str}, ...}``.

Source: SageMaker API Reference, "ContainerDefinition".
"""

from __future__ import annotations

from dataclasses import dataclass

from stepfunctions.errors import InvalidRequest
from stepfunctions.sagemaker.errors import NotAvailable
from stepfunctions.sagemaker.s3_uri import S3Uri, parse_s3_uri
from stepfunctions.values import Json

_UNAVAILABLE = {
    "ModelPackageName": "Image and ModelDataUrl",
    "MultiModelConfig": "a model of its own for each artefact",
    "AdditionalModelDataSources": "one ModelDataUrl",
}


@dataclass(frozen=True, slots=True)
class ModelData:
    """Where a model's artefact lies, and whether it is one archive or a prefix of files."""

    uri: S3Uri
    packed: bool = True


def container_of(request: Json) -> Json:
    """Return the one container of a CreateModel request.

    Raises:
        InvalidRequest: there is none. (AWS's text is not known.)
        NotAvailable: several, or a container that asks for what there is none of here.
    """
    containers = request.get("Containers") or ([request["PrimaryContainer"]] if "PrimaryContainer" in request else [])
    if not containers:
        raise InvalidRequest("CreateModel needs PrimaryContainer or Containers.")
    if len(containers) > 1:
        raise NotAvailable("CreateModel: Containers with several members is not available locally. Use one container.")
    container = containers[0]
    for member, instead in _UNAVAILABLE.items():
        if container.get(member):
            raise NotAvailable(f"CreateModel: {member} is not available locally. Use {instead}.")
    if container.get("Mode", "SingleModel") != "SingleModel":
        raise NotAvailable(f"CreateModel: Mode {container['Mode']!r} is not available locally. Use 'SingleModel'.")
    if "Image" not in container:
        raise InvalidRequest("CreateModel: a container needs an Image.")
    return container


def model_data(container: Json) -> ModelData | None:
    """Return where the container's artefact lies; None if it needs none."""
    if "ModelDataUrl" in container:
        return ModelData(parse_s3_uri(container["ModelDataUrl"]))
    source = container.get("ModelDataSource", {}).get("S3DataSource")
    if source is None:
        return None
    packed = source["S3DataType"] == "S3Object" and source["CompressionType"] == "Gzip"
    return ModelData(parse_s3_uri(source["S3Uri"]), packed)
