"""The Resource of a Task that calls a service: ``arn:<partition>:states:::<service>:<action><pattern>``.

Source: AWS Developer Guide, "Integrating services".
"""

from __future__ import annotations

from enum import Enum
from typing import Any

from stepfunctions.steps.partition import get_aws_partition


class IntegrationPattern(Enum):
    """What a Task waits for; the value is the suffix of its Resource."""

    WaitForTaskToken = "waitForTaskToken"
    WaitForCompletion = "sync"
    CallAndContinue = ""


def get_service_integration_arn(
    service: str,
    api: str | Enum,
    integration_pattern: IntegrationPattern = IntegrationPattern.CallAndContinue,
    version: int | None = None,
) -> str:
    """Return the Resource of a service's action.

    Args:
        service: as in the ARN, such as ``sagemaker``.
        api: the action, such as ``createTrainingJob``, or an enum member whose value is it.
        integration_pattern: what the task waits for.
        version: of the pattern: 2 for ``.sync:2``.
    """
    action: Any = api.value if isinstance(api, Enum) else api
    arn = f"arn:{get_aws_partition()}:states:::{service}:{action}"
    if integration_pattern.value:
        arn += f".{integration_pattern.value}"
    return f"{arn}:{version}" if version else arn
