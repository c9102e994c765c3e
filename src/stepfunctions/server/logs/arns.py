"""ARNs of log groups and streams, and requests that name a group by one."""

from __future__ import annotations

from typing import Any

from stepfunctions.server.errors import AwsError
from stepfunctions.server.request import Request


def group_arn(request: Request, group: str) -> str:
    """Return ``arn:aws:logs:REGION:ACCOUNT:log-group:NAME``."""
    return f"arn:aws:logs:{request.region}:{request.account}:log-group:{group}"


def group_of_arn(arn: str) -> str:
    """Return the name of the group in an ARN, with or without ``:*`` at its end.

    Raises:
        AwsError: InvalidParameterException.
    """
    parts = arn.split(":", 6)
    if len(parts) != 7 or parts[2] != "logs" or parts[5] != "log-group":
        raise AwsError("InvalidParameterException", f"{arn} is not the ARN of a log group.")
    return parts[6].removesuffix(":*")


def group_named(params: dict[str, Any]) -> str:
    """Return the group of a request, by logGroupName or logGroupIdentifier (a name or an ARN).

    Raises:
        AwsError: InvalidParameterException, neither or both.
    """
    name, identifier = params.get("logGroupName"), params.get("logGroupIdentifier")
    if (name is None) == (identifier is None):
        raise AwsError("InvalidParameterException", "Specify either logGroupName or logGroupIdentifier, and not both.")
    if name is not None:
        return str(name)
    text = str(identifier)
    return group_of_arn(text) if text.startswith("arn:") else text
