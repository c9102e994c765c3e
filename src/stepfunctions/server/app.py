"""The one ASGI application: every AWS service on one port.

It finds the service a request is for, gives the request its id, keeps web pages of other sites out, and turns whatever
a service lets escape into AWS's InternalFailure: the traceback goes to the log, never to a client. Parsing, validating
and answering are the services' work (``protocols/``), listening is not done here.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from hashlib import sha256

from stepfunctions.server.asgi import (
    ASGIService,
    BodyTooLarge,
    Message,
    Receive,
    Scope,
    Send,
    read_body,
    replay,
    respond,
)
from stepfunctions.server.browser import foreign_reason
from stepfunctions.server.errors import STATUSES, AwsError
from stepfunctions.server.request import ACCOUNT, REGION, Request, headers_of, new_request_id
from stepfunctions.server.routing import credential_of, service_of
from stepfunctions.server.sigv4 import KeyPair, Signed, check_signature
from stepfunctions.values import Json, dumps

HEALTH_PATH = "/_stepladder/health"

SIGNED_BODY_MAX_BYTES = 64 * 1024 * 1024
"""The largest body that is read to check its signature; S3's uploads state the hash in a header instead."""

_logger = logging.getLogger(__name__)


class App:
    """Routes requests to services.

    Args:
        services: by signing name (``states``, ``sagemaker``, ``s3``, ``logs``...), and ``sagemaker-runtime``.
        fallback: answers for every other service.
        account: of every caller.
        health: what ``GET /_stepladder/health`` adds to ``{"status": "ok"}``.
        keys: refuse requests that are not signed with these credentials; None takes any.
        hosts: names of this machine beside localhost and its addresses, where it is called by such.
    """

    def __init__(
        self,
        services: Mapping[str, ASGIService],
        fallback: ASGIService,
        *,
        account: str = ACCOUNT,
        health: Mapping[str, Json] | None = None,
        keys: KeyPair | None = None,
        hosts: Collection[str] = (),
    ) -> None:
        self._services = services
        self._fallback = fallback
        self._account = account
        self._health = health or {}
        self._keys = keys
        self._hosts = frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        request = self._request(scope)
        foreign = foreign_reason(request.headers, self._hosts)
        if foreign is not None:
            await _refuse(send, request, 403, "AccessDeniedException", f"The request is refused: {foreign}.")
        elif request.path == HEALTH_PATH:
            await _answer_json(send, request, 200, {"status": "ok", **self._health})
        else:
            await self._guarded(scope, receive, send, request)

    def _request(self, scope: Scope) -> Request:
        headers = headers_of(scope)
        path = scope["path"]
        credential = credential_of(headers, scope["query_string"].decode("latin-1"))
        service = service_of(headers, path, credential)
        request = Request(
            id=new_request_id(),
            account=self._account,
            region=credential.region if credential else REGION,
            headers=headers,
            base_url=f"{scope['scheme']}://{headers.get('host', '')}",
            method=scope["method"],
            path=path,
            service=service or "",
            credential=credential,
        )
        request.attach(scope)
        return request

    async def _guarded(self, scope: Scope, receive: Receive, send: Send, request: Request) -> None:
        service = self._services.get(request.service, self._fallback)
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            if self._keys is not None:
                receive = await _authenticated(scope, receive, request, self._keys)
            await service(scope, receive, watched)
        except AwsError as error:
            if started:
                raise
            await _refuse(send, request, STATUSES.get(error.code, 400), error.code, error.message)
        except Exception:
            _logger.exception("request %s (%s %s) failed", request.id, request.method, request.path)
            if started:
                raise
            await _refuse(send, request, 500, "InternalFailure", f"Internal error; the log has request {request.id}.")


async def _authenticated(scope: Scope, receive: Receive, request: Request, keys: KeyPair) -> Receive:
    """Check the signature; return a *receive* that has the body still.

    Raises:
        AwsError: the signature is missing or wrong.
    """
    query = scope["query_string"].decode("latin-1")
    digest = None
    if "x-amz-content-sha256" not in request.headers and "X-Amz-Signature=" not in query:
        try:
            body = await read_body(receive, SIGNED_BODY_MAX_BYTES)
        except BodyTooLarge:
            raise AwsError("RequestEntityTooLarge", "The body is too large to check its signature.") from None
        digest, receive = sha256(body).hexdigest(), replay(body, receive)
    signed = Signed(request.method, scope["raw_path"].decode("latin-1"), query, request.headers, digest)
    check_signature(signed, request.credential, keys, datetime.now(UTC))
    return receive


async def _refuse(send: Send, request: Request, status: int, code: str, message: str) -> None:
    await _answer_json(send, request, status, {"__type": code, "message": message})


async def _answer_json(send: Send, request: Request, status: int, document: Json) -> None:
    headers = [(b"x-amzn-requestid", request.id.encode()), (b"content-type", b"application/json")]
    await respond(send, status, headers, dumps(document).encode())
