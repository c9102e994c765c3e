"""Listing keys in order, with prefix and delimiter.

Keys are ordered by their UTF-8 bytes, which is the order of their code points and SQLite's own. A common prefix is
skipped in one jump once a batch has ended inside it, so a listing of folders does not read every object in them.

Follows: Amazon S3 API Reference, ListObjectsV2.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from stepfunctions.s3.model import Page, Summary

BATCH: Final = 1000

Fetch = Callable[[str, str | None, int], Sequence[Summary]]
"""(first key, key to stop before or None, how many) -> objects in order."""


def list_page(fetch: Fetch, *, prefix: str, delimiter: str, after: str, limit: int) -> Page:
    """Return one page.

    Args:
        fetch: reads the index.
        prefix: only keys that start with it.
        delimiter: keys with it after the prefix are rolled up; empty for none.
        after: only keys after this one; a common prefix stands for all that it rolls up.
        limit: objects and prefixes together.
    """
    if limit <= 0:
        return Page((), (), None)
    stop = successor(prefix) if prefix else None
    start = max(prefix, _first_after(after, prefix, delimiter))
    objects: list[Summary] = []
    prefixes: list[str] = []
    last = ""
    batch = min(BATCH, limit + 1)
    while stop is None or start < stop:
        found = fetch(start, stop, batch)
        for summary in found:
            common = _common_prefix(summary.key, prefix, delimiter)
            if common is not None and prefixes and prefixes[-1] == common:
                continue
            if len(objects) + len(prefixes) == limit:
                return Page(tuple(objects), tuple(prefixes), last)
            if common is None:
                objects.append(summary)
                last = summary.key
            else:
                prefixes.append(common)
                last = common
        if len(found) < batch:
            break
        start = _first_after(last, prefix, delimiter)
        batch = BATCH
    return Page(tuple(objects), tuple(prefixes), None)


def successor(prefix: str) -> str:
    """Return the first text after all that start with *prefix*; a text above every key if there is none."""
    while prefix:
        code = ord(prefix[-1]) + 1
        if code == 0xD800:
            code = 0xE000  # surrogates are not text
        if code <= 0x10FFFF:
            return prefix[:-1] + chr(code)
        prefix = prefix[:-1]
    return "\U0010ffff" * 300


def _common_prefix(key: str, prefix: str, delimiter: str) -> str | None:
    if not delimiter:
        return None
    at = key.find(delimiter, len(prefix))
    return None if at < 0 else key[: at + len(delimiter)]


def _first_after(after: str, prefix: str, delimiter: str) -> str:
    if not after:
        return ""
    if after.startswith(prefix) and _common_prefix(after, prefix, delimiter) == after:
        return successor(after)
    return after + "\0"
