"""Measures stepladder against the recordings of AWS and writes docs/conformance.md: ``make conformance``.

``python docs/conformance.py [--area NAME ...] [--to FILE]``: some areas only, another file. The recordings lie in the
folder that STEPLADDER_SHARED names. The exit status is 1 if a case differs that is not listed as an exception.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "conformance")]

from score import Score, jsonata, recordings  # noqa: E402 - the path had to be set before

PAGE = ROOT / "docs" / "conformance.md"

KINDS = {
    "execution": "CreateStateMachine, StartExecution, then the outcome and GetExecutionHistory",
    "sync_execution": "CreateStateMachine (EXPRESS), StartSyncExecution",
    "mocked_execution": "the same as execution, with a mock configuration file's test case",
    "mocked_sync_execution": "the same as sync_execution, with a mock configuration file's test case",
    "test_state": "TestState",
    "validate": "ValidateStateMachineDefinition",
    "create_error": "CreateStateMachine that is refused",
    "api": "several operations, each answer compared",
}

HEAD = """\
# Conformance

<!-- Written by `make conformance`. Do not edit: run it again. -->

How far stepladder answers as AWS Step Functions does. Every case was recorded from AWS: what was sent, and what came
back. Status, output, error, cause, history (types, ids, order, details) and error texts are compared; what differs from
run to run (times, identifiers, request ids) is not. The recordings are data of LocalStack's test-suite (Apache-2.0),
and the suite of JSONata is jsonata-js's own.

| | |
|---|---|
| measured | {when} |
| version | stepladder {version}, commit {commit} of {committed} |
| with | Python {python}, boto3 {boto3}, {system} |
| how | each recording replayed by boto3 over HTTP against a server with its store on disk; JSONata in process |
"""


def _git(*arguments: str) -> str:
    try:
        said = subprocess.run(["git", "-C", ROOT, *arguments], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return said.stdout.strip()


def head() -> str:
    """Return the page's beginning: what was measured, when and with what."""
    return HEAD.format(
        when=f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        version=version("stepladder"),
        commit=f"`{_git('rev-parse', '--short=10', 'HEAD')}`",
        committed=_git("log", "-1", "--format=%cs"),
        python=platform.python_version(),
        boto3=version("boto3"),
        system=f"{platform.system()} {platform.machine()}",
    )


def row(score: Score) -> str:
    """Return an area's line of a table."""
    return f"| {score.area} | {score.cases} | {score.passed} | {len(score.excepted)} | {len(score.different)} |"


def table(scores: list[Score]) -> str:
    """Return the table of areas, with the total in its last line."""
    total = Score("**all**", sum((score.kinds for score in scores), Counter()))
    for score in scores:
        total.passed += score.passed
        total.excepted |= score.excepted
        total.different |= score.different
    lines = ["| area | cases | as AWS | exceptions | different |", "|---|--:|--:|--:|--:|", *map(row, scores)]
    return "\n".join([*lines, row(total)] if len(scores) > 1 else lines)


def kinds(scores: list[Score]) -> str:
    """Return the table of what was sent."""
    counted = sum((score.kinds for score in scores), Counter())
    lines = [f"| {kind} | {counted[kind]} | {said} |" for kind, said in KINDS.items() if counted[kind]]
    return "\n".join(["| kind | cases | what is sent |", "|---|--:|---|", *lines])


def listed(title: str, reasons: dict[str, str]) -> str:
    """Return a section that lists cases with what there is to say of each; a reason that many share is said once."""
    if not reasons:
        return f"### {title}\n\nNone."
    by_reason: dict[str, list[str]] = {}
    for case, why in reasons.items():
        by_reason.setdefault(why, []).append(case)
    lines = [
        f"* {', '.join(f'`{case}`' for case in cases) if len(cases) < 4 else f'{len(cases)} cases'}: {why}."
        for why, cases in by_reason.items()
    ]
    return "\n".join([f"### {title}", "", *lines])


def page(wire: list[Score], suites: list[Score]) -> str:
    """Return the whole page."""
    every = [*wire, *suites]
    excepted = {case: why for score in every for case, why in score.excepted.items()}
    different = {case: found[0] for score in every for case, found in score.different.items()}
    parts = [
        head().rstrip(),
        f"## Recordings of AWS, over the wire\n\n{table(wire)}",
        f"What is sent:\n\n{kinds(wire)}",
        f"## The language of expressions\n\n{table(suites)}" if suites else "",
        listed("Exceptions, with the reason", excepted),
        listed("Cases that differ", different),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def main() -> int:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--area", action="append", default=[], help="an area to measure; all if not given")
    parser.add_argument("--to", type=Path, default=PAGE, help="the file to write")
    options = parser.parse_args()
    folder = os.environ.get("STEPLADDER_SHARED")
    if not folder:
        print("STEPLADDER_SHARED names no folder: set it to the one that holds conformance/.", file=sys.stderr)
        return 2
    wire = recordings(Path(folder), options.area)
    suites = [] if options.area else [jsonata(Path(folder))]
    options.to.write_text(page(wire, suites), "utf-8")
    for score in (*wire, *suites):
        for case, found in score.different.items():
            print(f"{score.area}: {case}: {found[0]}", file=sys.stderr)
    return int(any(score.different for score in (*wire, *suites)))


if __name__ == "__main__":
    sys.exit(main())
