"""A data folder belongs to one cloud at a time, and says where it answers."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from stepfunctions.errors import StoreError
from stepfunctions.local.folder import DataFolder, read_address


def test_the_address_is_there_while_the_cloud_runs(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "a" / "b")
    folder.announce(pid=os.getpid(), url="http://127.0.0.1:1")
    assert read_address(folder.path) == {"pid": os.getpid(), "url": "http://127.0.0.1:1"}
    folder.close()
    assert read_address(folder.path) is None


def test_an_address_that_a_killed_cloud_left_proves_nothing(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    folder.announce(pid=os.getpid(), url="http://127.0.0.1:1")
    left = (tmp_path / "cloud.json").read_text()
    folder.close()
    (tmp_path / "cloud.json").write_text(left)
    assert read_address(tmp_path) is None


def test_two_clouds_never_share_a_folder(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    folder.announce(pid=os.getpid(), url="http://127.0.0.1:1")
    with pytest.raises(StoreError, match=rf"already runs on .*process {os.getpid()}.*sfn local stop --data"):
        DataFolder(tmp_path)
    folder.close()
    DataFolder(tmp_path).close()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"cannot write to the data folder .*file/data.*--data"):
        DataFolder(tmp_path / "file" / "data")


def test_the_folder_keeps_itself_out_of_version_control(tmp_path: Path) -> None:
    DataFolder(tmp_path).close()
    assert (tmp_path / ".gitignore").read_text() == "*\n"
