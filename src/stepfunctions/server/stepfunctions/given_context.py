"""The context object that a TestState request gives.

It takes the place of the one that there is without it: members that are not given are not there.

Source: AWS API reference, TestState; Developer Guide, "Testing state machines with TestState API"; recordings. Not
verified against AWS: the texts for what is no JSON object and for members that must be numbers or objects.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from stepfunctions.asl import model
from stepfunctions.core.resources import parse_resource
from stepfunctions.server.errors import AwsError
from stepfunctions.server.stepfunctions.errors import validation
from stepfunctions.values import Json, JsonError, loads

_ANY: Final[tuple[type, str]] = (object, "")
_STRING: Final[tuple[type, str]] = (str, "a string")
_NUMBER: Final[tuple[type, str]] = (int, "a number")

_MEMBERS: Final[Mapping[str, Mapping[str, tuple[type, str]]]] = {
    "Execution": {
        "Id": _STRING,
        "Input": _ANY,
        "Name": _STRING,
        "RoleArn": _STRING,
        "StartTime": _STRING,
        "RedriveCount": _NUMBER,
        "RedriveTime": _STRING,
    },
    "StateMachine": {"Id": _STRING, "Name": _STRING},
    "State": {"Name": _STRING, "EnteredTime": _STRING, "RetryCount": _NUMBER},
    "Task": {"Token": _STRING},
}


def given_context(text: str, state: model.State) -> dict[str, dict[str, Json]]:
    """Return the context object of *text*, for a test of *state*; the members it has are AWS's.

    Raises:
        AwsError: ValidationException.
    """
    try:
        context = loads(text)
    except JsonError:
        raise _invalid("must be valid JSON") from None
    if not isinstance(context, dict):
        raise _invalid("must be a JSON object")
    if "Map" in context:
        raise _invalid("'Map' field is not supported when mocking a Context object")
    for name, members in context.items():
        _check(name, members)
    if "Task" in context and not _has_job(state):
        raise _invalid(
            "Context object contains 'Task' when state is not a Task state with a '.sync' or '.waitForTaskToken' "
            "service integration pattern"
        )
    return context


def _check(name: str, members: Any) -> None:
    allowed = _MEMBERS.get(name)
    if allowed is None:
        raise _invalid(f"Field '{name}' is not allowed")
    if not isinstance(members, dict):
        raise _invalid(f"{name} must be an object")
    for member, value in members.items():
        if member not in allowed:
            raise _invalid(f"Field '{member}' is not allowed")
        wanted, noun = allowed[member]
        if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
            raise _invalid(f"{name}.{member} must be {noun}")


def _has_job(state: model.State) -> bool:
    resource = parse_resource(state.resource) if isinstance(state, model.Task) else None
    return resource is not None and resource.is_submitted


def _invalid(detail: str) -> AwsError:
    return validation(f"Invalid Context object provided: {detail}")
