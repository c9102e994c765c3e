"""The rows of a CSV file that arrives piece by piece, as objects of strings.

What AWS documents: ``""`` is a quotation mark, in quotes or out of them; quotes protect delimiters and newlines; a
backslash escapes a backslash, a quotation mark or the delimiter, and is dropped before anything else; a short row is
filled up with ``""``, a long one is cut. Recorded: a blank line is a row like any other, a header may be empty, and may
not be there twice.

Undoing ``""`` outside of quotes is a habit of one parser only, opencsv's, and what AWS documents fits it in all else:
so where AWS says nothing, a quotation mark inside a field means what it means there. That is not verified against AWS,
nor what becomes of a file that ends within quotes (it fails here) or begins with a byte order mark (it is a part of the
first header).

Follows: AWS Developer Guide, "How Step Functions parses input CSV files".
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Final

from stepfunctions.integrations.items.failures import DUPLICATE_HEADERS, Malformed, reader_failed
from stepfunctions.integrations.items.lines import RECORD_MAX_BYTES, Lines
from stepfunctions.values import Json

DELIMITERS: Final = {"COMMA": ",", "PIPE": "|", "SEMICOLON": ";", "SPACE": " ", "TAB": "\t"}

HEADERS_MAX_BYTES: Final = 10 * 1024
_QUOTE: Final = '"'
_ESCAPE: Final = "\\"


class CsvRows:
    """A decoder (see ``formats.Decoder``) of CSV.

    Args:
        delimiter: one character.
        headers: the names of the columns; None takes the first row.

    Raises:
        ItemsFailed: a header is there twice.
        Malformed: the headers are too long.
    """

    def __init__(self, delimiter: str = ",", headers: Sequence[str] | None = None) -> None:
        self._headers = None if headers is None else _checked(headers)
        self._records = _Records(delimiter)
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._decode: Callable[[bytes, bool], str] = io.IncrementalNewlineDecoder(decoder, translate=True).decode
        self._lines = Lines("\n")

    def feed(self, piece: bytes) -> Iterator[Json]:
        """Yield the rows that *piece* completes."""
        return self._rows(self._lines.add(self._decode(piece, False)))

    def end(self) -> Iterator[Json]:
        """Yield the rows that the end of the file completes."""
        lines = self._lines.add(self._decode(b"", True))
        rest = self._lines.rest()
        yield from self._rows([*lines, rest] if rest else lines)
        self._records.end()

    def _rows(self, lines: list[str]) -> Iterator[Json]:
        add = self._records.add
        for line in lines:
            fields = add(line)
            if fields is None:
                continue
            if self._headers is None:
                self._headers = _checked(fields)
                continue
            missing = len(self._headers) - len(fields)
            if missing > 0:
                fields += [""] * missing
            yield dict(zip(self._headers, fields, strict=False))


def _checked(headers: Sequence[str]) -> list[str]:
    if len(set(headers)) < len(headers):
        raise reader_failed(DUPLICATE_HEADERS)
    size = sum(len(header.encode("utf-8", "surrogatepass")) + 1 for header in headers) - 1
    if size > HEADERS_MAX_BYTES:
        raise Malformed(f"its CSV headers have {size} bytes; AWS takes at most {HEADERS_MAX_BYTES}")
    return list(headers)


@lru_cache
def _patterns(delimiter: str) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """Return what matches a line in which quotes enclose whole fields, a field of such a line, a special character."""
    mark = re.escape(delimiter)
    quoted, plain = r'"[^"\\]*+(?:""[^"\\]*+)*+"', rf'[^"\\{mark}]*+'
    field = rf"(?:{quoted}|{plain})"
    return (
        re.compile(rf"{field}(?:{mark}{field})*+", re.DOTALL),
        re.compile(rf"(?:^|{mark})({field})", re.DOTALL),
        re.compile(rf'["\\{mark}]'),
    )


class _Records:
    """Makes records of lines; a record may take several."""

    def __init__(self, delimiter: str) -> None:
        self._delimiter = delimiter
        self._tidy, self._field, self._special = _patterns(delimiter)
        self._escapable = frozenset((_QUOTE, _ESCAPE, delimiter))
        self._fields: list[str] = []
        self._parts: list[str] = []
        self._is_blank = True
        self._in_quotes = False
        self._in_field = False
        self._size = 0

    def add(self, line: str) -> list[str] | None:
        """Return the fields of the record that *line* completes, None if it goes on in the next line."""
        if not self._in_quotes:
            if _QUOTE not in line and _ESCAPE not in line:
                return line.split(self._delimiter)
            if self._tidy.fullmatch(line):
                return [
                    field[1:-1].replace('""', _QUOTE) if field.startswith(_QUOTE) else field
                    for field in self._field.findall(line)
                ]
        return self._add_untidy(line)

    def end(self) -> None:
        """Say that no line follows.

        Raises:
            Malformed: a quotation mark is still open.
        """
        if self._in_quotes:
            raise Malformed("the CSV file ends within quotation marks")

    def _add_untidy(self, line: str) -> list[str] | None:
        at = 0
        while match := self._special.search(line, at):
            self._text(line[at : match.start()])
            at = self._take(line, match.start())
        self._text(line[at:])
        if self._in_quotes:
            self._put("\n")
            self._size += len(line) + 1
            if self._size > RECORD_MAX_BYTES:
                raise Malformed(f"a row is longer than {RECORD_MAX_BYTES // 2**20} MiB; is a quotation mark missing?")
            return None
        self._close_field()
        fields, self._fields, self._size = self._fields, [], 0
        return fields

    def _text(self, text: str) -> None:
        if text:
            self._put(text)
            self._in_field = True

    def _put(self, text: str) -> None:
        self._parts.append(text)
        self._is_blank = self._is_blank and text.isspace()

    def _take(self, line: str, at: int) -> int:
        """Take the special character at *at*; return where to go on."""
        special, following = line[at], line[at + 1 : at + 2]
        if special == _ESCAPE:
            self._text(following if following in self._escapable else "")
            return at + 2 if following in self._escapable else at + 1
        if special == _QUOTE:
            if following == _QUOTE and (self._in_quotes or self._in_field):
                self._put(_QUOTE)
                return at + 2
            self._toggle(line, at, following)
        elif self._in_quotes:
            self._text(special)
        else:
            self._close_field()
        return at + 1

    def _toggle(self, line: str, at: int, following: str) -> None:
        """Begin or end what quotes protect. A quotation mark with text on both sides is kept, as opencsv does."""
        self._in_quotes = not self._in_quotes
        self._in_field = not self._in_field
        if at > 2 and line[at - 1] != self._delimiter and following not in ("", self._delimiter):
            if self._parts and self._is_blank:
                self._parts.clear()
            else:
                self._put(_QUOTE)

    def _close_field(self) -> None:
        self._fields.append("".join(self._parts))
        self._parts.clear()
        self._is_blank = True
        self._in_field = False
