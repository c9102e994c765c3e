"""Calls, function definitions and applications as closures.

A call of a library function that nothing can have redefined in the expression is compiled for that function: unless a
workflow variable turns out to have its name, only the types of the arguments are looked at before it runs.

Source: JSONata 2.0.6, "Functional programming".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from stepfunctions.query.jsonata.ast import Node
from stepfunctions.query.jsonata.callables import (
    PLACEHOLDER,
    Builtin,
    Chain,
    Lambda,
    Partial,
    Passed,
    called,
)
from stepfunctions.query.jsonata.compiler.basics import lookup_variable
from stepfunctions.query.jsonata.compiler.place import Place, assigned, needed_depth, weight
from stepfunctions.query.jsonata.errors import Fault
from stepfunctions.query.jsonata.functions import BUILTINS
from stepfunctions.query.jsonata.runtime import Closure, Frame
from stepfunctions.query.jsonata.values import (
    UNDEFINED,
    Array,
    Constructed,
    Function,
    KeptSequence,
    Object,
    Sequence,
    TailCall,
    Wrapper,
    collapse,
)

_SEQUENCES: Final = frozenset({Sequence, KeptSequence, Wrapper})
_SIZED: Final = frozenset({str, list, dict, Array, Constructed, Sequence, KeptSequence, Object})
_Prepared = Callable[[Any, Frame], tuple[Any, list[Any]]]


def call(node: Node, place: Place) -> Closure:
    """Compile a call; one that a function ends with is handed to the function's caller."""
    builtin = _known_builtin(node, place)
    if builtin is not None and (not node.tail or _ignores_context(builtin, node)):
        return _builtin_call(node, place, builtin)
    prepare = _prepared(node, place, wraps=not node.tail)
    token, position = _token(node), node.position
    if node.tail:

        def leave(value: Any, frame: Frame) -> Any:
            function, arguments = prepare(value, frame)
            return TailCall(function, arguments, token, position)

        return leave
    invoke = _invoker(node, place.depth)

    finish = _finisher(node)

    def make_call(value: Any, frame: Frame) -> Any:
        function, arguments = prepare(value, frame)
        return finish(invoke(function, arguments, value, frame))

    return make_call


def _itself(result: Any) -> Any:
    return result


def _finisher(node: Node) -> Callable[[Any], Any]:
    """Return what collapses the result, unless predicates or the like are still to come, or a caller."""
    return _itself if node.tail or node.predicate or node.keep_array or node.group else collapse


def _known_builtin(node: Node, place: Place) -> Builtin | None:
    procedure = node.test
    if procedure is None or procedure.kind != "variable" or procedure.predicate or procedure.group:
        return None
    hops, outermost = place.hops(procedure.value)
    return BUILTINS.get(procedure.value) if outermost and len(hops) == 1 else None


def _ignores_context(builtin: Builtin, node: Node) -> bool:
    return not builtin.signature.takes_context or len(node.items) >= builtin.signature.count


def _token(node: Node) -> str | None:
    procedure = node.test
    assert procedure is not None
    if procedure.kind == "path":
        procedure = procedure.items[0]
    return procedure.value if isinstance(procedure.value, str) else None


def _invoker(node: Node, depth: int) -> Callable[[Any, list[Any], Any, Frame], Any]:
    token, position = _token(node), node.position

    def invoke(function: Any, arguments: list[Any], value: Any, frame: Frame) -> Any:
        run = frame[2]
        before = run.depth
        run.depth = before + depth
        try:
            result = called(function).call(arguments, value, run)
        except Fault as fault:
            raise fault.called(token, position) from None
        run.depth = before
        return result

    return invoke


def _prepared(node: Node, place: Place, wraps: bool) -> _Prepared:
    """Return a closure that evaluates the function and the arguments."""
    assert node.test is not None
    procedure = place.inside(node.test)
    parts = [place.inside(item) for item in node.items]
    hint = _forgotten_dollar(node, place, "T1005")

    def prepare(value: Any, frame: Frame) -> tuple[Any, list[Any]]:
        function = procedure(value, frame)
        if function is UNDEFINED and hint is not None:
            hint(value, frame)
        arguments = [part(value, frame) for part in parts]
        if wraps:
            arguments = [Passed(each) if isinstance(each, Function) else each for each in arguments]
        return function, arguments

    return prepare


def _forgotten_dollar(node: Node, place: Place, code: str) -> Closure | None:
    """Return a check that fails where the name of a path is that of a variable: ``sum(x)`` for ``$sum(x)``."""
    procedure = node.test
    if procedure is None or procedure.kind != "path" or not isinstance(procedure.items[0].value, str):
        return None
    name = procedure.items[0].value
    look = lookup_variable(name, place)

    def check(value: Any, frame: Frame) -> Any:
        if look(value, frame) not in (UNDEFINED, None, False, 0, ""):
            raise Fault(code, node.position, token=name)

    return check


def _builtin_call(node: Node, place: Place, builtin: Builtin) -> Closure:
    assert node.test is not None
    procedure = place.inside(node.test)
    parts = [place.inside(item) for item in node.items]
    if len(parts) == 1 and not builtin.needs_run:
        return _unary_builtin(builtin, procedure, parts[0], node, place.depth)
    return _nary_builtin(builtin, procedure, parts, node, place.depth)


def _unary_builtin(builtin: Builtin, procedure: Closure, part: Closure, node: Node, depth: int) -> Closure:
    implementation, fits, shift = builtin.implementation, builtin.signature.fits, builtin.shift
    token, position, invoke, finish = builtin.name, node.position, _invoker(node, depth), _finisher(node)

    def make_call(value: Any, frame: Frame) -> Any:
        function = procedure(value, frame)
        argument = part(value, frame)
        if function is not builtin or fits.get((type(argument),), builtin) is not None:
            return finish(invoke(function, [argument], value, frame))
        if type(argument) in _SIZED:
            frame[2].spend(1 + (len(argument) >> shift))
        try:
            return implementation(argument)
        except Fault as fault:
            raise fault.called(token, position) from None

    return make_call


def _nary_builtin(builtin: Builtin, procedure: Closure, parts: list[Closure], node: Node, depth: int) -> Closure:
    implementation, fits, needs_run = builtin.implementation, builtin.signature.fits, builtin.needs_run
    token, position, invoke, finish = builtin.name, node.position, _invoker(node, depth), _finisher(node)

    def make_call(value: Any, frame: Frame) -> Any:
        function = procedure(value, frame)
        arguments = [part(value, frame) for part in parts]
        if function is not builtin or fits.get(tuple(map(type, arguments)), builtin) is not None:
            if type(function) is not Builtin:
                arguments = [Passed(each) if isinstance(each, Function) else each for each in arguments]
            return finish(invoke(function, arguments, value, frame))
        run = frame[2]
        before = run.depth
        run.depth = before + depth
        run.spend(1 + builtin.cost(arguments))
        try:
            result = implementation(run, *arguments) if needs_run else implementation(*arguments)
        except Fault as fault:
            raise fault.called(token, position) from None
        run.depth = before
        return finish(result) if type(result) in _SEQUENCES else result

    return make_call


def lambda_(node: Node, place: Place) -> Closure:
    """Compile a function definition."""
    assert node.test is not None
    parameters = tuple(parameter.value for parameter in node.items)
    inner = Place(place.names, 0, place.compile_node).framed(
        frozenset(parameters) | assigned(node.test), frozenset(parameters)
    )
    body = inner.inside(node.test)
    signature, levels, steps = node.signature, needed_depth(node.test), 1 + weight(node.test)
    return lambda value, frame: Lambda(parameters, body, signature, levels, steps, value, frame)


def partial(node: Node, place: Place) -> Closure:
    """Compile a partial application."""
    assert node.test is not None
    parts = [None if item.kind == "operator" else place.inside(item) for item in node.items]
    procedure = place.inside(node.test)
    hint = _forgotten_dollar(node, place, "T1007")
    token, position = _token(node), node.position

    def apply(value: Any, frame: Frame) -> Any:
        given = [PLACEHOLDER if part is None else part(value, frame) for part in parts]
        function = procedure(value, frame)
        if function is UNDEFINED and hint is not None:
            hint(value, frame)
        if not isinstance(function, Function):
            raise Fault("T1008", position, token=UNDEFINED if token is None else token)
        return Partial(function, given)

    return apply


def apply(node: Node, place: Place) -> Closure:
    """Compile ``left ~> right``."""
    assert node.left is not None
    assert node.right is not None
    left = place.inside(node.left)
    if node.right.kind == "function":
        return _piped_call(left, node.right, place)
    right, position, depth = place.inside(node.right), node.position, place.depth
    token = node.right.value if node.right.kind == "variable" else None

    def pipe(value: Any, frame: Frame) -> Any:
        argument = left(value, frame)
        function = right(value, frame)
        if not isinstance(function, Function):
            raise Fault("T2006", position, value=function)
        if isinstance(argument, Function):
            return Chain(argument, function)
        run = frame[2]
        before = run.depth
        run.depth = before + depth
        try:
            result = function.call([argument], None, run)
        except Fault as fault:
            raise fault.named(token) from None
        run.depth = before
        return result

    return pipe


def _piped_call(left: Closure, node: Node, place: Place) -> Closure:
    prepare = _prepared(node, place, wraps=True)
    invoke = _invoker(node, place.depth)

    def pipe(value: Any, frame: Frame) -> Any:
        argument = left(value, frame)
        function, arguments = prepare(value, frame)
        return invoke(function, [argument, *arguments], value, frame)

    return pipe
