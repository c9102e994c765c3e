"""Predicates: ``[0]``, ``[-1]``, ``[price > 10]``, ``[[0..2]]``.

Source: JSONata 2.0.6: a number selects by position, from the end if negative; anything else is taken as a boolean.
"""

from __future__ import annotations

import math
from typing import Any

from stepfunctions.query.jsonata.ast import Node, Stage
from stepfunctions.query.jsonata.compiler.place import Place, weight
from stepfunctions.query.jsonata.operations import is_number, truthy
from stepfunctions.query.jsonata.runtime import Closure, Frame
from stepfunctions.query.jsonata.values import UNDEFINED, Sequence, Tuples


def filtering(predicate: Node, place: Place, framed: frozenset[str] | None) -> Closure:
    """Return a closure from the values to be filtered to a raw sequence of those that stay.

    Args:
        predicate: the expression between the brackets.
        place: where it stands.
        framed: the names that a stream of bindings may hold; None where there can be no stream.
    """
    if predicate.kind == "number" and not predicate.predicate:
        return _by_position(math.floor(predicate.value))
    inner = place if framed is None else place.framed(framed)
    return _by_test(inner.inside(predicate), framed is not None, 1 + weight(predicate))


def stage_filter(stage: Stage, place: Place, framed: frozenset[str] | None = None) -> Closure:
    """Return the closure of a stage that is a predicate."""
    return filtering(stage.value, place, framed)


def _by_position(position: int) -> Closure:
    def select(value: Any, frame: Frame) -> Any:
        if isinstance(value, list):
            index = position if position >= 0 else position + len(value)
            if not 0 <= index < len(value):
                return Sequence()
            item = value[index]
        elif position in (0, -1):
            item = value
        else:
            return Sequence()
        if isinstance(item, list):
            return item
        if item is UNDEFINED:
            return Sequence()
        return Tuples((item,)) if type(value) is Tuples else Sequence((item,))

    return select


def _by_test(predicate: Closure, framed: bool, steps: int) -> Closure:
    def select(value: Any, frame: Frame) -> Any:
        items = value if isinstance(value, list) else (value,)
        stream = type(value) is Tuples
        kept: Sequence = Tuples() if stream else Sequence()
        run = frame[2]
        run.spend(len(items) * steps)
        inside = ({}, frame, run) if framed else frame
        for index, item in enumerate(items):
            if stream:
                verdict = predicate(item["@"], (dict(item), frame, run) if framed else frame)
            else:
                verdict = predicate(item, inside)
            if verdict is True:
                kept.append(item)
            elif verdict is not False:
                kept.extend([item] * _times(verdict, index, len(items)))
        return kept

    return select


def _times(verdict: Any, index: int, count: int) -> int:
    """Return how often a verdict that is no boolean selects the item at *index* of *count*."""
    if is_number(verdict):
        return int(_position(verdict, count) == index)
    if isinstance(verdict, list) and all(is_number(each) for each in verdict):
        return sum(_position(each, count) == index for each in verdict)
    return int(truthy(verdict))


def _position(number: float, count: int) -> int:
    position = math.floor(number)
    return position if position >= 0 else position + count
