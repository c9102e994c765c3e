"""From the syntax tree to closures: ``compile_tree``.

Every kind of expression has its compiler in the table below; what can follow any of them (predicates, grouping,
``[]``) is added here. Nothing is evaluated while compiling.

Source: JSONata 2.0.6, ``evaluate``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from stepfunctions.query.jsonata.ast import Node
from stepfunctions.query.jsonata.compiler import basics, calls, navigation, operators, paths, transforms
from stepfunctions.query.jsonata.compiler.filters import stage_filter
from stepfunctions.query.jsonata.compiler.place import Names, Place, assigned, may_stream, streamed
from stepfunctions.query.jsonata.operations import lookup
from stepfunctions.query.jsonata.runtime import Closure, Frame
from stepfunctions.query.jsonata.values import collapse, keep

_COMPILERS: Final[dict[str, Callable[[Node, Place], Closure]]] = {
    "string": basics.literal,
    "number": basics.literal,
    "value": basics.literal,
    "regex": basics.regex,
    "variable": basics.variable,
    "parent": basics.parent,
    "bind": basics.bind,
    "condition": basics.condition,
    "block": basics.block,
    "unary": basics.unary,
    "binary": operators.binary,
    "wildcard": navigation.wildcard,
    "descendant": navigation.descendant,
    "path": paths.path,
    "function": calls.call,
    "lambda": calls.lambda_,
    "partial": calls.partial,
    "apply": calls.apply,
    "transform": transforms.transform,
}
_RAW: Final = ("wildcard", "descendant", "apply")


def compile_tree(tree: Node) -> Closure:
    """Return *tree* as a closure."""
    return compile_node(tree, Place(Names(None, assigned(tree)), 1, compile_node))


def compile_node(node: Node, place: Place) -> Closure:
    """Return the expression *node*, standing in *place*, as a closure."""
    if node.kind == "name" and not (node.predicate or node.group):
        return _name(node)
    closure = _lookup(node) if node.kind == "name" else _COMPILERS[node.kind](node, place)
    if node.kind == "path" or node.tail:
        return closure
    if not (node.predicate or node.group or node.keep_array):
        return _collapsed(closure) if node.kind in _RAW else closure
    names = streamed(node) if may_stream(node) else None
    filters = [stage_filter(stage, place, names) for stage in node.predicate or ()]
    group = None if node.group is None else basics.grouped(node.group, place, names)
    return _completed(closure, filters, group, keep if node.keep_array else collapse)


def _name(node: Node) -> Closure:
    name = node.value
    finish = keep if node.keep_array else collapse
    return lambda value, frame: finish(lookup(value, name, frame[2]))


def _lookup(node: Node) -> Closure:
    """Compile a name that predicates or a grouping follow: a string did, before it became the step of a path."""
    name = node.value
    return lambda value, frame: lookup(value, name, frame[2])


def _collapsed(closure: Closure) -> Closure:
    return lambda value, frame: collapse(closure(value, frame))


def _completed(
    closure: Closure, filters: list[Closure], group: Closure | None, finish: Callable[[Any], Any]
) -> Closure:
    def run(value: Any, frame: Frame) -> Any:
        result = closure(value, frame)
        for select in filters:
            result = select(result, frame)
        if group is not None:
            result = group(result, frame)
        return finish(result)

    return run
