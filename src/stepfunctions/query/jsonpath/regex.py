"""Regular expressions of filters, on the engine of JSONata: one that no pattern and no text can hold up.

Java's dialect and JavaScript's agree on all but rarities, which are refused: possessive quantifiers and ``\\Q`` are.

Source: Jayway, ``=~``: the whole of a value must match; flags as in ``java.util.regex``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from stepfunctions.query.failure import QueryFailed
from stepfunctions.query.jsonata.errors import Fault
from stepfunctions.query.jsonata.regex.matcher import Matcher
from stepfunctions.query.jsonpath.ast import Pattern
from stepfunctions.query.jsonpath.visit import Visit

_INLINE: Final = "(?i)"
_OF_JAVA: Final = re.compile(r"(?:[^\\]|^)(?:\\\\)*\\([pPQEAZzGhHRX])")
_COMMENTS: Final = re.compile(r"\s+|#.*")


def whole_match(pattern: Pattern) -> Callable[[str, Visit], bool]:
    """Return whether the whole of a text matches, as a function.

    Raises:
        ValueError: it is no regular expression.
    """
    source, flags = pattern.source, pattern.flags
    if source.startswith(_INLINE):
        source, flags = source.removeprefix(_INLINE), flags + "i"
    if "x" in flags:
        source = _COMMENTS.sub("", source)
    if own := _OF_JAVA.search(source):
        raise ValueError(f"\\{own[1]} is not supported")
    try:
        matcher = Matcher(f"^(?:{source})$", "".join(flag for flag in flags if flag in "is"), 0)
    except Fault as fault:
        raise ValueError(str(fault.error().message)) from None

    def matches(text: str, visit: Visit) -> bool:
        try:
            return matcher.matches(text, visit)
        except Fault as fault:
            raise QueryFailed("States.Runtime", fault.error().message) from None

    return matches
