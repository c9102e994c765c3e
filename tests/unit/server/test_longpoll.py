"""Operations that wait: cancelled when their caller goes, and nothing that was to be handed over is lost."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from stepfunctions.server.app import App
from stepfunctions.server.asgi import ClientGone
from stepfunctions.server.protocols.json import JsonService
from stepfunctions.server.protocols.longpoll import Handover, unless_gone

FOUND = {"taskToken": "token", "input": "{}"}


class Caller:
    """A connection that ends when the test says so, and what became of the answer."""

    def __init__(self) -> None:
        self.gone = asyncio.Event()
        self.fate: list[str] = []
        self.ready = asyncio.Event()

    async def receive(self) -> dict[str, Any]:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def operation(self, *_: Any) -> Any:
        """Wait until something is there, and hand it over."""
        try:
            await self.ready.wait()
        except asyncio.CancelledError:
            self.fate.append("cancelled")
            raise
        return Handover(FOUND, lambda: self.fate.append("taken"), lambda: self.fate.append("given back"))


async def test_an_answer_for_a_caller_who_waits_is_returned() -> None:
    caller = Caller()
    caller.ready.set()
    result = await unless_gone(caller.operation(), caller.receive)
    assert isinstance(result, Handover)
    assert (result.answer, caller.fate) == (FOUND, [])


async def test_the_operation_of_a_caller_who_goes_is_cancelled() -> None:
    caller = Caller()
    waiting = asyncio.create_task(unless_gone(caller.operation(), caller.receive))
    await asyncio.sleep(0)
    caller.gone.set()
    with pytest.raises(ClientGone):
        await waiting
    assert caller.fate == ["cancelled"]


async def test_what_comes_in_the_moment_in_which_the_caller_goes_is_given_back() -> None:
    caller = Caller()
    waiting = asyncio.create_task(unless_gone(caller.operation(), caller.receive))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    caller.ready.set()
    caller.gone.set()
    with pytest.raises(ClientGone):
        await waiting
    assert caller.fate == ["given back"]


async def test_an_error_of_the_operation_reaches_the_caller() -> None:
    async def fails() -> None:
        raise LookupError("no")

    with pytest.raises(LookupError, match="no"):
        await unless_gone(fails(), Caller().receive)


async def test_an_answer_is_taken_once_it_was_sent(call: Any) -> None:
    caller = Caller()
    caller.ready.set()
    service = JsonService("stepfunctions", {"GetActivityTask": caller.operation}, waiting=["GetActivityTask"])
    app = App({"states": service}, service, account="111122223333")
    answer = await call(app, target="AWSStepFunctions.GetActivityTask", service="states", body={"activityArn": "a"})
    assert (answer.json, caller.fate) == (FOUND, ["taken"])


async def test_an_answer_that_cannot_be_sent_is_given_back() -> None:
    caller = Caller()
    caller.ready.set()
    service = JsonService("stepfunctions", {"GetActivityTask": caller.operation}, waiting=["GetActivityTask"])
    app = App({"states": service}, service, account="111122223333")
    body = [{"type": "http.request", "body": b'{"activityArn": "a"}', "more_body": False}]

    async def receive() -> dict[str, Any]:
        return body.pop() if body else await caller.receive()

    async def send(message: Any) -> None:
        raise ConnectionError("the connection is closed")

    headers = [(b"x-amz-target", b"AWSStepFunctions.GetActivityTask"), (b"host", b"127.0.0.1:8083")]
    scope = {
        "type": "http", "method": "POST", "path": "/", "raw_path": b"/", "query_string": b"", "scheme": "http",
        "headers": headers,
    }  # fmt: skip
    with pytest.raises(ConnectionError):
        await app(scope, receive, send)
    assert caller.fate == ["given back"]
