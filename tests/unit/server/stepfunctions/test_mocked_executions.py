"""Executions started on a test case: ``<state machine ARN>#<test case>``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.wire_server import WireServer

CALL = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "f"}, "End": True}
DEFINITION = json.dumps({"StartAt": "Call", "States": {"Call": CALL}})
ROLE = "arn:aws:iam::111122223333:role/machine"


def config(result: Any) -> str:
    return json.dumps(
        {
            "StateMachines": {"machine": {"TestCases": {"Happy": {"Call": "answer"}}}},
            "MockedResponses": {"answer": {"0": {"Return": result}}},
        }
    )


async def test_without_a_mock_configuration_a_test_case_is_refused(api: Any) -> None:
    machine = (await api.create())["stateMachineArn"]
    refused = await api.refusal("StartExecution", stateMachineArn=f"{machine}#Happy")
    assert refused.code == "ValidationException"
    assert "the test case 'Happy', and no mock configuration is set" in refused.message
    assert "SFN_MOCK_CONFIG" in refused.message


def test_an_express_execution_runs_on_a_test_case_and_the_file_may_change(tmp_path: Path) -> None:
    with WireServer(tmp_path) as server:
        client = server.client()
        arn = client.create_state_machine(name="machine", definition=DEFINITION, roleArn=ROLE, type="EXPRESS")
        case = f"{arn['stateMachineArn']}#Happy"
        for result in ({"n": 1}, {"n": 2}):
            server.mock_config.write_text(config(result))
            answer = client.start_sync_execution(stateMachineArn=case)
            assert json.loads(answer["output"]) == result
            assert "#" not in answer["executionArn"]


def test_a_test_case_that_is_not_in_the_file_is_refused_with_those_that_are(tmp_path: Path) -> None:
    with WireServer(tmp_path) as server:
        client = server.client()
        arn = client.create_state_machine(name="machine", definition=DEFINITION, roleArn=ROLE)["stateMachineArn"]
        server.mock_config.write_text(config(1))
        with pytest.raises(client.exceptions.ClientError, match=r"no test case 'Sad' of 'machine'. There is: Happy\."):
            client.start_execution(stateMachineArn=f"{arn}#Sad")
        assert client.list_executions(stateMachineArn=arn)["executions"] == []
