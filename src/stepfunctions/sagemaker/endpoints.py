"""Endpoints: models served over HTTP by real processes that are kept alive.

::

    CreateEndpoint -> Creating -> InService <-> Updating        DeleteEndpoint: Deleting, then gone
                          \\-> Failed

An endpoint is InService only once each of its models has answered. What it serves is copied into its record, so that
it goes on when its model or configuration is deleted, as on AWS. After a restart every endpoint comes back: its
processes are found again or started anew. An update that fails leaves the former fleet in service and says why in
FailureReason (that the status is then InService is not verified against AWS).

Source: SageMaker API Reference, DescribeEndpoint: EndpointStatus.
"""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections.abc import Coroutine
from pathlib import Path
from typing import Any
from uuid import uuid4

from stepfunctions.sagemaker.containers import container_of
from stepfunctions.sagemaker.endpoint_configs import EndpointConfigs
from stepfunctions.sagemaker.errors import Existing, Missing, NotAvailable, WrongStatus
from stepfunctions.sagemaker.fleet import Fleet, FleetFailed
from stepfunctions.sagemaker.models import Models
from stepfunctions.sagemaker.place import Place
from stepfunctions.sagemaker.records import ENDPOINT, ListQuery, Record
from stepfunctions.sagemaker.services import Services
from stepfunctions.sagemaker.tagging import read_tags
from stepfunctions.sagemaker.threads import in_thread
from stepfunctions.values import Json

CREATING, IN_SERVICE, UPDATING, DELETING, FAILED = "Creating", "InService", "Updating", "Deleting", "Failed"
_BUSY = (CREATING, UPDATING, DELETING)

_log = logging.getLogger(__name__)


class Endpoints:
    """The endpoints of one data folder."""

    def __init__(self, services: Services, models: Models, configs: EndpointConfigs) -> None:
        self._services = services
        self._models = models
        self._configs = configs
        self._fleets: dict[str, Fleet] = {}
        self._changes: dict[str, asyncio.Task[None]] = {}

    async def create(self, request: Json, place: Place, effect_id: str | None = None) -> str:
        """Begin to create an endpoint and return its ARN.

        Args:
            request: CreateEndpoint, valid by its shape.
            effect_id: of the command that asks; the same command may ask again after a crash.

        Raises:
            Existing: the name is taken.
            Missing: the configuration or a model of it is not there.
        """
        name, now = request["EndpointName"], self._services.now()
        arn = place.arn(ENDPOINT, name)
        taken = self._services.records.get(ENDPOINT, name)
        if taken is None:
            record = Record(
                ENDPOINT,
                name,
                arn,
                now,
                now,
                {key: value for key, value in request.items() if key != "Tags"},
                CREATING,
                {"next": self._plan(request["EndpointConfigName"], place, 1)},
                f"{name}-{uuid4().hex[:8]}",
                effect_id,
            )
            taken = self._services.records.create(record, read_tags(request.get("Tags", [])))
            if taken is None:
                self._change(record)
                return arn
        if effect_id is not None and taken.effect_id == effect_id:
            return taken.arn
        raise Existing(f'Cannot create already existing endpoint "{taken.arn}".')

    async def update(self, request: Json, place: Place, effect_id: str | None = None) -> str:
        """Begin to move an endpoint to another configuration and return its ARN.

        Args:
            request: UpdateEndpoint, valid by its shape.
            effect_id: of the command that asks; the same command may ask again after a crash.

        Raises:
            Missing: the endpoint, the configuration or a model of it is not there.
            WrongStatus: the endpoint is being changed already.
            NotAvailable: it asks for what there is none of here.
        """
        if request.get("RetainAllVariantProperties"):
            raise NotAvailable("UpdateEndpoint: RetainAllVariantProperties is not available locally. Leave it out.")
        record = self.get(request["EndpointName"], place)
        plans = [record.state[key] for key in ("serving", "next") if key in record.state]
        if effect_id is not None and any(each.get("effect_id") == effect_id for each in plans):
            return record.arn
        record = self._idle(request["EndpointName"], place)
        generation = max(each["generation"] for each in plans) + 1
        plan = {**self._plan(request["EndpointConfigName"], place, generation), "effect_id": effect_id}
        record = record.with_state(self._services.now(), UPDATING, next=plan, FailureReason=None)
        await self._save(record)
        self._change(record)
        return record.arn

    async def delete(self, name: str, place: Place) -> None:
        """Begin to end an endpoint's processes; the endpoint is gone when they are.

        Raises:
            Missing: there is none.
            WrongStatus: it is being changed.
        """
        record = self._idle(name, place).with_state(self._services.now(), DELETING)
        await self._save(record)
        self._change(record)

    def get(self, name: str, place: Place) -> Record:
        """Return the record of an endpoint.

        Raises:
            Missing: there is none.
        """
        record = self._services.records.get(ENDPOINT, name)
        if record is None:
            raise Missing(f'Could not find endpoint "{place.arn(ENDPOINT, name)}".')
        return record

    def fleet(self, name: str) -> Fleet | None:
        """Return what serves an endpoint now; None if nothing does."""
        return self._fleets.get(name)

    async def settled(self, name: str) -> Record | None:
        """Return the record once the endpoint is being changed no longer; None if there is none."""
        task = self._changes.get(name)
        if task is not None:
            await asyncio.wait([task])
        return self._services.records.get(ENDPOINT, name)

    def describe(self, record: Record) -> Json:
        """Return the members of DescribeEndpoint."""
        serving = record.state.get("serving")
        shown = serving or record.state["next"]
        return {
            "EndpointName": record.name,
            "EndpointArn": record.arn,
            "EndpointConfigName": shown["EndpointConfigName"],
            **({"ProductionVariants": [_variant(each) for each in serving["variants"]]} if serving else {}),
            "EndpointStatus": record.status,
            **({"FailureReason": record.state["FailureReason"]} if "FailureReason" in record.state else {}),
            "CreationTime": record.created_at,
            "LastModifiedTime": record.modified_at,
        }

    def page(self, query: ListQuery) -> tuple[list[Json], str | None]:
        """Return EndpointSummaries and the token of the next page."""
        records, token = self._services.records.page(ENDPOINT, query)
        return [
            {
                "EndpointName": each.name,
                "EndpointArn": each.arn,
                "CreationTime": each.created_at,
                "LastModifiedTime": each.modified_at,
                "EndpointStatus": each.status,
            }
            for each in records
        ], token

    def recover(self) -> None:
        """Bring back every endpoint of a former process, and go on with what was being changed."""
        for record in self._services.records.with_status(ENDPOINT, (*_BUSY, IN_SERVICE, FAILED)):
            if record.status in (IN_SERVICE, UPDATING) and "serving" in record.state:
                self._fleets[record.name] = self._make_fleet(record, record.state["serving"])
            if record.status in _BUSY:
                self._change(record)
            else:
                self._change(record, self._end_leftovers(record))

    async def close(self) -> None:
        """End every process; the records stay as they are, and a restart brings the endpoints back."""
        changes = list(self._changes.values())
        for task in changes:
            task.cancel()
        await asyncio.gather(*changes, return_exceptions=True)
        await asyncio.gather(*(fleet.close() for fleet in self._fleets.values()))
        self._fleets.clear()

    def _idle(self, name: str, place: Place) -> Record:
        record = self.get(name, place)
        if record.status in _BUSY:
            raise WrongStatus(f'Cannot update in-progress endpoint "{record.arn}".')
        return record

    def _plan(self, config_name: str, place: Place, generation: int) -> Json:
        """Return what an endpoint is to serve.

        Shape: ``{"EndpointConfigName": str, "generation": int, "variants": [...]}``, as ``Fleet`` takes them.
        """
        config = self._configs.get(config_name, place)
        variants = [
            {
                "VariantName": each["VariantName"],
                "Weight": each["InitialVariantWeight"],
                "Count": each.get("InitialInstanceCount", 1),
                "Container": container_of(self._models.get(each["ModelName"], place).request),
            }
            for each in config.request["ProductionVariants"]
        ]
        return {"EndpointConfigName": config_name, "generation": generation, "variants": variants}

    def _change(self, record: Record, work: Coroutine[Any, Any, None] | None = None) -> None:
        if work is None:
            work = self._remove(record) if record.status == DELETING else self._bring_up(record)
        task = asyncio.get_running_loop().create_task(self._guard(record, work), name=record.arn)
        self._changes[record.name] = task
        task.add_done_callback(lambda done: self._forget(record.name, done))

    def _forget(self, name: str, task: asyncio.Task[None]) -> None:
        if self._changes.get(name) is task:
            del self._changes[name]

    async def _guard(self, record: Record, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Exception as error:
            _log.exception("The endpoint %s ended by a fault of ours", record.name)
            await self._failed(record, f"{type(error).__name__}: {error}")

    async def _bring_up(self, record: Record) -> None:
        plan = record.state["next"]
        fleet = self._make_fleet(record, plan)
        try:
            await fleet.in_service()
        except FleetFailed as failure:
            await fleet.close()
            await self._failed(record, str(failure))
            return
        except asyncio.CancelledError:
            await fleet.close()
            raise
        former = self._fleets.get(record.name)
        self._fleets[record.name] = fleet
        await self._save(
            record.with_state(self._services.now(), IN_SERVICE, serving=plan, next=None, FailureReason=None)
        )
        if former is not None:
            await former.close()
            await self._remove_folder(record, record.state["serving"])

    async def _failed(self, record: Record, reason: str) -> None:
        status = IN_SERVICE if record.name in self._fleets else FAILED
        await self._save(record.with_state(self._services.now(), status, FailureReason=reason))

    async def _remove(self, record: Record) -> None:
        fleet = self._fleets.pop(record.name, None)
        if fleet is not None:
            await fleet.close()
        await self._end_leftovers(record)
        await in_thread(shutil.rmtree, self._folder(record), ignore_errors=True)
        self._services.records.delete(record)
        await self._services.records.committed()

    async def _end_leftovers(self, record: Record) -> None:
        """End processes of a former cloud that nothing refers to, as when it was killed in the middle of a change."""
        plans = (record.state.get("serving"), record.state.get("next"))
        kept = set() if record.status in (DELETING, FAILED) else {str(plan["generation"]) for plan in plans if plan}
        for folder in self._folder(record).glob("*/*"):
            found = None if folder.parent.name in kept else self._services.hosts.find(folder)
            if found is not None:
                found.stop()
                await found.ended()
                found.release()

    async def _remove_folder(self, record: Record, plan: Json) -> None:
        folder = self._folder(record) / str(plan["generation"])
        await in_thread(shutil.rmtree, folder, ignore_errors=True)

    def _make_fleet(self, record: Record, plan: Json) -> Fleet:
        return Fleet(
            self._services,
            self._folder(record) / str(plan["generation"]),
            plan["variants"],
            Place.of(record.arn).region,
            f"/aws/sagemaker/Endpoints/{record.name}",
        )

    def _folder(self, record: Record) -> Path:
        return self._services.folder / "endpoints" / record.folder

    async def _save(self, record: Record) -> None:
        self._services.records.save(record)
        await self._services.records.committed()


def _variant(variant: Json) -> Json:
    image = variant["Container"]["Image"]
    return {
        "VariantName": variant["VariantName"],
        "DeployedImages": [{"SpecifiedImage": image, "ResolvedImage": image}],
        "CurrentWeight": variant["Weight"],
        "DesiredWeight": variant["Weight"],
        "CurrentInstanceCount": variant["Count"],
        "DesiredInstanceCount": variant["Count"],
    }
