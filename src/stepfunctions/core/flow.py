"""The data flow of a state: what of its input it sees, and what it makes of its result.

``input -> InputPath -> Parameters -> the state's work -> ResultSelector -> ResultPath -> OutputPath -> output``, with
Assign beside it. A step that changes nothing is None, so that the commonest states copy no data and serialise
none.

Source: States Language, "Input and Output Processing"; AWS Developer Guide, "Passing data between states with
variables".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from stepfunctions.asl import model
from stepfunctions.core.queries import Merge, Query, merger, selection, template
from stepfunctions.query.scope import Scope
from stepfunctions.values import ABSENT, Json, Payload


@dataclass(frozen=True, slots=True)
class Flow:
    """The compiled data flow of one JSONPath state; each None is the identity."""

    select_input: Query | None = None
    render_arguments: Query | None = None
    select_result: Query | None = None
    merge: Merge | None = None
    select_output: Query | None = None
    assign: Query | None = None

    def effective_input(self, raw: Payload, scope: Scope) -> Payload:
        """Return what ``$`` stands for in the state: the raw input after InputPath."""
        if self.select_input is None:
            return raw
        return Payload(self.select_input(raw.value, scope))

    def arguments(self, effective: Payload, scope: Scope) -> Payload:
        """Return the effective input after Parameters."""
        if self.render_arguments is None:
            return effective
        return Payload(self.render_arguments(effective.value, scope))

    def output(self, raw: Payload, result: Payload, scope: Scope) -> Payload:
        """Return what the state hands on: its result after ResultSelector, ResultPath and OutputPath."""
        if self.select_result is not None:
            result = Payload(self.select_result(result.value, scope))
        if self.merge is not None:
            merged = self.merge(raw.value, result.value)
            result = raw if merged is raw.value else Payload(merged)
        if self.select_output is not None:
            result = Payload(self.select_output(result.value, scope))
        return result


def jsonpath_flow(state: model.State) -> Flow:
    """Return the data flow of a JSONPath *state*, from whichever of its fields its type has."""
    return Flow(
        select_input=selection(state.input_path),
        render_arguments=template_field(state, "parameters", "Parameters"),
        select_result=template_field(state, "result_selector", "ResultSelector"),
        merge=merger(getattr(state, "result_path", "$")),
        select_output=selection(state.output_path),
        assign=assignment(state.assign),
    )


def template_field(state: Any, attribute: str, field: str) -> Query | None:
    """Return the payload template in *attribute* of *state*; None if the state does not have or give it."""
    value: Json = getattr(state, attribute, ABSENT)
    return None if value is ABSENT else template(value, field)


def assignment(value: Json) -> Query | None:
    """Return an Assign field as a closure to ``{variable: value}``; None if it is absent or empty."""
    return None if value is ABSENT or not value else template(value, "Assign")
