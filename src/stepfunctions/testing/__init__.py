"""The test rung: run a definition in this process, in virtual time, with mocks for its tasks.

::

    from stepfunctions.testing import fails, in_turn, run, succeeds

    execution = run(
        workflow,
        {"JobName": "j"},
        tasks={"Train": in_turn(fails("SageMaker.AmazonSageMakerException"), succeeds({}, after_seconds=900))},
    )
    assert execution.status == "SUCCEEDED"

A 30-day Wait takes microseconds, and the same definition, input, mocks and seed give the same history every time. An
execution that did not end well goes on from there with ``execution.redrive(tasks={...})``.

A single state is tried in the words of AWS's TestState::

    tried = test_state(definition, {"n": 1}, state_name="Train", mock={"errorOutput": {"error": "Lambda.Unknown"}})
    assert (tried.status, tried.next_state) == ("CAUGHT_ERROR", "Apologise")
    assert tried.inspection_data["afterParameters"] == {"n": 1}

``docs/testing.md`` shows the rest.
"""

from __future__ import annotations

from stepfunctions.engine.mocks import Answer, fails, in_turn, never, succeeds
from stepfunctions.engine.virtual import TaskCall, VirtualChild, VirtualExecution, run
from stepfunctions.testing.states import StateTest, test_state

__all__ = [
    "Answer",
    "StateTest",
    "TaskCall",
    "VirtualChild",
    "VirtualExecution",
    "fails",
    "in_turn",
    "never",
    "run",
    "succeeds",
    "test_state",
]
