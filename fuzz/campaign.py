"""One run: a process for each target, watched from outside, so that neither a crash nor a hang ends the run."""

from __future__ import annotations

import multiprocessing
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from fuzz import worker
from fuzz.target import random_for
from fuzz.targets import TARGETS
from stepfunctions.values import Json

WATCHDOG_SECONDS = 40.0
"""How long one input may take. Far more than any needs; the machine may be busy."""

_CONTEXT = multiprocessing.get_context("spawn")
_STARTING_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Found:
    """One finding.

    Args:
        target: whose.
        number: of the input that was found.
        what: what is wrong.
        given: the smallest input that shows it.
    """

    target: str
    number: int
    what: str
    given: Json


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one target: how many inputs were checked, in how many seconds, and what was found."""

    target: str
    count: int
    seconds: float
    found: list[Found]


def run(names: list[str], seed: int, seconds: float, jobs: int) -> list[Result]:
    """Fuzz the targets for so many *seconds*, *jobs* of them at a time, each for its share."""
    shares = {name: TARGETS[name].shares for name in names}
    each = seconds * min(jobs, len(names)) / sum(shares.values())
    longest_first = sorted(names, key=lambda name: -shares[name])
    with ThreadPoolExecutor(jobs) as pool:
        return list(pool.map(lambda name: _one(name, seed, shares[name] * each), longest_first))


def again(name: str, seed: int, number: int) -> Result:
    """Check input *number* alone."""
    found, _ = _watched(name, seed, number, number, WATCHDOG_SECONDS)
    return Result(name, 1, 0, found)


def _one(name: str, seed: int, seconds: float) -> Result:
    began, first = time.monotonic(), 0
    found: list[Found] = []
    while (left := seconds - (time.monotonic() - began)) > 0:
        more, reached = _watched(name, seed, first, None, left)
        found += more
        if not any(each.number == reached for each in more):
            first = reached
            break
        first = reached + 1
    return Result(name, first, time.monotonic() - began, found)


def _watched(name: str, seed: int, first: int, last: int | None, seconds: float) -> tuple[list[Found], int]:
    """Return what one worker process found, and the number of the input that it ended at."""
    theirs, ours = _CONTEXT.Pipe()
    progress = _CONTEXT.Value("q", -1, lock=False)
    process = _CONTEXT.Process(target=worker.work, args=(name, seed, first, last, seconds, progress, theirs))
    process.start()
    theirs.close()
    findings: dict[str, dict[str, Any]] = {}
    stuck = _attend(process, progress, ours, findings)
    found = [Found(name, each["number"], each["what"], each["input"]) for each in findings.values()]
    at = max(progress.value, first)
    if stuck or process.exitcode != 0:
        what = f"It takes more than {WATCHDOG_SECONDS:.0f} s." if stuck else f"The process died: {process.exitcode}."
        found.append(Found(name, at, what, TARGETS[name]().make(random_for(seed, name, at))))
    return found, at


def _attend(process: Any, progress: Any, ours: Any, findings: dict[str, dict[str, Any]]) -> bool:
    """Listen to a worker until it ends; return whether it stood still and was killed."""
    moved, before = time.monotonic() + _STARTING_SECONDS - WATCHDOG_SECONDS, -1
    while True:
        try:
            while ours.poll(0.2):
                finding = ours.recv()
                findings[finding["signature"]] = finding
                moved = time.monotonic()
        except EOFError:
            process.join()
            return False
        if progress.value != before:
            moved, before = time.monotonic(), progress.value
        elif time.monotonic() - moved > WATCHDOG_SECONDS:
            process.kill()
            process.join()
            return True
