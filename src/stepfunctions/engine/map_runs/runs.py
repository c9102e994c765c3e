"""Map Runs as the driver drives them: their rows, the birth of their children, and the news of their ends.

A child is an execution like any other, on the same driver and in the same tables. It is born, and told that it has
started, in the commit in which its parent asked for it; its end is told to its parent in the commit that it is written
in. So after a crash a child is there or has never been, and its end is known to both or to neither.

Items are read and results written outside of commits, in ``storage``; what was not answered when a process died is
asked for again.

Source: AWS Developer Guide, "Distributed Map"; the forms of ARNs as recorded from AWS.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from stepfunctions.core.commands import (
    CloseMapRun,
    LimitMapRun,
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
from stepfunctions.core.events import ChildrenEnded, Event, RedriveRequested, StopRequested, UnfinishedListed
from stepfunctions.core.interpreter import Interpreter
from stepfunctions.core.map_run import child_arn
from stepfunctions.engine.codec import to_column
from stepfunctions.engine.execution import Birth, Execution
from stepfunctions.engine.execution_log import logging_of
from stepfunctions.engine.map_runs.run import Kinship, OpenRun
from stepfunctions.engine.map_runs.storage import Storage
from stepfunctions.engine.mocking.mocking import Mocking
from stepfunctions.engine.programs import Programs
from stepfunctions.engine.records import StartExecution
from stepfunctions.engine.tables import Tables
from stepfunctions.engine.task import Owner
from stepfunctions.values import Instant, Json, dumps, loads

Post = Callable[[int, Event], None]
"""Has an execution told, once and insistently."""


class MapRuns:
    """The Map Runs of one driver.

    Args:
        tables: where they are kept.
        programs: compiles what the children execute.
        mocking: has the mocks of the parents, and is to have those of the children.
        storage: reads items and writes results.
        post: tells executions.
    """

    def __init__(self, tables: Tables, programs: Programs, mocking: Mocking, storage: Storage, post: Post) -> None:
        self._tables = tables
        self._programs = programs
        self._mocking = mocking
        self._storage = storage
        self._post = post
        self._open: dict[tuple[int, str], OpenRun] = {}
        self._newborn: list[Execution] = []
        self._news: dict[tuple[int, str], list[tuple[int, str]]] = {}
        greatest = tables.database.read_one(tables.sql.greatest_map_run_id)
        assert greatest is not None
        self._last_id: int = greatest[0]

    # Within a commit

    def obey(self, execution: Execution, command: MapRunCommand, now: Instant) -> None:
        """Note what *command* wants: in the commit of *execution*, or after it."""
        if isinstance(command, StartChildExecutions):
            self._bear(execution, command, now)
        elif isinstance(command, OpenMapRun):
            self._begin(execution, command, now)
        elif isinstance(command, LimitMapRun):
            run = self._run(execution, command.run_id)
            limits = (command.max_concurrency, command.tolerated_failure_count, command.tolerated_failure_percentage)
            self._write(execution, command.run_id, "limit_map_run", *limits, run.id)
        elif isinstance(command, ReopenMapRun):
            run = self._run(execution, command.run_id)
            self._write(execution, command.run_id, "reopen_map_run", command.redrive_count, now, run.id)
        else:
            run = self._run(execution, command.run_id)
            if isinstance(command, StopChildExecutions):
                self._write(execution, command.run_id, "stop_map_run", run.id)
            elif isinstance(command, CloseMapRun):
                closed = (command.status, command.pending_items, now)
                self._write(execution, command.run_id, "close_map_run", *closed, run.id)
            execution.afterwards.append(command)

    def abandon(self, execution: Execution) -> None:
        """Note that the open runs of an execution are over whose interpreter cannot say so any more."""
        self._write(execution, "", "abandon_map_runs", execution.stopped_at, execution.owner.id)

    def take_newborn(self) -> list[Execution]:
        """Return the children that were asked for, which are to be told that they have started."""
        newborn, self._newborn = self._newborn, []
        return newborn

    def ended(self, child: Execution) -> None:
        """Note that *child* has ended, for its parent."""
        kinship, ending = child.kinship, child.ending
        assert kinship is not None
        assert ending is not None
        self._news.setdefault((kinship.parent_id, kinship.run_id), []).append((kinship.position, ending.status))

    def take_news(self) -> Iterator[tuple[int, ChildrenEnded]]:
        """Yield each parent whose children have ended, with what to tell it."""
        while self._news:
            parent_id, run_id = key = next(iter(self._news))
            children = self._news.pop(key)
            yield parent_id, ChildrenEnded(run_id, tuple(children))

    def forget_turn(self) -> None:
        """Forget what a failed commit would have made so: the tables know what is."""
        self._newborn.clear()
        self._news.clear()
        self._open.clear()

    # After a commit

    def perform(self, execution: Execution) -> None:
        """Do what *execution* wanted done after its commit."""
        for command in execution.take_afterwards():
            run = self._run(execution, command.run_id)
            if isinstance(command, StopChildExecutions):
                self.stop(row[0] for row in self._read("children_at", run.id, dumps(list(command.positions))))
            elif isinstance(command, RedriveChildExecutions):
                for child_id, count in self._read("children_to_redrive", run.id, dumps(list(command.positions))):
                    self._post(child_id, RedriveRequested(count + 1))
            elif isinstance(command, ListUnfinished):
                rows = self._read("unfinished_children", run.id, command.after, command.count_max)
                listed = UnfinishedListed(command.run_id, command.after, rows, len(rows) < command.count_max)
                self._post(execution.owner.id, listed)
            elif isinstance(command, ReadItems):
                self._storage.read(execution.owner, run, command)
            elif isinstance(command, WriteResults):
                self._storage.write(execution.owner, run, command)
            elif isinstance(command, CloseMapRun):
                self._storage.forget(execution.owner, run, command.run_id)
                self._open.pop((execution.owner.id, command.run_id), None)

    def stays_ended(self, child_id: int) -> None:
        """Tell the parent of a child that cannot be taken up for a redrive that it has ended, as it had before."""
        for parent_id, run_id, position, status in self._read("end_of_child", child_id):
            self._post(parent_id, ChildrenEnded(run_id, ((position, status),)))

    def stop_abandoned(self, execution: Execution) -> None:
        """Have the children stopped of an execution whose interpreter cannot say so any more."""
        self.stop(row[0] for row in self._read("running_children_of_execution", execution.owner.id))

    def stop(self, children: Iterator[int]) -> None:
        """Have *children* stopped, as what has them is over."""
        for child_id in children:
            self._post(child_id, StopRequested())

    def recover(self) -> set[int]:
        """Go on stopping what was to be stopped; return the executions that have open runs."""
        self.stop(row[0] for row in self._read("children_to_stop"))
        return {row[0] for row in self._read("executions_with_map_runs")}

    # Inside

    def _begin(self, execution: Execution, command: OpenMapRun, now: Instant) -> None:
        self._last_id += 1
        program = self._programs.compiled(command.definition)
        run = self._make(
            execution, self._last_id, command.arn, command.label, command.state, command.definition, command.express
        )
        self._open[execution.owner.id, command.run_id] = run
        self._tables.define(program[0], command.definition)
        self._write(
            execution, command.run_id, "insert_map_run",
            run.id, run.arn, execution.owner.id, command.run_id, command.label, to_column(command.state), program[0],
            command.express, now, command.max_concurrency, command.tolerated_failure_count,
            command.tolerated_failure_percentage, command.item_count,
        )  # fmt: skip

    def _make(
        self, execution: Execution, id_: int, arn: str, label: str, state: str, definition: str, express: bool
    ) -> OpenRun:
        owner = execution.owner
        birth = execution.birth
        attributes = self._attributes(owner.id) if birth is None else birth.attributes
        return OpenRun(
            id=id_,
            arn=arn,
            label=label,
            state=state,
            program=self._programs.compiled(definition),
            definition=definition,
            express=bool(express),
            role_arn=owner.role_arn,
            state_machine_arn=f"{owner.state_machine_arn}/{label}",
            state_machine_name=f"{owner.state_machine_arn.rpartition(':')[2]}/{label}",
            attributes=attributes,
        )

    def _run(self, execution: Execution, run_id: str) -> OpenRun:
        key = (execution.owner.id, run_id)
        run = self._open.get(key)
        if run is None:
            row = self._tables.database.read_one(self._tables.sql.map_run_to_drive, key)
            assert row is not None, f"the Map Run {key} has no row"
            run = self._open[key] = self._make(execution, *row)
        return run

    def _attributes(self, execution_id: int) -> str:
        row = self._tables.database.read_one(self._tables.sql.definition_of_execution, (execution_id,))
        assert row is not None
        attributes: str = row[6]
        return attributes

    def _bear(self, execution: Execution, command: StartChildExecutions, now: Instant) -> None:
        run = self._run(execution, command.run_id)
        logs = logging_of(loads(run.attributes).get("loggingConfiguration"))
        mocks = self._mocking.of(execution.owner.execution_arn)
        for position, name, text, count in command.children:
            arn = child_arn(run.state_machine_arn, name, run.express)
            request = StartExecution(
                definition=run.definition,
                execution_arn=arn,
                name=name,
                input=text,
                role_arn=run.role_arn,
                state_machine_arn=run.state_machine_arn,
                state_machine_name=run.state_machine_name,
                express=run.express,
            )
            if mocks is not None:
                self._mocking.remember(replace(request, mocks=mocks))
            owner = Owner(self._tables.next_id(), arn, run.state_machine_arn, run.role_arn)
            child = Execution(owner, Interpreter(run.program[1]))
            child.birth = Birth(request, run.program[0], now, run.attributes)
            child.logs = logs
            child.kinship = Kinship(execution.owner.id, command.run_id, run.id, position, count)
            self._newborn.append(child)
        self._write(execution, command.run_id, "note_pending_items", command.pending_items, run.id)

    def _write(self, execution: Execution, run_id: str, statement: str, *parameters: Json) -> None:
        """Queue a statement with the commit of *execution*; of the same statement, the last counts."""
        execution.statements[run_id, statement] = (getattr(self._tables.sql, statement), parameters)

    def _read(self, statement: str, *parameters: Json) -> list[tuple[Json, ...]]:
        return self._tables.database.read(getattr(self._tables.sql, statement), parameters)
