"""The second stage of the parser: paths become lists of steps, and parent operators find their steps.

``a.b[c].d`` leaves the first stage as nested binary operators and becomes one path of three steps, the second with a
filter. A parent operator (``%``) asks an earlier step to remember its input under a label. Calls that end a function
are marked, so that they need no stack.

Source: JSONata 2.0.6, ``processAST``; the order in which things are looked at decides some results, so it is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from stepfunctions.query.jsonata.ast import Node, Slot, Stage, Term
from stepfunctions.query.jsonata.errors import Fault


def link(tree: Node) -> Node:
    """Return the tree that is evaluated.

    Raises:
        Fault: S0201 to S0217.
    """
    linked = _Linker().process(tree)
    if linked.kind == "parent" or linked.seeking is not None:
        raise Fault("S0217", linked.position, token=linked.kind)
    return linked


class _Linker:
    def __init__(self) -> None:
        self._parents: list[Node] = []

    def process(self, node: Node) -> Node:
        """Return the linked form of *node*."""
        handler = _BINARIES.get(node.value, _Linker._operator) if node.kind == "binary" else _KINDS.get(node.kind)
        if handler is None:
            raise Fault("S0207" if node.kind == "(end)" else "S0206", node.position, token=node.value)
        result = handler(self, node)
        if node.keep_array:
            result.keep_array = True
        return result

    # Paths

    def _dot(self, node: Node) -> Node:
        first = self._of(node.left)
        result = first if first.kind == "path" else Node("path", items=[first])
        if first.kind == "parent" and first.slot is not None:
            result.seeking = [first.slot]
        rest = self._of(node.right)
        if rest.kind == "path":
            result.items.extend(rest.items)
        else:
            if rest.predicate is not None:
                rest.stages, rest.predicate = rest.predicate, None
            result.items.append(rest)
        for step in result.items:
            if step.kind in ("number", "value"):
                raise Fault("S0213", step.position, value=step.value)
            if step.kind == "string":
                step.kind = "name"
        if any(step.keep_array for step in result.items):
            result.keep_singleton = True
        for step in (result.items[0], result.items[-1]):
            if step.kind == "unary" and step.value == "[":
                step.constructs = True
        self._resolve(result)
        return result

    def _filter(self, node: Node) -> Node:
        result = self._of(node.left)
        step = result.items[-1] if result.kind == "path" else result
        if step.group is not None:
            raise Fault("S0209", node.position)
        predicate = self._of(node.right)
        if predicate.seeking is not None:
            for slot in predicate.seeking:
                if slot.level == 1:
                    self._seek(step, slot)
                else:
                    slot.level -= 1
            _push_seeking(step, predicate)
        stage = Stage("filter", predicate, node.position)
        if result.kind == "path":
            step.stages = [*(step.stages or ()), stage]
        else:
            step.predicate = [*(step.predicate or ()), stage]
        return result

    def _group(self, node: Node) -> Node:
        result = self._of(node.left)
        if result.group is not None:
            raise Fault("S0210", node.position)
        pairs = [(self.process(key), self.process(value)) for key, value in node.pairs]
        result.group = Node("unary", "{", node.position, pairs=pairs)
        return result

    def _order(self, node: Node) -> Node:
        result = self._of(node.left)
        if result.kind != "path":
            result = Node("path", items=[result])
        step = Node("sort", "^", node.position)
        for term in node.terms:
            expression = self.process(term.expression)
            _push_seeking(step, expression)
            step.terms.append(Term(term.descending, expression))
        result.items.append(step)
        self._resolve(result)
        return result

    def _focus(self, node: Node) -> Node:
        result = self._of(node.left)
        step = result.items[-1] if result.kind == "path" else result
        if step.stages is not None or step.predicate is not None:
            raise Fault("S0215", node.position)
        if step.kind == "sort":
            raise Fault("S0216", node.position)
        if node.keep_array:
            step.keep_array = True
        step.focus = _name_of(node.right)
        step.binds_tuple = True
        return result

    def _index(self, node: Node) -> Node:
        result = step = self._of(node.left)
        if result.kind == "path":
            step = result.items[-1]
        else:
            result = Node("path", items=[step])
            if step.predicate is not None:
                step.stages, step.predicate = step.predicate, None
        if step.stages is None:
            step.index = _name_of(node.right)
        else:
            step.stages.append(Stage("index", _name_of(node.right), node.position))
        step.binds_tuple = True
        return result

    def _name(self, node: Node) -> Node:
        return Node("path", items=[node], keep_singleton=node.keep_array)

    # Parents

    def _parent(self, node: Node) -> Node:
        index = len(self._parents)
        result = Node("parent", node.value, node.position, slot=Slot(f"!{index}", 1, index))
        self._parents.append(result)
        return result

    def _seek(self, node: Node, slot: Slot) -> Slot:
        """Find the step that *slot* means in *node*; what is left to go up is left in ``slot.level``."""
        if node.kind in ("name", "wildcard"):
            slot.level -= 1
            if slot.level == 0:
                if node.ancestor is not None:
                    asking = self._parents[slot.index].slot
                    if asking is not None:
                        asking.label = node.ancestor.label
                node.ancestor = slot
                node.binds_tuple = True
        elif node.kind == "parent":
            slot.level += 1
        elif node.kind == "block":
            if node.items:
                node.binds_tuple = True
                slot = self._seek(node.items[-1], slot)
        elif node.kind == "path":
            node.binds_tuple = True
            index = len(node.items) - 1
            slot = self._seek(node.items[index], slot)
            while slot.level > 0 and index > 0:
                index -= 1
                slot = self._seek(node.items[index], slot)
        else:
            raise Fault("S0217", node.position, token=node.kind)
        return slot

    def _resolve(self, path: Node) -> None:
        last = path.items[-1]
        slots = last.seeking if last.seeking is not None else []
        if last.kind == "parent" and last.slot is not None:
            slots.append(last.slot)
        for slot in slots:
            index = len(path.items) - 2
            while slot.level > 0:
                if index < 0:
                    _seek_also(path, slot)
                    break
                step = path.items[index]
                index -= 1
                while index >= 0 and step.focus and path.items[index].focus:
                    step = path.items[index]
                    index -= 1
                slot = self._seek(step, slot)

    # Everything else

    def _of(self, node: Node | None) -> Node:
        return self.process(node if node is not None else Node("(end)"))

    def _operator(self, node: Node) -> Node:
        result = Node("binary", node.value, node.position)
        result.left = self._of(node.left)
        result.right = self._of(node.right)
        _push_seeking(result, result.left)
        _push_seeking(result, result.right)
        return result

    def _bind(self, node: Node) -> Node:
        result = Node("bind", _name_of(node.left), node.position)
        result.right = self._of(node.right)
        _push_seeking(result, result.right)
        return result

    def _apply(self, node: Node) -> Node:
        result = Node("apply", node.value, node.position)
        result.left = self._of(node.left)
        result.right = self._of(node.right)
        result.keep_array = result.left.keep_array or result.right.keep_array
        return result

    def _unary(self, node: Node) -> Node:
        result = Node("unary", node.value, node.position)
        if node.value == "[":
            result.items = [self._part(result, item) for item in node.items]
        elif node.value == "{":
            result.pairs = [(self._part(result, key), self._part(result, value)) for key, value in node.pairs]
        else:
            result.right = self._of(node.right)
            if result.right.kind == "number":
                result.right.value = -result.right.value
                return result.right
            _push_seeking(result, result.right)
        return result

    def _call(self, node: Node) -> Node:
        result = Node(node.kind, node.value, node.position)
        result.items = [self._part(result, item) for item in node.items]
        result.test = self._of(node.test)
        return result

    def _lambda(self, node: Node) -> Node:
        result = Node("lambda", None, node.position, items=node.items, signature=node.signature)
        result.test = self._of(node.test)
        _mark_tail(result.test)
        return result

    def _condition(self, node: Node) -> Node:
        result = Node("condition", None, node.position)
        result.test = self._part(result, node.test)
        result.left = self._part(result, node.left)
        if node.right is not None:
            result.right = self._part(result, node.right)
        return result

    def _transform(self, node: Node) -> Node:
        result = Node("transform", None, node.position)
        result.test = self._of(node.test)
        result.left = self._of(node.left)
        if node.right is not None:
            result.right = self._of(node.right)
        return result

    def _block(self, node: Node) -> Node:
        result = Node("block", None, node.position)
        for item in node.items:
            part = self._part(result, item)
            result.items.append(part)
            if part.constructs or (part.kind == "path" and part.items[0].constructs):
                result.constructs = True
        return result

    def _word(self, node: Node) -> Node:
        if node.value in ("and", "or", "in"):
            node.kind = "name"
            return self.process(node)
        if node.value == "?":
            return node
        raise Fault("S0201", node.position, token=node.value)

    def _itself(self, node: Node) -> Node:
        return node

    def _part(self, whole: Node, node: Node | None) -> Node:
        part = self._of(node)
        _push_seeking(whole, part)
        return part


def _name_of(variable: Node | None) -> str:
    return str(variable.value) if variable is not None else ""


def _push_seeking(whole: Node, part: Node) -> None:
    """Let *whole* seek the parents that *part* has not found."""
    if part.seeking is None and part.kind != "parent":
        return
    slots = part.seeking if part.seeking is not None else []
    if part.kind == "parent" and part.slot is not None:
        slots.append(part.slot)
    if whole.seeking is None:
        whole.seeking = slots
    else:
        whole.seeking.extend(slots)


def _seek_also(path: Node, slot: Slot) -> None:
    if path.seeking is None:
        path.seeking = [slot]
    else:
        path.seeking.append(slot)


def _mark_tail(node: Node | None) -> None:
    """Mark the calls whose result is the result of the function that *node* is the body of."""
    if node is None:
        return
    if node.kind == "function" and not node.predicate:
        node.tail = True
    elif node.kind == "condition":
        _mark_tail(node.left)
        _mark_tail(node.right)
    elif node.kind == "block" and node.items:
        _mark_tail(node.items[-1])


_Handler = Callable[[_Linker, Node], Node]

_BINARIES: Final[dict[str, _Handler]] = {
    ".": _Linker._dot,
    "[": _Linker._filter,
    "{": _Linker._group,
    "^": _Linker._order,
    ":=": _Linker._bind,
    "@": _Linker._focus,
    "#": _Linker._index,
    "~>": _Linker._apply,
}
_KINDS: Final[dict[str, _Handler]] = {
    "unary": _Linker._unary,
    "function": _Linker._call,
    "partial": _Linker._call,
    "lambda": _Linker._lambda,
    "condition": _Linker._condition,
    "transform": _Linker._transform,
    "block": _Linker._block,
    "name": _Linker._name,
    "parent": _Linker._parent,
    "operator": _Linker._word,
    **dict.fromkeys(("string", "number", "value", "wildcard", "descendant", "variable", "regex"), _Linker._itself),
}
