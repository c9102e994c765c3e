"""A compiled call of an intrinsic function: what the rest of the project calls."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from functools import lru_cache
from typing import Final, TypeAlias

from stepfunctions.query.failure import QueryFailed
from stepfunctions.query.intrinsics.arguments import InvalidArguments
from stepfunctions.query.intrinsics.functions import FUNCTIONS, Function
from stepfunctions.query.intrinsics.parser import Argument, Call, IntrinsicSyntaxError, StringLiteral, parse_call
from stepfunctions.query.jsonpath import Path, PathNotFound
from stepfunctions.query.scope import Scope
from stepfunctions.values import Json, dumps

Read: TypeAlias = Callable[[Json, Scope], Json]

_CACHE_SIZE: Final = 4096

# The documented States.IntrinsicFailure is not what users of AWS report: executions fail with States.Runtime and
# "Invalid arguments in States.MathAdd". A path without target fails likewise.
_ERROR: Final = "States.Runtime"


class Intrinsic:
    """A call of an intrinsic function, ready to be called. Make one with ``compile_intrinsic``.

    Attributes:
        text: as the definition writes it.
        variables: the workflow variables that it reads, without ``$``.
        read: the compiled closure. Calling the intrinsic is the same, one Python call slower.
    """

    __slots__ = ("read", "text", "variables")

    def __init__(self, text: str, call: Call) -> None:
        self.text = text
        self.variables = _variables(call)
        self.read: Read = _reporting(text, _compile(call))

    def __call__(self, data: Json, scope: Scope) -> Json:
        """Return the function's result.

        Args:
            data: the input that ``$`` stands for.
            scope: provides ``$$``, variables and randomness.

        Raises:
            QueryFailed: States.Runtime; an argument has no target or does not fit.
        """
        return self.read(data, scope)

    def __repr__(self) -> str:
        return f"Intrinsic({self.text!r})"


@lru_cache(_CACHE_SIZE)
def compile_intrinsic(text: str) -> Intrinsic:
    """Return the compiled call; the same object for the same text.

    Args:
        text: such as ``States.Format('Hello {}', $.name)``.

    Raises:
        IntrinsicSyntaxError: not a call of a function that exists, with as many arguments as it takes.

    Source:
        States Language, "Intrinsic Functions"; AWS Developer Guide, "Intrinsic functions".
    """
    return Intrinsic(text, parse_call(text))


def _reporting(text: str, read: Read) -> Read:
    def report(data: Json, scope: Scope) -> Json:
        try:
            return read(data, scope)
        except PathNotFound as missing:
            reason = (
                f"The JsonPath argument for the field '{missing.path}' could not be found in the input '{dumps(data)}'"
            )
        except InvalidArguments as invalid:
            reason = str(invalid)
        except RecursionError:
            reason = "an argument is nested too deeply"
        raise QueryFailed(_ERROR, f"The function '{text}' had the following error: {reason}")

    return report


def _variables(call: Call) -> frozenset[str]:
    names: frozenset[str] = frozenset()
    for argument in call.arguments:
        if isinstance(argument, Path):
            names |= argument.variables
        elif isinstance(argument, Call):
            names |= _variables(argument)
    return names


def _compile(call: Call) -> Read:
    function = _function(call)
    arguments = [_argument(argument) for argument in call.arguments]
    if call.function == "States.Format" and isinstance(call.arguments[0], StringLiteral):
        arguments[0] = _constant(call.arguments[0].raw)
    return _naming(call.function, _applied(function.run, arguments))


def _function(call: Call) -> Function:
    function = FUNCTIONS.get(call.function)
    if function is None:
        near = difflib.get_close_matches(call.function, FUNCTIONS, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise IntrinsicSyntaxError(f"There is no intrinsic function '{call.function}'{hint}")
    if not function.arguments_min <= len(call.arguments) <= function.arguments_max:
        raise IntrinsicSyntaxError(f"'{call.function}' does not take {len(call.arguments)} arguments")
    return function


def _argument(argument: Argument) -> Read:
    if isinstance(argument, Path):
        return argument.read
    if isinstance(argument, Call):
        return _compile(argument)
    return _constant(argument.value)


def _constant(value: Json) -> Read:
    return lambda data, scope: value


def _applied(run: Callable[..., Json], arguments: list[Read]) -> Read:
    if len(arguments) == 1:
        (only,) = arguments
        return lambda data, scope: run(scope, only(data, scope))
    if len(arguments) == 2:
        first, second = arguments
        return lambda data, scope: run(scope, first(data, scope), second(data, scope))
    return lambda data, scope: run(scope, *[argument(data, scope) for argument in arguments])


def _naming(function: str, read: Read) -> Read:
    """Let refused arguments name the function that refuses them, which may be nested in another."""

    def named(data: Json, scope: Scope) -> Json:
        try:
            return read(data, scope)
        except InvalidArguments as invalid:
            if str(invalid).startswith("Invalid arguments in "):
                raise
            raise InvalidArguments(f"Invalid arguments in {function}: {invalid}") from None

    return named
