"""``sfn demo``, as a newcomer runs it: the command itself, its words, the files it leaves, and nothing else."""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
from pathlib import Path
from xml.etree import ElementTree

import pytest
from tests.e2e.conftest import processes_of

STATES = ["Train", "Save model", "Transform test set", "Configure endpoint", "Deploy endpoint"]
SVG = "{http://www.w3.org/2000/svg}"
SUCCEEDED = "#2BD62E"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def demo(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "stepfunctions", "demo", "--folder", str(folder)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_it_ends_well_and_leaves_no_process(demo: subprocess.CompletedProcess[str], folder: Path) -> None:
    assert (demo.returncode, demo.stderr) == (0, "")
    assert processes_of(folder) == []


def test_it_shows_every_state_succeed(demo: subprocess.CompletedProcess[str]) -> None:
    lines = demo.stdout.splitlines()
    succeeded = [name for line in lines for name in STATES if line.startswith(f"  ✓ {name} ")]
    assert list(dict.fromkeys(succeeded)) == STATES
    assert "✗" not in demo.stdout


def test_it_tells_the_result(demo: subprocess.CompletedProcess[str]) -> None:
    rmse = re.search(r"^Validation rmse  ([\d.]+)$", demo.stdout, re.MULTILINE)
    assert rmse is not None
    assert 40 < float(rmse.group(1)) < 80  # the targets' own deviation is 77
    table = demo.stdout.split("predicted", 1)[1].split("\n\n", 1)[0].splitlines()[1:]
    assert len(table) == 5
    assert all(re.fullmatch(r" +[\d.]+ +[\d.]+", line) for line in table)
    answer = re.search(r"→  ([\d.]+)$", demo.stdout, re.MULTILINE)
    assert answer is not None
    assert float(answer.group(1)) == pytest.approx(float(table[0].split()[0]), abs=1e-3)


def test_its_picture_shows_five_states_that_succeeded(demo: subprocess.CompletedProcess[str], folder: Path) -> None:
    picture = ElementTree.parse(folder / "workflow.svg").getroot()
    assert picture.tag == f"{SVG}svg"
    about = picture.findtext(f"{SVG}desc")
    assert about == f"5 states: {', '.join(STATES)}. Status of states: succeeded: 5."
    boxes = [box for box in picture.iter(f"{SVG}rect") if box.get("fill") == SUCCEEDED]
    assert len(boxes) == len(STATES) + 1  # and one in the legend
    tips = [tip.text or "" for tip in picture.iter(f"{SVG}title")]
    assert [tip.partition(" · ")[0] for tip in tips if tip.endswith("Succeeded")] == STATES


def test_its_model_is_an_archive_as_sagemaker_makes_it(demo: subprocess.CompletedProcess[str], folder: Path) -> None:
    with tarfile.open(folder / "model.tar.gz") as archive:
        assert archive.getnames() == ["xgboost-model"]
        assert archive.getmember("xgboost-model").size > 1000
    assert "model.tar.gz" in demo.stdout
