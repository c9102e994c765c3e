"""``sfn``: its grammar, its exit codes, its words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from stepfunctions.cli import doctor
from stepfunctions.cli.main import EXIT_USAGE, main

GOOD = {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}
BAD = {"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "Nowhere"}}}


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("sfn 3.")


def test_no_command_is_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "demo" in capsys.readouterr().out


def test_a_good_definition_is_ok_and_a_bad_one_is_not(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text(json.dumps(GOOD))
    bad.write_text(json.dumps(BAD))
    assert main(["validate", str(good)]) == 0
    assert main(["validate", str(bad)]) == 1
    assert "MISSING_TRANSITION_TARGET at /States/A/Next: Missing 'Next' target: Nowhere" in capsys.readouterr().out
    assert main(["validate", "--json", str(bad)]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert answer["result"] == "FAIL"
    assert answer["diagnostics"][0]["location"] == "/States/A/Next"


def test_a_missing_file_is_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", "nowhere.json"]) == 2
    assert "sfn: cannot read nowhere.json" in capsys.readouterr().err


def test_a_picture_that_cannot_be_written_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    definition = tmp_path / "definition.json"
    definition.write_text('{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}')
    nowhere = tmp_path / "nowhere" / "graph.svg"

    assert main(["graph", str(definition), "--output", str(nowhere)]) == EXIT_USAGE
    assert f"cannot write {nowhere}: No such file or directory" in capsys.readouterr().err


@pytest.mark.parametrize("port", ["-1", "65536", "http"])
def test_a_port_that_is_none_is_refused(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["local", "start", f"--port={port}"])
    assert f"takes a number from 0 to 65535, not '{port}'" in capsys.readouterr().err


def test_no_cloud_is_said_with_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["local", "env", "--data", str(tmp_path)]) == 2
    assert "sfn local start" in capsys.readouterr().err
    assert main(["local", "status", "--data", str(tmp_path)]) == 1


def test_the_doctor_finds_the_predecessor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "predecessor_folder", lambda: tmp_path / "stepfunctions-2.3.0.dist-info")
    [finding] = [each for each in doctor.examine() if each.grade == "bad"]
    assert "stepfunctions-2.3.0" in finding.text
    assert "pip uninstall stepfunctions" in finding.text


def test_the_doctor_is_content_here() -> None:
    assert not [each for each in doctor.examine() if each.grade == "bad"]
