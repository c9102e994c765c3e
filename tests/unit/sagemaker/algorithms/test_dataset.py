"""A data set split for a job's channels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from stepfunctions.sagemaker.algorithms import dataset
from stepfunctions.sagemaker.algorithms.errors import UserError
from stepfunctions.sagemaker.algorithms.formats import csv_text, libsvm
from stepfunctions.sagemaker.algorithms.formats.table import concatenate


def test_the_diabetes_set_splits_into_three_files_and_the_truth(tmp_path: Path) -> None:
    rows = dataset.diabetes()
    splits = dataset.write_splits(rows, tmp_path / "data", seed=3)
    tables = [libsvm.read_file(path) for path in (splits.train, splits.validation, splits.test)]
    assert [table.row_count for table in tables] == [309, 67, 66]
    assert {table.column_count for table in tables} == {11}
    assert tables[2].labels is not None
    assert [float(line) for line in splits.truth.read_text().split()] == tables[2].labels.tolist()
    assert splits.content_type == "text/libsvm"


@pytest.mark.parametrize("data_format", ["libsvm", "csv"])
def test_the_same_seed_gives_the_same_files(tmp_path: Path, data_format: str) -> None:
    rows = dataset.diabetes()
    first, second, other = (
        dataset.write_splits(rows, tmp_path / name, seed=seed, data_format=data_format).train.read_bytes()
        for name, seed in (("a", 1), ("b", 1), ("c", 2))
    )
    assert first == second
    assert first != other


def test_a_csv_to_predict_has_no_labels(tmp_path: Path) -> None:
    rows = dataset.diabetes()
    splits = dataset.write_splits(rows, tmp_path, data_format="csv")
    assert csv_text.parse(splits.test.read_bytes(), "test").shape[1] == rows.column_count
    assert csv_text.parse(splits.train.read_bytes(), "train").shape[1] == rows.column_count + 1


def test_every_row_goes_to_one_file_with_its_numbers(tmp_path: Path) -> None:
    path = tmp_path / "rows.svm"
    path.write_text("".join(f"{at} 0:{at}.125 3:-0.0003\n" for at in range(20)))
    rows = dataset.read(path)
    splits = dataset.write_splits(rows, tmp_path / "out")
    again = concatenate([libsvm.read_file(file) for file in (splits.train, splits.validation, splits.test)])
    assert again.labels is not None
    assert sorted(again.labels) == list(range(20))
    order = np.argsort(again.labels)
    assert (again.features[order][:, 1:] != rows.features).nnz == 0


def test_the_format_is_told_by_the_first_line(tmp_path: Path) -> None:
    (tmp_path / "a.data").write_text("1,2,3\n4,5,6\n")
    (tmp_path / "b.data").write_text("\n1 1:2\n")
    assert dataset.read(tmp_path / "a.data").features.shape == (2, 2)
    assert dataset.read(tmp_path / "b.data").features.shape == (1, 2)


def test_a_folder_is_all_its_files(abalone: dict[str, bytes], tmp_path: Path) -> None:
    for name, content in abalone.items():
        (tmp_path / name).write_bytes(content)
    assert dataset.read(tmp_path).row_count == 3548


def test_what_cannot_be_split_is_refused(tmp_path: Path) -> None:
    rows = dataset.diabetes()
    with pytest.raises(ValueError, match="add up to 1"):
        dataset.write_splits(rows, tmp_path, (0.7, 0.7, 0.1))
    with pytest.raises(ValueError, match="too few"):
        dataset.write_splits(rows, tmp_path, (1, 0, 0))
    (tmp_path / "empty").write_text("")
    with pytest.raises(UserError, match="No data in"):
        dataset.read(tmp_path / "empty")
