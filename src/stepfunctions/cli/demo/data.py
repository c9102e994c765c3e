"""The demo's dataset: the user's file or one that scikit-learn ships, split by a fixed seed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from stepfunctions.errors import StepladderError
from stepfunctions.sagemaker.algorithms import dataset
from stepfunctions.sagemaker.algorithms.errors import UserError
from stepfunctions.sagemaker.algorithms.formats.table import Table

SEED = 20180222
ROWS_MIN = 20


@dataclass(frozen=True, slots=True)
class DemoData:
    """A dataset with the files of its parts."""

    name: str
    rows: Table
    files: dataset.Splits

    def describe(self) -> str:
        """Return its size in a sentence."""
        return (
            f"{self.rows.row_count} rows of {self.rows.column_count} features, {len(self.truth())} of them to predict"
        )

    def truth(self) -> list[float]:
        """Return the labels of the test part, in its order."""
        return [float(line) for line in self.files.truth.read_text().split()]

    def first_record(self) -> str:
        """Return the first record of the test part."""
        with open(self.files.test) as lines:
            return lines.readline().strip()


def prepare(source: Path | None, folder: Path) -> DemoData:
    """Split a dataset into files.

    Args:
        source: a libsvm or csv file, the label first in each line; diabetes of scikit-learn by default.
        folder: for the files.

    Raises:
        StepladderError: *source* cannot be read, is of neither format, or is too small; *folder* cannot be written.
    """
    rows = dataset.diabetes() if source is None else _read(source)
    name = "diabetes (scikit-learn: progression after a year, from ten measurements)" if source is None else source.name
    data_format = "csv" if source is None or source.suffix == ".csv" else "libsvm"
    try:
        return DemoData(name, rows, dataset.write_splits(rows, folder, seed=SEED, data_format=data_format))
    except OSError as error:
        raise StepladderError(f"cannot write {error.filename}: {error.strerror}. Choose another --folder.") from error


def _read(source: Path) -> Table:
    if not source.exists():
        raise StepladderError(f"there is no file {source}")
    try:
        rows = dataset.read(source)
    except (UserError, OSError, UnicodeDecodeError) as error:
        raise StepladderError(
            f"cannot read {source}: {error}. A csv file has no header and its label first; a line of libsvm is: "
            "label index:value ..."
        ) from error
    if rows.row_count < ROWS_MIN:
        raise StepladderError(
            f"{source} has {rows.row_count} rows; at least {ROWS_MIN} are needed to train, validate and predict"
        )
    return rows
