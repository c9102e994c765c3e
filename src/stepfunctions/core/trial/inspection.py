"""What a tested state does to its data, step by step: the inspection data of TestState.

A state's data flow is replaced by one that reports to an ``Inspection`` whatever it makes; the states, and executions
that nobody inspects, know nothing of it.

Which steps AWS shows depends on the type of the state and its query language, not on which of its fields are given; the
table below holds what was recorded. Not verified against AWS: Wait, and the result of a JSONata Task.

Source: AWS API reference, InspectionData; recordings of TestState.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from stepfunctions.asl import model
from stepfunctions.core.flow import Flow, JsonataFlow
from stepfunctions.query.scope import Scope
from stepfunctions.values import ABSENT, Json, Payload

INPUT: Final = "input"
AFTER_INPUT_PATH: Final = "afterInputPath"
AFTER_PARAMETERS: Final = "afterParameters"
AFTER_ARGUMENTS: Final = "afterArguments"
RESULT: Final = "result"
AFTER_RESULT_SELECTOR: Final = "afterResultSelector"
AFTER_RESULT_PATH: Final = "afterResultPath"
VARIABLES: Final = "variables"
AFTER_ITEMS_PATH: Final = "afterItemsPath"
AFTER_ITEMS_POINTER: Final = "afterItemsPointer"
AFTER_ITEM_SELECTOR: Final = "afterItemSelector"
AFTER_ITEM_BATCHER: Final = "afterItemBatcher"

_RESULT_STEPS: Final = (AFTER_RESULT_SELECTOR, AFTER_RESULT_PATH)
_ALWAYS: Final = (INPUT, VARIABLES)

_JSONPATH: Final[dict[str, tuple[str, ...]]] = {
    "Pass": (AFTER_INPUT_PATH, AFTER_PARAMETERS, *_RESULT_STEPS),
    "Task": (AFTER_INPUT_PATH, AFTER_PARAMETERS, RESULT, *_RESULT_STEPS),
    "Parallel": _RESULT_STEPS,
    "Map": (AFTER_INPUT_PATH, AFTER_ITEMS_PATH, *_RESULT_STEPS),
    "Choice": (AFTER_INPUT_PATH,),
    "Wait": (AFTER_INPUT_PATH,),
    "Succeed": (AFTER_INPUT_PATH,),
    "Fail": (AFTER_INPUT_PATH,),
}
_OF_A_LITERAL_RESULT: Final = (RESULT, *_RESULT_STEPS)
_JSONATA: Final[dict[str, tuple[str, ...]]] = {"Task": (AFTER_ARGUMENTS, RESULT)}
_OF_ITEMS: Final = (AFTER_ITEMS_POINTER, AFTER_ITEM_SELECTOR, AFTER_ITEM_BATCHER)


class Inspection:
    """The steps of one state that were taken, by AWS's names.

    Args:
        state: says which of them are shown.

    Attributes:
        steps: a value for each step that was taken and is shown.
        numbers: ``maxConcurrency``, ``toleratedFailureCount`` and ``toleratedFailurePercentage`` of a Map.
    """

    def __init__(self, state: model.State) -> None:
        self.steps: dict[str, Json] = {}
        self.numbers: dict[str, float] = {}
        self._shown = frozenset((*_ALWAYS, *_shown(state)))

    def note(self, step: str, value: Json) -> None:
        """Keep what *step* made, if it is shown."""
        if step in self._shown:
            self.steps[step] = value


def _shown(state: model.State) -> tuple[str, ...]:
    of_items = _OF_ITEMS if isinstance(state, model.Map) else ()
    if state.query_language == model.JSONATA:
        return (*_JSONATA.get(state.type, ()), *of_items)
    if isinstance(state, model.Pass) and state.result is not ABSENT:
        return _OF_A_LITERAL_RESULT
    return (*_JSONPATH[state.type], *of_items)


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectedFlow(Flow):
    """A data flow that tells an inspection what it makes.

    Args:
        flow: does the work.
        inspection: is told.
    """

    flow: Flow
    inspection: Inspection

    def effective_input(self, raw: Payload, scope: Scope) -> Payload:
        """Return what ``$`` stands for in the state."""
        return self._noted(AFTER_INPUT_PATH, self.flow.effective_input(raw, scope))

    def arguments(self, effective: Payload, scope: Scope) -> Payload:
        """Return the effective input after Parameters or Arguments."""
        step = AFTER_ARGUMENTS if isinstance(self.flow, JsonataFlow) else AFTER_PARAMETERS
        return self._noted(step, self.flow.arguments(effective, scope))

    def output(self, raw: Payload, result: Payload, scope: Scope) -> Payload:
        """Return what the state hands on, made step by step."""
        flow = self.flow
        self._noted(RESULT, result)
        if isinstance(flow, JsonataFlow):
            return flow.output(raw, result, scope)
        selecting = replace(flow, merge=None, select_output=None)
        merging = replace(flow, select_result=None, select_output=None)
        selected = self._noted(AFTER_RESULT_SELECTOR, selecting.output(raw, result, scope))
        merged = self._noted(AFTER_RESULT_PATH, merging.output(raw, selected, scope))
        return replace(flow, select_result=None, merge=None).output(raw, merged, scope)

    def assigned(self, raw: Payload, result: Payload, scope: Scope) -> dict[str, Json] | None:
        """Return the variables that the state assigns, or None."""
        self._noted(RESULT, result)
        return self.flow.assigned(raw, result, scope)

    def _noted(self, step: str, payload: Payload) -> Payload:
        self.inspection.note(step, payload.value)
        return payload
