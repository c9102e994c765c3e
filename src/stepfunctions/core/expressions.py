"""The core's door to JSONata: each kind of field of a JSONata state, turned into a closure.

The makers have the signatures of ``core.queries``: what ``$`` is to a path, ``$states`` is to an expression. A closure
raises ``EvaluationFailed`` with AWS's text and the field's place, which EvaluationFailed events show.

It deliberately does not check expressions: ``asl`` has, and one that is faulty all the same fails when it is reached.

Source: AWS Developer Guide, "Transforming data with JSONata in Step Functions"; the texts as recorded from AWS.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, TypeAlias

from stepfunctions.core.queries import Query
from stepfunctions.query.failure import QueryFailed
from stepfunctions.query.jsonata import (
    Function,
    JsonataError,
    Undefined,
    compile,  # noqa: A004 - the seam's name
    is_expression,
    strip_delimiters,
)
from stepfunctions.query.scope import Scope
from stepfunctions.query.template import TemplateSyntaxError
from stepfunctions.values import ABSENT, Json, dumps

QUERY_EVALUATION_ERROR: Final = "States.QueryEvaluationError"

States: TypeAlias = dict[str, Json]
"""``$states`` without its context, which is added for the expressions that look at it."""

Evaluate: TypeAlias = Callable[[States, Scope], Json]
"""From ``$states`` and the state's surroundings to a value."""

# An expression that reads $states in any other way may see its context.
_CONTEXT: Final = re.compile(r"\$states\b(?!\s*\.\s*(?:input|result|errorOutput)\b)")

_INTEGER_MAX: Final = 99_999_999


class EvaluationFailed(QueryFailed):
    """A field of a JSONata state could not be evaluated.

    Attributes:
        location: the field's place in its state, such as ``Output/result``; None if it is no field that failed.
    """

    def __init__(self, cause: str, location: str | None) -> None:
        super().__init__(QUERY_EVALUATION_ERROR, cause)
        self.location = location


def fields(value: Json, field: str) -> Evaluate | None:
    """Return *value*, JSON with expressions in it, as a closure; None if there is no expression in it.

    Args:
        value: not changed afterwards.
        field: its place in the state: ``Output``, ``Assign/result``.
    """
    if isinstance(value, str):
        return _expression(value, field) if is_expression(value) else None
    if isinstance(value, dict):
        return _object(value, field)
    if isinstance(value, list):
        return _array(value, field)
    return None


def template(value: Json, field: str) -> Evaluate | None:
    """Return Output, Assign or the like as a closure; None if it is absent.

    Raises:
        TemplateSyntaxError: it is nested deeper than Python's stack.
    """
    if value is ABSENT:
        return None
    try:
        evaluate = fields(value, field)
    except RecursionError:
        raise TemplateSyntaxError("Value is too deeply nested", f"/{field}", "deeper than Python's stack") from None
    return (lambda states, scope: value) if evaluate is None else evaluate


def over_input(evaluate: Evaluate) -> Query:
    """Return *evaluate* over a ``$states`` that has the state's input alone."""
    return lambda data, scope: evaluate({"input": data}, scope)


def argument(value: Json, field: str) -> Query | None:
    """Return Arguments, Credentials or the like, which see the state's input; None if it is absent."""
    evaluate = template(value, field)
    return None if evaluate is None else over_input(evaluate)


def typed(value: Json, field: str, wanted: str, takes: tuple[type, ...] = ()) -> Query | None:
    """Return a field whose value must be of the JSON type *wanted*, as AWS names it; None if it is absent.

    Args:
        value: the field.
        field: its place in the state.
        wanted: what AWS says that it expects.
        takes: the types that are taken, where those are not the ones of *wanted* alone.
    """
    if value is ABSENT or not is_expression_text(value):
        return None if value is ABSENT else (lambda data, scope: value)
    evaluate = _expression(value, field)
    shown = strip_delimiters(value)
    kinds = frozenset(takes or (kind for kind, name in _TYPE_NAMES.items() if name == wanted))

    def check(data: Json, scope: Scope) -> Json:
        result = evaluate({"input": data}, scope)
        if type(result) in kinds:
            return result
        raise EvaluationFailed(
            f"The JSONata expression '{shown}' specified for the field '{field}' returned an unexpected result type. "
            f"Expected '{wanted}', but was '{type_name(result)}' for value: {dumps(result)}",
            field,
        )

    return check


def whole_number(value: Json, field: str, least: int | None) -> Query | None:
    """Return a field whose value must be a whole number of *least* or more, if given; None if it is absent.

    That AWS refuses others, and its text, are not verified.
    """
    read = typed(value, field, "number")
    if read is None:
        return None

    def check(data: Json, scope: Scope) -> Json:
        number = read(data, scope)
        if number != int(number) or (least is not None and not least <= number <= _INTEGER_MAX):
            limits = "" if least is None else f" between {least} and {_INTEGER_MAX}"
            raise EvaluationFailed(f"The {field} field must be an integer{limits} but was: {dumps(number)}", field)
        return int(number)

    return check


def is_expression_text(value: Json) -> bool:
    """Return whether *value* is a string that holds an expression."""
    return isinstance(value, str) and is_expression(value)


def type_name(value: Json) -> str:
    """Return the JSON type of *value*, as AWS names it."""
    return _TYPE_NAMES[type(value)]


_TYPE_NAMES: Final[dict[type, str]] = {
    type(None): "null",
    bool: "boolean",
    int: "number",
    float: "number",
    str: "string",
    list: "array",
    dict: "object",
}


def _object(value: dict[str, Json], field: str) -> Evaluate | None:
    members = [(name, fields(item, f"{field}/{name}")) for name, item in value.items()]
    computed = [(name, evaluate) for name, evaluate in members if evaluate is not None]
    if not computed:
        return None

    def fill(states: States, scope: Scope) -> Json:
        filled = value.copy()
        for name, evaluate in computed:
            filled[name] = evaluate(states, scope)
        return filled

    return fill


def _array(value: list[Json], field: str) -> Evaluate | None:
    elements = [(index, fields(item, f"{field}[{index}]")) for index, item in enumerate(value)]
    computed = [(index, evaluate) for index, evaluate in elements if evaluate is not None]
    if not computed:
        return None

    def fill(states: States, scope: Scope) -> Json:
        filled = value.copy()
        for index, evaluate in computed:
            filled[index] = evaluate(states, scope)
        return filled

    return fill


def _expression(text: str, field: str) -> Evaluate:
    shown = strip_delimiters(text)
    try:
        evaluate = compile(shown).evaluate
    except JsonataError as error:
        return _faulty(shown, field, error)
    has_context = _CONTEXT.search(shown) is not None
    complaint = f"The JSONata expression '{shown}' specified for the field '{field}' "

    def value(states: States, scope: Scope) -> Json:
        if has_context:
            states = {**states, "context": scope.context}
        try:
            result = evaluate({**scope.variables, "states": states}, scope)
        except JsonataError as error:
            raise EvaluationFailed(
                f"{complaint}threw an error during evaluation{error.evaluation_text}", field
            ) from None
        if isinstance(result, Undefined):
            raise EvaluationFailed(f"{complaint}returned nothing (undefined).", field)
        if isinstance(result, Function):
            raise EvaluationFailed(f"{complaint}returned an unsupported result type.", field)
        return result

    return value


def _faulty(shown: str, field: str, error: JsonataError) -> Evaluate:
    cause = (
        f"The JSONata expression '{shown}' specified for the field '{field}' threw an error during evaluation"
        f"{error.evaluation_text}"
    )

    def fail(states: States, scope: Scope) -> Json:
        raise EvaluationFailed(cause, field)

    return fail
