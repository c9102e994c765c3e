"""A service that is answered elsewhere: another emulator, or AWS itself, by the user's explicit choice.

A reverse proxy that streams both ways. What goes to AWS is signed anew, with the credentials of the cloud's own
environment, because a signature covers the host; what goes anywhere else passes as it came.

Deliberately absent: retries, caching, rewriting of answers; connection upgrades.

Follows: RFC 9110, section 7.6 (what a proxy must not forward).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, Final
from urllib.parse import urlsplit

from stepfunctions.errors import InvalidRequest
from stepfunctions.server.asgi import Receive, Scope, Send, read_body, respond
from stepfunctions.server.errors import AwsError
from stepfunctions.server.moto import rendered
from stepfunctions.server.request import Request

PIECE_BYTES: Final = 256 * 1024
CONNECTIONS: Final = 32
SIGNED_BODY_MAX_BYTES: Final = 64 * 1024 * 1024
TIMEOUT_SECONDS: Final = 900

_HOP_BY_HOP: Final = (
    *("connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer", "transfer-encoding"),
    *("upgrade", "host", "expect"),
)
_UNSIGNED: Final = ("authorization", "x-amz-date", "x-amz-security-token", "user-agent", "content-length")
_logger = logging.getLogger(__name__)


class Elsewhere:
    """Forwards every request of one service.

    Args:
        service: the signing name, for messages and signatures.
        url: of the other place, such as ``http://127.0.0.1:8000``.

    Raises:
        InvalidRequest: *url* is not the address of a server.
    """

    def __init__(self, service: str, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise InvalidRequest(f"--service {service}={url}: give an address such as http://127.0.0.1:8000.")
        self._service = service
        self._url = url
        self._host = parts.netloc
        self._origin = f"{parts.scheme}://{parts.netloc}"
        self._prefix = parts.path.rstrip("/")
        self._is_aws = (parts.hostname or "").endswith((".amazonaws.com", ".amazonaws.com.cn"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Forward one request and stream the answer back."""
        request = Request.of(scope)
        path = (scope.get("raw_path") or scope["path"].encode()).decode("latin-1")
        query = scope["query_string"].decode("latin-1")
        target = f"{self._prefix}{path}{f'?{query}' if query else ''}"
        headers = {name: value for name, value in request.headers.items() if name not in _HOP_BY_HOP}
        try:
            has_body = "content-length" in request.headers or "transfer-encoding" in request.headers
            body: Any = _pull(receive, asyncio.get_running_loop()) if has_body else None
            if self._is_aws:
                body = await read_body(receive, SIGNED_BODY_MAX_BYTES)
                headers = await asyncio.to_thread(self.signed, request, f"{self._origin}{target}", headers, body)
            answer = await asyncio.to_thread(self._open, request.method, target, headers, body)
        except Exception as error:
            _logger.warning("%s is pointed at %s, which failed: %s", self._service, self._url, error)
            await _refuse(send, request, f"{self._service} is pointed at {self._url}, which failed: {error}")
            return
        await _stream(send, answer)

    @cached_property
    def _pool(self) -> Any:
        import urllib3

        # A pool of one host takes the target as it stands; a PoolManager would tidy ``a/../b``, which is an S3 key.
        return urllib3.connection_from_url(
            self._origin, maxsize=CONNECTIONS, retries=False, timeout=urllib3.Timeout(connect=10, read=TIMEOUT_SECONDS)
        )

    def _open(self, method: str, target: str, headers: Mapping[str, str], body: Any) -> Any:
        return self._pool.urlopen(
            method,
            target,
            body=body,
            headers={**headers, "Host": self._host},
            preload_content=False,
            decode_content=False,
            redirect=False,
        )

    def signed(self, request: Request, url: str, headers: Mapping[str, str], body: bytes) -> dict[str, str]:
        """Return the headers of a request to AWS, signed with the credentials of this process.

        Raises:
            AwsError: there are none.
        """
        from botocore.auth import SigV4Auth
        from botocore.awsrequest import AWSRequest
        from botocore.session import get_session

        credentials = get_session().get_credentials()
        if credentials is None:
            raise AwsError("UnrecognizedClientException", "there are no AWS credentials in the cloud's environment")
        kept = {name: value for name, value in headers.items() if name not in _UNSIGNED}
        signed = AWSRequest(request.method, url, headers=kept, data=body)
        name = request.credential.service if request.credential else self._service
        SigV4Auth(credentials.get_frozen_credentials(), name, request.region).add_auth(signed)
        return dict(signed.headers.items())


def _pull(receive: Receive, loop: asyncio.AbstractEventLoop) -> Iterator[bytes]:
    """Yield the body, in the thread that sends it on."""
    more = True
    while more:
        message = asyncio.run_coroutine_threadsafe(_next(receive), loop).result()
        if message["type"] == "http.disconnect":
            raise ConnectionError("the client went away")
        more = message.get("more_body", False)
        if message.get("body"):
            yield message["body"]


async def _next(receive: Receive) -> Any:
    return await receive()


async def _stream(send: Send, answer: Any) -> None:
    headers = [
        (name.lower().encode("latin-1"), value.encode("latin-1"))
        for name, value in answer.headers.items()
        if name.lower() not in _HOP_BY_HOP
    ]
    try:
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        while piece := await asyncio.to_thread(answer.read, PIECE_BYTES):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
    finally:
        answer.release_conn()


async def _refuse(send: Send, request: Request, message: str) -> None:
    answer = rendered(AwsError("ServiceUnavailable", message, status=503), request)
    headers = [(name.encode(), value.encode()) for name, value in answer.headers.items()]
    await respond(send, answer.status, headers, answer.body)
