"""What holds for the interpreter whatever the definition: replay, snapshots, and no dependence on hash order."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

from definitions import INPUT, definitions, examples
from drivers import Script, in_virtual_time
from hypothesis import given, settings
from hypothesis import strategies as st

from stepfunctions.asl.parse import parse
from stepfunctions.core.ambient import Ambient
from stepfunctions.core.commands import CancelTask, CompleteExecution, ScheduleTask
from stepfunctions.core.events import (
    Event,
    ExecutionStarted,
    HeartbeatReceived,
    RedriveRequested,
    Resumed,
    StopRequested,
    TaskFailed,
    TaskStarted,
    TaskSubmitted,
    TaskSucceeded,
    TimeReached,
)
from stepfunctions.core.interpreter import Interpreter
from stepfunctions.core.outcome import Outcome
from stepfunctions.core.program import Program
from stepfunctions.core.program import compile as compile_program

TERMINAL = {"ExecutionSucceeded", "ExecutionFailed", "ExecutionAborted", "ExecutionTimedOut"}
DEFINITIONS = definitions(entropic=True)
STARTED = ExecutionStarted(json.dumps(INPUT), "arn:aws:states:us-east-1:1:execution:m:e", "e", "role", "arn:m", "m", 0)
Fed = list[tuple[Event, Ambient]]


class World:
    """Chooses what happens next to an interpreter, of what can happen."""

    def __init__(self, program: Program, choose: Any) -> None:
        self.interpreter = Interpreter(program)
        self.choose = choose
        self.now = 0
        self.redrives = 0
        self.flying: dict[str, ScheduleTask] = {}
        self.fed: Fed = []
        self.outcomes: list[Outcome] = []

    def live(self, event_max: int) -> None:
        """Feed up to *event_max* events."""
        event: Event | None = STARTED
        while event is not None and len(self.fed) < event_max:
            ambient = Ambient(self.now, len(self.fed) * 7919)
            outcome = self.interpreter.handle(event, ambient)
            self.fed.append((event, ambient))
            self.outcomes.append(outcome)
            for command in outcome.commands:
                if isinstance(command, ScheduleTask):
                    self.flying[command.task_id] = command
                elif isinstance(command, CancelTask):
                    self.flying.pop(command.task_id, None)
            event = self._next(outcome)

    def _next(self, outcome: Outcome) -> Event | None:
        if outcome.yielded:
            return Resumed()
        if self.interpreter.status in ("FAILED", "ABORTED") and self.redrives < 2:
            self.redrives += 1
            return RedriveRequested(self.redrives)
        if self.interpreter.status != "RUNNING":
            return None
        possible: list[Event] = []
        for task_id in self.flying:
            possible += [
                TaskStarted(task_id),
                TaskSubmitted(task_id, "{}"),
                TaskSucceeded(task_id, '{"done":true}'),
                TaskFailed(task_id, "E1", "c"),
                TaskFailed(task_id, "E3", None, submitted=False),
                HeartbeatReceived(task_id),
            ]
        if self.interpreter.deadline is not None:
            possible += [TimeReached(), StopRequested()]
        if not possible:
            return StopRequested("Stuck")
        event = possible[self.choose(len(possible))]
        if isinstance(event, TimeReached) and self.interpreter.deadline is not None:
            self.now = max(self.now, self.interpreter.deadline)
        return event


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """A definition, and a history of events that fits it."""
    program = compile_program(parse(draw(DEFINITIONS)))
    world = World(program, lambda count: draw(st.integers(0, count - 1)))
    world.live(30)
    return world


@examples(40)
@given(worlds())
def test_the_same_events_and_ambients_give_the_same_outcomes(world: World) -> None:
    again = Interpreter(world.interpreter._execution.program)
    assert [again.handle(event, ambient) for event, ambient in world.fed] == world.outcomes
    assert again.snapshot() == world.interpreter.snapshot()


@examples(40)
@given(worlds(), st.integers(0, 30))
def test_a_snapshot_at_any_event_goes_on_as_the_original(world: World, at: int) -> None:
    program = world.interpreter._execution.program
    original = Interpreter(program)
    for event, ambient in world.fed[:at]:
        original.handle(event, ambient)
    restored = Interpreter.restore(program, json.loads(json.dumps(original.snapshot())))
    assert restored.deadline == original.deadline
    for (event, ambient), outcome in zip(world.fed[at:], world.outcomes[at:], strict=True):
        assert restored.handle(event, ambient) == outcome
    assert restored.snapshot() == world.interpreter.snapshot()


@examples(40)
@given(worlds())
def test_history_ids_have_no_gap_and_every_event_follows_an_earlier_one(world: World) -> None:
    history = [event for outcome in world.outcomes for event in outcome.history]
    assert [event.id for event in history] == list(range(1, len(history) + 1))
    assert all(event.previous_id < event.id for event in history)


@examples(40)
@given(worlds())
def test_an_execution_that_has_ended_wants_and_shows_nothing_more(world: World) -> None:
    for outcome in world.outcomes:
        ends = [command for command in outcome.commands if isinstance(command, CompleteExecution)]
        assert ends == [] or (ends == [outcome.commands[-1]] and not outcome.yielded)
        if ends:
            assert outcome.history[-1].type in TERMINAL


@examples(40)
@given(worlds())
def test_every_task_is_answered_cancelled_or_still_wanted(world: World) -> None:
    scheduled = [
        command.task_id
        for outcome in world.outcomes
        for command in outcome.commands
        if isinstance(command, ScheduleTask)
    ]
    cancelled = [
        command.task_id for outcome in world.outcomes for command in outcome.commands if isinstance(command, CancelTask)
    ]
    assert len(set(scheduled)) == len(scheduled)
    assert len(set(cancelled)) == len(cancelled)
    assert set(cancelled) <= set(scheduled)
    assert set(world.interpreter._execution.tasks) <= set(scheduled) - set(cancelled)


@examples(40)
@given(DEFINITIONS, st.integers(0, 2**32 - 1))
def test_every_run_ends_or_waits_for_a_task_that_never_does(definition: dict[str, Any], seed: int) -> None:
    execution = in_virtual_time(definition, INPUT, Script(seed))
    assert execution.status != "RUNNING" or execution.calls


SCRIPT = """
import json, sys
from stepfunctions.engine.mocks import fails, succeeds
from stepfunctions.engine.virtual import run
for definition in json.load(sys.stdin):
    answers = iter([succeeds({"b": 1, "a": 2}, after_seconds=1), fails("E1"), fails("E2", after_seconds=2)] * 1000)
    execution = run(definition, {"items": [1, 2], "n": 1}, tasks=lambda resource, arguments: next(answers), seed=5)
    print(json.dumps([execution.history, execution.elapsed_seconds]))
"""


def test_hash_order_has_no_say() -> None:
    drawn: list[dict[str, Any]] = []

    @settings(examples(60), database=None)
    @given(DEFINITIONS)
    def draw(definition: dict[str, Any]) -> None:
        drawn.append(definition)

    draw()
    outputs = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            input=json.dumps(drawn),
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "4242")
    }
    assert len(outputs) == 1
    assert outputs.pop().count("\n") == len(drawn)
