"""What every test of the query languages needs: a scope that answers from fixed values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest


@dataclass
class FixedScope:
    """A scope with the given variables and context object; its entropy is always the same."""

    variables: dict[str, Any] = field(default_factory=dict)
    context: Any = None
    now: int = 0
    fraction: float = 0.5

    def random(self) -> float:
        return self.fraction

    def uuid(self) -> str:
        return "11111111-2222-4333-8444-555555555555"

    def spend(self, steps: int) -> bool:
        """Let it go on."""
        return True


@pytest.fixture
def scope() -> FixedScope:
    return FixedScope()


@pytest.fixture
def make_scope() -> Callable[..., FixedScope]:
    return FixedScope
