"""Runs the inputs of one target, in a process of its own, and says which it is at."""

from __future__ import annotations

import sys
import time
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from fuzz.reduction import reduced
from fuzz.target import Target, random_for
from fuzz.targets import TARGETS
from stepfunctions.values import Json

CPU_MAX_SECONDS = 5.0
"""What one input may take of the processor."""

_REDUCING_SECONDS = 8.0
_FINDINGS_MAX = 8


def work(name: str, seed: int, first: int, last: int | None, seconds: float, progress: Any, said: Connection) -> None:
    """Check the inputs from *first* to *last*, or for so many *seconds*, and say what was found.

    Args:
        name: the target.
        seed: of all inputs.
        first: the number of the first input.
        last: the number of the last input; None for as many as there is time for.
        seconds: how long.
        progress: takes the number of the input that is being checked.
        said: takes ``{"number", "signature", "what", "input"}`` for each finding, then again with a smaller input.
    """
    target = TARGETS[name]()
    try:
        _check_all(target, name, seed, range(first, sys.maxsize if last is None else last + 1), seconds, progress, said)
    finally:
        target.close()


def _check_all(
    target: Target, name: str, seed: int, numbers: range, seconds: float, progress: Any, said: Connection
) -> None:
    deadline = time.monotonic() + seconds
    signatures: set[str] = set()
    for number in numbers:
        progress.value = number
        if time.monotonic() > deadline or len(signatures) >= _FINDINGS_MAX:
            return
        given = target.make(random_for(seed, name, number))
        failure = _failure(target.check, given)
        if failure is None or failure[0] in signatures:
            continue
        signatures.add(failure[0])
        finding = {"number": number, "signature": failure[0], "what": failure[1], "input": given}
        said.send(finding)  # at once: a smaller input may hang
        said.send({**finding, "input": _smallest(target, given, failure[0])})


def _smallest(target: Target, given: Json, signature: str) -> Json:
    def fails(candidate: Json) -> bool:
        again = _failure(target.check, candidate)
        return again is not None and again[0] == signature

    return reduced(given, fails, _REDUCING_SECONDS)


def _failure(check: Callable[[Json], None], given: Json) -> tuple[str, str] | None:
    """Return what is wrong, as a signature that tells one fault from another and as text; None if nothing is."""
    began = time.process_time()
    try:
        check(given)
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)
        place = frames[-1]
        signature = getattr(error, "signature", "")
        return f"{type(error).__name__} at {place.filename}:{place.lineno} {signature}", traceback.format_exc()
    took = time.process_time() - began
    return ("slow", f"It took {took:.1f} s of the processor.") if took > CPU_MAX_SECONDS else None
