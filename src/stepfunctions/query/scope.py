"""What a query can see beside its input. The interpreter provides it; the query languages only read it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Protocol

from stepfunctions.values import Instant, Json

MANY_STEPS: Final = 500
"""A query that takes no more does not tell its scope."""


class Scope(Protocol):
    """The surroundings of one evaluation."""

    @property
    def variables(self) -> Mapping[str, Json]:
        """The workflow variables in reach, by name without ``$``."""
        ...

    @property
    def context(self) -> Json:
        """The context object (``$$``, ``$states.context``); built when first asked for."""
        ...

    @property
    def now(self) -> Instant:
        """The time of this evaluation."""
        ...

    def random(self) -> float:
        """Return the next number of this evaluation, uniform in [0, 1)."""
        ...

    def uuid(self) -> str:
        """Return the next version 4 UUID of this evaluation."""
        ...

    def spend(self, steps: int) -> bool:
        """Take note that a query took many steps, of about a microsecond each.

        Returns:
            Whether it may: False if these, together with those before, are too many for one state.
        """
        ...
