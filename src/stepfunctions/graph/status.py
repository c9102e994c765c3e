"""The statuses of states in a picture: the words of AWS's console, their colours, and a sign beside each colour.

Source: the predecessor SDK's legend for the words and colours. The signs are ours: colour alone tells some people
nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """One status.

    Args:
        word: as in the legend.
        colour: of the box.
        sign: an SVG path in a square of 16 units.
        mark, ascii_mark: the sign in a terminal, and where only ASCII can be shown.
    """

    word: str
    colour: str
    sign: str
    mark: str
    ascii_mark: str


STATUSES: Final = (
    Status(word="Succeeded", colour="#2BD62E", sign="M3.5 8.5 6.5 11.5 12.5 4.5", mark="✔", ascii_mark="+"),
    Status(word="Failed", colour="#DE322F", sign="M4 4 12 12M12 4 4 12", mark="✘", ascii_mark="x"),
    Status(word="Cancelled", colour="#DDD", sign="M3.5 8H12.5", mark="⊘", ascii_mark="-"),
    Status(word="In Progress", colour="#53C9ED", sign="M5.5 3.5 12 8 5.5 12.5Z", mark="▶", ascii_mark=">"),
    Status(word="Caught Error", colour="#FFA500", sign="M8 3V9.5M8 12V13", mark="!", ascii_mark="!"),
)
"""In the legend's order."""

_ALIASES: Final = {
    "success": "succeeded",
    "running": "inprogress",
    "aborted": "cancelled",
    "canceled": "cancelled",
    "timedout": "failed",
    "caught": "caughterror",
}
_BY_KEY: Final = {each.word.replace(" ", "").lower(): each for each in STATUSES}


def status_of(statuses: Mapping[str, str] | None, name: str) -> Status | None:
    """Return the status of state *name*, or None if it has none yet.

    Raises:
        ValueError: a word that is no status.
    """
    word = (statuses or {}).get(name)
    if not word:
        return None
    key = "".join(word.split()).replace("_", "").lower()
    found = _BY_KEY.get(_ALIASES.get(key, key))
    if found is None:
        listed = ", ".join(each.word for each in STATUSES)
        raise ValueError(f"'{word}' is no status of a state ('{name}'); the statuses are: {listed}")
    return found
