"""The official JSONata 2.0.6 suite, group by group; ``function-eval`` does not apply to AWS.

The suite's limits of depth are JSONata's own; those of memory do not exist there.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from tests.conftest import VARIABLE

from stepfunctions.query.jsonata import UNDEFINED, JsonataError, Limits, compile  # noqa: A004

NOT_ON_AWS = {"function-eval"}


class Now:
    """Time stands still; chance always gives the same."""

    now = 1_700_000_000_000
    variables: Mapping[str, Any] = MappingProxyType({})
    context: Any = None

    def random(self) -> float:
        return 0.5

    def uuid(self) -> str:
        return "00000000-0000-4000-8000-000000000000"

    def spend(self, steps: int) -> bool:
        """Let it go on."""
        return True


@lru_cache(1)
def suite(folder: Path) -> tuple[dict[str, list[dict[str, Any]]], dict[str, Any]]:
    cases = json.loads((folder / "conformance" / "jsonata" / "cases.json").read_text())
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for case in cases:
        groups[case["id"].split("/")[0]].append(case)
    return groups, json.loads((folder / "conformance" / "jsonata" / "datasets.json").read_text())


def outcome(case: dict[str, Any], datasets: dict[str, Any]) -> tuple[str, Any]:
    data = case["data"] if "data" in case and "dataset" not in case else datasets.get(case["dataset"], UNDEFINED)
    depth = case["depth"] if case.get("depth", 0) > 100 else 500
    limits = Limits(steps_max=50_000_000, depth_max=depth, memory_max_bytes=100_000_000)
    try:
        value = compile(case["expr"]).evaluate(case.get("bindings") or {}, Now(), data=data, limits=limits)
    except JsonataError as error:
        return "error", error
    return "value", value


def same(actual: Any, expected: Any) -> bool:
    """Compare in depth; a number is never a boolean, and 1 is 1.0."""
    if isinstance(actual, bool) or isinstance(expected, bool):
        return actual is expected
    if isinstance(actual, (int, float)) and isinstance(expected, (int, float)):
        return float(actual) == float(expected)
    if isinstance(actual, list) and isinstance(expected, list):
        return len(actual) == len(expected) and all(map(same, actual, expected))
    if isinstance(actual, dict) and isinstance(expected, dict):
        return actual.keys() == expected.keys() and all(same(actual[key], expected[key]) for key in actual)
    return type(actual) is type(expected) and bool(actual == expected)


def holds(case: dict[str, Any], kind: str, actual: Any) -> bool:
    wanted = case.get("error") or ({"code": case["code"]} if "code" in case else None)
    if wanted is not None:
        matches = kind == "error" and actual.code == wanted["code"]
        return matches and all(getattr(actual, key) == wanted[key] for key in ("message", "token") if key in wanted)
    if kind == "error":
        return False
    if case.get("undefinedResult"):
        return actual is UNDEFINED
    if case.get("unordered") and isinstance(actual, list):
        return sorted(map(json.dumps, actual)) == sorted(map(json.dumps, case["result"]))
    return same(actual, case["result"])


def failures(group: list[dict[str, Any]], datasets: dict[str, Any]) -> list[str]:
    found = []
    for case in group:
        kind, actual = outcome(case, datasets)
        if not holds(case, kind, actual):
            wanted = case.get("error") or case.get("code") or case.get("result", "undefined")
            found.append(f"{case['id']}: {case['expr']!r} should be {wanted!r}, is {actual!r}")
    return found


def group_names() -> list[str]:
    folder = os.environ.get(VARIABLE)
    if not folder:
        return ["none"]
    return sorted(set(suite(Path(folder))[0]) - NOT_ON_AWS)


@pytest.mark.shared
@pytest.mark.parametrize("name", group_names())
def test_a_group_of_the_official_suite(shared: Path, name: str) -> None:
    groups, datasets = suite(shared)
    assert not failures(groups[name], datasets)


@pytest.mark.shared
def test_the_suite_is_all_there(shared: Path) -> None:
    groups, _ = suite(shared)
    assert sum(map(len, groups.values())) == 1220
