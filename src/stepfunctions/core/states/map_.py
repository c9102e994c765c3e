"""The Map state, inline: runs its processor for every item, a number of them at a time.

The distributed mode is not here: its children are executions of their own.

Source: States Language, "Map State"; AWS Developer Guide, "Using Map state in Inline mode" (at most 40 iterations at a
time); the order and ids of events as recorded from AWS.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from stepfunctions.asl import model
from stepfunctions.core import expressions, routing
from stepfunctions.core.failures import data_limit_exceeded, is_oversize
from stepfunctions.core.forking import abort_children, fork_of, open_child, open_fork, outputs
from stepfunctions.core.frame import Fork, Frame
from stepfunctions.core.queries import RUNTIME, Query, selection, template
from stepfunctions.core.states.state import CompiledScope, CompiledState, compile_catchers
from stepfunctions.query.failure import Failure, QueryFailed
from stepfunctions.query.scope import Scope
from stepfunctions.values import ABSENT, Json, Payload, dumps

if TYPE_CHECKING:
    from stepfunctions.core.execution import Execution

CONCURRENCY_MAX: Final = 40
"""What AWS runs at a time at most, and what MaxConcurrency 0 means."""

_INTEGER: Final = re.compile(r"-?[0-9]+")


class Map(CompiledState):
    """A compiled inline Map state."""

    failed = "MapStateFailed"
    is_retriable = True

    def __init__(self, state: model.Map, processor: CompiledScope) -> None:
        super().__init__(state)
        self.processor = processor
        self.retriers = state.retry
        self.catchers = compile_catchers(state)
        self._selector: Query | None
        if state.query_language == model.JSONATA:
            self._items = _evaluated_items(state.items)
            self._selector = expressions.argument(state.item_selector, "ItemSelector")
            self._concurrency = expressions.whole_number(state.max_concurrency, "MaxConcurrency", 0) or _unbounded
        else:
            self._items = _items(state.items_path or "$")
            self._selector = None if state.item_selector is ABSENT else template(state.item_selector, "ItemSelector")
            self._concurrency = _concurrency(state)

    def attempt(self, execution: Execution, frame: Frame) -> None:
        """Begin as many iterations as may run at a time."""
        scope = execution.surroundings
        effective = self.flow.effective_input(frame.payload, scope).value
        items = self._items(effective, scope)
        concurrency = min(self._concurrency(effective, scope) or CONCURRENCY_MAX, CONCURRENCY_MAX)
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
        if self._selector is not None:
            execution.surroundings.look_from(frame, iteration=child)
            child.payload = Payload(self._selector(fork.effective_input, execution.surroundings))
            if is_oversize(child.payload):
                routing.give_up(execution, child, data_limit_exceeded(self.name))
                return False
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
        execution.aside("MapStateSucceeded", frame.previous_event_id, ())
        results = outputs(fork_of(frame))
        frame.fork = None
        execution.surroundings.look_from(frame)
        self.finish(execution, frame, Payload(results))

    def child_failed(self, execution: Execution, frame: Frame, child: Frame, failure: Failure) -> None:
        """Stop the other iterations, and fail as the iteration did."""
        failing = frame.previous_event_id = child.previous_event_id
        execution.aside("MapIterationFailed", failing, (self.name, child.position))
        for sibling in abort_children(execution, frame, failing):
            execution.aside("MapIterationAborted", failing, (self.name, sibling.position))
        routing.fail(execution, frame, failure)


def _unbounded(data: Json, scope: Scope) -> Json:
    return 0


def _evaluated_items(items: Json) -> Query:
    """Return Items of a JSONata Map, which is the state's input if it is absent."""
    if expressions.is_expression_text(items):
        return expressions.typed(items, "Items", "array") or _whole_input
    read = expressions.argument(items, "Items") or _whole_input

    def array(data: Json, scope: Scope) -> Json:
        value = read(data, scope)
        if not isinstance(value, list):
            raise expressions.EvaluationFailed(f"Map state input must be an array but was: {dumps(value)}", None)
        return value

    return array


def _whole_input(data: Json, scope: Scope) -> Json:
    return data


def _items(path: str) -> Query:
    select = selection(path)

    def items(data: Json, scope: Scope) -> Json:
        value = data if select is None else select(data, scope)
        if not isinstance(value, list):
            raise QueryFailed(RUNTIME, f'Reference path "{path}" must point to array.')
        return value

    return items


def _concurrency(state: model.Map) -> Query:
    """Return MaxConcurrency as a closure to a number, 0 for as many as possible."""
    path = state.max_concurrency_path
    if path is None:
        fixed = 0 if state.max_concurrency is ABSENT else state.max_concurrency
        return lambda data, scope: fixed
    select = selection(path)

    def concurrency(data: Json, scope: Scope) -> Json:
        value = data if select is None else select(data, scope)
        text = value if isinstance(value, str) else dumps(value)
        if not _INTEGER.fullmatch(text):
            raise QueryFailed(
                RUNTIME, f'The MaxConcurrencyPath field refers to value "{text}" which is not a valid integer: {path}'
            )
        if (number := int(text)) < 0:
            # The text follows that of ToleratedFailureCount; it is not verified against AWS.
            raise QueryFailed(RUNTIME, "MaxConcurrency cannot be negative.")
        return number

    return concurrency
