"""Regular expressions as functions of the expression: from a string to its first match, which knows the next.

Source: JSONata 2.0.6, ``evaluateRegex``: ``{match, start, end, groups, next}``; an empty match after the first fails.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from stepfunctions.query.jsonata.errors import BOUND, Fault
from stepfunctions.query.jsonata.matching import Match, extra_units, in_one_unit
from stepfunctions.query.jsonata.regex.machine import Machine, MachineError
from stepfunctions.query.jsonata.regex.parser import Parsed, PatternError, parse
from stepfunctions.query.jsonata.regex.translate import translate
from stepfunctions.query.jsonata.runtime import Budget, Run
from stepfunctions.query.jsonata.stringify import stringify
from stepfunctions.query.jsonata.values import UNDEFINED, Array, Function

_TRIES_PER_STEP: Final = 50
_STEPS_MAX: Final = 100_000
"""What one search by backtracking may take at worst: about a tenth of a second."""

_SHORT: Final = 50
"""The length of strings whose search is not worth a calculation, unless the pattern has more than one loop."""

_TOO_COSTLY: Final = "Regular expression may take too long: Check for nested or repeated quantifiers"


class Matcher(Function):
    """A regular expression."""

    __slots__ = ("_cheap", "_machine", "_parsed", "_position", "_translated", "flags", "source")
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
            self._parsed: Parsed = parse(source, flags)
            self._translated = translate(self._parsed, flags)
        except (PatternError, re.error, OverflowError, RecursionError) as error:
            raise Fault("S0303", position, message=f"/{source}/: {error}") from None
        self._cheap = self._translated.cost.ways(_SHORT) * _SHORT <= _TRIES_PER_STEP * _SHORT

    def call(self, arguments: list[Any], context: Any, run: Run) -> Any:
        """Return the first match in the string given."""
        text = arguments[0] if arguments else UNDEFINED
        if not isinstance(text, str):
            # As JavaScript makes strings of other values.
            text = (
                "undefined" if text is UNDEFINED else "[object Object]" if isinstance(text, dict) else stringify(text)
            )
        return self.search(text, 0, run, None if in_one_unit(text) else 0)

    def search(self, text: str, start: int, run: Run, surplus: int | None) -> Any:
        """Return the first match in *text* from *start* on, or UNDEFINED.

        Args:
            text: the string.
            start: where to start, in characters.
            run: the evaluation.
            surplus: how many more UTF-16 units than characters stand before *start*; None if there are none at all.

        Raises:
            Fault: the budget of steps is used up, or the search may take too long.
        """
        spans = self._spans(text, start, run)
        if spans is None:
            return UNDEFINED
        groups = Array(UNDEFINED if low < 0 or high < 0 else text[low:high] for low, high in spans[1:])
        low, high = spans[0]
        before, after = low, high
        if surplus is not None:
            before += surplus + extra_units(text[start:low])
            surplus += extra_units(text[start:high])
            after += surplus
        following = _Next(self, text, high, self._position, surplus)
        found = Match(match=text[low:high], start=before, end=after, groups=groups, next=following)
        found.low, found.high = low, high
        return found

    def matches(self, text: str, run: Budget) -> bool:
        """Return whether there is a match in *text*.

        Raises:
            Fault: likewise.
        """
        return self._spans(text, 0, run) is not None

    def _spans(self, text: str, start: int, run: Budget) -> Sequence[tuple[int, int]] | None:
        """Return where the first match and its groups start and end."""
        translated, length = self._translated, len(text) - start
        if self._cheap and length <= _SHORT:
            run.spend(3)
            match = translated.compiled.search(text, start)
            return None if match is None else match.regs
        ways = translated.cost.ways(length)
        per_start = ways / _TRIES_PER_STEP + length / translated.characters_per_step
        at_worst = per_start if translated.anchored else per_start * (length + 1)
        if at_worst > (_STEPS_MAX if ways > 1 else 10 * _STEPS_MAX):
            return self._spans_by_machine(text, start, run)
        match = translated.compiled.search(text, start)
        tried = length if match is None else match.start() - start
        run.spend(1 + int(per_start if translated.anchored else (tried + 1) * per_start))
        return None if match is None else match.regs

    def _spans_by_machine(self, text: str, start: int, run: Budget) -> Sequence[tuple[int, int]] | None:
        if self._machine is None:
            try:
                self._machine = Machine(self._parsed, self.flags)
            except MachineError:
                raise Fault(BOUND, self._position, message=_TOO_COSTLY) from None
        saved = self._machine.search(text, start, run)
        return None if saved is None else list(zip(saved[::2], saved[1::2], strict=True))


class _Next(Function):
    """What finds the next match."""

    __slots__ = ("_at", "_matcher", "_position", "_surplus", "_text")
    arity = 0
    opaque = True

    def __init__(self, matcher_: Matcher, text: str, at: int, position: int, surplus: int | None) -> None:
        self._matcher = matcher_
        self._text = text
        self._at = at
        self._position = position
        self._surplus = surplus

    def call(self, arguments: list[Any], context: Any, run: Run) -> Any:
        """Return the next match, or UNDEFINED."""
        if self._at >= len(self._text):
            return UNDEFINED
        found = self._matcher.search(self._text, self._at, run, self._surplus)
        if found is not UNDEFINED and found["match"] == "":
            raise Fault("D1004", self._position, value=self._matcher.source)
        return found


def matcher(source: str, flags: str, position: int) -> Matcher:
    """Return the function that a regular expression literal stands for.

    Raises:
        Fault: S0303: it is no regular expression.
    """
    return Matcher(source, flags, position)
