"""The protocols awsJson1_0 and awsJson1_1: one service, its operations looked up by X-Amz-Target.

An operation is ``async (request, params) -> result``. *params* has passed the service model's constraints; *result* is
the answer's JSON with timestamps in epoch seconds (``Instant / 1000``), None for an empty answer, or a ``Handover``. An
operation raises ``AwsError`` or any of our exceptions.

Not here: REST and query protocols. Compressed requests are refused by the JSON parser.

Source: Smithy, "AWS JSON 1.0 protocol" and "AWS JSON 1.1 protocol".
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Collection, Coroutine, Mapping
from functools import cached_property
from typing import Any, TypeAlias

from stepfunctions.errors import StepladderError
from stepfunctions.server.asgi import BodyTooLarge, ClientGone, Receive, Scope, Send, read_body, respond
from stepfunctions.server.errors import STATUSES, AwsError, to_aws
from stepfunctions.server.protocols.longpoll import Handover, unless_gone
from stepfunctions.server.request import Request
from stepfunctions.shapes import MalformedRequest, Model, check_output, load, validate
from stepfunctions.values import Json, JsonError, dumps, loads

Operation: TypeAlias = Callable[[Request, dict[str, Any]], Coroutine[Any, Any, Json | Handover]]

BODY_MAX_BYTES = 1_048_576 * 5
"""Larger than any request that AWS's JSON services take; each operation's own limits are in its model."""

_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")

_logger = logging.getLogger(__name__)


class JsonService:
    """An AWS service that speaks JSON, as an ASGI application.

    Args:
        model_name: botocore's name of the service, such as ``stepfunctions``; its model is read with the first request.
        operations: by name; what AWS has beyond them is refused by name.
        body_max_bytes: larger requests are refused unread.
        waiting: the operations that may wait; each is cancelled if its caller goes away.
        checks_output: check every answer against the model, and fail with what is wrong (for debugging).
    """

    def __init__(
        self,
        model_name: str,
        operations: Mapping[str, Operation],
        *,
        body_max_bytes: int = BODY_MAX_BYTES,
        waiting: Collection[str] = (),
        checks_output: bool = False,
    ) -> None:
        self.model_name = model_name
        self._operations = operations
        self._body_max_bytes = body_max_bytes
        self._waiting = frozenset(waiting)
        self._checks_output = checks_output

    @cached_property
    def model(self) -> Model:
        """The service's model."""
        return load(self.model_name)

    @cached_property
    def _content_type(self) -> bytes:
        return b"application/x-amz-json-" + self.model.metadata["jsonVersion"].encode()

    @property
    def operations(self) -> list[str]:
        """The names of the operations that are there, sorted."""
        return sorted(self._operations)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request.of(scope)
        status, handover = 200, None
        try:
            result = await self._result(request, receive)
            if isinstance(result, Handover):
                handover, result = result, result.answer
            text = dumps(result)
        except AwsError as error:
            status, text = self._refusal(error)
        except StepladderError as error:
            status, text = self._refusal(to_aws(error, self.model_name))
        except ClientGone:
            return
        headers = [(b"x-amzn-requestid", request.id.encode()), (b"content-type", self._content_type)]
        # A lone surrogate, which UTF-8 does not have, becomes its JSON escape.
        try:
            await respond(send, status, headers, text.encode("utf-8", "backslashreplace"))
        except BaseException:
            if handover is not None:
                handover.given_back()
            raise
        if handover is not None:
            handover.taken()

    async def perform(self, name: str, request: Request, params: Json) -> Json | Handover:
        """Return the result of an operation that is asked for without HTTP.

        Raises:
            AwsError: it refuses.
            StepladderError: likewise; ``to_aws`` says as what.
        """
        operation = self._operation(name)
        shape = self.model.operations[name]
        if shape.input is not None:
            _validate(self.model, shape.input, params)
        return await operation(request, params) or {}

    async def _result(self, request: Request, receive: Receive) -> Json | Handover:
        try:
            body = await read_body(receive, self._body_max_bytes)
        except BodyTooLarge:
            raise AwsError(
                "RequestEntityTooLarge", f"A request may have at most {self._body_max_bytes} bytes."
            ) from None
        name = request.headers.get("x-amz-target", "").partition(".")[2]
        self._operation(name)
        performed = self.perform(name, request, _parse(body))
        result = await (unless_gone(performed, receive) if name in self._waiting else performed)
        if self._checks_output:
            self._check(name, result)
        return result

    def _operation(self, name: str) -> Operation:
        if name not in self.model.operations:
            raise AwsError("UnknownOperationException", f"{self.model_name} has no operation {name!r}.")
        operation = self._operations.get(name)
        if operation is None:
            raise AwsError("NotImplemented", f"{name} of {self.model_name} is not available locally.")
        return operation

    def _check(self, name: str, result: Json | Handover) -> None:
        answer = result.answer if isinstance(result, Handover) else result
        faults = check_output(self.model, self.model.operations[name].output, answer)
        if faults:
            if isinstance(result, Handover):
                result.given_back()
            raise AwsError("InternalFailure", f"The answer of {name} is not as AWS's: {'; '.join(faults)}")

    def _refusal(self, error: AwsError) -> tuple[int, str]:
        status = error.status or STATUSES.get(error.code) or self.model.status_of(error.code) or 400
        if status >= 500:
            _logger.error("%s: %s", error.code, error.message, exc_info=error.__cause__)
        return status, dumps({"__type": error.code, "message": error.message, **error.members})


def _parse(body: bytes) -> dict[str, Any]:
    try:
        params = loads(body) if body else {}
    except (JsonError, UnicodeDecodeError) as error:
        raise AwsError("SerializationException", f"The request is not JSON: {error}") from None
    if not isinstance(params, dict):
        raise AwsError("SerializationException", "The request must be a JSON object.")
    if _SURROGATE.search(body) and not _is_unicode(params):
        raise AwsError("SerializationException", "The request has half a character: a lone surrogate.")
    return params


def _is_unicode(params: Json) -> bool:
    try:
        dumps(params).encode()
    except UnicodeEncodeError:
        return False
    return True


def _validate(model: Model, shape: str, params: dict[str, Any]) -> None:
    try:
        validate(model, shape, params)
    except MalformedRequest as error:
        raise AwsError("SerializationException", str(error)) from None
