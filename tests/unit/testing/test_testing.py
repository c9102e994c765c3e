"""The test rung, as users meet it: a workflow of the SDK, run in virtual time."""

from __future__ import annotations

from stepfunctions import steps, testing
from stepfunctions.inputs import ExecutionInput
from stepfunctions.testing import fails, in_turn, run, succeeds

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


def test_a_wrong_path_is_found_without_a_cloud() -> None:
    definition = steps.Graph(steps.Pass("A", parameters={"x.$": "$.typo"})).to_dict()
    execution = run(definition, {"type": 1})
    assert execution.status == "FAILED"
    assert execution.cause is not None
    assert "'$.typo'" in execution.cause


def test_every_export_is_exported() -> None:
    assert all(hasattr(testing, name) for name in testing.__all__)
