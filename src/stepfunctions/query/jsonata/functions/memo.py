"""Remembering what pictures mean; long ones are not worth the memory.

Source: none; the sizes are ours.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Final, ParamSpec, TypeVar

_LONGEST: Final = 200
_COUNT: Final = 256

_Parameters = ParamSpec("_Parameters")
_Result = TypeVar("_Result")


def remembered(function: Callable[_Parameters, _Result]) -> Callable[_Parameters, _Result]:
    """Return *function*, remembering results; its first argument is a string."""
    cached = lru_cache(_COUNT)(function)

    @wraps(function)
    def call(*arguments: _Parameters.args, **options: _Parameters.kwargs) -> _Result:
        text = arguments[0]
        short = isinstance(text, str) and len(text) <= _LONGEST
        return cached(*arguments, **options) if short else function(*arguments, **options)  # type: ignore[arg-type]

    return call
