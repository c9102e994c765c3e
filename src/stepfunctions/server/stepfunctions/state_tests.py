"""TestState: one state of a definition, tried on its own, with its work done or mocked.

Not here: what a state does (``core.trial``), and the request and answer of an HTTP Task, which nothing here runs yet;
so revealSecrets has nothing to reveal.

Source: AWS API reference, TestState; recordings of it. What is checked before what is not verified against AWS.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import uuid4

from stepfunctions.asl import model
from stepfunctions.asl.parse import parse, parse_state
from stepfunctions.asl.refusal import refusal
from stepfunctions.core.events import ExecutionStarted
from stepfunctions.core.resources import ACTIVITY, parse_resource
from stepfunctions.core.trial import Conditions, Trial, TrialEnd
from stepfunctions.engine.trial import Trials
from stepfunctions.errors import DefinitionError
from stepfunctions.server.protocols.json import Operation
from stepfunctions.server.request import Request
from stepfunctions.server.stepfunctions.arns import check_role_arn, state_machine_arn
from stepfunctions.server.stepfunctions.errors import invalid_definition, validation
from stepfunctions.server.stepfunctions.given_context import given_context
from stepfunctions.server.stepfunctions.inputs import check_input
from stepfunctions.server.stepfunctions.state_mocks import Surrounding, check_request, mock_of, scopes_of
from stepfunctions.values import Instant, Json, JsonError, dumps, loads

INFO: Final = "INFO"

WAITING: Final = ("TestState",)
"""Operations whose answer may take minutes."""


class StateTests:
    """The operation on single states.

    Args:
        trials: runs them.
        clock: gives the time.
    """

    def __init__(self, trials: Trials, clock: Callable[[], Instant]) -> None:
        self._trials = trials
        self._clock = clock

    @property
    def operations(self) -> Mapping[str, Operation]:
        """The operation by AWS's name."""
        return {"TestState": self.test}

    async def test(self, request: Request, params: dict[str, Any]) -> Json:
        """TestState; answers when the state has been left, or has failed."""
        check_request(params)
        state, enclosing = tested_state(params["definition"], params.get("stateName"))
        if params.get("mock") is None:
            _check_unmocked(state, params.get("roleArn"))
        if params.get("roleArn") is not None:
            check_role_arn(params["roleArn"])
        text = params.get("input")
        started = _started(request, "{}" if text is None else check_input(text), params.get("roleArn"), self._clock())
        end = await self._trials.run(Trial(state, conditions_of(params, state, enclosing)), started)
        return _answer(end, params.get("inspectionLevel") or INFO)


def tested_state(definition: str, name: str | None) -> tuple[model.State, Surrounding]:
    """Return the state to be tested: all that the definition is, or the one of this name, wherever it stands.

    Returns:
        It, and the Parallel and Map states around it, innermost first.

    Raises:
        AwsError: InvalidDefinition, or ValidationException.
    """
    try:
        if name is None:
            return parse_state(definition, creating=True), ()
        machine = parse(definition, creating=True)
    except DefinitionError as error:
        raise invalid_definition(refusal(definition, error.diagnostics)) from None
    found = _find(machine, name, ())
    if found is None:
        raise validation("State not found in definition")
    return found


def _find(scope: model.Scope, name: str, around: Surrounding) -> tuple[model.State, Surrounding] | None:
    for state in scope.states.values():
        if state.name == name:
            return state, around
        for inner in scopes_of(state):
            assert isinstance(state, model.Parallel | model.Map)
            found = _find(inner, name, (state, *around))
            if found is not None:
                return found
    return None


def _check_unmocked(state: model.State, role_arn: str | None) -> None:
    """Refuse what TestState runs with a mock only.

    Raises:
        AwsError: InvalidDefinition, or ValidationException.
    """
    if isinstance(state, model.Map | model.Parallel):
        raise invalid_definition(
            "TestState API does not support Map or Parallel states. Supported state types include: "
            "[Task, Wait, Pass, Succeed, Fail, Choice]"
        )
    if not isinstance(state, model.Task):
        return
    resource = parse_resource(state.resource)
    if resource is not None and (resource.is_submitted or resource.family == ACTIVITY):
        raise validation(  # text not verified against AWS
            "TestState API does not support Activity tasks or the '.sync' and '.waitForTaskToken' service integration "
            "patterns when a mock is not specified."
        )
    if role_arn is None:
        raise validation("RoleArn must be specified when testing a Task state")


def conditions_of(params: Mapping[str, Any], state: model.State, enclosing: Surrounding) -> Conditions:
    """Return what a request, which ``check_request`` has passed, has *state* tried under.

    Args:
        params: of the request.
        state: to be tested.
        enclosing: the states around it, innermost first.

    Raises:
        AwsError: ValidationException.
        InvalidRequest: likewise.
    """
    configuration = params.get("stateConfiguration") or {}
    context = None if params.get("context") is None else given_context(params["context"], state)
    retried = configuration.get("retrierRetryCount")
    if retried is None and context is not None:
        retried = context.get("State", {}).get("RetryCount")
    return Conditions(
        variables=_variables(params.get("variables")),
        context=context,
        mock=mock_of(params, state, enclosing),
        retry_count=retried or 0,
        enclosing=enclosing,
        failed_iterations=configuration.get("mapIterationFailureCount") or 0,
    )


def _variables(text: str | None) -> Mapping[str, Json]:
    """Return the variables that a request gives; the text for other JSON is not verified against AWS."""
    try:
        variables = {} if text is None else loads(text)
    except JsonError:
        variables = None
    if not isinstance(variables, dict):
        raise validation("Variables must be a JSON object")
    return variables


def _started(request: Request, text: str, role_arn: str | None, now: Instant) -> ExecutionStarted:
    """Return the first event of an EXPRESS execution of a machine that nobody has created."""
    machine, name = str(uuid4()), str(uuid4())
    machine_arn = state_machine_arn(request, machine)
    return ExecutionStarted(
        input=text,
        execution_arn=f"{machine_arn.replace(':stateMachine:', ':express:')}:{name}",
        name=name,
        role_arn=role_arn or "",
        state_machine_arn=machine_arn,
        state_machine_name=machine,
        started_at=now,
        express=True,
        synchronous=True,
    )


def _answer(end: TrialEnd, level: str) -> Json:
    """Return the answer.

    Returns:
        Shape: ``{"status", "output"?, "error"?, "cause"?, "nextState"?, "inspectionData"?}``
    """
    failure = end.failure
    optional = {
        "output": None if end.output is None else end.output.text,
        "error": None if failure is None else failure.error,
        "cause": None if failure is None else failure.cause,
        "nextState": end.next_state,
        "inspectionData": None if level == INFO else _inspection_data(end),
    }
    return {"status": end.status} | {name: value for name, value in optional.items() if value is not None}


def _inspection_data(end: TrialEnd) -> Json:
    inspection = end.inspection
    steps = {step: dumps(value) for step, value in inspection.steps.items()}
    details = {"errorDetails": dict(end.error_details)} if end.error_details else {}
    return {**steps, **inspection.numbers, **details}
