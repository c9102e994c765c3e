"""The process of a local cloud: one ASGI server on one loopback port, until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import signal
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import uvicorn

from stepfunctions.errors import StepladderError
from stepfunctions.local.cloud import Cloud
from stepfunctions.local.connection import Connection
from stepfunctions.local.folder import DataFolder
from stepfunctions.local.settings import HOST, Settings

IDLE_MAX_SECONDS = 600
"""How long a connection is kept that nobody uses. A client that finds its connection closed cannot know whether a
StartExecution arrived; ours are few, and cost nothing."""

SHUTDOWN_MAX_SECONDS = 5
"""How long open requests may take once the cloud is told to stop."""

GARBAGE_THRESHOLD = 50_000
"""How many new objects make Python look for cycles among them, instead of 700: ours are seldom in any. Pages of a long
history come 1.4 times as fast, an inline Map of 1,000 items 1.5 times, and no more memory is taken."""


class _Server(uvicorn.Server):
    """uvicorn's server under our signal handling, so that the cloud closes its store in order."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    def stop(self) -> None:
        """Answer what is under way, then return from ``serve``."""
        self.should_exit = True


class PortInUse(StepladderError):
    """The port is taken; says what to do."""


def bind(port: int) -> socket.socket:
    """Return a socket that listens on *port* of the loopback interface; 0 takes a free port.

    Raises:
        PortInUse: something else listens there.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen(2048)
    except OSError as error:
        listener.close()
        raise PortInUse(
            f"cannot listen on {HOST}:{port}: {error.strerror}. Choose another port with --port, or 0 for a free one."
        ) from None
    listener.setblocking(False)
    return listener


def run(settings: Settings, on_ready: Callable[[str], None], parent: int | None = None) -> None:
    """Run a local cloud in this process until SIGTERM or SIGINT.

    Args:
        settings: of the cloud.
        on_ready: called with the cloud's URL once it answers.
        parent: a file descriptor that reads end-of-file when the parent process is gone; the cloud then stops.

    Raises:
        PortInUse: the port is taken; nothing was written.
        StoreError: the data folder cannot be used.
    """
    listener = bind(settings.port)
    try:
        folder = DataFolder(settings.data)
    except StepladderError:
        listener.close()
        raise
    try:
        _loop_factory()(_serve(settings, listener, folder, on_ready, parent))
    finally:
        folder.close()
        listener.close()


def _loop_factory() -> Callable[[Any], None]:
    try:
        import uvloop
    except ImportError:  # Windows has none; asyncio's own loop does
        return asyncio.run
    return uvloop.run


async def _serve(
    settings: Settings,
    listener: socket.socket,
    folder: DataFolder,
    on_ready: Callable[[str], None],
    parent: int | None,
) -> None:
    port = listener.getsockname()[1]
    url = f"http://{HOST}:{port}"
    async with Cloud(settings, url) as cloud:
        server = _Server(
            uvicorn.Config(
                cloud.app,
                http=Connection,
                ws="none",
                lifespan="off",
                access_log=False,
                log_config=None,
                server_header=False,
                proxy_headers=False,
                timeout_keep_alive=IDLE_MAX_SECONDS,
                timeout_graceful_shutdown=SHUTDOWN_MAX_SECONDS,
            )
        )

        gc.collect()
        gc.freeze()
        gc.set_threshold(GARBAGE_THRESHOLD)

        def stop() -> None:
            server.stop()
            cloud.let_go()

        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop)
        async with _stopping_with_parent(parent, stop):
            folder.announce(pid=os.getpid(), url=url, region=settings.region, account=settings.account)
            on_ready(url)
            await server.serve(sockets=[listener])


@contextlib.asynccontextmanager
async def _stopping_with_parent(parent: int | None, stop: Callable[[], None]) -> AsyncIterator[None]:
    """Call *stop* when the pipe *parent* ends: the parent process holds its other end, and so dies with it."""
    if parent is None:
        yield
        return
    loop = asyncio.get_running_loop()
    loop.add_reader(parent, stop)
    try:
        yield
    finally:
        loop.remove_reader(parent)
