"""The states of a workflow, as Python objects."""

from __future__ import annotations

from stepfunctions.steps.choice_rule import ChoiceRule
from stepfunctions.steps.sagemaker import (
    EndpointConfigStep,
    EndpointStep,
    ModelStep,
    TrainingStep,
    TransformStep,
)
from stepfunctions.steps.states import (
    Catch,
    Chain,
    Choice,
    Fail,
    FrozenGraph,
    Graph,
    Map,
    Parallel,
    Pass,
    Retry,
    Succeed,
    Task,
    Wait,
)

__all__ = [
    "Catch",
    "Chain",
    "Choice",
    "ChoiceRule",
    "EndpointConfigStep",
    "EndpointStep",
    "Fail",
    "FrozenGraph",
    "Graph",
    "Map",
    "ModelStep",
    "Parallel",
    "Pass",
    "Retry",
    "Succeed",
    "Task",
    "TrainingStep",
    "TransformStep",
    "Wait",
]
