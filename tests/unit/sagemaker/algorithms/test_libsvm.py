"""Our libsvm reader gives the matrix that XGBoost's own text parser gives."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xgboost
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from stepfunctions.sagemaker.algorithms.errors import UserError
from stepfunctions.sagemaker.algorithms.formats import libsvm
from stepfunctions.sagemaker.algorithms.formats.table import Table


def by_xgboost(path: Path) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return xgboost.DMatrix(f"{path}?format=libsvm")


def assert_equal_matrix(table: Table, matrix: Any) -> None:
    theirs = matrix.get_data()
    ours = table.features.sorted_indices()
    assert ours.shape == (matrix.num_row(), matrix.num_col())
    assert (ours.indptr == theirs.indptr).all()
    assert (ours.indices == theirs.indices).all()
    assert ours.data.dtype == np.float32
    assert ours.data.tobytes() == theirs.data.tobytes()
    assert table.labels is not None
    assert table.labels.tobytes() == matrix.get_label().tobytes()
    assert (table.weights if table.weights is not None else np.array([])).tolist() == matrix.get_weight().tolist()


numbers = st.one_of(
    st.integers(-99999, 99999).map(str),
    st.floats(-1e6, 1e6, width=32).map(repr),
    st.decimals(-1000, 1000, places=5).map(str),
    st.floats(1e-30, 1e-4).map(repr),
    st.floats(1e16, 1e30).map(repr),
)
rows = st.lists(st.tuples(numbers, st.dictionaries(st.integers(0, 40), numbers, max_size=6)), min_size=1, max_size=12)


@settings(max_examples=80, deadline=None)
@given(rows=rows, weighted=st.booleans(), gap=st.sampled_from([" ", "  ", "\t"]), end=st.sampled_from(["\n", "\r\n"]))
def test_any_file_reads_bit_for_bit_as_xgboost_reads_it(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[str, dict[int, str]]],
    weighted: bool,
    gap: str,
    end: str,
) -> None:
    path = tmp_path_factory.mktemp("libsvm") / "rows"
    lines = [
        gap.join([f"{label}:{at + 1}.5" if weighted else label, *(f"{key}:{value}" for key, value in features.items())])
        for at, (label, features) in enumerate(rows)
    ]
    path.write_bytes((end.join(lines) + end).encode())
    assert_equal_matrix(libsvm.read_file(path), by_xgboost(path))


def test_abalone_reads_as_xgboost_reads_it(abalone: dict[str, bytes], tmp_path: Path) -> None:
    path = tmp_path / "abalone"
    path.write_bytes(abalone["train_0"] + abalone["train_1"])
    table = libsvm.read_file(path)
    assert_equal_matrix(table, by_xgboost(path))
    assert table.features.shape == (2922, 9)


def test_query_ids_comments_blank_lines_and_a_missing_last_newline_are_read(tmp_path: Path) -> None:
    path = tmp_path / "ranked"
    path.write_text("# head\n1 qid:1 1:2 # first\n\n0 qid:1\n2 qid:7 3:4")
    table = libsvm.read_file(path)
    assert_equal_matrix(table, by_xgboost(path))
    assert table.query_ids is not None
    assert table.query_ids.tolist() == [1, 1, 7]


def test_an_explicit_zero_is_a_value_and_an_absent_index_is_missing() -> None:
    features = libsvm.parse(b"1 0:0 2:5\n", "rows").features
    assert isinstance(features, csr_matrix)
    assert (features.indices.tolist(), features.data.tolist()) == ([0, 2], [0.0, 5.0])


def test_blocks_join_into_the_same_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "rows"
    path.write_text("".join(f"{at} 1:{at}.25 {at + 2}:1\n" for at in range(50)))
    whole = libsvm.read_file(path)
    monkeypatch.setattr(libsvm, "BLOCK_BYTES", 64)
    parts = libsvm.read_file(path)
    assert (whole.features != parts.features).nnz == 0
    assert whole.features.shape == parts.features.shape


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("1 1:2\nx 1:2\n", 2, "not a number: 'x'"),
        ("1 1:2\n1 2:nan\n", 2, "not a number: 'nan'"),
        ("1 1:2\n\n1 3\n", 3, "a feature must be index:value: '3'"),
        ("1 1:2\n1 3: 4\n", 2, "a ':' lacks the number before or after it"),
        ("1 1:2\n1 :4\n", 2, "a ':' lacks the number before or after it"),
        ("1 1:2\n1 1:2:3\n", 2, "a number stands between two ':': '2'"),
        ("1 1:2\n1 -1:2\n", 2, "an index must be a whole number from 0: '-1'"),
        ("1 1:2\n1 1.5:2\n", 2, "an index must be a whole number from 0: '1.5'"),
    ],
)
def test_a_faulty_line_is_named(tmp_path: Path, text: str, line: int, reason: str) -> None:
    path = tmp_path / "part-0"
    path.write_text(text)
    with pytest.raises(UserError) as raised:
        libsvm.read_file(path)
    assert f"part-0, line {line}: {reason}" in str(raised.value)
    assert str(raised.value).startswith("Failed to load libsvm data with exception:\n")


def test_the_first_line_of_another_format_is_refused_in_aws_words(tmp_path: Path) -> None:
    path = tmp_path / "abalone.csv"
    path.write_text("M,0.455,0.365\n")
    with pytest.raises(UserError) as raised:
        libsvm.read_file(path)
    assert str(raised.value).startswith(
        "First line 'M,0.455,0.365...' of file 'abalone.csv' is not 'LIBSVM' format. "
        "Please ensure the file is in 'LIBSVM' format."
    )


def test_weights_in_only_some_rows_are_refused() -> None:
    with pytest.raises(UserError, match="1 of 2 rows have an instance weight"):
        libsvm.parse(b"1:2 1:1\n1 1:1\n", "rows")


def test_rows_to_predict_may_lack_the_label() -> None:
    table = libsvm.parse(b"1:2 2:3\n7 1:4\n5\n", "request", labelled=False)
    assert table.features.toarray().tolist() == [[0, 2, 3], [0, 4, 0], [0, 0, 0]]
    assert table.labels is None
