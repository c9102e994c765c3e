"""The surroundings of a query, always the same."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from stepfunctions.values import Json

VARIABLES: Final[Mapping[str, Json]] = MappingProxyType(
    {"a": 1, "b": [1, 2, 3], "o": {"p": {"q": "r"}, "a.b": None}, "s": "text", "n": None, "f": 1.5, "e": []}
)
DATA: Final[tuple[Json, ...]] = (
    {"a": 1, "b": [1, 2, 3], "c": {"d": "x", "e": [{"f": 1, "g": "q"}, {"f": 2, "g": "r"}]}, "s": "text", "n": None},
    [{"a": 1, "b": [{"c": 1}, {"c": 2}]}, {"a": "1", "b": {"c": 3}}, {"b": None}],
    {"a": {"a": {"a": [[1, [2]], {"a": True}]}}, "x y": {"'": 1, '"': 2}, "": 0, "a.b": 3, "é": "\U0001f600"},
    [1, 2.5, -3, 10**30, 1e-7, None, True, "", "a"],
    {"big": 12345678901234567890, "t": "2024-02-29T12:00:00.000Z", "list": [[], [[]], {}]},
    "text", 42, None, True, [], {},
)  # fmt: skip


class Surroundings:
    """Time stands still, chance always gives the same."""

    variables = VARIABLES
    context: Final[Json] = {
        "Execution": {"Id": "arn:e", "Input": {"a": 1}},
        "State": {"Name": "S"},
        "Map": {"Item": {}},
    }
    now = 1_700_000_000_123

    def random(self) -> float:
        """Return a half."""
        return 0.5

    def uuid(self) -> str:
        """Return a UUID."""
        return "11111111-2222-4333-8444-555555555555"

    def spend(self, steps: int) -> bool:
        """Let it go on."""
        return True
