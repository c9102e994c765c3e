"""The parser: from text to a syntax tree, by top-down operator precedence.

Its second stage, ``link``, flattens paths into steps and finds what every parent operator refers to. Nothing is
evaluated here, and no name is looked up.

Source: JSONata 2.0.6 (Pratt's algorithm); where it writes codes and positions, so does this.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from stepfunctions.query.jsonata.ast import Node, Term
from stepfunctions.query.jsonata.errors import Fault
from stepfunctions.query.jsonata.lexer import OPERATORS, Lexer
from stepfunctions.query.jsonata.link import link
from stepfunctions.query.jsonata.signature import Signature

DEPTH_MAX: Final = 120
"""How deep brackets may nest; AWS's evaluation ends at a depth of about 100 anyway."""

_LAMBDAS: Final = ("function", "λ")
_BINARY: Final = (".", "+", "-", "*", "/", "%", "=", "<", ">", "!=", "<=", ">=", "&", "and", "or", "in", "~>")
_SYMBOLS: Final = frozenset(OPERATORS) - {"!", "~"}
_END: Final = "(end)"


def parse(text: str) -> Node:
    """Return the syntax tree of *text*.

    Raises:
        Fault: a code that starts with S.
    """
    return link(_Parser(text).parse())


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._lexer = Lexer(text)
        self._depth = 0
        self.node = Node(_END)
        self.id = _END

    def parse(self) -> Node:
        self.advance()
        tree = self.expression(0)
        if self.id != _END:
            raise Fault("S0201", self.node.position, token=self.node.value)
        return tree

    def advance(self, expected: str | None = None, operand_done: bool = False) -> None:
        if expected is not None and self.id != expected:
            code = "S0203" if self.id == _END else "S0202"
            raise Fault(code, self.node.position, token=self.node.value, value=expected)
        token = self._lexer.next(operand_done)
        if token is None:
            self.node = Node(_END, _END, len(self._text))
            self.id = _END
            return
        if token.kind == "operator" and token.value not in _SYMBOLS:
            raise Fault("S0204", token.position, token=token.value)
        self.node = Node(token.kind, token.value, token.position)
        self.id = token.value if token.kind == "operator" else "(operand)"

    def expression(self, power: int) -> Node:
        self._depth += 1
        if self._depth > DEPTH_MAX:
            raise Fault("S0599", self.node.position)
        node, sign = self.node, self.id
        self.advance(operand_done=True)
        left = self._prefix(node, sign)
        while power < _POWERS.get(self.id, 0):
            node, sign = self.node, self.id
            self.advance()
            left = _INFIXES[sign](self, node, left)
        self._depth -= 1
        return left

    def _prefix(self, node: Node, sign: str) -> Node:
        if sign in ("(operand)", _END, "and", "or", "in"):
            return node
        prefix = _PREFIXES.get(sign)
        if prefix is None:
            raise Fault("S0211", node.position, token=node.value)
        return prefix(self, node)

    def separated(self, element: Callable[[], None]) -> None:
        """Read elements with commas between them."""
        element()
        while self.id == ",":
            self.advance(",")
            element()


def _binary(parser: _Parser, node: Node, left: Node) -> Node:
    node.left = left
    node.right = parser.expression(OPERATORS[node.value])
    node.kind = "binary"
    return node


def _negation(parser: _Parser, node: Node) -> Node:
    node.right = parser.expression(70)
    node.kind = "unary"
    return node


def _step(kind: str) -> Callable[[_Parser, Node], Node]:
    def read(parser: _Parser, node: Node) -> Node:
        node.kind = kind
        return node

    return read


def _call(parser: _Parser, node: Node, procedure: Node) -> Node:
    node.kind = "function"
    node.value = None
    node.test = procedure

    def argument() -> None:
        if parser.id == "?":
            node.kind = "partial"
            node.items.append(parser.node)
            parser.advance("?")
        else:
            node.items.append(parser.expression(0))

    if parser.id != ")":
        parser.separated(argument)
    parser.advance(")", operand_done=True)
    if procedure.kind == "name" and procedure.value in _LAMBDAS:
        _lambda(parser, node)
    return node


def _lambda(parser: _Parser, node: Node) -> None:
    for index, parameter in enumerate(node.items):
        if parameter.kind != "variable":
            raise Fault("S0208", parameter.position, token=parameter.value, value=index + 1)
    node.kind = "lambda"
    if parser.id == "<":
        node.signature = _signature(parser)
    parser.advance("{")
    node.test = parser.expression(0)
    parser.advance("}")


def _signature(parser: _Parser) -> Signature:
    start, depth, text = parser.node.position, 1, "<"
    while depth > 0 and parser.id not in ("{", _END):
        parser.advance()
        depth += {">": -1, "<": 1}.get(parser.id, 0)
        text += str(parser.node.value)
    parser.advance(">")
    try:
        return Signature(text)
    except Fault as fault:
        fault.position = start + (fault.position or 0)
        raise


def _block(parser: _Parser, node: Node) -> Node:
    while parser.id != ")":
        node.items.append(parser.expression(0))
        if parser.id != ";":
            break
        parser.advance(";")
    parser.advance(")", operand_done=True)
    node.kind = "block"
    return node


def _array(parser: _Parser, node: Node) -> Node:
    def element() -> None:
        item = parser.expression(0)
        if parser.id == "..":
            item = Node("binary", "..", parser.node.position, left=item)
            parser.advance("..")
            item.right = parser.expression(0)
        node.items.append(item)

    if parser.id != "]":
        parser.separated(element)
    parser.advance("]", operand_done=True)
    node.kind = "unary"
    return node


def _predicate(parser: _Parser, node: Node, left: Node) -> Node:
    if parser.id == "]":
        step = left
        while step.kind == "binary" and step.value == "[" and step.left is not None:
            step = step.left
        step.keep_array = True
        parser.advance("]")
        return left
    node.left = left
    node.right = parser.expression(OPERATORS["]"])
    node.kind = "binary"
    parser.advance("]", operand_done=True)
    return node


def _order(parser: _Parser, node: Node, left: Node) -> Node:
    parser.advance("(")

    def term() -> None:
        descending = parser.id == ">"
        if parser.id in ("<", ">"):
            parser.advance()
        node.terms.append(Term(descending, parser.expression(0)))

    parser.separated(term)
    parser.advance(")")
    node.left = left
    node.kind = "binary"
    return node


def _object(parser: _Parser, node: Node) -> Node:
    def pair() -> None:
        key = parser.expression(0)
        parser.advance(":")
        node.pairs.append((key, parser.expression(0)))

    if parser.id != "}":
        parser.separated(pair)
    parser.advance("}", operand_done=True)
    node.kind = "unary"
    return node


def _group(parser: _Parser, node: Node, left: Node) -> Node:
    _object(parser, node)
    node.left = left
    node.kind = "binary"
    return node


def _bind(parser: _Parser, node: Node, left: Node) -> Node:
    if left.kind != "variable":
        raise Fault("S0212", left.position, token=left.value)
    node.left = left
    node.right = parser.expression(OPERATORS[":="] - 1)
    node.kind = "binary"
    return node


def _step_variable(parser: _Parser, node: Node, left: Node) -> Node:
    node.left = left
    node.right = parser.expression(OPERATORS[node.value])
    if node.right.kind != "variable":
        raise Fault("S0214", node.right.position, token=node.value)
    node.kind = "binary"
    return node


def _condition(parser: _Parser, node: Node, left: Node) -> Node:
    node.kind = "condition"
    node.test = left
    node.left = parser.expression(0)
    if parser.id == ":":
        parser.advance(":")
        node.right = parser.expression(0)
    return node


def _transform(parser: _Parser, node: Node) -> Node:
    node.kind = "transform"
    node.test = parser.expression(0)
    parser.advance("|")
    node.left = parser.expression(0)
    if parser.id == ",":
        parser.advance(",")
        node.right = parser.expression(0)
    parser.advance("|")
    return node


_PREFIXES: Final[dict[str, Callable[[_Parser, Node], Node]]] = {
    "-": _negation,
    "*": _step("wildcard"),
    "**": _step("descendant"),
    "%": _step("parent"),
    "(": _block,
    "[": _array,
    "{": _object,
    "|": _transform,
}
_INFIXES: Final[dict[str, Callable[[_Parser, Node, Node], Node]]] = {
    **dict.fromkeys(_BINARY, _binary),
    "(": _call,
    "[": _predicate,
    "^": _order,
    "{": _group,
    ":=": _bind,
    "@": _step_variable,
    "#": _step_variable,
    "?": _condition,
}
_POWERS: Final[dict[str, int]] = {sign: OPERATORS[sign] for sign in _INFIXES}
