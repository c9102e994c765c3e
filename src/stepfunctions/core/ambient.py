"""The interpreter's only window on the world: the time of one event, its entropy, and what is not there."""

from __future__ import annotations

from dataclasses import dataclass

from stepfunctions.values import Instant

_MASK = (1 << 64) - 1


@dataclass(frozen=True, slots=True)
class Ambient:
    """The surroundings of one call of ``Interpreter.handle``, stored beside its event.

    Args:
        now: when the event was observed.
        seed: 64 random bits, drawn by the driver.
        missing: the activities of the program that do not exist now.
    """

    now: Instant
    seed: int
    missing: tuple[str, ...] = ()


class Entropy:
    """A stream of numbers grown from a seed (SplitMix64): the same seed gives the same stream everywhere."""

    __slots__ = ("_state",)

    def __init__(self, seed: int) -> None:
        self._state = seed & _MASK

    def bits(self) -> int:
        """Return the next 64 bits."""
        self._state = (self._state + 0x9E3779B97F4A7C15) & _MASK
        mixed = self._state
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
        return mixed ^ (mixed >> 31)

    def random(self) -> float:
        """Return the next number, uniform in [0, 1)."""
        return (self.bits() >> 11) * 2.0**-53

    def uuid(self) -> str:
        """Return the next version 4 UUID."""
        number = (self.bits() << 64) | self.bits()
        number = number & ~(0xF << 76) | (4 << 76)
        number = number & ~(0x3 << 62) | (2 << 62)
        digits = f"{number:032x}"
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
