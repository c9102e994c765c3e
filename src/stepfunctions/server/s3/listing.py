"""ListObjects, ListObjectsV2, ListObjectVersions."""

from __future__ import annotations

from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable
from typing import Final

from stepfunctions.s3.model import Page
from stepfunctions.s3.objects import ObjectStore
from stepfunctions.server.s3.call import Answer, Call
from stepfunctions.server.s3.errors import invalid_argument
from stepfunctions.server.s3.formats import XML_TYPE, contents, owner, url_encoded
from stepfunctions.server.s3.xml import document, element

KEYS_MAX_COUNT: Final = 1000


async def list_objects(store: ObjectStore, call: Call) -> Answer:
    """Answer ListObjects, version 1."""
    encode = encoder_of(call)
    marker, delimiter = call.query.get("marker", ""), call.query.get("delimiter", "")
    page = _page(store, call, after=marker)
    content = [
        *_head(call, encode),
        element("Marker", encode(marker)),
        element("NextMarker", encode(page.next_after) if page.next_after and delimiter else None),
        element("IsTruncated", page.next_after is not None),
        *_contents(page, encode, owner(call.request)),
        *_prefixes(page, encode),
    ]
    return Answer(200, XML_TYPE, document("ListBucketResult", content))


async def list_objects_v2(store: ObjectStore, call: Call) -> Answer:
    """Answer ListObjectsV2."""
    encode = encoder_of(call)
    token, start_after = call.query.get("continuation-token"), call.query.get("start-after")
    if call.query["list-type"] != "2":
        raise invalid_argument("Invalid List Type specified in Request", "list-type", call.query["list-type"])
    page = _page(store, call, after=start_after or "" if token is None else _from_token(token))
    with_owner = owner(call.request) if call.query.get("fetch-owner") == "true" else ""
    content = [
        *_head(call, encode),
        element("KeyCount", len(page.objects) + len(page.prefixes)),
        element("StartAfter", None if start_after is None else encode(start_after)),
        element("ContinuationToken", token),
        element("NextContinuationToken", None if page.next_after is None else _to_token(page.next_after)),
        element("IsTruncated", page.next_after is not None),
        *_contents(page, encode, with_owner),
        *_prefixes(page, encode),
    ]
    return Answer(200, XML_TYPE, document("ListBucketResult", content))


async def list_object_versions(store: ObjectStore, call: Call) -> Answer:
    """Answer ListObjectVersions: every object has one version, ``null``."""
    encode = encoder_of(call)
    marker = call.query.get("key-marker", "")
    page = _page(store, call, after=marker)
    versions = [
        element(
            "Version",
            [
                *contents(summary, encode(summary.key)),
                element("VersionId", "null"),
                element("IsLatest", True),
                owner(call.request),
            ],
        )
        for summary in page.objects
    ]
    content = [
        *_head(call, encode),
        element("KeyMarker", encode(marker)),
        element("VersionIdMarker", ""),
        element("NextKeyMarker", encode(page.next_after) if page.next_after else None),
        element("NextVersionIdMarker", "null" if page.next_after else None),
        element("IsTruncated", page.next_after is not None),
        *versions,
        *_prefixes(page, encode),
    ]
    return Answer(200, XML_TYPE, document("ListVersionsResult", content))


def encoder_of(call: Call) -> Callable[[str], str]:
    """Return how keys are written in the answer.

    Raises:
        AwsError: InvalidArgument.
    """
    encoding = call.query.get("encoding-type")
    if encoding not in (None, "url"):
        raise invalid_argument("Invalid Encoding Method specified in Request", "encoding-type", encoding)
    return url_encoded if encoding else str


def limit_of(call: Call, parameter: str) -> int:
    """Return how many entries a page may have, 1,000 at most.

    Raises:
        AwsError: InvalidArgument.
    """
    text = call.query.get(parameter, str(KEYS_MAX_COUNT))
    if not text.isdigit() or int(text) > 2**31 - 1:
        raise invalid_argument(f"Provided {parameter} not an integer or within integer range", parameter, text)
    return min(int(text), KEYS_MAX_COUNT)


def _page(store: ObjectStore, call: Call, *, after: str) -> Page:
    prefix, delimiter = call.query.get("prefix", ""), call.query.get("delimiter", "")
    return store.list(call.bucket, prefix, delimiter=delimiter, after=after, limit=limit_of(call, "max-keys"))


def _head(call: Call, encode: Callable[[str], str]) -> list[str]:
    delimiter = call.query.get("delimiter")
    return [
        element("Name", call.bucket),
        element("Prefix", encode(call.query.get("prefix", ""))),
        element("Delimiter", encode(delimiter) if delimiter else None),
        element("MaxKeys", limit_of(call, "max-keys")),
        element("EncodingType", call.query.get("encoding-type")),
    ]


def _contents(page: Page, encode: Callable[[str], str], with_owner: str) -> list[str]:
    return [element("Contents", [*contents(each, encode(each.key)), with_owner]) for each in page.objects]


def _prefixes(page: Page, encode: Callable[[str], str]) -> list[str]:
    return [element("CommonPrefixes", [element("Prefix", encode(prefix))]) for prefix in page.prefixes]


def _to_token(after: str) -> str:
    return urlsafe_b64encode(after.encode()).decode()


def _from_token(token: str) -> str:
    try:
        return b64decode(token.encode(), b"-_", validate=True).decode()
    except ValueError:
        raise invalid_argument("The continuation token provided is incorrect", "continuation-token", token) from None
