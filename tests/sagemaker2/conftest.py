"""A local cloud, and notebooks that run against it as a user would run them: under ``sfn local exec``."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import nbformat
import pytest
import sagemaker
from tests.on_this_machine import stay_on_this_machine

from stepfunctions import LocalCloud

VARIABLE = "STEPLADDER_SHARED"
NOTEBOOK_MAX_SECONDS = 300


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of recordings and data; the test is skipped without it."""
    folder = os.environ.get(VARIABLE)
    if not folder:
        pytest.skip(f"{VARIABLE} names no folder")
    return Path(folder)


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    """A local cloud of the module's own."""
    with LocalCloud(tmp_path_factory.mktemp("cloud")) as running:
        yield running


@pytest.fixture(autouse=True)
def on_this_machine(cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of ``sfn local exec``, and a failure for every connection to elsewhere."""
    stay_on_this_machine(cloud, monkeypatch)


@pytest.fixture(scope="module")
def boto_session(cloud: LocalCloud) -> boto3.Session:
    """One session of boto3 for the module: the service models it has read serve every client."""
    return cloud.boto_session()


@pytest.fixture
def session(boto_session: boto3.Session) -> sagemaker.Session:
    """A session of the SDK on the local cloud."""
    return sagemaker.Session(boto_session)


@pytest.fixture
def abalone(shared: Path, tmp_path: Path) -> Path:
    """The whole dataset in one file, as its source offers it."""
    parts = sorted((shared / "data" / "abalone").glob("abalone.*"))
    whole = tmp_path / "abalone"
    whole.write_text("".join(part.read_text() for part in parts))
    return whole


@pytest.fixture
def execute(cloud: LocalCloud, tmp_path: Path) -> Callable[[Any], Any]:
    """Executes a notebook in ``tmp_path`` under ``sfn local exec`` and returns it with its outputs."""

    def run(notebook: Any) -> Any:
        source, target = tmp_path / "notebook.ipynb", tmp_path / "executed.ipynb"
        nbformat.write(notebook, source)
        runner = Path(__file__).parent / "run_notebook.py"
        command = [sys.executable, "-m", "stepfunctions", "local", "exec", "--data", str(cloud.data), "--"]
        command += [sys.executable, str(runner), str(source), str(target)]
        finished = subprocess.run(
            command, cwd=tmp_path, capture_output=True, text=True, timeout=NOTEBOOK_MAX_SECONDS, check=False
        )
        assert finished.returncode == 0, finished.stdout[-4000:] + finished.stderr[-4000:]
        return nbformat.read(target, as_version=4)

    return run
