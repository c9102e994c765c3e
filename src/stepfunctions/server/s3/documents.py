"""Sub-resources of a bucket that are kept and not acted on: what was put is what is got.

Taking them lets Terraform, CloudFormation-like tools and the AWS console's habits work; none of them changes how this
store behaves, and the log says so once for each bucket and kind.

Deliberately absent: notifications, inventories, metrics and whatever else promises that something happens; those are
refused by name.

Follows: Amazon S3 API Reference; the texts of the errors are AWS's.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final

from stepfunctions.s3.objects import ObjectStore
from stepfunctions.server.errors import AwsError
from stepfunctions.server.s3.call import Answer, Call
from stepfunctions.server.s3.errors import not_implemented
from stepfunctions.server.s3.formats import XML_TYPE
from stepfunctions.server.s3.tagging import tags_of_document
from stepfunctions.server.s3.xml import document, element, parse
from stepfunctions.values import JsonError, loads

BODY_MAX_BYTES: Final = 256 * 1024

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Kind:
    """One sub-resource.

    Args:
        root: the element of its document; empty for JSON.
        missing: (code, text) when there is none; empty where a default is answered.
        default: the content of the default document.
        put_status: of a successful PUT.
        writable: False where taking it would promise what does not happen.
        deletable: there is a DELETE for it.
    """

    root: str
    missing: tuple[str, str] | None = None
    default: str = ""
    put_status: int = 200
    writable: bool = True
    deletable: bool = True


_SSE: Final = element(
    "Rule",
    [
        element("ApplyServerSideEncryptionByDefault", [element("SSEAlgorithm", "AES256")]),
        element("BucketKeyEnabled", False),
    ],
)
_OWNERSHIP: Final = element("Rule", [element("ObjectOwnership", "BucketOwnerEnforced")])
_PUBLIC_ACCESS: Final = "".join(
    element(name, True)
    for name in ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
)

KINDS: Final[Mapping[str, Kind]] = {
    "policy": Kind("", ("NoSuchBucketPolicy", "The bucket policy does not exist"), put_status=204),
    "cors": Kind("CORSConfiguration", ("NoSuchCORSConfiguration", "The CORS configuration does not exist")),
    "lifecycle": Kind(
        "LifecycleConfiguration", ("NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist")
    ),
    "encryption": Kind("ServerSideEncryptionConfiguration", default=_SSE),
    "tagging": Kind("Tagging", ("NoSuchTagSet", "The TagSet does not exist"), put_status=204),
    "versioning": Kind("VersioningConfiguration", deletable=False),
    "website": Kind(
        "WebsiteConfiguration",
        ("NoSuchWebsiteConfiguration", "The specified bucket does not have a website configuration"),
    ),
    "publicAccessBlock": Kind("PublicAccessBlockConfiguration", default=_PUBLIC_ACCESS),
    "ownershipControls": Kind("OwnershipControls", default=_OWNERSHIP),
    "logging": Kind("BucketLoggingStatus", deletable=False),
    "accelerate": Kind("AccelerateConfiguration", deletable=False),
    "requestPayment": Kind("RequestPaymentConfiguration", default=element("Payer", "BucketOwner"), deletable=False),
    "notification": Kind("NotificationConfiguration", writable=False, deletable=False),
    "replication": Kind(
        "ReplicationConfiguration",
        ("ReplicationConfigurationNotFoundError", "The replication configuration was not found"),
        writable=False,
    ),
    "object-lock": Kind(
        "ObjectLockConfiguration",
        ("ObjectLockConfigurationNotFoundError", "Object Lock configuration does not exist for this bucket"),
        writable=False,
        deletable=False,
    ),
}
"""By the query parameter that names them."""


async def get_document(store: ObjectStore, call: Call) -> Answer:
    """Answer a GET of a sub-resource: what was put, its default, or AWS's error that there is none."""
    name, kind = _kind(call)
    store.head_bucket(call.bucket)
    body = store.documents.get(call.bucket, name)
    if body is None and kind.missing is not None:
        raise AwsError(*kind.missing, members={"BucketName": call.bucket})
    if body is None:
        body = document(kind.root, [kind.default])
    return Answer(200, XML_TYPE if kind.root else {"content-type": "application/json"}, body)


async def put_document(store: ObjectStore, call: Call) -> Answer:
    """Answer a PUT of a sub-resource."""
    name, kind = _kind(call)
    store.head_bucket(call.bucket)
    body = await call.body.read(BODY_MAX_BYTES)
    if kind.root:
        empty = len(parse(body, kind.root)) == 0
        if not kind.writable and not empty:
            raise not_implemented(f"PUT ?{name} on a bucket")
    else:
        _check_policy(body)
    if name == "tagging":
        tags_of_document(body)
    store.documents.put(call.bucket, name, body)
    _logger.info("bucket %s: its %s is kept, and has no effect in the local cloud", call.bucket, name)
    return Answer(kind.put_status)


async def delete_document(store: ObjectStore, call: Call) -> Answer:
    """Answer a DELETE of a sub-resource; there need not be one."""
    name, kind = _kind(call)
    if not kind.deletable:
        raise AwsError("MethodNotAllowed", "The specified method is not allowed against this resource.")
    store.head_bucket(call.bucket)
    store.documents.delete(call.bucket, name)
    return Answer(204)


OPERATIONS: Final[Mapping[str, Callable[[ObjectStore, Call], Awaitable[Answer]]]] = {
    "GET": get_document,
    "PUT": put_document,
    "DELETE": delete_document,
}
"""By method of HTTP."""


def _kind(call: Call) -> tuple[str, Kind]:
    return next((name, kind) for name, kind in KINDS.items() if name in call.query)


def _check_policy(body: bytes) -> None:
    try:
        policy = loads(body)
    except JsonError:
        policy = None
    if not isinstance(policy, dict):
        raise AwsError("MalformedPolicy", "Policies must be valid JSON and the first byte must be '{'")
