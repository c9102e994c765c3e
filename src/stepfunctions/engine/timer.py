"""One timer for all executions: a heap of deadlines and one call of the event loop.

A deadline is a point in time of the injected clock, so a long wait does not drift; the loop's own clock only says when
to look again, at least once a minute, since a machine may sleep or its clock be set.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from heapq import heapify, heappop, heappush
from typing import Final

from stepfunctions.values import Instant

LOOK_SECONDS_MAX: Final = 60.0

_SLACK: Final = 64
"""So many entries that nobody wants any more are not worth being looked for."""


class Timer:
    """Calls ``fire(key)`` once when the deadline of *key* has passed.

    Args:
        clock: gives the time.
        fire: told whose time has come; the key is disarmed before.
    """

    def __init__(self, clock: Callable[[], Instant], fire: Callable[[int], None]) -> None:
        self._clock = clock
        self._fire = fire
        self._wanted: dict[int, Instant] = {}
        self._queued: dict[int, Instant] = {}
        self._heap: list[tuple[Instant, int]] = []
        self._handle: asyncio.TimerHandle | None = None
        self._handle_for: Instant | None = None

    def arm(self, key: int, deadline: Instant | None) -> None:
        """Replace the deadline of *key*; None disarms."""
        if deadline is None:
            self._wanted.pop(key, None)
            if len(self._heap) > 2 * len(self._wanted) + _SLACK:
                self._tidy()
            return
        self._wanted[key] = deadline
        queued = self._queued.get(key)
        if queued is None or deadline < queued:  # a later deadline waits for the earlier entry to come up
            self._queued[key] = deadline
            heappush(self._heap, (deadline, key))

    def schedule(self) -> None:
        """Have the loop call at the next deadline."""
        head = self._heap[0][0] if self._heap else None
        if head == self._handle_for:
            return
        self.close()
        if head is not None:
            delay = min(max(head - self._clock(), 0) / 1000, LOOK_SECONDS_MAX)
            self._handle_for = head
            self._handle = asyncio.get_running_loop().call_later(delay, self.look)

    def look(self) -> None:
        """Fire what is due."""
        self.close()
        now = self._clock()
        while self._heap and self._heap[0][0] <= now:
            deadline, key = heappop(self._heap)
            if self._queued.get(key) != deadline:
                continue  # an earlier entry of this key came up before
            del self._queued[key]
            wanted = self._wanted.get(key)
            if wanted is not None and wanted <= now:
                del self._wanted[key]
                self._fire(key)
            else:
                self.arm(key, wanted)
        self.schedule()

    def _tidy(self) -> None:
        """Drop what is queued for nobody: an execution that ends leaves its timeout behind, maybe a year away."""
        self._queued = dict(self._wanted)
        self._heap = [(deadline, key) for key, deadline in self._wanted.items()]
        heapify(self._heap)

    def close(self) -> None:
        """Call nobody any more, until ``schedule``."""
        if self._handle is not None:
            self._handle.cancel()
        self._handle = self._handle_for = None
