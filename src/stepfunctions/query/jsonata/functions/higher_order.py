"""Functions that take functions.

A function is given as many of (value, position or name, whole) as it takes.

Source: JSONata 2.0.6, "Higher-order functions".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from stepfunctions.query.jsonata.callables import Builtin, Lambda
from stepfunctions.query.jsonata.errors import Fault
from stepfunctions.query.jsonata.operations import truthy
from stepfunctions.query.jsonata.runtime import Run
from stepfunctions.query.jsonata.values import UNDEFINED, Object, Sequence


def _caller(function: Any, run: Run) -> Callable[[Any, Any, Any], Any]:
    arity = max(1, min(3, function.arity))
    if type(function) is Lambda:
        return function.direct(arity, run)
    call = function.call
    return lambda value, place, whole: call([value, place, whole][:arity], None, run)


def map_(run: Run, values: Any, function: Any) -> Any:
    """Return what *function* makes of each value."""
    if values is UNDEFINED:
        return UNDEFINED
    run.hold_items(len(values))
    apply = _caller(function, run)
    results = Sequence()
    for index, value in enumerate(values):
        result = apply(value, index, values)
        if result is not UNDEFINED:
            results.append(result)
    return results


def filter_(run: Run, values: Any, function: Any) -> Any:
    """Return the values for which *function* is true."""
    if values is UNDEFINED:
        return UNDEFINED
    run.hold_items(len(values))
    test = _caller(function, run)
    return Sequence(value for index, value in enumerate(values) if truthy(test(value, index, values)))


def single(run: Run, values: Any, function: Any) -> Any:
    """Return the only value for which *function* is true."""
    if values is UNDEFINED:
        return UNDEFINED
    if function is UNDEFINED:
        matches = list(values[:2])
    else:
        test, matches = _caller(function, run), []
        for index, value in enumerate(values):
            if truthy(test(value, index, values)):
                matches.append(value)
                if len(matches) > 1:
                    break
    if len(matches) > 1:
        raise Fault("D3138")
    if not matches:
        raise Fault("D3139")
    return matches[0]


def reduce(run: Run, values: Any, function: Any, start: Any) -> Any:
    """Return what *function* makes of what it made so far and each value in turn."""
    if values is UNDEFINED:
        return UNDEFINED
    if function.arity < 2:
        raise Fault("D3050", index=1)
    run.spend(len(values))
    result, first = start, 0
    if start is UNDEFINED and values:
        result, first = values[0], 1
    for index in range(first, len(values)):
        arguments = [result, values[index], index, values][: max(2, min(4, function.arity))]
        result = function.call(arguments, None, run)
    return result


def sift(run: Run, value: Any, function: Any) -> Any:
    """Return the members for which *function* is true."""
    if not isinstance(value, dict):
        return UNDEFINED
    if function is UNDEFINED:
        return UNDEFINED
    test = _caller(function, run)
    kept = Object((name, member) for name, member in value.items() if truthy(test(member, name, value)))
    return kept or UNDEFINED


def each(run: Run, value: Any, function: Any) -> Any:
    """Return what *function* makes of each member."""
    if not isinstance(value, dict):
        return Sequence()
    apply = _caller(function, run)
    results = (apply(member, name, value) for name, member in value.items())
    return Sequence(result for result in results if result is not UNDEFINED)


FUNCTIONS: Final = (
    Builtin("map", map_, "<af>", 2, needs_run=True),
    Builtin("filter", filter_, "<af>", 2, needs_run=True),
    Builtin("single", single, "<af?>", 2, needs_run=True),
    Builtin("reduce", reduce, "<afj?:j>", 3, needs_run=True),
    Builtin("sift", sift, "<o-f?:o>", 2, needs_run=True),
    Builtin("each", each, "<o-f:a>", 2, needs_run=True),
)
