"""The transform operator: ``|pattern|update, delete|`` is a function that returns a changed copy of its argument.

Source: JSONata 2.0.6. The pattern selects objects inside the copy. What it selects elsewhere stays as it is: values are
never changed in place.
"""

from __future__ import annotations

from typing import Any, Final

from stepfunctions.query.jsonata.ast import Node
from stepfunctions.query.jsonata.callables import Builtin
from stepfunctions.query.jsonata.compiler.basics import lookup_variable
from stepfunctions.query.jsonata.compiler.place import Place
from stepfunctions.query.jsonata.errors import Fault
from stepfunctions.query.jsonata.numbers import number
from stepfunctions.query.jsonata.operations import double, is_number
from stepfunctions.query.jsonata.runtime import Closure, Frame, Run
from stepfunctions.query.jsonata.values import UNDEFINED, Array, Function, Object

_SIGNATURE: Final = "<(oa):o>"
_EXACT: Final = 10**15
"""Whole numbers up to here keep all their digits when they are written with 15."""


def transform(node: Node, place: Place) -> Closure:
    """Compile a transform."""
    assert node.test is not None
    assert node.left is not None
    pattern, update = place.inside(node.test), place.inside(node.left)
    delete = None if node.right is None else place.inside(node.right)
    update_at = node.left.position
    delete_at = 0 if node.right is None else node.right.position
    cloner = lookup_variable("clone", place)

    def make(value: Any, frame: Frame) -> Any:
        def apply(run: Run, original: Any) -> Any:
            if original is UNDEFINED:
                return UNDEFINED
            clone = cloner(value, frame)
            if not isinstance(clone, Function):
                raise Fault("T2013", node.position)
            if type(clone) is not Builtin:
                original = clone.call([original], None, run)
            owned: dict[int, Any] = {}
            copy = _copied(original, run, owned)
            matches = pattern(copy, frame)
            for match in matches if isinstance(matches, list) else (matches,) if matches is not UNDEFINED else ():
                if isinstance(match, Function) and match.opaque:
                    raise Fault("D1010", node.position)
                _update(match, update(match, frame), owned, update_at)
                if delete is not None:
                    _delete(match, delete(match, frame), owned, delete_at)
            return copy

        return Builtin("", apply, _SIGNATURE, 1, needs_run=True)

    return make


def _update(match: Any, members: Any, owned: dict[int, Any], position: int) -> None:
    if members is UNDEFINED:
        return
    if not isinstance(members, dict):
        raise Fault("T2011", position, value=members)
    if id(match) in owned and isinstance(match, dict):
        match.update(members)


def _delete(match: Any, names: Any, owned: dict[int, Any], position: int) -> None:
    if names is UNDEFINED:
        return
    listed = names if isinstance(names, list) else [names]
    if not all(isinstance(name, str) for name in listed):
        raise Fault("T2012", position, value=names)
    if id(match) in owned and isinstance(match, dict):
        for name in listed:
            match.pop(name, None)


def _copied(value: Any, run: Run, owned: dict[int, Any]) -> Any:
    """Return a copy in depth, as writing *value* with ``$string`` and reading it again makes one."""
    if isinstance(value, dict):
        run.spend(1 + len(value))
        copy: Any = Object((name, _copied(item, run, owned)) for name, item in value.items() if item is not UNDEFINED)
    elif isinstance(value, list):
        run.spend(1 + (len(value) >> 1))
        copy = Array(_copied(item, run, owned) for item in value)
    elif isinstance(value, Function):
        return ""
    elif (type(value) is float and is_number(value)) or (type(value) is int and not -_EXACT < value < _EXACT):
        return number(float(format(double(value), ".15g")))
    else:
        return None if value is UNDEFINED else value
    owned[id(copy)] = copy
    return copy
