"""What an execution asks of the service, and what it makes of the answers."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from tests.unit.workflow.conftest import EXECUTION, MACHINE, ROLE, START

from stepfunctions.steps import Chain, Pass
from stepfunctions.workflow import Execution, ExecutionStatus, Workflow


@pytest.fixture
def execution(client: Any) -> Execution:
    workflow = Workflow("machine", Chain([Pass("A"), Pass("B")]), ROLE, client=client, state_machine_arn=MACHINE)
    return Execution(workflow, EXECUTION, START, ExecutionStatus.Running, client=client)


def described(status: str, **members: Any) -> dict[str, Any]:
    return {
        "executionArn": EXECUTION,
        "stateMachineArn": MACHINE,
        "status": status,
        "startDate": START,
        "input": '{"a": [1]}',
        **members,
    }


def event(number: int, kind: str, name: str | None = None) -> dict[str, Any]:
    details = {} if name is None else {f"state{kind.removeprefix('PassState')}EventDetails": {"name": name}}
    moment = START + timedelta(milliseconds=number)
    return {"id": number, "previousEventId": number - 1, "type": kind, "timestamp": moment, **details}


ASKED = {"executionArn": EXECUTION}
EVENTS = [event(1, "ExecutionStarted"), event(2, "PassStateEntered", "A"), event(3, "PassStateExited", "A")]


@pytest.mark.parametrize(
    "given", [{}, {"cause": "enough"}, {"error": "Stopped"}, {"cause": "enough", "error": "Stopped"}]
)
def test_stop_says_why_if_it_is_told(given: dict[str, str], execution: Execution, service: Stubber) -> None:
    service.add_response("stop_execution", {"stopDate": START}, {**ASKED, **given})
    assert execution.stop(**given) == {"stopDate": START}


def test_describe_is_the_service_s_answer(execution: Execution, service: Stubber) -> None:
    service.add_response("describe_execution", described("RUNNING"), ASKED)
    assert execution.describe() == described("RUNNING")


def test_an_execution_that_is_gone_is_the_service_s_error(execution: Execution, service: Stubber) -> None:
    service.add_client_error("describe_execution", "ExecutionDoesNotExist", "Execution Does Not Exist", 400)
    with pytest.raises(ClientError, match="ExecutionDoesNotExist"):
        execution.describe()


def test_input_and_output_are_values(execution: Execution, service: Stubber) -> None:
    service.add_response("describe_execution", described("SUCCEEDED"), ASKED)
    service.add_response("describe_execution", described("SUCCEEDED", output='{"b": null}'), ASKED)
    service.add_response("describe_execution", described("FAILED"), ASKED)
    assert execution.get_input() == {"a": [1]}
    assert execution.get_output() == {"b": None}
    assert execution.get_output() is None


def test_waiting_for_the_output_asks_again_ever_more_slowly(
    execution: Execution, service: Stubber, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    for _ in range(12):
        service.add_response("describe_execution", described("RUNNING"), ASKED)
    service.add_response("describe_execution", described("SUCCEEDED", output="7"), ASKED)
    assert execution.get_output(wait=True) == 7
    assert pauses == sorted(pauses)
    assert (len(pauses), pauses[0], pauses[-1]) == (12, 0.05, 1.0)


def test_events_are_read_over_pages_up_to_the_number_wanted(execution: Execution, service: Stubber) -> None:
    asked = {**ASKED, "maxResults": 3, "reverseOrder": True}
    backwards = [{**each} for each in reversed(EVENTS)]
    service.add_response("get_execution_history", {"events": backwards[:2], "nextToken": "t"}, asked)
    service.add_response("get_execution_history", {"events": backwards[2:]}, {**asked, "nextToken": "t"})
    assert execution.list_events(max_items=3, reverse_order=True) == backwards


def test_events_are_shown_as_a_table(execution: Execution, service: Stubber) -> None:
    asked = {**ASKED, "maxResults": 100, "reverseOrder": False}
    service.add_response("get_execution_history", {"events": EVENTS}, asked)
    assert execution.list_events(html=True)._repr_html_().count("<tr class=") == 3


def test_progress_reads_the_history_and_shows_each_state(execution: Execution, service: Stubber) -> None:
    asked = {**ASKED, "maxResults": 1000, "reverseOrder": False}
    service.add_response("get_execution_history", {"events": [*EVENTS, event(4, "PassStateEntered", "B")]}, asked)
    picture = execution.render_progress()
    assert "machine: run" in picture.svg
    assert "Succeeded" in picture.svg
    assert "In Progress" in picture.svg


def test_an_execution_shows_itself(execution: Execution) -> None:
    assert execution._repr_html_() == f"Execution: <code>{EXECUTION}</code>"
    assert repr(execution).startswith(f"Execution(execution_arn='{EXECUTION}', name='run', status=")
