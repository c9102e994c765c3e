"""Recordings of executions whose tasks are mocked: the file of test cases, and what mocks cannot say.

AWS was recorded with real services. What a service or its SDK adds to an answer is not in the recorded mocks, so it is
left out of what is expected, as is what a ``.sync`` or ``.waitForTaskToken`` request is answered at once.
"""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any
from uuid import uuid4

Json = Any

_ADDED_BY_SERVICES = frozenset(
    (
        "SdkHttpMetadata",
        "SdkResponseMetadata",
        "ExecutedVersion",
        "RedriveCount",
        "RedriveStatus",
        "RedriveStatusReason",
    )
)
_writing = threading.Lock()


def add_mocks(path: Path, added: Json) -> None:
    """Add a mock configuration to the one at *path*; its responses get names that no other has."""
    prefix = f"{uuid4()}-"
    responses = {f"{prefix}{name}": each for name, each in added["MockedResponses"].items()}
    machines = {
        machine: {
            "TestCases": {
                case: {state: f"{prefix}{response}" for state, response in states.items()}
                for case, states in each["TestCases"].items()
            }
        }
        for machine, each in added["StateMachines"].items()
    }
    with _writing:
        document = json.loads(path.read_text()) if path.exists() else {"StateMachines": {}, "MockedResponses": {}}
        document["StateMachines"] |= machines
        document["MockedResponses"] |= responses
        written = path.with_suffix(".new")
        written.write_text(json.dumps(document))
        written.replace(path)


def mocked(expected: Json) -> Json:
    """Return *expected* without what no mock says."""
    if isinstance(expected, list):
        return [mocked(each) for each in expected]
    if not isinstance(expected, dict):
        return expected
    kept = {name: mocked(value) for name, value in expected.items() if name not in _ADDED_BY_SERVICES}
    if "taskSubmittedEventDetails" in kept:
        kept["taskSubmittedEventDetails"]["output"] = "<submitted>"
    return kept
