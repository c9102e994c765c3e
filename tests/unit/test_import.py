"""``import stepfunctions``: light, complete, and aware of its namesake."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import stepfunctions
from stepfunctions import distributions

FORBIDDEN = ("boto3", "botocore", "sagemaker", "pkg_resources", "uvicorn", "sqlite3", "asyncio")
PUBLIC = "steps, workflow, template, inputs, exceptions"


def run(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout


def test_the_public_modules_load_nothing_heavy() -> None:
    text = run(f"import json, sys; from stepfunctions import {PUBLIC}; print(json.dumps(sorted(sys.modules)))")
    loaded = json.loads(text)
    assert not {name.partition(".")[0] for name in loaded} & set(FORBIDDEN)
    assert not {"stepfunctions.asl", "stepfunctions.graph", "stepfunctions.local"} & set(loaded)


def test_submodules_are_reachable_after_the_import() -> None:
    assert run("import stepfunctions; print(stepfunctions.steps.Pass('A').to_dict()['Type'])").strip() == "Pass"


def test_every_export_is_exported() -> None:
    assert all(getattr(stepfunctions, name) is not None for name in stepfunctions.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = stepfunctions.nonsense


def test_the_predecessor_beside_us_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "stepfunctions"
    package.mkdir()
    monkeypatch.setattr(distributions, "__file__", str(package / "distributions.py"))
    distributions.warn_of_predecessor()
    (tmp_path / "stepfunctions-2.3.0.dist-info").mkdir()
    with pytest.warns(RuntimeWarning, match=r"stepfunctions-2\.3\.0 is installed beside stepladder.*pip uninstall"):
        distributions.warn_of_predecessor()


def test_the_stream_logger_is_one_however_often_it_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    code = (
        "import stepfunctions, logging\n"
        "stepfunctions.set_stream_logger(level=logging.INFO)\n"
        "stepfunctions.set_stream_logger(level=logging.INFO)\n"
        "logging.getLogger('stepfunctions').info('once')"
    )
    assert run(code) == "\x1b[32m[INFO] once\x1b[0m\n"
