"""Answers the tasks of executions that were started with mocks.

An execution takes its mocks along when it starts: the file may change while it runs. Which invocation of its state a
task is, is counted in the database, so that a crash between two attempts changes nothing.

A mocked task calls nobody, whatever its resource: also one that nothing here supports. A ``.sync`` task is submitted
with its result, a ``.waitForTaskToken`` task with ``{}``: what AWS's service would answer at once is not in the file.

Source: AWS Developer Guide, "Testing state machines with mocked service integrations".
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from stepfunctions.core.resources import parse_resource
from stepfunctions.engine.handler import Progress, TaskError, TaskRequest
from stepfunctions.engine.mocking.responses import response_to
from stepfunctions.engine.records import StartExecution
from stepfunctions.store.database import Database
from stepfunctions.values import Json, dumps, loads

RUNTIME_ERROR = "States.Runtime"


class Mocking:
    """The handler of all mocked tasks of one database; ``mocks`` says which are.

    Args:
        database: of the executions.
    """

    defers_start = False

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sql = database.register("stepfunctions.engine.mocking")
        rows = database.read(self._sql.all_mocks)
        self._mocks: dict[str, Mapping[str, Json]] = {arn: loads(responses) for arn, responses in rows}

    def remember(self, request: StartExecution, started: asyncio.Future[bool] | None = None) -> None:
        """Queue that an execution has mocks that is about to start.

        Args:
            request: its start.
            started: done when it has; if it could not, its mocks are forgotten, for its name stays free.
        """
        arn, mocks = request.execution_arn, request.mocks
        assert mocks is not None
        self._mocks[arn] = mocks
        if started is not None:
            started.add_done_callback(lambda done: self._drop_unless_started(arn, done))
        self._database.write(self._sql.put_mocks, (arn, request.state_machine_arn, dumps(dict(mocks))))

    def _drop_unless_started(self, execution_arn: str, started: asyncio.Future[bool]) -> None:
        if started.cancelled() or started.exception() is not None:
            self._mocks.pop(execution_arn, None)

    def forget(self, execution_arn: str) -> None:
        """Queue the removal of what is known of an execution; one without mocks costs nothing."""
        if self._mocks and self._mocks.pop(execution_arn, None) is not None:
            self._database.write(self._sql.delete_mocks, (execution_arn,))
            self._database.write(self._sql.delete_invocations, (execution_arn,))

    def forget_all(self, state_machine_arn: str) -> None:
        """Queue the removal of what is known of the executions of a state machine."""
        if self._mocks:
            for (arn,) in self._database.read(self._sql.mocked_executions, {"of": state_machine_arn}):
                self.forget(arn)

    def mocks(self, execution_arn: str, state: str) -> bool:
        """Return whether the tasks of this state are mocked."""
        return bool(self._mocks) and state in self._mocks.get(execution_arn, ())

    def of(self, execution_arn: str) -> Mapping[str, Json] | None:
        """Return the mocks of an execution; the children of its Map Runs take them along."""
        return self._mocks.get(execution_arn) if self._mocks else None

    async def run(self, task: TaskRequest, progress: Progress) -> Json:
        """Answer *task* as its mock says.

        Raises:
            TaskError: the mock throws, or has no answer for this invocation.
        """
        number = await self._number(task)
        response = response_to(self._mocks[task.execution_arn][task.state], number)
        result = None if response is None else response.get("Return")
        resource = parse_resource(task.resource)
        if resource is not None and resource.is_submitted and task.submitted is None:
            await progress.submitted({} if resource.is_callback or result is None else result)
        if response is None:
            raise TaskError(
                RUNTIME_ERROR,
                f"The mock of the state '{task.state}' has no response for invocation {number}: add the key "
                f"'{number}', or a range that contains it, to its MockedResponses.",
            )
        if "Throw" in response:
            raise TaskError(response["Throw"]["Error"], response["Throw"]["Cause"])
        return result

    async def cancel(self, task: TaskRequest) -> None:
        """Nothing runs anywhere."""

    async def _number(self, task: TaskRequest) -> int:
        """Return which invocation of its state *task* is, from 0; the same after a crash."""
        self._database.write(self._sql.note_invocation, (task.execution_arn, task.state, task.effect_id))
        await self._database.committed()
        row = self._database.read_one(self._sql.invocation, (task.execution_arn, task.state, task.effect_id))
        assert row is not None
        number: int = row[0]
        return number
