"""Values as ``$string`` writes them.

Source: JSONata 2.0.6: JSON, numbers with at most 15 digits, functions as the empty string.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

from stepfunctions.query.jsonata.errors import Fault
from stepfunctions.query.jsonata.numbers import rounded_text
from stepfunctions.query.jsonata.values import UNDEFINED, Function, NonFinite

_HALVES: Final = re.compile("[\ud800-\udfff]")
_ENCODE: Final = json.JSONEncoder(ensure_ascii=False).encode


def stringify(value: Any, pretty: bool = False) -> str:
    """Return *value*, which is not UNDEFINED, as a string.

    Raises:
        Fault: D3001, or D1001 for an infinity inside a structure.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, Function):
        return ""
    if type(value) is NonFinite:
        raise Fault("D3001", value=value)
    if type(value) is int or type(value) is float:
        return rounded_text(value)
    parts: list[str] = []
    _write(value, parts.append, "\n" if pretty else None)
    return "".join(parts)


def quoted(text: str) -> str:
    """Return *text* as a JSON string."""
    return _HALVES.sub(lambda half: f"\\u{ord(half.group()):04x}", _ENCODE(text))


def _write(value: Any, put: Any, line: str | None) -> None:
    kind = type(value)
    if kind is str:
        put(quoted(value))
    elif kind is int or kind is float:
        put(rounded_text(value))
    elif value is None or value is UNDEFINED:
        put("null")
    elif kind is bool:
        put("true" if value else "false")
    elif isinstance(value, list):
        _write_items(value, put, line)
    elif isinstance(value, dict):
        _write_members(value, put, line)
    elif kind is NonFinite:
        if value == value:
            raise Fault("D1001", value=value)
        put("null")
    else:
        put('""')


def _write_items(values: list[Any], put: Any, line: str | None) -> None:
    if not values:
        put("[]")
        return
    deeper = None if line is None else line + "  "
    separator = "["
    for value in values:
        put(separator if deeper is None else separator + deeper)
        separator = ","
        _write(value, put, deeper)
    put("]" if line is None else line + "]")


def _write_members(members: dict[str, Any], put: Any, line: str | None) -> None:
    deeper = None if line is None else line + "  "
    separator = "{"
    for name, value in members.items():
        if value is UNDEFINED:
            continue
        put(separator if deeper is None else separator + deeper)
        separator = ","
        put(quoted(name) + (":" if line is None else ": "))
        _write(value, put, deeper)
    if separator == "{":
        put("{}")
    else:
        put("}" if line is None else line + "}")
