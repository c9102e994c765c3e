"""A real server for tests: Step Functions on a free port of this machine, in a thread, until told to stop.

It has the wire, the API, the engine and its store. Behind Task states there are activities and Step Functions itself,
and what the test gives.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import uvicorn

from stepfunctions.engine.engine import Engine
from stepfunctions.engine.handler import Resolver
from stepfunctions.engine.mocking.config import MockConfig
from stepfunctions.integrations import nested_executions
from stepfunctions.integrations.activities import ActivityTasks
from stepfunctions.integrations.registry import Registry
from stepfunctions.logs.store import LogStore
from stepfunctions.server.app import App
from stepfunctions.server.asgi import ASGIService
from stepfunctions.server.stepfunctions import StepFunctions
from stepfunctions.store.database import Database

ACCOUNT = "111122223333"
REGION = "eu-central-1"


def nothing(resource: str) -> None:
    """A resolver that finds no handler."""


class WireServer:
    """Start with ``with WireServer(folder) as server``; ``server.url`` answers inside the block.

    Args:
        folder: where the database lies; a second server on the same folder goes on where the first stopped.
        resolver: finds handlers of Task resources.
        checks_output: every answer is checked against AWS's model.

    Attributes:
        mock_config: the file of test cases; not there until somebody writes it.
    """

    def __init__(self, folder: Path, *, resolver: Resolver = nothing, checks_output: bool = True) -> None:
        self._folder = folder
        self.mock_config = folder / "MockConfigFile.json"
        self._resolver = resolver
        self._checks_output = checks_output
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        self._stop: Callable[[], None] = lambda: None
        self._thread = threading.Thread(target=self._run, name="wire-server")
        self.url = ""

    def __enter__(self) -> WireServer:
        self._thread.start()
        self._ready.wait(30)
        if self._failure is not None:
            raise self._failure
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()
        self._thread.join(30)
        assert not self._thread.is_alive()

    def client(self, service: str = "stepfunctions", **settings: Any) -> Any:
        """Return a boto3 client that retries nothing."""
        import boto3
        from botocore.config import Config

        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=settings.pop("region_name", REGION),
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(retries={"max_attempts": 0}, inject_host_prefix=False, max_pool_connections=64, **settings),
        )

    def _run(self) -> None:
        try:
            import uvloop
        except ImportError:
            asyncio.run(self._serve())
        else:
            uvloop.run(self._serve())

    async def _serve(self) -> None:
        try:
            listener = socket.create_server(("127.0.0.1", 0), backlog=512)
            database = Database(self._folder / "stepladder.sqlite3")
            logs = LogStore(database)
            tasks = ActivityTasks()
            registry = Registry()
            nested_executions.register(registry, lambda *call: service.call(*call), lambda: engine, tasks)
            engine = Engine(
                database,
                lambda resource: self._resolver(resource) or registry(resource),
                activity_exists=lambda arn: service.has_activity(arn),
                log_store=lambda: logs,
            )
            service = StepFunctions(
                database,
                engine,
                activity_tasks=tasks,
                mock_config=MockConfig(self.mock_config),
                log_store=lambda: logs,
                checks_output=self._checks_output,
            )
            await engine.recover()
            await service.recover()
        except BaseException as failure:
            self._failure = failure
            self._ready.set()
            return
        try:
            await self._listen(service, listener)
        finally:
            service.let_go()
            await service.close()
            await engine.close()
            database.close()

    async def _listen(self, service: ASGIService, listener: socket.socket) -> None:
        app = App({"states": service}, service, account=ACCOUNT)
        config = uvicorn.Config(
            app, http="httptools", ws="none", lifespan="off", access_log=False, log_config=None,
            timeout_graceful_shutdown=1,
        )  # fmt: skip
        server = uvicorn.Server(config)
        self._stop = lambda: setattr(server, "should_exit", True)
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        self._ready.set()
        await server.serve(sockets=[listener])
