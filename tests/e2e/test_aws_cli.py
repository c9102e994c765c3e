"""The AWS command line against a real server, a command for each area of Step Functions.

The commands run in this process: a process for each would cost a second and prove nothing more (one is started in
``test_step_functions_boto3``).
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from awscli.clidriver import create_clidriver
from tests.wire_server import ACCOUNT, REGION, WireServer

ROLE = f"arn:aws:iam::{ACCOUNT}:role/machine"
MACHINE = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:machine"
FAIL = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Fail", "Error": "Bad"}}})
PASS = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}})

Aws = Callable[..., Any]


@pytest.fixture
def aws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Iterator[Aws]:
    """``aws("list-activities", "--max-items", "1")`` runs a command and returns what it prints, parsed."""
    with WireServer(tmp_path) as server:
        for name, value in {
            "AWS_ENDPOINT_URL": server.url,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_DISABLE_HOST_PREFIX_INJECTION": "true",
        }.items():
            monkeypatch.setenv(name, value)
        driver = create_clidriver()

        def run(command: str, *arguments: str) -> Any:
            capfd.readouterr()
            code = driver.main(["stepfunctions", command, *arguments, "--output", "json"])
            printed = capfd.readouterr()
            assert code == 0, printed.err
            return json.loads(printed.out) if printed.out.strip() else {}

        yield run


def create(aws: Aws, definition: str, *more: str) -> Any:
    return aws("create-state-machine", "--name", "machine", "--definition", definition, "--role-arn", ROLE, *more)


def test_machines_versions_aliases_and_tags(aws: Aws) -> None:
    created = create(aws, PASS, "--publish", "--tags", "key=team,value=blue")
    assert created["stateMachineVersionArn"] == f"{MACHINE}:1"
    updated = aws("update-state-machine", "--state-machine-arn", MACHINE, "--definition", FAIL, "--publish")
    assert updated["stateMachineVersionArn"] == f"{MACHINE}:2"
    routes = [f"stateMachineVersionArn={MACHINE}:{number},weight={weight}" for number, weight in ((1, 100), (2, 0))]
    aws("create-state-machine-alias", "--name", "PROD", "--routing-configuration", *routes)
    started = aws("start-execution", "--state-machine-arn", f"{MACHINE}:PROD", "--name", "run")
    described = aws("describe-execution", "--execution-arn", started["executionArn"])
    assert described["stateMachineVersionArn"] == f"{MACHINE}:1"
    aws("tag-resource", "--resource-arn", MACHINE, "--tags", "key=cost,value=1")
    aws("untag-resource", "--resource-arn", MACHINE, "--tag-keys", "team")
    assert aws("list-tags-for-resource", "--resource-arn", MACHINE) == {"tags": [{"key": "cost", "value": "1"}]}
    versions = aws("list-state-machine-versions", "--state-machine-arn", MACHINE)["stateMachineVersions"]
    assert [each["stateMachineVersionArn"] for each in versions] == [f"{MACHINE}:2", f"{MACHINE}:1"]


def test_executions_are_redriven_and_looked_at(aws: Aws) -> None:
    create(aws, FAIL)
    arn = aws("start-execution", "--state-machine-arn", MACHINE, "--name", "run", "--input", "{}")["executionArn"]
    assert aws("redrive-execution", "--execution-arn", arn)["redriveDate"]
    assert aws("describe-execution", "--execution-arn", arn)["redriveCount"] == 1
    history = aws("get-execution-history", "--execution-arn", arn, "--page-size", "2", "--no-include-execution-data")
    assert [event["type"] for event in history["events"]] == [
        "ExecutionStarted",
        "FailStateEntered",
        "ExecutionFailed",
        "ExecutionRedriven",
        "ExecutionFailed",
    ]
    listed = aws("list-executions", "--state-machine-arn", MACHINE, "--status-filter", "FAILED")
    assert [each["executionArn"] for each in listed["executions"]] == [arn]
    validated = aws("validate-state-machine-definition", "--definition", "{}")
    assert (validated["result"], validated["truncated"]) == ("FAIL", False)


def test_a_worker_answers_a_task(aws: Aws) -> None:
    activity = aws("create-activity", "--name", "work")["activityArn"]
    create(aws, json.dumps({"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": activity, "End": True}}}))
    arn = aws("start-execution", "--state-machine-arn", MACHINE, "--input", '{"n": 1}')["executionArn"]
    task = aws("get-activity-task", "--activity-arn", activity, "--worker-name", "me")
    assert json.loads(task["input"]) == {"n": 1}
    aws("send-task-heartbeat", "--task-token", task["taskToken"])
    aws("send-task-success", "--task-token", task["taskToken"], "--task-output", '"done"')
    assert aws("describe-execution", "--execution-arn", arn)["output"] == '"done"'


def test_an_express_machine_is_run_while_the_caller_waits(aws: Aws) -> None:
    create(aws, PASS, "--type", "EXPRESS")
    ended = aws("start-sync-execution", "--state-machine-arn", MACHINE, "--input", '{"n": 1}')
    assert (ended["status"], ended["output"]) == ("SUCCEEDED", '{"n":1}')
    assert ended["billingDetails"]["billedDurationInMilliseconds"] >= 100
