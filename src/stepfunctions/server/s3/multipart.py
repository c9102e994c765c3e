"""The operations of multipart uploads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from urllib.parse import quote
from xml.etree.ElementTree import Element

from stepfunctions.s3.checksums import ALGORITHMS, COMPOSITE, FULL_OBJECT
from stepfunctions.s3.model import Part, PartReference, Upload
from stepfunctions.s3.objects import ObjectStore
from stepfunctions.server.errors import AwsError
from stepfunctions.server.s3.call import Answer, Call
from stepfunctions.server.s3.conditions import copy_range_of, write_condition
from stepfunctions.server.s3.errors import invalid_argument
from stepfunctions.server.s3.formats import XML_TYPE, checksum_elements, iso_date, owner, quoted
from stepfunctions.server.s3.headers import attributes_of, checksum_algorithm_of, tags_of
from stepfunctions.server.s3.listing import encoder_of, limit_of
from stepfunctions.server.s3.writing import check_length, encryption, source_of
from stepfunctions.server.s3.xml import document, element, malformed, parse

BODY_MAX_BYTES: Final = 8 * 1024 * 1024
"""10,000 parts with their checksums are about 2 MB."""

_TYPES: Final = {"SHA1": (COMPOSITE,), "SHA256": (COMPOSITE,), "CRC64NVME": (FULL_OBJECT,)}


async def create_multipart_upload(store: ObjectStore, call: Call) -> Answer:
    """Answer CreateMultipartUpload."""
    algorithm = checksum_algorithm_of(call)
    type_ = _checksum_type(call, algorithm)
    upload = store.uploads.create(
        call.bucket,
        call.key,
        attributes=attributes_of(call),
        tags=tags_of(call),
        checksum_algorithm=algorithm,
        checksum_type=type_,
    )
    headers = {**XML_TYPE, "x-amz-server-side-encryption": "AES256"}
    if algorithm and type_:
        headers |= {"x-amz-checksum-algorithm": algorithm, "x-amz-checksum-type": type_}
    content = [element("Bucket", call.bucket), element("Key", call.key), element("UploadId", upload.id)]
    return Answer(200, headers, document("InitiateMultipartUploadResult", content))


async def upload_part(store: ObjectStore, call: Call) -> Answer:
    """Answer UploadPart."""
    check_length(call)
    upload, number = _upload(store, call), _part_number(call)
    given = call.body.checksum_algorithm
    if upload.checksum_algorithm and given and given != upload.checksum_algorithm:
        raise AwsError(
            "InvalidRequest",
            f"Checksum Type mismatch occurred, expected checksum Type: {upload.checksum_algorithm.lower()}, actual "
            f"checksum Type: {given.lower()}",
        )
    part, digests = await store.uploads.put_part(
        upload, number, call.body.chunks(), algorithms=call.body.algorithms, verify=call.body.verify
    )
    headers = {"etag": quoted(part.etag), "x-amz-server-side-encryption": "AES256"}
    if shown := given or upload.checksum_algorithm:
        headers[f"x-amz-checksum-{shown.lower()}"] = digests.checksums[shown]
    return Answer(200, headers)


async def upload_part_copy(store: ObjectStore, call: Call) -> Answer:
    """Answer UploadPartCopy."""
    upload, number = _upload(store, call), _part_number(call)
    source = source_of(store, call)
    text = call.header("x-amz-copy-source-range")
    start, end = (0, source.size_bytes) if text is None else copy_range_of(text, source.size_bytes)
    part = await store.uploads.copy_part(upload, number, source, start, end)
    content = [element("LastModified", iso_date(part.modified_at)), element("ETag", quoted(part.etag))]
    if upload.checksum_algorithm:
        content.append(element(f"Checksum{upload.checksum_algorithm}", part.checksum))
    return Answer(200, {**XML_TYPE, "x-amz-server-side-encryption": "AES256"}, document("CopyPartResult", content))


async def complete_multipart_upload(store: ObjectStore, call: Call) -> Answer:
    """Answer CompleteMultipartUpload."""
    upload = _upload(store, call)
    root = parse(await call.body.read(BODY_MAX_BYTES), "CompleteMultipartUpload")
    references = [_reference(entry, upload) for entry in root.findall("Part")]
    if not references:
        raise malformed()
    stored = store.uploads.complete(upload, references, write_condition(call))
    content = [
        element("Location", f"{call.request.base_url}/{call.bucket}/{quote(call.key, safe='')}"),
        element("Bucket", call.bucket),
        element("Key", call.key),
        element("ETag", quoted(stored.etag)),
        *checksum_elements(stored.checksum),
    ]
    return Answer(200, {**XML_TYPE, **encryption(stored)}, document("CompleteMultipartUploadResult", content))


async def abort_multipart_upload(store: ObjectStore, call: Call) -> Answer:
    """Answer AbortMultipartUpload."""
    store.head_bucket(call.bucket)
    store.uploads.abort(call.bucket, call.key, call.query["uploadId"])
    return Answer(204)


async def list_parts(store: ObjectStore, call: Call) -> Answer:
    """Answer ListParts."""
    upload = _upload(store, call)
    limit, after = limit_of(call, "max-parts"), call.query.get("part-number-marker", "0")
    if not after.isdigit():
        raise invalid_argument(
            "Provided part-number-marker not an integer or within integer range", "part-number-marker", after
        )
    parts = store.uploads.parts(upload, int(after), limit + 1)
    shown, truncated = parts[:limit], len(parts) > limit
    content = [
        element("Bucket", call.bucket),
        element("Key", call.key),
        element("UploadId", upload.id),
        element("PartNumberMarker", after),
        element("NextPartNumberMarker", shown[-1].number if shown else 0),
        element("MaxParts", limit),
        element("IsTruncated", truncated),
        element("ChecksumAlgorithm", upload.checksum_algorithm),
        element("ChecksumType", upload.checksum_type),
        *(element("Part", _part_fields(part, upload)) for part in shown),
        owner(call.request, "Initiator"),
        owner(call.request),
        element("StorageClass", "STANDARD"),
    ]
    return Answer(200, XML_TYPE, document("ListPartsResult", content))


async def list_multipart_uploads(store: ObjectStore, call: Call) -> Answer:
    """Answer ListMultipartUploads."""
    store.head_bucket(call.bucket)
    encode = encoder_of(call)
    prefix, delimiter = call.query.get("prefix", ""), call.query.get("delimiter", "")
    key_marker, id_marker = call.query.get("key-marker", ""), call.query.get("upload-id-marker", "")
    limit = limit_of(call, "max-uploads")
    found = [
        upload
        for upload in store.uploads.in_progress(call.bucket)
        if upload.key.startswith(prefix) and _is_after(upload, key_marker, id_marker)
    ]
    rolled = {each: _rolled_up(each, prefix, delimiter) for each in {upload.key for upload in found}}
    plain = [upload for upload in found if rolled[upload.key] is None]
    shown, truncated = plain[:limit], len(plain) > limit
    content = [
        element("Bucket", call.bucket),
        element("KeyMarker", encode(key_marker)),
        element("UploadIdMarker", id_marker),
        element("NextKeyMarker", encode(shown[-1].key) if truncated and shown else None),
        element("NextUploadIdMarker", shown[-1].id if truncated and shown else None),
        element("Prefix", encode(prefix)),
        element("Delimiter", encode(delimiter) if delimiter else None),
        element("EncodingType", call.query.get("encoding-type")),
        element("MaxUploads", limit),
        element("IsTruncated", truncated),
        *(element("Upload", _upload_fields(upload, call, encode(upload.key))) for upload in shown),
        *(
            element("CommonPrefixes", [element("Prefix", encode(each))])
            for each in sorted({common for common in rolled.values() if common})
        ),
    ]
    return Answer(200, XML_TYPE, document("ListMultipartUploadsResult", content))


def _upload(store: ObjectStore, call: Call) -> Upload:
    store.head_bucket(call.bucket)
    return store.uploads.get(call.bucket, call.key, call.query["uploadId"])


def _part_number(call: Call) -> int:
    text = call.query.get("partNumber", "")
    if not text.isdigit() or not 1 <= int(text) <= 10_000:
        raise invalid_argument("Part number must be an integer between 1 and 10000, inclusive", "partNumber", text)
    return int(text)


def _checksum_type(call: Call, algorithm: str | None) -> str | None:
    """Return how the checksum of the whole object will be made.

    Source: User Guide, "Checking object integrity": CRCs may be either, CRC64NVME only of the full object, SHA only
    composite; composite is the default where it is possible.
    """
    asked = call.header("x-amz-checksum-type")
    if algorithm is None:
        if asked is not None:
            raise AwsError("InvalidRequest", "The x-amz-checksum-type header can only be used with the "
                           "x-amz-checksum-algorithm header.")  # fmt: skip
        return None
    possible = _TYPES.get(algorithm, (COMPOSITE, FULL_OBJECT))
    if asked is not None and asked.upper() not in possible:
        raise AwsError(
            "InvalidRequest",
            f"The {asked.upper()} checksum type cannot be used with the {algorithm.lower()} checksum algorithm.",
        )
    return asked.upper() if asked else possible[0]


def _reference(entry: Element, upload: Upload) -> PartReference:
    number, etag = entry.findtext("PartNumber"), entry.findtext("ETag")
    if number is None or etag is None or not number.strip().isdigit():
        raise malformed()
    given = [
        entry.findtext(f"Checksum{algorithm}") for algorithm in ALGORITHMS if algorithm == upload.checksum_algorithm
    ]
    return PartReference(int(number), etag.strip().strip('"'), given[0] if given else None)


def _part_fields(part: Part, upload: Upload) -> Iterator[str]:
    yield element("PartNumber", part.number)
    yield element("LastModified", iso_date(part.modified_at))
    yield element("ETag", quoted(part.etag))
    yield element("Size", part.size_bytes)
    if upload.checksum_algorithm:
        yield element(f"Checksum{upload.checksum_algorithm}", part.checksum)


def _upload_fields(upload: Upload, call: Call, key: str) -> Iterator[str]:
    yield element("Key", key)
    yield element("UploadId", upload.id)
    yield owner(call.request, "Initiator")
    yield owner(call.request)
    yield element("StorageClass", "STANDARD")
    yield element("Initiated", iso_date(upload.created_at))
    yield element("ChecksumAlgorithm", upload.checksum_algorithm)
    yield element("ChecksumType", upload.checksum_type)


def _is_after(upload: Upload, key_marker: str, id_marker: str) -> bool:
    if upload.key == key_marker and id_marker:
        return upload.id > id_marker
    return upload.key > key_marker or not key_marker


def _rolled_up(key: str, prefix: str, delimiter: str) -> str | None:
    at = key.find(delimiter, len(prefix)) if delimiter else -1
    return None if at < 0 else key[: at + len(delimiter)]
