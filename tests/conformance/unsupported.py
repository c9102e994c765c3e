"""Which recordings cannot be replayed over the wire, by the capability that is missing."""

from __future__ import annotations

import json
import re
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

_DISTRIBUTED = re.compile(r'"Mode": *"DISTRIBUTED"')


def reason(case: dict[str, Any]) -> str | None:
    """Return why *case* cannot be replayed, or None."""
    if case["id"] in IDS:
        return IDS[case["id"]]
    if case["kind"] in KINDS:
        return KINDS[case["kind"]]
    return (
        _missing_feature(json.dumps(case["definition"])) if case["kind"] in ("execution", "mocked_execution") else None
    )


def _missing_feature(definition: str) -> str | None:
    if _DISTRIBUTED.search(definition):
        return "the Distributed Map does not run"
    return None
