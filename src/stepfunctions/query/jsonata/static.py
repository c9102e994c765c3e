"""What can be said of an expression without evaluating it.

At the top level of an expression AWS has no context value: so a bare name or ``$`` there means nothing, nor does ``$$``
anywhere, and AWS refuses the definition. Steps of a path after the first, predicates, order-by terms, groups and
transforms have one.
That function bodies at the top level count as top level is not verified against AWS.

Source: AWS Developer Guide, "Transforming data", "Passing data between states with variables"; DescribeStateMachine's
variableReferences as recorded.
"""

from __future__ import annotations

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

Names = frozenset[str]


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
        walk.visit(parse(text), frozenset(), frozenset(), True)
    except Fault as fault:
        raise fault.error() from None
    except RecursionError:
        raise too_deep().error() from None
    unsupported = tuple(map(_unsupported, walk.references))
    return Static(tuple(sorted(walk.variables)), tuple(sorted(walk.states)), unsupported)


def _unsupported(name: str) -> str:
    """Return AWS's text; ``$$`` is the top level wherever it stands."""
    return (
        f"Reference to '{name}' is not supported."
        if name == "$$"
        else (f"Reference to '{name}' at the top level is not supported.")
    )


class _Walk:
    """Visits every expression once, in order of evaluation."""

    def __init__(self) -> None:
        self.variables: set[str] = set()
        self.states: set[str] = set()
        self.references: dict[str, None] = {}

    def visit(self, node: Node | None, bound: Names, later: Names, top: bool) -> Names:
        """Visit *node*.

        Args:
            node: the expression.
            bound: names bound by now.
            later: names that will be bound by the time a function made here is called.
            top: there is no context value.

        Returns:
            The names bound afterwards.
        """
        if node is None:
            return bound
        if node.kind == "variable":
            self._read(node, bound, top)
        elif node.kind == "path":
            bound = self._path(node, bound, later, top)
        elif node.kind == "lambda":
            self._function(node, bound, later, top)
        elif node.kind == "block":
            self._block(node, bound, later, top)
        elif node.kind == "transform":
            for part in (node.test, node.left, node.right):
                self.visit(part, bound, later, False)
        else:
            bound = self._parts(node, bound, later, top)
        bound = self._stages(node.predicate, bound, later)
        return self.visit(node.group, bound, later, False)

    def _read(self, node: Node, bound: Names, top: bool) -> None:
        name = node.value
        if name == "$" or (top and name == ""):
            self.references["$" + name] = None
        if name not in bound and name not in _NO_VARIABLES:
            self.variables.add(name)

    def _path(self, node: Node, bound: Names, later: Names, top: bool) -> Names:
        first, *rest = node.items
        names = streamed(node)
        bound, later = bound | names, later | names
        if first.kind == "variable" and first.value == "states" and rest and rest[0].kind == "name":
            self.states.add(rest[0].value)
        if first.kind == "name":
            if top:
                self.references[first.value] = None
            bound = self._stages(first.stages, bound, later)
        else:
            bound = self._step(first, bound, later, top)
        for step in rest:
            bound = self._step(step, bound, later, False)
        return bound

    def _step(self, step: Node, bound: Names, later: Names, top: bool) -> Names:
        if step.kind == "sort":
            for term in step.terms:
                bound = self.visit(term.expression, bound, later, False)
        else:
            bound = self.visit(step, bound, later, top)
        return self._stages(step.stages, bound, later)

    def _stages(self, stages: list[Stage] | None, bound: Names, later: Names) -> Names:
        for stage in stages or ():
            if stage.kind == "filter":
                bound = self.visit(stage.value, bound, later, False)
        return bound

    def _function(self, node: Node, bound: Names, later: Names, top: bool) -> None:
        inside = bound | later | {parameter.value for parameter in node.items}
        body = frozenset() if node.test is None else assigned(node.test)
        self.visit(node.test, inside, later | body, top)

    def _block(self, node: Node, bound: Names, later: Names, top: bool) -> None:
        later = later.union(*(assigned(item) for item in node.items))
        for item in node.items:
            bound = self.visit(item, bound, later, top)

    def _parts(self, node: Node, bound: Names, later: Names, top: bool) -> Names:
        if node.kind == "bind":
            # A function may call itself.
            later = later | {node.value}
        pairs = [each for pair in node.pairs for each in pair]
        for part in (node.test, node.left, node.right, *node.items, *pairs):
            bound = self.visit(part, bound, later, top)
        return bound | {node.value} if node.kind == "bind" else bound
