"""A machine that matches without backtracking: all ways at once, in order of preference.

Its time is proportional to the length of the string times that of the pattern, whatever they are. It knows neither
backreferences nor lookaround.

Source: R. Pike's virtual machine, as described by R. Cox, "Regular Expression Matching: the Virtual Machine Approach".
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from stepfunctions.query.jsonata.regex.parser import (
    Alternation,
    Assertion,
    Characters,
    Concatenation,
    Group,
    Parsed,
    Pattern,
    Ranges,
    Repetition,
)
from stepfunctions.query.jsonata.runtime import Budget

_SIZE_MAX: Final = 5000
_LINE_ENDS: Final = "\n\r\u2028\u2029"

Saved: TypeAlias = tuple[int, ...]
"""Start and end of the match and of each group, -1 where there is none."""


class MachineError(ValueError):
    """A pattern that the machine cannot match."""


@dataclass(slots=True)
class _Instruction:
    """``char``, ``split`` (first choice, second choice), ``jump``, ``save``, ``assert``, ``forget`` or ``match``."""

    kind: str
    x: int = 0
    y: int = 0
    sign: str = ""
    ranges: Ranges = ()
    lows: list[int] = field(default_factory=list)


class Machine:
    """A compiled pattern."""

    def __init__(self, parsed: Parsed, flags: str) -> None:
        """Compile *parsed*.

        Raises:
            MachineError: backreferences, lookaround, or too long.
        """
        self._program: list[_Instruction] = []
        self._saves = 2 * (parsed.groups + 1)
        self._multiline = "m" in flags
        self._emit(_Instruction("save", 0))
        self._compile(parsed.pattern)
        self._emit(_Instruction("save", 1))
        self._emit(_Instruction("match"))

    def _emit(self, instruction: _Instruction) -> int:
        if len(self._program) >= _SIZE_MAX:
            raise MachineError("too long")
        self._program.append(instruction)
        return len(self._program) - 1

    def _compile(self, pattern: Pattern) -> None:
        if isinstance(pattern, Characters):
            lows = [low for low, _ in pattern.ranges]
            self._emit(_Instruction("char", ranges=pattern.ranges, lows=lows))
        elif isinstance(pattern, Concatenation):
            for item in pattern.items:
                self._compile(item)
        elif isinstance(pattern, Alternation):
            self._alternation(pattern)
        elif isinstance(pattern, Repetition):
            self._repetition(pattern)
        elif isinstance(pattern, Group):
            self._emit(_Instruction("save", 2 * pattern.index))
            self._compile(pattern.item)
            self._emit(_Instruction("save", 2 * pattern.index + 1))
        elif isinstance(pattern, Assertion):
            self._emit(_Instruction("assert", sign=pattern.kind))
        else:
            raise MachineError("backreferences and lookaround")

    def _alternation(self, pattern: Alternation) -> None:
        exits = []
        for choice in pattern.choices[:-1]:
            split = self._emit(_Instruction("split"))
            self._program[split].x = split + 1
            self._compile(choice)
            exits.append(self._emit(_Instruction("jump")))
            self._program[split].y = len(self._program)
        self._compile(pattern.choices[-1])
        for leave in exits:
            self._program[leave].x = len(self._program)

    def _repetition(self, pattern: Repetition) -> None:
        for _ in range(pattern.least):
            self._compile(pattern.item)
        if pattern.most < 0:
            split = self._emit(_Instruction("split"))
            self._compile(pattern.item)
            self._emit(_Instruction("jump", split))
            self._branch(split, pattern.greedy)
            return
        splits = []
        for _ in range(pattern.most - pattern.least):
            splits.append(self._emit(_Instruction("split")))
            self._compile(pattern.item)
        for split in splits:
            self._branch(split, pattern.greedy)

    def _branch(self, split: int, greedy: bool) -> None:
        inside, outside = split + 1, len(self._program)
        instruction = self._program[split]
        instruction.x, instruction.y = (inside, outside) if greedy else (outside, inside)

    def search(self, text: str, start: int, run: Budget) -> Saved | None:
        """Return the first match in *text* from *start* on.

        Raises:
            Fault: the budget of steps is used up.
        """
        found: Saved | None = None
        threads: list[tuple[int, Saved]] = []
        empty = (-1,) * self._saves
        for at in range(start, len(text) + 1):
            if found is None:
                self._follow(0, empty, at, text, threads, {pc for pc, _ in threads})
            run.spend(1 + len(threads))
            following: list[tuple[int, Saved]] = []
            seen: set[int] = set()
            sign = ord(text[at]) if at < len(text) else -1
            for pc, saved in threads:
                instruction = self._program[pc]
                if instruction.kind == "match":
                    found = saved
                    break
                if sign >= 0 and self._accepts(instruction, sign):
                    self._follow(pc + 1, saved, at + 1, text, following, seen)
            threads = following
            if not threads and found is not None:
                return found
        return found

    def _follow(
        self, pc: int, saved: Saved, at: int, text: str, threads: list[tuple[int, Saved]], seen: set[int]
    ) -> None:
        """Add the threads that *pc* leads to without reading a character."""
        waiting = [(pc, saved)]
        while waiting:
            pc, saved = waiting.pop()
            if pc in seen:
                continue
            seen.add(pc)
            instruction = self._program[pc]
            kind = instruction.kind
            if kind == "jump":
                waiting.append((instruction.x, saved))
            elif kind == "split":
                waiting.append((instruction.y, saved))
                waiting.append((instruction.x, saved))
            elif kind == "save":
                slot = instruction.x
                waiting.append((pc + 1, (*saved[:slot], at, *saved[slot + 1 :])))
            elif kind == "assert":
                if self._holds(instruction.sign, text, at):
                    waiting.append((pc + 1, saved))
            else:
                threads.append((pc, saved))

    @staticmethod
    def _accepts(instruction: _Instruction, sign: int) -> bool:
        index = bisect_right(instruction.lows, sign) - 1
        return index >= 0 and sign <= instruction.ranges[index][1]

    def _holds(self, kind: str, text: str, at: int) -> bool:
        if kind == "^":
            return at == 0 or (self._multiline and text[at - 1] in _LINE_ENDS)
        if kind == "$":
            return at == len(text) or (self._multiline and text[at] in _LINE_ENDS)
        edge = _is_word(text[at - 1 : at] if at else "") != _is_word(text[at : at + 1])
        return edge if kind == "b" else not edge


def _is_word(sign: str) -> bool:
    return sign == "_" or (sign.isascii() and sign.isalnum())
