"""A Map, of either mode, whose iterations do not begin: the input of each is made, and then the mock is their outcome.

What an ItemReader would read is given as the data that it reads, or as the state's input if that is an array, or is not
known; then there is nothing to show of items. Not verified against AWS: what the steps after the selection look like,
and that an ItemReader's and a ResultWriter's arguments are evaluated at all.

Source: AWS API reference, InspectionData, TestStateConfiguration; Developer Guide, "Testing Distributed Map states";
recordings of TestState, which holds failed iterations against thresholds only where the state has one.
"""

from __future__ import annotations

from itertools import islice
from typing import NamedTuple

from stepfunctions.asl import model
from stepfunctions.core import routing
from stepfunctions.core.batching import batch_text, fill_batch
from stepfunctions.core.context import MapItem
from stepfunctions.core.execution import Execution
from stepfunctions.core.failures import MAX_ITEMS_NEGATIVE, THRESHOLD_EXCEEDED
from stepfunctions.core.frame import Frame
from stepfunctions.core.map_run import STATE_DATA, s3_source
from stepfunctions.core.states.distributed_settings import Batcher, item_batcher, item_reader, result_writer
from stepfunctions.core.states.map_ import Map
from stepfunctions.core.states.state import CompiledScope
from stepfunctions.core.surroundings import Surroundings
from stepfunctions.core.trial.inspection import (
    AFTER_ITEM_BATCHER,
    AFTER_ITEM_SELECTOR,
    AFTER_ITEMS_PATH,
    AFTER_ITEMS_POINTER,
    Inspection,
)
from stepfunctions.core.trial.mock import Mock, answer
from stepfunctions.errors import InvalidRequest
from stepfunctions.query.failure import Failure
from stepfunctions.values import Json, dumps, loads


class Thresholds(NamedTuple):
    """How many iterations may fail; None where the state does not say."""

    failures_max: int | None
    percentage_max: float | None

    def are_exceeded(self, failed: int, iterations: int) -> bool:
        """Return whether *failed* of *iterations* are too many."""
        if self.failures_max is not None and failed > self.failures_max:
            return True
        return self.percentage_max is not None and failed * 100 > self.percentage_max * iterations


class MockedMap(Map):
    """A Map whose iterations do not begin.

    Args:
        state: of either mode.
        processor: its states, which are not entered.
        mock: stands in for the iterations.
        inspection: is told what becomes of the items.
    """

    def __init__(self, state: model.Map, processor: CompiledScope, mock: Mock, inspection: Inspection) -> None:
        super().__init__(state, processor)
        self._mock = mock
        self._inspection = inspection
        self._reader = item_reader(state)
        self._batcher = item_batcher(state)
        self._writer = result_writer(state)

    def attempt(self, execution: Execution, frame: Frame) -> None:
        """Evaluate the settings and every iteration's input, and take the mock for their outputs."""
        scope = execution.surroundings
        effective = self.flow.effective_input(frame.payload, scope).value
        items, source = self._items(effective, scope)
        thresholds = self._numbers(effective, scope)
        if self._writer is not None:
            self._writer.evaluate(effective, scope)
        if isinstance(items, Failure):
            routing.fail(execution, frame, items)
            return
        count = None if items is None else self._iterations(frame, items, source, effective, scope)
        if self._is_exceeded(count, thresholds) and self._mock.failure is None:
            routing.fail(execution, frame, THRESHOLD_EXCEEDED)
        else:
            answer(execution, frame, self._mock)

    def _items(self, effective: Json, scope: Surroundings) -> tuple[Json, str]:
        """Return the items and where they come from: an array or an object, None if nobody knows, or a Failure."""
        if self._reader is None:
            items = self.settings.items(effective, scope)
            self._inspection.note(AFTER_ITEMS_PATH, items)
            return items, STATE_DATA
        read, given = self._reader.evaluate(effective, scope), self._mock.items
        source, items_max = s3_source(read["arguments"]), read["config"].get("MaxItems") or None
        if items_max is not None and items_max < 0:
            return MAX_ITEMS_NEGATIVE, source
        if given is None:
            return effective if isinstance(effective, list) else None, source
        if "ItemsPointer" in read["config"]:
            self._inspection.note(AFTER_ITEMS_POINTER, given)
        if isinstance(given, dict):
            return dict(islice(given.items(), items_max)), source
        return given[:items_max], source

    def _numbers(self, effective: Json, scope: Surroundings) -> Thresholds:
        """Return the thresholds, and have them and the concurrency shown."""
        numbers, settings = self._inspection.numbers, self.settings
        numbers["maxConcurrency"] = settings.concurrency(effective, scope)
        count = None if settings.tolerated_count is None else settings.tolerated_count(effective, scope)
        percentage = None if settings.tolerated_percentage is None else settings.tolerated_percentage(effective, scope)
        if count is not None:
            numbers["toleratedFailureCount"] = count
        if percentage is not None:
            numbers["toleratedFailurePercentage"] = float(percentage)
        return Thresholds(count, percentage)

    def _iterations(self, frame: Frame, items: Json, source: str, effective: Json, scope: Surroundings) -> int:
        """Make the input of every iteration, have it shown, and return how many there are."""
        inputs = self._select(frame, items, source, effective, scope)
        if self.settings.selector is not None:
            self._inspection.note(AFTER_ITEM_SELECTOR, inputs)
        if self._batcher is not None:
            inputs = _batches(self._batcher, inputs, effective, scope)
            self._inspection.note(AFTER_ITEM_BATCHER, inputs)
        return len(inputs)

    def _select(self, frame: Frame, items: Json, source: str, effective: Json, scope: Surroundings) -> list[Json]:
        """Return what of every item an iteration sees; an object's are its members."""
        selector = self.settings.selector
        pairs = [(None, item) for item in items] if isinstance(items, list) else list(items.items())
        if selector is None:
            return [value if key is None else {"Key": key, "Value": value} for key, value in pairs]
        selected = []
        for index, (key, value) in enumerate(pairs):
            scope.look_from(frame, item=MapItem(index, value, source, key))
            selected.append(selector(effective, scope))
        scope.look_from(frame)
        return selected

    def _is_exceeded(self, known: int | None, thresholds: Thresholds) -> bool:
        """Return whether more iterations have failed than is tolerated.

        Raises:
            InvalidRequest: more have failed than there are.
        """
        failed = self._mock.failed_iterations
        if failed is None:
            return False
        iterations = len(self._mock.result) if isinstance(self._mock.result, list) else known
        if iterations is not None and failed > iterations:
            raise InvalidRequest(
                "Map iteration failure count must be less than or equal to the number of Map iterations"
            )
        return thresholds.are_exceeded(failed, failed if iterations is None else iterations)


def _batches(batcher: Batcher, items: list[Json], effective: Json, scope: Surroundings) -> list[Json]:
    """Return the inputs of the iterations, each of which gets several items."""
    items_max = batcher.items_max and batcher.items_max(effective, scope)
    bytes_max = batcher.bytes_max and batcher.bytes_max(effective, scope)
    given = None if batcher.input is None else dumps(batcher.input(effective, scope))
    texts = [dumps(item) for item in items]
    batches, at = [], 0
    while at < len(texts):
        taken, _ = fill_batch((texts[index] for index in range(at, len(texts))), given, items_max, bytes_max)
        batches.append(loads(batch_text(taken, given)))
        at += len(taken)
    return batches
