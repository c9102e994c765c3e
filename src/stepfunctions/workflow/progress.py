"""How far an execution has come: the status of each state, read from its history.

Source: AWS Developer Guide, "Viewing execution details"; the words are those of the console's legend.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from stepfunctions.workflow.tables import event_details

SUCCEEDED = "Succeeded"
FAILED = "Failed"
CANCELLED = "Cancelled"
IN_PROGRESS = "In Progress"
CAUGHT_ERROR = "Caught Error"

_ENDINGS = {"ExecutionFailed": FAILED, "ExecutionTimedOut": FAILED, "ExecutionAborted": CANCELLED}
_FAILURES = ("Failed", "TimedOut")


def statuses(events: Iterable[dict[str, Any]]) -> dict[str, str]:
    """Return the status of every state that was entered, by its name.

    Args:
        events: of an execution, as GetExecutionHistory gives them, oldest first.
    """
    found: dict[str, str] = {}
    state_of: dict[int, str | None] = {}
    failed: set[str] = set()
    for event in events:
        kind = event["type"]
        name = event_details(event).get("name") if kind.endswith(("StateEntered", "StateExited")) else None
        name = state_of[event["id"]] = name or state_of.get(event.get("previousEventId", 0))
        if kind in _ENDINGS:
            _end(found, _ENDINGS[kind])
        elif name is None:
            continue
        elif kind.endswith("StateEntered"):
            found[name] = IN_PROGRESS
            failed.discard(name)
        elif kind.endswith("StateExited"):
            found[name] = CAUGHT_ERROR if name in failed else SUCCEEDED
        elif kind.endswith("StateAborted"):
            found[name] = CANCELLED
        elif kind.endswith(_FAILURES):
            failed.add(name)
        elif kind.endswith(("Scheduled", "Started", "Succeeded")):
            failed.discard(name)
    return found


def _end(found: dict[str, str], status: str) -> None:
    """Give every state that was still under way the execution's own end."""
    for name, present in found.items():
        if present == IN_PROGRESS:
            found[name] = status
