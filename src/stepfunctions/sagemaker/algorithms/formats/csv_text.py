"""CSV as the built-in algorithms read it: numbers only, no header, the label in the first column.

An empty cell and ``nan`` are missing values. The separator is guessed from the first line, as the XGBoost container
does. Quoting is not known to the format: XGBoost's parser knows none. A word where a number should stand, which that
parser silently takes for a missing value, is refused here with file and line.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from stepfunctions.sagemaker.algorithms.errors import UserError
from stepfunctions.sagemaker.algorithms.formats import numbers
from stepfunctions.sagemaker.algorithms.formats.table import Floats, Table

_SEPARATORS = (b",", b"\t", b";", b"|", b" ", b":")


def read_file(path: Path, *, weighted: bool = False) -> Table:
    """Return the rows of one CSV file.

    Args:
        path: the file.
        weighted: the second column is the instance weight (``csv_weights=1``).

    Raises:
        UserError: what is wrong, with file and line.
    """
    cells = parse(path.read_bytes().removeprefix(b"\xef\xbb\xbf"), path.name)
    leading = 2 if weighted else 1
    if cells.shape[1] <= leading:
        raise UserError(
            f"Failed to load csv data with exception:\n{path.name} has {cells.shape[1]} column(s); it needs the label"
            f"{', the weight' if weighted else ''} and at least one feature"
        )
    if np.isnan(cells[:, :leading]).any():
        line = int(np.flatnonzero(np.isnan(cells[:, :leading]).any(axis=1))[0]) + 1
        raise UserError(f"Failed to load csv data with exception:\n{path.name}, row {line}: the label is missing")
    return Table(cells[:, leading:], cells[:, 0].copy(), cells[:, 1].copy() if weighted else None)


def parse(text: bytes, name: str) -> Floats:
    """Return the cells of *text*, one row a line; blank lines are passed over.

    Raises:
        UserError: the separator cannot be told, rows differ in width, or a cell is not a number.
    """
    lines = [line for line in text.replace(b"\r", b"\n").split(b"\n") if line.strip()]
    if not lines:
        return np.empty((0, 0), dtype=np.float32)
    separator = separator_of(lines[0])
    width = lines[0].count(separator) + 1
    for number, line in enumerate(lines, 1):
        if line.count(separator) != width - 1:
            cells = line.count(separator) + 1
            raise _refusal(name, number, line, f"{cells} columns where the first line has {width}")
    return _numbers(lines, separator, width, name)


def separator_of(line: bytes) -> bytes:
    """Return the separator that the first line uses; a comma when it holds a single number.

    Raises:
        UserError: none of the usual separators is there, and the line is not a number.
    """
    for separator in _SEPARATORS:
        if separator in line.strip():
            return separator
    if not numbers.is_number(line):
        shown = line[:50].decode("utf-8", "replace")
        raise UserError(f"Could not determine delimiter on line {shown}:\nno comma, tab, semicolon, bar or space in it")
    return b","


def _numbers(lines: list[bytes], separator: bytes, width: int, name: str) -> Floats:
    joined = _fill_gaps(separator.join(lines), separator)
    try:
        doubles = numbers.read_doubles(joined.replace(separator, b" "))
    except ValueError:
        doubles = np.array([])
    if len(doubles) != len(lines) * width or np.isinf(doubles).any():
        raise _first_word(lines, separator, name)
    floats = numbers.round_decimals(doubles)
    lowered = joined.lower()
    if b"e" in lowered:
        tokens = joined.split(separator)
        scientific = [at for at, token in enumerate(tokens) if b"e" in token or b"E" in token]
        floats[scientific] = numbers.round_scientific(tokens[at] for at in scientific)
    return floats.reshape(len(lines), width)


def _fill_gaps(joined: bytes, separator: bytes) -> bytes:
    """Return the cells without spaces around them, and ``nan`` where a cell is empty."""
    if separator == b" ":
        return joined
    escaped = re.escape(separator)
    if b" " in joined:
        joined = re.sub(rb" *%b *" % escaped, lambda match: separator, joined).strip(b" ")
    if joined.startswith(separator):
        joined = b"nan" + joined
    if joined.endswith(separator):
        joined += b"nan"
    return re.sub(rb"(?<=%b)(?=%b)" % (escaped, escaped), b"nan", joined)


def _first_word(lines: list[bytes], separator: bytes, name: str) -> UserError:
    for number, line in enumerate(lines, 1):
        for column, cell in enumerate(line.split(separator), 1):
            word = cell.strip()
            if word and word.lower() != b"nan" and not numbers.is_number(word):
                hint = "; the file must have no header" if number == 1 else ""
                return _refusal(
                    name, number, line, f"column {column} is not a number: {word.decode(errors='replace')!r}{hint}"
                )
    return UserError(f"Failed to load csv data with exception:\n{name} cannot be read as numbers")


def _refusal(name: str, number: int, line: bytes, reason: str) -> UserError:
    shown = line[:50].decode("utf-8", "replace")
    if number == 1:
        return UserError(
            f"First line '{shown}...' of file '{name}' is not 'CSV' format. "
            f"Please ensure the file is in 'CSV' format. ({reason})"
        )
    return UserError(f"Failed to load csv data with exception:\n{name}, row {number}: {reason}")
