"""S3's errors: our store's exceptions by AWS's codes, HTTP statuses by code, and the XML they travel in.

Follows: Amazon S3 API Reference, "Error responses", "List of error codes".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from stepfunctions.errors import InvalidRequest, StepladderError, StoreError, UnsupportedError
from stepfunctions.s3 import errors as store
from stepfunctions.server.errors import AwsError
from stepfunctions.server.s3.call import Answer, Call
from stepfunctions.server.s3.xml import document, element

CODES: Final[Mapping[type[StepladderError], str]] = {
    store.NoSuchBucket: "NoSuchBucket",
    store.NoSuchKey: "NoSuchKey",
    store.NoSuchUpload: "NoSuchUpload",
    store.BucketExists: "BucketAlreadyOwnedByYou",
    store.BucketNotEmpty: "BucketNotEmpty",
    store.InvalidBucketName: "InvalidBucketName",
    store.KeyTooLong: "KeyTooLongError",
    store.InvalidRange: "InvalidRange",
    store.PreconditionFailed: "PreconditionFailed",
    store.InvalidPart: "InvalidPart",
    store.InvalidPartOrder: "InvalidPartOrder",
    store.PartTooSmall: "EntityTooSmall",
    InvalidRequest: "InvalidRequest",
    StoreError: "InternalError",
    UnsupportedError: "NotImplemented",
}

STATUSES: Final[Mapping[str, int]] = {
    "AccessDenied": 403,
    "BucketAlreadyOwnedByYou": 409,
    "BucketNotEmpty": 409,
    "InternalError": 500,
    "InvalidRange": 416,
    "MethodNotAllowed": 405,
    "MissingContentLength": 411,
    "NoSuchBucket": 404,
    "NoSuchBucketPolicy": 404,
    "NoSuchCORSConfiguration": 404,
    "NoSuchKey": 404,
    "NoSuchLifecycleConfiguration": 404,
    "NoSuchPublicAccessBlockConfiguration": 404,
    "NoSuchTagSet": 404,
    "NoSuchUpload": 404,
    "NoSuchVersion": 404,
    "NoSuchWebsiteConfiguration": 404,
    "NotImplemented": 501,
    "NotModified": 304,
    "ObjectLockConfigurationNotFoundError": 404,
    "OwnershipControlsNotFoundError": 404,
    "PreconditionFailed": 412,
    "ReplicationConfigurationNotFoundError": 404,
}
"""Anything else is 400."""

_DETAILS: Final[Mapping[type[StepladderError], Callable[[Any], Mapping[str, str]]]] = {
    store.NoSuchBucket: lambda error: {"BucketName": error.bucket},
    store.NoSuchKey: lambda error: {"Key": error.key},
    store.NoSuchUpload: lambda error: {"UploadId": error.upload_id},
    store.BucketExists: lambda error: {"BucketName": error.bucket},
    store.BucketNotEmpty: lambda error: {},
    store.InvalidBucketName: lambda error: {"BucketName": error.bucket},
    store.KeyTooLong: lambda error: {"Size": str(error.size_bytes), "MaxSizeAllowed": "1024"},
    store.InvalidRange: lambda error: {
        "RangeRequested": error.requested,
        "ActualObjectSize": str(error.size_bytes),
    },
    store.PreconditionFailed: lambda error: {"Condition": error.condition},
    store.InvalidPart: lambda error: {
        "UploadId": error.upload_id,
        "PartNumber": str(error.number),
        "ETag": error.etag,
    },
    store.InvalidPartOrder: lambda error: {"UploadId": error.upload_id},
    store.PartTooSmall: lambda error: {
        "ProposedSize": str(error.size_bytes),
        "MinSizeAllowed": "5242880",
        "PartNumber": str(error.number),
        "ETag": error.etag,
    },
}


def invalid_argument(message: str, name: str, value: str) -> AwsError:
    """Return InvalidArgument for a parameter or header."""
    return AwsError("InvalidArgument", message, members={"ArgumentName": name, "ArgumentValue": value})


def not_implemented(what: str) -> AwsError:
    """Return NotImplemented, naming what is not there."""
    return AwsError(
        "NotImplemented",
        f"A header or parameter you provided implies functionality that is not implemented: {what} is not available "
        "in the local cloud.",
    )


def to_aws(error: StepladderError) -> AwsError:
    """Return a store's exception as S3 answers it."""
    for kind in type(error).__mro__:
        if kind in CODES:
            details = _DETAILS.get(kind)
            return AwsError(CODES[kind], str(error), members=details(error) if details else {})
    return AwsError("InternalError", "We encountered an internal error. Please try again.")


def status_of(error: AwsError) -> int:
    """Return the HTTP status of an error."""
    return error.status or STATUSES.get(error.code, 400)


def answer(error: AwsError, call: Call) -> Answer:
    """Return the XML answer; one to HEAD has no body, so that only its status tells."""
    status = status_of(error)
    if call.method == "HEAD" or status == 304:
        return Answer(status, dict(error.headers) if isinstance(error, NotModified) else {})
    fields = {"Code": error.code, "Message": error.message, **error.members, "Resource": call.resource}
    content = [element(name, str(value)) for name, value in fields.items()]
    content += [element("RequestId", call.request.id), element("HostId", call.request.id)]
    return Answer(status, {"content-type": "application/xml"}, document("Error", content, namespace=""))


class NotModified(AwsError):
    """The client's copy is still right."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        super().__init__("NotModified", "Not Modified", status=304)
        self.headers = headers
