"""Placeholders in what a state sends: from Python values to payload templates.

A key whose value is a placeholder becomes ``"key.$": path``. A list with a placeholder directly in it has no key of its
own, so the whole list becomes one intrinsic, ``"key.$": "States.Array(...)"``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from stepfunctions.inputs import Placeholder


def render_placeholders(value: Any) -> Any:
    """Return *value* as a payload template.

    Args:
        value: dicts, lists, strings, numbers, booleans and None, with placeholders anywhere but at the top.

    Raises:
        ValueError: a placeholder stands where the language has no way to say it.
    """
    if isinstance(value, Placeholder):
        raise ValueError(f"{value!r} needs a key: give a dict such as {{'Input': {value!r}}}, or input_path={value!r}")
    if isinstance(value, dict):
        return dict(_render_item(key, each) for key, each in value.items())
    if isinstance(value, list | tuple):
        return [render_placeholders(each) for each in value]
    return value


def _render_item(key: str, value: Any) -> tuple[str, Any]:
    if isinstance(value, Placeholder):
        return f"{key}.$", value.to_jsonpath()
    if isinstance(value, list | tuple) and has_direct_placeholder(value):
        return f"{key}.$", _array(value)
    return key, render_placeholders(value)


def has_direct_placeholder(value: list[Any] | tuple[Any, ...]) -> bool:
    """Return whether a placeholder is an element of *value*, or of a list directly in it."""
    return any(
        isinstance(each, Placeholder) or (isinstance(each, list | tuple) and has_direct_placeholder(each))
        for each in value
    )


def _array(values: list[Any] | tuple[Any, ...]) -> str:
    return f"States.Array({', '.join(_argument(each) for each in values)})"


def _argument(value: Any) -> str:
    if isinstance(value, Placeholder):
        return value.to_jsonpath()
    if isinstance(value, str):
        return quote_string(value)
    if isinstance(value, list | tuple):
        return _array(value)
    if isinstance(value, dict):
        raise ValueError(
            f"a list cannot hold a placeholder and the object {json.dumps(value, default=str)} side by side: the "
            "language has no way to say it. Put the placeholder into an object too, or build the list in a Pass state."
        )
    return json.dumps(value)


def quote_string(text: str) -> str:
    """Return *text* as a string literal of an intrinsic function."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'").replace("{", "\\{").replace("}", "\\}")
    return f"'{escaped}'"


def find_placeholders(value: Any) -> Iterator[Placeholder]:
    """Yield every placeholder in *value*, at any depth."""
    if isinstance(value, Placeholder):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from find_placeholders(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from find_placeholders(each)


def render_path(value: Any) -> Any:
    """Return what a field that takes a path is to hold: a placeholder's path, or *value* as it is."""
    return value.to_jsonpath() if isinstance(value, Placeholder) else value
