"""Paths as closures.

A path of names, the usual one, walks objects directly; as soon as it meets an array it starts over in the general way,
where each step maps a sequence to the flattened sequence of its results.

Source: JSONata 2.0.6, "Path operators", "Sequences".
"""

from __future__ import annotations

from typing import Any, Final

from stepfunctions.query.jsonata.ast import Node
from stepfunctions.query.jsonata.compiler.basics import grouped
from stepfunctions.query.jsonata.compiler.filters import stage_filter
from stepfunctions.query.jsonata.compiler.place import Place, streamed, weight
from stepfunctions.query.jsonata.compiler.sorting import sorting
from stepfunctions.query.jsonata.compiler.streams import compile_stream
from stepfunctions.query.jsonata.functions import BUILTINS
from stepfunctions.query.jsonata.operations import lookup
from stepfunctions.query.jsonata.runtime import Closure, Frame
from stepfunctions.query.jsonata.values import (
    UNDEFINED,
    Constructed,
    KeptSequence,
    Sequence,
    SortedTuples,
    Tuples,
    Undefined,
    Wrapper,
    collapse,
)


def path(node: Node, place: Place) -> Closure:
    """Compile a path."""
    plain = not (node.keep_singleton or node.keep_array or node.group or node.binds_tuple)
    if plain and all(_is_plain(step) for step in node.items[1:]):
        first = node.items[0]
        if _is_plain(first):
            return _names([step.value for step in node.items])
        if first.kind == "variable" and not _is_marked(first):
            names = [step.value for step in node.items[1:]]
            return _names_of_variable(place.inside(first), _near_name(first, place), names)
    steps = _steps(node, place)
    return _finished(node, place, steps)


def _near_name(variable: Node, place: Place) -> str | None:
    """Return the variable's name if it can only be in the innermost frame, and is none of the library's."""
    name = str(variable.value)
    hops, _ = place.hops(name)
    return name if hops == [0] and name not in BUILTINS and name not in ("", "$") else None


def _is_marked(step: Node) -> bool:
    return bool(step.stages or step.predicate or step.group or step.keep_array or step.binds_tuple)


def _is_plain(step: Node) -> bool:
    return step.kind == "name" and not _is_marked(step)


def _names(names: list[str]) -> Closure:
    first, *rest = names
    if not rest:

        def read_one(value: Any, frame: Frame) -> Any:
            return value.get(first, UNDEFINED) if type(value) is dict else _from(value, names, frame)

        return read_one

    def read(value: Any, frame: Frame) -> Any:
        current = value
        for index, name in enumerate(names):
            if type(current) is not dict:
                return _from(current, names[index:], frame)
            current = current.get(name, UNDEFINED)
        return current

    return read


def _names_of_variable(variable: Closure, name: str | None, names: list[str]) -> Closure:
    """Compile names after a variable; *name* is the variable's if it can only be in this very frame."""
    if name is not None and len(names) <= 2:
        return _binding_member(name, names[0]) if len(names) == 1 else _binding_members(name, *names)

    def read(value: Any, frame: Frame) -> Any:
        current = variable(value, frame)
        for index, name in enumerate(names):
            if type(current) is not dict:
                return _from(current, names[index:], frame)
            current = current.get(name, UNDEFINED)
        return current

    return read


def _binding_member(variable: str, name: str) -> Closure:
    names = [name]

    def read(value: Any, frame: Frame) -> Any:
        current = frame[0].get(variable, UNDEFINED)
        return current.get(name, UNDEFINED) if type(current) is dict else _from(current, names, frame)

    return read


def _binding_members(variable: str, first: str, second: str) -> Closure:
    names, rest = [first, second], [second]

    def read(value: Any, frame: Frame) -> Any:
        current = frame[0].get(variable, UNDEFINED)
        if type(current) is dict:
            current = current.get(first, UNDEFINED)
            if type(current) is dict:
                return current.get(second, UNDEFINED)
            return _from(current, rest, frame)
        return _from(current, names, frame)

    return read


def _from(current: Any, names: list[str], frame: Frame) -> Any:
    """Return what *names* lead to from a value that is no plain object."""
    if current is UNDEFINED:
        return current
    return collapse(_walk(current if _spreads(current) else (current,), names, frame))


def _spreads(value: Any) -> bool:
    return isinstance(value, list) and type(value) is not Constructed


def _walk(items: Any, names: list[str], frame: Frame) -> Any:
    """Return the raw sequence that the steps *names* make of *items*."""
    last = len(names) - 1
    for index, name in enumerate(names):
        frame[2].spend(len(items) >> 1)
        results = Sequence()
        nested = False
        for item in items:
            found = item.get(name, UNDEFINED) if type(item) is dict else collapse(lookup(item, name, frame[2]))
            if found is not UNDEFINED:
                results.append(found)
                nested = nested or isinstance(found, list)
        items = _flattened(results, index == last) if nested else results
        if not items:
            return items
    return items


def _flattened(results: list[Any], last: bool) -> Any:
    if last and len(results) == 1:
        (only,) = results
        if isinstance(only, list) and not isinstance(only, Sequence):
            return only
    flat = Sequence()
    for each in results:
        if _spreads(each):
            flat.extend(each)
        else:
            flat.append(each)
    return flat


class _Step:
    """One step: from a sequence to the sequence of its results."""

    __slots__ = ("evaluate", "filters", "maps", "steps")

    def __init__(self, evaluate: Closure, filters: list[Closure], maps: bool, steps: int) -> None:
        self.evaluate = evaluate
        self.filters = filters
        self.maps = maps
        self.steps = steps

    def run(self, items: Any, frame: Frame, last: bool) -> Any:
        evaluate, filters = self.evaluate, self.filters
        if not self.maps:
            results = evaluate(items, frame)
            for keep in filters:
                results = keep(results, frame)
            # JSONata takes the length of what a predicate has left of a constructor: only a string has one.
            return results if isinstance(results, list) else Sequence(results if isinstance(results, str) else ())
        frame[2].spend(len(items) * self.steps)
        collected = []
        for item in items:
            found = evaluate(item, frame)
            for keep in filters:
                found = keep(found, frame)
            if found is not UNDEFINED:
                collected.append(found)
        return _flattened(collected, last)


def _steps(node: Node, place: Place) -> list[_Step]:
    """Compile the steps before the first that binds a variable."""
    steps: list[_Step] = []
    for index, step in enumerate(node.items):
        constructor = index == 0 and step.constructs
        if step.binds_tuple and not constructor:
            break
        filters = [stage_filter(stage, place) for stage in step.stages or () if stage.kind == "filter"]
        if step.kind == "sort":
            steps.append(_Step(sorting(step, place, None), filters, False, 1))
        else:
            steps.append(
                _Step(place.inside(step), filters if not constructor else [], not constructor, 1 + weight(step))
            )
        if step.binds_tuple:
            break
    return steps


def _finished(node: Node, place: Place, steps: list[_Step]) -> Closure:
    absolute = node.items[0].kind == "variable"
    last = len(node.items) - 1
    begins_stream = node.items[0].binds_tuple and node.items[0].constructs
    stream = compile_stream(node, place, len(steps)) if len(steps) <= last else None
    group = None if node.group is None else grouped(node.group, place, None if stream is None else streamed(node))

    def evaluate(value: Any, frame: Frame) -> Any:
        items = value if isinstance(value, list) and not absolute else Sequence((value,))
        results: Any = items
        for index, step in enumerate(steps):
            results = step.run(items, frame, index == last)
            if begins_stream:
                break
            if results is UNDEFINED or not results:
                return results
            items = results
        if stream is None:
            return results
        if begins_stream and node.items[0].focus is None:
            # JSONata binds nothing to a constructor; with ``@`` the next step even starts from the same input.
            return stream(results, frame)
        return stream(items, frame)

    return _concluded(node, evaluate, stream is not None, group)


_SEQUENCES: Final = (Sequence, KeptSequence, Wrapper)
_STREAMS: Final = (Tuples, SortedTuples)


def _concluded(node: Node, evaluate: Closure, streams: bool, group: Closure | None) -> Closure:
    """Add what happens to the results of the whole path: ``[]``, grouping, and collapsing."""
    unwraps = streams and not node.binds_tuple
    keeps = node.keep_singleton

    def run(value: Any, frame: Frame) -> Any:
        results = evaluate(value, frame)
        if unwraps and group is None and type(results) in _STREAMS:
            results = Sequence(binding["@"] for binding in results)
        if keeps:
            results = _kept(results)
        if group is not None:
            return group(results, frame)
        return collapse(_kept(results) if node.keep_array else results)

    return run


def _kept(results: Any) -> Any:
    kind = type(results)
    if kind is Constructed:
        return KeptSequence((results,))
    if kind in _SEQUENCES:
        return KeptSequence(results)
    return Sequence() if isinstance(results, Undefined) else results
