"""What a workflow asks of the service, and what it makes of the answers."""

from __future__ import annotations

import json
import logging
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from tests.unit.workflow.conftest import EXECUTION, MACHINE, ROLE, START

from stepfunctions.exceptions import MissingRequiredParameter, WorkflowNotFound
from stepfunctions.inputs import ExecutionInput
from stepfunctions.steps import Chain, FrozenGraph, Graph, Pass
from stepfunctions.workflow import Execution, ExecutionStatus, Workflow

DEFINITION = {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}
INDENTED = json.dumps(DEFINITION, indent=4)


def workflow(client: Any, **changes: Any) -> Workflow:
    return Workflow(**{"name": "machine", "definition": Pass("A"), "role": ROLE, "client": client, **changes})


def created(client: Any, **changes: Any) -> Workflow:
    return workflow(client, state_machine_arn=MACHINE, **changes)


def summary(number: int, status: str = "SUCCEEDED") -> dict[str, Any]:
    return {
        "executionArn": f"{EXECUTION}-{number}",
        "stateMachineArn": MACHINE,
        "name": f"run-{number}",
        "status": status,
        "startDate": START,
    }


def test_create_sends_the_definition_the_role_and_the_tags(client: Any, service: Stubber) -> None:
    tags = [{"key": "team", "value": "a"}]
    service.add_response(
        "create_state_machine",
        {"stateMachineArn": MACHINE, "creationDate": START},
        {"name": "machine", "definition": INDENTED, "roleArn": ROLE, "tags": tags},
    )
    made = workflow(client, tags=tags)
    assert made.create() == MACHINE
    assert made.create() == MACHINE, "the second time nothing is asked"


def test_a_definition_may_be_written_in_one_line(client: Any, service: Stubber) -> None:
    service.add_response(
        "create_state_machine",
        {"stateMachineArn": MACHINE, "creationDate": START},
        {"name": "machine", "definition": json.dumps(DEFINITION), "roleArn": ROLE, "tags": []},
    )
    workflow(client, format_json=False).create()


def test_timeout_comment_and_version_are_the_definition_s(client: Any) -> None:
    made = workflow(client, timeout_seconds=60, comment="c", version="1.0")
    head = {"TimeoutSeconds": 60, "Comment": "c", "Version": "1.0"}
    assert made.definition.to_dict() == {**head, **DEFINITION}


@pytest.mark.parametrize("definition", [Pass("A"), Chain([Pass("A")]), Graph(Pass("A")), FrozenGraph(DEFINITION)])
def test_a_workflow_is_made_of_a_state_a_chain_or_a_graph(definition: Any, client: Any) -> None:
    assert workflow(client, definition=definition).definition.to_dict() == DEFINITION


def test_one_of_the_same_name_is_attached_to_and_not_changed(
    client: Any, service: Stubber, caplog: pytest.LogCaptureFixture
) -> None:
    service.add_client_error(
        "create_state_machine", "StateMachineAlreadyExists", f"State Machine Already Exists: '{MACHINE}'"
    )
    made = workflow(client)
    with caplog.at_level(logging.ERROR, "stepfunctions"):
        assert made.create() == MACHINE
    assert made.state_machine_arn == MACHINE
    assert "Workflow.update()" in caplog.text


def test_other_errors_of_the_service_are_the_caller_s(client: Any, service: Stubber) -> None:
    service.add_client_error("create_state_machine", "InvalidDefinition", "no")
    made = workflow(client)
    with pytest.raises(ClientError, match="InvalidDefinition"):
        made.create()
    assert made.state_machine_arn is None


def test_update_sends_what_is_new_with_what_is_not(client: Any, service: Stubber) -> None:
    other = {"StartAt": "B", "States": {"B": {"Type": "Pass", "End": True}}}
    answer = {"updateDate": START}
    expected = {"stateMachineArn": MACHINE, "definition": json.dumps(other, indent=4), "roleArn": ROLE}
    service.add_response("update_state_machine", answer, expected)
    service.add_response("update_state_machine", answer, {**expected, "roleArn": f"{ROLE}-2"})
    made = created(client)
    assert made.update(definition=Pass("B")) == MACHINE
    assert made.update(role=f"{ROLE}-2") == MACHINE
    assert (made.definition.to_dict(), made.role) == (other, f"{ROLE}-2")


def test_a_refused_update_leaves_the_workflow_as_it_was(client: Any, service: Stubber) -> None:
    service.add_client_error("update_state_machine", "InvalidDefinition", "no")
    made = created(client)
    with pytest.raises(ClientError):
        made.update(definition=Pass("B"), role=f"{ROLE}-2")
    assert (made.definition.to_dict(), made.role) == (DEFINITION, ROLE)


def test_an_update_needs_something_new_and_something_to_update(client: Any) -> None:
    with pytest.raises(MissingRequiredParameter, match="A new definition or role must be specified"):
        created(client).update()
    with pytest.raises(WorkflowNotFound, match="does not point to an existing workflow"):
        workflow(client).update(role=ROLE)


@pytest.mark.parametrize(
    ("format_json", "text"), [(True, '{\n    "a": 1\n}'), (False, '{"a": 1}')], ids=["indented", "compact"]
)
def test_execute_sends_the_input_as_json(format_json: bool, text: str, client: Any, service: Stubber) -> None:
    service.add_response(
        "start_execution",
        {"executionArn": EXECUTION, "startDate": START},
        {"stateMachineArn": MACHINE, "name": "run", "input": text},
    )
    execution = created(client, format_json=format_json).execute(name="run", inputs={"a": 1})
    assert (execution.execution_arn, execution.start_date, execution.name) == (EXECUTION, START, "run")
    assert execution.status is ExecutionStatus.Running
    assert execution.client is client


def test_execute_without_arguments_leaves_both_to_the_service(client: Any, service: Stubber) -> None:
    answer = {"executionArn": EXECUTION, "startDate": START}
    service.add_response("start_execution", answer, {"stateMachineArn": MACHINE})
    assert created(client).execute().name == "run"


def test_execute_needs_a_state_machine(client: Any) -> None:
    with pytest.raises(WorkflowNotFound, match=r"create\(\)"):
        workflow(client).execute()


SCHEMA = ExecutionInput(schema={"Name": str, "Rounds": int, "Data": {"Train": str}})


@pytest.mark.parametrize(
    ("inputs", "fault"),
    [
        (None, "'Name' is missing; 'Rounds' is missing; 'Data' is missing"),
        ({"Name": "n", "Rounds": 1, "Data": {}}, "'Data.Train' is missing"),
        ({"Name": "n", "Rounds": "1", "Data": {"Train": "t"}}, "'Rounds' is of type str, expected int"),
        (["n"], "'Name' is missing; 'Rounds' is missing; 'Data' is missing; '$' is of type list, expected dict"),
    ],
)
def test_inputs_that_do_not_conform_are_refused_before_anything_is_asked(inputs: Any, fault: str, client: Any) -> None:
    schema = '{"Name": "str", "Rounds": "int", "Data": {"Train": "str"}}'
    with pytest.raises(ValueError, match="Expected run input with the schema") as caught:
        workflow(client, execution_input=SCHEMA).execute(inputs=inputs)
    assert str(caught.value) == f"Expected run input with the schema: {schema}. In what was given, {fault}."


def test_executions_are_listed_over_pages_up_to_the_number_wanted(client: Any, service: Stubber) -> None:
    asked = {"stateMachineArn": MACHINE, "statusFilter": "SUCCEEDED", "maxResults": 3}
    service.add_response("list_executions", {"executions": [summary(1), summary(2)], "nextToken": "t"}, asked)
    service.add_response("list_executions", {"executions": [summary(3), summary(4)]}, {**asked, "nextToken": "t"})
    listed = created(client).list_executions(max_items=3, status_filter=ExecutionStatus.Succeeded)
    assert [each.name for each in listed] == ["run-1", "run-2", "run-3"]
    assert all(isinstance(each, Execution) and each.client is client for each in listed)


def test_a_page_is_never_larger_than_the_service_allows(client: Any, service: Stubber) -> None:
    service.add_response("list_executions", {"executions": []}, {"stateMachineArn": MACHINE, "maxResults": 1000})
    assert created(client).list_executions(max_items=5000) == []


def test_a_workflow_that_does_not_exist_has_no_executions(client: Any) -> None:
    assert workflow(client).list_executions() == []
    assert "<tbody></tbody>" in workflow(client).list_executions(html=True)._repr_html_()


def test_workflows_are_listed_over_pages(client: Any, service: Stubber) -> None:
    def machine(name: str) -> dict[str, Any]:
        return {"name": name, "stateMachineArn": MACHINE, "type": "STANDARD", "creationDate": START}

    for _ in range(2):
        service.add_response(
            "list_state_machines", {"stateMachines": [machine("a")], "nextToken": "t"}, {"maxResults": 100}
        )
        service.add_response(
            "list_state_machines", {"stateMachines": [machine("b")]}, {"maxResults": 100, "nextToken": "t"}
        )
    assert [each["name"] for each in Workflow.list_workflows(client=client)] == ["a", "b"]
    assert Workflow.list_workflows(client=client, html=True)._repr_html_().count("<tr class=") == 2


def test_attach_describes_the_state_machine(client: Any, service: Stubber) -> None:
    service.add_response(
        "describe_state_machine",
        {
            "stateMachineArn": MACHINE,
            "name": "machine",
            "definition": json.dumps(DEFINITION),
            "roleArn": ROLE,
            "type": "STANDARD",
            "creationDate": START,
        },
        {"stateMachineArn": MACHINE},
    )
    attached = Workflow.attach(MACHINE, client=client)
    assert (attached.name, attached.role, attached.state_machine_arn) == ("machine", ROLE, MACHINE)
    assert isinstance(attached.definition, FrozenGraph)
    assert attached.definition.to_dict() == DEFINITION


def test_delete_asks_only_if_there_is_one(client: Any, service: Stubber, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "stepfunctions"):
        workflow(client).delete()
    assert "none to delete" in caplog.text
    service.add_response("delete_state_machine", {}, {"stateMachineArn": MACHINE})
    created(client).delete()


def test_a_workflow_shows_itself(client: Any) -> None:
    assert workflow(client)._repr_html_() == "Workflow: <b>Does Not Exist.</b>"
    assert MACHINE in created(client)._repr_html_()
    assert repr(workflow(client)) == f"Workflow(name='machine', role='{ROLE}', state_machine_arn=None)"
    shown = workflow(client).render_graph()._repr_mimebundle_()
    assert shown["image/svg+xml"].startswith("<svg")
    assert "A" in shown["text/plain"]


def test_a_client_is_made_when_it_is_needed_and_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Any] = []
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    original = boto3.client
    monkeypatch.setattr(boto3, "client", lambda *args, **kwargs: made.append(original(*args, **kwargs)) or made[-1])
    lazy = created(None)
    execution = Execution(lazy, EXECUTION, START, "RUNNING")
    lazy.render_graph()
    assert made == []
    assert lazy.client is lazy.client
    assert execution.client is lazy.client
    assert len(made) == 1
    assert lazy.client.meta.region_name == "eu-west-1"
    assert "aws-step-functions-data-science-sdk-python" in lazy.client._client_config.user_agent


def test_a_client_may_be_replaced(client: Any) -> None:
    made = created(None)
    made.client = client
    assert made.client is client
