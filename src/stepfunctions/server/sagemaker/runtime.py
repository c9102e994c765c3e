"""SageMaker Runtime: InvokeEndpoint, as one ASGI service; registered as ``sagemaker-runtime``.

REST-JSON: the request's body is the model's input as it stands, and what the API knows of it is in headers.
Asynchronous and streaming invocations are not available here.

Source: SageMaker Runtime API Reference, InvokeEndpoint; botocore's model of sagemaker-runtime.
"""

from __future__ import annotations

import re
from typing import Final

from stepfunctions.errors import InvalidRequest
from stepfunctions.sagemaker.http_client import Response
from stepfunctions.sagemaker.invocations import Inference, ModelFailed, invoke
from stepfunctions.sagemaker.service import SageMaker
from stepfunctions.server.asgi import BodyTooLarge, ClientGone, Receive, Scope, Send, read_body, respond
from stepfunctions.server.errors import AwsError
from stepfunctions.server.request import Request
from stepfunctions.server.sagemaker.jobs import place_of
from stepfunctions.values import dumps

BODY_MAX_BYTES: Final = 25 * 1024 * 1024
"""AWS's quota for the payload of an invocation; the model still says 6 MiB."""

_PATH = re.compile(r"/endpoints/(?P<name>[^/]+)/(?P<route>[a-z-]+)")
_PREFIX = "x-amzn-sagemaker-"
_FORWARDED: Final = {
    "content-type": "Content-Type",
    "accept": "Accept",
    f"{_PREFIX}custom-attributes": "X-Amzn-SageMaker-Custom-Attributes",
    f"{_PREFIX}inference-id": "X-Amzn-SageMaker-Inference-Id",
}
_UNAVAILABLE: Final = {
    f"{_PREFIX}target-model": "multi-model endpoints",
    f"{_PREFIX}target-container-hostname": "multi-container endpoints",
    f"{_PREFIX}inference-component": "inference components",
    f"{_PREFIX}session-id": "stateful sessions",
    f"{_PREFIX}enable-explanations": "explanations",
}


class SageMakerRuntime:
    """Amazon SageMaker Runtime.

    Args:
        sagemaker: does the work.
    """

    def __init__(self, sagemaker: SageMaker) -> None:
        self._sagemaker = sagemaker

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request.of(scope)
        try:
            inference = await self._invoke(request, receive)
        except ClientGone:
            return
        except AwsError as error:
            await _refuse(send, request, error)
        else:
            await respond(send, 200, _headers(request, inference), inference.response.body)

    async def _invoke(self, request: Request, receive: Receive) -> Inference:
        match = _PATH.fullmatch(request.path)
        if match is None or match["route"] != "invocations" or request.method != "POST":
            raise AwsError(
                "NotImplemented",
                f"{request.method} {request.path} is not available locally. Use InvokeEndpoint.",
                status=501,
            )
        for header, what in _UNAVAILABLE.items():
            if header in request.headers:
                raise AwsError("NotImplemented", f"InvokeEndpoint: {what} are not available locally.", status=501)
        try:
            body = await read_body(receive, BODY_MAX_BYTES)
            return await invoke(
                self._sagemaker.endpoints,
                match["name"],
                place_of(request),
                {name: request.headers[key] for key, name in _FORWARDED.items() if key in request.headers},
                body,
                request.headers.get(f"{_PREFIX}target-variant"),
            )
        except BodyTooLarge:
            raise AwsError(
                "ValidationError", f"An invocation may have at most {BODY_MAX_BYTES} bytes.", status=413
            ) from None
        except InvalidRequest as error:
            raise AwsError("ValidationError", str(error), status=400) from None
        except ModelFailed as error:
            raise _model_error(error) from None


def _model_error(error: ModelFailed) -> AwsError:
    members = {
        "Message": str(error),
        "OriginalStatusCode": error.status,
        "OriginalMessage": error.body,
        "LogStreamArn": error.log_stream_arn,
    }
    return AwsError("ModelError", str(error), status=424, members=members)


def _headers(request: Request, inference: Inference) -> list[tuple[bytes, bytes]]:
    answer: Response = inference.response
    headers = [
        (b"x-amzn-requestid", request.id),
        (b"x-amzn-invoked-production-variant", inference.variant),
        (b"content-type", answer.headers.get("content-type", "application/octet-stream")),
    ]
    attributes = answer.headers.get(f"{_PREFIX}custom-attributes")
    if attributes:
        headers.append((f"{_PREFIX}custom-attributes".encode(), attributes))
    return [(name, value.encode("latin-1", "replace")) for name, value in headers]


async def _refuse(send: Send, request: Request, error: AwsError) -> None:
    body = {**error.members} if error.members else {"Message": error.message, "message": error.message}
    headers = [
        (b"x-amzn-requestid", request.id.encode()),
        (b"x-amzn-errortype", error.code.encode()),
        (b"content-type", b"application/json"),
    ]
    await respond(send, error.status or 400, headers, dumps(body).encode("utf-8", "surrogatepass"))
