"""The processes behind an endpoint: one for each instance of each variant, kept alive.

An instance whose process dies is started again, after a delay that doubles while it keeps dying. Which variant answers
is drawn by weight; the instances of a variant take turns, and a request waits for one that is being started again.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Mapping
from pathlib import Path

from stepfunctions.sagemaker.http_client import NotListening, Response
from stepfunctions.sagemaker.jobs.failure import JobFailed
from stepfunctions.sagemaker.model_server import PING_INTERVAL_SECONDS, ModelServer, NotServing, Serving
from stepfunctions.sagemaker.services import Services
from stepfunctions.values import Json

RESTART_DELAY_MAX_SECONDS = 30
DEATHS_MAX = 3
"""Deaths in a row, with no answer to GET /ping ever, after which an endpoint cannot be created."""


_log = logging.getLogger(__name__)


class FleetFailed(Exception):
    """An instance cannot be started; ``str()`` is the endpoint's FailureReason."""


class Instance:
    """One process of a variant, kept alive.

    Args:
        variant: its name.
    """

    def __init__(self, services: Services, variant: str, serving: Serving) -> None:
        self._services = services
        self._variant = variant
        self._server = ModelServer(services, serving)
        self._ready = asyncio.Event()
        self._outcome: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._keeper = asyncio.create_task(self._keep())

    async def in_service(self) -> None:
        """Return once the model has answered GET /ping for the first time.

        Raises:
            FleetFailed: it never will.
        """
        await asyncio.shield(self._outcome)

    async def invoke(self, headers: Mapping[str, str], body: bytes) -> Response:
        """Return the model's answer; wait for a process that is being started again.

        Raises:
            NoAnswer: the process hung up.
            TimeoutError: it took too long.
        """
        async with asyncio.timeout(self._services.settings.invocation_timeout_seconds):
            while True:
                await self._ready.wait()
                try:
                    return await self._server.invoke(headers, body)
                except NotListening:
                    await asyncio.sleep(PING_INTERVAL_SECONDS)  # it has died, and its end is not known yet

    async def close(self) -> None:
        """End the process."""
        self._keeper.cancel()
        await asyncio.gather(self._keeper, return_exceptions=True)
        if not self._outcome.done():
            self._outcome.cancel()
        await self._server.stop()

    async def _keep(self) -> None:
        deaths, first_delay = 0, self._services.settings.restart_delay_seconds
        while True:
            try:
                await self._server.start()
                await self._server.ready()
                deaths = 0
                self._serve()
                await self._server.ended()
                deaths += 1
            except NotServing:
                deaths += 1
            except JobFailed as failure:
                self._give_up(str(failure).removeprefix("ClientError: "))
                return
            self._ready.clear()
            await self._server.stop()
            if deaths >= DEATHS_MAX and not self._outcome.done():
                self._give_up(
                    f"The primary container for production variant {self._variant} did not pass the ping health "
                    "check. Please check CloudWatch logs for this endpoint."
                )
                return
            await asyncio.sleep(min(first_delay * 2 ** (deaths - 1), RESTART_DELAY_MAX_SECONDS))

    def _serve(self) -> None:
        self._ready.set()
        if not self._outcome.done():
            self._outcome.set_result(None)

    def _give_up(self, reason: str) -> None:
        _log.error("An instance of variant %s is given up: %s", self._variant, reason)
        if not self._outcome.done():
            self._outcome.set_exception(FleetFailed(reason))
            self._outcome.exception()  # seen: nobody need await it


class Fleet:
    """All processes of one endpoint under one configuration.

    Args:
        folder: where the instances' folders lie.
        variants: Shape: ``[{"VariantName": str, "Weight": float, "Count": int, "Container": ...}]``
        region: of the endpoint.
        log_group: of the endpoint.
    """

    def __init__(self, services: Services, folder: Path, variants: Json, region: str, log_group: str) -> None:
        self.weights = {each["VariantName"]: float(each["Weight"]) for each in variants}
        self._turns = dict.fromkeys(self.weights, 0)
        self._instances: dict[str, list[Instance]] = {}
        for variant in variants:
            name = variant["VariantName"]
            self._instances[name] = []
            for number in range(1, variant["Count"] + 1):
                place = folder / f"{name}-{number}"
                place.mkdir(parents=True, exist_ok=True)
                serving = Serving(
                    folder=place,
                    container=variant["Container"],
                    region=region,
                    log_group=log_group,
                    log_stream=f"{name}/i-{number}-{folder.parent.name[-8:]}",
                )
                self._instances[name].append(Instance(services, name, serving))

    async def in_service(self) -> None:
        """Return once every instance has answered.

        Raises:
            FleetFailed: one never will.
        """
        waiting = [asyncio.ensure_future(each.in_service()) for each in self._all()]
        try:
            await asyncio.gather(*waiting)
        finally:
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)

    def choose(self, variant: str | None) -> tuple[str, Instance] | None:
        """Return the variant and instance for a request; None if there is no such variant."""
        name = self._draw() if variant is None else variant
        instances = self._instances.get(name)
        if not instances:
            return None
        self._turns[name] += 1
        return name, instances[self._turns[name] % len(instances)]

    async def close(self) -> None:
        """End every process."""
        await asyncio.gather(*(each.close() for each in self._all()))

    def _all(self) -> list[Instance]:
        return [instance for instances in self._instances.values() for instance in instances]

    def _draw(self) -> str:
        names = list(self.weights)
        weights = list(self.weights.values())
        return str(random.choices(names, weights if any(weights) else None)[0])
