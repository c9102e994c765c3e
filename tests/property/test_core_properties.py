"""What holds for the interpreter whatever the definition: replay, snapshots, and no dependence on hash order."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stepfunctions.asl.parse import parse
from stepfunctions.core.ambient import Ambient
from stepfunctions.core.commands import CancelTask, ScheduleTask
from stepfunctions.core.events import (
    Event,
    ExecutionStarted,
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
from stepfunctions.engine.mocks import fails, succeeds
from stepfunctions.engine.virtual import run

PLAIN = "arn:aws:states:::sqs:sendMessage"
SYNC = "arn:aws:states:::sagemaker:createTrainingJob.sync"
FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])

ROUTES: dict[str, Any] = {
    "Retry": [{"ErrorEquals": ["E1"], "MaxAttempts": 1, "JitterStrategy": "FULL"}],
    "Catch": [{"ErrorEquals": ["E1", "E2"], "ResultPath": "$.error", "Next": "End"}],
}
JSONATA = {"QueryLanguage": "JSONata"}


@st.composite
def leaves(draw: st.DrawFn) -> dict[str, Any]:
    """A state that is no scope."""
    return draw(
        st.sampled_from(
            (
                {"Type": "Pass", "Result": {"made": 1}, "ResultPath": "$.made", "Assign": {"seen.$": "$.made"}},
                {"Type": "Pass", "Parameters": {"id.$": "States.UUID()", "n.$": "States.MathRandom(1, 9)"}},
                {"Type": "Wait", "Seconds": 3},
                {"Type": "Task", "Resource": PLAIN, **ROUTES},
                {"Type": "Task", "Resource": PLAIN, "TimeoutSeconds": 4},
                {"Type": "Task", "Resource": SYNC, "HeartbeatSeconds": 2, "TimeoutSeconds": 9, "ResultPath": "$.job"},
                {"Type": "Fail", "Error": "E2"},
                {"Type": "Pass", **JSONATA, "Output": {"id": "{% $uuid() %}", "n": "{% $random() %}"}},
                {"Type": "Pass", **JSONATA, "Output": {"was": "{% $states.input.none %}"}},
                {"Type": "Wait", **JSONATA, "Seconds": "{% $floor($random() * 3) %}"},
                {
                    "Type": "Task",
                    **JSONATA,
                    "Resource": PLAIN,
                    "Arguments": {"at": "{% $now() %}", "maybe": "{% $random() < 0.5 ? 1 : $states.input.none %}"},
                    "Retry": [{"ErrorEquals": ["States.QueryEvaluationError"], "MaxAttempts": 1}],
                    "Catch": [{"ErrorEquals": ["States.ALL"], "Output": {"e": "{% $states.errorOutput %}"}}],
                    "Output": {"r": "{% [$states.result] %}"},
                },
            )
        )
    )


def scopes(depth: int, prefix: str) -> st.SearchStrategy[dict[str, Any]]:
    """A chain of one to three states, with Parallel and Map down to *depth*."""

    @st.composite
    def scope(draw: st.DrawFn) -> dict[str, Any]:
        kinds: list[Any] = []
        for position in range(draw(st.integers(1, 3))):
            kinds.append(draw(states(depth, f"{prefix}{position}")))
            if kinds[-1]["Type"] == "Fail":
                break
        names = [f"{prefix}{position}" for position in range(len(kinds))]
        chain = {}
        for name, kind, following in zip(names, kinds, [*names[1:], "End"], strict=True):
            target = f"{prefix}End" if following == "End" else following
            catch = [{**each, "Next": f"{prefix}End"} for each in kind.get("Catch", [])]
            state = {**kind, **({"Catch": catch} if catch else {})}
            if "Assign" in state:  # a scope may not assign what one around it assigns
                state["Assign"] = {f"seen{prefix}.$": "$.made"}
            chain[name] = state if kind["Type"] == "Fail" else {**state, "Next": target}
        used = json.dumps(chain)
        end = {f"{prefix}End": {"Type": "Pass", "End": True}} if f'"{prefix}End"' in used else {}
        return {"StartAt": names[0], "States": {**chain, **end}}

    return scope()


def states(depth: int, name: str) -> st.SearchStrategy[dict[str, Any]]:
    """Any state called *name*."""
    if depth == 0:
        return leaves()
    inner = scopes(depth - 1, f"{name}_")
    other = scopes(depth - 1, f"{name}x")
    parallel = st.tuples(inner, other).map(
        lambda pair: {"Type": "Parallel", "Branches": list(pair), "ResultPath": "$.all", **ROUTES}
    )
    mapping = st.tuples(inner, st.integers(0, 2)).map(
        lambda pair: {
            "Type": "Map",
            "ItemsPath": "$$.Execution.Input.items",
            "ItemSelector": {"v.$": "$$.Map.Item.Value"},
            "MaxConcurrency": pair[1],
            "ItemProcessor": pair[0],
            **ROUTES,
        }
    )
    return st.one_of(leaves(), parallel, mapping)


DEFINITIONS = scopes(2, "S")
STARTED = ExecutionStarted(
    '{"items": [1, 2, 3]}', "arn:aws:states:us-east-1:1:execution:m:e", "e", "role", "arn:m", "m", 0
)
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


@FEW
@given(worlds())
def test_the_same_events_and_ambients_give_the_same_outcomes(world: World) -> None:
    again = Interpreter(world.interpreter._execution.program)
    assert [again.handle(event, ambient) for event, ambient in world.fed] == world.outcomes
    assert again.snapshot() == world.interpreter.snapshot()


@FEW
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


@FEW
@given(worlds())
def test_history_ids_have_no_gap_and_every_event_follows_an_earlier_one(world: World) -> None:
    history = [event for outcome in world.outcomes for event in outcome.history]
    assert [event.id for event in history] == list(range(1, len(history) + 1))
    assert all(event.previous_id < event.id for event in history)


@FEW
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


@FEW
@given(DEFINITIONS, st.integers(0, 2**64 - 1))
def test_every_definition_comes_to_an_end_in_virtual_time(definition: dict[str, Any], seed: int) -> None:
    def answer(resource: str, arguments: Any) -> Any:
        return fails("E1", after_seconds=1) if resource == PLAIN else succeeds({"x": 1}, after_seconds=1)

    execution = run(definition, {"items": [1, 2]}, tasks=answer, seed=seed)
    assert execution.status in ("SUCCEEDED", "FAILED")


SCRIPT = """
import json, sys
from stepfunctions.engine.virtual import run
definition, data = json.loads(sys.argv[1]), json.loads(sys.argv[2])
execution = run(definition, data, tasks=lambda resource, arguments: arguments, seed=5)
print(json.dumps([execution.history, execution.elapsed_seconds]))
"""


def test_hash_order_has_no_say() -> None:
    leaf = {"Type": "Task", "Resource": PLAIN, "TimeoutSeconds": 9, "End": True}
    definition = {
        "StartAt": "P",
        "States": {
            "P": {
                "Type": "Parallel",
                "Branches": [{"StartAt": name, "States": {name: leaf}} for name in ("alpha", "beta", "gamma")],
                "Assign": {"zeta.$": "$[0]", "eta.$": "States.UUID()", "theta": 1},
                "Next": "M",
            },
            "M": {
                "Type": "Map",
                "ItemProcessor": {
                    "StartAt": "X",
                    "States": {"X": {"Type": "Pass", "Parameters": {"c.$": "$$", "z.$": "$zeta"}, "End": True}},
                },
                "End": True,
            },
        },
    }
    outputs = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT, json.dumps(definition), json.dumps({"b": 1, "a": 2})],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "4242")
    }
    assert len(outputs) == 1
