"""The blobs of an object as one seekable file."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from stepfunctions.errors import StoreError
from stepfunctions.s3.segment_file import SegmentFile


@pytest.fixture
def file(tmp_path: Path) -> SegmentFile:
    segments = []
    for name, data in (("a", b"0123"), ("b", b""), ("c", b"456"), ("d", b"789")):
        (tmp_path / name).write_bytes(data)
        segments.append((tmp_path / name, len(data)))
    return SegmentFile(segments)


def test_reading_goes_on_from_one_segment_to_the_next(file: SegmentFile) -> None:
    with file.buffered() as whole:
        assert whole.read() == b"0123456789"
        assert whole.read() == b""


def test_any_stretch_can_be_read(file: SegmentFile) -> None:
    with file.buffered() as whole:
        for start in range(11):
            for size in range(11 - start):
                whole.seek(start)
                assert whole.read(size) == b"0123456789"[start : start + size]


def test_positions_count_from_the_start_from_here_and_from_the_end(file: SegmentFile) -> None:
    with file:
        assert file.seek(-3, os.SEEK_END) == 7
        assert file.read(2) == b"78"
        assert file.seek(-1, os.SEEK_CUR) == 8
        with pytest.raises(ValueError, match="-1"):
            file.seek(-1)


def test_an_object_without_bytes_is_an_empty_file() -> None:
    assert SegmentFile([]).buffered().read() == b""


def test_a_blob_that_someone_cut_short_is_named(file: SegmentFile, tmp_path: Path) -> None:
    (tmp_path / "c").write_bytes(b"4")
    with pytest.raises(StoreError, match="shorter than its index says"):
        io.BufferedReader(file).read()
