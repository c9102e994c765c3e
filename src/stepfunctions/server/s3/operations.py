"""Which operation a request is: a table by method, level and sub-resource.

A query parameter that is the name of a sub-resource chooses the operation; one that S3 has and we have not is refused
by name.

Follows: the ``http`` entries of botocore's S3 model.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Final, TypeAlias

from stepfunctions.s3.objects import ObjectStore
from stepfunctions.server.errors import AwsError
from stepfunctions.server.s3 import access, buckets, deleting, documents, listing, multipart, reading, tagging, writing
from stepfunctions.server.s3.call import Answer, Call
from stepfunctions.server.s3.errors import not_implemented

Operation: TypeAlias = Callable[[ObjectStore, Call], Awaitable[Answer]]

_BUCKET: Final[Mapping[tuple[str, str], Operation]] = {
    ("PUT", ""): buckets.create_bucket,
    ("HEAD", ""): buckets.head_bucket,
    ("DELETE", ""): buckets.delete_bucket,
    ("GET", "location"): buckets.get_bucket_location,
    ("GET", ""): listing.list_objects,
    ("GET", "list-type"): listing.list_objects_v2,
    ("GET", "versions"): listing.list_object_versions,
    ("GET", "uploads"): multipart.list_multipart_uploads,
    ("POST", "delete"): deleting.delete_objects,
    ("GET", "acl"): access.get_acl,
    ("PUT", "acl"): access.put_acl,
    ("GET", "policyStatus"): access.get_policy_status,
}

_OBJECT: Final[Mapping[tuple[str, str], Operation]] = {
    ("PUT", ""): writing.put_object,
    ("PUT", "copy"): writing.copy_object,
    ("GET", ""): reading.get_object,
    ("HEAD", ""): reading.head_object,
    ("GET", "attributes"): reading.get_object_attributes,
    ("DELETE", ""): deleting.delete_object,
    ("POST", "uploads"): multipart.create_multipart_upload,
    ("PUT", "uploadId"): multipart.upload_part,
    ("PUT", "uploadId copy"): multipart.upload_part_copy,
    ("POST", "uploadId"): multipart.complete_multipart_upload,
    ("DELETE", "uploadId"): multipart.abort_multipart_upload,
    ("GET", "uploadId"): multipart.list_parts,
    ("GET", "tagging"): tagging.get_object_tagging,
    ("PUT", "tagging"): tagging.put_object_tagging,
    ("DELETE", "tagging"): tagging.delete_object_tagging,
    ("GET", "acl"): access.get_acl,
    ("PUT", "acl"): access.put_acl,
}

_SUBRESOURCES: Final = (
    *("uploadId", "uploads", "list-type", "versions", "delete", "location", "tagging", "acl", "attributes"),
    *("policyStatus", *documents.KINDS),
    *("analytics", "annotation", "abac", "intelligent-tiering", "inventory", "legal-hold", "metadataConfiguration"),
    *("metadataTable", "metrics", "renameObject", "restore", "retention", "select", "session", "torrent"),
)


def operation_of(call: Call) -> Operation:
    """Return the operation that a call asks for.

    Raises:
        AwsError: MethodNotAllowed, or NotImplemented with its name.
    """
    if not call.bucket:
        if call.method == "GET":
            return buckets.list_buckets
        raise _not_allowed()
    found = next((name for name in _SUBRESOURCES if name in call.query), "")
    if not call.key and found in documents.KINDS and call.method in documents.OPERATIONS:
        return documents.OPERATIONS[call.method]
    variant = found
    if call.method == "PUT" and call.key and found in ("", "uploadId") and call.header("x-amz-copy-source"):
        variant = f"{found} copy".strip()
    operation = (_OBJECT if call.key else _BUCKET).get((call.method, variant))
    if operation is not None:
        return operation
    if found:
        raise not_implemented(f"{call.method} ?{found} on {'an object' if call.key else 'a bucket'}")
    raise _not_allowed()


def _not_allowed() -> AwsError:
    return AwsError("MethodNotAllowed", "The specified method is not allowed against this resource.")
