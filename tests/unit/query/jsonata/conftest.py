"""A scope whose time and chance are known, and a short way to evaluate."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import pytest

from stepfunctions.query.jsonata import UNDEFINED, Limits, compile  # noqa: A004


class KnownScope:
    """The surroundings of an evaluation, always the same."""

    now = 1_700_000_000_123
    variables: Mapping[str, Any] = MappingProxyType({})
    context: Any = None

    def __init__(self) -> None:
        self._fractions = iter([0.75, 0.25, 0.5])

    def random(self) -> float:
        return next(self._fractions)

    def uuid(self) -> str:
        return "11111111-2222-4333-8444-555555555555"

    def spend(self, steps: int) -> bool:
        """Let it go on."""
        return True


Evaluate = Callable[..., Any]


@pytest.fixture
def evaluate() -> Evaluate:
    """``evaluate(text, data, **bindings)``: the value of an expression."""

    def run(text: str, data: Any = UNDEFINED, limits: Limits | None = None, **bindings: Any) -> Any:
        return compile(text).evaluate(bindings, KnownScope(), data=data, limits=limits or Limits())

    return run
