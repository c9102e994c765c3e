"""The docs say what is there: every operation, setting and command."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from stepfunctions.asl.containers import _READER_CONFIG, _WRITER_CONFIG
from stepfunctions.asl.objects import Tables
from stepfunctions.cli.main import COMMANDS, build_parser

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "local-cloud.md").read_text("utf-8")
README = (ROOT / "README.md").read_text("utf-8")


def test_the_lists_of_operations_are_up_to_date() -> None:
    built = subprocess.run([sys.executable, ROOT / "docs" / "build.py", "--check"], check=False)
    assert built.returncode == 0, "run: make docs"


def test_every_command_is_documented() -> None:
    assert [command for command in COMMANDS if f"`sfn {command}" not in PAGE] == []


def test_every_action_and_setting_of_the_local_cloud_is_documented(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        build_parser().parse_args(["local", "start", "--help"])
    options = {word.strip(",") for word in capsys.readouterr().out.split() if word.startswith("--")} - {"--help"}
    assert {option for option in options if f"`{option}`" not in PAGE} == set()
    with pytest.raises(SystemExit):
        build_parser().parse_args(["local", "--help"])
    actions = capsys.readouterr().out
    assert [name for name in ("start", "stop", "status", "env", "exec") if name not in actions] == []
    assert [name for name in ("start", "stop", "status", "env", "exec") if f"`sfn local {name}" not in PAGE] == []


def test_every_link_of_the_readme_leads_somewhere() -> None:
    targets = [part.partition(")")[0] for part in README.split("](")[1:]]
    assert [each for each in targets if "://" not in each and not (ROOT / each).exists()] == []


def test_the_makefile_has_what_the_readme_and_contributing_name() -> None:
    makefile = (ROOT / "Makefile").read_text()
    named = README + (ROOT / "CONTRIBUTING.md").read_text()
    targets = {
        word.strip("`.,|") for word in named.replace("make ", "make:").split() if word.startswith(("make:", "`make:"))
    }
    assert {target for target in targets if f"\n{target.removeprefix('make:')}: " not in makefile} == set()


@pytest.mark.parametrize("configuration", [_READER_CONFIG, _WRITER_CONFIG])
def test_every_setting_of_an_item_reader_and_a_result_writer_is_documented(configuration: Tables) -> None:
    fields = {*configuration.jsonpath, *configuration.jsonata}
    assert {name for name in fields if f"`{name}`" not in PAGE} == set()
