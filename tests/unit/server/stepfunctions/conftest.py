"""The Step Functions API without a socket: on a real engine, with a database in memory or in a folder."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from stepfunctions.engine.engine import Engine
from stepfunctions.integrations import nested_executions
from stepfunctions.integrations.activities import ActivityTasks
from stepfunctions.integrations.registry import Registry
from stepfunctions.logs.store import LogStore
from stepfunctions.server.app import App
from stepfunctions.server.stepfunctions import StepFunctions
from stepfunctions.store.database import Database

ROLE = "arn:aws:iam::111122223333:role/machine"
REGION = "eu-west-1"
MACHINE = f"arn:aws:states:{REGION}:111122223333:stateMachine:machine"
EXECUTION = f"arn:aws:states:{REGION}:111122223333:execution:machine:run"

PASS = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "Result": {"a": 1}, "End": True}}})
WAIT = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Wait", "Seconds": 3600, "End": True}}})

AUTHORIZATION = "AWS4-HMAC-SHA256 Credential=AKID/20261123/{}/states/aws4_request, SignedHeaders=host, Signature=00"


class Refused(Exception):
    """The API answered with an error."""

    def __init__(self, status: int, document: Any) -> None:
        super().__init__(f"{status} {document}")
        self.status = status
        self.code = document["__type"]
        self.message = document["message"]
        self.document = document


@dataclass
class Api:
    """``await api("ListStateMachines", maxResults=1)`` returns the answer or raises Refused."""

    call: Callable[..., Awaitable[Any]]
    engine: Engine
    service: StepFunctions
    app: App
    logs: LogStore

    async def __call__(
        self, operation: str, region: str = REGION, gone: asyncio.Event | None = None, **params: Any
    ) -> Any:
        answer = await self.call(
            self.app,
            target=f"AWSStepFunctions.{operation}",
            headers={"authorization": AUTHORIZATION.format(region)},
            body=params,
            gone=gone,
        )
        if answer is None:
            return None
        if answer.status != 200:
            raise Refused(answer.status, answer.json)
        return answer.json

    async def create(self, definition: str = PASS, name: str = "machine", **params: Any) -> Any:
        """CreateStateMachine with what does not matter filled in."""
        return await self("CreateStateMachine", name=name, definition=definition, roleArn=ROLE, **params)

    async def refusal(self, operation: str, **params: Any) -> Refused:
        """Return the error of a request that must be refused."""
        with pytest.raises(Refused) as refused:
            await self(operation, **params)
        return refused.value


class Clock:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 1_790_000_000_000

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def entropy() -> list[int]:
    """What aliases choose by; the last number counts."""
    return [0]


@pytest.fixture
async def opened(call: Any, clock: Clock, entropy: list[int]) -> AsyncIterator[Callable[[Path | None], Awaitable[Api]]]:
    """``await opened(folder)`` starts the API on a folder (None: in memory); all are closed at the end."""
    closing: list[tuple[StepFunctions, Engine, Database]] = []

    async def open_api(folder: Path | None, *, poll_seconds: float = 60.0) -> Api:
        database = Database(folder / "db" if folder else None)
        logs = LogStore(database, now=clock)
        tasks = ActivityTasks()
        registry = Registry()
        nested_executions.register(registry, lambda *call: service.call(*call), lambda: engine, tasks)
        engine = Engine(
            database,
            registry,
            clock=clock,
            activity_exists=lambda arn: service.has_activity(arn),
            log_store=lambda: logs,
        )
        service = StepFunctions(
            database,
            engine,
            clock=clock,
            entropy=lambda: entropy[-1],
            activity_tasks=tasks,
            poll_seconds=poll_seconds,
            log_store=lambda: logs,
            checks_output=True,
        )
        closing.append((service, engine, database))
        await engine.recover()
        await service.recover()
        return Api(call, engine, service, App({"states": service}, service, account="111122223333"), logs)

    yield open_api
    for service, engine, database in closing:
        service.let_go()
        await service.close()
        await engine.close()
        database.close()


@pytest.fixture
async def api(opened: Any) -> Api:
    result: Api = await opened(None)
    return result
