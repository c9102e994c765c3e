"""The order-by operator: ``orders^(>price, name)``.

Source: JSONata 2.0.6: a stable merge sort; nothing comes last; only numbers with numbers and strings with strings.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from stepfunctions.query.jsonata.ast import Node
from stepfunctions.query.jsonata.compiler.place import Place, weight
from stepfunctions.query.jsonata.errors import Fault
from stepfunctions.query.jsonata.merge import merge_sort
from stepfunctions.query.jsonata.operations import text_less
from stepfunctions.query.jsonata.runtime import Closure, Frame
from stepfunctions.query.jsonata.values import UNDEFINED, Array, SortedTuples, Tuples

_UNKNOWN: Final = object()


class _Row:
    """One item with the values of the terms, each worked out when first needed."""

    __slots__ = ("context", "frame", "item", "keys")

    def __init__(self, item: Any, context: Any, frame: Frame, terms: int) -> None:
        self.item = item
        self.context = context
        self.frame = frame
        self.keys: list[Any] = [_UNKNOWN] * terms


def sorting(node: Node, place: Place, framed: frozenset[str] | None) -> Closure:
    """Return a closure from the items, or a stream of bindings, to the same in order."""
    inner = place if framed is None else place.framed(framed)
    terms = [(inner.inside(term.expression), term.descending) for term in node.terms]
    after = _comparator(terms, node.position)
    steps = 1 + weight(*(term.expression for term in node.terms))

    def row(item: Any, stream: bool, frame: Frame) -> _Row:
        if framed is None:
            return _Row(item, item, frame, len(terms))
        names, context = (dict(item), item["@"]) if stream else ({}, item)
        return _Row(item, context, (names, frame, frame[2]), len(terms))

    def sort(values: Any, frame: Frame) -> Any:
        if not isinstance(values, list) or len(values) <= 1:
            return values
        stream = type(values) is Tuples
        frame[2].spend(len(values) * steps)
        rows = merge_sort([row(item, stream, frame) for item in values], after, frame[2])
        return (SortedTuples if stream else Array)(row.item for row in rows)

    return sort


def _comparator(terms: list[tuple[Closure, bool]], position: int) -> Callable[[_Row, _Row], bool]:
    def key(row: _Row, index: int) -> Any:
        found = row.keys[index]
        if found is _UNKNOWN:
            found = row.keys[index] = terms[index][0](row.context, row.frame)
        return found

    def after(a: _Row, b: _Row) -> bool:
        for index, (_, descending) in enumerate(terms):
            order = _order(key(a, index), key(b, index), position, descending)
            if order:
                return order > 0
        return False

    return after


def _order(a: Any, b: Any, position: int, descending: bool) -> int:
    if a is UNDEFINED:
        return 0 if b is UNDEFINED else 1
    if b is UNDEFINED:
        return -1
    a_type, b_type = _type(a), _type(b)
    if a_type is None or b_type is None:
        raise Fault("T2008", position, value=a if a_type is None else b)
    if a_type is not b_type:
        raise Fault("T2007", position, value=a, value2=b)
    less = text_less(a, b) if a_type is str else a < b
    order = -1 if less else int(a != b)
    return -order if descending else order


def _type(value: Any) -> type | None:
    if isinstance(value, str):
        return str
    return float if isinstance(value, (int, float)) and type(value) is not bool else None
