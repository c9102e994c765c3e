"""States whose work is mocked: they evaluate what they would, and then have the result or the error that is given.

Task, Parallel and Map only; AWS mocks no others. The Map has a module of its own, ``mocked_map``.

Source: AWS API reference, MockInput; recordings of TestState.
"""

from __future__ import annotations

from stepfunctions.asl import model
from stepfunctions.core import routing
from stepfunctions.core.execution import Execution
from stepfunctions.core.failures import data_limit_exceeded, is_oversize
from stepfunctions.core.frame import Frame
from stepfunctions.core.program import compile_scope
from stepfunctions.core.resources import Resource, parse_resource
from stepfunctions.core.states.parallel import Parallel
from stepfunctions.core.states.state import CompiledScope, CompiledState
from stepfunctions.core.states.task import Task
from stepfunctions.core.trial.inspection import Inspection
from stepfunctions.core.trial.mock import Mock, answer
from stepfunctions.core.trial.mocked_map import MockedMap
from stepfunctions.errors import InvalidRequest


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
            answer(execution, frame, self._mock)


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
            answer(execution, frame, self._mock)
