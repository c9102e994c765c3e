"""GetObject, HeadObject, GetObjectAttributes."""

from __future__ import annotations

from collections.abc import Iterator

from stepfunctions.s3.model import StoredObject
from stepfunctions.s3.objects import ObjectStore
from stepfunctions.server.errors import AwsError
from stepfunctions.server.s3.call import Answer, Call
from stepfunctions.server.s3.conditions import check_read, range_of
from stepfunctions.server.s3.errors import invalid_argument
from stepfunctions.server.s3.formats import XML_TYPE, checksum_elements, checksum_headers, http_date
from stepfunctions.server.s3.headers import object_headers, overridden
from stepfunctions.server.s3.xml import document, element


async def get_object(store: ObjectStore, call: Call) -> Answer:
    """Answer GetObject: the whole object, a range of bytes, or one of its parts."""
    check_version(call)
    reader = call.held.enter_context(store.open(call.bucket, call.key))
    answer, start, end = _described(call, reader.stored)
    return Answer(answer.status, {**answer.headers, **overridden(call)}, reader.chunks(start, end))


async def head_object(store: ObjectStore, call: Call) -> Answer:
    """Answer HeadObject."""
    check_version(call)
    answer, _, _ = _described(call, store.head(call.bucket, call.key))
    return Answer(answer.status, {**answer.headers, **overridden(call)})


async def get_object_attributes(store: ObjectStore, call: Call) -> Answer:
    """Answer GetObjectAttributes."""
    check_version(call)
    stored = store.head(call.bucket, call.key)
    wanted = {name.strip() for name in (call.header("x-amz-object-attributes") or "").split(",")}
    elements = {
        "ETag": stored.etag,
        "Checksum": list(checksum_elements(stored.checksum)) or None,
        "ObjectParts": list(_parts(stored)) or None,
        "StorageClass": stored.attributes.headers.get("x-amz-storage-class", "STANDARD"),
        "ObjectSize": stored.size_bytes,
    }
    if unknown := wanted - set(elements):
        raise invalid_argument("Invalid attribute name specified.", "x-amz-object-attributes", ",".join(unknown))
    content = [element(name, value) for name, value in elements.items() if name in wanted]
    headers = {**XML_TYPE, "last-modified": http_date(stored.modified_at)}
    return Answer(200, headers, document("GetObjectAttributesResponse", content))


def check_version(call: Call) -> None:
    """Refuse any version but ``null``: there are no versions here.

    Raises:
        AwsError: NoSuchVersion.
    """
    version = call.query.get("versionId", "null")
    if version != "null":
        raise AwsError(
            "NoSuchVersion", "The specified version does not exist.", members={"Key": call.key, "VersionId": version}
        )


def _described(call: Call, stored: StoredObject) -> tuple[Answer, int, int]:
    """Return the answer without its body, and which bytes it has."""
    headers = object_headers(stored)
    check_read(call, stored, headers)
    chosen = _part(call, stored) or range_of(call.request.headers.get("range"), stored.size_bytes)
    start, end = chosen or (0, stored.size_bytes)
    headers["content-length"] = str(end - start)
    if chosen is not None:
        headers["content-range"] = f"bytes {start}-{end - 1}/{stored.size_bytes}"
    elif (call.header("x-amz-checksum-mode") or "").upper() == "ENABLED":
        headers |= checksum_headers(stored.checksum)
    if "partNumber" in call.query and stored.part_count:
        headers["x-amz-mp-parts-count"] = str(stored.part_count)
    return Answer(200 if chosen is None else 206, headers), start, end


def _part(call: Call, stored: StoredObject) -> tuple[int, int] | None:
    text = call.query.get("partNumber")
    if text is None:
        return None
    count = stored.part_count or 1
    if not text.isdigit() or int(text) < 1:
        raise invalid_argument("Part number must be an integer between 1 and 10000, inclusive", "partNumber", text)
    if int(text) > count:
        raise AwsError(
            "InvalidPartNumber",
            "The requested partnumber is not satisfiable",
            status=416,
            members={"PartNumberRequested": text, "ActualPartCount": count},
        )
    if not stored.size_bytes:
        return None
    start = sum(segment.size_bytes for segment in stored.segments[: int(text) - 1])
    return start, start + stored.segments[int(text) - 1].size_bytes


def _parts(stored: StoredObject) -> Iterator[str]:
    if stored.part_count is None:
        return
    yield element("PartsCount", stored.part_count)
    if stored.checksum is None:
        return  # AWS lists the parts only of an object that was uploaded with checksums
    for segment in stored.segments:
        fields = [element("PartNumber", segment.part_number), element("Size", segment.size_bytes)]
        yield element("Part", [*fields, element(f"Checksum{stored.checksum.algorithm}", segment.checksum)])
