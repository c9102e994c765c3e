"""The Step Functions API as one ASGI service."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from stepfunctions.engine.engine import Engine, system_clock, system_entropy
from stepfunctions.engine.mocking.config import MockConfig
from stepfunctions.errors import StepladderError
from stepfunctions.integrations.activities import ActivityTasks
from stepfunctions.integrations.step_functions import Refused
from stepfunctions.server.asgi import Receive, Scope, Send
from stepfunctions.server.errors import AwsError, to_aws
from stepfunctions.server.protocols.json import JsonService
from stepfunctions.server.protocols.longpoll import Handover
from stepfunctions.server.request import Request, new_request_id
from stepfunctions.server.stepfunctions import activities, definitions, state_tests
from stepfunctions.server.stepfunctions.activities import POLL_SECONDS, Activities
from stepfunctions.server.stepfunctions.activity_store import ActivityStore
from stepfunctions.server.stepfunctions.alias_store import AliasStore
from stepfunctions.server.stepfunctions.aliases import Aliases
from stepfunctions.server.stepfunctions.executions import Executions
from stepfunctions.server.stepfunctions.map_runs import MapRuns
from stepfunctions.server.stepfunctions.paging import Paging
from stepfunctions.server.stepfunctions.registry import Registry
from stepfunctions.server.stepfunctions.settings import checks_destination
from stepfunctions.server.stepfunctions.state_machines import StateMachines
from stepfunctions.server.stepfunctions.state_tests import StateTests
from stepfunctions.server.stepfunctions.tags import Tags
from stepfunctions.server.stepfunctions.targets import Targets
from stepfunctions.server.stepfunctions.task_tokens import TaskTokens
from stepfunctions.server.stepfunctions.version_store import VersionStore
from stepfunctions.server.stepfunctions.versions import Versions
from stepfunctions.store.database import Database
from stepfunctions.values import Instant, Json

if TYPE_CHECKING:
    from stepfunctions.logs.store import LogStore

REQUEST_MAX_BYTES = 1_048_576 * 8
"""AWS takes 1 MB; a definition of that many characters may be six times as long in the JSON string around it."""


class StepFunctions:
    """AWS Step Functions; registered as ``states``.

    Args:
        database: where the registry is kept.
        engine: runs the executions; its ``recover`` comes before ours.
        clock: gives the time.
        entropy: gives 64 random bits; aliases choose by them.
        mock_config: the test cases that executions may be started on; None for none.
        log_store: has the log groups that state machines may log to; None leaves unchecked whether they exist.
        activity_tasks: where the workers of activities find their tasks; None leaves them without any.
        poll_seconds: how long such a worker waits for a task.
        checks_output: check every answer against AWS's model (for debugging).
    """

    def __init__(
        self,
        database: Database,
        engine: Engine,
        *,
        clock: Callable[[], Instant] = system_clock,
        entropy: Callable[[], int] = system_entropy,
        mock_config: MockConfig | None = None,
        log_store: Callable[[], LogStore] | None = None,
        activity_tasks: ActivityTasks | None = None,
        poll_seconds: float = POLL_SECONDS,
        checks_output: bool = False,
    ) -> None:
        self.registry = Registry(database)
        paging = Paging(self.registry.token_key, clock)
        versions, aliases = VersionStore(database, self.registry), AliasStore(database, self.registry)
        targets = Targets(self.registry, versions, aliases, entropy)
        self._machines = StateMachines(self.registry, versions, targets, engine, paging, clock)
        self._activities = ActivityStore(database, self.registry)
        self._tasks = activity_tasks or ActivityTasks()
        machine_operations = dict(self._machines.operations)
        if log_store is not None:
            for name in ("CreateStateMachine", "UpdateStateMachine"):
                machine_operations[name] = checks_destination(machine_operations[name], log_store)
        self._service = JsonService(
            "stepfunctions",
            {
                **machine_operations,
                **Versions(self.registry, versions, aliases, paging, clock).operations,
                **Aliases(self.registry, versions, aliases, paging, clock).operations,
                **Executions(targets, engine, paging, mock_config).operations,
                **MapRuns(engine, paging).operations,
                **Activities(self._activities, self._tasks, paging, clock, poll_seconds).operations,
                **TaskTokens(engine).operations,
                **StateTests(engine.trials, clock).operations,
                **Tags(self.registry, self._activities).operations,
                **definitions.OPERATIONS,
            },
            body_max_bytes=REQUEST_MAX_BYTES,
            waiting=(*activities.WAITING, *state_tests.WAITING),
            checks_output=checks_output,
        )

    @property
    def operations(self) -> list[str]:
        """The names of the operations that are there, sorted."""
        return self._service.operations

    def has_activity(self, arn: str) -> bool:
        """Return whether there is an activity of this ARN."""
        return self._activities.exists(arn)

    async def call(self, operation: str, params: Json, account: str, region: str, effect_id: str) -> Json:
        """Return the answer of an operation that a task asks for, not a client.

        Args:
            operation: such as ``StartExecution``.
            params: as a client would send them.
            account: of the task's execution.
            region: likewise.
            effect_id: of the task: an execution that it started before a crash is not started a second time.

        Raises:
            Refused: the operation was refused, as AWS would.
        """
        request = Request(
            id=new_request_id(), account=account, region=region, headers={}, base_url="", method="POST", path="/",
            service="states", effect_id=effect_id,
        )  # fmt: skip
        try:
            result = await self._service.perform(operation, request, params)
        except AwsError as error:
            raise Refused(error.code, error.message) from None
        except StepladderError as error:
            refusal = to_aws(error, self._service.model_name)
            raise Refused(refusal.code, refusal.message) from error
        if isinstance(result, Handover):
            result.taken()
            return result.answer
        return result

    def let_go(self) -> None:
        """Answer those who wait for a task, for the server is to stop."""
        self._tasks.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        await self._service(scope, receive, send)

    async def recover(self) -> None:
        """Go on with what the last process left unfinished. Call once, after the engine's ``recover``."""
        self._machines.resume_deletions()

    async def close(self) -> None:
        """Finish what is under way; call before the engine's ``close``."""
        await self._machines.close()
