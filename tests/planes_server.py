"""A real server for tests: S3, logs, STS, IAM and everything behind moto, on a free port, in a thread.

It stops with its with block; a second one on the same folder goes on where the first stopped. As a program
(``python -m tests.planes_server FOLDER``) it prints its address and serves until it is killed.
"""

from __future__ import annotations

import asyncio
import socket
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import uvicorn

from stepfunctions.integrations.moto import MotoBridge
from stepfunctions.logs.store import LogStore
from stepfunctions.s3.objects import ObjectStore
from stepfunctions.server.app import App
from stepfunctions.server.asgi import ASGIService
from stepfunctions.server.elsewhere import Elsewhere
from stepfunctions.server.iam.roles import Roles
from stepfunctions.server.iam.service import RoleOperations
from stepfunctions.server.logs.service import logs_service
from stepfunctions.server.moto import MotoService
from stepfunctions.server.s3.service import S3Service
from stepfunctions.server.sts import SecurityTokens
from stepfunctions.store.database import Database

ACCOUNT = "111122223333"
REGION = "eu-central-1"


class PlanesServer:
    """Start with ``with PlanesServer(folder) as server``; ``server.url`` answers inside the block.

    Args:
        folder: of the database and the blobs.
        elsewhere: services to forward, as ``{"dynamodb": url}``.
    """

    def __init__(self, folder: Path, elsewhere: Mapping[str, str] | None = None) -> None:
        self._folder = folder
        self._elsewhere = elsewhere or {}
        self._ready = threading.Event()
        self._stop: Callable[[], None] = lambda: None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="planes-server")
        self.url = ""

    def __enter__(self) -> PlanesServer:
        self._thread.start()
        assert self._ready.wait(30)
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()
        self._thread.join(30)
        assert not self._thread.is_alive()

    @property
    def environment(self) -> dict[str, str]:
        """What another program needs to find this server."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def client(self, service: str, **settings: Any) -> Any:
        """Return a boto3 client that retries nothing."""
        import boto3
        from botocore.config import Config

        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=settings.pop("region_name", REGION),
            aws_access_key_id=settings.pop("access_key", "test"),
            aws_secret_access_key="test",
            config=Config(retries={"max_attempts": 0}, **settings),
        )

    async def _serve(self) -> None:
        database = Database(self._folder / "stepladder.db")
        bridge = MotoBridge(ACCOUNT)
        moto = MotoService(bridge)
        services: dict[str, ASGIService] = {
            "s3": S3Service(ObjectStore(database, self._folder / "s3")),
            "logs": logs_service(LogStore(database), checks_output=True),
            "sts": SecurityTokens().service(moto),
            "iam": RoleOperations(Roles(database), bridge).service(moto),
            **{name: Elsewhere(name, url) for name, url in self._elsewhere.items()},
        }
        try:
            await self._listen(App(services, moto, account=ACCOUNT))
        finally:
            bridge.close()
            database.close()

    async def _listen(self, app: App) -> None:
        listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        config = uvicorn.Config(app, http="httptools", lifespan="off", log_config=None, timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        self._stop = lambda: setattr(server, "should_exit", True)
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        self._ready.set()
        await server.serve(sockets=[listener])


if __name__ == "__main__":
    with PlanesServer(Path(sys.argv[1])) as _server:
        print(_server.url, flush=True)
        threading.Event().wait()
