"""The libsvm text format, read as XGBoost's own text parser reads it.

    label[:weight] [qid:number] index:value index:value ...  # comment

Indices are columns as they are written: a file that counts from 1 has an empty column 0, as with
``xgboost.DMatrix("file?format=libsvm")``. Rows without features are rows; blank lines are not. What that parser reads
silently as something else (``nan``, words, ``:2``) is refused here, with file and line. Indices without a value are
refused, as in the SageMaker container.

The work is done on whole blocks of bytes with numpy; only faulty and exponent-bearing tokens are looked at one by one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt

from stepfunctions.sagemaker.algorithms.errors import UserError
from stepfunctions.sagemaker.algorithms.formats import numbers
from stepfunctions.sagemaker.algorithms.formats.table import Floats, Integers, Table, concatenate

BLOCK_BYTES = 16 * 1024 * 1024
_COMMENT = re.compile(rb"#[^\n]*")
_NEWLINE, _COLON, _SPACE, _Q = 10, 58, 32, 113
_IS_SPACE = np.zeros(256, dtype=bool)
_IS_SPACE[list(b" \t\n\f\v")] = True

Flags = npt.NDArray[np.bool_]


def read_file(path: Path) -> Table:
    """Return the rows of one libsvm file.

    Raises:
        UserError: what is wrong, with file and line; the container's text when it is the first line.
    """
    tables = []
    line = 1
    for block in _blocks(path):
        tables.append(parse(block, path.name, first_line=line))
        line += block.count(b"\n")
    return concatenate(tables) if tables else parse(b"", path.name)


def parse(text: bytes, name: str, *, first_line: int = 1, labelled: bool = True) -> Table:
    """Return the rows of *text*.

    Args:
        text: whole lines.
        name: of the file, for messages.
        first_line: the number of the first line, for messages.
        labelled: False for rows to predict, which may lack the label; a number without a colon is then passed over.

    Returns:
        A sparse Table, as wide as its highest index.

    Raises:
        UserError: a token is not what its place demands.
    """
    text = text.replace(b"\r", b"\n") if b"\r\n" not in text else text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if b"#" in text:
        text = _COMMENT.sub(b"", text)
    tokens = _Tokens.of(text, name, first_line)
    return _assemble(tokens, _roles(tokens, labelled=labelled), labelled=labelled)


def _blocks(path: Path) -> Iterator[bytes]:
    rest = b""
    with path.open("rb") as file:
        if file.read(3) != b"\xef\xbb\xbf":
            file.seek(0)
        while block := file.read(BLOCK_BYTES):
            whole, newline, tail = (rest + block).rpartition(b"\n")
            rest = tail
            if newline:
                yield whole + newline
    if rest:
        yield rest


@dataclass(frozen=True)
class _Tokens:
    """Every run of characters between white space and colons, by position."""

    text: bytes
    name: str
    first_line: int
    starts: Integers
    ends: Integers
    lines: Integers
    """The line of each token, from 0."""
    opens_line: Flags
    after_colon: Flags
    before_colon: Flags
    is_qid: Flags

    @classmethod
    def of(cls, text: bytes, name: str, first_line: int) -> _Tokens:
        data = np.frombuffer(text, dtype=np.uint8)
        colons = data == _COLON
        separators = np.concatenate([[True], _IS_SPACE[data] | colons, [True]])
        starts = np.flatnonzero(separators[:-2] & ~separators[1:-1])
        ends = np.flatnonzero(~separators[1:-1] & separators[2:]) + 1
        lines = np.searchsorted(np.flatnonzero(data == _NEWLINE), starts)
        padded = np.concatenate([[False], colons, [False]])
        opens_line = np.ones(len(starts), dtype=bool)
        opens_line[1:] = lines[1:] != lines[:-1]
        before_colon = padded[ends + 1]
        is_qid = np.zeros(len(starts), dtype=bool)
        for candidate in np.flatnonzero((data[starts] == _Q) & before_colon & ~opens_line):
            is_qid[candidate] = text[starts[candidate] : ends[candidate]] == b"qid"
        tokens = cls(text, name, first_line, starts, ends, lines, opens_line, padded[starts], before_colon, is_qid)
        tokens._check_colons(np.flatnonzero(colons))
        return tokens

    def _check_colons(self, colons: Integers) -> None:
        for joined, beside in ((self.after_colon, self.starts - 1), (self.before_colon, self.ends)):
            if joined.sum() != len(colons):
                lonely = np.setdiff1d(colons, beside[joined])[0]
                self.refuse_line(self.text.count(b"\n", 0, int(lonely)), "a ':' lacks the number before or after it")
        if (chained := self.after_colon & self.before_colon).any():
            self.refuse(chained, "a number stands between two ':'")

    def token(self, position: int) -> bytes:
        return self.text[self.starts[position] : self.ends[position]]

    def refuse(self, flags: Flags, reason: str) -> NoReturn:
        position = int(np.flatnonzero(flags)[0])
        token = self.token(position).decode("utf-8", "replace")
        self.refuse_line(int(self.lines[position]), f"{reason}: '{token}'")

    def refuse_line(self, line: int, reason: str) -> NoReturn:
        content = self.text.split(b"\n")[line].decode("utf-8", "replace")
        number = self.first_line + line
        text = (
            f"First line '{content[:50]}...' of file '{self.name}' is not 'LIBSVM' format. "
            "Please ensure the file is in 'LIBSVM' format."
            if number == 1
            else f"Failed to load libsvm data with exception:\n'{content[:50]}' is not 'LIBSVM' format"
        )
        raise UserError(f"{text} ({self.name}, line {number}: {reason})")

    def numbers(self) -> tuple[Any, Floats]:
        """Return every token as double and as XGBoost's float32; 0 for a ``qid``."""
        data = np.frombuffer(self.text, dtype=np.uint8).copy()
        data[data == _COLON] = _SPACE
        for position in np.flatnonzero(self.is_qid):
            data[self.starts[position] : self.ends[position]] = list(b"  0")
        try:
            doubles = numbers.read_doubles(data.tobytes())
        except ValueError:
            doubles = np.array([])
        if len(doubles) != len(self.starts) or not np.isfinite(doubles).all():
            self._refuse_words()
        floats = numbers.round_decimals(doubles)
        letters = np.flatnonzero((data | 32) == ord("e"))
        if len(letters):
            scientific = np.searchsorted(self.starts, letters, side="right") - 1
            floats[scientific] = numbers.round_scientific(self.token(position) for position in scientific)
        return doubles, floats

    def _refuse_words(self) -> NoReturn:
        words = [not numbers.is_number(self.token(at)) and not self.is_qid[at] for at in range(len(self.starts))]
        self.refuse(np.array(words), "not a number")


@dataclass(frozen=True)
class _Roles:
    """What each token is, by its place in the line."""

    index: Flags
    value: Flags
    weight: Flags
    query: Flags
    """The number after ``qid:``."""


def _roles(tokens: _Tokens, *, labelled: bool) -> _Roles:
    weighted = tokens.opens_line & tokens.before_colon if labelled else np.zeros_like(tokens.opens_line)
    index = tokens.before_colon & ~weighted & ~tokens.is_qid
    bare = ~tokens.before_colon & ~tokens.after_colon & ~tokens.opens_line
    if labelled and bare.any():
        tokens.refuse(bare, "a feature must be index:value")
    return _Roles(index, _following(index), _following(weighted), _following(tokens.is_qid))


def _following(flags: Flags) -> Flags:
    return np.concatenate([[False], flags[:-1]]) if len(flags) else flags


def _assemble(tokens: _Tokens, roles: _Roles, *, labelled: bool) -> Table:
    from scipy.sparse import csr_matrix

    doubles, floats = tokens.numbers()
    row_of_token = np.cumsum(tokens.opens_line) - 1
    row_count = int(tokens.opens_line.sum())
    columns = doubles[roles.index]
    if (bad := roles.index & ((doubles < 0) | (doubles != np.trunc(doubles)))).any():
        tokens.refuse(bad, "an index must be a whole number from 0")
    counts = np.bincount(row_of_token[roles.index], minlength=row_count)
    pointers = np.concatenate([[0], np.cumsum(counts)])
    width = int(columns.max()) + 1 if len(columns) else 0
    features = csr_matrix((floats[roles.value], columns.astype(np.int64), pointers), shape=(row_count, width))
    return Table(
        features,
        floats[tokens.opens_line] if labelled else None,
        _per_row(tokens, floats[roles.weight], row_count, "an instance weight"),
        _per_row(tokens, doubles[roles.query].astype(np.int64), row_count, "a qid"),
    )


def _per_row(tokens: _Tokens, values: Any, row_count: int, noun: str) -> Any:
    if not len(values):
        return None
    if len(values) != row_count:
        raise UserError(
            f"Failed to load libsvm data with exception:\n{tokens.name}: "
            f"{len(values)} of {row_count} rows have {noun}; "
            "give it to all of them or to none"
        )
    return values
