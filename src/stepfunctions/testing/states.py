"""One state of a definition, tried on its own in this process: TestState of the test rung.

The request has the words of AWS's TestState, so that a test can be carried over to boto3's ``test_state``; where AWS
carries JSON as text, values are given and returned. What AWS would refuse is refused in the same words.

Time is virtual, as in ``run``. A Task, Parallel or Map needs a mock: nothing in this process does their work.

Source: AWS API reference, TestState.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from stepfunctions.core.ambient import Ambient, Entropy
from stepfunctions.core.events import ExecutionStarted, TimeReached
from stepfunctions.core.trial import Trial, TrialEnd
from stepfunctions.engine.virtual import ACCOUNT, EPOCH, Defined, Rendered, definition_text
from stepfunctions.errors import InvalidRequest, MockError
from stepfunctions.shapes import Model, load, validate
from stepfunctions.values import ABSENT, Json, dumps

ROLE: Final = f"arn:aws:iam::{ACCOUNT}:role/test"


@dataclass(frozen=True, slots=True, kw_only=True)
class StateTest:
    """Where a state led.

    Args:
        status: ``SUCCEEDED``, ``FAILED``, ``RETRIABLE`` or ``CAUGHT_ERROR``.
        output: what it, or its catcher, handed on, parsed; None unless it did.
        error: the name of its error.
        cause: of its error.
        next_state: where it leads; None at an end.
        inspection_data: what it did to its data: AWS's InspectionData, with values in the place of JSON texts.
        elapsed_seconds: virtual time.
    """

    status: str
    output: Json
    error: str | None
    cause: str | None
    next_state: str | None
    inspection_data: Mapping[str, Json]
    elapsed_seconds: float


def test_state(
    definition: str | Mapping[str, Json] | Rendered | Defined,
    input: Json = ABSENT,  # noqa: A002 - AWS's own word
    *,
    state_name: str | None = None,
    variables: Mapping[str, Json] | None = None,
    mock: Mapping[str, Json] | None = None,
    context: Mapping[str, Json] | None = None,
    state_configuration: Mapping[str, Json] | None = None,
    started_at: datetime = EPOCH,
    seed: int = 0,
) -> StateTest:
    """Try one state on *input*.

    Args:
        definition: of the state, or of a machine with *state_name*: a workflow or a graph; or ASL as text or as a dict.
        input: the state's input; ``{}`` if not given.
        state_name: which state of the machine, wherever it stands.
        variables: the workflow variables in reach.
        mock: ``{"result": JSON, "fieldValidationMode"?: "STRICT" | "PRESENT" | "NONE"}``, checked against the service's
            API, or ``{"errorOutput": {"error": str, "cause"?: str}}``.
        context: what the context object is to hold; only with a mock.
        state_configuration: ``{"retrierRetryCount"?: int, "errorCausedByState"?: str, "mapIterationFailureCount"?: int,
            "mapItemReaderData"?: str}``; only with a mock.
        started_at: an aware time; 2024-01-01 UTC if not given.
        seed: of everything random.

    Raises:
        InvalidRequest: AWS would refuse the request; the text is AWS's.
        MockError: a Task, Parallel or Map without a mock.

    Source:
        AWS API reference, TestState.
    """
    if started_at.tzinfo is None:
        raise InvalidRequest(f"started_at is {started_at}, without a time zone: give datetime(..., tzinfo=UTC).")
    params = {
        "definition": definition_text(definition),
        "stateName": state_name,
        "variables": None if variables is None else _text("variables", dict(variables)),
        "mock": None if mock is None else _mock(mock),
        "context": None if context is None else _text("context", dict(context)),
        "stateConfiguration": None if state_configuration is None else dict(state_configuration),
    }
    text = "{}" if input is ABSENT else _text("input", input)
    return _tried(_trial(params), text, round(started_at.timestamp() * 1000), Entropy(seed))


# pytest takes what is called so and imported into a module of tests for a test.
vars(test_state)["__test__"] = False


def _mock(mock: Mapping[str, Json]) -> dict[str, Json]:
    return {**mock, "result": _text("mock.result", mock["result"])} if "result" in mock else dict(mock)


def _text(what: str, value: Json) -> str:
    try:
        return dumps(value)
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidRequest(f"{what} is not JSON: {error}.") from None


def _trial(params: Mapping[str, Any]) -> Trial:
    # Not at the top: whoever runs whole machines only need not load the API.
    from stepfunctions.asl import model
    from stepfunctions.server.errors import AwsError
    from stepfunctions.server.stepfunctions.state_mocks import check_request
    from stepfunctions.server.stepfunctions.state_tests import conditions_of, tested_state

    _check_shape({name: value for name, value in params.items() if value is not None})
    try:
        check_request(params)
        state, enclosing = tested_state(params["definition"], params["stateName"])
        if params["mock"] is None and isinstance(state, model.WorkState):
            raise MockError(
                f"The state '{state.name}' is a {state.type}, whose work nothing does here: "
                'give mock={"result": ...} or mock={"errorOutput": {"error": ...}}.'
            )
        return Trial(state, conditions_of(params, state, enclosing))
    except AwsError as error:
        raise InvalidRequest(error.message) from None


def _check_shape(params: Mapping[str, Json]) -> None:
    """Refuse what boto3 would not send, and what AWS's model does not allow."""
    api = load("stepfunctions")
    _check_names(api, "TestStateInput", params, "")
    validate(api, "TestStateInput", params)


def _check_names(api: Model, shape: str, value: Mapping[str, Json], place: str) -> None:
    members = api.shapes[shape]["members"]
    for name, item in value.items():
        if name not in members:
            raise InvalidRequest(f"{place}{name} is not a member; there are: {', '.join(sorted(members))}")
        if isinstance(item, Mapping):
            _check_names(api, members[name]["shape"], item, f"{place}{name}.")


def _tried(trial: Trial, text: str, started_at: int, entropy: Entropy) -> StateTest:
    now = started_at
    trial.handle(_started(text, started_at, entropy), Ambient(now, entropy.bits()))
    while (end := trial.end) is None:
        assert trial.deadline is not None
        now = max(now, trial.deadline)
        trial.handle(TimeReached(), Ambient(now, entropy.bits()))
    return _result(end, (now - started_at) / 1000)


def _started(text: str, started_at: int, entropy: Entropy) -> ExecutionStarted:
    machine, name = str(UUID(entropy.uuid())), str(UUID(entropy.uuid()))
    head = f"arn:aws:states:us-east-1:{ACCOUNT}"
    return ExecutionStarted(
        input=text,
        execution_arn=f"{head}:express:{machine}:{name}",
        name=name,
        role_arn=ROLE,
        state_machine_arn=f"{head}:stateMachine:{machine}",
        state_machine_name=machine,
        started_at=started_at,
        express=True,
        synchronous=True,
    )


def _result(end: TrialEnd, elapsed_seconds: float) -> StateTest:
    details = {"errorDetails": dict(end.error_details)} if end.error_details else {}
    return StateTest(
        status=end.status,
        output=None if end.output is None else end.output.value,
        error=None if end.failure is None else end.failure.error,
        cause=None if end.failure is None else end.failure.cause,
        next_state=end.next_state,
        inspection_data={**end.inspection.steps, **end.inspection.numbers, **details},
        elapsed_seconds=elapsed_seconds,
    )
