"""Signatures made by botocore are accepted with the right key, and nothing else is."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from stepfunctions.server.app import App
from stepfunctions.server.asgi import Receive, Scope, Send, read_body, respond
from stepfunctions.server.sigv4 import KeyPair

KEYS = KeyPair("AKID", "secret")
URL = "http://127.0.0.1:8083"


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    await respond(send, 200, [], await read_body(receive, 1000))


APP = App({}, echo, keys=KEYS)


def sign(auth: Any, method: str, path: str, body: bytes = b"", secret: str = "secret", key: str = "AKID") -> AWSRequest:
    request = AWSRequest(method, URL + path, data=body)
    auth(Credentials(key, secret)).add_auth(request)
    return request


def states(credentials: Credentials) -> SigV4Auth:
    return SigV4Auth(credentials, "states", "eu-west-1")


def s3(credentials: Credentials) -> S3SigV4Auth:
    return S3SigV4Auth(credentials, "s3", "eu-west-1")


def s3_url(credentials: Credentials) -> S3SigV4QueryAuth:
    return S3SigV4QueryAuth(credentials, "s3", "eu-west-1", expires=60)


async def send(call: Any, request: AWSRequest, body: bytes | None = None, **changes: str) -> Any:
    prepared = request.prepare()
    path, _, query = prepared.url.removeprefix(URL).partition("?")
    headers = {name.lower(): str(value) for name, value in prepared.headers.items()} | {"host": "127.0.0.1:8083"}
    content = (request.data or b"") if body is None else body
    return await call(APP, method=request.method, path=path, query=query, headers=headers | changes, body=content)


async def test_a_json_request_with_the_right_key_passes_with_its_body(call: Any) -> None:
    answer = await send(call, sign(states, "POST", "/", b'{"a": 1}'))
    assert (answer.status, answer.body) == (200, b'{"a": 1}')


async def test_an_s3_request_with_an_encoded_key_passes(call: Any) -> None:
    assert (await send(call, sign(s3, "PUT", "/bucket/a%20b%2Fc?partNumber=1&uploadId=x", b"data"))).status == 200


async def test_a_presigned_url_passes(call: Any) -> None:
    assert (await send(call, sign(s3_url, "GET", "/bucket/key"))).status == 200


async def test_another_secret_is_refused(call: Any) -> None:
    answer = await send(call, sign(states, "POST", "/", b"{}", secret="guess"))
    assert (answer.status, answer.json["__type"]) == (403, "InvalidSignatureException")


async def test_another_access_key_is_refused(call: Any) -> None:
    answer = await send(call, sign(states, "POST", "/", b"{}", key="AKOTHER"))
    assert (answer.status, answer.json["__type"]) == (403, "UnrecognizedClientException")


async def test_a_body_that_was_changed_is_refused(call: Any) -> None:
    answer = await send(call, sign(states, "POST", "/", b"{}"), body=b'{"a": 1}')
    assert answer.json["__type"] == "InvalidSignatureException"


async def test_a_presigned_url_for_another_key_is_refused(call: Any) -> None:
    request = sign(s3_url, "GET", "/bucket/key")
    request.url = request.url.replace("/bucket/key", "/bucket/secret")
    assert (await send(call, request)).status == 403


async def test_an_old_signature_is_refused(call: Any) -> None:
    answer = await send(call, sign(states, "POST", "/", b"{}"), **{"x-amz-date": "20200101T000000Z"})
    assert answer.json["message"].startswith("Signature expired: 20200101T000000Z")


@pytest.mark.parametrize("date", ["", "yesterday"])
async def test_a_malformed_date_is_refused(call: Any, date: str) -> None:
    answer = await send(call, sign(states, "POST", "/", b"{}"), **{"x-amz-date": date})
    assert answer.json["__type"] == "InvalidSignatureException"


async def test_an_unsigned_request_is_refused(call: Any) -> None:
    answer = await call(APP, path="/bucket/key", method="GET")
    assert (answer.status, answer.json["__type"]) == (403, "MissingAuthenticationTokenException")


async def test_health_needs_no_signature(call: Any) -> None:
    assert (await call(APP, method="GET", path="/_stepladder/health")).status == 200
