"""S3 as an ASGI service: finds the operation, runs it, streams the answer.

Deliberately absent: checking signatures (the router's work, when it is told to); a presigned URL that has expired is
refused.

Follows: Amazon S3 API Reference.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from stepfunctions.errors import StepladderError
from stepfunctions.s3.objects import ObjectStore
from stepfunctions.server.asgi import Receive, Scope, Send
from stepfunctions.server.errors import AwsError
from stepfunctions.server.s3 import errors
from stepfunctions.server.s3.call import Answer, Call
from stepfunctions.server.s3.operations import operation_of

_CONTROLS: Final = re.compile(r"[\0-\x1f\x7f]")


class S3Service:
    """Serves an object store. Register it as ``s3``."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        try:
            call = Call.of(scope, receive)
        except AwsError as error:
            call = Call.unreadable(scope, receive)
            await _transmit(send, call, errors.answer(error, call))
            return
        with call.held:
            await _transmit(send, call, await self._answer(call))

    async def _answer(self, call: Call) -> Answer:
        try:
            _check_expiry(call)
            _check_owner(call)
            return await operation_of(call)(self._store, call)
        except AwsError as error:
            return errors.answer(error, call)
        except StepladderError as error:
            return errors.answer(errors.to_aws(error), call)


async def _transmit(send: Send, call: Call, answer: Answer) -> None:
    headers = {"x-amz-request-id": call.request.id, "x-amz-id-2": call.request.id}
    headers |= answer.headers
    if call.body.is_withheld:
        headers["connection"] = "close"
    if isinstance(answer.body, bytes) and "content-length" not in headers and answer.status not in (204, 304):
        headers["content-length"] = str(len(answer.body))
    encoded = [(name.encode("latin-1"), _header_bytes(value)) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": encoded})
    if isinstance(answer.body, bytes):
        await send({"type": "http.response.body", "body": answer.body})
        return
    async for chunk in answer.body:
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


def _header_bytes(value: str) -> bytes:
    """Return the bytes that came in; a line break in a value from a URL must not start another header."""
    value = _CONTROLS.sub(" ", value)
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError:
        return value.encode()


def _check_expiry(call: Call) -> None:
    """Refuse a presigned URL after its time.

    Source: AWS, "Authenticating requests: using query parameters"; signature version 2 has Expires instead.
    """
    if "X-Amz-Expires" in call.query:
        try:
            signed_at = datetime.strptime(call.query.get("X-Amz-Date", ""), "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
            expires_at = signed_at + timedelta(seconds=int(call.query["X-Amz-Expires"]))
        except (ValueError, OverflowError):
            raise AwsError("AuthorizationQueryParametersError", "X-Amz-Expires should be a number") from None
    elif "Expires" in call.query and "Signature" in call.query:
        expires_at = datetime.fromtimestamp(int(call.query["Expires"]), UTC)
    else:
        return
    if datetime.now(UTC) > expires_at:
        raise AwsError("AccessDenied", "Request has expired")


def _check_owner(call: Call) -> None:
    owner = call.header("x-amz-expected-bucket-owner")
    if owner is not None and owner != call.request.account:
        raise AwsError("AccessDenied", "Access Denied")
