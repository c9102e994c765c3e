"""Where an expression stands: which frames are around it, and how deep it is in the function it belongs to.

Frames are known when an expression is compiled: a block with assignments, the body of a lambda, and each element of a
stream of bindings have one. So a variable is looked up by a known number of hops, and only in frames that can hold it.

Source: JSONata 2.0.6: an assignment belongs to the innermost frame, and is visible once it has been carried out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from stepfunctions.query.jsonata.ast import Node, children, descendants
from stepfunctions.query.jsonata.runtime import Closure

_OWN_FRAME: Final = ("lambda", "block")


@dataclass(frozen=True, slots=True)
class Names:
    """What one frame can hold.

    Args:
        around: the frame outside; None for the outermost, which holds the caller's bindings.
        bound: every name that may be bound in it.
        always: the names that are bound from the start.
    """

    around: Names | None
    bound: frozenset[str]
    always: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Place:
    """A place in an expression.

    Args:
        names: the innermost frame.
        depth: levels from the body of the function, or from the whole expression.
        compile_node: compiles an expression in its place.
    """

    names: Names
    depth: int
    compile_node: Callable[[Node, Place], Closure]

    def inside(self, node: Node, levels: int = 1) -> Closure:
        """Compile a part of the expression that stands here."""
        return self.compile_node(node, replace(self, depth=self.depth + levels))

    def framed(self, bound: frozenset[str], always: frozenset[str] = frozenset()) -> Place:
        """Return this place with one more frame around."""
        return replace(self, names=Names(self.names, bound, always))

    def hops(self, name: str) -> tuple[list[int], bool]:
        """Return how many frames out *name* may be, nearest first, and whether the last of them is the outermost."""
        found: list[int] = []
        names: Names | None = self.names
        hop = 0
        while names is not None:
            if name in names.always:
                return [*found, hop], False
            if names.around is None:
                return [*found, hop], True
            if name in names.bound:
                found.append(hop)
            names = names.around
            hop += 1
        return found, False


def assigned(node: Node) -> frozenset[str]:
    """Return the names that *node* assigns in the frame it is evaluated in."""
    return frozenset(_assigned(node))


def _assigned(node: Node) -> Iterator[str]:
    if node.kind == "bind":
        yield node.value
    if node.kind not in _OWN_FRAME:
        for child in children(node):
            yield from _assigned(child)
    elif node.predicate or node.group:
        for stage in node.predicate or ():
            yield from _assigned(stage.value)
        if node.group is not None:
            yield from _assigned(node.group)


def streamed(node: Node) -> frozenset[str]:
    """Return the names that the elements of a stream of bindings made by *node* may hold."""
    names: set[str] = set()
    for each in descendants(node):
        names.update(name for name in (each.focus, each.index) if name is not None)
        if each.ancestor is not None:
            names.add(each.ancestor.label)
        names.update(stage.value for stage in each.stages or () if stage.kind == "index")
    return frozenset(names)


def may_stream(node: Node) -> bool:
    """Return whether *node* may result in a stream of bindings."""
    if node.kind == "block":
        return bool(node.items) and may_stream(node.items[-1])
    return node.kind == "path" and node.binds_tuple


def needed_depth(node: Node) -> int:
    """Return how many levels evaluating *node* takes at least, itself included."""
    kind = node.kind
    if kind == "lambda" or kind == "transform":
        return 1
    if kind == "path":
        return 1 + (1 if node.items[0].kind == "sort" else needed_depth(node.items[0]))
    if kind == "condition":
        branches = [needed_depth(each) for each in (node.left, node.right) if each is not None]
        return 1 + max(_deepest([node.test]), min(branches) if len(branches) == 2 else 0)
    if kind == "binary" and node.value in ("and", "or"):
        return 1 + _deepest([node.left])
    if kind == "apply" and node.right is not None and node.right.kind == "function":
        return 1 + max(_deepest([node.left]), needed_depth(node.right) - 1)
    pairs = [each for pair in node.pairs for each in pair]
    return 1 + _deepest([node.test, node.left, node.right, *node.items, *pairs])


def weight(*nodes: Node | None) -> int:
    """Return how many steps evaluating *nodes* once costs, calls apart: one for every four expressions."""
    count, waiting = 0, [node for node in nodes if node is not None]
    while waiting:
        node = waiting.pop()
        count += 1
        if node.kind != "lambda":
            waiting.extend(children(node))
    return count >> 2


def _deepest(nodes: list[Node | None]) -> int:
    return max((needed_depth(each) for each in nodes if each is not None), default=0)
