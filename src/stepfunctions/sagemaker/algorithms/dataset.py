"""Data sets for demonstrations and tests: read one, split it, write it as a job's channels want it.

    train.libsvm  validation.libsvm  test.libsvm  truth.csv        (or .csv)

The test file of a CSV set has no labels, since a CSV to predict has none; ``truth.csv`` has them, one a line, for both
formats. The split depends on the seed alone. Not a data-preparation library: no encoding of categories, no scaling.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from stepfunctions.sagemaker.algorithms.channels import is_data_file
from stepfunctions.sagemaker.algorithms.errors import UserError
from stepfunctions.sagemaker.algorithms.formats import csv_text, libsvm
from stepfunctions.sagemaker.algorithms.formats.table import Table, concatenate


@dataclass(frozen=True)
class Splits:
    """The files of a data set that was split."""

    train: Path
    validation: Path
    test: Path
    """Rows to predict."""
    truth: Path
    """Their labels, one a line."""
    content_type: str
    """``text/libsvm`` or ``text/csv``."""


def read(path: Path) -> Table:
    """Return the labelled rows of a libsvm or CSV file, or of all such files in a folder.

    Args:
        path: the format is told by the first line: libsvm has ``index:value`` in it.

    Raises:
        UserError: there is no data, or a line is faulty: which, and where.
    """
    files = sorted(file for file in path.iterdir() if is_data_file(file.name)) if path.is_dir() else [path]
    if not files or not all(file.is_file() and file.stat().st_size for file in files):
        raise UserError(f"No data in {path}: give a libsvm or CSV file, or a folder of such files")
    return concatenate([_read_file(file) for file in files])


def diabetes() -> Table:
    """Return the diabetes set that scikit-learn ships: 442 patients, 10 measurements, progression after a year.

    Source: Efron, Hastie, Johnstone, Tibshirani (2004), "Least Angle Regression"; sklearn.datasets.load_diabetes.
    """
    from sklearn.datasets import load_diabetes

    features, labels = load_diabetes(return_X_y=True, scaled=False)
    return Table(features.astype(np.float32), labels.astype(np.float32))


def write_splits(
    rows: Table,
    folder: Path,
    fractions: Sequence[float] = (0.7, 0.15, 0.15),
    seed: int = 0,
    *,
    data_format: str = "libsvm",
) -> Splits:
    """Shuffle *rows*, split them and write the files.

    Args:
        rows: labelled.
        folder: is made if it does not exist.
        fractions: of train, validation and test.
        seed: of the shuffle; the same seed gives the same files.
        data_format: ``libsvm`` (indices count from 1) or ``csv`` (label first, no header).

    Returns:
        Where they are.

    Raises:
        ValueError: the fractions do not add up to 1, leave a part without rows, or the format is not known.
    """
    if len(fractions) != 3 or not np.isclose(sum(fractions), 1):
        raise ValueError(f"fractions must be three numbers that add up to 1, not {fractions}")
    if data_format not in ("libsvm", "csv") or rows.labels is None:
        raise ValueError(f"{data_format} with{'' if rows.labels is not None else 'out'} labels cannot be written")
    ends = np.round(np.cumsum(fractions)[:2] * rows.row_count).astype(int)
    parts = np.split(np.random.default_rng(seed).permutation(rows.row_count), ends)
    if not all(len(part) for part in parts):
        raise ValueError(f"{rows.row_count} rows are too few for fractions {fractions}")
    folder.mkdir(parents=True, exist_ok=True)
    train, validation, test = (folder / f"{name}.{data_format}" for name in ("train", "validation", "test"))
    for path, part in zip((train, validation, test), parts, strict=True):
        labelled = data_format == "libsvm" or path is not test
        path.write_text(_lines(rows, part, data_format, labelled=labelled), encoding="ascii")
    truth = folder / "truth.csv"
    truth.write_text("".join(f"{_shown(rows.labels[at])}\n" for at in parts[2]), encoding="ascii")
    return Splits(train, validation, test, truth, f"text/{data_format}")


def _read_file(path: Path) -> Table:
    with path.open("rb") as file:
        first = next((line for line in file if line.strip()), b"")
    return libsvm.read_file(path) if b":" in first else csv_text.read_file(path)


def _lines(rows: Table, part: Any, data_format: str, *, labelled: bool) -> str:
    write = _libsvm_line if data_format == "libsvm" else _csv_line
    return "".join(write(rows, at, labelled) + "\n" for at in part)


def _libsvm_line(rows: Table, at: int, labelled: bool) -> str:
    assert rows.labels is not None
    if isinstance(rows.features, np.ndarray):
        present = [(column + 1, value) for column, value in enumerate(rows.features[at]) if not np.isnan(value)]
    else:
        begin, end = rows.features.indptr[at : at + 2]
        # A file that counts from 1 keeps its indices; one that counts from 0 is moved.
        shift = 0 if rows.features.indices.min(initial=1) else 1
        present = [(rows.features.indices[at] + shift, rows.features.data[at]) for at in range(begin, end)]
    return " ".join([_shown(rows.labels[at]), *(f"{column}:{_shown(value)}" for column, value in present)])


def _csv_line(rows: Table, at: int, labelled: bool) -> str:
    assert rows.labels is not None
    features = rows.features[at] if isinstance(rows.features, np.ndarray) else rows.features[at].toarray()[0]
    cells = ["" if np.isnan(value) else _shown(value) for value in features]
    return ",".join([_shown(rows.labels[at]), *cells] if labelled else cells)


def _shown(value: Any) -> str:
    return np.format_float_positional(np.float32(value), trim="-")
