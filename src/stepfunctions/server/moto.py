"""Every service that is not ours, as an ASGI service: asks moto and renders what moto cannot answer.

Follows: the error formats of AWS's JSON, REST-JSON and query protocols.
"""

from __future__ import annotations

from typing import Final

from stepfunctions.errors import StepladderError
from stepfunctions.integrations.moto import HttpRequest, HttpResponse, MotoBridge
from stepfunctions.server.asgi import BodyTooLarge, ClientGone, Receive, Scope, Send, read_body, respond
from stepfunctions.server.errors import STATUSES, AwsError, to_aws
from stepfunctions.server.request import Request
from stepfunctions.server.xml_errors import error_response
from stepfunctions.values import dumps

BODY_MAX_BYTES: Final = 256 * 1024 * 1024
"""A Lambda deployment package may be large; moto holds it in memory anyway."""

_FORM: Final = "application/x-www-form-urlencoded"


class MotoService:
    """Answers for all services through one bridge. Give it to ``App`` as the fallback."""

    def __init__(self, bridge: MotoBridge) -> None:
        self._bridge = bridge

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request.of(scope)
        try:
            answer = await self._answer(scope, receive, request)
        except ClientGone:
            return
        except AwsError as error:
            answer = rendered(error, request)
        except StepladderError as error:
            answer = rendered(to_aws(error, request.service), request)
        headers = [(name.lower().encode("latin-1"), value.encode("utf-8")) for name, value in answer.headers.items()]
        if "x-amzn-requestid" not in {name.lower() for name in answer.headers}:
            headers.append((b"x-amzn-requestid", request.id.encode()))
        await respond(send, answer.status, headers, b"" if request.method == "HEAD" else answer.body)

    async def _answer(self, scope: Scope, receive: Receive, request: Request) -> HttpResponse:
        try:
            body = await read_body(receive, BODY_MAX_BYTES)
        except BodyTooLarge:
            raise AwsError("RequestEntityTooLarge", f"A request may have at most {BODY_MAX_BYTES} bytes.") from None
        if not request.service:
            raise AwsError(
                "MissingAuthenticationToken",
                "The request is not signed, so that its service is not known. Sign it with any credentials.",
                status=403,
            )
        return await self._bridge.request(http_request(scope, request, body))


def http_request(scope: Scope, request: Request, body: bytes) -> HttpRequest:
    """Return a request as the bridge takes it."""
    path = (scope.get("raw_path") or scope["path"].encode()).decode("latin-1")
    query = scope["query_string"].decode("latin-1")
    url = f"{request.base_url}{path}{f'?{query}' if query else ''}"
    return HttpRequest(request.service, request.region, request.method, url, dict(request.headers), body)


def rendered(error: AwsError, request: Request) -> HttpResponse:
    """Return an error in the protocol that the request speaks."""
    status = error.status or STATUSES.get(error.code, 400)
    if request.headers.get("content-type", "").startswith(_FORM):
        return HttpResponse(status, {"content-type": "text/xml"}, error_response(error, status, request.id))
    document = {"__type": error.code, "message": error.message, **error.members}
    headers = {"content-type": "application/json", "x-amzn-errortype": error.code}
    return HttpResponse(status, headers, dumps(document).encode())
