"""Checked by mypy, never run: what users write must type."""

from __future__ import annotations

from typing import Any, assert_type

import stepfunctions
from stepfunctions import steps
from stepfunctions.engine.virtual import VirtualExecution, run
from stepfunctions.inputs import ExecutionInput
from stepfunctions.workflow import Execution, Workflow


def a_workflow_as_users_write_it() -> None:
    execution_input = ExecutionInput(schema={"JobName": str})
    assert_type(execution_input["JobName"], ExecutionInput)
    training = steps.TrainingStep("Train", estimator={}, job_name=execution_input["JobName"], data={"train": "s3://b"})
    choice = steps.Choice("Good enough?")
    choice.add_choice(steps.ChoiceRule.NumericLessThan(training.output()["Metric"], 0.1), steps.Succeed("Yes"))
    choice.default_choice(steps.Fail("No", error="TooBad"))
    workflow = Workflow("w", steps.Chain([training, choice]), role="arn", execution_input=execution_input)
    assert_type(workflow.create(), str)
    execution = workflow.execute(inputs={"JobName": "j"})
    assert_type(execution, Execution)
    assert_type(execution.describe(), dict[str, Any])


def the_package_s_own_names() -> None:
    stepfunctions.set_stream_logger()
    with stepfunctions.LocalCloud() as cloud:
        assert_type(cloud.url, str)
        assert_type(cloud, stepfunctions.LocalCloud)
    stepfunctions.steps.Pass("A")


def a_definition_in_virtual_time() -> None:
    assert_type(run({"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}), VirtualExecution)
