"""The test rung, as users meet it: a workflow of the SDK, run in virtual time."""

from __future__ import annotations

import pytest

from stepfunctions import steps, testing
from stepfunctions.errors import InvalidRequest
from stepfunctions.inputs import ExecutionInput
from stepfunctions.testing import fails, in_turn, run, succeeds
from stepfunctions.workflow import Workflow

RETRY = steps.Retry(error_equals=["SageMaker.AmazonSageMakerException"], interval_seconds=60, max_attempts=1)


def test_a_workflow_runs_in_this_process_and_its_retries_cost_no_time() -> None:
    given = ExecutionInput(schema={"JobName": str})
    training = steps.TrainingStep("Train", {"RoleArn": "r"}, job_name=given["JobName"], retry=RETRY)
    wait = steps.Wait("A month", seconds=30 * 24 * 3600)
    definition = steps.Graph(steps.Chain([training, wait])).to_dict()
    answers = in_turn(fails("SageMaker.AmazonSageMakerException"), succeeds({"Done": True}, after_seconds=900))
    execution = run(definition, {"JobName": "j"}, tasks={"Train": answers})
    assert execution.status == "SUCCEEDED"
    assert execution.elapsed_seconds == 60 + 900 + 30 * 24 * 3600
    assert [call.arguments["TrainingJobName"] for call in execution.calls] == ["j", "j"]


def test_a_workflow_and_a_graph_run_as_they_are() -> None:
    graph = steps.Graph(steps.Pass("A", result=1))
    workflow = Workflow("w", steps.Pass("A", result=2), role="arn:aws:iam::123456789012:role/r")
    assert [run(each).output for each in (graph, workflow)] == [1, 2]


def test_what_is_no_definition_says_what_to_give() -> None:
    with pytest.raises(InvalidRequest, match="The definition is a int: give a workflow or a graph"):
        run(5)  # type: ignore[arg-type]


def test_a_wrong_path_is_found_without_a_cloud() -> None:
    definition = steps.Graph(steps.Pass("A", parameters={"x.$": "$.typo"})).to_dict()
    execution = run(definition, {"type": 1})
    assert execution.status == "FAILED"
    assert execution.cause is not None
    assert "'$.typo'" in execution.cause


def test_every_export_is_exported() -> None:
    assert all(hasattr(testing, name) for name in testing.__all__)
