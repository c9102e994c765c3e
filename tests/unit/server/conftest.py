"""An ASGI client: one request to an application, without a socket."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any

import pytest

SIGNED = "AWS4-HMAC-SHA256 Credential=AKID/20261123/eu-west-1/{}/aws4_request, SignedHeaders=host, Signature=00"


@dataclass(frozen=True)
class Answer:
    """What the application sent."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


Call = Callable[..., Awaitable[Answer]]


@pytest.fixture
def call() -> Call:
    """``await call(app, target="...", body={...}, service="states")`` returns the answer.

    The connection stays open until *gone* is set; there is no answer for a client that has gone.
    """

    async def request(
        app: Any,
        *,
        method: str = "POST",
        path: str = "/",
        query: str = "",
        headers: dict[str, str] | None = None,
        body: bytes | dict[str, Any] = b"",
        chunks: Iterable[bytes] | None = None,
        target: str | None = None,
        service: str | None = None,
        gone: asyncio.Event | None = None,
    ) -> Answer | None:
        given = {"host": "127.0.0.1:8083", **(headers or {})}
        if target is not None:
            given["x-amz-target"] = target
        if service is not None:
            given["authorization"] = SIGNED.format(service)
        raw = json.dumps(body).encode() if isinstance(body, dict) else body
        pending = [{"type": "http.request", "body": each, "more_body": True} for each in chunks or ()]
        pending.append({"type": "http.request", "body": raw, "more_body": False})
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            if pending:
                return pending.pop(0)
            await (gone or asyncio.Event()).wait()
            return {"type": "http.disconnect"}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "scheme": "http",
            "headers": [(name.encode(), value.encode()) for name, value in given.items()],
        }
        await app(scope, receive, send)
        if not sent:
            return None
        return Answer(
            sent[0]["status"],
            {name.decode(): value.decode() for name, value in sent[0]["headers"]},
            b"".join(message.get("body", b"") for message in sent[1:]),
        )

    return request
