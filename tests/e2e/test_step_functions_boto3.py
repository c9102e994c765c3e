"""Real clients against a real server: boto3's paginators, the AWS command line, a restart, bad requests."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.wire_server import ACCOUNT, REGION, WireServer

ROLE = f"arn:aws:iam::{ACCOUNT}:role/machine"
PASS = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}})
WAIT = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Wait", "Seconds": 3600, "End": True}}})


@pytest.fixture
def server(tmp_path: Path) -> Iterator[WireServer]:
    with WireServer(tmp_path) as running:
        yield running


def machine(client: Any, definition: str = PASS, name: str = "machine") -> str:
    arn: str = client.create_state_machine(name=name, definition=definition, roleArn=ROLE)["stateMachineArn"]
    return arn


def test_paginators_see_everything_once(server: WireServer) -> None:
    client = server.client()
    arn = machine(client)
    started = [client.start_execution(stateMachineArn=arn)["executionArn"] for _ in range(7)]
    pages = client.get_paginator("list_executions").paginate(stateMachineArn=arn, PaginationConfig={"PageSize": 3})
    assert [each["executionArn"] for page in pages for each in page["executions"]] == started[::-1]
    pages = client.get_paginator("get_execution_history").paginate(
        executionArn=started[0], PaginationConfig={"PageSize": 3}
    )
    assert [event["id"] for page in pages for event in page["events"]] == [1, 2, 3, 4]


def test_many_clients_start_one_execution_of_a_name(server: WireServer) -> None:
    client = server.client()
    arn = machine(client, WAIT)
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: client.start_execution(stateMachineArn=arn, name="once"), range(32)))
    assert len({(answer["executionArn"], answer["startDate"]) for answer in answers}) == 1
    assert len(client.list_executions(stateMachineArn=arn)["executions"]) == 1


def test_machines_and_running_executions_outlive_a_restart(tmp_path: Path) -> None:
    with WireServer(tmp_path) as server:
        client = server.client()
        arn = client.start_execution(stateMachineArn=machine(client, WAIT))["executionArn"]
    with WireServer(tmp_path) as server:
        client = server.client()
        assert [each["name"] for each in client.list_state_machines()["stateMachines"]] == ["machine"]
        assert client.describe_execution(executionArn=arn)["status"] == "RUNNING"
        client.stop_execution(executionArn=arn)
        assert client.describe_execution(executionArn=arn)["status"] == "ABORTED"


def test_a_definition_of_a_megabyte_is_taken_and_a_larger_one_is_not(server: WireServer) -> None:
    client = server.client()
    empty = json.dumps({"Comment": "", **json.loads(PASS)}, ensure_ascii=False)
    largest = json.dumps({"Comment": "ü" * (1_048_576 - len(empty)), **json.loads(PASS)}, ensure_ascii=False)
    assert client.describe_state_machine(stateMachineArn=machine(client, largest))["definition"] == largest
    with pytest.raises(ClientError, match="Member must have length less than or equal to 1048576"):
        machine(client, largest + " ", "larger")


def test_the_aws_command_line_understands_us(server: WireServer) -> None:
    machine(server.client())
    environment = {
        **os.environ,
        "AWS_ENDPOINT_URL": server.url,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }
    command = [sys.executable, "-m", "awscli", "stepfunctions", "list-state-machines", "--output", "json"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=True)
    (listed,) = json.loads(done.stdout)["stateMachines"]
    assert listed["stateMachineArn"] == f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:machine"


def test_a_state_is_tested_by_clients_that_check_the_answer(server: WireServer) -> None:
    client = server.client()
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:sfn:listActivities",
        "Parameters": {},
        "ResultSelector": {"found.$": "$.Activities[*].Name"},
        "End": True,
    }
    client.create_activity(name="a")
    done = client.test_state(definition=json.dumps(task), roleArn=ROLE, inspectionLevel="TRACE")
    assert (done["status"], done["output"]) == ("SUCCEEDED", '{"found":["a"]}')
    assert json.loads(done["inspectionData"]["result"])["Activities"][0]["Name"] == "a"
    mocked = client.test_state(definition=json.dumps(task), mock={"result": '{"Activities": []}'})
    assert mocked["output"] == '{"found":[]}'
    with pytest.raises(client.exceptions.ValidationException, match="Required field 'Activities' is missing"):
        client.test_state(definition=json.dumps(task), mock={"result": "{}"})


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"\x00\xff", {}, 400),
        (b" " * 9_000_000, {}, 413),
        (b"{}", {"X-Amz-Target": "AWSStepFunctions.Nothing"}, 400),
        (b"{}", {"Origin": "https://evil.example"}, 403),
        (b"{}", {"Host": "evil.example"}, 403),
    ],
)
def test_a_bad_request_gets_a_json_error(server: WireServer, body: bytes, headers: dict[str, str], status: int) -> None:
    request = urllib.request.Request(
        server.url, data=body, headers={"X-Amz-Target": "AWSStepFunctions.ListStateMachines", **headers}
    )
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=10)
    with refused.value as answer:
        assert answer.code == status
        assert "Traceback" not in json.loads(answer.read())["message"]


def test_health_answers_without_credentials(server: WireServer) -> None:
    with urllib.request.urlopen(f"{server.url}/_stepladder/health", timeout=10) as answer:
        assert json.load(answer)["status"] == "ok"
