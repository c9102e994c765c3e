"""What must hold inside an interpreter between any two events."""

from __future__ import annotations

import json
from collections.abc import Iterator

from stepfunctions.core.execution import RUNNING, Execution
from stepfunctions.core.frame import FORKED, MAPPING, OVER, RUNNABLE, STARTING, TIMED, WORKING, Frame
from stepfunctions.core.interpreter import Interpreter


def validate(interpreter: Interpreter, *, yielded: bool) -> None:
    """Fail if the inner state contradicts itself, or does not survive a snapshot."""
    execution = interpreter._execution
    assert execution.status is not None
    frames = list(_tree(execution.root))
    if execution.status == RUNNING:
        _validate_running(execution, frames, yielded=yielded)
    else:
        assert not execution.tasks
        assert not execution.runnable
        assert not execution.starting
        assert not execution.map_runs
        assert len(execution.timers) == 0
        assert interpreter.deadline is None
        assert all(frame.phase in OVER for frame in frames)
    snapshot = interpreter.snapshot()
    stored = json.loads(json.dumps(snapshot))
    assert Interpreter.restore(execution.program, stored).snapshot() == stored


def _validate_running(execution: Execution, frames: list[Frame], *, yielded: bool) -> None:
    living = [frame for frame in frames if frame.phase not in OVER]
    for phases, queued in ((RUNNABLE, execution.runnable), ({STARTING}, execution.starting.values())):
        ready = [frame for frame in living if frame.phase in phases]
        assert bool(ready) <= yielded, "a frame can go on, and nobody was told"
        assert sorted(frame.id for frame in ready) == sorted(each.id for each in queued if each.phase in phases)
    mapping = [frame for frame in living if frame.phase in (STARTING, MAPPING)]
    assert {id(frame) for frame in execution.map_runs.values()} == {id(frame) for frame in mapping}
    working = [frame for frame in living if frame.phase == WORKING]
    assert {id(frame) for frame in execution.tasks.values()} == {id(frame) for frame in working}
    for frame in living:
        _validate_frame(execution, frame)
    armed = [frame for frame in living if frame.deadline is not None]
    assert len(execution.timers) == len(armed)


def _validate_frame(execution: Execution, frame: Frame) -> None:
    if frame.phase in TIMED:
        assert frame.deadline is not None
        assert frame in execution.timers
    if frame.phase == WORKING:
        assert frame.task is not None
        assert execution.tasks[frame.task.id] is frame
        assert frame.deadline == frame.task.deadline
        assert (frame.deadline is None) or frame in execution.timers
    if frame.phase == FORKED:
        assert frame.fork is not None
        still_open = [child for child in frame.fork.children if child is not None and child.phase not in OVER]
        assert frame.fork.open_count == len(still_open) > 0


def _tree(frame: Frame) -> Iterator[Frame]:
    yield frame
    if frame.fork is not None:
        for child in frame.fork.children:
            if child is not None:
                assert child.parent is frame
                yield from _tree(child)
