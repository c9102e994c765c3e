"""Which recordings cannot be replayed over the wire, by the capability that is missing."""

from __future__ import annotations

from typing import Any

KINDS = {
    "test_state": "TestState",
}

IDS = {
    "scenarios/base_scenarios/max_concurrency_path_negative": (
        "a history read while AWS had not entered the first state: here StartExecution returns once an execution has "
        "gone as far as it can"
    ),
}


def reason(case: dict[str, Any]) -> str | None:
    """Return why *case* cannot be replayed, or None."""
    if case["id"] in IDS:
        return IDS[case["id"]]
    if case["kind"] in KINDS:
        return KINDS[case["kind"]]
    return None
