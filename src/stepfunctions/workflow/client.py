"""The boto3 client of Step Functions, made when it is first needed: building a workflow asks nobody."""

from __future__ import annotations

from typing import Any

USER_AGENT = "aws-step-functions-data-science-sdk-python"


def stepfunctions_client() -> Any:
    """Return a new client from the environment's configuration, which names the cloud that it talks to."""
    import boto3
    from botocore.config import Config

    return boto3.client("stepfunctions", config=Config(user_agent_extra=USER_AGENT))
