"""Whatever the pages, batches and ends of children: every item is handed out once, in order, within the limits."""

from __future__ import annotations

import json
from collections import deque
from typing import Any

from definitions import examples
from hypothesis import given
from hypothesis import strategies as st

from stepfunctions.asl.parse import parse
from stepfunctions.core.ambient import Ambient
from stepfunctions.core.commands import (
    CompleteExecution,
    OpenMapRun,
    ReadItems,
    StartChildExecutions,
    StopChildExecutions,
    WriteResults,
)
from stepfunctions.core.events import ChildrenEnded, Event, ExecutionStarted, ItemsRead, ResultsWritten, Resumed
from stepfunctions.core.interpreter import Interpreter
from stepfunctions.core.program import compile as compile_program

MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:m"
STARTED = ExecutionStarted("{}", MACHINE.replace("stateMachine", "execution") + ":e", "e", "role", MACHINE, "m", 0)
READER = {"Resource": "arn:aws:states:::s3:getObject", "Parameters": {"Bucket": "b", "Key": "k"}}

ITEMS = st.lists(st.text("aé", max_size=6), max_size=40)
LIMITS = st.fixed_dictionaries(
    {},
    optional={"MaxItemsPerBatch": st.integers(1, 7), "MaxInputBytesPerBatch": st.integers(12, 60)},
)


def machine(batcher: dict[str, int] | None, concurrency: int, tolerated: int) -> Any:
    state = {
        "Type": "Map",
        "ItemReader": READER,
        "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
            "StartAt": "P",
            "States": {"P": {"Type": "Pass", "End": True}},
        },
        "MaxConcurrency": concurrency,
        "ToleratedFailureCount": tolerated,
        "Retry": [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 0, "MaxAttempts": 1}],
        "End": True,
    }
    return {"StartAt": "M", "States": {"M": state if batcher is None else {**state, "ItemBatcher": batcher}}}


class Course:
    """A driver that answers as drawn; beside the interpreter goes one that is made of a snapshot after every event."""

    def __init__(self, definition: Any, items: list[str], draw: st.DataObject) -> None:
        self.program = compile_program(parse(definition))
        self.interpreter = Interpreter(self.program)
        self.restored = Interpreter(self.program)
        self.items = items
        self.draw = draw
        self.run_id = ""
        self.running: dict[int, int] = {}
        self.inputs: list[Any] = []
        self.most_running = 0
        self.failed_items = 0
        self.reads: list[ReadItems] = []
        self.end: CompleteExecution | None = None
        self.events = 0

    def run(self) -> None:
        waiting: deque[Event] = deque((STARTED,))
        while self.end is None:
            overtakes = bool(self.running or self.reads) and self.draw.draw(st.booleans())
            event = waiting.popleft() if waiting and not overtakes else self.happening()
            self.events += 1
            ambient = Ambient(0, self.events)
            outcome = self.interpreter.handle(event, ambient)
            assert self.restored.handle(event, ambient)[:2] == outcome[:2]
            for command in outcome.commands:
                waiting.extend(self.obey(command))
            if outcome.yielded:
                waiting.append(Resumed())
            snapshot = json.loads(json.dumps(self.restored.snapshot()))
            assert snapshot == json.loads(json.dumps(self.interpreter.snapshot()))
            self.restored = Interpreter.restore(self.program, snapshot)

    def obey(self, command: Any) -> list[Event]:
        match command:
            case OpenMapRun(run_id=run_id):
                self.run_id = run_id
                self.inputs, self.reads, self.failed_items = [], [], 0
            case StartChildExecutions():
                for position, _, text, count in command.children:
                    assert position == len(self.inputs)
                    self.inputs.append(json.loads(text))
                    self.running[position] = count
                self.most_running = max(self.most_running, len(self.running))
            case ReadItems():
                self.reads.append(command)
            case StopChildExecutions():
                assert set(command.positions) == set(self.running)
                stopped = [(position, "ABORTED") for position in self.running]
                self.running.clear()
                return [ChildrenEnded(self.run_id, stopped)]
            case WriteResults():
                return [ResultsWritten(self.run_id, "[]")]
            case CompleteExecution():
                self.end = command
        return []

    def happening(self) -> Event:
        """Return what happens next: a page is read, or some children end."""
        if self.reads and (not self.running or self.draw.draw(st.booleans())):
            command = self.reads.pop()
            page = self.draw.draw(st.integers(1, 9))
            items = self.items[command.position : command.position + page]
            return ItemsRead(
                self.run_id, command.position, items, command.position + page >= len(self.items), "S3://b/k"
            )
        positions = self.draw.draw(st.lists(st.sampled_from(sorted(self.running)), min_size=1, unique=True))
        ends = [
            (position, self.draw.draw(st.sampled_from(("SUCCEEDED", "SUCCEEDED", "FAILED")))) for position in positions
        ]
        for position, status in ends:
            count = self.running.pop(position)
            self.failed_items += count if status == "FAILED" else 0
        return ChildrenEnded(self.run_id, ends)


@examples(150)
@given(ITEMS, st.none() | LIMITS, st.integers(0, 4), st.integers(0, 5), st.data())
def test_items_are_handed_out_once_in_order_and_within_the_limits(
    items: list[str], batcher: dict[str, int] | None, concurrency: int, tolerated: int, draw: st.DataObject
) -> None:
    course = Course(machine(batcher, concurrency, tolerated), items, draw)
    course.run()
    assert course.end is not None
    handed_out = course.inputs if batcher is None else [item for each in course.inputs for item in each["Items"]]
    assert course.most_running <= (concurrency or len(items) or 1)
    if course.failed_items > tolerated:
        assert course.end.error == "States.ExceedToleratedFailureThreshold"
        assert handed_out == items[: len(handed_out)]
    else:
        assert course.end.status == "SUCCEEDED"
        assert handed_out == items
    for batch in course.inputs if batcher is not None else []:
        assert len(batch["Items"]) <= batcher.get("MaxItemsPerBatch", len(items))
        size = len(json.dumps(batch, separators=(",", ":"), ensure_ascii=False).encode())
        assert size <= batcher.get("MaxInputBytesPerBatch", size) or len(batch["Items"]) == 1
