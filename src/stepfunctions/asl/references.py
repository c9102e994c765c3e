"""Which workflow variables each state reads: the ``variableReferences`` of DescribeStateMachine.

Source: AWS API reference, DescribeStateMachine; recordings of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from stepfunctions.asl.model import And, Comparison, Map, Not, Or, Parallel, Rule, Scope, State
from stepfunctions.asl.queries import is_expression
from stepfunctions.query.expression import compile_expression
from stepfunctions.query.jsonata import analyse, strip_delimiters
from stepfunctions.values import Json

_TEMPLATES = frozenset(
    {"parameters", "arguments", "result_selector", "item_selector", "assign", "output", "batch_input", "credentials"}
)
_NESTED = frozenset({"item_reader", "item_batcher", "result_writer"})


def variable_references(machine: Scope) -> dict[str, list[str]]:
    """Return the variables that each state reads.

    Returns:
        ``{"CheckAnswer": ["answer", "guess"]}``: states of every depth that read any, names sorted.

    Source:
        Recordings of DescribeStateMachine.
    """
    found: dict[str, list[str]] = {}
    for state in _states(machine):
        names = set(_of_state(state))
        if names:
            found[state.name] = sorted(names)
    return found


def query_variables(query: str) -> frozenset[str]:
    """Return the variables that a path or an intrinsic function call reads."""
    return compile_expression(query).variables


def expression_variables(expression: str) -> tuple[str, ...]:
    """Return the variables that a JSONata expression, given with its marks, reads."""
    return analyse(strip_delimiters(expression)).variables


def _states(scope: Scope) -> Iterator[State]:
    for state in scope.states.values():
        yield state
        if isinstance(state, Parallel):
            for branch in state.branches:
                yield from _states(branch)
        elif isinstance(state, Map):
            yield from _states(state.processor)


def _of_state(state: State) -> Iterator[str]:
    yield from _of_fields(state)
    for catcher in getattr(state, "catch", ()):
        yield from _of_fields(catcher)
    for choice in getattr(state, "choices", ()):
        yield from _of_fields(choice)
        yield from _of_rule(choice.rule)


def _of_fields(item: object) -> Iterator[str]:
    for field in fields(item):  # type: ignore[arg-type]  # every caller passes one of the model's dataclasses
        value = getattr(item, field.name)
        if field.name in _TEMPLATES:
            yield from _of_template(value)
        elif isinstance(value, str) and field.name.endswith("_path"):
            yield from query_variables(value)
        elif is_expression(value):
            yield from expression_variables(value)
        elif field.name in _NESTED and value is not None:
            yield from _of_fields(value)
            yield from _of_config(getattr(value, "reader_config", {}))


def _of_config(config: dict[str, Json]) -> Iterator[str]:
    path = config.get("MaxItemsPath")
    if isinstance(path, str):
        yield from query_variables(path)


def _of_template(value: Json) -> Iterator[str]:
    pending = [("", value)]
    while pending:
        name, item = pending.pop()
        if isinstance(item, dict):
            pending.extend(item.items())
        elif isinstance(item, list):
            pending.extend((name, inner) for inner in item)
        elif is_expression(item):
            yield from expression_variables(item)
        elif isinstance(item, str) and name.endswith(".$"):
            yield from query_variables(item)


def _of_rule(rule: Rule) -> Iterator[str]:
    match rule:
        case Comparison():
            yield from query_variables(rule.variable)
            if rule.operator.endswith("Path"):
                yield from query_variables(rule.operand)
        case And() | Or():
            for inner in rule.rules:
                yield from _of_rule(inner)
        case Not():
            yield from _of_rule(rule.rule)
        case _:
            if is_expression(rule.expression):
                yield from expression_variables(rule.expression)
