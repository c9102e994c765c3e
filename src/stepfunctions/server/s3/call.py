"""One S3 request: which bucket and key it means, with its parameters, headers and body.

The bucket is the first segment of the path, or the first label of the host name (virtual-host addressing). The key is
the rest of the path as it stands, percent-decoded once and never normalised: ``a/../b`` and ``//x`` are keys.

Follows: Amazon S3 User Guide, "Virtual hosting of general purpose buckets".
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qsl, unquote_to_bytes

from stepfunctions.server.asgi import Receive, Scope
from stepfunctions.server.errors import AwsError
from stepfunctions.server.request import Request
from stepfunctions.server.s3.body import Body

_AWS_HOST: Final = re.compile(r"(?:(?P<bucket>.+?)\.)?s3(?:[.-][a-z0-9-]+)*?\.amazonaws\.com(?:\.cn)?")
_LOCAL_HOST: Final = re.compile(r"(?P<bucket>.+?)(?:\.s3(?:\.[a-z0-9-]+)?)?\.localhost(?:\.localdomain)?")
_LOCAL_ENDPOINT: Final = re.compile(r"s3(?:\.[a-z0-9-]+)?\.localhost(?:\.localdomain)?")


@dataclass(frozen=True, slots=True)
class Call:
    """A request to S3.

    Args:
        request: whose it is.
        method: of HTTP.
        bucket: empty for the service itself.
        key: empty for a bucket.
        query: the last value of each parameter; a parameter without a value has the empty text.
        body: of the request; nothing has been read.
        held: what must stay open until the answer has been sent.
    """

    request: Request
    method: str
    bucket: str
    key: str
    query: Mapping[str, str]
    body: Body
    held: ExitStack = field(default_factory=ExitStack)

    @classmethod
    def of(cls, scope: Scope, receive: Receive) -> Call:
        """Return the call that an HTTP request is.

        Raises:
            AwsError: the path is not UTF-8.
        """
        request = Request.of(scope)
        raw = scope.get("raw_path") or scope["path"].encode()
        bucket, key = _address(raw, request.headers.get("host", ""))
        query = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
        return cls(request, scope["method"], bucket, key, query, Body(receive, request.headers))

    @classmethod
    def unreadable(cls, scope: Scope, receive: Receive) -> Call:
        """Return the call of a request whose address could not be read, to answer it with an error."""
        request = Request.of(scope)
        return cls(request, scope["method"], "", "", {}, Body(receive, request.headers))

    def header(self, name: str) -> str | None:
        """Return a header, or the x-amz parameter of a presigned URL that stands for it."""
        value = self.request.headers.get(name)
        if value is None and name.startswith("x-amz-"):
            return next((value for key, value in self.query.items() if key.lower() == name), None)
        return value

    @property
    def resource(self) -> str:
        """The path that an error names."""
        return f"/{self.bucket}/{self.key}" if self.key else f"/{self.bucket}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back: *body* whole, or piece by piece with its Content-Length among the headers."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | AsyncIterable[bytes] = b""


def _address(raw_path: bytes, host: str) -> tuple[str, str]:
    try:
        path = unquote_to_bytes(raw_path).decode()
    except UnicodeDecodeError:
        raise AwsError("InvalidURI", "Couldn't parse the specified URI.") from None
    bucket = bucket_of_host(host)
    if bucket:
        return bucket, path[1:]
    bucket, _, key = path[1:].partition("/")
    return bucket, key


def bucket_of_host(host: str) -> str | None:
    """Return the bucket that a Host header names, None for path-style addressing."""
    name = host.lower().rpartition(":")[0] if ":" in host else host.lower()
    match = _AWS_HOST.fullmatch(name)
    if match is None and not _LOCAL_ENDPOINT.fullmatch(name):
        match = _LOCAL_HOST.fullmatch(name)
    return match["bucket"] if match else None
