"""Expressions and paths that would never end, beside requests and executions that want to be served."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from tests.wire_server import WireServer

ROLE = "arn:aws:iam::111122223333:role/r"
WAIT_MAX_SECONDS = 8.0
"""A turn of the loop takes a second or two at worst; the machine may be busy. What never ends would take for ever."""

RUNAWAYS: dict[str, Any] = {
    "recursion": {"QueryLanguage": "JSONata", "Output": "{% ($f := function($x){ $f($x + 1) }; $f(1)) %}"},
    "regex": {"QueryLanguage": "JSONata", "Output": r"{% $contains($states.input.s, /(a+)+\1$/) %}"},
    "path": {"Parameters": {"all.$": "$.deep..a..a..a..a"}},
}


def nested(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = {"a": value}
    return value


def test_what_would_never_end_fails_and_neighbours_are_served(tmp_path: Path) -> None:
    data = json.dumps({"s": "a" * 5000 + "b", "deep": nested(100)})
    with WireServer(tmp_path) as server:
        client = server.client()
        running = []
        for name, fields in RUNAWAYS.items():
            definition = {"StartAt": "S", "States": {"S": {"Type": "Pass", "End": True, **fields}}}
            created = client.create_state_machine(name=name, definition=json.dumps(definition), roleArn=ROLE)
            running.append(client.start_execution(stateMachineArn=created["stateMachineArn"], input=data))
        longest, found = 0.0, [{"status": "RUNNING"}]
        while any(each["status"] == "RUNNING" for each in found):
            began = time.monotonic()
            found = [client.describe_execution(executionArn=each["executionArn"]) for each in running]
            longest = max(longest, time.monotonic() - began)

        assert {each["status"] for each in found} == {"FAILED"}
        assert longest < WAIT_MAX_SECONDS
