"""Nested executions and redrives in a real cloud that is killed: children are started once, and found again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.e2e.conftest import ROLE, again, event_types, kill, wait_for_event

from stepfunctions import LocalCloud
from stepfunctions.workflow import Execution


def parent(arn: str, pattern: str) -> dict[str, Any]:
    task = {
        "Type": "Task",
        "Resource": f"arn:aws:states:::states:startExecution{pattern}",
        "Parameters": {"StateMachineArn": arn, "Input.$": "$"},
        "End": True,
    }
    return {"StartAt": "Start", "States": {"Start": task}}


def test_a_child_outlives_a_kill_and_its_parent_is_told_its_end(
    cloud: LocalCloud, start: Callable[..., Execution]
) -> None:
    client = cloud.boto_session().client("stepfunctions")
    definition = '{"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 2, "End": true}}}'
    child = client.create_state_machine(name="child", definition=definition, roleArn=ROLE)["stateMachineArn"]
    execution = start(parent(child, ".sync:2"), {"n": 1})
    wait_for_event(execution, "TaskSubmitted")
    kill(cloud)
    cloud.start()
    execution = again(execution, cloud)
    output = execution.get_output(wait=True)
    assert event_types(execution).count("TaskSubmitted") == 1
    assert (output["Status"], output["Output"]) == ("SUCCEEDED", {"n": 1})
    client = cloud.boto_session().client("stepfunctions")
    assert len(client.list_executions(stateMachineArn=child)["executions"]) == 1


def test_an_execution_that_ended_before_a_kill_is_redriven_after_it(
    cloud: LocalCloud, start: Callable[..., Execution]
) -> None:
    client = cloud.boto_session().client("stepfunctions")
    missing = client.create_state_machine(
        name="missing", definition='{"StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}}', roleArn=ROLE
    )["stateMachineArn"]
    execution = start(parent(f"{missing}-not-yet", ".sync"))
    execution.get_output(wait=True)
    assert execution.describe()["error"] == "StepFunctions.StateMachineDoesNotExistException"
    kill(cloud)
    cloud.start()
    client = cloud.boto_session().client("stepfunctions")
    definition = client.describe_state_machine(stateMachineArn=missing)["definition"]
    client.create_state_machine(name="missing-not-yet", definition=definition, roleArn=ROLE)
    client.redrive_execution(executionArn=execution.execution_arn)
    kill(cloud)
    cloud.start()
    execution = again(execution, cloud)
    execution.get_output(wait=True)
    described = execution.describe()
    assert (described["status"], described["redriveCount"]) == ("SUCCEEDED", 1)
    assert event_types(execution).count("ExecutionRedriven") == 1
