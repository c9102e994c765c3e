"""Channels: which files are data, in which format, and what is said when something is not there."""

from __future__ import annotations

from typing import Any

import pytest

from stepfunctions.sagemaker.algorithms.channels import Channel, format_of, read_channels
from stepfunctions.sagemaker.algorithms.errors import PlatformError, UserError
from stepfunctions.sagemaker.algorithms.folder import JobFolder

KNOWN = {"train": True, "validation": False}


def channel(job: Any, name: str = "train") -> Channel:
    return read_channels(JobFolder(job.base), KNOWN)[name]


def test_files_are_read_in_the_order_of_their_names(job: Any) -> None:
    job.channels(train={"b": "2 1:1\n", "a": "1 1:1\n", "c": "3 1:1\n"})
    table = channel(job).read()
    assert table is not None
    assert table.labels is not None
    assert table.labels.tolist() == [1, 2, 3]


def test_hidden_files_are_not_data(job: Any) -> None:
    job.channels(train={"a": "1 1:1\n", ".DS_Store": "x", "_SUCCESS": "", "empty": ""})
    table = channel(job).read()
    assert table is not None
    assert table.row_count == 1


def test_the_deepest_folder_is_read(job: Any) -> None:
    job.channels(train={"2024/05/part-0": "1 1:1\n", "README": "not data\n"})
    table = channel(job).read()
    assert table is not None
    assert table.row_count == 1


def test_a_channel_without_rows_reads_as_none(job: Any) -> None:
    job.channels(train={"empty": ""}, validation={})
    assert channel(job).read() is None
    assert channel(job, "validation").read() is None


@pytest.mark.parametrize(
    ("content_type", "short"),
    [
        ("libsvm", "libsvm"),
        ("text/x-libsvm", "libsvm"),
        ("text/libsvm ;charset=utf8", "libsvm"),
        ("Text/CSV", "csv"),
        ("text/csv; label_size=1", "csv"),
        ("application/x-parquet", "parquet"),
        ("application/x-recordio-protobuf", "recordio-protobuf"),
    ],
)
def test_content_types(content_type: str, short: str) -> None:
    assert format_of(content_type) == short


def test_no_content_type_is_libsvm(job: Any) -> None:
    job.config("inputdataconfig", {"train": {"TrainingInputMode": "File"}})
    assert channel(job).format == "libsvm"


def test_refusals_are_in_aws_words(job: Any) -> None:
    with pytest.raises(UserError, match="image/png is not an accepted ContentType: csv, libsvm, parquet"):
        format_of("image/png")
    with pytest.raises(UserError, match="Optional parameter label_size must be equal to 1"):
        format_of("text/csv;label_size=2")
    job.channels(validation={})
    with pytest.raises(UserError, match="Missing required channel: train"):
        channel(job)
    job.channels(train={}, extra={})
    with pytest.raises(UserError, match="Extraneous channel found: extra"):
        channel(job)


def test_a_folder_that_is_none_of_a_job_is_said_to_be_so(job: Any) -> None:
    with pytest.raises(PlatformError, match="is SAGEMAKER_BASE_DIR the folder of a training job"):
        JobFolder(job.base).hyperparameters()


def test_checkpoints_lie_under_the_base_folder(job: Any) -> None:
    folder = JobFolder(job.base)
    assert folder.checkpoints() is None
    job.config("checkpointconfig", {"LocalPath": "/opt/ml/checkpoints"})
    assert folder.checkpoints() == job.base / "checkpoints"
