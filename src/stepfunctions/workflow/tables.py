"""Lists of events, executions and workflows, and the HTML tables that notebooks show.

The tables use inline styles and ``<details>`` for what unfolds: a saved notebook is shown without its scripts and
style sheets. Every value from the service is escaped.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from html import escape
from typing import Any

Column = tuple[str, Callable[[Any], str]]
"""A heading, and how a row's cell is made: HTML, already escaped."""

_TABLE = "border-collapse:collapse;font-family:sans-serif;font-size:13px"
_HEAD = "text-align:left;padding:4px 12px;border-bottom:2px solid #8886"
_CELL = "text-align:left;padding:4px 12px;border-bottom:1px solid #8884;vertical-align:top"
_CODE = "margin:4px 0;white-space:pre-wrap;overflow-wrap:anywhere;max-width:60em"


def table(rows: Iterable[Any], columns: Sequence[Column]) -> str:
    """Return an HTML table."""
    head = "".join(f'<th style="{_HEAD}">{escape(name)}</th>' for name, _ in columns)
    body = "".join(
        '<tr class="awsui-table-row">'
        + "".join(f'<td style="{_CELL}">{cell(row)}</td>' for _, cell in columns)
        + "</tr>"
        for row in rows
    )
    return f'<table style="{_TABLE}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def format_time(moment: datetime | None) -> str:
    """Return a time as the tables show it, ``Nov 23, 2026 08:07:37.123 PM``; ``-`` for none."""
    if moment is None:
        return "-"
    return f"{moment:%b %d, %Y %I:%M:%S}.{moment.microsecond // 1000:03d} {moment:%p}"


class EventsList(list[dict[str, Any]]):
    """The events of an execution, as GetExecutionHistory gives them."""

    def to_html(self) -> str:
        """Return a table: what happened, in which step, for how long, with the details folded."""
        rows = list(_event_rows(self))
        columns: list[Column] = [
            ("ID", lambda row: escape(str(row["id"]))),
            ("Type", lambda row: _unfolding(row["type"], row["details"])),
            ("Step", lambda row: escape(row["step"] or "-")),
            ("Resource", lambda row: escape(row["resource"] or "-")),
            ("Elapsed Time (ms)", lambda row: f"{row['elapsed_milliseconds']:.0f}"),
            ("Timestamp", lambda row: escape(format_time(row["timestamp"]))),
        ]
        return table(rows, columns)


class ExecutionsList(list[Any]):
    """Executions of a workflow."""

    def to_html(self) -> str:
        """Return a table of them."""
        columns: list[Column] = [
            ("Name", lambda each: escape(each.name or "-")),
            ("Status", lambda each: escape(getattr(each.status, "value", each.status) or "-")),
            ("Started", lambda each: escape(format_time(each.start_date))),
            ("End Time", lambda each: escape(format_time(each.stop_date))),
        ]
        return table(self, columns)


class WorkflowList(list[dict[str, Any]]):
    """State machines of an account."""

    def to_html(self) -> str:
        """Return a table of them."""
        columns: list[Column] = [
            ("Name", lambda each: escape(each["name"])),
            ("Creation Date", lambda each: escape(format_time(each["creationDate"]))),
        ]
        return table(self, columns)


def _unfolding(label: str, details: dict[str, Any]) -> str:
    if not details:
        return escape(label)
    text = escape(json.dumps(details, indent=2, ensure_ascii=False, default=str))
    return f'<details><summary>{escape(label)}</summary><pre style="{_CODE}">{text}</pre></details>'


def _event_rows(events: Sequence[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    """Yield what the table shows of each event: an event belongs to the step that it, or one before it, entered."""
    in_order = sorted(events, key=lambda event: event["id"])
    started = in_order[0]["timestamp"] if in_order else None
    steps: dict[int, str | None] = {}
    resources: dict[int, str | None] = {}
    rows: dict[int, dict[str, Any]] = {}
    for event in in_order:
        details = event_details(event)
        before = event.get("previousEventId", 0)
        entered = event["type"].endswith(("StateEntered", "StateExited"))
        step = steps[event["id"]] = details.get("name") if entered else steps.get(before)
        # A resource lasts from its scheduling to its end; the events in between do not repeat it.
        inherited = None if entered or event["type"].startswith("Execution") else resources.get(before)
        resource = resources[event["id"]] = _resource(details) or inherited
        rows[event["id"]] = {
            "id": event["id"],
            "type": event["type"],
            "step": None if event["type"].startswith("Execution") else step,
            "resource": resource,
            "elapsed_milliseconds": (event["timestamp"] - started).total_seconds() * 1000,
            "timestamp": event["timestamp"],
            "details": {name: _decoded(value) for name, value in details.items()},
        }
    return [rows[event["id"]] for event in events]


def event_details(event: dict[str, Any]) -> dict[str, Any]:
    """Return the details of an event, whatever its kind calls them; empty if it has none."""
    return next((value for name, value in event.items() if name.endswith("EventDetails")), {})


def _resource(details: dict[str, Any]) -> str | None:
    resource: str | None = details.get("resource")
    kind = details.get("resourceType")
    return f"{kind}:{resource}" if kind and resource else resource


def _decoded(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value
