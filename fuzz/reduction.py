"""The smallest input that still fails in the same way, found by leaving things out.

Source: Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input" (delta debugging), on JSON.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

from stepfunctions.values import Json


def reduced(value: Json, fails: Callable[[Json], bool], seconds: float) -> Json:
    """Return a smaller value for which *fails* is still true.

    Args:
        value: one for which it is true.
        fails: is asked again and again.
        seconds: how long to try.
    """
    deadline = time.monotonic() + seconds
    improved = True
    while improved:
        improved = False
        for candidate in _smaller(value):
            if time.monotonic() > deadline:
                return value
            if fails(candidate):
                value, improved = candidate, True
                break
    return value


def _smaller(value: Any) -> Iterator[Any]:
    """Yield what *value* becomes when one part is left out or made smaller, the largest parts first."""
    if isinstance(value, str):
        yield from _shorter(value)
    elif isinstance(value, list):
        yield from _shorter(value)
        for index, item in enumerate(value):
            for less in _smaller(item):
                yield [*value[:index], less, *value[index + 1 :]]
    elif isinstance(value, dict):
        for name in value:
            yield {key: member for key, member in value.items() if key != name}
        for name, member in value.items():
            for less in _smaller(member):
                yield {**value, name: less}


def _shorter(value: Any) -> Iterator[Any]:
    size = len(value)
    while size > 0:
        for start in range(0, len(value), size):
            yield value[:start] + value[start + size :]
        size //= 2
