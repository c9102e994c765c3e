"""The model back to a definition: the inverse of ``parse``.

What equals AWS's default is left out, so the result may be shorter than what was parsed; it means the same. It is
made from the same tables as ``parse``, so a field cannot be known to only one of them.

Source: States Language; the predecessor SDK for the order of the top-level keys.
"""

from __future__ import annotations

from dataclasses import MISSING, fields
from functools import cache
from typing import Any

from stepfunctions.asl.choice_rules import OUTCOME
from stepfunctions.asl.containers import BATCHER, READER, WRITER
from stepfunctions.asl.fields import FIELDS
from stepfunctions.asl.model import (
    JSONPATH,
    And,
    Choice,
    ChoiceRule,
    Comparison,
    Condition,
    FlowState,
    ItemProcessor,
    Map,
    Not,
    Or,
    Parallel,
    Rule,
    Scope,
    State,
    StateMachine,
)
from stepfunctions.asl.objects import Table, Tables
from stepfunctions.asl.retries import CATCHER, RETRIER
from stepfunctions.values import Json


def render(machine: StateMachine) -> dict[str, Json]:
    """Return the definition of *machine*.

    Returns:
        ``{"TimeoutSeconds": ..., "Comment": ..., "Version": ..., "StartAt": ..., "States": {...}}``, without what is
        not set. ``parse`` of it equals *machine*.

    Raises:
        Nothing.

    Source:
        States Language; key order of the predecessor SDK.
    """
    definition: dict[str, Json] = {}
    if machine.timeout_seconds is not None:
        definition["TimeoutSeconds"] = machine.timeout_seconds
    if machine.comment is not None:
        definition["Comment"] = machine.comment
    definition["Version"] = machine.version
    if machine.query_language != JSONPATH:
        definition["QueryLanguage"] = machine.query_language
    return definition | _states(machine, machine.query_language)


def _states(scope: Scope, machine_language: str) -> dict[str, Json]:
    states = {name: _state(state, machine_language) for name, state in scope.states.items()}
    return {"StartAt": scope.start_at, "States": states}


def _scope(scope: Scope, machine_language: str) -> dict[str, Json]:
    comment = {} if scope.comment is None else {"Comment": scope.comment}
    return comment | _states(scope, machine_language)


def _state(state: State, machine_language: str) -> dict[str, Json]:
    rendered: dict[str, Json] = {"Type": state.type}
    if state.query_language != machine_language:
        rendered["QueryLanguage"] = state.query_language
    rendered |= _fields(state, FIELDS[type(state)].of(state.query_language))
    if isinstance(state, FlowState) and state.next is None:
        rendered["End"] = True
    if isinstance(state, Choice):
        rendered["Choices"] = [_choice(rule, state.query_language) for rule in state.choices]
    elif isinstance(state, Parallel):
        rendered["Branches"] = [_scope(branch, machine_language) for branch in state.branches]
    elif isinstance(state, Map):
        _render_map(state, rendered, machine_language)
    if "Retry" in rendered:
        rendered["Retry"] = [_fields(each, RETRIER.jsonpath) for each in rendered["Retry"]]
    if "Catch" in rendered:
        rendered["Catch"] = [_fields(each, CATCHER.of(state.query_language)) for each in rendered["Catch"]]
    return rendered


def _render_map(state: Map, rendered: dict[str, Json], machine_language: str) -> None:
    """Write the legacy names only beside a legacy processor."""
    for unused in ("ItemProcessor", "Parameters") if state.processor.legacy else ("Iterator", "Parameters"):
        rendered.pop(unused, None)
    name = "Iterator" if state.processor.legacy else "ItemProcessor"
    rendered[name] = _processor(state.processor, machine_language)
    nested: tuple[tuple[str, Tables], ...] = (
        ("ItemReader", READER),
        ("ItemBatcher", BATCHER),
        ("ResultWriter", WRITER),
    )
    for name, of in nested:
        if name in rendered:
            rendered[name] = _fields(rendered[name], of.of(state.query_language))


def _processor(processor: ItemProcessor, machine_language: str) -> dict[str, Json]:
    config = {"Mode": processor.mode}
    if processor.execution_type is not None:
        config["ExecutionType"] = processor.execution_type
    plain = processor.legacy and len(config) == 1 and processor.mode == "INLINE"
    return ({} if plain else {"ProcessorConfig": config}) | _scope(processor, machine_language)


def _choice(choice: ChoiceRule, language: str) -> dict[str, Json]:
    return _rule(choice.rule) | _fields(choice, OUTCOME.of(language))


def _rule(rule: Rule) -> dict[str, Json]:
    match rule:
        case Comparison():
            return {"Variable": rule.variable, rule.operator: rule.operand}
        case And():
            return {"And": [_rule(each) for each in rule.rules]}
        case Or():
            return {"Or": [_rule(each) for each in rule.rules]}
        case Not():
            return {"Not": _rule(rule.rule)}
        case Condition():
            return {"Condition": rule.expression}


def _fields(item: Any, table: Table) -> dict[str, Json]:
    """Return the fields of *table* whose value in *item* is not the default."""
    defaults = _defaults(type(item))  # type: ignore[arg-type]  # a class is hashable; mypy reads Any as metaclass
    rendered = {}
    for name, field in table.items():
        if field.attribute is None or field.attribute not in defaults:
            continue
        value, default = getattr(item, field.attribute), defaults[field.attribute]
        if value is default or (default is not None and value == default and type(value) is type(default)):
            continue
        rendered[name] = list(value) if isinstance(value, tuple) else value
    return rendered


@cache
def _defaults(model: Any) -> dict[str, Any]:
    return {
        each.name: each.default_factory() if each.default_factory is not MISSING else each.default
        for each in fields(model)
    }
