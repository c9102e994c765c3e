"""What the log store keeps, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from stepfunctions.values import Instant

EVENT_OVERHEAD_BYTES: Final = 26
"""What AWS counts for an event beyond its message."""


@dataclass(frozen=True, slots=True)
class LogGroup:
    """A log group."""

    name: str
    created_at: Instant
    retention_days: int | None
    tags: Mapping[str, str]
    stored_bytes: int


@dataclass(frozen=True, slots=True)
class LogStream:
    """A log stream; the times of its events are None while it has none."""

    id: int
    name: str
    created_at: Instant
    first_event_at: Instant | None
    last_event_at: Instant | None
    last_ingested_at: Instant | None


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in the order of events: by time, then as they came."""

    at: Instant
    id: int


START: Final = Position(-1, -1)
END: Final = Position(2**62, 2**62)


@dataclass(frozen=True, slots=True)
class LogEvent:
    """One line of a log. ``stream`` is named only where events of several are read together."""

    id: int
    at: Instant
    ingested_at: Instant
    message: str
    stream: str

    @property
    def position(self) -> Position:
        """Where it lies."""
        return Position(self.at, self.id)
