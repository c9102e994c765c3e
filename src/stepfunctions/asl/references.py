"""Which workflow variables each state reads: the ``variableReferences`` of DescribeStateMachine.

Source: AWS API reference, DescribeStateMachine; recordings of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from stepfunctions.asl.model import JSONATA, And, Comparison, Map, Not, Or, Parallel, Rule, Scope, State
from stepfunctions.asl.queries import is_expression
from stepfunctions.query.expression import compile_expression
from stepfunctions.query.jsonata import analyse, strip_delimiters
from stepfunctions.values import Json

_TEMPLATES = frozenset(
    {"parameters", "arguments", "result_selector", "item_selector", "assign", "output", "batch_input", "credentials"}
)
_NESTED = frozenset({"item_reader", "item_batcher", "result_writer"})
_LITERAL = frozenset({"name", "location", "query_language", "comment", "next", "default", "resource", "label"})


def variable_references(machine: Scope) -> dict[str, list[str]]:
    """Return the variables that each state reads.

    Returns:
        ``{"CheckAnswer": ["answer", "guess"]}``: states of every depth that read any, names sorted.

    Source:
        Recordings of DescribeStateMachine.
    """
    found: dict[str, list[str]] = {}
    for state in _states(machine):
        names = set(of_state(state))
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


def of_state(state: State) -> Iterator[str]:
    """Yield the variables that *state* reads itself, as often as it does."""
    read = _of_expressions if state.query_language == JSONATA else _of_paths
    yield from read(state)
    for catcher in getattr(state, "catch", ()):
        yield from read(catcher)
    for choice in getattr(state, "choices", ()):
        yield from read(choice)
        yield from _of_rule(choice.rule)


def _of_paths(item: Any) -> Iterator[str]:
    """Yield the variables that a JSONPath state reads, or a part of it: a string is a query where its field says so."""
    for field in fields(item):
        value = getattr(item, field.name)
        if field.name in _TEMPLATES:
            yield from _of_template(value)
        elif isinstance(value, str) and field.name.endswith("_path"):
            yield from query_variables(value)
        elif field.name in _NESTED and value is not None:
            yield from _of_paths(value)
        elif field.name == "reader_config" and "MaxItemsPath" in value:
            yield from query_variables(value["MaxItemsPath"])


def _of_expressions(item: Any) -> Iterator[str]:
    """Yield the variables that a JSONata state reads, or a part of it: a string is an expression by its marks."""
    for field in fields(item):
        value = getattr(item, field.name)
        if field.name in _NESTED and value is not None:
            yield from _of_expressions(value)
        elif field.name not in _LITERAL:
            for each in _leaves(value):
                if is_expression(each):
                    yield from expression_variables(each)


def _of_template(value: Json) -> Iterator[str]:
    pending = [("", value)]
    while pending:
        name, item = pending.pop()
        if isinstance(item, dict):
            pending.extend(item.items())
        elif isinstance(item, list):
            pending.extend((name, inner) for inner in item)
        elif isinstance(item, str) and name.endswith(".$"):
            yield from query_variables(item)


def _leaves(value: Json) -> Iterator[Json]:
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, dict):
            pending.extend(item.values())
        elif isinstance(item, list):
            pending.extend(item)
        else:
            yield item


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
