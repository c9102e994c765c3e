"""The query protocol: form-encoded requests, XML answers; what a service here lacks goes on to another.

An operation is ``async (request, params) -> result`` as in ``json``; *params* has been decoded and validated by the
service model, *result* is rendered with lists as ``member`` elements.

Deliberately absent: maps and flattened lists, which neither STS nor IAM has, and the EC2 variant.

Source: Smithy, "AWS query protocol".
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Final
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

from stepfunctions.errors import StepladderError
from stepfunctions.server.asgi import (
    ASGIService,
    BodyTooLarge,
    ClientGone,
    Receive,
    Scope,
    Send,
    read_body,
    replay,
    respond,
)
from stepfunctions.server.errors import STATUSES, AwsError, to_aws
from stepfunctions.server.protocols.json import Operation
from stepfunctions.server.request import Request
from stepfunctions.server.xml_errors import error_response
from stepfunctions.shapes import Model, load, validate
from stepfunctions.values import Json

BODY_MAX_BYTES: Final = 1_048_576


class QueryService:
    """An AWS service that speaks the query protocol, as an ASGI application.

    Args:
        model_name: botocore's name of the service, such as ``iam``.
        operations: by name.
        fallback: answers for the other operations.
    """

    def __init__(self, model_name: str, operations: Mapping[str, Operation], fallback: ASGIService) -> None:
        self.model_name = model_name
        self._operations = operations
        self._fallback = fallback

    @cached_property
    def model(self) -> Model:
        """The service's model."""
        return load(self.model_name)

    @property
    def operations(self) -> list[str]:
        """The names of the operations that are there, sorted."""
        return sorted(self._operations)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request.of(scope)
        try:
            body = await read_body(receive, BODY_MAX_BYTES)
        except ClientGone:
            return
        except BodyTooLarge:
            await self._refuse(send, request, AwsError("RequestEntityTooLarge", "The request is too large."))
            return
        text = body.decode("utf-8", "replace") or scope["query_string"].decode("latin-1")
        flat = dict(parse_qsl(text, keep_blank_values=True))
        operation = self._operations.get(flat.get("Action", ""))
        if operation is None:
            await self._fallback(scope, replay(body, receive), send)
            return
        try:
            answer = await self._answer(request, flat["Action"], operation, flat)
        except AwsError as error:
            await self._refuse(send, request, error)
        except StepladderError as error:
            await self._refuse(send, request, to_aws(error, self.model_name))
        else:
            await respond(send, 200, _headers(request), answer)

    async def _answer(self, request: Request, name: str, operation: Operation, flat: Mapping[str, str]) -> bytes:
        shape = self.model.operations[name].input
        params = decode(self.model, shape, flat) if shape else {}
        if shape:
            validate(self.model, shape, params)
        result = await operation(request, params)
        wrapped = "" if result is None else f"<{name}Result>{render(result)}</{name}Result>"
        return (
            f'<{name}Response xmlns="{self.model.metadata["xmlNamespace"]}">{wrapped}'
            f"<ResponseMetadata><RequestId>{request.id}</RequestId></ResponseMetadata></{name}Response>"
        ).encode()

    async def _refuse(self, send: Send, request: Request, error: AwsError) -> None:
        status = error.status or STATUSES.get(error.code) or self.model.status_of(error.code) or 400
        body = error_response(error, status, request.id, self.model.metadata["xmlNamespace"])
        await respond(send, status, _headers(request), body)


def decode(model: Model, shape: str, flat: Mapping[str, str], prefix: str = "") -> Json:
    """Return the value of a shape from a flat form, None if nothing in the form is for it.

    Args:
        model: of the service.
        shape: its name.
        flat: ``{"Tags.member.1.Key": "a", ...}``.
        prefix: of the names that belong to the value.
    """
    described = model.shapes[shape]
    kind = described["type"]
    if kind == "structure":
        members = {
            name: decode(model, member["shape"], flat, f"{prefix}.{name}" if prefix else name)
            for name, member in described["members"].items()
        }
        found = {name: value for name, value in members.items() if value is not None}
        return found if found or not prefix else None
    if kind == "list":
        return _decode_list(model, described["member"]["shape"], flat, f"{prefix}.member")
    text = flat.get(prefix)
    return None if text is None else _scalar(kind, text, prefix)


def render(value: Json) -> str:
    """Return a result as XML: ``{"Roles": [{"RoleName": "a"}]}`` has one ``member`` for each entry."""
    if isinstance(value, Mapping):
        return "".join(f"<{name}>{render(each)}</{name}>" for name, each in value.items() if each is not None)
    if isinstance(value, list):
        return "".join(f"<member>{render(each)}</member>" for each in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return escape(str(value))


def _decode_list(model: Model, member: str, flat: Mapping[str, str], prefix: str) -> Json:
    numbers = {name[len(prefix) + 1 :].partition(".")[0] for name in flat if name.startswith(f"{prefix}.")}
    if not numbers:
        return None
    ordered = sorted(int(number) for number in numbers if number.isdigit())
    return [decode(model, member, flat, f"{prefix}.{number}") for number in ordered]


def _scalar(kind: str, text: str, name: str) -> Any:
    if kind == "integer":
        try:
            return int(text)
        except ValueError:
            raise AwsError("MalformedInput", f"{name} must be an integer, not {text!r}.") from None
    return text == "true" if kind == "boolean" else text


def _headers(request: Request) -> list[tuple[bytes, bytes]]:
    return [(b"x-amzn-requestid", request.id.encode()), (b"content-type", b"text/xml")]
