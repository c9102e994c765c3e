"""Trials of single states, with handlers and by a clock."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from stepfunctions.asl.parse import parse_state
from stepfunctions.core.events import ExecutionStarted
from stepfunctions.core.trial import Trial, TrialEnd
from stepfunctions.engine.handler import Progress, TaskError, TaskHandler, TaskRequest
from stepfunctions.engine.trial import Trials
from stepfunctions.query.failure import Failure
from stepfunctions.values import Json

SEND = "arn:aws:states:::sqs:sendMessage"
TASK = {"Type": "Task", "Resource": SEND, "Parameters": {"a.$": "$.a"}, "Next": "N"}
STARTED = ExecutionStarted(
    '{"a":1}', "arn:aws:states:eu-west-1:1:express:m:e", "e", "role", "arn:m", "m", 0, express=True, synchronous=True
)


class Work:
    """A handler that does as it is told."""

    defers_start = False

    def __init__(self, answer: Json | Exception | None = None) -> None:
        self._answer = answer
        self.requests: list[TaskRequest] = []
        self.began = asyncio.Event()
        self.cancelled: list[TaskRequest] = []

    async def run(self, task: TaskRequest, progress: Progress) -> Json:
        """Answer, or do not end."""
        self.requests.append(task)
        self.began.set()
        if isinstance(self._answer, Exception):
            raise self._answer
        if self._answer is None:
            await asyncio.Event().wait()
        return self._answer

    async def cancel(self, task: TaskRequest) -> None:
        """Note that it is to stop."""
        self.cancelled.append(task)


class Clock:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 0

    def __call__(self) -> int:
        return self.now


def trials(handler: TaskHandler | None, clock: Clock | None = None) -> Trials:
    """Return trials whose every task *handler* does."""
    return Trials(lambda resource: handler, clock or Clock(), lambda: 1)


async def run(runner: Trials, state: dict[str, Any] = TASK) -> TrialEnd:
    """Return where *state* leads."""
    return await runner.run(Trial(parse_state(state)), STARTED)


async def test_a_task_is_done_by_its_handler() -> None:
    work = Work({"r": 2})
    end = await run(trials(work))
    assert end.output is not None
    assert (end.status, end.output.value, end.next_state) == ("SUCCEEDED", {"r": 2}, "N")
    (request,) = work.requests
    assert (request.resource, request.arguments, request.role_arn) == (SEND, {"a": 1}, "role")


async def test_what_a_handler_raises_is_how_the_state_fails() -> None:
    end = await run(trials(Work(TaskError("E", "c"))))
    assert (end.status, end.failure) == ("FAILED", Failure("E", "c"))


async def test_without_a_handler_the_state_fails_by_the_name_of_its_resource() -> None:
    end = await run(trials(None))
    assert end.failure is not None
    assert end.failure.cause is not None
    assert f"'{SEND}' is not supported here" in end.failure.cause


async def test_a_task_that_takes_too_long_is_stopped() -> None:
    work, clock = Work(), Clock()
    runner = trials(work, clock)
    running = asyncio.ensure_future(run(runner, {**TASK, "TimeoutSeconds": 10}))
    await work.began.wait()
    clock.now = 10_000
    runner.time_changed()
    assert (await running).failure == Failure("States.Timeout", None)
    assert work.cancelled == work.requests


async def test_a_caller_who_gives_up_stops_the_task() -> None:
    work = Work()
    runner = trials(work)
    running = asyncio.ensure_future(run(runner))
    await work.began.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert work.cancelled == work.requests
    assert runner.running == 0
