"""The Choice state: picks the next state by rules over its input.

Source: States Language, "Choice State"; AWS reports what the spec calls States.NoChoiceMatched as States.Runtime.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

from stepfunctions.asl import model
from stepfunctions.core import expressions
from stepfunctions.core.comparisons import OPERATORS
from stepfunctions.core.flow import assignment
from stepfunctions.core.frame import Frame
from stepfunctions.core.queries import RUNTIME, Query, lookup
from stepfunctions.core.states.state import CompiledState
from stepfunctions.query.failure import QueryFailed
from stepfunctions.query.jsonpath import PathNotFound, compile_path
from stepfunctions.query.scope import Scope
from stepfunctions.values import ABSENT, Json, Payload

if TYPE_CHECKING:
    from stepfunctions.core.execution import Execution

Condition: TypeAlias = Callable[[Json, Scope], bool]

_NO_MATCH: Final = "Failed to transition out of the state. The state does not point to a next state."


@dataclass(slots=True)
class CompiledChoice:
    """One entry of Choices; ``following`` is set when its scope is linked."""

    condition: Condition
    next: str
    assign: Query | None
    output: Query | None
    following: CompiledState | None = field(default=None)


class Choice(CompiledState):
    """A compiled Choice state."""

    def __init__(self, state: model.Choice) -> None:
        super().__init__(state)
        self._next = state.default
        make = _jsonata_choice if state.query_language == model.JSONATA else _jsonpath_choice
        self._choices = tuple(make(each, position) for position, each in enumerate(state.choices))

    def link(self, states: Mapping[str, CompiledState]) -> None:
        """Link the choices too."""
        super().link(states)
        for choice in self._choices:
            choice.following = states[choice.next]

    def attempt(self, execution: Execution, frame: Frame) -> None:
        """Leave along the first rule that holds."""
        scope = execution.surroundings
        flow, raw = self.flow, frame.payload
        effective = flow.effective_input(raw, scope)
        data = effective.value
        for choice in self._choices:
            if choice.condition(data, scope):
                assigned = None if choice.assign is None else choice.assign(data, scope)
                if choice.output is None:
                    output = flow.output(raw, effective, scope)
                else:
                    output = Payload(choice.output(data, scope))
                execution.leave(frame, output, assigned, choice.following)
                return
        if self.following is None:
            raise QueryFailed(RUNTIME, _NO_MATCH)
        assigned = flow.assigned(raw, effective, scope)
        execution.leave(frame, flow.output(raw, effective, scope), assigned, self.following)


def _jsonpath_choice(choice: model.ChoiceRule, position: int) -> CompiledChoice:
    return CompiledChoice(compile_rule(choice.rule), choice.next, assignment(choice.assign), None)


def _jsonata_choice(choice: model.ChoiceRule, position: int) -> CompiledChoice:
    if not isinstance(choice.rule, model.Condition):
        raise ValueError("a JSONata rule is a Condition")
    # That AWS names these fields by their place in the Choices array is not verified.
    place = f"Choices[{position}]"
    condition = expressions.typed(choice.rule.expression, f"{place}/Condition", "boolean")
    return CompiledChoice(
        condition or (lambda data, scope: False),
        choice.next,
        expressions.argument(choice.assign or ABSENT, f"{place}/Assign"),
        expressions.argument(choice.output, f"{place}/Output"),
    )


def compile_rule(rule: model.Rule) -> Condition:
    """Return a JSONPath choice rule as a closure."""
    match rule:
        case model.And(rules=rules):
            conditions = [compile_rule(each) for each in rules]
            return lambda data, scope: all(each(data, scope) for each in conditions)
        case model.Or(rules=rules):
            conditions = [compile_rule(each) for each in rules]
            return lambda data, scope: any(each(data, scope) for each in conditions)
        case model.Not(rule=inner):
            condition = compile_rule(inner)
            return lambda data, scope: not condition(data, scope)
        case model.Comparison(operator="IsPresent"):
            return _presence(rule)
        case model.Comparison():
            return _comparison(rule)
        case model.Condition():
            raise ValueError("a Condition is a JSONata rule")


def _presence(rule: model.Comparison) -> Condition:
    read, wanted = compile_path(rule.variable).read, rule.operand

    def is_present(data: Json, scope: Scope) -> bool:
        try:
            read(data, scope)
        except PathNotFound:
            return wanted is False
        return wanted is True

    return is_present


def _comparison(rule: model.Comparison) -> Condition:
    value = _operand(rule.variable)
    if rule.operator in OPERATORS:
        test, operand = OPERATORS[rule.operator], rule.operand
        return lambda data, scope: test(value(data, scope), operand)
    test, other = OPERATORS[rule.operator.removesuffix("Path")], _operand(rule.operand)
    return lambda data, scope: test(value(data, scope), other(data, scope))


def _operand(path: str) -> Query:
    return lookup(path, f"Invalid path '{path}': The choice state's condition path references an invalid value.")
