"""Channels: which files a job's input has, in what format, and their rows.

Names that start with "." or "_" are not data. A channel's files are those of its deepest folder, as the XGBoost
container chooses it: the first folder without sub-folders. Files are read in the order of their names, so that a job
gives the same model every time.

Pipe mode is not here; the local SageMaker hands Pipe channels over as files only to algorithms that accept them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import Any

from stepfunctions.sagemaker.algorithms.errors import UserError
from stepfunctions.sagemaker.algorithms.folder import JobFolder
from stepfunctions.sagemaker.algorithms.formats import csv_text, libsvm, parquet
from stepfunctions.sagemaker.algorithms.formats.table import Table, concatenate

CSV, LIBSVM, PARQUET, RECORDIO = "csv", "libsvm", "parquet", "recordio-protobuf"

FORMATS: Mapping[str, str] = {
    "csv": CSV,
    "libsvm": LIBSVM,
    "parquet": PARQUET,
    "recordio-protobuf": RECORDIO,
    "text/csv": CSV,
    "text/libsvm": LIBSVM,
    "text/x-libsvm": LIBSVM,
    "application/x-parquet": PARQUET,
    "application/x-recordio-protobuf": RECORDIO,
}


@dataclass(frozen=True)
class Channel:
    """One channel of a job."""

    name: str
    content_type: str
    """As given; text/libsvm when the request has none."""
    input_mode: str
    path: Path

    @property
    def format(self) -> str:
        """The data format's short name.

        Raises:
            UserError: the content type is none of XGBoost's.
        """
        return format_of(self.content_type)

    def files(self) -> list[Path]:
        """Return the data files, in the order of their names; none when the channel's folder does not exist."""
        if self.path.is_file():
            return [self.path]
        for folder, folders, names in os.walk(self.path):
            folders.sort()
            if not folders:
                return [Path(folder, name) for name in sorted(names) if is_data_file(name)]
        return []

    def read(self, *, weighted: bool = False) -> Table | None:
        """Return the channel's rows, None when it has no data.

        Args:
            weighted: the second column of a CSV is the instance weight.

        Raises:
            UserError: the content type is not known, or a file is faulty: which, and where.
        """
        if self.input_mode == "Pipe" and self.format == LIBSVM:
            raise UserError("Pipe mode not supported for LibSVM.")
        files = [file for file in self.files() if file.stat().st_size]
        tables = [_READERS[self.format](file, weighted) for file in files]
        if not tables:
            return None
        table = concatenate(tables)
        return table if table.row_count else None


def format_of(content_type: str) -> str:
    """Return the short name of the format that a ContentType asks for.

    Args:
        content_type: such as ``text/csv; label_size=1``.

    Raises:
        UserError: it is not known, or its ``label_size`` is not 1. AWS's texts.
    """
    header = Message()
    header["Content-Type"] = content_type.lower()
    media_type = content_type.lower().split(";")[0].strip()
    if media_type not in FORMATS:
        raise UserError(f"{content_type} is not an accepted ContentType: {', '.join(FORMATS)}.")
    label_size = header.get_param("label_size", "1") if ";" in content_type else "1"
    if FORMATS[media_type] == CSV and label_size != "1":
        raise UserError(
            f"{content_type} is not an accepted csv ContentType. Optional parameter label_size must be equal to 1"
        )
    return FORMATS[media_type]


def is_data_file(name: str) -> bool:
    """Tell whether a file of this name holds data."""
    return not name.startswith((".", "_"))


def read_channels(folder: JobFolder, known: Mapping[str, bool]) -> dict[str, Channel]:
    """Return the job's channels.

    Args:
        folder: of the job.
        known: every channel that the algorithm knows, and whether it needs it.

    Raises:
        UserError: a channel is missing or not known. AWS's texts.
    """
    config = folder.input_data_config()
    for name, required in known.items():
        if required and name not in config:
            raise UserError(f"Missing required channel: {name}")
    for name in config:
        if name not in known:
            raise UserError(f"Extraneous channel found: {name}")
    return {name: _channel(folder, name, value) for name, value in config.items()}


def _channel(folder: JobFolder, name: str, value: Mapping[str, Any]) -> Channel:
    return Channel(
        name, value.get("ContentType") or "text/libsvm", value.get("TrainingInputMode") or "File", folder.channel(name)
    )


def _read_recordio(file: Path, weighted: bool) -> Table:
    from stepfunctions.sagemaker.algorithms.formats import recordio

    return recordio.read_file(file)


_READERS: Mapping[str, Callable[[Path, bool], Table]] = {
    CSV: lambda file, weighted: csv_text.read_file(file, weighted=weighted),
    LIBSVM: lambda file, weighted: libsvm.read_file(file),
    PARQUET: lambda file, weighted: parquet.read_file(file),
    RECORDIO: _read_recordio,
}
