"""Execution logs in CloudWatch Logs: what of an execution's history goes there, and in which shape.

A commit's history is written with it, as one batch, so that a log of a STANDARD execution has what its history has. An
execution whose level is OFF has no ``Logging``, and costs one look at an attribute.

The configuration is that of the state machine when the execution started. A log group that was deleted since takes
nothing, and nobody is told, as on AWS. The names of streams and the place where a long payload is cut are not verified
against AWS.

Source: AWS Developer Guide, "Using CloudWatch Logs to log execution history" and "Log levels"; log events of AWS.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from secrets import token_hex
from time import gmtime, strftime
from typing import TYPE_CHECKING, Final

from stepfunctions.core.history import FIELDS, HistoryEvent, render
from stepfunctions.logs.errors import NoSuchGroup
from stepfunctions.values import Instant, Json, dumps

if TYPE_CHECKING:
    from stepfunctions.engine.execution import Execution
    from stepfunctions.logs.store import LogStore

OFF: Final = "OFF"
PAYLOAD_MAX_BYTES: Final = 248 * 1024

_FATAL: Final = frozenset(("ExecutionAborted", "ExecutionFailed", "ExecutionTimedOut"))
_ERROR: Final = _FATAL | {
    "FailStateEntered",
    *(kind for kind in FIELDS if kind.endswith(("Failed", "Aborted", "TimedOut"))),
}
LEVELS: Final[Mapping[str, frozenset[str]]] = {"ALL": frozenset(FIELDS), "ERROR": _ERROR, "FATAL": _FATAL}
"""The types of history events that each level logs."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Logging:
    """Where and what an execution logs.

    Args:
        group: the name of the log group.
        types: of the history events that are logged.
        includes_data: inputs and outputs are logged too.
    """

    group: str
    types: frozenset[str]
    includes_data: bool


def logging_of(configuration: Mapping[str, Json] | None) -> Logging | None:
    """Return what a loggingConfiguration means; None if nothing is to be logged.

    Args:
        configuration: ``{"level": "ALL", "includeExecutionData": bool, "destinations": [{"cloudWatchLogsLogGroup":
            {"logGroupArn": "arn:aws:logs:REGION:ACCOUNT:log-group:NAME:*"}}]}``
    """
    if not configuration or configuration.get("level", OFF) == OFF or not configuration.get("destinations"):
        return None
    arn = configuration["destinations"][0]["cloudWatchLogsLogGroup"]["logGroupArn"]
    group = group_of(arn)
    includes_data = bool(configuration.get("includeExecutionData"))
    return None if group is None else Logging(group, LEVELS[configuration["level"]], includes_data)


def group_of(arn: str) -> str | None:
    """Return the name of the log group that a destination's ARN names; None if it names none."""
    parts = arn.split(":", 6)
    if len(parts) != 7 or parts[0] != "arn" or parts[2] != "logs" or parts[5] != "log-group":
        return None
    name, colon, rest = parts[6].rpartition(":")
    return name if colon and rest == "*" else None


class ExecutionLog:
    """Writes the logs of executions.

    Args:
        store: gives the log store; asked when the first event is written.
        clock: gives the time, for the names of streams.
    """

    def __init__(self, store: Callable[[], LogStore], clock: Callable[[], Instant]) -> None:
        self._store = store
        self._clock = clock
        self._streams: dict[tuple[str, str], str] = {}

    def write(self, execution: Execution) -> None:
        """Queue what is to be logged of the history that is being committed.

        Whatever goes wrong goes to our own log: it is not the execution's fault.
        """
        configuration, execution_arn = execution.logs, execution.owner.execution_arn
        assert configuration is not None
        redrive_count = 0 if execution.interpreter is None else execution.interpreter.redrive_count
        events = [event for event in execution.history if event.type in configuration.types]
        if not events:
            return
        try:
            includes_data = configuration.includes_data
            lines = [(each.at, line(each, execution_arn, redrive_count, includes_data)) for each in events]
            store = self._store()
            store.group(configuration.group)
            store.append(configuration.group, self._stream(configuration.group, execution_arn), lines)
        except NoSuchGroup:
            return
        except Exception:
            _log.exception("%d log events of %s were not written", len(events), execution_arn)

    def _stream(self, group: str, execution_arn: str) -> str:
        """Return the stream for the executions of a state machine: a new one for each process."""
        machine = execution_arn.split(":")[6]
        if (group, machine) not in self._streams:
            minute = strftime("%Y-%m-%d-%H-%M", gmtime(self._clock() / 1000))
            self._streams[group, machine] = f"states/{machine}/{minute}/{token_hex(4)}"
        return self._streams[group, machine]


def line(event: HistoryEvent, execution_arn: str, redrive_count: int, includes_data: bool) -> str:
    """Return one log event as JSON text.

    Shape: ``{"id": "2", "type": str, "details": {...}, "previous_event_id": "0", "event_timestamp": "<ms>",
    "execution_arn": str, "redrive_count": "0"}``, where every number and boolean in the details is text too.
    """
    rendered = render(event, includes_data)
    member = FIELDS[event.type][0]
    details = {} if member is None else _limited(rendered[member])
    return dumps(
        {
            "id": str(event.id),
            "type": event.type,
            "details": _texts(details),
            "previous_event_id": str(event.previous_id),
            "event_timestamp": str(event.at),
            "execution_arn": execution_arn,
            "redrive_count": str(redrive_count),
        }
    )


def _limited(details: Mapping[str, Json]) -> dict[str, Json]:
    """Cut the input and output that CloudWatch Logs would not take, and say so."""
    limited = dict(details)
    for name in ("input", "output"):
        value = details.get(name)
        if isinstance(value, str) and len(value) * 6 > PAYLOAD_MAX_BYTES:
            size = len(dumps(value).encode("utf-8", "replace"))
            if size > PAYLOAD_MAX_BYTES:
                limited[name] = value[: len(value) * PAYLOAD_MAX_BYTES // size]
                limited[f"{name}Details"] = {"truncated": True}
    return limited


def _texts(value: Json) -> Json:
    if isinstance(value, dict):
        return {name: _texts(each) for name, each in value.items()}
    return value if isinstance(value, str) else dumps(value)
