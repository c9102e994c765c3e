"""RecordIO-protobuf: what is written reads back; what is cut off or foreign is refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from stepfunctions.sagemaker.algorithms.errors import UserError
from stepfunctions.sagemaker.algorithms.formats import recordio
from stepfunctions.sagemaker.algorithms.formats.table import Table

values = st.floats(allow_nan=False, width=32)


@settings(max_examples=50, deadline=None)
@given(
    rows=st.integers(1, 6).flatmap(lambda width: st.lists(st.lists(values, min_size=width, max_size=width), min_size=1))
)
def test_dense_rows_read_back(rows: list[list[float]]) -> None:
    table = Table(np.array(rows, dtype=np.float32), np.arange(len(rows), dtype=np.float32))
    again = recordio.parse(recordio.write_table(table))
    assert again.features.tolist() == table.features.tolist()
    assert again.labels is not None
    assert again.labels.tolist() == list(range(len(rows)))


def test_sparse_rows_read_back_with_their_width() -> None:
    features = csr_matrix(np.array([[0, 2.5, 0, 0], [0, 0, 0, 0], [1, 0, 3, 0]], dtype=np.float32))
    again = recordio.parse(recordio.write_table(Table(features)))
    assert again.features.toarray().tolist() == features.toarray().tolist()
    assert again.labels is None


def test_a_float64_tensor_reads() -> None:
    # As sagemaker.amazon.common writes [1.0, 2.0]: a Float64Tensor with an empty shape.
    record = b"\x0a\x20\x0a\x06values\x12\x16\x1a\x14\x0a\x10" + np.array([1.0, 2.0]).tobytes() + b"\x1a\x00"
    table = recordio.parse(recordio._frame(record))
    assert table.features.tolist() == [[1.0, 2.0]]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"1,2,3\n4,5,6\n", "no record starts at byte 0"),
        (recordio.write_table(Table(np.ones((1, 3), dtype=np.float32)))[:-6], "is cut off"),
        (recordio.write_records([{"score": [1.0]}]), 'a record has no feature "values"'),
        (b"", "there are no records"),
    ],
)
def test_what_is_wrong_is_named(data: bytes, reason: str) -> None:
    with pytest.raises(UserError, match=reason):
        recordio.parse(data)
