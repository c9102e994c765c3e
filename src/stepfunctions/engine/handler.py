"""The seam between the engine and everything that does work: a TaskHandler behind a resource ARN."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from stepfunctions.query.failure import Failure
from stepfunctions.values import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRequest:
    """One attempt of a Task state, as its handler sees it.

    Args:
        effect_id: ``<execution ARN>#<task_id>``: the same after a crash, another for every retry. A handler keys its
            effect by it wherever the service allows, so that a re-dispatch does not repeat it.
        execution_arn: of the execution.
        state_machine_arn: of its state machine.
        role_arn: of the state machine.
        state: the name of the Task state.
        resource: the Resource ARN, with its suffix.
        arguments: the task's input.
        token: the task token.
        heartbeat_seconds: the heartbeat interval; None for none.
        credentials_role_arn: of the state's Credentials; None for none.
        submitted: the output of a TaskSubmitted event that was already recorded before a crash; None if there is
            none. A handler then does not submit again: it picks the work up where it is.
    """

    effect_id: str
    execution_arn: str
    state_machine_arn: str
    role_arn: str
    state: str
    resource: str
    arguments: Json
    token: str
    heartbeat_seconds: float | None = None
    credentials_role_arn: str | None = None
    submitted: Json = None


class Progress(Protocol):
    """How a handler reports before it is done. Each call returns once the report is durable."""

    async def started(self, worker: str | None = None) -> None:
        """The work has begun. The driver reports it itself just before ``run`` unless ``defers_start`` is set."""
        ...

    async def submitted(self, output: Json) -> None:
        """The request of a ``.sync`` or ``.waitForTaskToken`` task was accepted with this answer."""
        ...


class TaskError(Exception):
    """Ends a task as failed. ``submitted`` is False if the request itself was refused."""

    def __init__(self, error: str | None, cause: str | None, *, submitted: bool = True) -> None:
        super().__init__(f"{error}: {cause}")
        self.failure = Failure(error, cause)
        self.submitted = submitted


class TaskHandler(Protocol):
    """Does the work behind one kind of resource. One instance serves all executions."""

    defers_start: bool
    """True if the work begins later than its scheduling, as with activities: the handler reports ``started``."""

    async def run(self, task: TaskRequest, progress: Progress) -> Json:
        """Do the work and return the task's result.

        A ``.waitForTaskToken`` handler returns nothing of interest after ``progress.submitted``: the driver waits for
        the callback. Cancellation of the coroutine means that the server is going down, and must leave the work be.

        Raises:
            TaskError: the task failed.
        """
        ...

    async def cancel(self, task: TaskRequest) -> None:
        """Stop the work, as far as it can be stopped; called instead of awaiting ``run`` any longer."""
        ...


class Resolver(Protocol):
    """Finds the handler of a resource."""

    def __call__(self, resource: str) -> TaskHandler | None:
        """Return the handler of *resource*, or None: the state then fails when reached, naming itself."""
        ...
