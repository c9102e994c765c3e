"""What can be said of an expression without evaluating it.

At the top level of an expression AWS has no context value: so a bare name or ``$`` there means nothing, nor does ``$$``
anywhere, and AWS refuses the definition. Steps of a path after the first, predicates, order-by terms, groups and
transforms have one.
That function bodies at the top level count as top level is not verified against AWS.

Source: AWS Developer Guide, "Transforming data", "Passing data between states with variables"; DescribeStateMachine's
variableReferences as recorded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from stepfunctions.query.jsonata.ast import Node, Stage
from stepfunctions.query.jsonata.compiler.place import assigned, streamed
from stepfunctions.query.jsonata.errors import Fault, too_deep
from stepfunctions.query.jsonata.functions import BUILTINS
from stepfunctions.query.jsonata.parser import parse

_START: Final = "{%"
_END: Final = "%}"
_REMEMBERED: Final = 4096
_NO_VARIABLES: Final = frozenset({"", "$", "states", "eval", *BUILTINS})


def is_expression(text: str) -> bool:
    """Return whether *text* is an expression: it starts with ``{%`` and ends with ``%}``, without blanks around."""
    return len(text) >= len(_START) + len(_END) and text.startswith(_START) and text.endswith(_END)


def strip_delimiters(text: str) -> str:
    """Return what stands between the delimiters, without the blanks around it, as AWS shows it."""
    return text[len(_START) : -len(_END)].strip()


@dataclass(frozen=True, slots=True)
class Static:
    """What is known of an expression.

    Args:
        variables: names without ``$`` that it reads and does not bind, neither functions nor ``states``; sorted.
        states: the members of ``$states`` that it names, such as ``input``; sorted.
        unsupported: AWS's texts for what it refuses, each once, in order.
    """

    variables: tuple[str, ...]
    states: tuple[str, ...]
    unsupported: tuple[str, ...]


@lru_cache(_REMEMBERED)
def analyse(text: str) -> Static:
    """Return what is known of *text*, an expression without its delimiters.

    Raises:
        JsonataError: it is no JSONata; AWS shows the message without the code.
    """
    walk = _Walk()
    try:
        walk.visit(parse(text), True)
    except Fault as fault:
        raise fault.error() from None
    except RecursionError:
        raise too_deep().error() from None
    unsupported = tuple(map(_unsupported, walk.references))
    return Static(tuple(sorted(walk.variables)), tuple(sorted(walk.states)), unsupported)


def _unsupported(name: str) -> str:
    """Return AWS's text; ``$$`` is the top level wherever it stands."""
    place = "" if name == "$$" else " at the top level"
    return f"Reference to '{name}'{place} is not supported."


class _Names:
    """Names that come in one by one and are let go of together, last in, first out; what is looked up is not copied."""

    def __init__(self) -> None:
        self._entries: list[str] = []
        self._positions: dict[str, list[int]] = {}

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, names: Iterable[str]) -> None:
        """Take in *names*."""
        for name in names:
            self._positions.setdefault(name, []).append(len(self._entries))
            self._entries.append(name)

    def cut(self, length: int) -> None:
        """Let go of all but the first *length* entries."""
        while len(self._entries) > length:
            self._positions[self._entries.pop()].pop()

    def has(self, name: str, within: int | None = None) -> bool:
        """Return whether *name* is there, among the first *within* entries if that is given."""
        positions = self._positions.get(name, ())
        return len(positions) > 0 and (within is None or positions[0] < within)


class _Walk:
    """Visits every expression once, in order of evaluation.

    ``_bound`` are the names bound by now, ``_later`` those that will be bound by the time a function made here is
    called; in the body of a function the first ``_called`` of them are.
    """

    def __init__(self) -> None:
        self.variables: set[str] = set()
        self.states: set[str] = set()
        self.references: dict[str, None] = {}
        self._bound = _Names()
        self._later = _Names()
        self._called = 0

    def visit(self, node: Node | None, top: bool) -> None:
        """Visit *node*; *top*: there is no context value."""
        if node is None:
            return
        if node.kind == "variable":
            self._read(node, top)
        elif node.kind == "path":
            self._path(node, top)
        elif node.kind == "lambda":
            self._function(node, top)
        elif node.kind == "block":
            self._block(node, top)
        elif node.kind == "transform":
            for part in (node.test, node.left, node.right):
                with self._kept(self._bound):
                    self.visit(part, False)
        else:
            self._parts(node, top)
        self._stages(node.predicate)
        self.visit(node.group, False)

    @contextmanager
    def _kept(self, *several: _Names) -> Iterator[None]:
        """Let go, after the block, of the names that came in during it."""
        lengths = [len(names) for names in several]
        yield
        for names, length in zip(several, lengths, strict=True):
            names.cut(length)

    def _read(self, node: Node, top: bool) -> None:
        name = node.value
        if name == "$" or (top and name == ""):
            self.references["$" + name] = None
        if name in _NO_VARIABLES or self._bound.has(name) or self._later.has(name, self._called):
            return
        self.variables.add(name)

    def _path(self, node: Node, top: bool) -> None:
        first, *rest = node.items
        names = sorted(streamed(node))
        if first.kind == "variable" and first.value == "states" and rest and rest[0].kind == "name":
            self.states.add(rest[0].value)
        with self._kept(self._later):
            self._bound.add(names)
            self._later.add(names)
            if first.kind == "name":
                if top:
                    self.references[first.value] = None
                self._stages(first.stages)
            else:
                self._step(first, top)
            for step in rest:
                self._step(step, False)

    def _step(self, step: Node, top: bool) -> None:
        if step.kind == "sort":
            for term in step.terms:
                self.visit(term.expression, False)
        else:
            self.visit(step, top)
        self._stages(step.stages)

    def _stages(self, stages: list[Stage] | None) -> None:
        for stage in stages or ():
            if stage.kind == "filter":
                self.visit(stage.value, False)

    def _function(self, node: Node, top: bool) -> None:
        called, self._called = self._called, len(self._later)
        with self._kept(self._bound, self._later):
            self._bound.add(parameter.value for parameter in node.items)
            self._later.add(() if node.test is None else sorted(assigned(node.test)))
            self.visit(node.test, top)
        self._called = called

    def _block(self, node: Node, top: bool) -> None:
        with self._kept(self._bound, self._later):
            for item in node.items:
                self._later.add(sorted(assigned(item)))
            for item in node.items:
                self.visit(item, top)

    def _parts(self, node: Node, top: bool) -> None:
        pairs = [each for pair in node.pairs for each in pair]
        with self._kept(self._later):
            if node.kind == "bind":
                self._later.add((node.value,))  # a function may call itself
            for part in (node.test, node.left, node.right, *node.items, *pairs):
                self.visit(part, top)
        if node.kind == "bind":
            self._bound.add((node.value,))
