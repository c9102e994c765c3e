"""What the interpreter wants done: imperatives for the driver, plain data with a JSON form."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, ClassVar

from stepfunctions.values import Instant, Json


@dataclass(frozen=True, slots=True)
class Command:
    """Base of all commands."""

    VERSION: ClassVar[int] = 1

    def to_json(self) -> Json:
        """Return a JSON object, ``{"command": str, "version": int, ...fields}``."""
        return {
            "command": type(self).__name__,
            "version": self.VERSION,
            **{field.name: getattr(self, field.name) for field in fields(self)},
        }


@dataclass(frozen=True, slots=True)
class ScheduleTask(Command):
    """Start one attempt of a Task state. Answered by progress events and exactly one final event.

    Args:
        task_id: unique in the execution; ``<execution ARN>#<task_id>`` identifies the effect to the outside.
        state: the name of the Task state.
        resource: the state's Resource ARN, verbatim.
        arguments: the rendered input of the task (after Parameters or Arguments), as JSON text.
        token: the task token. Committed with this command, so that a callback can always be matched.
        timeout_at: when the attempt times out; None for never. The interpreter keeps the time, not the handler.
        heartbeat_seconds: the heartbeat interval, for handlers that tell their worker; None for none.
        credentials_role_arn: the role of the state's Credentials; None for the execution's own.
    """

    task_id: str
    state: str
    resource: str
    arguments: str
    token: str
    timeout_at: Instant | None = None
    heartbeat_seconds: float | None = None
    credentials_role_arn: str | None = None


@dataclass(frozen=True, slots=True)
class CancelTask(Command):
    """The answer to this task no longer matters: stop the work, as far as it can be stopped."""

    task_id: str


@dataclass(frozen=True, slots=True)
class CompleteExecution(Command):
    """The execution has ended.

    Args:
        status: ``SUCCEEDED``, ``FAILED``, ``TIMED_OUT`` or ``ABORTED``.
        output: JSON text, when it succeeded.
        error: as DescribeExecution shows it; absent (None) for a timeout.
        cause: likewise.
    """

    status: str
    output: str | None = None
    error: str | None = None
    cause: str | None = None


COMMANDS: dict[str, type[Command]] = {kind.__name__: kind for kind in (ScheduleTask, CancelTask, CompleteExecution)}


def command_from_json(data: dict[str, Any]) -> Command:
    """Return the command that ``Command.to_json`` wrote.

    Raises:
        KeyError: a command of a kind that this version does not know.
    """
    kind = COMMANDS[data["command"]]
    return kind(**{key: value for key, value in data.items() if key not in ("command", "version")})
