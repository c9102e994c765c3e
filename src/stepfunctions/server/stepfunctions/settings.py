"""A state machine's logging, tracing and encryption settings, with AWS's defaults and refusals.

Customer keys and traces are kept and shown, and do nothing locally.

Source: AWS API reference, LoggingConfiguration, TracingConfiguration, EncryptionConfiguration; recordings of AWS.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from stepfunctions.engine.execution_log import group_of
from stepfunctions.logs.errors import NoSuchGroup
from stepfunctions.server.protocols.json import Operation
from stepfunctions.server.request import Request
from stepfunctions.server.stepfunctions.errors import invalid_encryption, invalid_logging
from stepfunctions.values import Json

if TYPE_CHECKING:
    from stepfunctions.logs.store import LogStore

OFF: Final = "OFF"
CUSTOMER_KEY: Final = "CUSTOMER_MANAGED_KMS_KEY"
REUSE_SECONDS: Final = 300
"""How long a data key serves if nobody says (AWS Developer Guide, "Data at rest encryption")."""

DEFAULTS: Final[Mapping[str, Json]] = {
    "loggingConfiguration": {"level": OFF, "includeExecutionData": False},
    "tracingConfiguration": {"enabled": False},
    "encryptionConfiguration": {"type": "AWS_OWNED_KEY"},
}


def given_settings(params: Mapping[str, Any]) -> dict[str, Json]:
    """Return the settings that a request gives, each completed with AWS's defaults.

    Raises:
        AwsError: InvalidLoggingConfiguration or InvalidEncryptionConfiguration.
    """
    given = {name: {**default, **params[name]} for name, default in DEFAULTS.items() if params.get(name) is not None}
    if "loggingConfiguration" in given:
        _check_logging(given["loggingConfiguration"])
    if "encryptionConfiguration" in given:
        given["encryptionConfiguration"] = _encryption(given["encryptionConfiguration"])
    return given


def _encryption(configuration: Mapping[str, Any]) -> dict[str, Json]:
    """Return an encryption configuration that makes sense, with AWS's default for how long a data key serves."""
    if configuration["type"] != CUSTOMER_KEY:
        return dict(configuration)
    if configuration.get("kmsKeyId") is None:
        raise invalid_encryption(f"kmsKeyId must be specified when type is {CUSTOMER_KEY}")
    return {"kmsDataKeyReusePeriodSeconds": REUSE_SECONDS, **configuration}


def _check_logging(configuration: Mapping[str, Any]) -> None:
    destinations = configuration.get("destinations") or []
    if configuration["level"] == OFF and not destinations:
        return
    if len(destinations) != 1:
        raise invalid_logging("Must specify exactly one Log Destination.")
    group = (destinations[0].get("cloudWatchLogsLogGroup") or {}).get("logGroupArn")
    if not group:
        raise invalid_logging("Log Destination not found.")


def checks_destination(operation: Operation, log_store: Callable[[], LogStore]) -> Operation:
    """Return *operation*, which takes a loggingConfiguration, so that it refuses a log group that does not exist.

    The text about the qualifier is from public reports of CreateStateMachine.
    """

    async def checked(request: Request, params: dict[str, Any]) -> Json:
        destinations = (params.get("loggingConfiguration") or {}).get("destinations") or []
        if len(destinations) == 1:
            arn = (destinations[0].get("cloudWatchLogsLogGroup") or {}).get("logGroupArn")
            if arn:
                _check_group(arn, log_store)
        return await operation(request, params)

    return checked


def _check_group(arn: str, log_store: Callable[[], LogStore]) -> None:
    if not arn.endswith(":*"):
        raise invalid_logging("Log Group ARN must be provided with '*' qualifier.")
    group = group_of(arn)
    try:
        if group is not None:
            log_store().group(group)
            return
    except NoSuchGroup:
        pass
    raise invalid_logging("Log Destination not found.")
