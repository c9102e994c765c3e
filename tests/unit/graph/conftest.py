"""Definitions to draw: one of each kind that a layout can get wrong."""

from __future__ import annotations

from typing import Any

import pytest


def chain(*named: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    """A scope in which each state leads to the next unless it says where it leads."""
    states: dict[str, Any] = {}
    for index, (name, state) in enumerate(named):
        made = dict(state)
        if not {"Choices", "Next", "End"} & set(made) and made["Type"] not in ("Succeed", "Fail"):
            made |= {"Next": named[index + 1][0]} if index + 1 < len(named) else {"End": True}
        states[name] = made
    return {"StartAt": named[0][0], "States": states}


def task(api: str, **fields: Any) -> dict[str, Any]:
    return {"Type": "Task", "Resource": f"arn:aws:states:::{api}", **fields}


def choice(*rules: tuple[str, str], default: str | None = None) -> dict[str, Any]:
    made = [{"Variable": "$.s", "StringEquals": value, "Next": target} for value, target in rules]
    return {"Type": "Choice", "Choices": made} | ({} if default is None else {"Default": default})


def catch(target: str, *errors: str) -> list[dict[str, Any]]:
    return [{"ErrorEquals": list(errors) or ["States.ALL"], "Next": target}]


PASS = {"Type": "Pass"}

DEFINITIONS: dict[str, dict[str, Any]] = {
    "one state": chain(("Only", PASS)),
    "sagemaker chain": chain(
        ("Train Step", task("sagemaker:createTrainingJob.sync")),
        ("Save model", task("sagemaker:createModel")),
        ("Transform Input Dataset", task("sagemaker:createTransformJob.sync")),
        ("Create Endpoint Config", task("sagemaker:createEndpointConfig")),
        ("Create Endpoint", task("sagemaker:createEndpoint")),
    ),
    "polling loop": chain(
        ("Submit", task("lambda:invoke")),
        ("Wait", {"Type": "Wait", "Seconds": 30}),
        ("Ask", task("lambda:invoke", Catch=catch("Failed"))),
        ("Done?", choice(("FAILED", "Failed"), ("SUCCEEDED", "Report"), default="Wait")),
        ("Report", {"Type": "Succeed"}),
        ("Failed", {"Type": "Fail", "Error": "JobFailed"}),
    ),
    "self loops": chain(
        ("Poll", task("http:invoke", Catch=catch("Poll", "Busy"))),
        ("Again?", choice(("again", "Again?"), ("poll", "Poll"), default="Stop")),
        ("Stop", {"Type": "Succeed"}),
    ),
    "map in parallel": chain(
        (
            "Fan out",
            {
                "Type": "Parallel",
                "Branches": [
                    chain(("Left one", PASS), ("Left two", {"Type": "Wait", "Seconds": 2})),
                    chain(
                        (
                            "Each file",
                            {
                                "Type": "Map",
                                "ItemProcessor": chain(
                                    ("Good?", choice(("yes", "Keep"), default="Drop")),
                                    ("Keep", {**PASS, "End": True}),
                                    ("Drop", PASS),
                                ),
                            },
                        ),
                        ("Merge", PASS),
                    ),
                ],
                "Catch": catch("Clean up", "States.TaskFailed", "States.Timeout"),
            },
        ),
        ("Publish", task("sns:publish", Catch=catch("Clean up"), End=True)),
        ("Clean up", PASS),
    ),
    "forty with one handler": chain(
        *[(f"Step {index}", task("lambda:invoke", Catch=catch("Handler"))) for index in range(39)],
        ("Last", {"Type": "Succeed"}),
        ("Handler", {"Type": "Fail"}),
    ),
    "twenty branches": chain(
        ("Go", {"Type": "Parallel", "Branches": [chain((f"Branch {index}", PASS)) for index in range(20)]})
    ),
    "twenty choices": chain(
        ("Pick", choice(*[(f"kind-{index}", f"Do {index}") for index in range(20)], default="Other")),
        *[(f"Do {index}", {**PASS, "End": True}) for index in range(20)],
        ("Other", {"Type": "Fail"}),
    ),
    "long names": chain(("Create the hyperparameter tuning job for the abalone model " * 2, PASS), ("x" * 80, PASS)),
    "other scripts": chain(("訓練模型並部署到端點", PASS), ("Модель & <обучить>", PASS), ('🚀 "Deploy"', PASS)),
    "faulty": {
        "StartAt": "A",
        "States": {"A": {"Type": "Pass", "Next": "Nowhere"}, "Island": {"Type": "Succeed"}, "Odd": {"Type": 5}},
    },
    "empty": {},
}


@pytest.fixture(params=DEFINITIONS.values(), ids=DEFINITIONS.keys())
def definition(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Each of the definitions."""
    found: dict[str, Any] = request.param
    return found


@pytest.fixture
def named() -> dict[str, dict[str, Any]]:
    """All of them, by name."""
    return DEFINITIONS
