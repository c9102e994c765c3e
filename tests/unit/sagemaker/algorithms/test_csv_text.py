"""CSV: label first, no header, empty cells are missing values."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest
import xgboost
from hypothesis import given, settings
from hypothesis import strategies as st

from stepfunctions.sagemaker.algorithms.errors import UserError
from stepfunctions.sagemaker.algorithms.formats import csv_text

cells = st.one_of(st.floats(-1e6, 1e6).map(repr), st.integers(-999, 999).map(str), st.floats(1e-20, 1e-5).map(repr))


@settings(max_examples=60, deadline=None)
@given(
    rows=st.integers(2, 5).flatmap(lambda width: st.lists(st.lists(cells, min_size=width, max_size=width), min_size=1))
)
def test_any_file_reads_bit_for_bit_as_xgboost_reads_it(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    path = tmp_path_factory.mktemp("csv") / "rows.csv"
    path.write_text("".join(",".join(row) + "\n" for row in rows))
    table = csv_text.read_file(path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        matrix = xgboost.DMatrix(f"{path}?format=csv&label_column=0&delimiter=,")
    assert table.features.tobytes() == matrix.get_data().data.tobytes()
    assert table.labels is not None
    assert table.labels.tobytes() == matrix.get_label().tobytes()


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        (b"1,2,3\n4,5,6\n", [[1, 2, 3], [4, 5, 6]]),
        (b"1, 2,3\r\n\r\n4,5, 6", [[1, 2, 3], [4, 5, 6]]),
        (b"1\t2\n3\t4\n", [[1, 2], [3, 4]]),
        (b"1;2\n3;4\n", [[1, 2], [3, 4]]),
        (b"7\n8\n", [[7], [8]]),
        (b"1e-3,2E2\n", [[0.001, 200]]),
    ],
)
def test_separators_and_spaces(text: bytes, cells: list[list[float]]) -> None:
    assert csv_text.parse(text, "request") == pytest.approx(np.array(cells))


@pytest.mark.parametrize("text", [b"1,,3\n,5,\n", b"1, ,3\n ,5, \n", b"1,nan,3\nNaN,5,nan\n"])
def test_an_empty_cell_is_a_missing_value(text: bytes) -> None:
    missing = np.isnan(csv_text.parse(text, "request"))
    assert missing.tolist() == [[False, True, False], [True, False, True]]


def test_the_second_column_can_be_the_weight(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("1,0.5,7\n2,0.25,8\n")
    table = csv_text.read_file(path, weighted=True)
    assert table.weights is not None
    assert (table.weights.tolist(), table.features.tolist()) == ([0.5, 0.25], [[7], [8]])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("age,sex\n1,2\n", "First line 'age,sex...' of file 'rows.csv' is not 'CSV' format."),
        ("age,sex\n1,2\n", "the file must have no header"),
        ("1,2\n3,x\n", "rows.csv, row 2: column 2 is not a number: 'x'"),
        ("1,2\n3,4,5\n", "rows.csv, row 2: 3 columns where the first line has 2"),
        ("1,2\n,4\n", "row 2: the label is missing"),
        ("1\n2\n", "it needs the label and at least one feature"),
        ("hello\n", "Could not determine delimiter on line hello:"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "rows.csv"
    path.write_text(text)
    with pytest.raises(UserError) as raised:
        csv_text.read_file(path)
    assert message in str(raised.value)
