"""All that an execution needs to go on, as plain JSON, and back.

What can be derived is derived: the heap and the table of tasks are made again from the frames. A frame names its state;
the scopes it is looked up in follow from its place in the tree. History is not here: it has been handed out.

Shape: ``{"version": 1, "started": {...}, "status": str, "counts": [events, frames, tasks, runs], "redrive_count": int,
"redriven_at": int | None, "timeout_at": int | None, "root": FRAME, "runnable": [frame id, ...],
"starting": [frame id, ...]}``, and before the start ``{"version": 1}``.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, Final

from stepfunctions.core.events import ExecutionStarted, event_from_json
from stepfunctions.core.execution import RUNNING, Execution
from stepfunctions.core.frame import RUNNABLE, STARTING, Flight, Fork, Frame
from stepfunctions.core.map_run import map_run_from_json
from stepfunctions.core.states.map_ import Map
from stepfunctions.core.states.parallel import Parallel
from stepfunctions.core.states.state import CompiledScope
from stepfunctions.core.variables import EXECUTION_MAX_BYTES
from stepfunctions.errors import InvalidTransition
from stepfunctions.values import Json, Payload, loads

if TYPE_CHECKING:
    from stepfunctions.core.program import Program

VERSION: Final = 1

_PLAIN: Final = (
    "id", "position", "phase", "previous_event_id", "entered_event_id", "entered_at", "deadline", "item",
)  # fmt: skip
_FLIGHT: Final = (
    "id", "started", "submitted", "timeout_at", "timeout_seconds", "heartbeat_seconds", "heartbeat_at", "early_final",
)  # fmt: skip
_FORK: Final = ("open_count", "started_event_id", "effective_input", "items", "concurrency_max", "next_position")


def take(execution: Execution) -> Json:
    """Return the snapshot of *execution*."""
    if execution.status is None:
        return {"version": VERSION}
    return {
        "version": VERSION,
        "started": execution.started.to_json(),
        "status": execution.status,
        "counts": [execution.event_count, execution.frame_count, execution.task_count, execution.run_count],
        "redrive_count": execution.redrive_count,
        "redriven_at": execution.redriven_at,
        "timeout_at": execution.timeout_at,
        "root": _frame_to_json(execution.root, {}),
        "runnable": [frame.id for frame in execution.runnable if frame.phase in RUNNABLE],
        "starting": [frame.id for frame in execution.starting.values() if frame.phase == STARTING],
    }


def restore(program: Program, snapshot: Json) -> Execution:
    """Return the execution that *snapshot* was taken of.

    Raises:
        InvalidTransition: a snapshot of another version, or of another program.
    """
    if snapshot.get("version") != VERSION:
        raise InvalidTransition(f"this is a snapshot of version {snapshot.get('version')}, not {VERSION}")
    execution = Execution(program)
    if "started" not in snapshot:
        return execution
    started = event_from_json(snapshot["started"])
    if not isinstance(started, ExecutionStarted):
        raise InvalidTransition("the snapshot does not begin with ExecutionStarted")
    execution.become(started)
    execution.input = loads(started.input)
    execution.status = snapshot["status"]
    execution.event_count, execution.frame_count, execution.task_count, *rest = snapshot["counts"]
    execution.run_count = rest[0] if rest else 0  # a snapshot taken before there were Map Runs counts none
    execution.variables_bound_bytes = EXECUTION_MAX_BYTES
    execution.redrive_count = snapshot["redrive_count"]
    execution.redriven_at = snapshot["redriven_at"]
    execution.timeout_at = snapshot["timeout_at"]
    frames: dict[int, Frame] = {}
    execution.root = _frame_from_json(snapshot["root"], None, program, frames)
    execution.runnable = deque(frames[each] for each in snapshot["runnable"])
    execution.starting = {each: frames[each] for each in snapshot.get("starting", ())}
    if execution.status == RUNNING:
        _derive(execution, frames)
    return execution


def _derive(execution: Execution, frames: dict[int, Frame]) -> None:
    """Make the heap and the table of tasks from the frames, in the order in which they were made."""
    for frame in frames.values():
        if frame.deadline is not None:
            execution.timers.arm(frame, frame.deadline)
    flying = sorted(
        (frame for frame in frames.values() if frame.task is not None),
        key=lambda frame: int(frame.task.id[1:]) if frame.task else 0,
    )
    execution.map_runs = {
        frame.map_run.id: frame
        for frame in sorted(frames.values(), key=lambda frame: frame.id)
        if frame.map_run is not None and frame.map_run.status == RUNNING
    }
    execution.tasks = {frame.task.id: frame for frame in flying if frame.task is not None}


def _frame_to_json(frame: Frame, outer: Any) -> Json:
    own = {name: value for name, value in frame.variables.items() if name not in outer or outer[name] is not value}
    return {
        **{name: getattr(frame, name) for name in _PLAIN},
        "state": frame.state.name,
        "payload": frame.payload.value,
        "variables": own,
        "retry_counts": [list(pair) for pair in sorted((frame.retry_counts or {}).items())],
        "task": None if frame.task is None else {name: getattr(frame.task, name) for name in _FLIGHT},
        "map_run": None if frame.map_run is None else frame.map_run.to_json(),
        "fork": None if frame.fork is None else _fork_to_json(frame.fork, frame.variables),
    }


def _fork_to_json(fork: Fork, outer: Any) -> Json:
    return {
        **{name: getattr(fork, name) for name in _FORK},
        "children": [None if child is None else _frame_to_json(child, outer) for child in fork.children],
    }


def _frame_from_json(data: Json, parent: Frame | None, scope: CompiledScope, frames: dict[int, Frame]) -> Frame:
    state = scope.states.get(data["state"])
    if state is None:
        raise InvalidTransition(f"the snapshot stands on the state {data['state']!r}, which the program does not have")
    outer = {} if parent is None else parent.variables
    variables = {**outer, **data["variables"]} if data["variables"] else outer
    frame = Frame(data["id"], parent, data["position"], state, Payload(data["payload"]), variables, 0)
    for name in _PLAIN:
        setattr(frame, name, data[name])
    frames[frame.id] = frame
    if data["retry_counts"]:
        frame.retry_counts = dict(data["retry_counts"])
    if data["task"] is not None:
        frame.task = _flight_from_json(data["task"])
    if data.get("map_run") is not None:
        frame.map_run = map_run_from_json(data["map_run"])
    if data["fork"] is not None:
        frame.fork = _fork_from_json(data["fork"], frame, frames)
    return frame


def _flight_from_json(data: Json) -> Flight:
    flight = Flight(data["id"], data["timeout_at"], data["heartbeat_seconds"])
    for name in _FLIGHT:
        setattr(flight, name, data.get(name))  # a snapshot taken before a field came to be knows nothing of it
    return flight


def _fork_from_json(data: Json, frame: Frame, frames: dict[int, Frame]) -> Fork:
    fork = Fork(len(data["children"]), data["started_event_id"], data["effective_input"])
    for name in _FORK:
        setattr(fork, name, data[name])
    for position, child in enumerate(data["children"]):
        if child is not None:
            fork.children[position] = _frame_from_json(child, frame, _child_scope(frame, position), frames)
    return fork


def _child_scope(frame: Frame, position: int) -> CompiledScope:
    match frame.state:
        case Parallel(branches=branches):
            return branches[position]
        case Map(processor=processor):
            return processor
    raise InvalidTransition(f"the snapshot gives children to {frame!r}")
