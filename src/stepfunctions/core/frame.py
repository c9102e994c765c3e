"""A Frame: one active position in an execution's tree (the machine's own, a branch's, an iteration's).

A frame lives as long as its scope: it moves from state to state and keeps what the state it stands on needs to go on.
It decides nothing: the states do, through ``Execution``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from stepfunctions.core.map_run import MapRun
from stepfunctions.values import Instant, Json, Payload

if TYPE_CHECKING:
    from stepfunctions.core.states.state import CompiledState

ENTERING: Final = "entering"
"""Runnable: the state is entered next."""
ATTEMPTING: Final = "attempting"
"""Runnable: a state that was entered before is tried again, after a retrier's delay."""
WAITING: Final = "waiting"
"""In a Wait state, until the frame's deadline."""
RETRYING: Final = "retrying"
"""Between two attempts, until the frame's deadline."""
WORKING: Final = "working"
"""A task is in flight; its timeouts are the frame's deadline."""
FORKED: Final = "forked"
"""The frame's children run."""
STARTING: Final = "starting"
"""The frame's Map Run has room for children, and items for them."""
MAPPING: Final = "mapping"
"""The frame's Map Run goes on by itself."""
SUCCEEDED: Final = "succeeded"
FAILED: Final = "failed"
ABORTED: Final = "aborted"

RUNNABLE: Final = frozenset((ENTERING, ATTEMPTING))
TIMED: Final = frozenset((WAITING, RETRYING))
OVER: Final = frozenset((SUCCEEDED, FAILED, ABORTED))


class Frame:
    """One active position.

    Attributes:
        id: unique in the execution, in order of creation.
        parent: the frame whose Parallel or Map state made this one; None for the machine's own.
        position: which of its parent's children it is: the branch or the item, from 0.
        phase: one of the constants of this module.
        state: where the frame stands.
        payload: the raw input of the state.
        variables: every variable in reach: those of the outer scopes, overlaid by the frame's own.
        previous_event_id: the history event that the next one of this frame follows.
        entered_event_id: the state's StateEntered event; 0 until it is entered.
        entered_at: when.
        deadline: when the frame wants to hear of time; None for never.
        retry_counts: how often each retrier of the state has retried in this visit, by position.
        task: what is in flight, in phase WORKING.
        fork: the children, in phase FORKED and after it until they are dropped.
        map_run: the run of a Distributed Map, in phases STARTING and MAPPING and after them, for a redrive.
        item: of an iteration: its value, as ``$$.Map.Item.Value`` shows it.
    """

    __slots__ = (
        "deadline",
        "entered_at",
        "entered_event_id",
        "fork",
        "id",
        "item",
        "map_run",
        "parent",
        "payload",
        "phase",
        "position",
        "previous_event_id",
        "retry_counts",
        "state",
        "task",
        "variables",
    )

    def __init__(
        self,
        frame_id: int,
        parent: Frame | None,
        position: int,
        state: CompiledState,
        payload: Payload,
        variables: Mapping[str, Json],
        previous_event_id: int,
    ) -> None:
        self.id = frame_id
        self.parent = parent
        self.position = position
        self.phase: str = ENTERING
        self.state = state
        self.payload = payload
        self.variables = variables
        self.previous_event_id = previous_event_id
        self.entered_event_id = 0
        self.entered_at: Instant = 0
        self.deadline: Instant | None = None
        self.retry_counts: dict[int, int] | None = None
        self.task: Flight | None = None
        self.fork: Fork | None = None
        self.map_run: MapRun | None = None
        self.item: Json = None

    @property
    def retry_count(self) -> int:
        """How often the state was retried in this visit, by whichever retrier: ``$$.State.RetryCount``."""
        return sum(self.retry_counts.values()) if self.retry_counts else 0

    def __repr__(self) -> str:
        return f"Frame({self.id}, {self.state.name!r}, {self.phase})"


class Flight:
    """A task in flight.

    Attributes:
        id: the task_id of its ScheduleTask command.
        started: TaskStarted has been recorded.
        submitted: likewise TaskSubmitted.
        timeout_at: when the attempt times out; None for never, and as long as its time does not run.
        timeout_seconds: how long it may take once started, where its time begins only then.
        heartbeat_seconds: how long it may stay silent once started; None for ever.
        heartbeat_at: when its silence becomes a timeout; None while nobody counts.
        early_final: a final event that came before TaskSubmitted, in its JSON form; it is taken in after it.
    """

    __slots__ = (
        "early_final", "heartbeat_at", "heartbeat_seconds", "id", "started", "submitted", "timeout_at",
        "timeout_seconds",
    )  # fmt: skip

    def __init__(self, task_id: str, timeout_at: Instant | None, heartbeat_seconds: float | None) -> None:
        self.id = task_id
        self.started = False
        self.submitted = False
        self.timeout_at = timeout_at
        self.timeout_seconds: int | None = None
        self.heartbeat_seconds = heartbeat_seconds
        self.heartbeat_at: Instant | None = None
        self.early_final: Json = None

    @property
    def deadline(self) -> Instant | None:
        """The nearer of the two timeouts."""
        if self.timeout_at is None or self.heartbeat_at is None:
            return self.heartbeat_at if self.timeout_at is None else self.timeout_at
        return min(self.timeout_at, self.heartbeat_at)


class Fork:
    """The children of a frame that stands on a Parallel or Map state.

    Attributes:
        children: by position; None where none has been made yet. The payload of one that succeeded is its output.
        open_count: children that have neither succeeded nor failed nor been aborted.
        started_event_id: the event that every branch's chain begins with.
        effective_input: of the state; an ItemSelector sees it.
        items: of a Map; None for a Parallel.
        concurrency_max: of a Map: how many children may be open at a time.
        next_position: of a Map: the next item to begin.
    """

    __slots__ = (
        "children",
        "concurrency_max",
        "effective_input",
        "items",
        "next_position",
        "open_count",
        "started_event_id",
    )

    def __init__(
        self,
        size: int,
        started_event_id: int,
        effective_input: Json,
        items: list[Json] | None = None,
        concurrency_max: int = 0,
    ) -> None:
        self.children: list[Frame | None] = [None] * size
        self.open_count = 0
        self.started_event_id = started_event_id
        self.effective_input = effective_input
        self.items = items
        self.concurrency_max = concurrency_max
        self.next_position = 0


def mark_aborted(frame: Frame) -> None:
    """Mark what was going on under *frame* as aborted; the tree stays, for a redrive."""
    if frame.fork is not None:
        for child in frame.fork.children:
            if child is not None and child.phase not in OVER:
                mark_aborted(child)
    frame.task = None
    frame.deadline = None
    if frame.phase not in OVER:
        frame.phase = ABORTED
