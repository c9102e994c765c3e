"""The Map state, inline: runs its processor for every item, a number of them at a time.

The distributed mode is not here: its children are executions of their own.

Source: States Language, "Map State"; AWS Developer Guide, "Using Map state in Inline mode" (at most 40 iterations at a
time); the order and ids of events as recorded from AWS.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from stepfunctions.asl import model
from stepfunctions.core import routing
from stepfunctions.core.context import MapItem
from stepfunctions.core.failures import data_limit_exceeded, is_oversize
from stepfunctions.core.forking import abort_children, fork_of, open_child, open_fork, outputs
from stepfunctions.core.frame import ABORTED, Fork, Frame
from stepfunctions.core.states.map_settings import map_settings
from stepfunctions.core.states.state import CompiledScope, CompiledState, compile_catchers
from stepfunctions.query.failure import Failure, QueryFailed
from stepfunctions.values import JsonError, Payload

if TYPE_CHECKING:
    from stepfunctions.core.execution import Execution

CONCURRENCY_MAX: Final = 40
"""What AWS runs at a time at most, and what MaxConcurrency 0 means."""


class Map(CompiledState):
    """A compiled inline Map state."""

    failed = "MapStateFailed"
    is_retriable = True

    def __init__(self, state: model.Map, processor: CompiledScope) -> None:
        super().__init__(state)
        self.processor = processor
        self.retriers = state.retry
        self.catchers = compile_catchers(state)
        self.settings = map_settings(state)

    def attempt(self, execution: Execution, frame: Frame) -> None:
        """Begin as many iterations as may run at a time."""
        scope = execution.surroundings
        effective = self.flow.effective_input(frame.payload, scope).value
        items = self.settings.items(effective, scope)
        concurrency = min(self.settings.concurrency(effective, scope) or CONCURRENCY_MAX, CONCURRENCY_MAX)
        execution.record(frame, "MapStateStarted", (len(items),))
        begun = frame.previous_event_id
        open_fork(frame, Fork(len(items), begun, effective, items, concurrency))
        for _ in range(min(concurrency, len(items))):
            if not self._begin_iteration(execution, frame, begun):
                return
        if not items:
            self._end(execution, frame)

    def _begin_iteration(self, execution: Execution, frame: Frame, previous_event_id: int) -> bool:
        """Begin the next iteration; return whether its input could be made."""
        fork = fork_of(frame)
        position = fork.next_position
        fork.next_position += 1
        value = (fork.items or [])[position]
        child = open_child(execution, frame, position, self.processor.start, Payload(value), previous_event_id)
        child.item = value
        execution.record(child, "MapIterationStarted", (self.name, position))
        selector = self.settings.selector
        if selector is not None:
            execution.surroundings.look_from(frame, item=MapItem(position, value))
            try:
                child.payload = Payload(selector(fork.effective_input, execution.surroundings))
                is_too_large = is_oversize(child.payload)
            except (QueryFailed, JsonError):
                _take_back(fork, child)
                raise
            if is_too_large:
                _take_back(fork, child)
                routing.give_up(execution, child, data_limit_exceeded(self.name))
                return False
            execution.surroundings.count_written(child.payload.text)
        return True

    def redrive_children(self, execution: Execution, frame: Frame) -> None:
        """Begin further iterations, as far as those that run again leave room."""
        fork = fork_of(frame)
        while fork.open_count < fork.concurrency_max and fork.next_position < len(fork.children):
            if not self._begin_iteration(execution, frame, frame.previous_event_id):
                return

    def child_succeeded(self, execution: Execution, frame: Frame, child: Frame) -> None:
        """Begin the next iteration, or leave after the last.

        MapIterationSucceeded is followed by the state's own end only, never by another iteration.
        """
        fork = fork_of(frame)
        fork.open_count -= 1
        last = child.previous_event_id
        execution.aside("MapIterationSucceeded", last, (self.name, child.position))
        if fork.next_position < len(fork.children):
            self._begin_iteration(execution, frame, last if fork.concurrency_max == 1 else fork.started_event_id)
        elif not fork.open_count:
            frame.previous_event_id = execution.event_count
            self._end(execution, frame)

    def _end(self, execution: Execution, frame: Frame) -> None:
        results = Payload(outputs(fork_of(frame)))
        frame.fork = None
        if is_oversize(results):
            routing.fail(execution, frame, data_limit_exceeded(self.name))
            return
        execution.aside("MapStateSucceeded", frame.previous_event_id, ())
        execution.surroundings.look_from(frame)
        self.finish(execution, frame, results)

    def child_failed(self, execution: Execution, frame: Frame, child: Frame, failure: Failure) -> None:
        """Stop the other iterations, and fail as the iteration did."""
        failing = frame.previous_event_id = child.previous_event_id
        execution.aside("MapIterationFailed", failing, (self.name, child.position))
        for sibling in abort_children(execution, frame, failing):
            execution.aside("MapIterationAborted", failing, (self.name, sibling.position))
        routing.fail(execution, frame, failure)


def _take_back(fork: Fork, child: Frame) -> None:
    """Note that an iteration has no input, so that a redrive begins it anew."""
    child.phase = ABORTED
    fork.children[child.position] = None
    fork.next_position = child.position
    fork.open_count -= 1
