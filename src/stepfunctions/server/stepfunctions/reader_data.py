"""The items in the data that a TestState request gives in the place of what an ItemReader would read.

Source: AWS API reference, TestStateConfiguration; Developer Guide, "ItemReader".
"""

from __future__ import annotations

from stepfunctions.asl import model
from stepfunctions.server.stepfunctions.errors import validation
from stepfunctions.values import Json, JsonError, loads


def reader_items(reader: model.ItemReader, data: str | None) -> list[Json] | None:
    """Return the items that *reader* would make of *data*; None if nobody says what it reads.

    Raises:
        AwsError: ValidationException.
    """
    if data is None:
        return None
    try:
        items = loads(data)
    except JsonError:
        raise validation("Map item reader data must be valid JSON") from None
    return items if isinstance(items, list) else None
