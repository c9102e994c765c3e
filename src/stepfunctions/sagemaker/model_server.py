"""One process that serves one model: an instance of an endpoint or of a transform job.

The process may outlive us. ``start`` finds it again in its folder, with its port, or launches it; the model is fetched
and unpacked once for each folder.

Source: SageMaker Developer Guide, "Use Your Own Inference Code": GET /ping answers 200 when the model is ready, POST
/invocations answers with an inference, GET /execution-parameters with a transform's limits.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from stepfunctions.sagemaker.containers import model_data
from stepfunctions.sagemaker.errors import NotAvailable
from stepfunctions.sagemaker.hosts import Exit, HostHandle, HostSpec, forget, free_port
from stepfunctions.sagemaker.http_client import NoAnswer, Response, fetch
from stepfunctions.sagemaker.jobs.artifacts import fetch_model
from stepfunctions.sagemaker.jobs.failure import JobFailed, exit_code
from stepfunctions.sagemaker.jobs.layout import program_environment
from stepfunctions.sagemaker.jobs.logs import LogFollower
from stepfunctions.sagemaker.launcher import LAUNCH
from stepfunctions.sagemaker.services import Services
from stepfunctions.values import Json

PORT = "SAGEMAKER_BIND_TO_PORT"
PREPARED = "prepared"
ENDING = "ending"
"""Says that the process was told to end: if we are killed before it is recorded why, it must not be taken for one that
serves."""
PING_INTERVAL_SECONDS = 0.05
GRACE_MAX_SECONDS = 5
"""A server has nothing to save: it need not be given as long as a training job."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """What one process is to serve.

    Args:
        folder: of the process; ``model/`` holds the model.
        container: of the model.
        environment: beside the container's own.
        region: of the resource.
        log_group: where its output goes.
        log_stream: likewise.
    """

    folder: Path
    container: Json
    region: str
    log_group: str
    log_stream: str
    environment: Mapping[str, str] = field(default_factory=dict)


class NotServing(Exception):
    """The process ended, or did not answer GET /ping in time; ``str()`` says which."""


class ModelServer:
    """A process that serves a model."""

    def __init__(self, services: Services, serving: Serving) -> None:
        self._services = services
        self._serving = serving
        self._handle: HostHandle | None = None
        self._port = 0
        self._follower = LogFollower(services, serving.folder, serving.log_group, serving.log_stream)
        self._following: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Run the process, or find it running; return when it has been started, not when it answers.

        Raises:
            JobFailed: the image is not available here, or there is no model to serve.
        """
        folder = self._serving.folder
        found = self._services.hosts.find(folder)
        if found is not None and (folder / ENDING).exists():
            found.stop()
            await found.ended()
            found.release()
        if found is not None and found.running:
            self._handle = found
            launch = json.loads((folder / LAUNCH).read_text("utf-8"))
            self._port = int(launch["environment"][PORT])
        else:
            program = self._program()
            await self._prepare()
            forget(folder)
            (folder / ENDING).unlink(missing_ok=True)
            self._port = free_port()
            self._handle = await self._services.hosts.launch(self._spec(program))
        self._following = asyncio.create_task(self._follower.follow())

    async def ready(self) -> None:
        """Return once GET /ping answers 200.

        Raises:
            NotServing: the process ended, or the time is over.
        """
        ended = asyncio.ensure_future(self.ended())
        pinging = asyncio.ensure_future(self._ping())
        try:
            timeout = self._services.settings.start_timeout_seconds
            await asyncio.wait([ended, pinging], timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
            if ended.done():
                raise NotServing(_describe(ended.result()))
            if not pinging.done():
                raise NotServing(f"GET /ping did not answer 200 within {timeout:g} seconds")
        finally:
            for task in (ended, pinging):
                task.cancel()
            await asyncio.gather(ended, pinging, return_exceptions=True)

    async def ended(self) -> Exit:
        """Return once the process has ended."""
        assert self._handle is not None
        return await self._handle.ended()

    async def invoke(self, headers: Mapping[str, str], body: bytes, timeout_seconds: float | None = None) -> Response:
        """Return the model's answer.

        Args:
            timeout_seconds: None takes the setting.

        Raises:
            NoAnswer: the process hung up.
            TimeoutError: it took too long.
        """
        async with asyncio.timeout(timeout_seconds or self._services.settings.invocation_timeout_seconds):
            return await fetch(self._port, "POST", "/invocations", headers, body)

    async def execution_parameters(self) -> Json:
        """Return what the container wants for a transform, ``{}`` if it does not say."""
        try:
            async with asyncio.timeout(self._services.settings.invocation_timeout_seconds):
                answer = await fetch(self._port, "GET", "/execution-parameters")
            return json.loads(answer.body) if answer.status == 200 else {}
        except (NoAnswer, TimeoutError, ValueError):
            return {}  # the route is optional

    async def stop(self) -> None:
        """End the process and return when it has."""
        if self._handle is not None:
            (self._serving.folder / ENDING).touch()
            self._handle.stop()
            await self._handle.ended()
        await self.release()

    async def release(self) -> None:
        """Watch the process no longer; copy the last of its output."""
        if self._following is not None:
            self._following.cancel()
            await asyncio.gather(self._following, return_exceptions=True)
            self._following = None
            await self._follower.copy()
        if self._handle is not None:
            self._handle.release()
            self._handle = None

    async def _ping(self) -> None:
        while True:
            try:
                if (await fetch(self._port, "GET", "/ping")).status == 200:
                    return
            except NoAnswer:
                pass  # it does not listen yet
            await asyncio.sleep(PING_INTERVAL_SECONDS)

    def _program(self) -> tuple[str, ...]:
        uri = self._serving.container["Image"]
        try:
            image = self._services.images.resolve(uri)
        except NotAvailable as error:
            raise JobFailed(f"ClientError: {error}") from None
        if image.serve is None:
            raise JobFailed(f"ClientError: The image {uri} does not serve. Use an image that does inference.")
        return image.serve

    async def _prepare(self) -> None:
        folder, data = self._serving.folder, model_data(self._serving.container)
        marker = folder / PREPARED
        if marker.exists():
            return
        (folder / "model").mkdir(parents=True, exist_ok=True)
        if data is not None:
            await fetch_model(self._services.objects, data.uri, folder / "model", packed=data.packed)
        marker.touch()

    def _spec(self, program: tuple[str, ...]) -> HostSpec:
        serving, settings = self._serving, self._services.settings
        environment = program_environment(
            settings,
            serving.folder,
            serving.container["Image"],
            serving.region,
            {**serving.container.get("Environment", {}), **serving.environment},
            **{PORT: str(self._port)},
        )
        grace = min(settings.stop_grace_seconds, GRACE_MAX_SECONDS)
        return HostSpec(serving.folder, program, environment, grace)


def _describe(end: Exit) -> str:
    if end.error is not None:
        return f"the process could not be started: {end.error}"
    return f"the process ended with exit code {exit_code(end)} before it answered GET /ping"
