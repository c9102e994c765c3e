"""Timestamps in a definition: RFC 3339 with upper-case T and Z, as AWS demands.

``datetime.fromisoformat`` alone takes far more (week dates, missing zones, spaces), hence the pattern before it.

Source: RFC 3339; States Language, "Timestamps"; recordings of CreateStateMachine.
"""

from __future__ import annotations

import re
from datetime import datetime

from stepfunctions.asl.reading import Reading
from stepfunctions.values import Json

_RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII)


def is_timestamp(text: str) -> bool:
    """Return whether *text* is an RFC 3339 timestamp of a moment that exists."""
    if _RFC3339.fullmatch(text) is None:
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def timestamp(value: Json, location: str, reading: Reading) -> Json:
    """A timestamp."""
    if not isinstance(value, str):
        reading.error("Expected value of type String", location)
    elif not is_timestamp(value):
        reading.error("String does not match RFC3339 timestamp", location)
    return value
