"""The items in data that is at hand, as a test of a Map state gives it in the place of what an ItemReader reads.

Not here: manifests, whose items are in other objects, and Parquet, which is no text.

Source: AWS API reference, TestStateConfiguration; Developer Guide, "ItemReader (Map)".
"""

from __future__ import annotations

from collections.abc import Mapping

from stepfunctions.engine.items import ItemsFailed
from stepfunctions.errors import InvalidRequest
from stepfunctions.integrations.items.failures import Malformed
from stepfunctions.integrations.items.formats import decoder_of
from stepfunctions.integrations.items.json_items import Member
from stepfunctions.integrations.items.reading import LISTING, Format, format_of
from stepfunctions.values import Json

_FORMATS = ("CSV", "JSON", "JSONL")


def given_items(resource: str, config: Mapping[str, Json], text: str) -> list[Json] | dict[str, Json]:
    """Return the items that an ItemReader would make of *text*: an array, or an object, whose members they are.

    Args:
        resource: of the ItemReader.
        config: its ReaderConfig; ItemsPointer is followed, MaxItems is not looked at.
        text: what it reads; of a listing, the array of what is listed.

    Raises:
        InvalidRequest: it is not what the ReaderConfig says, or cannot be given as text.
    """
    is_listing = resource.endswith(f":{LISTING}") and config.get("Transformation") != "LOAD_AND_FLATTEN"
    try:
        data = Format(input_type="JSON") if is_listing else format_of(dict(config))
        if data.input_type not in _FORMATS:
            raise Malformed(f"items of the InputType {data.input_type} cannot be given as text")
        decoder = decoder_of(data)
        items = [*decoder.feed(text.encode("utf-8", "surrogatepass")), *decoder.end()]
    except (Malformed, ItemsFailed) as error:
        detail = error.failure.cause if isinstance(error, ItemsFailed) else str(error)
        raise InvalidRequest(f"mapItemReaderData is not what the ItemReader reads: {detail}") from None
    if items and isinstance(items[0], Member):
        return {item["Key"]: item["Value"] for item in items}
    return items
