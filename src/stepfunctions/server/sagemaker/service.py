"""The SageMaker API as one ASGI service; registered as ``sagemaker``."""

from __future__ import annotations

from stepfunctions.sagemaker.service import SageMaker
from stepfunctions.server.protocols.json import JsonService
from stepfunctions.server.sagemaker.hosting import HostingOperations
from stepfunctions.server.sagemaker.jobs import TrainingOperations, TransformOperations
from stepfunctions.server.sagemaker.tags import TagOperations


def sagemaker_service(sagemaker: SageMaker, *, checks_output: bool = False) -> JsonService:
    """Return Amazon SageMaker's wire.

    Args:
        sagemaker: does the work.
        checks_output: check every answer against AWS's model (for debugging).
    """
    return JsonService(
        "sagemaker",
        {
            **TrainingOperations(sagemaker.training_jobs).operations,
            **TransformOperations(sagemaker.transform_jobs).operations,
            **HostingOperations(sagemaker).operations,
            **TagOperations(sagemaker.services.records).operations,
        },
        checks_output=checks_output,
    )
