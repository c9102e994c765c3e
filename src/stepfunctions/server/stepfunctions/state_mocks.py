"""The mock and the state configuration of a TestState request, checked against the state that is tested.

errorCausedByState is checked, and changes nothing else: no answer of AWS's that it changed is known.

Source: AWS API reference, MockInput, TestStateConfiguration; recordings of TestState. Texts that are marked so are not
verified against AWS.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeAlias

from stepfunctions.asl import model
from stepfunctions.core.trial import Mock
from stepfunctions.integrations.items.given import given_items
from stepfunctions.integrations.mocked_results import NOT_AN_OBJECT, STRICT, check_mocked_result
from stepfunctions.query.failure import Failure
from stepfunctions.server.stepfunctions.errors import validation
from stepfunctions.values import Json, JsonError, loads

_NOT_AN_ARRAY: Final = "Mocked result must be an array."
Surrounding: TypeAlias = tuple[model.Parallel | model.Map, ...]
"""The states around a state, innermost first."""


def check_request(params: Mapping[str, Any]) -> None:
    """Refuse what contradicts itself whatever the state is.

    Raises:
        AwsError: ValidationException.
    """
    mock = params.get("mock")
    if mock is None:
        for member in params.get("stateConfiguration") or ():
            raise validation(
                f"TestState does not support {member[:1].upper()}{member[1:]} when a mock is not specified."
            )
        if params.get("context") is not None:  # text not verified against AWS
            raise validation("TestState does not support Context when a mock is not specified.")
        return
    if (mock.get("result") is None) == (mock.get("errorOutput") is None):
        raise validation("A test mock should have only one of the following fields: [result, errorOutput].")
    if mock.get("errorOutput") is not None and mock["errorOutput"].get("error") is None:  # not verified against AWS
        raise validation("A test mock's errorOutput must have the field: [error].")
    if params.get("revealSecrets"):
        raise validation("TestState does not support RevealSecrets when a mock is specified.")


def mock_of(params: Mapping[str, Any], state: model.State, enclosing: Surrounding) -> Mock | None:
    """Return the mock of a request that ``check_request`` has passed; None if it has none.

    Args:
        params: of the request.
        state: to be tested.
        enclosing: the states around it.

    Raises:
        AwsError: ValidationException.
        InvalidRequest: likewise; the result is not what the Task's API answers.
    """
    mock, configuration = params.get("mock"), params.get("stateConfiguration") or {}
    if mock is None:
        return None
    if not isinstance(state, model.WorkState):
        raise validation(f"State type '{state.type}' is not supported when a mock is specified")
    _check_configuration(configuration, state, enclosing)
    failed, data = configuration.get("mapIterationFailureCount"), configuration.get("mapItemReaderData")
    items = _items(state, data)
    if mock.get("errorOutput") is not None:
        error = mock["errorOutput"]
        failure = Failure(error["error"], error.get("cause"))
        return Mock(failure=failure, failed_iterations=failed, items=items)
    result = _result(mock["result"], state, mock.get("fieldValidationMode") or STRICT)
    return Mock(result=result, failed_iterations=failed, items=items)


def _items(state: model.WorkState, data: str | None) -> list[Json] | dict[str, Json] | None:
    if data is None or not isinstance(state, model.Map) or state.item_reader is None:
        return None
    return given_items(state.item_reader.resource, state.item_reader.reader_config, data)


def _result(text: str, state: model.WorkState, mode: str) -> Json:
    try:
        result = loads(text)
    except JsonError:
        raise validation("Mocked result must be valid JSON") from None
    if isinstance(state, model.Task):
        check_mocked_result(state.resource, result, mode)
    elif isinstance(state, model.Parallel):
        _check_outputs(result, state)
    elif isinstance(state, model.Map):
        _check_map_result(result, state)
    return result


def _check_outputs(result: Json, state: model.Parallel) -> None:
    if not isinstance(result, list):
        raise validation(_NOT_AN_ARRAY)
    if len(result) != len(state.branches):
        raise validation("Mocked result must contain the same number of items as number of Parallel branches.")


def _check_map_result(result: Json, state: model.Map) -> None:
    """Refuse what is neither an array nor, where results are written to S3, the object that says where they are."""
    if state.result_writer is not None and state.result_writer.resource is not None:
        if not isinstance(result, dict):
            raise validation(NOT_AN_OBJECT)
    elif not isinstance(result, list):
        raise validation(_NOT_AN_ARRAY)


def _check_configuration(configuration: Mapping[str, Any], state: model.WorkState, enclosing: Surrounding) -> None:
    """Refuse what is not about this state, in texts of our own: AWS's are not known."""
    is_iteration = any(isinstance(each, model.Map) for each in enclosing)
    if configuration.get("mapIterationFailureCount") is not None and not (isinstance(state, model.Map) or is_iteration):
        raise validation("stateConfiguration.mapIterationFailureCount requires a Map state, or a state within one")
    if configuration.get("mapItemReaderData") is not None and getattr(state, "item_reader", None) is None:
        raise validation("stateConfiguration.mapItemReaderData requires a Map state with an ItemReader")
    causing = configuration.get("errorCausedByState")
    if causing is not None and causing not in {state.name, *(each.name for each in _states_within(state))}:
        raise validation(f"stateConfiguration.errorCausedByState names no state within the tested one: {causing}")


def scopes_of(state: model.State) -> tuple[model.Scope, ...]:
    """Return the branches of a Parallel, the processor of a Map."""
    if isinstance(state, model.Parallel):
        return state.branches
    return (state.processor,) if isinstance(state, model.Map) else ()


def _states_within(state: model.State) -> Iterator[model.State]:
    for scope in scopes_of(state):
        for each in scope.states.values():
            yield each
            yield from _states_within(each)
