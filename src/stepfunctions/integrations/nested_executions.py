"""The optimised integration of Step Functions: ``arn:aws:states:::states:startExecution``.

::

    startExecution   startExecution.sync   startExecution.sync:2   startExecution.waitForTaskToken

``.sync`` polls nothing: the end of an execution is an event of this process. Its result is the detail of EventBridge's
status change event, which resembles DescribeExecution: names in PascalCase, times in milliseconds, no Sdk metadata.
Input and Output stay JSON text with ``.sync`` and are parsed with ``.sync:2``.

A STANDARD execution is started once for a task, however often the task is run after crashes, and stopped with it. One
that is EXPRESS is started again after a crash, since nothing of it is left, and cannot be stopped.

Source: Step Functions Developer Guide, "Manage AWS Step Functions executions as an integrated service" and
"EventBridge events"; ``reference/integrations.md``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import cache
from typing import Final

from stepfunctions import shapes
from stepfunctions.engine.engine import Engine
from stepfunctions.engine.handler import Progress, TaskError, TaskHandler, TaskRequest
from stepfunctions.engine.records import ExecutionRecord
from stepfunctions.errors import NotFound
from stepfunctions.integrations import activities, step_functions
from stepfunctions.integrations.activities import ActivityTasks
from stepfunctions.integrations.optimised import Service
from stepfunctions.integrations.registry import (
    REQUEST_RESPONSE,
    SYNC,
    SYNC_2,
    WAIT_FOR_TASK_TOKEN,
    Registry,
    Resource,
)
from stepfunctions.integrations.step_functions import Call, Refused, perform
from stepfunctions.values import Json, dumps, loads

OPERATION: Final = "StartExecution"


class StartHandler:
    """Starts an execution, and answers with that.

    Args:
        call: calls operations of Step Functions.
        submits: the task goes on until somebody answers with its token.
    """

    defers_start = False

    def __init__(self, call: Call, *, submits: bool = False) -> None:
        self._call = call
        self._submits = submits

    async def run(self, task: TaskRequest, progress: Progress) -> Json:
        """Return what StartExecution answers.

        Raises:
            TaskError: it is refused, or its parameters are none of its own.
        """
        if task.submitted is not None:
            return None
        answer = await self.start(task)
        if self._submits:
            await progress.submitted(answer)
        return answer

    async def cancel(self, task: TaskRequest) -> None:
        """There is nothing to stop: what was started goes on, as on AWS."""

    async def start(self, task: TaskRequest) -> Json:
        """Start the execution; raises as ``run``."""
        try:
            answer = await perform(self._call, OPERATION, task)
        except Refused as refused:
            raise _refusal(refused) from None
        return _service().answer(
            {"ExecutionArn": answer["executionArn"], "StartDate": round(answer["startDate"] * 1000)}
        )


class SyncHandler:
    """Starts an execution and waits for its end.

    Args:
        call: calls operations of Step Functions.
        engine: knows when executions end.
        parses: input and output are given as values, not as text.
    """

    defers_start = False

    def __init__(self, call: Call, engine: Callable[[], Engine], *, parses: bool) -> None:
        self._start = StartHandler(call)
        self._engine = engine
        self._parses = parses
        self._starting: dict[str, asyncio.Future[Json]] = {}

    async def run(self, task: TaskRequest, progress: Progress) -> Json:
        """Return the detail of the execution's status change event.

        Raises:
            TaskError: the request was refused; or States.TaskFailed with the detail, for one that did not succeed.
        """
        record = await self._record(task, progress)
        detail = self._detail(record)
        if record.status != "SUCCEEDED":
            raise TaskError("States.TaskFailed", dumps(detail))
        return detail

    async def cancel(self, task: TaskRequest) -> None:
        """Stop the execution that this task started."""
        engine, starting = self._engine(), self._starting.get(task.effect_id)
        if starting is not None:
            await asyncio.wait((starting,))
        arn = engine.started_by(task.effect_id)
        if arn is not None:
            await engine.stop(arn)

    async def _started(self, task: TaskRequest) -> Json:
        """Start the execution, whether or not anybody still waits for it: who stops it must know of it."""
        starting = self._starting[task.effect_id] = asyncio.ensure_future(self._start.start(task))
        starting.add_done_callback(lambda _: self._forget(task.effect_id))
        return await asyncio.shield(starting)

    def _forget(self, effect_id: str) -> None:
        starting = self._starting.pop(effect_id)
        if not starting.cancelled():
            starting.exception()  # whoever waits has it; that nobody does any more is no news

    async def _record(self, task: TaskRequest, progress: Progress) -> ExecutionRecord:
        """Return the execution once it has ended; one that is EXPRESS is gone with a crash, and starts again."""
        engine = self._engine()
        arn = None if task.submitted is None else task.submitted["ExecutionArn"]
        if arn is None or _is_express(arn):
            with engine.expecting(task.effect_id) as ended:
                answer = await self._started(task)
                if arn is None:
                    await progress.submitted(answer)
                arn = answer["ExecutionArn"]
                if _is_express(arn):
                    return await ended
        try:
            return await engine.ended(arn)
        except NotFound:
            raise TaskError("States.TaskFailed", f"The execution {arn} was deleted.") from None

    def _detail(self, record: ExecutionRecord) -> Json:
        optional = {
            "Error": record.error,
            "Cause": record.cause,
            "RedriveDate": record.redriven_at,
            "StateMachineAliasArn": record.alias_arn,
            "StateMachineVersionArn": record.version_arn,
        }
        return {
            "ExecutionArn": record.execution_arn,
            **self._data("Input", record.input),
            "Name": record.name,
            **self._data("Output", record.output),
            **self._redrive(record),
            "StartDate": record.started_at,
            "StateMachineArn": record.state_machine_arn,
            "Status": record.status,
            "StopDate": record.stopped_at,
            **{name: value for name, value in optional.items() if value is not None},
        }

    def _redrive(self, record: ExecutionRecord) -> dict[str, Json]:
        """Return what is told of redrives; nothing of an EXPRESS execution, which has none (not verified)."""
        if _is_express(record.execution_arn):
            return {}
        reason = self._engine().unredrivable_reason(record)
        if reason is None:
            return {"RedriveCount": record.redrive_count, "RedriveStatus": "REDRIVABLE"}
        return {
            "RedriveCount": record.redrive_count,
            "RedriveStatus": "NOT_REDRIVABLE",
            "RedriveStatusReason": reason,
        }

    def _data(self, member: str, text: str | None) -> dict[str, Json]:
        if text is None:
            return {}
        return {member: loads(text) if self._parses else text, f"{member}Details": {"Included": True}}


def register(registry: Registry, call: Call, engine: Callable[[], Engine], tasks: ActivityTasks) -> None:
    """Answer for everything of Step Functions: this integration, ``aws-sdk:sfn``, and activities.

    Args:
        registry: of all handlers.
        call: calls operations of Step Functions.
        engine: gives the engine, when a task first needs it.
        tasks: of all activities.
    """
    nested = finder(call, engine)
    registry.register("states", lambda resource: activities.find(tasks, resource) or nested(resource))
    registry.register(step_functions.SERVICE, step_functions.finder(call))


def finder(call: Call, engine: Callable[[], Engine]) -> Callable[[Resource], TaskHandler | None]:
    """Return what finds the handler of a resource of this integration."""
    handlers: dict[str, TaskHandler] = {
        REQUEST_RESPONSE: StartHandler(call),
        WAIT_FOR_TASK_TOKEN: StartHandler(call, submits=True),
        SYNC: SyncHandler(call, engine, parses=False),
        SYNC_2: SyncHandler(call, engine, parses=True),
    }

    def find(resource: Resource) -> TaskHandler | None:
        if not resource.is_integration or resource.action != "startExecution":
            return None
        return handlers.get(resource.pattern)

    return find


def _is_express(execution_arn: str) -> bool:
    return execution_arn.split(":")[5] == "express"


@cache
def _service() -> Service:
    model = shapes.load("stepfunctions")
    return Service(
        "StepFunctions",
        "AWSStepFunctions",
        "AWSStepFunctionsException",
        frozenset(model.shapes),
        "application/x-amz-json-1.0",
    )


def _refusal(refused: Refused) -> TaskError:
    status = shapes.load("stepfunctions").status_of(refused.code) or 400
    return _service().error(refused.code, refused.message, status)
