"""Regular expressions as functions of the expression: from a string to its first match, which knows the next.

Source: JSONata 2.0.6, ``evaluateRegex``: ``{match, start, end, groups, next}``; an empty match after the first fails.
"""

from __future__ import annotations

import re
from typing import Any, Final

from stepfunctions.query.jsonata.errors import BOUND, Fault
from stepfunctions.query.jsonata.matching import Match
from stepfunctions.query.jsonata.regex.machine import Machine, MachineError
from stepfunctions.query.jsonata.regex.parser import Parsed, PatternError, parse
from stepfunctions.query.jsonata.regex.translate import translate
from stepfunctions.query.jsonata.runtime import Run
from stepfunctions.query.jsonata.values import UNDEFINED, Array, Function

_TRIES_PER_STEP: Final = 50
_CHARACTERS_PER_STEP: Final = 1000
_STEPS_MAX: Final = 100_000
"""What one search by backtracking may take at worst: about a tenth of a second."""

_TOO_COSTLY: Final = "Regular expression may take too long: Check for nested or repeated quantifiers"


class Matcher(Function):
    """A regular expression."""

    __slots__ = ("_machine", "_parsed", "_position", "_translated", "flags", "source")
    arity = 2
    opaque = True

    def __init__(self, source: str, flags: str, position: int) -> None:
        """Compile a pattern.

        Raises:
            Fault: S0303: it is no regular expression.
        """
        self.source = source
        self.flags = flags
        self._position = position
        self._machine: Machine | None = None
        try:
            self._parsed: Parsed = parse(source)
            self._translated = translate(self._parsed, flags)
        except (PatternError, re.error, OverflowError, RecursionError) as error:
            raise Fault("S0303", position, message=f"/{source}/: {error}") from None

    def call(self, arguments: list[Any], context: Any, run: Run) -> Any:
        """Return the first match in the string given."""
        text = arguments[0] if arguments else UNDEFINED
        if not isinstance(text, str):
            text = "undefined" if text is UNDEFINED else str(text)
        return self.search(text, 0, run)

    def search(self, text: str, start: int, run: Run) -> Any:
        """Return the first match in *text* from *start* on, or UNDEFINED.

        Raises:
            Fault: the budget of steps is used up, or the search may take too long.
        """
        cost, length = self._translated.cost, len(text) - start
        ways = cost.ways(length)
        per_start = ways / _TRIES_PER_STEP + length / _CHARACTERS_PER_STEP
        starts = 1 if self._translated.anchored else length + 1
        if (ways > 1 and per_start * starts > _STEPS_MAX) or per_start * starts > 10 * _STEPS_MAX:
            return self._search_by_machine(text, start, run)
        match = self._translated.compiled.search(text, start)
        tried = length if match is None else match.start() - start
        run.spend(1 + int((1 if self._translated.anchored else tried + 1) * per_start))
        if match is None:
            return UNDEFINED
        groups = [UNDEFINED if group is None else group for group in match.groups()]
        return self._match(text, match.start(), match.end(), groups)

    def _search_by_machine(self, text: str, start: int, run: Run) -> Any:
        if self._machine is None:
            try:
                self._machine = Machine(self._parsed, self.flags)
            except MachineError:
                raise Fault(BOUND, self._position, message=_TOO_COSTLY) from None
        saved = self._machine.search(text, start, run)
        if saved is None:
            return UNDEFINED
        groups = [
            UNDEFINED if saved[at] < 0 or saved[at + 1] < 0 else text[saved[at] : saved[at + 1]]
            for at in range(2, len(saved), 2)
        ]
        return self._match(text, saved[0], saved[1], groups)

    def _match(self, text: str, start: int, end: int, groups: list[Any]) -> Match:
        following = _Next(self, text, end, self._position)
        return Match(match=text[start:end], start=start, end=end, groups=Array(groups), next=following)


class _Next(Function):
    """What finds the next match."""

    __slots__ = ("_at", "_matcher", "_position", "_text")
    arity = 0
    opaque = True

    def __init__(self, matcher_: Matcher, text: str, at: int, position: int) -> None:
        self._matcher = matcher_
        self._text = text
        self._at = at
        self._position = position

    def call(self, arguments: list[Any], context: Any, run: Run) -> Any:
        """Return the next match, or UNDEFINED."""
        if self._at >= len(self._text):
            return UNDEFINED
        found = self._matcher.search(self._text, self._at, run)
        if found is not UNDEFINED and found["match"] == "":
            raise Fault("D1004", self._position, value=self._matcher.source)
        return found


def matcher(source: str, flags: str, position: int) -> Matcher:
    """Return the function that a regular expression literal stands for.

    Raises:
        Fault: S0303: it is no regular expression.
    """
    return Matcher(source, flags, position)
