"""Literals, variables, assignments, conditions, blocks and constructors as closures.

Source: JSONata 2.0.6, "Construction of output", "Programming constructs".
"""

from __future__ import annotations

from typing import Any, Final

from stepfunctions.query.jsonata.ast import Node
from stepfunctions.query.jsonata.compiler.operators import negation
from stepfunctions.query.jsonata.compiler.place import Place, assigned, weight
from stepfunctions.query.jsonata.errors import Fault
from stepfunctions.query.jsonata.functions import BUILTINS
from stepfunctions.query.jsonata.operations import append, truthy
from stepfunctions.query.jsonata.regex.matcher import matcher
from stepfunctions.query.jsonata.runtime import Closure, Frame
from stepfunctions.query.jsonata.values import UNDEFINED, Array, Constructed, Object, Tuples, Wrapper

_MISSING: Final = object()


def literal(node: Node, place: Place) -> Closure:
    """Compile a string, number, true, false or null."""
    constant = node.value
    return lambda value, frame: constant


def regex(node: Node, place: Place) -> Closure:
    """Compile a regular expression, which is a function that matches."""
    pattern, flags = node.value
    function = matcher(pattern, flags, node.position)
    return lambda value, frame: function


def _context(value: Any, frame: Frame) -> Any:
    return value[0] if type(value) is Wrapper else value


def variable(node: Node, place: Place) -> Closure:
    """Compile a variable, ``$`` and ``$$`` among them."""
    return _context if node.value == "" else lookup_variable(node.value, place)


def parent(node: Node, place: Place) -> Closure:
    """Compile a parent operator, which by now is the name of something remembered."""
    assert node.slot is not None
    return lookup_variable(node.slot.label, place)


def lookup_variable(name: str, place: Place) -> Closure:
    """Return a closure that reads the variable *name*; a built-in function where nothing else has the name."""
    hops, outermost = place.hops(name)
    fallback = BUILTINS.get(name, UNDEFINED)
    if name == "$":
        return _searched(name, hops, lambda frame: frame[2].input)
    if outermost and len(hops) == 1:
        return _from_outermost(name, hops[0], fallback)
    return _searched(name, hops, lambda frame: fallback)


def _from_outermost(name: str, hops: int, fallback: Any) -> Closure:
    if hops == 0:
        return lambda value, frame: frame[0].get(name, fallback)
    if hops == 1:
        return lambda value, frame: frame[1][0].get(name, fallback)

    def read(value: Any, frame: Frame) -> Any:
        for _ in range(hops):
            frame = frame[1]
        return frame[0].get(name, fallback)

    return read


def _searched(name: str, hops: list[int], fallback: Any) -> Closure:
    if len(hops) == 1 and hops[0] == 0:

        def read_here(value: Any, frame: Frame) -> Any:
            found = frame[0].get(name, _MISSING)
            return fallback(frame) if found is _MISSING else found

        return read_here
    steps = [there - here for here, there in zip([0, *hops], hops, strict=False)]

    def read(value: Any, frame: Frame) -> Any:
        for step in steps:
            for _ in range(step):
                frame = frame[1]
            found = frame[0].get(name, _MISSING)
            if found is not _MISSING:
                return found
        return fallback(frame)

    return read


def bind(node: Node, place: Place) -> Closure:
    """Compile an assignment."""
    assert node.right is not None
    name, right = node.value, place.inside(node.right)

    def assign(value: Any, frame: Frame) -> Any:
        result = right(value, frame)
        frame[0][name] = result
        return result

    return assign


def condition(node: Node, place: Place) -> Closure:
    """Compile ``test ? left : right``."""
    assert node.test is not None
    assert node.left is not None
    test, yes = place.inside(node.test), place.inside(node.left)
    no = None if node.right is None else place.inside(node.right)

    def choose(value: Any, frame: Frame) -> Any:
        found = test(value, frame)
        if found is True or (found is not False and truthy(found)):
            return yes(value, frame)
        return UNDEFINED if no is None else no(value, frame)

    return choose


def block(node: Node, place: Place) -> Closure:
    """Compile expressions in parentheses; those that assign get a frame of their own."""
    bound = frozenset[str]().union(*map(assigned, node.items))
    place = place.framed(bound) if bound else place
    parts = [place.inside(item) for item in node.items]
    if not parts:
        return lambda value, frame: UNDEFINED
    *first, last = parts
    if not bound and not first:
        return last

    def run(value: Any, frame: Frame) -> Any:
        if bound:
            frame = ({}, frame, frame[2])
        for part in first:
            part(value, frame)
        return last(value, frame)

    return run


def unary(node: Node, place: Place) -> Closure:
    """Compile an array constructor, an object constructor or a minus."""
    if node.value == "[":
        return _array(node, place)
    return _object(node, place) if node.value == "{" else negation(node, place)


def _array(node: Node, place: Place) -> Closure:
    kind = Constructed if node.constructs else Array
    parts = [(place.inside(item), item.kind == "unary" and item.value == "[") for item in node.items]
    if len(parts) == 1 and node.items[0].value == ".." and kind is Array:
        return _range_array(parts[0][0])

    def make(value: Any, frame: Frame) -> Any:
        made = kind()
        for part, nested in parts:
            item = part(value, frame)
            if item is UNDEFINED:
                continue
            if nested or not isinstance(item, list):
                made.append(item)
            else:
                frame[2].hold_items(len(made) + len(item))
                made.extend(item)
        return made

    return make


def _range_array(part: Closure) -> Closure:
    def make(value: Any, frame: Frame) -> Any:
        items = part(value, frame)
        return Array() if items is UNDEFINED else Array(items)

    return make


def _object(node: Node, place: Place) -> Closure:
    """Compile an object constructor; one with constant keys is made at once unless the context is an array."""
    keys = [key.value for key, _ in node.pairs if key.kind == "string" and key.predicate is None]
    general = grouped(node, place, None)
    if len(set(keys)) != len(node.pairs):
        return general
    members = [(key, place.inside(value)) for key, (_, value) in zip(keys, node.pairs, strict=True)]

    def make(value: Any, frame: Frame) -> Any:
        if isinstance(value, list):
            return general(value, frame)
        made = Object()
        for key, member in members:
            item = member(value, frame)
            if item is not UNDEFINED:
                made[key] = item
        return made

    return make


def grouped(node: Node, place: Place, names: frozenset[str] | None) -> Closure:
    """Return a closure from the items to be grouped to the object of groups.

    Args:
        node: its pairs are keys and values.
        place: where the whole stands.
        names: what a stream of bindings may hold; None where there can be no stream.
    """
    framed = names is not None
    inner = place if names is None else place.framed(names)
    pairs = [(inner.inside(key), inner.inside(value)) for key, value in node.pairs]
    position = node.position
    steps = 2 + weight(*(each for pair in node.pairs for each in pair))

    def frame_of(item: Any, frame: Frame) -> Frame:
        return (dict(item) if isinstance(item, dict) else {}, frame, frame[2]) if framed else frame

    def group(value: Any, frame: Frame) -> Any:
        stream = type(value) is Tuples and bool(value)
        items = value if isinstance(value, list) else (value,)
        run = frame[2]
        run.spend(len(items) * steps)
        groups: dict[str, tuple[int, Any]] = {}
        for item in items or (UNDEFINED,):
            binding: Any = item if stream else None
            context = binding["@"] if stream else item
            inside = frame_of(binding, frame)
            for index, (make_key, _) in enumerate(pairs):
                key = make_key(context, inside)
                if key is UNDEFINED:
                    continue
                if type(key) is not str:
                    raise Fault("T1003", position, value=key)
                before = groups.get(key)
                if before is None:
                    groups[key] = (index, item)
                elif before[0] != index:
                    raise Fault("D1009", position, value=key)
                else:
                    groups[key] = (index, _gathered(before[1], item, run))
        return _members(groups, stream, frame)

    def _members(groups: dict[str, tuple[int, Any]], stream: bool, frame: Frame) -> Any:
        made = Object()
        for key, (index, data) in groups.items():
            inside = frame_of(None, frame)
            if stream:
                merged = _merged(data, frame)
                data = merged.pop("@", UNDEFINED)
                inside = frame_of(merged, frame)
            member = pairs[index][1](data, inside)
            if member is not UNDEFINED:
                made[key] = member
        return made

    return group


class _Gathered(Array):
    """Items of one group, gathered here and nowhere else seen until the group is complete."""

    __slots__ = ()


def _gathered(before: Any, item: Any, run: Any) -> Any:
    if type(before) is _Gathered and not isinstance(item, list):
        before.append(item)
        return before
    return _Gathered(append(before, item, run))


def _merged(stream: Any, frame: Frame) -> dict[str, Any]:
    """Return one binding of names to all their values for the bindings of a group."""
    if not isinstance(stream, list):
        return dict(stream)
    merged = dict(stream[0])
    for binding in stream[1:]:
        for name, value in binding.items():
            merged[name] = append(merged.get(name, UNDEFINED), value, frame[2])
    return merged
