"""What AWS Step Functions adds to JSONata: $partition, $range, $hash, $random with a seed, $uuid and $parse.

Source: AWS Developer Guide, "Transforming data". Known from AWS: sizes and steps are truncated, ``$random(seed)`` is
Java's. What they answer where an argument makes no sense is not verified against AWS, $partition with a negative size,
which fails, excepted.
"""

from __future__ import annotations

import hashlib
from math import isfinite
from typing import Any, Final

from stepfunctions.query.jsonata.callables import INSTANT, Builtin
from stepfunctions.query.jsonata.errors import Fault
from stepfunctions.query.jsonata.runtime import Run
from stepfunctions.query.jsonata.values import UNDEFINED, Array, Sequence
from stepfunctions.values import JsonError, loads

_ALGORITHMS: Final = {
    "MD5": hashlib.md5, "SHA-1": hashlib.sha1, "SHA-256": hashlib.sha256, "SHA-384": hashlib.sha384,
    "SHA-512": hashlib.sha512,
}  # fmt: skip
_RANDOM_MULTIPLIER: Final = 0x5DEECE66D
_RANDOM_MASK: Final = (1 << 48) - 1


def _whole(number: Any) -> int:
    """Return *number* truncated.

    Raises:
        Fault: D1001: it is infinite, or none.
    """
    if not isfinite(number):
        raise Fault("D1001", value=number)
    return int(number)


def partition(run: Run, values: Any, size: Any) -> Any:
    """Return *values* in arrays of *size*."""
    if values is UNDEFINED or size is UNDEFINED or (step := _whole(size)) == 0:
        return UNDEFINED
    if step < 0:
        raise Fault("D3201", functionName="$partition", value=size)
    run.hold_items(len(values))
    run.spend(len(values) // step)
    return Array(Array(values[at : at + step]) for at in range(0, len(values), step))


def range_(run: Run, first: Any, last: Any, step: Any) -> Any:
    """Return the numbers from *first* to *last*, both included, by *step*; as recorded, one alone is no array."""
    if UNDEFINED in (first, last, step) or (by := _whole(step)) == 0:
        return UNDEFINED
    begin, end = _whole(first), _whole(last)
    run.hold_items(min(max((end - begin) // by + 1, 0), run.limits.memory_max_bytes))
    return Sequence(range(begin, end + (1 if by > 0 else -1), by))


def hash_(text: Any, algorithm: Any) -> Any:
    """Return the digest of *text* in hexadecimal."""
    if text is UNDEFINED or algorithm is UNDEFINED:
        return UNDEFINED
    make = _ALGORITHMS.get(algorithm)
    if make is None:
        raise Fault("D3202", value=algorithm)
    return make(text.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()


def random(run: Run, seed: Any) -> Any:
    """Return a number from 0 to 1; the same for the same seed."""
    return run.scope.random() if seed is UNDEFINED else first_double(_whole(seed))


def first_double(seed: int) -> float:
    """Return the first ``nextDouble`` of ``java.util.Random(seed)``."""
    state = (seed ^ _RANDOM_MULTIPLIER) & _RANDOM_MASK
    state = (state * _RANDOM_MULTIPLIER + 0xB) & _RANDOM_MASK
    high = state >> 22
    state = (state * _RANDOM_MULTIPLIER + 0xB) & _RANDOM_MASK
    return ((high << 27) + (state >> 21)) / (1 << 53)


def uuid(run: Run) -> Any:
    """Return a version 4 UUID."""
    return run.scope.uuid()


def parse(run: Run, text: Any) -> Any:
    """Return the value that JSON text stands for."""
    if text is UNDEFINED:
        return UNDEFINED
    run.spend(len(text) >> 6)
    try:
        return loads(text)
    except JsonError:
        raise Fault("D3203", value=text) from None


FUNCTIONS: Final = (
    Builtin("partition", partition, "<an:a>", 2, needs_run=True),
    Builtin("range", range_, "<nnn:a>", 3, needs_run=True),
    Builtin("hash", hash_, "<s-s:s>", 2),
    Builtin("random", random, "<n?:n>", 0, needs_run=True, shift=INSTANT),
    Builtin("uuid", uuid, "<:s>", 0, needs_run=True, shift=INSTANT),
    Builtin("parse", parse, "<s-:x>", 1, needs_run=True),
)
