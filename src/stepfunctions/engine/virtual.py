"""The virtual-time driver: an execution in this process, as fast as it computes, with mocks for its tasks.

When nothing is left to do at one instant, the clock jumps to the next: a 30-day Wait takes microseconds. No thread, no
event loop, no sleep, no clock; the same definition, input, mocks and seed give the same run, down to its history::

    execution = run(definition, {"customer": 7}, tasks={"Train": succeeds({}, after_seconds=3600)})
    assert execution.status == "SUCCEEDED"
    assert execution.elapsed_seconds == 3600

It keeps nothing and starts no other execution than the children of Map Runs, which live by the same clock and mocks. A
Distributed Map's ItemReader reads what the mock of that name gives::

    tasks = {"Each order": [{"id": 1}, {"id": 2}]}  # or a function of the ItemReader's arguments, or fails(...)

``stepfunctions.testing`` builds on it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from math import isfinite
from typing import Final, Protocol, TypeAlias

from stepfunctions.asl.model import StateMachine
from stepfunctions.core.events import (
    ExecutionStarted,
    RedriveRequested,
    StopRequested,
)
from stepfunctions.core.history import HistoryEvent, render
from stepfunctions.core.program import Program
from stepfunctions.core.program import compile as compile_program
from stepfunctions.engine.mocks import Mocks, Stage
from stepfunctions.engine.redriving import unredrivable_status
from stepfunctions.engine.virtual_world import PROGRAMS, Actor, TaskCall, VirtualChild, World
from stepfunctions.errors import Conflict, InvalidRequest
from stepfunctions.values import ABSENT, PAYLOAD_MAX_BYTES, Json, Payload, dumps, loads

__all__ = ["ACCOUNT", "EPOCH", "TaskCall", "VirtualChild", "VirtualExecution", "run"]

ACCOUNT: Final = "123456789012"
EPOCH: Final = datetime(2024, 1, 1, tzinfo=UTC)
"""When an execution starts if nobody says."""


@dataclass
class VirtualExecution:
    """How an execution went.

    Args:
        status: ``SUCCEEDED``, ``FAILED``, ``TIMED_OUT`` or ``ABORTED``. One that waits for a task that never ends times
            out after a year, as on AWS.
        output: what it handed on, parsed; None unless it succeeded.
        error: the name of the error that ended it.
        cause: its cause.
        elapsed_seconds: virtual time from start to end.
        calls: every attempt of a Task state, in order; those of the children of Map Runs too.
        events: the history as the core writes it.
        children: those of its Map Runs, in the order of the runs and of their items.
    """

    status: str
    output: Json
    error: str | None
    cause: str | None
    elapsed_seconds: float
    calls: list[TaskCall]
    events: list[HistoryEvent] = field(repr=False)
    children: list[VirtualChild] = field(repr=False)
    _run: _Run = field(repr=False, compare=False)

    @cached_property
    def history(self) -> list[Json]:
        """The history as GetExecutionHistory shows it, with times in epoch seconds."""
        return [render(event) for event in self.events]

    @property
    def states(self) -> list[str]:
        """The names of the states that were entered, in order."""
        return [event.details[0] for event in self.events if event.type.endswith("StateEntered")]

    def redrive(self, *, tasks: Mocks | None = None, after_seconds: float = 0) -> VirtualExecution:
        """Have the execution go on where it ended, as RedriveExecution does, and return all of it.

        Args:
            tasks: mocks for the Task states from now on; None keeps those that it has.
            after_seconds: how long after its end.

        Raises:
            Conflict: it has succeeded, or was redriven before: redrive what that returned.
            InvalidRequest: *after_seconds* is negative, or no number.
            MockError: a Task state that is reached has no mock, or one that cannot answer.
        """
        return self._run.redriven(len(self.events), tasks, after_seconds)


class Rendered(Protocol):
    """What makes a definition of itself: a graph or a chain of the authoring SDK."""

    def to_dict(self) -> dict[str, Json]:
        """Return the definition."""


class Defined(Protocol):
    """What has a definition: a workflow of the authoring SDK."""

    @property
    def definition(self) -> Rendered:
        """The definition."""


Definition: TypeAlias = str | Mapping[str, Json] | StateMachine | Rendered | Defined


def run(
    definition: Definition,
    input: Json = ABSENT,  # noqa: A002 - AWS's own word, as in StartExecution
    *,
    tasks: Mocks | None = None,
    name: str = "execution",
    machine_name: str = "machine",
    region: str = "us-east-1",
    started_at: datetime = EPOCH,
    seed: int = 0,
    stop_after_seconds: float | None = None,
) -> VirtualExecution:
    """Run *definition* on *input* to its end, in virtual time.

    Args:
        definition: a workflow or a graph; or ASL as text, as a dict, or read already.
        input: the execution's input; ``{}`` if not given.
        tasks: mocks for the Task states, and for Map states with an ItemReader; see ``engine.mocks``.
        name: of the execution.
        machine_name: of the state machine.
        region: in the ARNs of both.
        started_at: an aware time; 2024-01-01 UTC if not given.
        seed: of everything random: UUIDs, random numbers, jitter, tokens.
        stop_after_seconds: when to stop the execution, as StopExecution does; None for never.

    Raises:
        DefinitionError: AWS would refuse the definition; carries every fault.
        InvalidRequest: AWS would not start it: the input is not JSON or too large; or a time or a definition that is
            none.
        MockError: a state that is reached has no mock, or one that cannot answer.
    """
    if started_at.tzinfo is None:
        raise InvalidRequest(f"started_at is {started_at}, without a time zone: give datetime(..., tzinfo=UTC).")
    if stop_after_seconds is not None:
        _check_seconds("stop_after_seconds", stop_after_seconds)
    text = "{}" if input is ABSENT else _input_text(input)
    started = _started(text, name, machine_name, region, started_at)
    return _Run(_compiled(definition), started, Stage(tasks), seed).to_end(stop_after_seconds)


def _compiled(definition: Definition) -> Program:
    """Return *definition* compiled."""
    if isinstance(definition, StateMachine):
        return compile_program(definition)
    return PROGRAMS.compiled(definition_text(definition))[1]


def definition_text(definition: str | Mapping[str, Json] | Rendered | Defined) -> str:
    """Return *definition* as ASL text.

    Raises:
        InvalidRequest: it is none.
    """
    if isinstance(definition, str):
        return definition
    if isinstance(definition, Mapping):
        return dumps(dict(definition))
    for each in (definition, getattr(definition, "definition", None)):
        render = getattr(each, "to_dict", None)
        if callable(render):
            return dumps(render())
    raise InvalidRequest(
        f"The definition is a {type(definition).__name__}: give a workflow or a graph, or ASL as text or as a dict."
    )


class _Run:
    """One execution in a world of its own."""

    def __init__(self, program: Program, started: ExecutionStarted, stage: Stage, seed: int) -> None:
        self._world = World(started.started_at, stage, seed)
        self._actor = Actor(program, started)

    def to_end(self, stop_after_seconds: float | None) -> VirtualExecution:
        """Let things happen until the execution has ended; AWS's year for an open execution ends each."""
        self._world.tell(self._actor, self._actor.started)
        if stop_after_seconds is not None:
            self._world.tell(self._actor, StopRequested(), stop_after_seconds)
        return self._go_on()

    def redriven(self, event_count: int, tasks: Mocks | None, after_seconds: float) -> VirtualExecution:
        """Go on after the end; *event_count* is what the caller knows of the history."""
        actor, world = self._actor, self._world
        reason = unredrivable_status(actor.interpreter.status or "RUNNING")
        if reason is not None:
            raise Conflict(reason)
        if event_count != len(actor.history):
            raise Conflict("The execution was redriven before: redrive what that returned.")
        _check_seconds("after_seconds", after_seconds)
        if tasks is not None:
            world.stage = Stage(tasks)
        world.forget_upcoming()
        world.now += round(after_seconds * 1000)
        world.tell(actor, RedriveRequested(actor.interpreter.redrive_count + 1))
        return self._go_on()

    def _go_on(self) -> VirtualExecution:
        actor, world = self._actor, self._world
        world.go_on(actor)
        end = actor.end
        assert end is not None
        return VirtualExecution(
            end.status,
            None if end.output is None else loads(end.output),
            end.error,
            end.cause,
            (world.now - world.started_at) / 1000,
            world.calls.copy(),
            actor.history.copy(),
            actor.shown_children(),
            self,
        )


def _check_seconds(name: str, seconds: float) -> None:
    if not (isfinite(seconds) and seconds >= 0):
        raise InvalidRequest(f"{name} is {seconds}: give 0 or more.")


def _input_text(data: Json) -> str:
    try:
        json.dumps(data, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidRequest(f"The input of the execution is not JSON: {error}.") from None
    payload = Payload(data)
    if payload.size_bytes > PAYLOAD_MAX_BYTES:
        raise InvalidRequest(f"The input has {payload.size_bytes} bytes, and AWS takes {PAYLOAD_MAX_BYTES} at most.")
    return payload.text


def _started(text: str, name: str, machine_name: str, region: str, started_at: datetime) -> ExecutionStarted:
    return ExecutionStarted(
        input=text,
        execution_arn=f"arn:aws:states:{region}:{ACCOUNT}:execution:{machine_name}:{name}",
        name=name,
        role_arn=f"arn:aws:iam::{ACCOUNT}:role/{machine_name}",
        state_machine_arn=f"arn:aws:states:{region}:{ACCOUNT}:stateMachine:{machine_name}",
        state_machine_name=machine_name,
        started_at=round(started_at.timestamp() * 1000),
    )
