"""One request as an operation sees it: whose it is, where it came from, and its id.

The body is not here: each protocol reads it in its own way. Nothing is verified here either (``server/sigv4.py``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import uuid4

from stepfunctions.server.asgi import Scope

ACCOUNT = "000000000000"
"""The default account: what local AWS tools use."""
REGION = "us-east-1"
"""The region of a request that names none (one that is not signed)."""

_KEY = "stepladder.request"


@dataclass(frozen=True, slots=True)
class Credential:
    """The credential scope of a SigV4 signature: ``AKID/20261123/eu-west-1/states/aws4_request``."""

    access_key: str
    date: str
    region: str
    service: str


@dataclass(frozen=True, slots=True)
class Request:
    """What an operation may know of its request.

    Args:
        id: the request id; the answer carries it and so does the log.
        account: twelve digits, of the caller.
        region: from the credential scope.
        headers: by lower-case name; the last of a repeated header.
        base_url: such as ``http://127.0.0.1:8083``, as the client called us.
        method: of HTTP.
        path: percent-decoded.
        service: the registered service that answers, by signing name.
        credential: of the signature; None if there is none.
        effect_id: of the task that asks, and may ask again after a crash; None if a client does.
    """

    id: str
    account: str
    region: str
    headers: Mapping[str, str]
    base_url: str
    method: str
    path: str
    service: str
    credential: Credential | None = None
    effect_id: str | None = None

    @classmethod
    def of(cls, scope: Scope) -> Request:
        """Return the request that ``App`` attached to *scope*."""
        request: Request = scope[_KEY]
        return request

    def attach(self, scope: Scope) -> None:
        """Make ``Request.of(scope)`` return this request."""
        scope[_KEY] = self


def headers_of(scope: Scope) -> dict[str, str]:
    """Return the headers of *scope* by lower-case name."""
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}


def new_request_id() -> str:
    """Return a fresh request id."""
    return str(uuid4())
