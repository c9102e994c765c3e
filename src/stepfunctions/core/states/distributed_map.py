"""The Map state, distributed: opens a Map Run, feeds it items, and makes its outcome that of the state.

Children are executions of their own, started and stopped by command; what the run keeps of them is in ``map_run``, how
it hears of them in ``mapping``, what they are given in ``child_inputs``. Children are asked for a bounded number at a
time, so that a run of any size leaves room for others.

Recorded histories differ in what MapStateExited follows: MapRunStarted where the definition uses what AWS announced in
November 2024 or since, MapRunSucceeded where it does not. It is so here.

Source: States Language, "Map State"; AWS Developer Guide, "Distributed Map"; the order and ids of events as recorded
from AWS.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Final

from stepfunctions.asl import model
from stepfunctions.asl.render import render
from stepfunctions.core import routing
from stepfunctions.core.commands import (
    CloseMapRun,
    ListUnfinished,
    MapRunCommand,
    OpenMapRun,
    ReadItems,
    RedriveChildExecutions,
    ReopenMapRun,
    StartChildExecutions,
    StopChildExecutions,
    WriteResults,
)
from stepfunctions.core.failures import (
    DATA_LIMIT_EXCEEDED,
    RUNTIME,
    SAFE_LENGTH,
    THRESHOLD_EXCEEDED,
    TOO_DEEP,
    data_limit_exceeded,
)
from stepfunctions.core.frame import MAPPING, STARTING, Frame
from stepfunctions.core.map_run import (
    ABORTED,
    FAILED,
    RUNNING,
    STATE_DATA,
    SUCCEEDED,
    MapRun,
    child_name,
    name_uuid,
)
from stepfunctions.core.states.child_inputs import ChildInputs, plain_text
from stepfunctions.core.states.distributed_settings import item_batcher, item_reader, result_writer
from stepfunctions.core.states.map_settings import map_settings
from stepfunctions.core.states.state import CompiledState, compile_catchers
from stepfunctions.errors import InvalidTransition
from stepfunctions.query.failure import Failure, QueryFailed
from stepfunctions.values import PAYLOAD_MAX_BYTES, Json, JsonError, Payload, dumps, loads, size_bytes

if TYPE_CHECKING:
    from stepfunctions.core.execution import Execution

CHILDREN_MAX: Final = 100
"""So many children are asked for at a time."""
CHILDREN_LENGTH_MAX: Final = 1 << 20
"""No more are, once their inputs are so many characters long together."""
REDRIVES_MAX: Final = 1_000
PAGE_ITEMS: Final = 1_000
"""So many items are asked for at a time; as many as wait, if those do not make a batch: each page looks at all anew."""
PAGE_BYTES: Final = 1 << 20
LISTED_MAX: Final = 1_000

_NEW_CONFIG: Final = frozenset(("ItemsPointer", "Transformation", "CSVDelimiter", "ManifestType", "OutputType"))
_NEW_INPUT: Final = frozenset(("JSONL", "PARQUET"))


def run_of(frame: Frame) -> MapRun:
    """Return the Map Run of *frame*.

    Raises:
        InvalidTransition: it has none.
    """
    if frame.map_run is None:
        raise InvalidTransition(f"{frame!r} has no Map Run")
    return frame.map_run


class DistributedMap(CompiledState):
    """A compiled Map state whose processor's mode is DISTRIBUTED."""

    failed = "MapStateFailed"
    is_retriable = True

    def __init__(self, state: model.Map) -> None:
        super().__init__(state)
        self.retriers = state.retry
        self.catchers = compile_catchers(state)
        self.settings = map_settings(state)
        self.batcher = item_batcher(state)
        self.reader = item_reader(state)
        self.writer = result_writer(state)
        self.inputs = ChildInputs(self.flow, self.settings.selector, is_batched=self.batcher is not None)
        self._label = state.label
        self._processor = state.processor
        self._is_new = _uses_what_is_new(state)

    @cached_property
    def definition(self) -> str:
        """The processor as a definition of its own: what each child executes."""
        processor = self._processor
        machine = model.StateMachine(
            start_at=processor.start_at,
            states=processor.states,
            comment=processor.comment,
            query_language=model.JSONATA if set(_languages(processor)) == {model.JSONATA} else model.JSONPATH,
        )
        return dumps(render(machine))

    # A run begins

    def attempt(self, execution: Execution, frame: Frame) -> None:
        """Open a Map Run."""
        run = self._evaluate(execution, frame)
        label = self._label or name_uuid(f"{execution.started.state_machine_arn}#{self.name}")
        run.arn = _run_arn(execution, label)
        execution.record(frame, "MapStateStarted", (len(run.items),))
        execution.record(frame, "MapRunStarted", (run.arn,))
        frame.map_run = run
        execution.map_runs[run.id] = frame
        execution.commands.append(
            OpenMapRun(
                run.id,
                run.arn,
                label,
                self.name,
                self.definition,
                self._processor.execution_type == "EXPRESS",
                run.max_concurrency,
                run.tolerated_failure_count or 0,
                run.tolerated_failure_percentage or 0,
                len(run.items),
            )
        )
        self.go_on(execution, frame)

    def _evaluate(self, execution: Execution, frame: Frame) -> MapRun:
        """Return a new run with all that the state says of it."""
        scope, settings = execution.surroundings, self.settings
        data = self.flow.effective_input(frame.payload, scope).value
        items: Json = settings.items(data, scope) if self.reader is None else []
        is_object = isinstance(items, dict)
        count, percentage = settings.tolerated_count, settings.tolerated_percentage
        run = MapRun(
            id=execution.new_run_id(),
            arn="",
            max_concurrency=settings.concurrency(data, scope),
            tolerated_failure_count=None if count is None else count(data, scope),
            tolerated_failure_percentage=None if percentage is None else percentage(data, scope),
            reader=None if self.reader is None else self.reader.evaluate(data, scope),
            writer=None if self.writer is None else self.writer.evaluate(data, scope),
        )
        if run.reader is None:
            pairs = [list(pair) for pair in items.items()] if is_object else items
            run.take_in(pairs, STATE_DATA, is_object=is_object, is_last=True)
        else:
            run.is_read = False
        if self.batcher is not None:
            limits, given = self.batcher, self.batcher.input
            run.batch_items_max = limits.items_max and limits.items_max(data, scope)
            bytes_max = limits.bytes_max and limits.bytes_max(data, scope)
            run.batch_bytes_max = min(bytes_max or PAYLOAD_MAX_BYTES, PAYLOAD_MAX_BYTES)
            run.batch_input = None if given is None else dumps(given(data, scope))
        return run

    # A run goes on

    def go_on(self, execution: Execution, frame: Frame) -> None:
        """Do what the run calls for: start children, ask for items, wait, or end."""
        run = run_of(frame)
        if run.failure is not None:
            frame.phase = MAPPING
            if not run.open and not run.is_writing:
                self._end_badly(execution, frame, run)
            return
        if run.redrive_count and not run.is_listing and not run.unfinished and run.unfinished_after >= 0:
            run.is_listing = True
            execution.commands.append(list_unfinished(run))
        wants_items = run.waits_for_items or run.pending_items <= PAGE_ITEMS // 2
        if wants_items and not run.is_read and not run.is_reading and not run.is_listing:
            self.read_more(execution, run)
        if run.is_exhausted:
            frame.phase = MAPPING
            if not run.is_writing:
                self._write_results(execution, run)
        elif run.room > 0 and (run.unfinished or (run.pending_items and not run.waits_for_items)):
            execution.start_children(frame)
        elif frame.phase != STARTING:
            frame.phase = MAPPING

    def proceed(self, execution: Execution, frame: Frame) -> None:
        """Start as many children as may be asked for at a time."""
        run = run_of(frame)
        frame.phase = MAPPING
        if run.failure is None and run.room > 0:
            try:
                if run.unfinished:
                    self._restart(execution, run)
                else:
                    self._start(execution, frame, run)
            except QueryFailed as failed:
                self._query_failed(execution, frame, failed)
            except JsonError:
                self._query_failed(execution, frame, TOO_DEEP)
        if run.failure is None:
            self.go_on(execution, frame)

    def _query_failed(self, execution: Execution, frame: Frame, failed: QueryFailed) -> None:
        blamed = execution.blame(frame, failed.failure)
        execution.record_evaluation(frame, failed, blamed)
        self.fail_run(execution, frame, blamed)

    def _restart(self, execution: Execution, run: MapRun) -> None:
        """Have children of before a redrive go on."""
        count = min(run.room, CHILDREN_MAX)
        chosen, run.unfinished = run.unfinished[:count], run.unfinished[count:]
        run.open.update((position, items) for position, items in chosen)
        execution.commands.append(RedriveChildExecutions(run.id, tuple(position for position, _ in chosen)))

    def _start(self, execution: Execution, frame: Frame, run: MapRun) -> None:
        children: list[tuple[int, str, str, int]] = []
        length = 0
        room = min(run.room, CHILDREN_MAX)
        selected_from = self.inputs.selected_from(execution, frame)
        while len(children) < room and length < CHILDREN_LENGTH_MAX:
            try:
                made = self.inputs.next(execution, frame, run, selected_from)
            except (QueryFailed, JsonError):
                # Those before it are handed out: the run waits for their ends.
                self._ask_for(execution, run, children)
                raise
            if made is None:
                break
            text, count = made
            if len(text) > SAFE_LENGTH and size_bytes(text) > PAYLOAD_MAX_BYTES:
                self._ask_for(execution, run, children)
                self.fail_run(execution, frame, data_limit_exceeded(self.name))
                return
            position = run.hand_out(count)
            children.append((position, child_name(run.arn, position), text, count))
            length += len(text)
            if execution.surroundings.is_quantum_used:
                break
        run.waits_for_items = not children
        self._ask_for(execution, run, children)

    def _ask_for(self, execution: Execution, run: MapRun, children: list[tuple[int, str, str, int]]) -> None:
        if children:
            execution.commands.append(StartChildExecutions(run.id, tuple(children), run.pending_items))

    def read_more(self, execution: Execution, run: MapRun) -> None:
        """Ask for the next page of items."""
        run.is_reading = True
        execution.commands.append(self._read(run))

    def outstanding_of(self, frame: Frame) -> list[MapRunCommand]:
        """Return the commands that are not answered: a driver that knows nothing of them does them again."""
        run = run_of(frame)
        if run.status != RUNNING:
            return []
        commands: list[MapRunCommand] = []
        if run.redrive_count and run.open:
            # Which of these run again already, only the driver knows.
            commands.append(RedriveChildExecutions(run.id, tuple(run.open)))
        if run.failure is not None and run.open:
            commands.append(StopChildExecutions(run.id, tuple(run.open)))
        if run.is_reading:
            commands.append(self._read(run))
        if run.is_listing:
            commands.append(list_unfinished(run))
        if run.is_writing:
            commands.append(self._write(run))
        return commands

    def _read(self, run: MapRun) -> ReadItems:
        reader = run.reader or {}
        return ReadItems(
            run.id,
            f"{run.arn}#{run.redrive_count}",
            self.name,
            run.items_read,
            max(PAGE_ITEMS, run.pending_items),
            PAGE_BYTES,
            reader["resource"],
            reader["arguments"],
            reader["config"],
        )

    # A run ends

    def fail_run(self, execution: Execution, frame: Frame, failure: Failure) -> None:
        """End the run for *failure*, as soon as its children are stopped."""
        run = run_of(frame)
        if run.failure is None:
            run.failure = failure
            if run.open:
                execution.commands.append(StopChildExecutions(run.id, tuple(run.open)))
        self.go_on(execution, frame)

    def abort_run(self, execution: Execution, frame: Frame) -> None:
        """End the run now, for the state it belongs to is being aborted."""
        run = run_of(frame)
        if run.status == RUNNING:
            if run.open:
                execution.commands.append(StopChildExecutions(run.id, tuple(run.open)))
            self._close(execution, run, ABORTED)

    def succeed(self, execution: Execution, frame: Frame, text: str) -> None:
        """Take in the result of a run that all its children have got through."""
        run = run_of(frame)
        run.is_writing = False
        if run.failure is not None:  # only written for the record of a failed run
            self._fail_state(execution, frame, run, run.failure)
            return
        begun = frame.previous_event_id
        execution.record(frame, "MapRunSucceeded", ())
        execution.aside("MapStateSucceeded", frame.previous_event_id, ())
        if self._is_new or frame.variables:
            frame.previous_event_id = begun
        self._close(execution, run, SUCCEEDED)
        frame.map_run = None
        execution.guarded(frame, self.finish_with, text)

    def finish_with(self, execution: Execution, frame: Frame, text: str) -> None:
        """Leave the state with the result *text*."""
        self.finish(execution, frame, Payload(loads(text)))

    def results_failed(self, execution: Execution, frame: Frame, failure: Failure) -> None:
        """Take in that there is no result."""
        run = run_of(frame)
        run.is_writing = False
        run.failure = run.failure or failure
        self._fail_state(execution, frame, run, run.failure)

    def _end_badly(self, execution: Execution, frame: Frame, run: MapRun) -> None:
        """Write what there is, if the state has it written, and fail."""
        assert run.failure is not None
        if run.writer is not None and run.writer["resource"] is not None and run.failure == THRESHOLD_EXCEEDED:
            self._write_results(execution, run)
        else:
            self._fail_state(execution, frame, run, run.failure)

    def _fail_state(self, execution: Execution, frame: Frame, run: MapRun, failure: Failure) -> None:
        execution.record(frame, "MapRunFailed", (failure.error, failure.cause))
        self._close(execution, run, FAILED)
        routing.fail(execution, frame, failure)

    def _write_results(self, execution: Execution, run: MapRun) -> None:
        run.is_writing = True
        execution.commands.append(self._write(run))

    def _write(self, run: MapRun) -> WriteResults:
        writer = run.writer or {"resource": None, "arguments": None, "config": {}}
        pending: tuple[str, ...] = ()
        if run.failure is not None:
            pending = tuple(plain_text(run, offset) for offset in range(run.pending_items))
        return WriteResults(run.id, self.name, writer["resource"], writer["arguments"], writer["config"], pending)

    def _close(self, execution: Execution, run: MapRun, status: str) -> None:
        run.status = status
        run.is_reading = run.is_writing = run.is_listing = False
        execution.map_runs.pop(run.id, None)
        execution.commands.append(CloseMapRun(run.id, status, run.pending_items))

    # A run is redriven

    def redrive_run(self, execution: Execution, frame: Frame) -> bool:
        """Go on with the run of *frame*; return False if a new one is to begin instead."""
        run = run_of(frame)
        if run.status == SUCCEEDED or (run.failure and run.failure.error in (DATA_LIMIT_EXCEEDED, RUNTIME)):
            frame.map_run = None
            return False
        if run.redrive_count >= REDRIVES_MAX:
            # AWS's guide names the error; its text is not verified.
            cause = f"The Map Run {run.arn} exceeded the maximum number of redrives ({REDRIVES_MAX})."
            routing.fail(execution, frame, Failure(RUNTIME, cause))
            return True
        run.status, run.failure = RUNNING, None
        run.redrive_count += 1
        run.open = {}
        run.failed = run.timed_out = run.aborted = 0
        run.unfinished, run.unfinished_after, run.is_listing = [], -1, True
        execution.map_runs[run.id] = frame
        execution.record(frame, "MapRunRedriven", (run.arn, run.redrive_count))
        execution.commands += (ReopenMapRun(run.id, run.redrive_count), list_unfinished(run))
        frame.phase = MAPPING
        return True


def list_unfinished(run: MapRun) -> ListUnfinished:
    """Return the command that asks for the next children of *run* that are to go on."""
    return ListUnfinished(run.id, run.unfinished_after, LISTED_MAX)


def _languages(scope: model.Scope) -> Iterator[str]:
    """Yield the query language of every state in *scope*, however deep."""
    for state in scope.states.values():
        yield state.query_language
        inner = state.branches if isinstance(state, model.Parallel) else ()
        for each in (state.processor,) if isinstance(state, model.Map) else inner:
            yield from _languages(each)


def _run_arn(execution: Execution, label: str) -> str:
    head, _, machine = execution.started.state_machine_arn.rpartition(":stateMachine:")
    return f"{head}:mapRun:{machine}/{label}:{execution.entropy.uuid()}"


def _uses_what_is_new(state: model.Map) -> bool:
    """Return whether *state* uses what came with or after variables and JSONata."""
    reader = {} if state.item_reader is None else state.item_reader.reader_config
    writer = {} if state.result_writer is None else state.result_writer.writer_config
    return (
        state.query_language == model.JSONATA
        or bool(writer)
        or not _NEW_CONFIG.isdisjoint(reader)
        or reader.get("InputType") in _NEW_INPUT
    )
