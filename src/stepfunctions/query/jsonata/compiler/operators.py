"""Operators as closures.

The common cases (whole numbers, strings, booleans) are decided inline; everything else, errors included, is left to
the functions of ``operations``.

Source: JSONata 2.0.6, "Numeric/Comparison/Boolean/Other operators".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from stepfunctions.query.jsonata import operations
from stepfunctions.query.jsonata.ast import Node
from stepfunctions.query.jsonata.compiler.place import Place
from stepfunctions.query.jsonata.errors import Fault
from stepfunctions.query.jsonata.numbers import SAFE
from stepfunctions.query.jsonata.operations import truthy
from stepfunctions.query.jsonata.runtime import Closure, Frame
from stepfunctions.query.jsonata.values import UNDEFINED, NonFinite

_SHORT_TEXT: Final = 1024


def binary(node: Node, place: Place) -> Closure:
    """Compile an operator with two operands."""
    assert node.left is not None
    assert node.right is not None
    left, right = place.inside(node.left), place.inside(node.right)
    with_constant = _WITH_CONSTANT.get((node.value, type(node.right.value)))
    if with_constant is not None and node.right.kind in ("number", "string") and not node.right.predicate:
        return with_constant(left, node.right.value, node)
    return _MAKERS[node.value](left, right, node)


def _plus(left: Closure, right: Closure, node: Node) -> Closure:
    position = node.position

    def add(value: Any, frame: Frame) -> Any:
        a, b = left(value, frame), right(value, frame)
        if type(a) is int and type(b) is int:
            result = a + b
            if -SAFE <= result <= SAFE:
                return result
        return operations.arithmetic("+", a, b, position)

    return add


def _minus(left: Closure, right: Closure, node: Node) -> Closure:
    position = node.position

    def subtract(value: Any, frame: Frame) -> Any:
        a, b = left(value, frame), right(value, frame)
        if type(a) is int and type(b) is int:
            result = a - b
            if -SAFE <= result <= SAFE:
                return result
        return operations.arithmetic("-", a, b, position)

    return subtract


def _times(left: Closure, right: Closure, node: Node) -> Closure:
    position = node.position

    def multiply(value: Any, frame: Frame) -> Any:
        a, b = left(value, frame), right(value, frame)
        if type(a) is int and type(b) is int:
            result = a * b
            if -SAFE <= result <= SAFE:
                return result
        return operations.arithmetic("*", a, b, position)

    return multiply


def _arithmetic(left: Closure, right: Closure, node: Node) -> Closure:
    sign, position = node.value, node.position

    def compute(value: Any, frame: Frame) -> Any:
        return operations.arithmetic(sign, left(value, frame), right(value, frame), position)

    return compute


def _equals(left: Closure, right: Closure, node: Node) -> Closure:
    def equal(value: Any, frame: Frame) -> Any:
        a, b = left(value, frame), right(value, frame)
        if type(a) is str and type(b) is str and len(a) < _SHORT_TEXT:
            return a == b
        if a is UNDEFINED or b is UNDEFINED:
            return False
        return operations.equal(a, b, frame[2])

    return equal


def _differs(left: Closure, right: Closure, node: Node) -> Closure:
    def differ(value: Any, frame: Frame) -> Any:
        a, b = left(value, frame), right(value, frame)
        if a is UNDEFINED or b is UNDEFINED:
            return False
        return not operations.equal(a, b, frame[2])

    return differ


def _less(left: Closure, right: Closure, node: Node) -> Closure:
    position = node.position

    def less(value: Any, frame: Frame) -> Any:
        a, b = left(value, frame), right(value, frame)
        if type(a) is int and type(b) is int:
            return a < b
        return operations.compare("<", a, b, position, frame[2])

    return less


def _greater(left: Closure, right: Closure, node: Node) -> Closure:
    position = node.position

    def greater(value: Any, frame: Frame) -> Any:
        a, b = left(value, frame), right(value, frame)
        if type(a) is int and type(b) is int:
            return a > b
        return operations.compare(">", a, b, position, frame[2])

    return greater


def _comparison(left: Closure, right: Closure, node: Node) -> Closure:
    sign, position = node.value, node.position

    def compare(value: Any, frame: Frame) -> Any:
        return operations.compare(sign, left(value, frame), right(value, frame), position, frame[2])

    return compare


def _and(left: Closure, right: Closure, node: Node) -> Closure:
    position = node.position

    def both(value: Any, frame: Frame) -> Any:
        a = left(value, frame)
        try:
            if a is not True and not truthy(a):
                return False
            b = right(value, frame)
            return b if b is True or b is False else truthy(b)
        except Fault as fault:
            raise fault.operated("and", position) from None

    return both


def _or(left: Closure, right: Closure, node: Node) -> Closure:
    position = node.position

    def either(value: Any, frame: Frame) -> Any:
        a = left(value, frame)
        try:
            if a is True or (a is not False and truthy(a)):
                return True
            b = right(value, frame)
            return b if b is True or b is False else truthy(b)
        except Fault as fault:
            raise fault.operated("or", position) from None

    return either


def _join(left: Closure, right: Closure, node: Node) -> Closure:
    position = node.position

    def join(value: Any, frame: Frame) -> Any:
        a, b = left(value, frame), right(value, frame)
        if type(a) is not str or type(b) is not str:
            try:
                a, b = operations.text(a, frame[2]), operations.text(b, frame[2])
            except Fault as fault:
                raise fault.operated("&", position) from None
        result = a + b
        if len(result) > _SHORT_TEXT:
            frame[2].hold_text(len(result))
        return result

    return join


def _range(left: Closure, right: Closure, node: Node) -> Closure:
    position = node.position

    def make_range(value: Any, frame: Frame) -> Any:
        a, b = left(value, frame), right(value, frame)
        try:
            return operations.make_range(a, b, frame[2])
        except Fault as fault:
            raise fault.operated("..", position) from None

    return make_range


def _within(left: Closure, right: Closure, node: Node) -> Closure:
    def within(value: Any, frame: Frame) -> Any:
        return operations.within(left(value, frame), right(value, frame), frame[2])

    return within


def negation(node: Node, place: Place) -> Closure:
    """Compile a unary minus."""
    assert node.right is not None
    operand, position = place.inside(node.right), node.position

    def negate(value: Any, frame: Frame) -> Any:
        result = operand(value, frame)
        if result is UNDEFINED:
            return result
        if type(result) is int or type(result) is float:
            return -result
        if type(result) is NonFinite and result == result:
            raise Fault("D1001", position, value=result)
        raise Fault("D1002", position, token="-", value=result)

    return negate


def _plus_constant(left: Closure, constant: int, node: Node) -> Closure:
    position = node.position

    def add(value: Any, frame: Frame) -> Any:
        a = left(value, frame)
        if type(a) is int:
            result = a + constant
            if -SAFE <= result <= SAFE:
                return result
        return operations.arithmetic("+", a, constant, position)

    return add


def _equals_constant(left: Closure, constant: Any, node: Node) -> Closure:
    kind = type(constant)

    def equal(value: Any, frame: Frame) -> Any:
        a = left(value, frame)
        if type(a) is kind:
            return a == constant
        return a is not UNDEFINED and operations.equal(a, constant, frame[2])

    return equal


def _less_constant(left: Closure, constant: int, node: Node) -> Closure:
    position = node.position

    def less(value: Any, frame: Frame) -> Any:
        a = left(value, frame)
        return a < constant if type(a) is int else operations.compare("<", a, constant, position, frame[2])

    return less


def _greater_constant(left: Closure, constant: int, node: Node) -> Closure:
    position = node.position

    def greater(value: Any, frame: Frame) -> Any:
        a = left(value, frame)
        return a > constant if type(a) is int else operations.compare(">", a, constant, position, frame[2])

    return greater


_WITH_CONSTANT: Final[dict[tuple[str, type], Callable[[Closure, Any, Node], Closure]]] = {
    ("+", int): _plus_constant,
    ("=", int): _equals_constant,
    ("=", str): _equals_constant,
    ("<", int): _less_constant,
    (">", int): _greater_constant,
}
_MAKERS: Final = {
    "+": _plus, "-": _minus, "*": _times, "/": _arithmetic, "%": _arithmetic,
    "=": _equals, "!=": _differs, "<": _less, ">": _greater, "<=": _comparison, ">=": _comparison,
    "and": _and, "or": _or, "&": _join, "..": _range, "in": _within,
}  # fmt: skip
