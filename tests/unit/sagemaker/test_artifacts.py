"""Model artefacts come from anywhere: unpacking one writes inside its folder only."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from stepfunctions.sagemaker.jobs.artifacts import pack, unpack
from stepfunctions.sagemaker.jobs.failure import JobFailed


@pytest.fixture(params=["with the filter", "before Python 3.11.4"], autouse=True)
def _python(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "before Python 3.11.4":
        monkeypatch.delattr(tarfile, "data_filter")


def archive_of(folder: Path, *members: tarfile.TarInfo) -> Path:
    path = folder / "model.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        for member in members:
            tar.addfile(member, io.BytesIO(b"x" * member.size))
    return path


def entry(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname, member.size = kind, target, 1 if kind == tarfile.REGTYPE else 0
    return member


def test_what_was_packed_comes_back(tmp_path: Path) -> None:
    (tmp_path / "model" / "code").mkdir(parents=True)
    (tmp_path / "model" / "code" / "inference.py").write_text("pass")
    assert pack([tmp_path / "model"], tmp_path / "model.tar.gz")

    unpack(tmp_path / "model.tar.gz", tmp_path / "again")

    assert (tmp_path / "again" / "code" / "inference.py").read_text() == "pass"


@pytest.mark.parametrize(
    "members",
    [
        [entry("../outside")],
        [entry("a/../../outside")],
        [entry("link", tarfile.SYMTYPE, ".."), entry("link/outside")],
        [entry("link", tarfile.LNKTYPE, "../outside")],
        [entry("pipe", tarfile.FIFOTYPE)],
    ],
)
def test_an_archive_that_reaches_outside_is_refused_and_writes_nothing_there(
    tmp_path: Path, members: list[tarfile.TarInfo]
) -> None:
    with pytest.raises(JobFailed, match=r"The model artefact model\.tar\.gz cannot be unpacked"):
        unpack(archive_of(tmp_path, *members), tmp_path / "model")

    assert not (tmp_path / "outside").exists()
