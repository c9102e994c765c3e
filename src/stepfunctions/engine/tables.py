"""The engine's tables: what the driver writes, and what it needs to take an execution up again.

Statements are in ``queries.sql``, tables in ``schema/``. Writes are queued; ``flush`` commits them. What callers of
the engine look at is in ``listing.py``, tasks are in ``outbox.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from stepfunctions.core.history import HistoryEvent
from stepfunctions.core.interpreter import Interpreter
from stepfunctions.engine.codec import pack, to_column, unpack
from stepfunctions.engine.execution import Execution, Redrive
from stepfunctions.engine.execution_log import logging_of
from stepfunctions.engine.journal import Heard, decode
from stepfunctions.engine.map_runs.run import Kinship
from stepfunctions.engine.outbox import Outbox
from stepfunctions.engine.programs import Programs
from stepfunctions.engine.records import RUNNING
from stepfunctions.engine.task import Owner, TaskState
from stepfunctions.store.database import Database
from stepfunctions.values import Instant, loads

SEQUENCE_BITS: Final = 32
DELETED_AT_ONCE: Final = 1000
TOKENS_KEPT: Final = 10
"""AWS remembers the client tokens of so many redrives of an execution."""


def journal_id(execution_id: int, sequence: int = 0) -> int:
    """Return the id of a journal row; an execution's rows lie between its 0 and the next execution's 0."""
    return (execution_id << SEQUENCE_BITS) + sequence


class Tables:
    """Reads and writes of the driver.

    Raises:
        StoreError: the tables cannot be read, or are from a newer version.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self.sql = database.register("stepfunctions.engine")
        self.outbox = Outbox(database, self.sql)
        self._definitions: set[str] = set()
        self._new_definitions: set[str] = set()
        greatest = database.read_one(self.sql.greatest_execution_id)
        assert greatest is not None
        self._last_id: int = greatest[0]

    @property
    def last_id(self) -> int:
        """The id of the newest execution."""
        return self._last_id

    def next_id(self) -> int:
        """Return the id for a new execution."""
        self._last_id += 1
        return self._last_id

    def write(self, executions: Iterable[Execution]) -> None:
        """Queue all that is new of *executions*. Statements of one kind come together: they are executed as one."""
        executions = tuple(executions)
        for execution in executions:
            if execution.birth is not None:
                self._write_birth(execution)
        for execution in executions:
            if execution.redrive is not None:
                self._write_redrive(execution.owner.id, execution.redrive)
        for execution in executions:
            if execution.history or execution.heard:
                self._write_journal(execution)
        for execution in executions:
            if execution.ending is not None and execution.birth is None:
                self._write_ending(execution)
        for execution in executions:
            for task in execution.touched.values():
                self.outbox.write(task)
        for execution in executions:
            for statement, parameters in execution.statements.values():
                self.database.write(statement, parameters)

    def flush(self) -> None:
        """Commit what is queued.

        Raises:
            StoreError: nothing of it was written.
        """
        new, self._new_definitions = self._new_definitions, set()
        self.database.flush()
        self._definitions |= new

    def write_snapshot(self, execution: Execution) -> int:
        """Queue a snapshot of an execution that has nothing uncommitted; return its size in bytes."""
        assert execution.interpreter is not None
        interpreter = pack(execution.interpreter.snapshot())
        row = (execution.owner.id, execution.sequence, execution.last_at, execution.deadline, interpreter)
        self.database.write(self.sql.replace_snapshot, row)
        execution.snapshot_sequence = execution.sequence
        execution.unsaved_count = 0
        return len(interpreter)

    def load(self, execution_id: int, *, redrives: bool = False) -> Execution | None:
        """Return an execution without its interpreter and its outstanding tasks.

        Args:
            execution_id: whose.
            redrives: it is wanted for a redrive, so it must have ended, and not well; else it must be open.

        Returns:
            None if there is none such.
        """
        statement = self.sql.execution_to_reopen if redrives else self.sql.execution_to_load
        row = self.database.read_one(statement, (execution_id,))
        if row is None:
            return None
        *owner, logging, parent_id, run_id, map_run_id, position, item_count = row
        execution = Execution(Owner(execution_id, *owner), None)
        execution.logs = logging_of(None if logging is None else loads(logging))
        if map_run_id is not None:
            execution.kinship = Kinship(parent_id, run_id, map_run_id, position, item_count)
        last = self.database.read_one(self.sql.last_entry, (journal_id(execution_id), journal_id(execution_id + 1)))
        if last is not None:
            execution.sequence, execution.last_id = last[0] - journal_id(execution_id), last[1]
        return execution

    def restore(self, execution: Execution, programs: Programs) -> None:
        """Give a loaded execution its outstanding tasks, and its interpreter: the last snapshot, and the journal after
        it replayed.

        Raises:
            StoreError: the disk.
            Exception: whatever else a task, definition, snapshot or journal that is not understood any more raises.
        """
        execution_id = execution.owner.id
        tasks, fault = self.outbox.of_execution(execution.owner)
        execution.tasks = {task.command.task_id: task for task in tasks if task.state is not TaskState.CANCELLING}
        if fault is not None:
            raise fault
        definition = self.database.read_one(self.sql.definition_of_execution, (execution_id,))
        assert definition is not None
        program = programs.compiled(definition[0])[1]
        row = self.database.read_one(self.sql.read_snapshot, (execution_id,))
        if row is None:
            interpreter = Interpreter(program)
        else:
            execution.snapshot_sequence, execution.last_at = row[:2]
            execution.weight_bytes = len(row[2])
            interpreter = Interpreter.restore(program, unpack(row[2]))
        execution.yielded = interpreter.yielded
        execution.replay(interpreter, self._entries(execution_id, execution.snapshot_sequence))

    def open_executions(self) -> list[tuple[int, Instant | None, bool]]:
        """Return the id of every open execution, with the deadline in its snapshot and whether that is up to date."""
        rows = self.database.read(self.sql.open_executions)
        return [(execution_id, deadline, bool(current)) for execution_id, deadline, current in rows]

    async def delete_executions(self, state_machine_arn: str) -> None:
        """Forget the closed executions of a state machine, so many at a time that nobody waits long.

        Raises:
            StoreError: the disk; executions that were not forgotten are still there.
        """
        rows = self.database.read(self.sql.executions_of_state_machine, {"of": state_machine_arn})
        for start in range(0, len(rows), DELETED_AT_ONCE):
            for (execution_id,) in rows[start : start + DELETED_AT_ONCE]:
                self.forget(execution_id)
            await self.database.committed()

    def forget(self, execution_id: int) -> None:
        """Queue the removal of a closed execution with all that belongs to it."""
        self.database.write(self.sql.delete_journal, (journal_id(execution_id), journal_id(execution_id + 1)))
        self.database.write(self.sql.delete_snapshot, (execution_id,))
        self.database.write(self.sql.delete_tasks, (execution_id,))
        self.database.write(self.sql.delete_effect, (execution_id,))
        self.database.write(self.sql.delete_redrive_tokens, (execution_id,))
        self.database.write(self.sql.delete_map_runs, (execution_id,))
        self.database.write(self.sql.delete_execution, (execution_id,))

    def _entries(self, execution_id: int, after: int) -> Iterator[tuple[list[Heard], list[HistoryEvent]]]:
        low, high = journal_id(execution_id, after), journal_id(execution_id + 1)
        while rows := self.database.read(self.sql.journal_after, (low, high)):
            for low, entry in rows:  # noqa: B007 - the last id read is where the next page begins
                yield decode(entry)

    def define(self, digest: str, text: str) -> None:
        """Queue a definition, unless it is there."""
        if digest not in self._definitions and digest not in self._new_definitions:
            self.database.write(self.sql.insert_definition, (digest, text))
            self._new_definitions.add(digest)

    def _write_birth(self, execution: Execution) -> None:
        birth = execution.birth
        assert birth is not None
        request, definition = birth.request, birth.definition_hash
        self.define(definition, request.definition)
        row = (
            execution.owner.id, request.execution_arn, request.name, request.state_machine_arn,
            request.state_machine_name, request.version_arn, request.alias_arn, request.role_arn, definition,
            birth.attributes, request.trace_header, birth.started_at, to_column(request.input),
        )  # fmt: skip
        kin = execution.kinship
        place = (None, None, None) if kin is None else (kin.map_run_id, kin.position, kin.item_count)
        self.database.write(self.sql.insert_execution, (*row, *_outcome(execution), *place))
        if request.effect_id is not None:
            self.database.write(self.sql.insert_effect, (request.effect_id, execution.owner.id))

    def _write_redrive(self, execution_id: int, redrive: Redrive) -> None:
        self.database.write(self.sql.reopen_execution, (redrive.count, redrive.at, execution_id))
        self.database.write(self.sql.drop_redrive_tokens, (execution_id, redrive.count - TOKENS_KEPT))
        if redrive.token is not None:
            row = (execution_id, redrive.token, redrive.count, redrive.at)
            self.database.write(self.sql.put_redrive_token, row)

    def _write_journal(self, execution: Execution) -> None:
        first_id = execution.last_id - len(execution.history) + 1
        entry_id = journal_id(execution.owner.id, execution.sequence + 1)
        self.database.write(self.sql.insert_journal, (entry_id, first_id, execution.last_id, execution.entry))

    def _write_ending(self, execution: Execution) -> None:
        self.database.write(self.sql.close_execution, (*_outcome(execution), execution.owner.id))
        if execution.snapshot_sequence:
            self.database.write(self.sql.delete_snapshot, (execution.owner.id,))


def _outcome(execution: Execution) -> tuple[object, ...]:
    ending = execution.ending
    if ending is None:
        return (RUNNING, None, None, None, None)
    texts = (to_column(ending.error), to_column(ending.cause), to_column(ending.output))
    return (ending.status, execution.stopped_at, *texts)
