"""Parameters of AWS operations, made from the service models, with names of things that are likely to exist.

Operations that start programs of others (training jobs and their like) are left out.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache
from random import Random
from typing import Any, Final

import botocore.session
from botocore.model import ServiceModel

from fuzz.mutation import STRINGS
from fuzz.targets.definitions import INPUT, made_definition

PREFIXES: Final = {
    "stepfunctions": ("states", "AWSStepFunctions", "1.0"),
    "sagemaker": ("sagemaker", "SageMaker", "1.1"),
    "logs": ("logs", "Logs_20140328", "1.1"),
}
"""Credential scope, prefix of X-Amz-Target, and version of the protocol."""

_STARTS_PROGRAMS: Final = (
    "CreateTrainingJob", "CreateTransformJob", "CreateProcessingJob", "CreateEndpoint", "CreateHyperParameterTuningJob",
    "UpdateEndpoint",
)  # fmt: skip
_SAGEMAKER: Final = (
    "CreateModel", "CreateEndpointConfig", "DescribeModel", "DescribeEndpoint", "DescribeTrainingJob", "ListModels",
    "ListTrainingJobs", "ListEndpoints", "StopTrainingJob", "DeleteModel", "AddTags", "ListTags",
    "DescribeTransformJob",
    "ListTransformJobs", "CreateCluster", "DescribeProcessingJob", "DescribeHyperParameterTuningJob",
)  # fmt: skip
_ACCOUNT: Final = "arn:aws:states:us-east-1:000000000000"
_NAMES: Final = ("m1", "m2", "e1", "e2", "a1", "live", "1")


@lru_cache(8)
def _model(service: str) -> ServiceModel:
    return botocore.session.get_session().get_service_model(service)


@lru_cache(1)
def operations() -> list[tuple[str, str]]:
    """Return services and operations; those of Step Functions, every one of them, several times."""
    ours = [("stepfunctions", name) for name in _model("stepfunctions").operation_names]
    often = [("stepfunctions", name) for name in ("CreateStateMachine", "StartExecution", "TestState") * 6]
    others = [("sagemaker", name) for name in _SAGEMAKER]
    others += [("logs", name) for name in _model("logs").operation_names if name not in _STARTS_PROGRAMS][:40]
    return ours * 4 + often + others


def parameters(service: str, operation: str, random: Random) -> dict[str, Any]:
    """Return parameters that are mostly as the model wants them."""
    shape = _model(service).operation_model(operation).input_shape
    made = _made(shape, "", random, 0) if shape is not None else {}
    return made if isinstance(made, dict) else {}


def _arn(random: Random) -> str:
    kind = random.randrange(7)
    name, other = random.choice(_NAMES), random.choice(_NAMES)
    return (
        f"{_ACCOUNT}:stateMachine:{name}",
        f"{_ACCOUNT}:stateMachine:{name}:{other}",
        f"{_ACCOUNT}:execution:{name}:{other}",
        f"{_ACCOUNT}:express:{name}:{other}:{other}",
        f"{_ACCOUNT}:activity:{name}",
        f"{_ACCOUNT}:mapRun:{name}/{other}:{other}",
        "arn:aws:iam::000000000000:role/r",
    )[kind]


def _fitting(name: str, random: Random) -> Callable[[], str] | None:
    """Return what makes values for members of this name, if it is known."""
    lower = name.lower()
    if lower == "rolearn":
        return lambda: "arn:aws:iam::000000000000:role/r"
    if lower == "executionarn":
        return lambda: f"{_ACCOUNT}:execution:{random.choice(_NAMES)}:{random.choice(_NAMES)}"
    if lower.endswith("arn"):
        return lambda: _arn(random)
    if lower in ("definition", "statedefinition"):
        return lambda: _definition(lower, random)
    if lower in ("input", "output"):
        return lambda: json.dumps(INPUT) if random.random() < 0.8 else random.choice(STRINGS)
    if "name" in lower:
        return lambda: random.choice(_NAMES) if random.random() < 0.9 else random.choice(STRINGS)
    return None


def _definition(field: str, random: Random) -> str:
    text = made_definition(random)
    if field == "definition" and random.random() < 0.6:
        return text
    try:
        return json.dumps(random.choice(list(json.loads(text)["States"].values())))
    except (ValueError, KeyError, TypeError, AttributeError, IndexError):
        return text


def _made(shape: Any, name: str, random: Random, depth: int) -> Any:
    kind = shape.type_name
    if kind == "structure":
        return {
            member: _made(inner, member, random, depth + 1)
            for member, inner in shape.members.items()
            if member in shape.required_members or random.random() < (0.4 if depth < 4 else 0.05)
        }
    if kind == "list":
        return [_made(shape.member, name, random, depth + 1) for _ in range(random.randint(0, 2))]
    if kind == "map":
        return {
            random.choice(STRINGS): _made(shape.value, name, random, depth + 1) for _ in range(random.randint(0, 2))
        }
    if kind == "string":
        if shape.enum:
            return random.choice(shape.enum) if random.random() < 0.95 else "OTHER"
        fitting = _fitting(name, random)
        return fitting() if fitting is not None else random.choice((*_NAMES, *STRINGS))
    if kind == "boolean":
        return random.random() < 0.5
    if kind in ("integer", "long"):
        return random.choice((0, 1, 2, 5, 100, 1000, -1, 2**31, 2**63))
    if kind in ("float", "double"):
        return random.choice((0, 1, 0.5, 100.0, -1, 1e300))
    if kind == "timestamp":
        return random.choice((0, 1.7e9, -1, 1e300, 1e12))
    return random.choice(STRINGS)
