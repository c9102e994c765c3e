"""The composition root of the local cloud: every part made, joined, started and stopped, in one place."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from stepfunctions.engine.engine import Engine
from stepfunctions.local.settings import Settings
from stepfunctions.s3.objects import ObjectStore
from stepfunctions.server.app import App
from stepfunctions.server.asgi import ASGIService
from stepfunctions.server.s3.service import S3Service
from stepfunctions.server.stepfunctions.service import StepFunctions
from stepfunctions.store.database import Database


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
        data = settings.data
        self._database = Database(data / "stepladder.db", durability=settings.durability)
        self._objects = ObjectStore(self._database, data / "s3", durability=settings.durability)
        self._engine = Engine(self._database, lambda resource: None)
        self._states = StepFunctions(self._database, self._engine)
        services: dict[str, ASGIService] = {"states": self._states, "s3": S3Service(self._objects)}
        self.app = App(services, S3Service(self._objects), account=settings.account, health={"url": url})

    async def __aenter__(self) -> Self:
        """Go on with what the last process on this folder left unfinished."""
        await self._engine.recover()
        await self._states.recover()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Stop, in the opposite order; everything acknowledged is on disk."""
        await self._states.close()
        await self._engine.close()
        self._database.close()
