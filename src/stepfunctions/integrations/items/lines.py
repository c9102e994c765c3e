"""Lines of a document that arrives piece by piece; and JSON Lines, an item on each.

Blank lines of JSON Lines are skipped.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import AnyStr, Final, Generic

from stepfunctions.integrations.items.failures import Malformed
from stepfunctions.values import Json, JsonError, loads

RECORD_MAX_BYTES: Final = 8 * 1024 * 1024
"""AWS's quota for one item. No more of a document is held to find the end of one, so memory stays flat."""

_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"


class Lines(Generic[AnyStr]):
    """Cuts text into lines; a line may come in many pieces.

    Args:
        newline: what ends a line.
    """

    def __init__(self, newline: AnyStr) -> None:
        self._newline: AnyStr = newline
        self._empty: AnyStr = newline[:0]
        self._begun: list[AnyStr] = []
        self._begun_size = 0

    def add(self, piece: AnyStr) -> list[AnyStr]:
        """Return the lines that *piece* completes.

        Raises:
            Malformed: a line is longer than RECORD_MAX_BYTES.
        """
        self._begun.append(piece)
        if self._newline not in piece:
            self._grow(len(piece))
            return []
        lines: list[AnyStr] = self._empty.join(self._begun).split(self._newline)
        self._begun, self._begun_size = [], 0
        rest = lines.pop()
        self._begun.append(rest)
        self._grow(len(rest))
        return lines

    def rest(self) -> AnyStr:
        """Return what follows the last newline."""
        rest: AnyStr = self._empty.join(self._begun)
        return rest

    def _grow(self, size: int) -> None:
        self._begun_size += size
        if self._begun_size > RECORD_MAX_BYTES:
            raise Malformed(f"a line is longer than {RECORD_MAX_BYTES // 2**20} MiB")


class JsonLines:
    """A decoder (see ``formats.Decoder``) of JSON Lines."""

    def __init__(self) -> None:
        self._lines = Lines(b"\n")
        self._count = 0

    def feed(self, piece: bytes) -> Iterator[Json]:
        """Yield the items of the lines that *piece* completes."""
        return self._items(self._lines.add(piece))

    def end(self) -> Iterator[Json]:
        """Yield the item of the last line, if nothing ended it."""
        return self._items([self._lines.rest()])

    def _items(self, lines: list[bytes]) -> Iterator[Json]:
        for line in lines:
            self._count += 1
            if self._count == 1:
                line = line.removeprefix(_BYTE_ORDER_MARK)
            if not line or line.isspace():
                continue
            try:
                item = loads(line)
            except JsonError as error:
                raise Malformed(f"line {self._count} is not JSON: {error}") from None
            yield item
