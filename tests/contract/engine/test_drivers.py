"""The drivers agree: what runs in virtual time runs the same, event for event, on the durable engine."""

from __future__ import annotations

from typing import Any

import pytest

from stepfunctions.engine.handler import Progress, TaskError, TaskRequest
from stepfunctions.engine.mocks import fails, in_turn, succeeds
from stepfunctions.engine.virtual import run

LAMBDA = "arn:aws:states:::lambda:invoke"
SYNC = "arn:aws:states:::glue:startJobRun.sync"
SECONDS_MAX = 120
DIFFERING = ("timestamp", "roleArn")

TASK: dict[str, Any] = {"Type": "Task", "Resource": LAMBDA}
RETRY = {"Retry": [{"ErrorEquals": ["E"], "IntervalSeconds": 2, "MaxAttempts": 2, "BackoffRate": 2.0}]}
CATCH = {"Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "End"}]}
END: dict[str, Any] = {"Type": "Pass", "End": True}


def machine(**states: dict[str, Any]) -> dict[str, Any]:
    """Return a machine that starts at the first of *states*; one without Next ends it."""
    ended = {"Choice", "Succeed", "Fail"}
    complete = {
        name: state if "Next" in state or state["Type"] in ended else {**state, "End": True}
        for name, state in states.items()
    }
    return {"StartAt": next(iter(states)), "States": complete}


# name: (definition, input, how each attempt of the task "T" ends: an error's name, or None for success)
CASES: dict[str, tuple[dict[str, Any], Any, list[str | None]]] = {
    "pass": (machine(A={"Type": "Pass", "Result": 1, "ResultPath": "$.a", "Next": "End"}, End=END), {"b": 2}, []),
    "fail": (machine(A={"Type": "Fail", "Error": "E", "Cause": "why"}), {}, []),
    "no choice": (
        machine(A={"Type": "Choice", "Choices": [{"Variable": "$.a", "IsPresent": True, "Next": "End"}]}, End=END),
        {},
        [],
    ),
    "wait": (machine(A={"Type": "Wait", "Seconds": 7, "Next": "End"}, End=END), {}, []),
    "machine timeout": ({**machine(A={"Type": "Wait", "Seconds": 60}), "TimeoutSeconds": 5}, {}, []),
    "task": (machine(T={**TASK, "ResultPath": "$.r", "Next": "End"}, End=END), {"x": 1}, [None]),
    "sync": (machine(T={"Type": "Task", "Resource": SYNC}), {"x": 1}, [None]),
    "retried": (machine(T={**TASK, **RETRY}), {}, ["E", "E", None]),
    "retries exhausted": (machine(T={**TASK, **RETRY}), {}, ["E", "E", "E"]),
    "caught": (machine(T={**TASK, **CATCH, "Next": "End"}, End=END), {}, ["F"]),
    "failed": (machine(T=TASK), {}, ["F"]),
    "parallel": (
        machine(
            P={
                "Type": "Parallel",
                "Branches": [machine(B={"Type": "Wait", "Seconds": 3}), machine(T=TASK, **{})],
                "Next": "End",
            },
            End=END,
        ),
        {"x": 1},
        [None],
    ),
    "a branch fails": (
        machine(
            P={
                "Type": "Parallel",
                "Branches": [machine(B={"Type": "Wait", "Seconds": 30}), machine(T=TASK)],
                "Next": "End",
                **CATCH,
            },
            End=END,
        ),
        {},
        ["E"],
    ),
    "map": (
        machine(
            M={
                "Type": "Map",
                "ItemsPath": "$.items",
                "MaxConcurrency": 1,
                "ItemProcessor": machine(W={"Type": "Wait", "SecondsPath": "$"}),
            }
        ),
        {"items": [1, 2, 3]},
        [],
    ),
    "variables": (
        machine(
            A={"Type": "Pass", "Assign": {"n": 5, "x.$": "$.x"}, "Next": "B"},
            B={"Type": "Pass", "Parameters": {"sum.$": "States.MathAdd($n, $x)"}},
        ),
        {"x": 2},
        [],
    ),
}


def told(event: Any) -> Any:
    """Return an event without what no two runs share."""
    if isinstance(event, dict):
        return {name: told(value) for name, value in event.items() if name not in DIFFERING}
    # The first event has the caller's text as it came.
    return event.replace(" ", "") if isinstance(event, str) else event


@pytest.mark.parametrize("name", CASES)
async def test_both_drivers_give_the_same_execution(name: str, world: Any) -> None:
    definition, given, attempts = CASES[name]
    answers = [succeeds({"ok": 1}) if error is None else fails(error, "why") for error in attempts]
    virtual = run(definition, given, tasks={"T": in_turn(*answers)} if answers else None)

    left = list(attempts)

    async def behave(task: TaskRequest, progress: Progress) -> Any:
        if task.resource == SYNC:
            await progress.submitted({})
        error = left.pop(0)
        if error is not None:
            raise TaskError(error, "why")
        return {"ok": 1}

    world.work.behaviour = behave
    arn = await world.start(definition, given)
    await world.settle()
    for _ in range(SECONDS_MAX):
        if world.engine.describe(arn).status != "RUNNING":
            break
        await world.pass_time(1)
    record = world.engine.describe(arn)
    assert (record.status, record.error, record.cause) == (virtual.status, virtual.error, virtual.cause)
    history = world.engine.history(arn, limit=1000).items
    assert [told(event) for event in history] == [told(event) for event in virtual.history]
