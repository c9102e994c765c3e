"""DeleteObject, DeleteObjects."""

from __future__ import annotations

from typing import Final

from stepfunctions.errors import RequestError
from stepfunctions.s3.naming import check_key
from stepfunctions.s3.objects import ObjectStore
from stepfunctions.server.s3.call import Answer, Call
from stepfunctions.server.s3.conditions import write_condition
from stepfunctions.server.s3.errors import to_aws
from stepfunctions.server.s3.formats import XML_TYPE
from stepfunctions.server.s3.reading import check_version
from stepfunctions.server.s3.xml import document, element, malformed, parse

BODY_MAX_BYTES: Final = 8 * 1024 * 1024
KEYS_MAX_COUNT: Final = 1000


async def delete_object(store: ObjectStore, call: Call) -> Answer:
    """Answer DeleteObject."""
    check_version(call)
    store.delete(call.bucket, call.key, write_condition(call))
    return Answer(204)


async def delete_objects(store: ObjectStore, call: Call) -> Answer:
    """Answer DeleteObjects: one transaction for all keys; a key that cannot exist has an error of its own."""
    root = parse(await call.body.read(BODY_MAX_BYTES), "Delete")
    keys = [entry.findtext("Key") or "" for entry in root.findall("Object")]
    if not 1 <= len(keys) <= KEYS_MAX_COUNT:
        raise malformed()
    good, failed = [], []
    for key in keys:
        try:
            check_key(key)
            good.append(key)
        except RequestError as error:
            code, message = to_aws(error).code, str(error)
            fields = [element("Key", key), element("Code", code), element("Message", message)]
            failed.append(element("Error", fields))
    store.delete_many(call.bucket, good)
    quiet = root.findtext("Quiet") == "true"
    deleted = [] if quiet else [element("Deleted", [element("Key", key)]) for key in good]
    return Answer(200, XML_TYPE, document("DeleteResult", deleted + failed))
