"""The syntax tree of an expression.

One kind of node for all: the second stage of the parser rewrites, marks and moves nodes, until ``link`` has resolved
which step of which path every parent operator means. Afterwards nothing changes a tree.

Source: JSONata 2.0.6, whose names of kinds are kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from stepfunctions.query.jsonata.signature import Signature


@dataclass(slots=True, eq=False)
class Slot:
    """What a parent operator refers to: the step ``level`` steps up, whose input gets the name ``label``."""

    label: str
    level: int
    index: int


@dataclass(slots=True)
class Stage:
    """What happens to the results of a step: kind ``filter`` with a predicate, or ``index`` with a variable's name."""

    kind: str
    value: Any
    position: int


@dataclass(slots=True)
class Term:
    """One term of an order-by clause."""

    descending: bool
    expression: Node


@dataclass(slots=True, eq=False)
class Node:
    """One expression.

    Attributes:
        kind: ``path``, ``binary``, ``unary``, ``name``, ``string``, ``number``, ``value``, ``regex``, ``variable``,
            ``wildcard``, ``descendant``, ``parent``, ``condition``, ``block``, ``bind``, ``function``, ``partial``,
            ``lambda``, ``apply``, ``transform``, ``sort``, ``operator`` or ``(end)``.
        value: the operator, name or literal.
        position: in the text, where its token ends.
        left, right: operands; of a condition what follows if true and if false.
        test: the condition; the procedure of a call; the body of a lambda; the pattern of a transform.
        items: elements, arguments, steps, expressions of a block.
        pairs: keys and values of an object.
    """

    kind: str
    value: Any = None
    position: int = 0
    left: Node | None = None
    right: Node | None = None
    test: Node | None = None
    items: list[Node] = field(default_factory=list)
    pairs: list[tuple[Node, Node]] = field(default_factory=list)
    terms: list[Term] = field(default_factory=list)
    signature: Signature | None = None
    predicate: list[Stage] | None = None
    stages: list[Stage] | None = None
    group: Node | None = None
    keep_array: bool = False
    keep_singleton: bool = False
    constructs: bool = False
    binds_tuple: bool = False
    focus: str | None = None
    index: str | None = None
    ancestor: Slot | None = None
    slot: Slot | None = None
    seeking: list[Slot] | None = None
    tail: bool = False


def children(node: Node) -> Iterator[Node]:
    """Yield the expressions directly inside *node*, in order of evaluation."""
    if node.kind == "lambda":
        if node.test is not None:
            yield node.test
        return
    for each in (node.test, node.left, node.right):
        if each is not None:
            yield each
    yield from node.items
    for key, value in node.pairs:
        yield key
        yield value
    for term in node.terms:
        yield term.expression
    for stage in (*(node.predicate or ()), *(node.stages or ())):
        if stage.kind == "filter":
            yield stage.value
    if node.group is not None:
        yield node.group


def descendants(node: Node) -> Iterator[Node]:
    """Yield *node* and every expression inside it."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(children(node))
