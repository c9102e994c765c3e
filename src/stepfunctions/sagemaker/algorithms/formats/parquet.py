"""Parquet files with the label in the first column; read with pyarrow, which is an extra."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from stepfunctions.sagemaker.algorithms.errors import UserError
from stepfunctions.sagemaker.algorithms.formats.table import Table


def read_file(path: Path) -> Table:
    """Return the rows of one Parquet file.

    Raises:
        UserError: pyarrow is not installed, or the file cannot be read as numbers.
    """
    try:
        from pyarrow import parquet
    except ImportError:
        raise UserError(
            f"{path.name} is Parquet: pip install 'stepladder[parquet]' to train on it locally, or give CSV or libsvm"
        ) from None
    try:
        columns = [column.to_numpy() for column in parquet.read_table(path).columns]
        cells = np.column_stack(columns).astype(np.float32)
    except Exception as error:
        raise UserError(f"Failed to load parquet data with exception:\n{path.name}: {error}") from error
    return Table(np.ascontiguousarray(cells[:, 1:]), cells[:, 0].copy())
