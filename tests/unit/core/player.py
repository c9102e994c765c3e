"""Feeds events to a bare interpreter, keeps what it answers, and validates it after every event."""

from __future__ import annotations

import json
from typing import Any

from invariants import validate

from stepfunctions.asl.parse import parse
from stepfunctions.core.ambient import Ambient
from stepfunctions.core.commands import Command, CompleteExecution, ScheduleTask
from stepfunctions.core.events import Event, ExecutionStarted, Resumed, TimeReached
from stepfunctions.core.history import HistoryEvent
from stepfunctions.core.interpreter import Interpreter
from stepfunctions.core.outcome import Outcome
from stepfunctions.core.program import compile as compile_program

ARN = "arn:aws:states:eu-west-1:123456789012:execution:machine:one"
TASK = "arn:aws:states:::sqs:sendMessage"
SYNC = "arn:aws:states:::sagemaker:createTrainingJob.sync"
TOKEN = "arn:aws:states:::sqs:sendMessage.waitForTaskToken"
LAMBDA = "arn:aws:lambda:eu-west-1:123456789012:function:f"
ACTIVITY = "arn:aws:states:eu-west-1:123456789012:activity:a"


def started(data: Any = None, at: int = 0) -> ExecutionStarted:
    """Return the first event of an execution on *data*."""
    text = json.dumps({} if data is None else data)
    machine = "arn:aws:states:eu-west-1:123456789012:stateMachine:machine"
    return ExecutionStarted(text, ARN, "one", "arn:aws:iam::123456789012:role/r", machine, "machine", at)


class Player:
    """One execution, from its start on; ``missing`` are the activities that do not exist."""

    def __init__(self, definition: dict[str, Any], data: Any = None, *, missing: tuple[str, ...] = ()) -> None:
        self.missing = missing
        self.interpreter = Interpreter(compile_program(parse(definition)))
        self.history: list[HistoryEvent] = []
        self.commands: list[Command] = []
        self.now = 0
        self.last: Outcome
        self.tell(started(data))

    def tell(self, event: Event, *, at: int | None = None, seed: int = 7) -> tuple[Command, ...]:
        """Feed *event* at the time *at*, or now, and return the commands that follow."""
        self.now = self.now if at is None else at
        self.last = self.interpreter.handle(event, Ambient(self.now, seed, self.missing))
        validate(self.interpreter, yielded=self.last.yielded)
        self.history += self.last.history
        self.commands += self.last.commands
        return self.last.commands

    def let_time_pass(self) -> tuple[Command, ...]:
        """Jump to the interpreter's deadline."""
        assert self.interpreter.deadline is not None
        return self.tell(TimeReached(), at=self.interpreter.deadline)

    def resume_to_end(self) -> None:
        """Give quanta until the interpreter wants no more."""
        while self.last.yielded:
            self.tell(Resumed())

    @property
    def types(self) -> list[str]:
        """The types of all history events so far."""
        return [event.type for event in self.history]

    @property
    def chain(self) -> list[tuple[int, str, int]]:
        """All history events so far as (id, type, previous id)."""
        return [(event.id, event.type, event.previous_id) for event in self.history]

    @property
    def end(self) -> CompleteExecution:
        """How the execution ended."""
        command = self.commands[-1]
        assert isinstance(command, CompleteExecution)
        return command

    @property
    def output(self) -> Any:
        """The output of an execution that succeeded."""
        assert self.end.status == "SUCCEEDED", self.end
        assert self.end.output is not None
        return json.loads(self.end.output)

    @property
    def tasks(self) -> list[ScheduleTask]:
        """Every task that was scheduled so far."""
        return [command for command in self.commands if isinstance(command, ScheduleTask)]

    def details(self, event_type: str) -> list[tuple[Any, ...]]:
        """The details of every event of *event_type* so far."""
        return [event.details for event in self.history if event.type == event_type]


def machine(first: str, **states: dict[str, Any]) -> dict[str, Any]:
    """Return a definition that starts at *first*."""
    return {"StartAt": first, "States": states}


def single(**fields: Any) -> dict[str, Any]:
    """Return a definition of one state, ``S``, that ends the machine."""
    terminal = fields.get("Type") in ("Succeed", "Fail", "Choice")
    return machine("S", S=fields if terminal else {**fields, "End": True})


def scope(first: str, **states: dict[str, Any]) -> dict[str, Any]:
    """Return a branch that starts at *first*."""
    return machine(first, **states)


class match:  # noqa: N801 - reads as a verb where it is used
    """Equal to a command of this kind whose named fields are these."""

    def __init__(self, kind: type[Command], **fields: Any) -> None:
        self._kind = kind
        self._fields = fields

    def __eq__(self, other: object) -> bool:
        return isinstance(other, self._kind) and all(
            getattr(other, name) == value for name, value in self._fields.items()
        )

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={value!r}" for name, value in self._fields.items())
        return f"match({self._kind.__name__}, {fields})"
