"""The demo's dataset: read, split by a fixed seed, and written as a training job takes it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from stepfunctions.errors import StepladderError

SEED = 20180222
FRACTIONS = {"train": 0.70, "validation": 0.15, "test": 0.15}
ROWS_MIN = 20


@dataclass(frozen=True, slots=True)
class Splits:
    """The three parts of a dataset; training and validation files have labels, the test file has none.

    Args:
        name: of the dataset.
        content_type: ``text/libsvm`` or ``text/csv``.
        train: the file of the training part; so with the others.
        labels: of the test part, in its order.
        counts: rows in each part.
    """

    name: str
    content_type: str
    train: Path
    validation: Path
    test: Path
    labels: tuple[float, ...]
    counts: tuple[int, int, int]

    def describe(self) -> str:
        """Return the sizes in a sentence."""
        train, validation, test = self.counts
        return f"{sum(self.counts)} rows: {train} to train on, {validation} to validate, {test} to predict"

    def test_labels(self) -> tuple[float, ...]:
        """Return the truth that the predictions are held to."""
        return self.labels

    def first_test_record(self) -> str:
        """Return the first record of the test file."""
        with open(self.test) as lines:
            return lines.readline().strip()


def prepare(source: Path | None, folder: Path) -> Splits:
    """Split a dataset into files.

    Args:
        source: a libsvm or csv file, the label first in each line; diabetes of scikit-learn by default.
        folder: for the files.

    Raises:
        StepladderError: *source* cannot be read, is of neither format, or is too small; *folder* cannot be written.
    """
    name, content_type, rows = _diabetes() if source is None else _read(source)
    random.Random(SEED).shuffle(rows)
    bounds = [0, *_bounds(len(rows))]
    parts = {split: rows[start:end] for split, start, end in zip(FRACTIONS, bounds, bounds[1:], strict=False)}
    suffix = content_type.partition("/")[2]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        paths = {split: _write(folder / f"{split}.{suffix}", split, part) for split, part in parts.items()}
    except OSError as error:
        raise StepladderError(f"cannot write {error.filename}: {error.strerror}. Choose another --folder.") from error
    labels = tuple(float(_label(row)) for row in parts["test"])
    counts = (len(parts["train"]), len(parts["validation"]), len(parts["test"]))
    return Splits(name, content_type, paths["train"], paths["validation"], paths["test"], labels, counts)


def _bounds(count: int) -> list[int]:
    train = round(count * FRACTIONS["train"])
    return [train, train + round(count * FRACTIONS["validation"]), count]


def _diabetes() -> tuple[str, str, list[str]]:
    from sklearn.datasets import load_diabetes

    features, labels = load_diabetes(return_X_y=True, scaled=False)
    rows = [",".join(f"{value:g}" for value in (label, *row)) for row, label in zip(features, labels, strict=True)]
    return "diabetes (scikit-learn; progression after a year from ten measurements)", "text/csv", rows


def _read(source: Path) -> tuple[str, str, list[str]]:
    try:
        rows = [line.strip() for line in source.read_text("utf-8").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise StepladderError(f"cannot read {source}: {error}") from error
    if len(rows) < ROWS_MIN:
        raise StepladderError(f"{source} has {len(rows)} rows; at least {ROWS_MIN} are needed to train and validate")
    content_type = "text/csv" if "," in rows[0] else "text/libsvm"
    for number, row in enumerate(rows, 1):
        try:
            float(_label(row))
        except ValueError:
            raise StepladderError(
                f"{source}:{number}: expected a number as the label, first in the line, but found {_label(row)!r}. "
                "A csv file has no header and its label first; a libsvm line is: label index:value ..."
            ) from None
    return source.name, content_type, rows


def _label(row: str) -> str:
    return row.replace(",", " ").split(None, 1)[0]


def _write(path: Path, split: str, rows: Sequence[str]) -> Path:
    lines = [_without_label(row) for row in rows] if split == "test" else rows
    path.write_text("".join(f"{line}\n" for line in lines))
    return path


def _without_label(row: str) -> str:
    """Return a record as it is sent to a model: csv without its label; libsvm with it, for there it is skipped."""
    return row.partition(",")[2] if "," in row else row
