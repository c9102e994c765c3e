"""The tokens of GetLogEvents and FilterLogEvents: a position in the order of events, opaque to clients.

Shape: ``f/`` or ``b/``, 20 digits of time and 36 of the event's id, ``/s``: as long as AWS's.
"""

from __future__ import annotations

import re
from typing import Final

from stepfunctions.logs.model import LogEvent, Position
from stepfunctions.server.errors import AwsError

_TOKEN: Final = re.compile(r"([fb])/(-\d{19}|\d{20})(-\d{35}|\d{36})/s")


def write_token(direction: str, position: Position) -> str:
    """Return the token that goes on from *position*, ``f`` forward or ``b`` backward."""
    return f"{direction}/{position.at:020d}{position.id:036d}/s"


def read_token(token: str) -> tuple[str, Position]:
    """Return the direction and position of a token.

    Raises:
        AwsError: InvalidParameterException.
    """
    match = _TOKEN.fullmatch(token)
    if match is None:
        raise AwsError("InvalidParameterException", "The specified nextToken is invalid.")
    return match[1], Position(int(match[2]), int(match[3]))


def event_id(event: LogEvent) -> str:
    """Return the id of an event: 56 digits, as on AWS."""
    return f"{event.at:020d}{event.id:036d}"
