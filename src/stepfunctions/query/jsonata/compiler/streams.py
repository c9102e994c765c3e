"""Steps that bind variables: ``@$v``, ``#$i`` and those that a parent operator refers to.

From the first of them on, a path carries a stream of bindings: the context value under ``@`` and the variables bound
so far. Each step is evaluated once for each binding, with the variables in a frame of their own.

Source: JSONata 2.0.6, "Context variable binding", "Positional variable binding", "Parent".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stepfunctions.query.jsonata.ast import Node, Stage
from stepfunctions.query.jsonata.compiler.filters import stage_filter
from stepfunctions.query.jsonata.compiler.place import Place, streamed, weight
from stepfunctions.query.jsonata.compiler.sorting import sorting
from stepfunctions.query.jsonata.runtime import Closure, Frame
from stepfunctions.query.jsonata.values import UNDEFINED, SortedTuples, Tuples

_Advance = Callable[[Any, "Tuples | None", Frame], Any]
"""From the plain items (before the first binding), or the stream so far, to the stream."""


def compile_stream(node: Node, place: Place, start: int) -> Closure:
    """Compile the steps of the path *node* from *start* on: from a sequence to a stream of bindings."""
    names = streamed(node)
    steps = [_step(step, place, names) for step in node.items[start:]]

    def run(items: Any, frame: Frame) -> Any:
        stream: Tuples | None = None
        for step in steps:
            stream = step(items, stream, frame)
        return stream

    return run


def _step(step: Node, place: Place, names: frozenset[str]) -> _Advance:
    stages = [_stage(stage, place, names) for stage in step.stages or ()]
    advance = _sort(step, place, names) if step.kind == "sort" else _bindings(step, place, names)

    def run(items: Any, stream: Tuples | None, frame: Frame) -> Any:
        results = advance(items, stream, frame)
        for stage in stages:
            results = stage(results, frame)
        return results

    return run


def _stage(stage: Stage, place: Place, names: frozenset[str]) -> Closure:
    if stage.kind == "filter":
        select = stage_filter(stage, place, names)
        return lambda stream, frame: _as_before(stream, select(stream, frame))
    name = stage.value

    def number(stream: Any, frame: Frame) -> Any:
        return type(stream)({**binding, name: index} for index, binding in enumerate(stream))

    return number


def _as_before(stream: Any, results: Any) -> Any:
    """Return what was made of *stream*, marked as sorted if that was."""
    return SortedTuples(results) if type(stream) is SortedTuples else results


def _sort(step: Node, place: Place, names: frozenset[str]) -> _Advance:
    sort, index = sorting(step, place, names), step.index

    def run(items: Any, stream: Tuples | None, frame: Frame) -> Any:
        if stream is not None:
            return _as_before(stream, sort(stream, frame))
        results = sort(items, frame)
        return Tuples({"@": item, **({} if index is None else {index: at})} for at, item in enumerate(results))

    return run


def _bindings(step: Node, place: Place, names: frozenset[str]) -> _Advance:
    evaluate = place.framed(names).inside(step)
    focus, index = step.focus, step.index
    ancestor = step.ancestor
    steps = 2 + weight(step)

    def bound(before: dict[str, Any], item: Any, at: int) -> dict[str, Any]:
        after = dict(before)
        if focus is None:
            after["@"] = item
        else:
            after[focus] = item
        if index is not None:
            after[index] = at
        if ancestor is not None:
            after[ancestor.label] = before["@"]
        return after

    def run(items: Any, stream: Tuples | None, frame: Frame) -> Tuples:
        results = Tuples()
        budget = frame[2]
        befores = Tuples({"@": item} for item in items) if stream is None else stream
        budget.spend(len(befores) * steps)
        for before in befores:
            found = evaluate(before["@"], (dict(before), frame, budget))
            if found is UNDEFINED:
                continue
            if type(found) is Tuples:
                results.extend({**before, **binding} for binding in found)
                continue
            values = found if isinstance(found, list) else (found,)
            budget.hold_items(len(results) + len(values))
            results.extend(bound(before, item, at) for at, item in enumerate(values))
        return results

    return run
