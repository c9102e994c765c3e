"""A state machine's logging, tracing and encryption settings, with AWS's defaults and refusals.

Whether a log group exists is not looked up here; customer keys and traces are kept and shown, and do nothing locally.

Source: AWS API reference, LoggingConfiguration, TracingConfiguration, EncryptionConfiguration; recordings of AWS.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from stepfunctions.server.stepfunctions.errors import invalid_logging
from stepfunctions.values import Json

OFF: Final = "OFF"

DEFAULTS: Final[Mapping[str, Json]] = {
    "loggingConfiguration": {"level": OFF, "includeExecutionData": False},
    "tracingConfiguration": {"enabled": False},
    "encryptionConfiguration": {"type": "AWS_OWNED_KEY"},
}


def given_settings(params: Mapping[str, Any]) -> dict[str, Json]:
    """Return the settings that a request gives, each completed with AWS's defaults.

    Raises:
        AwsError: InvalidLoggingConfiguration.
    """
    given = {name: {**default, **params[name]} for name, default in DEFAULTS.items() if params.get(name) is not None}
    if "loggingConfiguration" in given:
        _check_logging(given["loggingConfiguration"])
    return given


def _check_logging(configuration: Mapping[str, Any]) -> None:
    destinations = configuration.get("destinations") or []
    if configuration["level"] == OFF and not destinations:
        return
    if len(destinations) != 1:
        raise invalid_logging("Must specify exactly one Log Destination.")
    group = (destinations[0].get("cloudWatchLogsLogGroup") or {}).get("logGroupArn")
    if not group:
        raise invalid_logging("Log Destination not found.")
