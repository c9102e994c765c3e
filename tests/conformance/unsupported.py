"""Which recordings cannot be replayed over the wire, with the reason."""

from __future__ import annotations

from typing import Any

IDS = {
    "scenarios/base_scenarios/max_concurrency_path_negative": (
        "a history read while AWS had not entered the first state: here StartExecution returns once an execution has "
        "gone as far as it can"
    ),
}


def reason(case: dict[str, Any]) -> str | None:
    """Return why *case* cannot be replayed, or None."""
    return IDS.get(case["id"])
