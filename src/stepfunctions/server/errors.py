"""Our exceptions as AWS's errors: the one place that maps them.

``AwsError`` is for operations, which know the exact code. Every other exception of ``stepfunctions.errors`` is looked
up in ``CODES`` by service and class; a subclass without an entry of its own has its parent's. A code's HTTP status is
the service model's; ``STATUSES`` holds those that a model leaves out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from stepfunctions.errors import (
    AlreadyExists,
    Conflict,
    DefinitionError,
    InvalidRequest,
    LimitExceeded,
    NotFound,
    RequestError,
    StepladderError,
    StoreError,
    UnsupportedError,
)
from stepfunctions.values import Json


class AwsError(Exception):
    """An error exactly as AWS answers it.

    Args:
        code: such as ``StateMachineDoesNotExist``.
        message: AWS's text.
        status: the HTTP status; None takes the model's.
        members: further members of the error's shape, such as ``{"reason": ...}``.
    """

    def __init__(
        self, code: str, message: str, *, status: int | None = None, members: Mapping[str, Json] | None = None
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.members = members or {}


DEFAULT: Final = "default"

CODES: Final[Mapping[str, Mapping[type[StepladderError], str]]] = {
    DEFAULT: {
        StepladderError: "InternalFailure",
        StoreError: "InternalFailure",
        UnsupportedError: "NotImplemented",
        DefinitionError: "ValidationException",
        RequestError: "ValidationException",
        InvalidRequest: "ValidationException",
        NotFound: "ResourceNotFoundException",
        AlreadyExists: "ResourceAlreadyExistsException",
        Conflict: "ConflictException",
        LimitExceeded: "LimitExceededException",
    },
    "stepfunctions": {
        DefinitionError: "InvalidDefinition",
        NotFound: "ExecutionDoesNotExist",
        AlreadyExists: "ExecutionAlreadyExists",
        LimitExceeded: "ExecutionLimitExceeded",
    },
    "sagemaker": {
        NotFound: "ResourceNotFound",
        AlreadyExists: "ResourceInUse",
        LimitExceeded: "ResourceLimitExceeded",
    },
    "iam": {InvalidRequest: "ValidationError"},
    "sts": {InvalidRequest: "ValidationError"},
    "logs": {
        InvalidRequest: "InvalidParameterException",
        Conflict: "OperationAbortedException",
    },
}
"""AWS's code by service model and exception class."""

STATUSES: Final[Mapping[str, int]] = {
    "ConflictException": 409,
    "ServiceQuotaExceededException": 402,
    "InternalFailure": 500,
    "ServiceUnavailable": 503,
    "NotImplemented": 501,
    "UnknownOperationException": 400,
    "AccessDeniedException": 403,
    "InvalidSignatureException": 403,
    "MissingAuthenticationTokenException": 403,
    "UnrecognizedClientException": 403,
    "RequestEntityTooLarge": 413,
}
"""HTTP statuses that no model states; anything else is 400."""


def to_aws(error: StepladderError, service: str) -> AwsError:
    """Return *error* as *service* answers it.

    Args:
        service: the name of a service model, such as ``stepfunctions``.
    """
    tables = (CODES.get(service, {}), CODES[DEFAULT])
    for kind in type(error).__mro__:
        for table in tables:
            code = table.get(kind)
            if code is not None:
                return AwsError(code, str(error))
    return AwsError("InternalFailure", str(error))
