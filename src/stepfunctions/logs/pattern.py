"""Filter patterns for plain text: which messages a search finds.

``ERROR timeout`` finds messages with both, ``?ERROR ?WARN`` with either, ``-DEBUG`` without; ``"a phrase"`` has spaces,
``%a+b%`` is a regular expression. Terms are case-sensitive and found anywhere in the message.

Deliberately absent: patterns over JSON (``{ $.level = "x" }``) and over columns (``[a, b]``); they are refused by name.

Follows: Amazon CloudWatch Logs User Guide, "Filter pattern syntax".
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from stepfunctions.errors import InvalidRequest, UnsupportedError

_TERM: Final = re.compile(r'\s*(?P<sign>[?-]?)(?:"(?P<phrase>(?:[^"\\]|\\.)*)"|%(?P<regex>[^%]*)%|(?P<word>[^\s"]+))')

Matches = Callable[[str], bool]


def compile_pattern(pattern: str) -> Matches:
    """Return the test for a message.

    Raises:
        InvalidRequest: not a filter pattern.
        UnsupportedError: one over JSON or columns.
    """
    text = pattern.strip()
    if text[:1] in ("{", "["):
        raise UnsupportedError(
            f"The filter pattern {pattern!r} looks into JSON or columns, which is not available in the local cloud. "
            "Use terms, such as ERROR -DEBUG, or filter the messages yourself."
        )
    required: list[Matches] = []
    optional: list[Matches] = []
    excluded: list[Matches] = []
    lists = {"": required, "?": optional, "-": excluded}
    at = 0
    while at < len(text):
        match = _TERM.match(text, at)
        if match is None:
            raise InvalidRequest("Invalid filter pattern")
        lists[match["sign"]].append(_test_of(match))
        at = match.end()

    def matches(message: str) -> bool:
        return (
            all(test(message) for test in required)
            and (not optional or any(test(message) for test in optional))
            and not any(test(message) for test in excluded)
        )

    return matches


def _test_of(match: re.Match[str]) -> Matches:
    if match["regex"] is not None:
        try:
            search = re.compile(match["regex"]).search
        except re.error:
            raise InvalidRequest("Invalid filter pattern") from None
        return lambda message: search(message) is not None
    phrase = match["phrase"]
    term = match["word"] if phrase is None else re.sub(r"\\(.)", r"\1", phrase)
    return lambda message: term in message
