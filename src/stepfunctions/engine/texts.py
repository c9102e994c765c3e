"""The texts of one journal entry, each once, and a text that is much like one before it as the difference.

A payload mostly changes a little from state to state: a ResultPath adds a key, a counter grows. What two texts share
at their begin and end is found by bisection, so that a difference costs little more than a comparison.

Shape of the table in an entry: ``[text | [index, prefix, middle, suffix], ...]``, where the second form is the first
*prefix* characters of the text at *index*, then *middle*, then its last *suffix* characters.
"""

from __future__ import annotations

from typing import Final

from stepfunctions.values import Json

ALIKE_CHARACTERS_MIN: Final = 1024
LOOKED_AT: Final = 4


class Texts:
    """Collects texts and gives each its index."""

    def __init__(self) -> None:
        self._indexes: dict[str, int] = {}
        self._long: list[tuple[int, str]] = []
        self.table: list[Json] = []

    def index(self, text: str) -> int:
        """Return the index of *text* in the table."""
        found = self._indexes.get(text)
        if found is None:
            found = self._indexes[text] = len(self.table)
            self.table.append(self._written(found, text))
        return found

    def _written(self, index: int, text: str) -> Json:
        if len(text) < ALIKE_CHARACTERS_MIN:
            return text
        best: Json = text
        best_size = len(text) // 2
        for other_index, other in reversed(self._long[-LOOKED_AT:]):
            prefix, suffix = _shared(other, text)
            if len(text) - prefix - suffix < best_size:
                best_size = len(text) - prefix - suffix
                best = [other_index, prefix, text[prefix : len(text) - suffix], suffix]
                if best_size < len(text) // 16:
                    break  # good enough: each comparison reads both texts
        self._long.append((index, text))
        return best


def read_texts(table: list[Json]) -> list[str]:
    """Return the texts of a table, by index."""
    texts: list[str] = []
    for entry in table:
        if isinstance(entry, str):
            texts.append(entry)
        else:
            index, prefix, middle, suffix = entry
            base = texts[index]
            texts.append(base[:prefix] + middle + base[len(base) - suffix :])
    return texts


def _shared(one: str, other: str) -> tuple[int, int]:
    """Return how many characters the two share at their begin and, of the rest, at their end."""
    shorter = min(len(one), len(other))
    prefix = _reach(one, other, shorter)
    return prefix, _reach_back(one, other, shorter - prefix)


def _reach(one: str, other: str, most: int) -> int:
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _reach_back(one: str, other: str, most: int) -> int:
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if one[len(one) - middle : len(one) - low] == other[len(other) - middle : len(other) - low]:
            low = middle
        else:
            high = middle - 1
    return low
