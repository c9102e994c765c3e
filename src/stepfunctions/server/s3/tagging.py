"""The tags of objects."""

from __future__ import annotations

from typing import Final

from stepfunctions.s3.objects import ObjectStore
from stepfunctions.server.s3.call import Answer, Call
from stepfunctions.server.s3.formats import XML_TYPE
from stepfunctions.server.s3.headers import checked_tags
from stepfunctions.server.s3.reading import check_version
from stepfunctions.server.s3.xml import document, element, parse

BODY_MAX_BYTES: Final = 64 * 1024


async def get_object_tagging(store: ObjectStore, call: Call) -> Answer:
    """Answer GetObjectTagging."""
    check_version(call)
    tags = store.head(call.bucket, call.key).tags
    entries = [element("Tag", [element("Key", key), element("Value", value)]) for key, value in tags.items()]
    return Answer(200, XML_TYPE, document("Tagging", [element("TagSet", entries)]))


async def put_object_tagging(store: ObjectStore, call: Call) -> Answer:
    """Answer PutObjectTagging."""
    check_version(call)
    store.tag(call.bucket, call.key, tags_of_document(await call.body.read(BODY_MAX_BYTES)))
    return Answer(200)


async def delete_object_tagging(store: ObjectStore, call: Call) -> Answer:
    """Answer DeleteObjectTagging."""
    check_version(call)
    store.tag(call.bucket, call.key, {})
    return Answer(204)


def tags_of_document(body: bytes) -> dict[str, str]:
    """Return the tags of a ``Tagging`` document.

    Raises:
        AwsError: MalformedXML, BadRequest, InvalidTag.
    """
    root = parse(body, "Tagging")
    return dict(checked_tags([(tag.findtext("Key") or "", tag.findtext("Value") or "") for tag in root.iter("Tag")]))
