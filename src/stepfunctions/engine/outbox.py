"""The outbox: tasks that were scheduled and are not over, in the same transaction as the event that scheduled them.

A row lives until the task's end is committed, so a crash at any point leaves either the row or the result. The row of
a task that a caller may answer stays behind as CLOSED: a late answer is told apart from a wrong one.

A row that is not understood (damaged, or of a newer version) costs its own execution, and nobody else.
"""

from __future__ import annotations

import logging
from typing import Any, Final

from stepfunctions.core.commands import ScheduleTask, command_from_json
from stepfunctions.engine.codec import from_column, to_column
from stepfunctions.engine.task import Owner, Task, TaskState, is_submitted
from stepfunctions.store.database import Database
from stepfunctions.store.sql import Queries
from stepfunctions.values import dumps, loads

_log: Final = logging.getLogger(__name__)


class Outbox:
    """The table of tasks."""

    def __init__(self, database: Database, sql: Queries) -> None:
        self._database = database
        self._sql = sql

    def write(self, task: Task) -> None:
        """Queue what is new of *task*."""
        if not task.stored:
            self._insert(task)
        elif task.state is not TaskState.CLOSED:
            self._database.write(
                self._sql.update_task, (task.state, task.started, to_column(task.submitted), *task.key)
            )
        else:
            self._database.write(self._sql.close_task if task.answerable else self._sql.delete_task, task.key)

    def of_execution(self, owner: Owner) -> tuple[list[Task], Exception | None]:
        """Return the tasks of an execution that are not over, and what is wrong with one that is not understood."""
        tasks, fault = [], None
        for row in self._database.read(self._sql.tasks_of_execution, (owner.id,)):
            try:
                tasks.append(_task(owner, row))
            except Exception as error:
                fault = error
        return tasks, fault

    def all(self) -> tuple[list[Task], set[int]]:
        """Return every task that is not over, by execution, and the ids of executions with one not understood."""
        tasks, damaged = [], set()
        for row in self._database.read(self._sql.open_tasks):
            owner = Owner(*row[5:])
            try:
                tasks.append(_task(owner, row))
            except Exception:
                _log.exception("an outstanding task of %s is not understood", owner.execution_arn)
                damaged.add(owner.id)
        return sorted(tasks, key=lambda task: task.key), damaged

    def by_token(self, token: str) -> tuple[int, str, TaskState] | None:
        """Return the execution id, task id and state of the task with this token."""
        row = self._database.read_one(self._sql.task_by_token, (token,))
        return None if row is None else (row[0], row[1], TaskState(row[2]))

    def _insert(self, task: Task) -> None:
        over = task.state is TaskState.CLOSED
        if over and not task.answerable:
            return  # scheduled and over within one commit
        command = task.command
        token = command.token if task.answerable else None
        text = "" if over else to_column(dumps(command.to_json()))
        row = (*task.key, token, task.state, task.started, to_column(task.submitted), text)
        self._database.write(self._sql.insert_task, row)


def _task(owner: Owner, row: tuple[Any, ...]) -> Task:
    state, has_token, started, submitted, text = row[:5]
    command = command_from_json(loads(from_column(text) or ""))
    assert isinstance(command, ScheduleTask)
    return Task(
        owner,
        command,
        deferred=bool(has_token) and not is_submitted(command.resource),
        state=TaskState(state),
        started=bool(started),
        submitted=from_column(submitted),
        stored=True,
    )
