"""What a request's headers say about an object it writes, and the headers an object is answered with.

Follows: Amazon S3 API Reference, PutObject and GetObject.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl

from stepfunctions.s3.checksums import ALGORITHMS
from stepfunctions.s3.model import DEFAULT_CONTENT_TYPE, Attributes, StoredObject
from stepfunctions.server.errors import AwsError
from stepfunctions.server.s3.call import Call
from stepfunctions.server.s3.errors import invalid_argument, not_implemented
from stepfunctions.server.s3.formats import http_date, quoted

METADATA_PREFIX: Final = "x-amz-meta-"
METADATA_MAX_BYTES: Final = 2048
TAGS_MAX_COUNT: Final = 10

_KEPT: Final = (
    "cache-control",
    "content-disposition",
    "content-encoding",
    "content-language",
    "expires",
    "x-amz-storage-class",
    "x-amz-website-redirect-location",
    "x-amz-server-side-encryption",
    "x-amz-server-side-encryption-aws-kms-key-id",
    "x-amz-server-side-encryption-bucket-key-enabled",
)
_REFUSED: Final = (
    "x-amz-server-side-encryption-customer-algorithm",
    "x-amz-object-lock-mode",
    "x-amz-object-lock-retain-until-date",
    "x-amz-object-lock-legal-hold",
    "x-amz-write-offset-bytes",
)
_STORAGE_CLASSES: Final = (
    *("STANDARD", "REDUCED_REDUNDANCY", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER", "DEEP_ARCHIVE"),
    *("GLACIER_IR", "EXPRESS_ONEZONE", "OUTPOSTS", "SNOW", "FSX_OPENZFS"),
)
_OVERRIDES: Final = ("content-type", "content-language", "expires", "cache-control", "content-disposition")


def attributes_of(call: Call) -> Attributes:
    """Return what the headers say about the object.

    Raises:
        AwsError: NotImplemented, MetadataTooLarge, InvalidStorageClass.
    """
    for name in _REFUSED:
        if call.header(name) is not None:
            raise not_implemented(name)
    refuse_public_acl(call)
    headers = {name: value for name in _KEPT if (value := call.header(name)) is not None}
    encodings = [each.strip() for each in headers.pop("content-encoding", "").split(",")]
    if encoding := ",".join(each for each in encodings if each and each != "aws-chunked"):
        headers["content-encoding"] = encoding
    if headers.get("x-amz-storage-class", "STANDARD") not in _STORAGE_CLASSES:
        raise AwsError("InvalidStorageClass", "The storage class you specified is not valid")
    content_type = call.request.headers.get("content-type") or DEFAULT_CONTENT_TYPE
    return Attributes(content_type, metadata_of(call), headers)


def metadata_of(call: Call) -> Mapping[str, str]:
    """Return the ``x-amz-meta-*`` headers without their prefix.

    Raises:
        AwsError: MetadataTooLarge.
    """
    given = {**{name.lower(): value for name, value in call.query.items()}, **call.request.headers}
    metadata = {
        name.removeprefix(METADATA_PREFIX): value for name, value in given.items() if name.startswith(METADATA_PREFIX)
    }
    size = sum(len(name.encode()) + len(value.encode()) for name, value in metadata.items())
    if size > METADATA_MAX_BYTES:
        raise AwsError(
            "MetadataTooLarge",
            "Your metadata headers exceed the maximum allowed metadata size",
            members={"Size": size, "MaxSizeAllowed": METADATA_MAX_BYTES},
        )
    return metadata


def tags_of(call: Call) -> Mapping[str, str]:
    """Return the tags of the x-amz-tagging header.

    Raises:
        AwsError: InvalidArgument, InvalidTag, BadRequest.
    """
    text = call.header("x-amz-tagging")
    if not text:
        return {}
    try:
        pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=True)
    except ValueError:
        raise invalid_argument(
            "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag "
            "name duplicates.",
            "x-amz-tagging",
            text,
        ) from None
    return checked_tags(pairs)


def checked_tags(pairs: list[tuple[str, str]], limit: int = TAGS_MAX_COUNT) -> Mapping[str, str]:
    """Return tags as a mapping.

    Raises:
        AwsError: BadRequest for too many, InvalidTag for one that is too long or given twice.
    """
    if len(pairs) > limit:
        raise AwsError("BadRequest", f"Object tags cannot be greater than {limit}")
    tags = dict(pairs)
    if len(tags) != len(pairs):
        raise AwsError("InvalidTag", "Cannot provide multiple Tags with the same key")
    for key, value in tags.items():
        if not 1 <= len(key) <= 128:
            raise AwsError("InvalidTag", "The TagKey you have provided is invalid", members={"TagKey": key})
        if len(value) > 256:
            raise AwsError("InvalidTag", "The TagValue you have provided is invalid", members={"TagValue": value})
    return tags


def checksum_algorithm_of(call: Call, header: str = "x-amz-checksum-algorithm") -> str | None:
    """Return the algorithm a header asks for.

    Raises:
        AwsError: InvalidRequest for one that does not exist.
    """
    algorithm = call.header(header)
    if algorithm is None:
        return None
    if algorithm.upper() not in ALGORITHMS:
        raise AwsError("InvalidRequest", "Checksum algorithm provided is unsupported. Please try again with any of the "
                       f"valid types: [{', '.join(ALGORITHMS)}]")  # fmt: skip
    return algorithm.upper()


def object_headers(stored: StoredObject) -> dict[str, str]:
    """Return the headers that GET and HEAD answer with, but for Content-Length."""
    headers = {
        "etag": quoted(stored.etag),
        "last-modified": http_date(stored.modified_at),
        "accept-ranges": "bytes",
        "content-type": stored.attributes.content_type,
        "x-amz-server-side-encryption": "AES256",
    }
    headers |= {name: value for name, value in stored.attributes.headers.items() if value != "STANDARD"}
    headers |= {f"{METADATA_PREFIX}{name}": value for name, value in stored.attributes.metadata.items()}
    if stored.tags:
        headers["x-amz-tagging-count"] = str(len(stored.tags))
    return headers


def overridden(call: Call) -> Mapping[str, str]:
    """Return the headers that ``response-*`` parameters put in place of the object's."""
    return {name: call.query[f"response-{name}"] for name in _OVERRIDES if f"response-{name}" in call.query}


def refuse_public_acl(call: Call) -> None:
    """Refuse an ACL that would share the object: a bucket has none by default (BucketOwnerEnforced).

    Raises:
        AwsError: AccessControlListNotSupported.
    """
    acl = call.header("x-amz-acl")
    grants = [name for name in call.request.headers if name.startswith("x-amz-grant-")]
    if acl not in (None, "private", "bucket-owner-full-control") or grants:
        raise AwsError("AccessControlListNotSupported", "The bucket does not allow ACLs")
