"""Rows of features with their labels: what every reader returns and every algorithm trains on.

Features are float32, dense (NaN is missing) or sparse (an absent entry is missing; an explicit zero is a zero).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from stepfunctions.sagemaker.algorithms.errors import UserError

Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Table:
    """Features with labels, instance weights and query ids; the last three where the data has them."""

    features: Any
    """A scipy CSR matrix or a two-dimensional array, float32."""
    labels: Floats | None = None
    weights: Floats | None = None
    query_ids: Integers | None = None

    @property
    def row_count(self) -> int:
        """How many rows there are."""
        return int(self.features.shape[0])

    @property
    def column_count(self) -> int:
        """How many features a row has."""
        return int(self.features.shape[1])


def concatenate(tables: Sequence[Table]) -> Table:
    """Return the rows of *tables*, one after the other.

    Args:
        tables: one or more of one kind, all dense or all sparse; sparse ones may differ in width.

    Raises:
        UserError: dense tables of different width, or labels, weights or query ids in only some of them.
    """
    if len(tables) == 1:
        return tables[0]
    return Table(
        _stack([table.features for table in tables]),
        _join([table.labels for table in tables], "labels"),
        _join([table.weights for table in tables], "instance weights"),
        _join([table.query_ids for table in tables], "query ids"),
    )


def _stack(parts: Sequence[Any]) -> Any:
    width = max(part.shape[1] for part in parts)
    if isinstance(parts[0], np.ndarray):
        if any(part.shape[1] != width for part in parts):
            raise UserError(
                f"Files of one channel differ in width: {sorted({part.shape[1] for part in parts})} columns"
            )
        return np.concatenate(parts)
    from scipy.sparse import csr_matrix

    offsets = np.cumsum([0, *(part.nnz for part in parts)])
    pointers = [
        parts[0].indptr,
        *(part.indptr[1:] + offset for part, offset in zip(parts[1:], offsets[1:], strict=False)),
    ]
    columns = np.concatenate([part.indices for part in parts])
    values = np.concatenate([part.data for part in parts])
    return csr_matrix((values, columns, np.concatenate(pointers)), shape=(sum(part.shape[0] for part in parts), width))


def _join(parts: Sequence[Any], noun: str) -> Any:
    present = [part for part in parts if part is not None]
    if not present:
        return None
    if len(present) != len(parts):
        raise UserError(f"Only some of the channel's files have {noun}: give them in all files or in none")
    return np.concatenate(present)
