"""Moving a step's parameters out of the definition, so that each execution can bring its own."""

from __future__ import annotations

from typing import Any

from stepfunctions.steps.base import State


def replace_parameters_with_context_object(step: State) -> dict[str, Any]:
    """Return the parameters of *step* with each value read from the execution's input, under the step's name.

    Shape: ``{"Key.$": "$$.Execution.Input['<step>'].Key", ...}``
    """
    parameters: dict[str, Any] = step.parameters
    return {f"{name}.$": f"$$.Execution.Input['{step.state_id}'].{name}" for name in parameters}


def replace_parameters_with_jsonpath(step: State, params: dict[str, Any]) -> dict[str, Any]:
    """Return a copy of the parameters of *step* in which each ``Key.$`` of *params* takes the place of ``Key``.

    Args:
        step: a state with parameters.
        params: what to replace, nested as the parameters are.

    Raises:
        KeyError: the step has no such parameter.
    """
    return _replaced(step.parameters, params)


def _replaced(parameters: dict[str, Any], params: dict[str, Any]) -> dict[str, Any]:
    replaced = dict(parameters)
    for name, value in params.items():
        if isinstance(value, dict):
            replaced[name] = _replaced(replaced[name], value)
        else:
            del replaced[name.removesuffix(".$")]
            replaced[name] = value
    return replaced
