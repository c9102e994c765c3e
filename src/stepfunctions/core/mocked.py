"""States whose work is mocked: they evaluate what they would, and then have the result or the error that is given.

Task, Parallel and Map only; AWS mocks no others. A Map's items are evaluated whatever its mode, and what an ItemReader
would read is given, or is not known.

Source: AWS API reference, MockInput, TestStateConfiguration; recordings of TestState, which holds a Map's failed
iterations against its thresholds only where it has one, and shows no arguments of a Parallel.
"""

from __future__ import annotations

from dataclasses import dataclass

from stepfunctions.asl import model
from stepfunctions.core import routing
from stepfunctions.core.context import MapItem
from stepfunctions.core.execution import Execution
from stepfunctions.core.failures import THRESHOLD_EXCEEDED, data_limit_exceeded, is_oversize
from stepfunctions.core.frame import Frame
from stepfunctions.core.inspection import AFTER_ITEM_SELECTOR, AFTER_ITEMS_PATH, Inspection
from stepfunctions.core.program import compile_scope
from stepfunctions.core.resources import Resource, parse_resource
from stepfunctions.core.states.map_ import Map
from stepfunctions.core.states.parallel import Parallel
from stepfunctions.core.states.state import CompiledScope, CompiledState
from stepfunctions.core.states.task import Task
from stepfunctions.core.surroundings import Surroundings
from stepfunctions.errors import InvalidRequest
from stepfunctions.query.failure import Failure
from stepfunctions.values import Json, Payload


@dataclass(frozen=True, slots=True, kw_only=True)
class Mock:
    """What stands in for a state's work.

    Args:
        result: of the work, if it succeeds.
        failure: how it fails; None if it succeeds.
        failed_iterations: how many iterations of a Map have failed; None if nobody says.
        items: what a Map's ItemReader reads; None if nobody says.
    """

    result: Json = None
    failure: Failure | None = None
    failed_iterations: int | None = None
    items: list[Json] | None = None


def compile_mocked(state: model.State, mock: Mock, inspection: Inspection) -> CompiledState:
    """Return *state* compiled so that *mock* stands in for its work.

    Raises:
        InvalidRequest: a state of a type that has no work.
    """
    if isinstance(state, model.Task):
        resource = parse_resource(state.resource)
        return MockedTask(state, resource or _unknown(state.resource), mock)
    if isinstance(state, model.Parallel):
        return MockedParallel(state, tuple(compile_scope(branch) for branch in state.branches), mock)
    if isinstance(state, model.Map):
        return MockedMap(state, compile_scope(state.processor), mock, inspection)
    raise InvalidRequest(f"State type '{state.type}' is not supported when a mock is specified")


def _unknown(arn: str) -> Resource:
    return Resource(arn, "Task", ("", arn), is_submitted=False, is_callback=False, label=arn)


def _answer(execution: Execution, frame: Frame, mock: Mock) -> None:
    if mock.failure is None:
        frame.state.finish(execution, frame, Payload(mock.result))
    else:
        routing.fail(execution, frame, mock.failure)


class MockedTask(Task):
    """A Task whose service is not called."""

    def __init__(self, state: model.Task, resource: Resource, mock: Mock) -> None:
        super().__init__(state, resource)
        self._mock = mock

    def attempt(self, execution: Execution, frame: Frame) -> None:
        """Render the arguments and take the mock for the answer."""
        if self.resource.is_submitted:
            execution.surroundings.look_from(frame, token=execution.new_token(execution.new_task_id()))
        arguments, *_ = self.evaluate(frame.payload, execution.surroundings)
        if is_oversize(arguments):
            routing.fail(execution, frame, data_limit_exceeded(self.resource.label))
        else:
            _answer(execution, frame, self._mock)


class MockedParallel(Parallel):
    """A Parallel whose branches do not begin."""

    def __init__(self, state: model.Parallel, branches: tuple[CompiledScope, ...], mock: Mock) -> None:
        super().__init__(state, branches)
        self._mock = mock

    def attempt(self, execution: Execution, frame: Frame) -> None:
        """Render the branches' input and take the mock for their outputs."""
        scope = execution.surroundings
        arguments = self.flow.arguments(self.flow.effective_input(frame.payload, scope), scope)
        if is_oversize(arguments):
            routing.fail(execution, frame, data_limit_exceeded(self.name))
        else:
            _answer(execution, frame, self._mock)


class MockedMap(Map):
    """A Map, of either mode, whose iterations do not begin."""

    def __init__(self, state: model.Map, processor: CompiledScope, mock: Mock, inspection: Inspection) -> None:
        super().__init__(state, processor)
        self._mock = mock
        self._inspection = inspection
        self._reads = state.item_reader is not None

    def attempt(self, execution: Execution, frame: Frame) -> None:
        """Evaluate the settings and every iteration's input, and take the mock for their outputs."""
        scope, note = execution.surroundings, self._inspection.note
        effective = self.flow.effective_input(frame.payload, scope).value
        items = self._mock.items
        if not self._reads:
            items = self.settings.items(effective, scope)
            note(AFTER_ITEMS_PATH, items)
        count, percentage = self._evaluate_numbers(effective, scope)
        if items is not None and self.settings.selector is not None:
            items = self._select(execution, frame, effective, items)
            note(AFTER_ITEM_SELECTOR, items)
        exceeded = self._is_exceeded(items, count, percentage)
        if exceeded and self._mock.failure is None:
            routing.fail(execution, frame, THRESHOLD_EXCEEDED)
        else:
            _answer(execution, frame, self._mock)

    def _evaluate_numbers(self, effective: Json, scope: Surroundings) -> tuple[int | None, float | None]:
        """Return the thresholds, and have them and the concurrency shown."""
        numbers, settings = self._inspection.numbers, self.settings
        numbers["maxConcurrency"] = settings.concurrency(effective, scope)
        count = None if settings.tolerated_count is None else settings.tolerated_count(effective, scope)
        percentage = None if settings.tolerated_percentage is None else settings.tolerated_percentage(effective, scope)
        if count is not None:
            numbers["toleratedFailureCount"] = count
        if percentage is not None:
            numbers["toleratedFailurePercentage"] = float(percentage)
        return count, percentage

    def _select(self, execution: Execution, frame: Frame, effective: Json, items: list[Json]) -> list[Json]:
        """Return the input of every iteration after ItemSelector."""
        selector, scope = self.settings.selector, execution.surroundings
        assert selector is not None
        selected = []
        for position, item in enumerate(items):
            scope.look_from(frame, item=MapItem(position, item))
            selected.append(selector(effective, scope))
        scope.look_from(frame)
        return selected

    def _is_exceeded(self, items: list[Json] | None, count: int | None, percentage: float | None) -> bool:
        """Return whether more iterations have failed than a threshold of the state allows.

        Raises:
            InvalidRequest: more have failed than there are.
        """
        failed = self._mock.failed_iterations
        if not failed:
            return False
        known = self._mock.result if isinstance(self._mock.result, list) else items
        iterations = failed if known is None else len(known)
        if failed > iterations:
            raise InvalidRequest(
                "Map iteration failure count must be less than or equal to the number of Map iterations"
            )
        if count is not None and failed > count:
            return True
        return percentage is not None and failed * 100 > percentage * iterations
