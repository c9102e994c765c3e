"""The composition root of the local cloud: every part made, joined, started and stopped, in one place.

A part is made when it is first needed, by a request, by a task or by what the last process left behind: a cloud that
only runs state machines never loads SageMaker, and moto is imported by the first request that nobody else answers.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from stepfunctions.engine.engine import Engine
from stepfunctions.engine.mocking.config import MockConfig
from stepfunctions.errors import UnsupportedError
from stepfunctions.integrations import nested_executions
from stepfunctions.integrations.activities import ActivityTasks
from stepfunctions.integrations.items.source import S3Items
from stepfunctions.integrations.registry import Registry, Resource
from stepfunctions.integrations.results.sink import S3Results
from stepfunctions.local.environment import exports
from stepfunctions.local.settings import ACCESS_KEY_ID, SECRET_ACCESS_KEY, Settings
from stepfunctions.server.app import App
from stepfunctions.server.asgi import ASGIService, Receive, Scope, Send
from stepfunctions.server.sigv4 import KeyPair
from stepfunctions.server.stepfunctions.service import StepFunctions
from stepfunctions.store.database import Database
from stepfunctions.values import Json

if TYPE_CHECKING:
    from stepfunctions.engine.handler import TaskHandler
    from stepfunctions.integrations.moto import MotoBridge
    from stepfunctions.logs.store import LogStore
    from stepfunctions.s3.objects import ObjectStore
    from stepfunctions.sagemaker.service import SageMaker


class Cloud:
    """All of a local cloud but its listener. Made and used on one event loop.

    Args:
        settings: of the cloud; its data folder exists and is ours.
        url: where it will answer.

    Attributes:
        app: the ASGI application.
    """

    def __init__(self, settings: Settings, url: str) -> None:
        self._settings = settings
        self._url = url
        self._keys = KeyPair(ACCESS_KEY_ID, SECRET_ACCESS_KEY) if settings.check_credentials else None
        self._database = Database(settings.data / "stepladder.db", durability=settings.durability)
        self._registry = Registry()
        self._registry.register("sagemaker", self._sagemaker_handler)
        activity_tasks = ActivityTasks()
        nested_executions.register(self._registry, self._call_states, lambda: self._engine, activity_tasks)
        self._engine = Engine(
            self._database,
            self._registry,
            activity_exists=lambda arn: self._states.has_activity(arn),
            log_store=lambda: self._log_store,
            item_source=S3Items(self._objects_here),
            result_sink=S3Results(self._objects_here),
        )
        mock_config = None if settings.mock_config is None else MockConfig(settings.mock_config)
        self._states = StepFunctions(
            self._database,
            self._engine,
            mock_config=mock_config,
            log_store=lambda: self._log_store,
            activity_tasks=activity_tasks,
        )
        services = {name: _Late(make) for name, make in self._makers().items()}
        services |= {name: _Late(partial(self._make_elsewhere, name, url)) for name, url in settings.services.items()}
        self.app = App(
            {"states": self._states, **services},
            services["moto"],
            account=settings.account,
            health={"url": url},
            keys=self._keys,
        )

    async def __aenter__(self) -> Self:
        """Go on with what the last process on this folder left unfinished."""
        if self._sagemaker_folder.exists():
            self._sagemaker.recover()
        await self._engine.recover()
        await self._states.recover()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Stop, in the opposite order; everything acknowledged is on disk."""
        await self._states.close()
        await self._engine.close()
        if "_sagemaker" in self.__dict__:
            await self._sagemaker.close(leave_jobs=not self._settings.temporary)
        self._database.close()

    def let_go(self) -> None:
        """Answer whoever waits for what may never come, so that the server can stop."""
        self._states.let_go()

    def operations(self) -> dict[str, list[str]]:
        """Return the operations of every service that has a table of them, by signing name; makes the services."""
        services = {"states": self._states, **{name: make() for name, make in self._makers().items()}}
        return {name: service.operations for name, service in services.items() if hasattr(service, "operations")}

    def _makers(self) -> dict[str, Callable[[], ASGIService]]:
        """Return how each service is made, by signing name; ``moto`` answers for all others."""
        return {
            "s3": self._make_s3,
            "logs": self._make_logs,
            "sts": self._make_sts,
            "iam": self._make_iam,
            "sagemaker": self._make_sagemaker,
            "sagemaker-runtime": self._make_runtime,
            "moto": self._make_moto,
        }

    # Parts

    @cached_property
    def _objects(self) -> ObjectStore:
        from stepfunctions.s3.objects import ObjectStore

        return ObjectStore(self._database, self._settings.data / "s3", durability=self._settings.durability)

    def _objects_here(self) -> ObjectStore:
        """Return the objects, unless requests for them are answered elsewhere: those here are not what they see."""
        url = self._settings.services.get("s3")
        if url is not None:
            raise UnsupportedError(
                f"S3 is answered at {url}, and a Distributed Map reads and writes the S3 of the local cloud only. "
                "Start the cloud without --service s3=URL, or read and write the objects in a Task."
            )
        return self._objects

    @cached_property
    def _log_store(self) -> LogStore:
        from stepfunctions.logs.store import LogStore

        return LogStore(self._database)

    @cached_property
    def _bridge(self) -> MotoBridge:
        from stepfunctions.integrations.moto import MotoBridge

        return MotoBridge(self._settings.account)

    @property
    def _sagemaker_folder(self) -> Path:
        return self._settings.data / "sagemaker"

    @cached_property
    def _sagemaker(self) -> SageMaker:
        from stepfunctions.sagemaker.hosts import LocalHosts
        from stepfunctions.sagemaker.images import Images
        from stepfunctions.sagemaker.records import Records
        from stepfunctions.sagemaker.service import SageMaker
        from stepfunctions.sagemaker.services import Services
        from stepfunctions.sagemaker.services import Settings as JobSettings

        return SageMaker(
            Services(
                records=Records(self._database),
                objects=self._objects,
                logs=self._log_store,
                images=Images(),
                hosts=LocalHosts(),
                folder=self._sagemaker_folder,
                settings=JobSettings(environment=exports(self._url, self._settings.region)),
            )
        )

    def _sagemaker_handler(self, resource: Resource) -> TaskHandler | None:
        """Load SageMaker's handlers in the place of this method, and answer."""
        from stepfunctions.integrations import sagemaker

        sagemaker.register(self._registry, self._sagemaker)
        return self._registry(resource.arn)

    async def _call_states(self, operation: str, params: Json, account: str, region: str, effect_id: str) -> Json:
        return await self._states.call(operation, params, account, region, effect_id)

    # Services

    def _make_s3(self) -> ASGIService:
        from stepfunctions.server.s3.service import S3Service

        return S3Service(self._objects)

    def _make_logs(self) -> ASGIService:
        from stepfunctions.server.logs.service import logs_service

        return logs_service(self._log_store)

    def _make_sts(self) -> ASGIService:
        from stepfunctions.server.sts import SecurityTokens

        return SecurityTokens(self._keys).service(self._make_moto())

    def _make_iam(self) -> ASGIService:
        from stepfunctions.server.iam.roles import Roles
        from stepfunctions.server.iam.service import RoleOperations

        return RoleOperations(Roles(self._database), self._bridge).service(self._make_moto())

    def _make_sagemaker(self) -> ASGIService:
        from stepfunctions.server.sagemaker.service import sagemaker_service

        return sagemaker_service(self._sagemaker)

    def _make_runtime(self) -> ASGIService:
        from stepfunctions.server.sagemaker.runtime import SageMakerRuntime

        return SageMakerRuntime(self._sagemaker)

    def _make_moto(self) -> ASGIService:
        from stepfunctions.server.moto import MotoService

        return MotoService(self._bridge)

    def _make_elsewhere(self, service: str, url: str) -> ASGIService:
        from stepfunctions.server.elsewhere import Elsewhere

        return Elsewhere(service, url)


class _Late:
    """A service that is made by its first request."""

    def __init__(self, make: Callable[[], ASGIService]) -> None:
        self._make = make
        self._service: ASGIService | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._service is None:
            self._service = self._make()
        await self._service(scope, receive, send)
