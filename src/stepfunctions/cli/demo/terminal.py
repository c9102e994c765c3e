"""Live progress in a terminal: a line for each state, redrawn in place; plain lines where nobody watches."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping, Sequence
from typing import TextIO

_MARKS = {
    "Succeeded": ("✓", "32"),
    "In Progress": ("●", "36"),
    "Failed": ("✗", "31"),
    "Cancelled": ("-", "33"),
    "Caught Error": ("!", "33"),
}
_WAITING = ("○", "2")
_BARS = "▁▂▃▄▅▆▇█"


class Terminal:
    """Prints, in colour where the stream is a terminal and the environment does not forbid it."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = sys.stdout if stream is None else stream
        self.live = self.stream.isatty()
        forced = bool(os.environ.get("FORCE_COLOR"))
        self.coloured = forced or (self.live and not os.environ.get("NO_COLOR"))
        self._height = 0

    def say(self, text: str = "") -> None:
        """Print a line for good."""
        self._height = 0
        print(text, file=self.stream, flush=True)

    def paint(self, text: str, code: str) -> str:
        """Return *text* in a colour, by its ANSI code."""
        return f"\x1b[{code}m{text}\x1b[0m" if self.coloured else text

    def bold(self, text: str) -> str:
        """Return *text* in bold."""
        return self.paint(text, "1")

    def redraw(self, lines: Sequence[str]) -> None:
        """Replace what the last call of this method drew."""
        up = f"\x1b[{self._height}A" if self._height else ""
        self.stream.write(up + "".join(f"\x1b[2K{line}\n" for line in lines))
        self.stream.flush()
        self._height = len(lines)


class Progress:
    """The states of a workflow, with what is known of each.

    Args:
        terminal: to draw on.
        names: the states, in their order.
    """

    def __init__(self, terminal: Terminal, names: Sequence[str]) -> None:
        self._terminal = terminal
        self._names = list(names)
        self._width = max(len(name) for name in names)
        self._started: dict[str, float] = {}
        self._seconds: dict[str, float] = {}
        self._last: dict[str, str] = {}
        self._notes: dict[str, str] = {}

    def show(self, statuses: Mapping[str, str], notes: Mapping[str, str]) -> None:
        """Draw the present: the status of each state entered, and a note on some."""
        now = time.monotonic()
        for name, status in statuses.items():
            self._started.setdefault(name, now)
            if status == "In Progress" or name not in self._seconds:
                self._seconds[name] = now - self._started[name]
        if self._terminal.live:
            self._terminal.redraw([self._line(name, statuses.get(name), notes.get(name, "")) for name in self._names])
        else:
            self._print_changes(statuses, notes)
        self._last, self._notes = dict(statuses), dict(notes)

    def _print_changes(self, statuses: Mapping[str, str], notes: Mapping[str, str]) -> None:
        for name in self._names:
            changed = statuses.get(name) != self._last.get(name) or notes.get(name) != self._notes.get(name)
            if name in statuses and changed:
                self._terminal.say(self._line(name, statuses[name], notes.get(name, "")))

    def _line(self, name: str, status: str | None, note: str) -> str:
        mark, colour = _MARKS.get(status or "", _WAITING)
        seconds = f"{self._seconds[name]:5.1f} s" if name in self._seconds else " " * 7
        text = f"  {self._terminal.paint(mark, colour)} {name:<{self._width}}  {seconds}"
        return f"{text}   {self._terminal.paint(note, '2')}" if note else text


def sparkline(values: Sequence[float], width: int = 24) -> str:
    """Return *values* as a row of bars, thinned to *width*."""
    if not values:
        return ""
    step = max(1, -(-len(values) // width))
    kept = list(values[::step])
    low, high = min(kept), max(kept)
    span = (high - low) or 1.0
    return "".join(_BARS[round((value - low) / span * (len(_BARS) - 1))] for value in kept)
