"""The data flow of a state: what of its input it sees, and what it makes of its result.

``input -> InputPath -> Parameters -> the state's work -> ResultSelector -> ResultPath -> OutputPath -> output``, with
Assign beside it; in JSONata ``input -> Arguments -> the state's work -> Output -> output``. A step that changes nothing
is None, so that the commonest states copy no data and serialise none.

Source: States Language, "Input and Output Processing"; AWS Developer Guide, "Passing data between states with
variables".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from stepfunctions.asl import model
from stepfunctions.core import expressions
from stepfunctions.core.expressions import Evaluate, States
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

    def assigned(self, raw: Payload, result: Payload, scope: Scope) -> dict[str, Json] | None:
        """Return the variables that the state assigns, or None."""
        return None if self.assign is None else cast(dict[str, Json], self.assign(result.value, scope))


@dataclass(frozen=True, slots=True)
class JsonataFlow(Flow):
    """The compiled data flow of one JSONata state.

    Args:
        render_output: Output; None hands the result on.
        render_assign: Assign.
        has_result: whether the state's Output and Assign see ``$states.result``.
    """

    render_output: Evaluate | None = None
    render_assign: Evaluate | None = None
    has_result: bool = False

    def output(self, raw: Payload, result: Payload, scope: Scope) -> Payload:
        """Return what the state hands on."""
        if self.render_output is None:
            return result
        return Payload(self.render_output(self._states(raw, result), scope))

    def assigned(self, raw: Payload, result: Payload, scope: Scope) -> dict[str, Json] | None:
        """Return the variables that the state assigns, or None."""
        if self.render_assign is None:
            return None
        return cast(dict[str, Json], self.render_assign(self._states(raw, result), scope))

    def _states(self, raw: Payload, result: Payload) -> States:
        return {"input": raw.value, "result": result.value} if self.has_result else {"input": raw.value}


def flow_of(state: model.State) -> Flow:
    """Return the data flow of *state*, in its query language."""
    return jsonata_flow(state) if state.query_language == model.JSONATA else jsonpath_flow(state)


def jsonata_flow(state: model.State) -> JsonataFlow:
    """Return the data flow of a JSONata *state*, from whichever of its fields its type has."""
    return JsonataFlow(
        render_arguments=expressions.argument(getattr(state, "arguments", ABSENT), "Arguments"),
        render_output=expressions.template(state.output, "Output"),
        render_assign=expressions.template(state.assign or ABSENT, "Assign"),
        has_result=isinstance(state, model.WorkState),
    )


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
