"""PutObject, CopyObject."""

from __future__ import annotations

from urllib.parse import parse_qs, unquote

from stepfunctions.s3.model import StoredObject
from stepfunctions.s3.objects import ObjectStore
from stepfunctions.server.errors import AwsError
from stepfunctions.server.s3.call import Answer, Call
from stepfunctions.server.s3.conditions import check_source, write_condition
from stepfunctions.server.s3.errors import invalid_argument, not_implemented
from stepfunctions.server.s3.formats import XML_TYPE, checksum_elements, checksum_headers, iso_date, quoted
from stepfunctions.server.s3.headers import attributes_of, checksum_algorithm_of, tags_of
from stepfunctions.server.s3.xml import document, element

PUT_MAX_BYTES = 5 * 1024**3


async def put_object(store: ObjectStore, call: Call) -> Answer:
    """Answer PutObject."""
    check_length(call)
    stored = await store.put(
        call.bucket,
        call.key,
        call.body.chunks(),
        attributes=attributes_of(call),
        tags=tags_of(call),
        checksum=call.body.checksum_algorithm,
        algorithms=call.body.algorithms,
        verify=call.body.verify,
        condition=write_condition(call),
    )
    return Answer(200, {"etag": quoted(stored.etag), **encryption(stored), **checksum_headers(stored.checksum)})


async def copy_object(store: ObjectStore, call: Call) -> Answer:
    """Answer CopyObject."""
    source = source_of(store, call)
    replacing = _directive(call, "x-amz-metadata-directive")
    if not replacing and (source.bucket, source.key) == (call.bucket, call.key) and not _changes(call):
        raise AwsError(
            "InvalidRequest",
            "This copy request is illegal because it is trying to copy an object to itself without changing the "
            "object's metadata, storage class, website redirect location or encryption attributes.",
        )
    if source.size_bytes > PUT_MAX_BYTES:
        raise AwsError(
            "InvalidRequest",
            f"The specified copy source is larger than the maximum allowable size for a copy source: {PUT_MAX_BYTES}",
        )
    attributes = attributes_of(call)
    stored = await store.copy(
        source,
        call.bucket,
        call.key,
        attributes=attributes if replacing else None,
        tags=tags_of(call) if _directive(call, "x-amz-tagging-directive") else None,
        checksum=checksum_algorithm_of(call),
        condition=write_condition(call),
    )
    content = [element("LastModified", iso_date(stored.modified_at)), element("ETag", quoted(stored.etag))]
    content += checksum_elements(stored.checksum)
    return Answer(200, {**XML_TYPE, **encryption(stored)}, document("CopyObjectResult", content))


def source_of(store: ObjectStore, call: Call) -> StoredObject:
    """Return the object that x-amz-copy-source names, ``[/]bucket/key[?versionId=null]``.

    Raises:
        AwsError: InvalidArgument, NoSuchVersion.
        NoSuchBucket, NoSuchKey, PreconditionFailed.
    """
    text = call.header("x-amz-copy-source") or ""
    path, _, query = text.partition("?")
    if parse_qs(query).get("versionId", ["null"]) != ["null"]:
        raise AwsError("NoSuchVersion", "The specified version does not exist.")
    if path.startswith("arn:"):
        raise not_implemented("an access point as x-amz-copy-source")
    bucket, _, key = unquote(path).removeprefix("/").partition("/")
    if not bucket or not key:
        raise invalid_argument(
            "Copy Source must mention the source bucket and key: sourcebucket/sourcekey", "x-amz-copy-source", text
        )
    source = store.head(bucket, key)
    check_source(call, source)
    return source


def check_length(call: Call) -> None:
    """Refuse a body of unknown length or above S3's 5 GiB.

    Raises:
        AwsError: MissingContentLength, EntityTooLarge.
    """
    headers = call.request.headers
    text = headers.get("x-amz-decoded-content-length", headers.get("content-length"))
    if text is None or not text.isdigit():
        raise AwsError("MissingContentLength", "You must provide the Content-Length HTTP header.")
    if int(text) > PUT_MAX_BYTES:
        raise AwsError(
            "EntityTooLarge",
            "Your proposed upload exceeds the maximum allowed size",
            members={"ProposedSize": text, "MaxSizeAllowed": PUT_MAX_BYTES},
        )


def encryption(stored: StoredObject) -> dict[str, str]:
    """Return the headers that tell how an object is encrypted; every object on AWS is."""
    prefix = "x-amz-server-side-encryption"
    kept = {name: value for name, value in stored.attributes.headers.items() if name.startswith(prefix)}
    return {prefix: "AES256", **kept}


def _directive(call: Call, header: str) -> bool:
    directive = call.header(header) or "COPY"
    if directive not in ("COPY", "REPLACE"):
        raise invalid_argument(f"Unknown {header.removeprefix('x-amz-').replace('-', ' ')}.", header, directive)
    return directive == "REPLACE"


def _changes(call: Call) -> bool:
    names = ("x-amz-storage-class", "x-amz-website-redirect-location", "x-amz-server-side-encryption")
    return any(call.header(name) is not None for name in (*names, "x-amz-checksum-algorithm"))
