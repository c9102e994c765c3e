"""Step Functions as a service that tasks call: ``arn:aws:states:::aws-sdk:sfn:ACTION``.

Every operation that the local cloud has can be called, in this process and as the AWS SDK for Java 2 would: members in
PascalCase, times as text, members without a value left out. With ``.waitForTaskToken`` the answer is that of the
submission. A member that is text may be given as an object or array, which is then sent as JSON. The optimised
integration, ``states:startExecution``, is not here (``nested_executions``).

A call that was under way in a crash is made again: one that creates something may do so twice, unless it names it. A
STANDARD execution is not started twice.

Source: Step Functions Developer Guide, "AWS SDK service integrations"; recordings of AWS for the errors.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final, TypeAlias
from uuid import uuid4

from stepfunctions import shapes
from stepfunctions.engine.handler import Progress, TaskError, TaskHandler, TaskRequest
from stepfunctions.integrations.parameters import check_parameters, with_texts
from stepfunctions.integrations.registry import REQUEST_RESPONSE, WAIT_FOR_TASK_TOKEN, Resource
from stepfunctions.shapes import Model
from stepfunctions.values import Json

SERVICE: Final = "aws-sdk:sfn"

Call: TypeAlias = Callable[[str, Json, str, str, str], Awaitable[Json]]
"""Calls an operation with its parameters, for an account, a region and a task's effect id; raises Refused."""


class Refused(Exception):
    """An operation was refused, with AWS's code and text."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class OperationHandler:
    """Calls one operation.

    Args:
        operation: such as ``SendTaskSuccess``.
        call: calls it.
        submits: the task goes on until somebody answers with its token.
    """

    defers_start = False

    def __init__(self, operation: str, call: Call, submits: bool) -> None:
        self._operation = operation
        self._call = call
        self._submits = submits

    async def run(self, task: TaskRequest, progress: Progress) -> Json:
        """Return the operation's answer.

        Raises:
            TaskError: it refuses, or its parameters are none of its own.
        """
        if task.submitted is not None:
            return None
        try:
            answer = await perform(self._call, self._operation, task)
        except Refused as refused:
            raise _task_error(refused) from None
        model = shapes.load("stepfunctions")
        result = _from_api(model, model.operations[self._operation].output, answer)
        if self._submits:
            await progress.submitted(result)
        return result

    async def cancel(self, task: TaskRequest) -> None:
        """There is nothing to stop: what was begun goes on, as on AWS."""


def finder(call: Call) -> Callable[[Resource], TaskHandler | None]:
    """Return what finds the handler of a resource of this service."""

    def find(resource: Resource) -> TaskHandler | None:
        operation = resource.action[:1].upper() + resource.action[1:]
        if resource.pattern not in (REQUEST_RESPONSE, WAIT_FOR_TASK_TOKEN):
            return None
        if operation not in shapes.load("stepfunctions").operations:
            return None
        return OperationHandler(operation, call, resource.pattern == WAIT_FOR_TASK_TOKEN)

    return find


async def perform(call: Call, operation: str, task: TaskRequest) -> Json:
    """Return the API's own answer to an operation with the arguments of a task, asked for as its execution would.

    Raises:
        Refused: the operation refuses.
        TaskError: States.Runtime: the arguments are none of its own.
    """
    model = _pascal_model()
    shape = model.operations[operation].input
    arguments = with_texts(model, shape, task.arguments)
    check_parameters(model, operation, arguments)
    _, _, _, region, account, *_ = task.execution_arn.split(":")
    return await call(operation, _to_api(model, shape, arguments), account, region, task.effect_id)


def _task_error(refused: Refused) -> TaskError:
    model = shapes.load("stepfunctions")
    name = "SfnException"
    if refused.code in model.shapes:
        name = refused.code if refused.code.endswith("Exception") else f"{refused.code}Exception"
    status = model.status_of(refused.code) or 400
    cause = f"{refused.message} (Service: Sfn, Status Code: {status}, Request ID: {uuid4()}) (SDK Attempt Count: 1)"
    return TaskError(f"Sfn.{name}", cause)


@cache
def _pascal_model() -> Model:
    """Return the service's model with the members of its requests as the SDK for Java names them."""
    model = shapes.load("stepfunctions")
    renamed = {
        name: {**shape, "members": {_pascal(member): value for member, value in shape["members"].items()}}
        if shape["type"] == "structure"
        else shape
        for name, shape in model.shapes.items()
    }
    return Model(model.name, model.metadata, renamed, model.operations)


def _pascal(member: str) -> str:
    return member[:1].upper() + member[1:]


def _to_api(model: Model, name: str | None, value: Json) -> Json:
    """Return parameters, which were checked, with the members' names of the API."""
    return _renamed(model, name, value, lambda member: member[:1].lower() + member[1:], lambda text: text)


def _from_api(model: Model, name: str | None, value: Json) -> Json:
    """Return an answer as the SDK for Java shows it."""
    return _renamed(model, name, value, _pascal, _time)


def _renamed(
    model: Model, name: str | None, value: Json, rename: Callable[[str], str], time: Callable[[Any], Json]
) -> Json:
    shape = {} if name is None else model.shapes[name]
    kind = shape.get("type")
    if kind == "structure" and isinstance(value, dict):
        return {
            rename(member): _renamed(model, shape["members"][member]["shape"], item, rename, time)
            for member, item in value.items()
            if item is not None
        }
    if kind == "list" and isinstance(value, list):
        return [_renamed(model, shape["member"]["shape"], item, rename, time) for item in value]
    if kind == "map" and isinstance(value, dict):
        return {key: _renamed(model, shape["value"]["shape"], item, rename, time) for key, item in value.items()}
    return time(value) if kind == "timestamp" else value


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
