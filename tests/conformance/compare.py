"""Comparing what we answer with what AWS was recorded to answer, by the rules of the recordings' README.

Every comparison returns a list of differences, each a readable line; an empty list is a match. What was masked when a
case was recorded (``<...>``, the account 111111111111, the case's own placeholders) matches any text. A JSON document
may stand as text on either side. Within a Parallel block the order of events is free.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

Json = Any

_MASKED = r"<[^<>]*>|111111111111"
_ALWAYS = ("timestamp", "datetime")
_MISSING = object()
_OPTIONAL_IN_PARALLEL = frozenset(("ParallelStateSucceeded", "ParallelStateExited"))


def fill(value: Json, words: dict[str, str]) -> Json:
    """Return what is to be sent, with each ``{{name}}`` in it replaced by ``words[name]``."""
    text = json.dumps(value)
    for name, word in words.items():
        text = text.replace("{{" + name + "}}", word)
    return json.loads(text)


def differences(expected: Json, actual: Json, placeholders: Iterable[str] = (), at: str = "$") -> list[str]:
    """Return how *actual* differs from *expected*."""
    return list(_differences(expected, actual, tuple(placeholders), at))


def result_differences(expected: Json, actual: Json, placeholders: Iterable[str] = ()) -> list[str]:
    """Compare ``status``, ``output``, ``error`` and ``cause``; what was not recorded must not be there."""
    found: list[str] = []
    for key in ("status", "output", "error", "cause"):
        found += differences(expected.get(key), actual.get(key), placeholders, key)
    return found


def history_differences(
    expected: Sequence[Json], actual: Sequence[Json], placeholders: Iterable[str] = ()
) -> list[str]:
    """Compare the ``events`` of two histories."""
    words = tuple(placeholders)
    free = [event for event in expected if isinstance(event["id"], list)]
    fixed = [event for event in expected if not isinstance(event["id"], list)]
    by_id = {event["id"]: event for event in actual}
    found: list[str] = []
    for event in fixed:
        mine = by_id.pop(event["id"], None)
        if mine is None:
            found.append(f"event {event['id']} ({event['type']}) is missing")
        else:
            found += _differences(event, mine, words, f"event {event['id']}")
    remaining = list(by_id.values())
    for event in free:
        match = next((mine for mine in remaining if _same_event(event, mine, words)), None)
        if match is None:
            found.append(f"no event in the Parallel block is {_short(event)}")
        else:
            remaining.remove(match)
    optional = _OPTIONAL_IN_PARALLEL if free else frozenset()
    found += [
        f"event {mine['id']} is one too many: {_short(mine)}" for mine in remaining if mine["type"] not in optional
    ]
    return found


def _same_event(expected: Json, actual: Json, words: tuple[str, ...]) -> bool:
    unordered = ("id", "previousEventId")
    return not list(
        _differences(
            {key: value for key, value in expected.items() if key not in unordered},
            {key: value for key, value in actual.items() if key not in unordered},
            words,
            "",
        )
    )


def _differences(expected: Json, actual: Json, words: tuple[str, ...], at: str) -> Iterable[str]:
    if isinstance(expected, str) and (expected in words or expected in _ALWAYS):
        return
    if isinstance(expected, dict | list) and isinstance(actual, str):
        actual = _decoded(actual)
    if isinstance(expected, dict) and isinstance(actual, dict):
        for key in expected.keys() | actual.keys():
            mine, theirs = expected.get(key, _MISSING), actual.get(key, _MISSING)
            yield from _differences(mine, theirs, words, f"{at}.{key}")
    elif isinstance(expected, list) and isinstance(actual, list):
        if len(expected) != len(actual):
            yield f"{at}: {len(expected)} items expected, {len(actual)} found"
        for position, pair in enumerate(zip(expected, actual, strict=False)):
            yield from _differences(*pair, words, f"{at}[{position}]")
    elif not _same_scalar(expected, actual, words):
        yield f"{at}: {_short(expected)} expected, {_short(actual)} found"


def _same_scalar(expected: Json, actual: Json, words: tuple[str, ...]) -> bool:
    if isinstance(expected, str) and isinstance(actual, str):
        if expected == actual or _pattern(expected, words).fullmatch(actual):
            return True
        mine, theirs = _decoded(expected), _decoded(actual)
        if mine is expected and theirs is actual:
            return False
        return not list(_differences(mine, theirs, words, ""))
    if isinstance(actual, str) and not isinstance(expected, str) and expected is not _MISSING:
        decoded = _decoded(actual)
        return decoded is not actual and _same_scalar(expected, decoded, words)
    if isinstance(expected, bool) or isinstance(actual, bool):
        return expected is actual
    return bool(expected == actual)


def _pattern(expected: str, words: tuple[str, ...]) -> re.Pattern[str]:
    masks = "|".join([_MASKED, *(re.escape(word) for word in sorted(words, key=len, reverse=True) if word)])
    literals = re.split(masks, expected)
    return re.compile(".*".join(re.escape(literal) for literal in literals), re.DOTALL)


def _decoded(text: str) -> Json:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _short(value: Json) -> str:
    text = "nothing" if value is _MISSING else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 300 else f"{text[:300]}..."
