"""The context object: ``$$`` in JSONPath, ``$states.context`` in JSONata.

Built when somebody asks, from what the execution and the frame know anyway.

Source: AWS Developer Guide, "Accessing execution data from the Context object". Recorded on AWS: RetryCount is there in
Task, Parallel and Map states only, and times are ISO-8601 in UTC without trailing zeros.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stepfunctions.core.frame import Frame
from stepfunctions.core.map_run import STATE_DATA
from stepfunctions.query.timestamps import format_instant
from stepfunctions.values import Json

if TYPE_CHECKING:
    from stepfunctions.core.execution import Execution


@dataclass(frozen=True, slots=True)
class MapItem:
    """The item of a Map that a query sees; the key is that of an object's member, None in an array."""

    index: int
    value: Json
    source: str = STATE_DATA
    key: str | None = None


def build_context(execution: Execution, frame: Frame, item: MapItem | None, token: str | None) -> Json:
    """Return the context object as *frame*'s state sees it.

    Args:
        execution: where the frame belongs.
        frame: the frame whose state asks.
        item: that of the innermost Map iteration around it; None outside of Map.
        token: the task token; None unless the state is a ``.waitForTaskToken`` task.

    Returns:
        Shape: ``{"Execution": {"Id", "Input", "StartTime", "Name", "RoleArn", "RedriveCount"?, "RedriveTime"?},
        "StateMachine": {"Id", "Name"}, "State": {"Name", "EnteredTime", "RetryCount"?}, "Task": {"Token"}?, "Map":
        {"Item": {"Index", "Key"?, "Value", "Source"}}?}``
    """
    started = execution.started
    state: dict[str, Json] = {"Name": frame.state.name, "EnteredTime": format_instant(frame.entered_at)}
    if frame.state.is_retriable:
        state["RetryCount"] = frame.retry_count
    redrive: dict[str, Json] = {} if started.synchronous else {"RedriveCount": execution.redrive_count}
    if execution.redriven_at is not None:
        redrive["RedriveTime"] = format_instant(execution.redriven_at)
    context: dict[str, Json] = {
        "Execution": {
            "Id": started.execution_arn,
            "Input": execution.input,
            "StartTime": format_instant(started.started_at),
            "Name": started.name,
            "RoleArn": started.role_arn,
            **redrive,
        },
        "StateMachine": {"Id": started.state_machine_arn, "Name": started.state_machine_name},
        "State": state,
    }
    if token is not None:
        context["Task"] = {"Token": token}
    if item is not None:
        shown: dict[str, Json] = {"Index": item.index, "Value": item.value, "Source": item.source}
        if item.key is not None:
            shown["Key"] = item.key
        context["Map"] = {"Item": shown}
    return context


def enclosing_item(frame: Frame) -> MapItem | None:
    """Return the item of the innermost Map iteration that *frame* is in; None outside of Map."""
    at: Frame | None = frame
    while at is not None:
        if at.parent is not None and at.parent.fork is not None and at.parent.fork.items is not None:
            return MapItem(at.position, at.item)
        at = at.parent
    return None
