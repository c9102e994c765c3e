"""The bridge to moto: whatever AWS service this package does not have itself, in process and in memory.

moto is imported with the first request and runs in threads of its own, because it is synchronous and some of its
operations wait (``sqs:ReceiveMessage``). It is called through its own tables, from address to response: its
``mock_aws`` is never used, since that patches botocore for the whole process, which may also talk to the real AWS.

moto's state is ephemeral: it is in memory, and gone when the cloud stops. The log says so with the first request to
each service.

Follows: moto 5.2, ``moto.backend_index`` (host pattern to backend) and ``urls`` of each backend (path to response).
"""

from __future__ import annotations

import asyncio
import importlib
import logging
import re
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from stepfunctions.errors import StepladderError, UnsupportedError

THREADS: Final = 32
"""Each may wait in a long poll."""

_ACCOUNT_HEADER: Final = "x-moto-account-id"
_logger = logging.getLogger(__name__)

_HOSTS: Final[Mapping[str, str]] = {
    "budgets": "budgets.amazonaws.com",
    "cloudfront": "cloudfront.amazonaws.com",
    "iotdata": "data-ats.iot.{region}.amazonaws.com",
    "memorydb": "memory-db.{region}.amazonaws.com",
    "mobiletargeting": "pinpoint.{region}.amazonaws.com",
    "payment-cryptography": "controlplane.payment-cryptography.{region}.amazonaws.com",
}
"""Hosts of services whose signing name is not their host's; the others follow the common form."""


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A request as it came.

    Args:
        service: the signing name, such as ``sqs``.
        region: of the credential scope.
        method: of HTTP.
        url: as the client called us; answers that hold addresses are made from it.
        headers: by name.
        body: whole.
    """

    service: str
    region: str
    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """An answer, ready to send."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class MotoBridge:
    """Asks moto.

    Args:
        account: twelve digits; whose resources are seen.
    """

    def __init__(self, account: str) -> None:
        self._account = account
        self._executor: ThreadPoolExecutor | None = None
        self._lock = threading.Lock()
        self._routes: dict[str, list[tuple[re.Pattern[str], Callable[..., Any]]]] = {}
        self._announced: set[str] = set()
        self._on_load: list[Callable[[], list[HttpRequest]]] = []

    @property
    def loaded(self) -> bool:
        """Whether moto has been asked anything yet."""
        return self._executor is not None

    def on_load(self, requests: Callable[[], list[HttpRequest]]) -> None:
        """Have *requests* made before the first real one: what moto must know that others keep for it."""
        self._on_load.append(requests)

    async def request(self, request: HttpRequest) -> HttpResponse:
        """Return moto's answer.

        Raises:
            UnsupportedError: moto lacks the service or the operation.
            StepladderError: moto is not installed, or failed.
        """
        if request.service not in self._announced:
            self._announced.add(request.service)
            _logger.warning(
                "%s is answered by moto: what it holds is in memory only, and gone when the cloud stops",
                request.service,
            )
        first = [] if self.loaded else [each for requests in self._on_load for each in requests()]
        if self._executor is None:
            self._executor = ThreadPoolExecutor(THREADS, thread_name_prefix="moto")
        return await asyncio.get_running_loop().run_in_executor(self._executor, self._ask_all, [*first, request])

    def close(self) -> None:
        """Let go of the threads; what waits in one ends with its process."""
        if self._executor is not None:
            self._executor.shutdown(wait=False, cancel_futures=True)

    def _ask_all(self, requests: list[HttpRequest]) -> HttpResponse:
        for request in requests[:-1]:
            self._ask(request)
        return self._ask(requests[-1])

    def _ask(self, request: HttpRequest) -> HttpResponse:
        parts = urlsplit(request.url)
        address = f"https://{host_of(request)}{parts.path or '/'}"
        respond = self._route(request, address)
        moto_request = _moto_request(request, self._account)
        try:
            status, headers, body = _answered(respond, moto_request)
        except NotImplementedError as error:
            raise UnsupportedError(
                f"{request.service}: {error or 'the operation'}: moto, which answers for it in the local cloud, does "
                f"not have it. Point the service elsewhere with --service {request.service}=URL."
            ) from None
        except _module("botocore.model").OperationNotFoundError:
            raise _no_operation(request, parts.path) from None
        except Exception as error:
            _logger.exception("moto failed on %s %s", request.service, parts.path)
            raise StepladderError(f"moto failed on this request to {request.service}: {error!r}") from error
        if status == 404 and not body:
            raise _no_operation(request, parts.path)
        return HttpResponse(
            int(status), _text_headers(headers), body.encode() if isinstance(body, str) else bytes(body)
        )

    def _route(self, request: HttpRequest, address: str) -> Callable[..., Any]:
        with self._lock:
            backend = _backend_of(address)
            if backend is None:
                raise UnsupportedError(
                    f"The service {request.service!r} is not available in the local cloud: moto lacks it too. "
                    f"Point it elsewhere with --service {request.service}=URL."
                )
            if backend not in self._routes:
                self._routes[backend] = _routes_of(backend, request.service)
        for pattern, respond in self._routes[backend]:
            if pattern.match(address):
                return respond
        raise _no_operation(request, urlsplit(address).path)


def host_of(request: HttpRequest) -> str:
    """Return the host on which AWS has the service.

    Several services share a signing name; then the operation or the path tells them apart.
    """
    target = next((value for name, value in request.headers.items() if name.lower() == "x-amz-target"), "")
    path = urlsplit(request.url).path
    prefix = _SHARED[request.service](target, path) if request.service in _SHARED else request.service
    return _HOSTS.get(prefix, f"{prefix}.{{region}}.amazonaws.com").replace("{region}", request.region)


def _bedrock(target: str, path: str) -> str:
    if path.startswith("/model/") or path.startswith("/async-invoke"):
        return "bedrock-runtime"
    agent = ("/agents", "/knowledgebases", "/flows", "/prompts", "/tags/arn:aws:bedrock")
    return "bedrock-agent" if path.startswith(agent) else "bedrock"


_SHARED: Final[Mapping[str, Callable[[str, str], str]]] = {
    "dynamodb": lambda target, path: "streams.dynamodb" if target.startswith("DynamoDBStreams") else "dynamodb",
    "bedrock": _bedrock,
    "mediastore": lambda target, path: "mediastore" if target else "data.mediastore",
    "sagemaker": lambda target, path: "metrics.sagemaker" if path.startswith("/BatchPut") else "api.sagemaker",
    "servicecatalog": lambda target, path: "servicecatalog" if target else "servicecatalog-appregistry",
    "timestream": lambda target, path: "query.timestream" if "Query" in target else "ingest.timestream",
}


def _backend_of(address: str) -> str | None:
    try:
        index = _module("moto.backend_index")
    except ImportError:
        raise StepladderError(
            "moto is not installed, so that only our own services answer. Install stepladder[local]."
        ) from None
    return next((name for name, pattern in index.backend_url_patterns if pattern.match(address)), None)


def _routes_of(name: str, service: str) -> list[tuple[re.Pattern[str], Callable[..., Any]]]:
    try:
        accounts = _module("moto.backends").get_backend(name)
    except ImportError as error:
        raise UnsupportedError(
            f"moto needs the package {error.name!r} to answer for {service}: install moto[{name}], or point the "
            f"service elsewhere with --service {service}=URL."
        ) from None
    regions = accounts[_module("moto.core").DEFAULT_ACCOUNT_ID]  # any account and region has the same table
    backend = regions["us-east-1" if "us-east-1" in regions else "aws"]
    return [(re.compile(pattern), respond) for pattern, respond in backend.urls.items()]


def _moto_request(request: HttpRequest, account: str) -> Any:
    headers = {**request.headers, _ACCOUNT_HEADER: account}
    return _module("moto.core.request").Request.from_primitives(request.method, request.url, headers, request.body)


def _answered(respond: Callable[..., Any], request: Any) -> tuple[int, Mapping[str, Any], str | bytes]:
    try:
        status, headers, body = respond(request, request.raw_url, request.headers)
    except _module("moto.core.exceptions").HTTPException as error:
        return error.code, dict(error.get_headers()), error.get_body()
    return status, headers, body


def _module(name: str) -> Any:
    """Return a module of moto; imported late, and without its types, which tell too little to be of use."""
    return importlib.import_module(name)


def _text_headers(headers: Mapping[str, Any]) -> dict[str, str]:
    dropped = ("content-length", "transfer-encoding", "connection", "status")
    return {str(name): str(value) for name, value in headers.items() if str(name).lower() not in dropped}


def _no_operation(request: HttpRequest, path: str) -> UnsupportedError:
    return UnsupportedError(
        f"{request.service}: moto, which answers for it in the local cloud, has nothing for {request.method} {path}. "
        f"Point the service elsewhere with --service {request.service}=URL."
    )
