"""The kinds of functions an expression can make or be given.

A call that a function ends with is not made inside it but returned as a TailCall and made here in a loop.

Source: JSONata 2.0.6, "Functional programming": closures, tail call optimization, partial application, composition.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from stepfunctions.query.jsonata.errors import Fault, too_deep, too_long
from stepfunctions.query.jsonata.runtime import Closure, Frame, Run
from stepfunctions.query.jsonata.signature import Signature
from stepfunctions.query.jsonata.values import UNDEFINED, Function, TailCall, Wrapper, collapse

INSTANT: Final = 63
"""The ``shift`` of functions whose arguments' size does not matter."""

_SIZED: Final = (str, list, dict)


class Builtin(Function):
    """A function of the library.

    Attributes:
        name: without ``$``.
        implementation: takes the arguments of the signature; before them the Run where ``needs_run``.
        signature: brings arguments into form.
        needs_run: it calls functions, or needs time, chance or budgets.
        shift: how many binary orders of magnitude of an argument's length make one step.
    """

    __slots__ = ("implementation", "name", "needs_run", "shift", "signature")

    def __init__(
        self,
        name: str,
        implementation: Callable[..., Any],
        signature: str,
        arity: int,
        needs_run: bool = False,
        shift: int = 4,
    ) -> None:
        self.name = name
        self.implementation = implementation
        self.signature = Signature(signature)
        self.arity = arity
        self.needs_run = needs_run
        self.shift = shift

    def call(self, arguments: list[Any], context: Any, run: Run) -> Any:
        """Bring the arguments into form and call the implementation."""
        run.spend(1 + self.cost(arguments))
        arguments = self.signature.validate(arguments, context)
        if self.needs_run:
            return self.implementation(run, *arguments)
        return self.implementation(*arguments)

    def cost(self, arguments: list[Any]) -> int:
        """Return the steps that *arguments* cost by their size."""
        return sum(len(each) >> self.shift for each in arguments if isinstance(each, _SIZED))


class Lambda(Function):
    """A function of the expression, with the frame and the context value it was made in."""

    __slots__ = ("body", "context", "frame", "needed_depth", "parameters", "signature", "steps")

    def __init__(
        self,
        parameters: tuple[str, ...],
        body: Closure,
        signature: Signature | None,
        needed_depth: int,
        steps: int,
        context: Any,
        frame: Frame,
    ) -> None:
        self.parameters = parameters
        self.body = body
        self.signature = signature
        self.needed_depth = needed_depth
        self.steps = steps
        self.context = context
        self.frame = frame
        self.arity = len(parameters)

    def call(self, arguments: list[Any], context: Any, run: Run) -> Any:
        """Evaluate the body, and the calls it ends with."""
        return finish(self.enter(arguments, context, run), context, run)

    def enter(self, arguments: list[Any], context: Any, run: Run) -> Any:
        """Evaluate the body up to the call it ends with."""
        if self.signature is not None:
            arguments = [
                each[0] if type(each) is Wrapper else each for each in self.signature.validate(arguments, context)
            ]
        return self.apply(arguments, run)

    def direct(self, count: int, run: Run) -> Callable[[Any, Any, Any], Any]:
        """Return a shorter way to call the function often, with the first *count* of three arguments each time."""
        if self.signature is not None or count > 3 or len(self.parameters) != count:
            return lambda a, b, c: self.call([a, b, c][:count], None, run)
        if run.depth + self.needed_depth > run.limits.depth_max:
            raise too_deep()
        body, context, frame, steps = self.body, self.context, self.frame, self.steps
        first, second, third = (*self.parameters, "", "", "")[:3]

        def apply(a: Any, b: Any, c: Any) -> Any:
            run.steps -= steps
            if run.steps < 0:
                raise too_long()
            names = {first: a}
            if count > 1:
                names[second] = b
                if count > 2:
                    names[third] = c
            result = body(context, (names, frame, run))
            return finish(result, None, run) if type(result) is TailCall else result

        return apply

    def apply(self, arguments: list[Any], run: Run) -> Any:
        """Evaluate the body, whatever the signature says."""
        run.steps -= self.steps
        if run.steps < 0:
            raise too_long()
        if run.depth + self.needed_depth > run.limits.depth_max:
            raise too_deep()
        parameters = self.parameters
        names = dict(zip(parameters, arguments, strict=False))
        if len(names) < len(parameters):
            for parameter in parameters:
                names.setdefault(parameter, UNDEFINED)
        return self.body(self.context, (names, self.frame, run))


def finish(result: Any, context: Any, run: Run) -> Any:
    """Return what *result* comes to, if it is a call to be made.

    A sequence stays one, as in JSONata: only the expression that called collapses it, a higher-order function does not.
    """
    while type(result) is TailCall:
        try:
            result = called(result.function).enter(result.arguments, context, run)
        except Fault as fault:
            raise fault.called(result.token, result.position) from None
    return result


def called(function: Any) -> Function:
    """Return *function*, which is to be called.

    Raises:
        Fault: T1006: it is none.
    """
    if isinstance(function, Function):
        return function
    raise Fault("T1006")


class Passed(Function):
    """A function given as an argument: called without a context value."""

    __slots__ = ("function",)
    opaque = True

    def __init__(self, function: Function) -> None:
        self.function = function
        self.arity = function.arity

    def call(self, arguments: list[Any], context: Any, run: Run) -> Any:
        """Call the function."""
        return self.function.call(arguments, None, run)


PLACEHOLDER: Final = object()


class Partial(Function):
    """A function with some of its arguments given."""

    __slots__ = ("function", "given")

    def __init__(self, function: Function, given: list[Any]) -> None:
        self.function = function
        self.given = given[: function.arity]
        self.arity = sum(each is PLACEHOLDER for each in self.given)

    def call(self, arguments: list[Any], context: Any, run: Run) -> Any:
        """Call the function with all its arguments."""
        rest = iter(arguments)
        filled = [next(rest, UNDEFINED) if each is PLACEHOLDER else each for each in self.given]
        if isinstance(self.function, Lambda):
            return finish(self.function.apply(filled, run), context, run)
        return self.function.call(filled, None, run)


class Chain(Function):
    """Two functions applied one after the other."""

    __slots__ = ("first", "second")

    def __init__(self, first: Function, second: Function) -> None:
        self.first = first
        self.second = second
        self.arity = 1

    def call(self, arguments: list[Any], context: Any, run: Run) -> Any:
        """Call the first function, then the second with what it returned."""
        # The levels that JSONata's own definition of composition takes.
        run.depth += 2
        if run.depth > run.limits.depth_max:
            raise too_deep()
        between = collapse(self.first.call(arguments[:1] or [UNDEFINED], None, run))
        result = self.second.call([between], None, run)
        run.depth -= 2
        return result
