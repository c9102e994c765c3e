"""The mock and the state configuration of a TestState request, checked against the state that is tested.

Source: AWS API reference, MockInput, TestStateConfiguration; recordings of TestState. Texts that are marked so are not
verified against AWS.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from stepfunctions.asl import model
from stepfunctions.core.mock import Mock
from stepfunctions.integrations.items.given import given_items
from stepfunctions.integrations.mocked_results import NOT_AN_OBJECT, STRICT, check_mocked_result
from stepfunctions.query.failure import Failure
from stepfunctions.server.stepfunctions.errors import validation
from stepfunctions.values import Json, JsonError, loads

_NOT_AN_ARRAY: Final = "Mocked result must be an array."
_OF_STATES: Final[Mapping[str, tuple[type[model.State], ...]]] = {
    "errorCausedByState": (model.Map, model.Parallel),
    "mapIterationFailureCount": (model.Map,),
    "mapItemReaderData": (model.Map,),
}
"""Members of the state configuration that are about states of some types only."""


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


def mock_of(params: Mapping[str, Any], state: model.State) -> Mock | None:
    """Return the mock of a request that ``check_request`` has passed; None if it has none.

    Raises:
        AwsError: ValidationException.
        InvalidRequest: likewise; the result is not what the Task's API answers.
    """
    mock, configuration = params.get("mock"), params.get("stateConfiguration") or {}
    if mock is None:
        return None
    if not isinstance(state, model.WorkState):
        raise validation(f"State type '{state.type}' is not supported when a mock is specified")
    _check_configuration(configuration, state)
    failed, data = configuration.get("mapIterationFailureCount"), configuration.get("mapItemReaderData")
    items = _items(state, data)
    if mock.get("errorOutput") is not None:
        error = mock["errorOutput"]
        failure = Failure(error["error"], error.get("cause"))
        return Mock(failure=failure, failed_iterations=failed, items=items)
    result = _result(mock["result"], state, mock.get("fieldValidationMode") or STRICT)
    if isinstance(result, list) and failed is not None and failed > len(result):
        raise validation("Map iteration failure count must be less than or equal to the number of Map iterations")
    return Mock(result=result, failed_iterations=failed, items=items)


def _items(state: model.WorkState, data: str | None) -> list[Json] | None:
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


def _check_configuration(configuration: Mapping[str, Any], state: model.WorkState) -> None:
    """Refuse what is not about this state; no text of it is verified against AWS."""
    for member, kinds in _OF_STATES.items():
        if configuration.get(member) is not None and not isinstance(state, kinds):
            raise validation(
                f"The stateConfiguration field '{member}' is not supported for the state type '{state.type}'"
            )
    if configuration.get("mapItemReaderData") is not None and isinstance(state, model.Map) and not state.item_reader:
        raise validation("The stateConfiguration field 'mapItemReaderData' requires a Map state with an ItemReader")
    causing = configuration.get("errorCausedByState")
    if causing is not None and causing not in {each.name for each in states_within(state)}:
        raise validation(f"The state '{causing}' of errorCausedByState is not within the tested state")


def states_within(state: model.State) -> list[model.State]:
    """Return every state in the branches or the processor of *state*, however deep."""
    scopes: tuple[model.Scope, ...] = ()
    if isinstance(state, model.Parallel):
        scopes = state.branches
    elif isinstance(state, model.Map):
        scopes = (state.processor,)
    found = []
    for scope in scopes:
        for each in scope.states.values():
            found += [each, *states_within(each)]
    return found
