"""A workflow: a definition under a name, and the state machine it becomes on whichever service answers."""

from __future__ import annotations

import json
import re
from html import escape
from typing import Any

from stepfunctions.exceptions import MissingRequiredParameter, WorkflowNotFound
from stepfunctions.inputs import ExecutionInput
from stepfunctions.log import logger
from stepfunctions.steps.base import State
from stepfunctions.steps.graph import Chain, FrozenGraph, Graph
from stepfunctions.workflow.client import stepfunctions_client
from stepfunctions.workflow.display import Html, Picture, draw
from stepfunctions.workflow.execution import PAGE_SIZE, Execution, ExecutionStatus
from stepfunctions.workflow.tables import ExecutionsList, WorkflowList


class Workflow:
    """A workflow.

    Args:
        name: of the state machine.
        definition: a state, a chain or a graph.
        role: the ARN of the role that Step Functions takes on.
        tags: ``[{"key": ..., "value": ...}]``.
        execution_input: what ``execute(inputs=...)`` must conform to.
        timeout_seconds: after which an execution times out.
        comment: a human-readable description.
        version: of the language.
        state_machine_arn: if it exists already.
        format_json: write definition and input indented.
        client: the Step Functions client to use; made from the environment when first needed by default.
    """

    def __init__(
        self,
        name: str,
        definition: State | Chain | Graph | FrozenGraph,
        role: str,
        tags: list[dict[str, str]] | None = None,
        execution_input: ExecutionInput | None = None,
        timeout_seconds: int | None = None,
        comment: str | None = None,
        version: str | None = None,
        state_machine_arn: str | None = None,
        format_json: bool = True,
        client: Any = None,
    ) -> None:
        self.timeout_seconds = timeout_seconds
        self.comment = comment
        self.version = version
        self.name = name
        self.role = role
        self.tags = tags or []
        self.workflow_input = execution_input or ExecutionInput()
        self.definition = self._graph(definition)
        self.format_json = format_json
        self.state_machine_arn = state_machine_arn
        self._client = client

    def _graph(self, definition: State | Chain | Graph | FrozenGraph) -> Graph | FrozenGraph:
        if isinstance(definition, Graph | FrozenGraph):
            return definition
        return Graph(definition, timeout_seconds=self.timeout_seconds, comment=self.comment, version=self.version)

    @property
    def client(self) -> Any:
        """The Step Functions client."""
        if self._client is None:
            self._client = stepfunctions_client()
        return self._client

    @client.setter
    def client(self, client: Any) -> None:
        self._client = client

    @classmethod
    def list_workflows(cls, max_items: int = 100, client: Any = None, html: bool = False) -> Any:
        """Return the state machines of the account.

        Args:
            max_items: at most so many.
            client: the Step Functions client to use.
            html: as a table for a notebook.
        """
        client = client if client is not None else stepfunctions_client()
        pages = client.get_paginator("list_state_machines").paginate(
            PaginationConfig={"MaxItems": max_items, "PageSize": min(max_items, PAGE_SIZE)}
        )
        workflows = WorkflowList(each for page in pages for each in page["stateMachines"])
        return Html(workflows.to_html()) if html else workflows

    @classmethod
    def attach(cls, state_machine_arn: str, client: Any = None) -> Workflow:
        """Return the workflow of a state machine that exists."""
        client = client if client is not None else stepfunctions_client()
        described = client.describe_state_machine(stateMachineArn=state_machine_arn)
        return cls(
            name=described["name"],
            definition=FrozenGraph.from_json(described["definition"]),
            role=described["roleArn"],
            state_machine_arn=described["stateMachineArn"],
            client=client,
        )

    def create(self) -> str:
        """Create the state machine and return its ARN. One of the same name is attached to, and not changed."""
        if self.state_machine_arn is not None:
            logger.warning("The workflow already exists on AWS Step Functions. No action will be performed.")
            return self.state_machine_arn
        try:
            answer = self.client.create_state_machine(
                name=self.name,
                definition=self.definition.to_json(pretty=self.format_json),
                roleArn=self.role,
                tags=self.tags,
            )
            self.state_machine_arn = answer["stateMachineArn"]
            logger.info("Workflow created successfully on AWS Step Functions.")
        except self.client.exceptions.StateMachineAlreadyExists as error:
            self.state_machine_arn = _quoted(error.response["Error"]["Message"])
            logger.error(
                "A workflow with the same name already exists on AWS Step Functions. To update a workflow, use "
                "Workflow.update()."
            )
        assert self.state_machine_arn is not None
        return self.state_machine_arn

    def update(self, definition: State | Chain | Graph | FrozenGraph | None = None, role: str | None = None) -> str:
        """Change the definition, the role or both, and return the ARN.

        Raises:
            MissingRequiredParameter: neither is given.
            WorkflowNotFound: there is no state machine yet.
        """
        if definition is None and role is None:
            raise MissingRequiredParameter("A new definition or role must be specified to update an existing workflow.")
        if self.state_machine_arn is None:
            raise WorkflowNotFound(
                "Local workflow instance does not point to an existing workflow: call create() first."
            )
        graph = self.definition if definition is None else self._graph(definition)
        role = self.role if role is None else role
        self.client.update_state_machine(
            stateMachineArn=self.state_machine_arn, definition=graph.to_json(pretty=self.format_json), roleArn=role
        )
        self.definition, self.role = graph, role
        logger.info(
            "Workflow updated successfully on AWS Step Functions. All execute() calls will use the updated definition "
            "and role within a few seconds."
        )
        return self.state_machine_arn

    def execute(self, name: str | None = None, inputs: Any = None) -> Execution:
        """Start an execution.

        Args:
            name: of the execution; the service makes one up by default.
            inputs: of the execution, as JSON values.

        Raises:
            ValueError: *inputs* do not conform to the workflow's ``execution_input``; says what is wrong with them.
            WorkflowNotFound: there is no state machine yet.
        """
        self._check_inputs(inputs)
        if self.state_machine_arn is None:
            raise WorkflowNotFound(
                "Local workflow instance does not point to an existing workflow: call create() first."
            )
        arguments: dict[str, Any] = {"stateMachineArn": self.state_machine_arn}
        if name is not None:
            arguments["name"] = name
        if inputs is not None:
            arguments["input"] = json.dumps(inputs, indent=4 if self.format_json else None)
        answer = self.client.start_execution(**arguments)
        logger.info("Workflow execution started successfully on AWS Step Functions.")
        return Execution(
            workflow=self,
            execution_arn=answer["executionArn"],
            start_date=answer["startDate"],
            status=ExecutionStatus.Running,
            client=self.client,
            name=name,
        )

    def _check_inputs(self, inputs: Any) -> None:
        found = self.workflow_input.validate(inputs)
        if found.valid:
            return
        faults = [f"{name!r} is missing" for name in found.keys_missing]
        faults += [
            f"{name!r} is of type {given.__name__}, expected {expected.__name__}"
            for name, expected, given in found.keys_type_mismatch
        ]
        schema = self.workflow_input.get_schema_as_json()
        raise ValueError(f"Expected run input with the schema: {schema}. In what was given, {'; '.join(faults)}.")

    def list_executions(
        self, max_items: int = 100, status_filter: ExecutionStatus | None = None, html: bool = False
    ) -> Any:
        """Return the executions of the workflow, newest first.

        Args:
            max_items: at most so many.
            status_filter: only those of this status.
            html: as a table for a notebook.
        """
        executions = ExecutionsList(self._executions(max_items, status_filter))
        return Html(executions.to_html()) if html else executions

    def _executions(self, max_items: int, status_filter: ExecutionStatus | None) -> list[Execution]:
        if self.state_machine_arn is None:
            logger.debug("The workflow does not exist yet, so it has no executions.")
            return []
        arguments: dict[str, Any] = {"stateMachineArn": self.state_machine_arn}
        if status_filter is not None:
            arguments["statusFilter"] = status_filter.value
        pages = self.client.get_paginator("list_executions").paginate(
            **arguments, PaginationConfig={"MaxItems": max_items, "PageSize": min(max_items, PAGE_SIZE)}
        )
        return [
            Execution(
                workflow=self,
                execution_arn=each["executionArn"],
                start_date=each["startDate"],
                stop_date=each.get("stopDate"),
                status=each["status"],
                client=self.client,
                name=each["name"],
            )
            for page in pages
            for each in page["executions"]
        ]

    def delete(self) -> None:
        """Delete the state machine, if there is one."""
        if self.state_machine_arn is None:
            logger.warning(
                "Local workflow instance does not point to an existing workflow, so there is none to delete."
            )
            return
        self.client.delete_state_machine(stateMachineArn=self.state_machine_arn)
        logger.info("Workflow has been marked for deletion. If it has running executions, it is deleted when they end.")

    def render_graph(self, portrait: bool = False) -> Picture:
        """Return a picture of the workflow.

        Args:
            portrait: from top to bottom.
        """
        return draw(self.definition.to_dict(), portrait=portrait, title=self.name)

    def __repr__(self) -> str:
        return f"Workflow(name={self.name!r}, role={self.role!r}, state_machine_arn={self.state_machine_arn!r})"

    def _repr_html_(self) -> str:
        if self.state_machine_arn is None:
            return "Workflow: <b>Does Not Exist.</b>"
        return f"Workflow: <code>{escape(self.state_machine_arn)}</code>"


def _quoted(message: str) -> str:
    """Return what stands between the quotes of a message: ``State Machine Already Exists: '<arn>'``."""
    found = re.search(r"'(.*)'", message)
    return found[1] if found else message
