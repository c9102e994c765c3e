"""JSON values: the only codec, and sizes as AWS counts them.

A value is immutable by convention: nobody changes a list or dict in place once it is shared, so nothing is ever
copied. ``Payload`` pairs a value with its text, so that a value which travels through many states is serialised once.

orjson, where it is installed, does the work whenever its answer is the standard library's to the last character; a
property test holds it to that. Where it may differ, or refuses, the standard library decides: so results never depend
on what is installed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from math import isinf
from typing import Any, Final, TypeAlias

try:
    import orjson
except ImportError:  # an extra; everything works without
    _orjson_dumps: Callable[[Any], bytes] | None = None
    _orjson_loads: Callable[[str | bytes], Any] | None = None
else:
    _orjson_dumps, _orjson_loads = orjson.dumps, orjson.loads

Json: TypeAlias = Any
"""None, bool, int, float, str, list[Json] or dict[str, Json]. A recursive alias would be exact, and would ask for a
cast at every use, because list and dict are invariant."""

Instant: TypeAlias = int
"""Milliseconds since 1970-01-01 UTC: the resolution of AWS's timestamps."""

NESTING_MAX: Final = 800
"""How deep data may be nested, whichever Python runs: our bound, a little below what the smallest stack carries. That
AWS's is its parser's, 1000, is not verified."""

PAYLOAD_MAX_BYTES: Final = 262_144
"""AWS's quota for task, state and execution input and output: bytes of UTF-8 JSON text."""


class _Absent:
    """The type of ABSENT."""

    def __repr__(self) -> str:
        return "ABSENT"

    def __bool__(self) -> bool:
        return False


ABSENT: Final = _Absent()
"""A field that was not given, where null is a value of its own."""


# Values are immutable, hence never circular; json.dumps would make a new encoder for every call.
_ENCODER: Final = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, allow_nan=False, check_circular=False)


class JsonError(ValueError):
    """Text that is not JSON; the message says where."""


class JsonCut(JsonError):
    """Text that ends within a value: more of it may make it JSON."""


# orjson writes 1e-7 and 0.00001 where Python writes 1e-07 and 1e-05.
_SMALL_FLOAT: Final = re.compile(rb"e-\d(?:[,\]}]|$)")
# Digits become "0", all else becomes a blank: a run of zeros is then found faster than by any regular expression.
_DIGITS_AS_ZEROS: Final = bytes(48 if 48 <= byte <= 57 else 32 for byte in range(256))
# No integer with fewer digits leaves 64 bits, beyond which orjson makes floats.
_LONG_NUMBER: Final = b"0" * 19


def dumps(value: Json) -> str:
    """Return *value* as AWS writes it: compact, keys in their order, non-ASCII unescaped.

    Raises:
        ValueError: a NaN or an infinity, which JSON does not have.
        JsonError: nested deeper than NESTING_MAX.
    """
    if _orjson_dumps is not None:
        try:
            written = _orjson_dumps(value)
        except TypeError:
            pass  # a big integer, a lone surrogate, great depth: the standard library knows
        else:
            # A null may have been a NaN.
            if b"null" not in written and b"0.0000" not in written and _SMALL_FLOAT.search(written) is None:
                return written.decode()
    try:
        text = _ENCODER.encode(value)
    except RecursionError:
        raise JsonError("it is nested too deeply") from None
    check_nesting(text, value)
    return text


def check_nesting(text: str, value: Json, nesting_max: int = NESTING_MAX) -> None:
    """Refuse a value whose arrays and objects lie too many in one another.

    Args:
        text: its JSON: seldom has it so many brackets that the value must be looked at.
        value: it.
        nesting_max: how many may.

    Raises:
        JsonError: there are more.
    """
    if text.count("[") + text.count("{") <= nesting_max:
        return
    level, depth = [value], 0
    while level := [each for each in level if isinstance(each, dict | list)]:
        depth += 1
        level = [inner for each in level for inner in (each.values() if isinstance(each, dict) else each)]
    if depth > nesting_max:
        raise JsonError("it is nested too deeply")


def size_bytes(text: str) -> int:
    """Return the size of JSON *text* as AWS counts it: in UTF-8."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def loads(text: str | bytes) -> Json:
    """Return the value that *text* stands for.

    Raises:
        JsonError: not JSON, or NaN or Infinity, or a number that becomes one (1e400), or nested deeper than Python's
            stack.
    """
    if _orjson_loads is not None:
        try:
            encoded = text.encode() if isinstance(text, str) else text
            if _LONG_NUMBER not in encoded.translate(_DIGITS_AS_ZEROS):
                return _orjson_loads(encoded)
        except ValueError:
            pass  # what is wrong, or whether anything is, the standard library says
    try:
        # Given bytes, the standard library would also take UTF-16, and halves of characters.
        text = text.decode("utf-8-sig") if isinstance(text, bytes) else text
        return json.loads(text, parse_constant=_refuse, parse_float=_finite)
    except RecursionError:
        raise JsonError("it is nested too deeply") from None
    except ValueError as error:
        raise JsonError(str(error)) from None


def scan(text: str, start: int = 0) -> tuple[Json, int]:
    """Return the value that begins at *start*, and where it ends: for documents that are read piece by piece.

    A number that reaches to the end of *text* may go on after it: the caller waits for what follows.

    Raises:
        JsonCut: *text* ends within the value, or within what may still become one.
        JsonError: as loads().
    """
    try:
        return _DECODER.raw_decode(text, start)
    except RecursionError:
        raise JsonError("it is nested too deeply") from None
    except JsonError:
        raise
    except json.JSONDecodeError as error:
        if error.pos >= len(text) - _LONGEST_CUT or error.msg.startswith("Unterminated string"):
            raise JsonCut(error.msg) from None
        raise JsonError(error.msg) from None
    except ValueError as error:  # an integer of more digits than Python converts
        raise JsonError(str(error)) from None


def _refuse(name: str) -> Json:
    raise JsonError(f"{name} is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if isinf(number):
        raise JsonError(f"the number {text[:40]} is out of range")
    return number


_DECODER: Final = json.JSONDecoder(parse_constant=_refuse, parse_float=_finite)
# What is cut off is noticed at its start: a surrogate pair written as escapes, or -Infinity, are the longest.
_LONGEST_CUT: Final = 12


class Payload:
    """A JSON value with its text, each made from the other when first asked for."""

    __slots__ = ("_size_bytes", "_text", "value")

    def __init__(self, value: Json, text: str | None = None) -> None:
        self.value = value
        self._text = text
        self._size_bytes: int | None = None

    @property
    def text(self) -> str:
        """The value as compact JSON."""
        if self._text is None:
            self._text = dumps(self.value)
        return self._text

    @property
    def size_bytes(self) -> int:
        """The size that AWS holds against PAYLOAD_MAX_BYTES."""
        if self._size_bytes is None:
            self._size_bytes = size_bytes(self.text)
        return self._size_bytes

    def __repr__(self) -> str:
        return f"Payload({self.text[:60]})"
