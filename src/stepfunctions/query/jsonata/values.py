"""What an evaluation computes with: JSON values, "nothing", arrays that remember how they came to be, and functions.

Input is plain ``list`` and ``dict`` and is never changed nor copied. What an evaluation makes is of the subclasses
below; so ``plain`` turns a result into plain JSON by walking only what was made, and stops at what came in.

Source: JSONata's sequences: a query's results, where one result stands for itself and none is nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from stepfunctions.values import Json

if TYPE_CHECKING:
    from stepfunctions.query.jsonata.runtime import Run


class Undefined:
    """The type of UNDEFINED."""

    def __repr__(self) -> str:
        return "UNDEFINED"

    def __bool__(self) -> bool:
        return False


UNDEFINED: Final = Undefined()
"""JSONata's "nothing", which is not null."""


class Array(list[Any]):
    """An array made by the expression."""

    __slots__ = ()


class Constructed(Array):
    """An array constructor as a step of a path: a path does not flatten it."""

    __slots__ = ()


class Sequence(Array):
    """The results of a query: one stands for itself, none is nothing."""

    __slots__ = ()


class KeptSequence(Sequence):
    """A sequence marked with ``[]``: one result stays an array."""

    __slots__ = ()


class Tuples(Sequence):
    """A stream of bindings: dicts with the context value under ``@`` and variables by name."""

    __slots__ = ()


class SortedTuples(Array):
    """A stream of bindings that was sorted: predicates and groupings take the bindings themselves for values then."""

    __slots__ = ()


class Wrapper(Sequence):
    """The input where it is an array, wrapped so that it is taken as one value."""

    __slots__ = ()


class Object(dict[str, Any]):
    """An object made by the expression."""

    __slots__ = ()


class NonFinite(float):
    """NaN or an infinity: computed, but no operand of anything."""

    __slots__ = ()


class Function:
    """A value that can be called.

    Attributes:
        arity: how many arguments it takes.
        opaque: it counts as false; JSONata has two makes of functions, and the other counts as true.
    """

    __slots__ = ("arity",)

    arity: int
    opaque = False

    def call(self, arguments: list[Any], context: Any, run: Run) -> Any:
        """Return what the function makes of *arguments*.

        Args:
            arguments: values, UNDEFINED among them.
            context: what stands in for a missing first argument, where the signature allows it.
            run: the evaluation.

        Raises:
            Fault: the call failed.
        """
        raise AssertionError("each kind of function has its own")

    def enter(self, arguments: list[Any], context: Any, run: Run) -> Any:
        """Do likewise, but return a TailCall that the function ends with instead of making it."""
        return self.call(arguments, context, run)


class TailCall:
    """A call that a function ends with: made by the caller of the function, so that the stack does not grow."""

    __slots__ = ("arguments", "function", "position", "token")

    def __init__(self, function: Any, arguments: list[Any], token: str | None, position: int) -> None:
        self.function = function
        self.arguments = arguments
        self.token = token
        self.position = position


def collapse(value: Any) -> Any:
    """Return what a finished sequence stands for; any other value for itself."""
    kind = type(value)
    if kind is Sequence:
        count = len(value)
        if count == 1:
            return value[0]
        if count == 0:
            return UNDEFINED
    elif kind is KeptSequence:
        if not value:
            return UNDEFINED
    elif kind is Wrapper:
        return value[0]
    return value


def keep(value: Any) -> Any:
    """Return *value* with ``[]`` applied: a sequence stays an array even with one result."""
    kind = type(value)
    if kind is Sequence or kind is KeptSequence or kind is Wrapper:
        return KeptSequence(value) if value else UNDEFINED
    return value


class _HoldsFunction(Exception):
    def __init__(self, function: Function) -> None:
        super().__init__()
        self.function = function


PLAIN: Final = frozenset({str, int, float, bool, type(None), list, dict})
"""Types whose values are plain JSON throughout."""


def plain(value: Any) -> Json | Undefined | Function:
    """Return *value* as plain JSON, sharing what came in; the Function itself if it is or holds one."""
    if type(value) in PLAIN or value is UNDEFINED:
        return value
    try:
        return _plain(value)
    except _HoldsFunction as found:
        return found.function


def _plain(value: Any) -> Json:
    if isinstance(value, list):
        return [item if type(item) in PLAIN else _plain(item) for item in value]
    if isinstance(value, dict):
        return {name: item if type(item) in PLAIN else _plain(item) for name, item in value.items()}
    if type(value) is NonFinite:
        # AWS answers with these strings.
        return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, Function):
        raise _HoldsFunction(value)
    return None if value is UNDEFINED else value
