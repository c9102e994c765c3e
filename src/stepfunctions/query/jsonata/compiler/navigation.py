"""Wildcards: ``*`` for every member, ``**`` for everything inside.

Source: JSONata 2.0.6.
"""

from __future__ import annotations

from typing import Any

from stepfunctions.query.jsonata.ast import Node
from stepfunctions.query.jsonata.compiler.place import Place
from stepfunctions.query.jsonata.runtime import Closure, Frame, Run
from stepfunctions.query.jsonata.values import UNDEFINED, Array, Sequence, Wrapper


def wildcard(node: Node, place: Place) -> Closure:
    """Compile ``*``."""

    def members(value: Any, frame: Frame) -> Any:
        if type(value) is Wrapper:
            value = value[0]
        if not isinstance(value, (dict, list)):
            return Sequence()
        items = value.values() if isinstance(value, dict) else value
        # Where a member is an array, JSONata answers with an array: one result, or none, stays one.
        found: Array = Array() if any(isinstance(item, list) for item in items) else Sequence()
        for item in items:
            _flatten(item, found, frame[2])
        return found

    return members


def _flatten(value: Any, into: Array, run: Run) -> None:
    run.spend(1)
    if isinstance(value, list):
        for item in value:
            _flatten(item, into, run)
    else:
        into.append(value)


def descendant(node: Node, place: Place) -> Closure:
    """Compile ``**``."""

    def everything(value: Any, frame: Frame) -> Any:
        found = Sequence()
        if value is not UNDEFINED:
            _descend(value, found, frame[2])
        return found[0] if len(found) == 1 else found

    return everything


def _descend(value: Any, into: Sequence, run: Run) -> None:
    run.spend(1)
    if isinstance(value, list):
        for item in value:
            _descend(item, into, run)
        return
    into.append(value)
    if isinstance(value, dict):
        run.spend(1)
        for item in value.values():
            _descend(item, into, run)
