"""One outstanding task of an execution, as the driver and the outbox know it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from stepfunctions.core.commands import ScheduleTask
from stepfunctions.core.resources import Resource, parse_resource
from stepfunctions.engine.handler import TaskRequest
from stepfunctions.values import loads


class TaskState(StrEnum):
    """Where a task is in its life; all but CLOSED are taken up again after a crash."""

    OPEN = "OPEN"
    ANSWERED = "ANSWERED"
    """The callback came before the handler said that it had submitted the request; it still will."""
    CANCELLING = "CANCELLING"
    """The interpreter has let go of it; the handler has not confirmed that the work is stopped."""
    CLOSED = "CLOSED"


@dataclass(frozen=True, slots=True)
class Owner:
    """The execution that a task belongs to, as its handler sees it."""

    id: int
    execution_arn: str
    state_machine_arn: str
    role_arn: str


@dataclass(slots=True, eq=False)
class Task:
    """One attempt of a Task state.

    Args:
        owner: the execution.
        command: what the interpreter wants done.
        deferred: its handler defers the start: the work begins when a worker takes it, and a caller answers.
        state: see TaskState.
        started: the interpreter was told that it started.
        submitted: the JSON text of its TaskSubmitted.
        stored: the outbox has a row for it.
    """

    owner: Owner
    command: ScheduleTask
    deferred: bool = False
    state: TaskState = TaskState.OPEN
    started: bool = False
    submitted: str | None = None
    stored: bool = False

    @property
    def key(self) -> tuple[int, str]:
        """What identifies it among all tasks."""
        return (self.owner.id, self.command.task_id)

    @property
    def by_callback(self) -> bool:
        """A caller with the token ends it, not its handler."""
        if self.deferred:
            return True
        resource = _parsed(self.command.resource)
        return resource is not None and resource.is_callback

    @property
    def answerable(self) -> bool:
        """A caller with the token may end it; its handler may too, unless it is ``by_callback``."""
        return self.deferred or self.submits

    @property
    def submits(self) -> bool:
        """Its handler reports TaskSubmitted; no other end than a refusal comes before that."""
        return is_submitted(self.command.resource)

    @property
    def rests_with_caller(self) -> bool:
        """Its handler has nothing more to do: only the callback is missing."""
        return self.by_callback and (self.started if self.deferred else self.submitted is not None)

    def request(self) -> TaskRequest:
        """Return what its handler is given."""
        command, owner = self.command, self.owner
        return TaskRequest(
            effect_id=f"{owner.execution_arn}#{command.task_id}",
            execution_arn=owner.execution_arn,
            state_machine_arn=owner.state_machine_arn,
            role_arn=owner.role_arn,
            state=command.state,
            resource=command.resource,
            arguments=loads(command.arguments),
            token=command.token,
            heartbeat_seconds=command.heartbeat_seconds,
            credentials_role_arn=command.credentials_role_arn,
            submitted=None if self.submitted is None else loads(self.submitted),
        )


def is_submitted(resource: str) -> bool:
    """Return whether *resource* is one of a ``.sync`` or ``.waitForTaskToken`` integration."""
    parsed = _parsed(resource)
    return parsed is not None and parsed.is_submitted


@lru_cache(maxsize=256)
def _parsed(resource: str) -> Resource | None:
    return parse_resource(resource)
