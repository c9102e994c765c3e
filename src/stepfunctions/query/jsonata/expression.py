"""A compiled expression, ready to be evaluated as often as wanted.

Source: JSONata 2.0.6, ``jsonata(...).evaluate``.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from stepfunctions.query.jsonata.ast import Node
from stepfunctions.query.jsonata.compiler import compile_tree
from stepfunctions.query.jsonata.compiler.place import assigned, needed_depth
from stepfunctions.query.jsonata.errors import Fault, too_deep, too_long
from stepfunctions.query.jsonata.parser import parse
from stepfunctions.query.jsonata.runtime import DEFAULT_LIMITS, Limits, Run
from stepfunctions.query.jsonata.values import PLAIN, UNDEFINED, Function, Sequence, Undefined, Wrapper, plain
from stepfunctions.query.scope import MANY_STEPS, Scope
from stepfunctions.values import Json

_REMEMBERED: Final = 4096
_LONGEST_REMEMBERED: Final = 10_000


class Expression:
    """A compiled expression.

    Attributes:
        text: what it was compiled from.
    """

    __slots__ = ("_assigns", "_closure", "_needed_depth", "text", "tree")

    def __init__(self, text: str, tree: Node) -> None:
        self.text = text
        self.tree = tree
        self._closure = compile_tree(tree)
        self._assigns = bool(assigned(tree))
        self._needed_depth = needed_depth(tree)

    def evaluate(
        self,
        bindings: Mapping[str, Json],
        scope: Scope,
        *,
        data: Json | Undefined = UNDEFINED,
        limits: Limits = DEFAULT_LIMITS,
    ) -> Json | Undefined | Function:
        """Return the value, or UNDEFINED; a Function if the value is one or holds one, which AWS does not support.

        Args:
            bindings: by name without ``$``; ``states`` and the workflow variables.
            scope: time and chance.
            data: what ``$`` stands for at the top level; AWS gives none.
            limits: what the evaluation may use.

        Raises:
            JsonataError: the evaluation failed.
        """
        run = Run(data, scope, limits)
        if self._needed_depth > limits.depth_max:
            raise too_deep().error()
        context = data
        if isinstance(data, list) and not isinstance(data, Sequence):
            context = Wrapper((data,))
        try:
            result = self._closure(context, (dict(bindings) if self._assigns else bindings, None, run))
            return result if type(result) in PLAIN else plain(result)
        except Fault as fault:
            raise fault.error() from None
        except RecursionError:
            raise too_deep().error() from None
        finally:
            used = limits.steps_max - run.steps
            if used > MANY_STEPS and not scope.spend(used):
                raise too_long().error()

    def __repr__(self) -> str:
        return f"Expression({self.text!r})"


class _TooDeep(Expression):
    """An expression nested deeper than the stack; evaluating it fails as on AWS."""

    __slots__ = ()

    def __init__(self, text: str) -> None:
        self.text = text
        self.tree = Node("value", None)

    def evaluate(self, *arguments: Any, **options: Any) -> Json | Undefined | Function:
        """Fail."""
        raise too_deep().error()


def compile(text: str) -> Expression:  # noqa: A001 - the seam's name in ARCHITECTURE.md, always called jsonata.compile
    """Return *text*, what stands between ``{%`` and ``%}``, compiled.

    Raises:
        JsonataError: it is no JSONata; a code that starts with S.
    """
    return _remembered(text) if len(text) <= _LONGEST_REMEMBERED else _compiled(text)


def _compiled(text: str) -> Expression:
    try:
        return Expression(text, parse(text))
    except Fault as fault:
        raise fault.error() from None
    except RecursionError:
        return _TooDeep(text)


_remembered = lru_cache(_REMEMBERED)(_compiled)
