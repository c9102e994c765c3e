"""A compiled definition: every state turned to closures once, so that running it interprets no text.

A state that is not supported compiles to one that fails when it is reached. What the children of a Distributed Map
execute is not compiled here: it is a definition of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from stepfunctions.asl import model
from stepfunctions.core.resources import ACTIVITY, parse_resource
from stepfunctions.core.states.choice import Choice
from stepfunctions.core.states.distributed_map import DistributedMap
from stepfunctions.core.states.fail import Fail
from stepfunctions.core.states.map_ import Map
from stepfunctions.core.states.parallel import Parallel
from stepfunctions.core.states.pass_ import Pass
from stepfunctions.core.states.state import CompiledScope, CompiledState
from stepfunctions.core.states.succeed import Succeed
from stepfunctions.core.states.task import Task
from stepfunctions.core.states.unsupported import Unsupported
from stepfunctions.core.states.wait import Wait


@dataclass(frozen=True, slots=True)
class Program(CompiledScope):
    """A compiled state machine; immutable, shared by all its executions.

    Args:
        start: the first state.
        states: by name; those of branches and processors are in their states.
        timeout_seconds: of the whole execution; None for never.
        activities: the state and the Resource of every Task that names an activity, wherever it stands.
    """

    timeout_seconds: int | None = None
    activities: tuple[tuple[str, str], ...] = ()


def compile(machine: model.StateMachine) -> Program:  # noqa: A001 - the name every compiler seam of this package has
    """Return *machine* compiled.

    Raises:
        ValueError: a field that ``asl.parse`` would have refused; the text is AWS's.
    """
    states = _compile_states(machine)
    return Program(states[machine.start_at], states, machine.timeout_seconds or None, tuple(_activities(machine)))


def _activities(scope: model.Scope) -> Iterator[tuple[str, str]]:
    for state in scope.states.values():
        if isinstance(state, model.Task):
            resource = parse_resource(state.resource)
            if resource is not None and resource.family == ACTIVITY:
                yield state.name, state.resource
        elif isinstance(state, model.Parallel):
            for branch in state.branches:
                yield from _activities(branch)
        elif isinstance(state, model.Map) and state.processor.mode == "INLINE":
            yield from _activities(state.processor)


def compile_scope(scope: model.Scope) -> CompiledScope:
    """Return the states of *scope*, a branch or an item processor, compiled."""
    states = _compile_states(scope)
    return CompiledScope(states[scope.start_at], states)


def _compile_states(scope: model.Scope) -> Mapping[str, CompiledState]:
    states = {name: compile_state(state) for name, state in scope.states.items()}
    for state in states.values():
        state.link(states)
    return states


def compile_state(state: model.State) -> CompiledState:
    """Return *state* compiled; it is still to be linked to the other states of its scope."""
    return _COMPILERS[type(state)](state)


def _compile_task(state: model.Task) -> CompiledState:
    resource = parse_resource(state.resource)
    if resource is None:
        return Unsupported(state, "Resource", f"{state.resource} is not the ARN of a task")
    return Task(state, resource)


def _compile_parallel(state: model.Parallel) -> CompiledState:
    return Parallel(state, tuple(compile_scope(branch) for branch in state.branches))


def _compile_map(state: model.Map) -> CompiledState:
    if state.processor.mode == "DISTRIBUTED":
        return DistributedMap(state)
    for field, value in (
        ("ItemReader", state.item_reader),
        ("ItemBatcher", state.item_batcher),
        ("ResultWriter", state.result_writer),
    ):
        if value is not None:
            return Unsupported(state, field, "it belongs to the distributed mode")
    return Map(state, compile_scope(state.processor))


_COMPILERS: Final[dict[type[model.State], Callable[[Any], CompiledState]]] = {
    model.Pass: Pass,
    model.Choice: Choice,
    model.Wait: Wait,
    model.Succeed: Succeed,
    model.Fail: Fail,
    model.Task: _compile_task,
    model.Parallel: _compile_parallel,
    model.Map: _compile_map,
}
