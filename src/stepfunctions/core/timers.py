"""When frames want to hear of time: a heap, so that work per event does not grow with the number of frames.

Entries are never searched for: an entry is valid only while its frame is armed for that very instant, and is dropped
when it reaches the top. A deadline that moves later (a heartbeat) is re-armed when the earlier entry comes up.
"""

from __future__ import annotations

from heapq import heapify, heappop, heappush

from stepfunctions.core.frame import Frame
from stepfunctions.values import Instant


class Timers:
    """The armed frames of one execution, by (deadline, frame id)."""

    __slots__ = ("_armed", "_heap")

    def __init__(self) -> None:
        self._heap: list[tuple[Instant, int]] = []
        self._armed: dict[int, Frame] = {}

    def arm(self, frame: Frame, deadline: Instant) -> None:
        """Have *frame* hear of time at *deadline*, instead of when it was to hear before."""
        if frame.deadline is not None and frame.deadline <= deadline and frame.id in self._armed:
            frame.deadline = deadline
            return
        frame.deadline = deadline
        self._armed[frame.id] = frame
        heappush(self._heap, (deadline, frame.id))
        if len(self._heap) > 2 * len(self._armed) + 64:
            self._heap = [(each.deadline, each.id) for each in self._armed.values() if each.deadline is not None]
            heapify(self._heap)

    def disarm(self, frame: Frame) -> None:
        """Forget what *frame* was armed for."""
        frame.deadline = None
        self._armed.pop(frame.id, None)

    def clear(self) -> None:
        """Forget everybody."""
        self._heap.clear()
        self._armed.clear()

    def earliest(self) -> Instant | None:
        """Return the nearest deadline; None if nobody is armed."""
        heap = self._heap
        while heap:
            at, frame_id = heap[0]
            frame = self._armed.get(frame_id)
            if frame is not None and frame.deadline == at:
                return at
            heappop(heap)
            if frame is not None and frame.deadline is not None and frame.deadline > at:
                heappush(heap, (frame.deadline, frame_id))
        return None

    def take_due(self, now: Instant) -> Frame | None:
        """Disarm and return the frame that is due first; None if none is due at *now*."""
        at = self.earliest()
        if at is None or at > now:
            return None
        frame = self._armed[heappop(self._heap)[1]]
        self.disarm(frame)
        return frame

    def __contains__(self, frame: Frame) -> bool:
        return frame.id in self._armed

    def __len__(self) -> int:
        return len(self._armed)
