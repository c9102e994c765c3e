"""The published score adds up, hides nothing, and is made by a command that measures."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from unsupported import IDS

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, str(ROOT / "docs" / "conformance.py")]
ROW = re.compile(r"^\| ([\w. -]+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$", re.MULTILINE)


def rows(page: str) -> dict[str, tuple[int, ...]]:
    """Return the numbers of every area: cases, as AWS, exceptions, different."""
    return {area: tuple(map(int, numbers)) for area, *numbers in ROW.findall(page)}


PAGE = (ROOT / "docs" / "conformance.md").read_text("utf-8")


def recorded(folder: Path) -> dict[str, list[str]]:
    files = (folder / "conformance").glob("*.json")
    return {path.stem: [case["id"] for case in json.loads(path.read_text())["cases"]] for path in files}


def test_every_case_on_the_page_holds_or_is_an_exception() -> None:
    for area, (cases, passed, excepted, different) in rows(PAGE).items():
        assert (passed + excepted, different) == (cases, 0), area
    total = next(line for line in PAGE.splitlines() if line.startswith("| **all** |"))
    wire = [numbers for area, numbers in rows(PAGE).items() if area != "JSONata 2.0.6"]
    assert total == "| **all** | {} | {} | {} | {} |".format(*map(sum, zip(*wire, strict=True)))


@pytest.mark.shared
def test_the_page_has_every_area_and_no_exception_but_the_listed_ones(shared: Path) -> None:
    cases = recorded(shared)
    published = {area: numbers for area, numbers in rows(PAGE).items() if area != "JSONata 2.0.6"}
    assert set(published) == set(cases)
    assert [area for area in cases if published[area][0] > len(cases[area])] == []
    assert sum(numbers[2] for numbers in published.values()) == len(IDS)


def test_every_exception_is_published_with_its_reason() -> None:
    assert [case for case, why in IDS.items() if f"`{case}`" not in PAGE or why not in PAGE] == []


@pytest.mark.shared
def test_the_command_replays_every_case_of_an_area(shared: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    subprocess.run([*COMMAND, "--area", "tagging", "--area", "versions", "--to", str(page)], check=True, timeout=120)
    counts = {area: len(recorded(shared)[area]) for area in ("tagging", "versions")}
    assert rows(page.read_text("utf-8")) == {area: (count, count, 0, 0) for area, count in counts.items()}


def test_without_recordings_the_command_says_what_to_set() -> None:
    environment = {name: value for name, value in os.environ.items() if name != "STEPLADDER_SHARED"}
    ran = subprocess.run(COMMAND, env=environment, capture_output=True, text=True, check=False, timeout=120)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "STEPLADDER_SHARED names no folder" in ran.stderr
