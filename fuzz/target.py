"""What is fuzzed: a source of inputs and what must hold for each."""

from __future__ import annotations

from random import Random
from typing import Protocol

from stepfunctions.values import Json


class Finding(AssertionError):
    """Something that must hold does not.

    Attributes:
        signature: tells one fault from another, where the place that raised it does not.
    """

    def __init__(self, what: str, signature: str = "") -> None:
        super().__init__(what)
        self.signature = signature


class Target(Protocol):
    """One kind of input.

    Attributes:
        shares: how much of the time it gets, relative to the others.
    """

    shares: int

    def make(self, random: Random) -> Json:
        """Return the next input."""
        ...

    def check(self, given: Json) -> None:
        """Use *given* as a stranger would.

        Raises:
            Finding: something that must hold does not. Every other exception is a finding as well.
        """
        ...

    def close(self) -> None:
        """Stop what was started."""
        ...


def random_for(seed: int, target: str, number: int) -> Random:
    """Return the chance that makes input *number* of *target*, the same in every process."""
    return Random(f"{seed}/{target}/{number}")
