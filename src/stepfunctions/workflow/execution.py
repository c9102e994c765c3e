"""One execution of a workflow: what it does, what it gave, how to stop it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import datetime
from enum import Enum
from html import escape
from typing import TYPE_CHECKING, Any

from stepfunctions.workflow.display import Html, Picture, draw
from stepfunctions.workflow.progress import statuses
from stepfunctions.workflow.tables import EventsList

if TYPE_CHECKING:
    from stepfunctions.workflow.workflow import Workflow

PAGE_SIZE = 1000
_POLL_MIN_SECONDS = 0.05
_POLL_MAX_SECONDS = 1.0


class ExecutionStatus(Enum):
    """The status of an execution."""

    Running = "RUNNING"
    Succeeded = "SUCCEEDED"
    Failed = "FAILED"
    TimedOut = "TIMED_OUT"
    Aborted = "ABORTED"


class Execution:
    """An execution.

    Args:
        workflow: that it is an execution of.
        execution_arn: its ARN.
        start_date: when it was started.
        status: when it was last seen.
        client: the Step Functions client to use; the workflow's by default.
        name: its name.
        stop_date: when it ended.
    """

    def __init__(
        self,
        workflow: Workflow,
        execution_arn: str,
        start_date: datetime,
        status: ExecutionStatus | str,
        client: Any = None,
        name: str | None = None,
        stop_date: datetime | None = None,
    ) -> None:
        self.workflow = workflow
        self.execution_arn = execution_arn
        self.start_date = start_date
        self.stop_date = stop_date
        self.status = status
        self.name = name or execution_arn.rpartition(":")[2]
        self._client = client

    @property
    def client(self) -> Any:
        """The Step Functions client."""
        return self.workflow.client if self._client is None else self._client

    @client.setter
    def client(self, client: Any) -> None:
        self._client = client

    def stop(self, cause: str | None = None, error: str | None = None) -> dict[str, Any]:
        """Stop the execution.

        Returns:
            The answer of StopExecution: ``{"stopDate": datetime}``.
        """
        given = {"cause": cause, "error": error}
        arguments = {name: value for name, value in given.items() if value is not None}
        answer: dict[str, Any] = self.client.stop_execution(executionArn=self.execution_arn, **arguments)
        return answer

    def describe(self) -> dict[str, Any]:
        """Return the answer of DescribeExecution."""
        answer: dict[str, Any] = self.client.describe_execution(executionArn=self.execution_arn)
        return answer

    def list_events(self, max_items: int = 100, reverse_order: bool = False, html: bool = False) -> Any:
        """Return the events of the execution.

        Args:
            max_items: at most so many.
            reverse_order: newest first.
            html: as a table for a notebook.
        """
        events = EventsList(self._events(max_items, reverse_order))
        return Html(events.to_html()) if html else events

    def _events(self, max_items: int, reverse_order: bool = False) -> Iterator[dict[str, Any]]:
        pages = self.client.get_paginator("get_execution_history").paginate(
            executionArn=self.execution_arn,
            reverseOrder=reverse_order,
            PaginationConfig={"MaxItems": max_items, "PageSize": min(max_items, PAGE_SIZE)},
        )
        for page in pages:
            yield from page["events"]

    def render_progress(self, portrait: bool = False, max_events: int = 25_000) -> Picture:
        """Return a picture of the workflow with the status of every state.

        It shows this moment; call it again for the next.

        Args:
            portrait: from top to bottom.
            max_events: read at most so many events.
        """
        return draw(
            self.workflow.definition.to_dict(),
            statuses=statuses(self._events(max_events)),
            portrait=portrait,
            title=f"{self.workflow.name}: {self.name}",
        )

    def get_input(self) -> Any:
        """Return the input of the execution."""
        return json.loads(self.describe()["input"])

    def get_output(self, wait: bool = False) -> Any:
        """Return the output of the execution; None if there is none.

        Args:
            wait: return when the execution has ended.
        """
        described = self.wait() if wait else self.describe()
        output = described.get("output")
        return None if output is None else json.loads(output)

    def wait(self) -> dict[str, Any]:
        """Return the description of the execution once it has ended."""
        pause = _POLL_MIN_SECONDS
        while (described := self.describe())["status"] == ExecutionStatus.Running.value:
            time.sleep(pause)
            pause = min(pause * 1.5, _POLL_MAX_SECONDS)
        return described

    def __repr__(self) -> str:
        return (
            f"Execution(execution_arn={self.execution_arn!r}, name={self.name!r}, status={self.status!r}, "
            f"start_date={self.start_date!r})"
        )

    def _repr_html_(self) -> str:
        return f"Execution: <code>{escape(self.execution_arn)}</code>"
