"""The one application: routing, request ids, and what goes wrong inside a service."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from stepfunctions.server.app import App
from stepfunctions.server.asgi import Receive, Scope, Send, respond
from stepfunctions.server.request import Request

SECRET = "the secret of the traceback"


def service(name: str) -> Any:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request.of(scope)
        await respond(send, 200, [], f"{name} {request.region} {request.account}".encode())

    return answer


async def broken(scope: Scope, receive: Receive, send: Send) -> None:
    raise RuntimeError(SECRET)


async def breaks_midway(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    raise RuntimeError(SECRET)


APP = App(
    {"states": service("step functions"), "s3": service("s3"), "sagemaker-runtime": service("runtime"), "iam": broken},
    service("fallback"),
    account="111111111111",
    health={"version": "1"},
)


async def test_a_request_reaches_its_service_with_region_and_account(call: Any) -> None:
    answer = await call(APP, service="states")
    assert answer.body == b"step functions eu-west-1 111111111111"


async def test_an_unsigned_request_is_of_the_default_region(call: Any) -> None:
    answer = await call(APP, path="/bucket/key", method="GET")
    assert answer.body == b"s3 us-east-1 111111111111"


async def test_a_service_that_is_not_ours_falls_back(call: Any) -> None:
    assert (await call(APP, service="dynamodb")).body.startswith(b"fallback")


async def test_health_is_json(call: Any) -> None:
    answer = await call(APP, method="GET", path="/_stepladder/health")
    assert answer.status == 200
    assert answer.json == {"status": "ok", "version": "1"}


async def test_a_page_of_another_site_is_refused(call: Any) -> None:
    answer = await call(APP, target="AWSStepFunctions.ListStateMachines", headers={"origin": "https://evil.example"})
    assert answer.status == 403
    assert answer.json["__type"] == "AccessDeniedException"


async def test_a_broken_service_is_an_internal_failure_without_its_traceback(
    call: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        answer = await call(APP, service="iam")
    assert answer.status == 500
    assert answer.json["__type"] == "InternalFailure"
    assert SECRET.encode() not in answer.body
    assert SECRET in caplog.text
    assert answer.headers["x-amzn-requestid"] in caplog.text


async def test_a_service_that_breaks_after_its_status_breaks_the_connection(call: Any) -> None:
    with pytest.raises(RuntimeError):
        await call(App({"iam": breaks_midway}, broken), service="iam")
