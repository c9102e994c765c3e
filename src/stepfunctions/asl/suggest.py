"""Near names for what was probably a slip of the pen.

Source: none; AWS does not do this. The words go into ``Diagnostic.hint``, never into AWS's text.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def suggest(name: str, candidates: Iterable[str]) -> str | None:
    """Return the candidate most like *name*, or None if none is near.

    Letter case is the commonest slip and the cheapest to find, so it is looked at first.
    """
    listed = list(candidates)
    folded = name.casefold()
    for candidate in listed:
        if candidate.casefold() == folded:
            return candidate
    near = difflib.get_close_matches(name, listed, n=1, cutoff=0.6)
    return near[0] if near else None


def suggestion(name: str, candidates: Iterable[str]) -> str | None:
    """Return ``did you mean 'Train'?``, or None if nothing is near."""
    near = suggest(name, candidates)
    return None if near is None else f"did you mean '{near}'?"
