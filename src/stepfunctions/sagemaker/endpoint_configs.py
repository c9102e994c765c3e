"""Endpoint configurations: which models an endpoint serves, on how many instances, with which weights."""

from __future__ import annotations

from stepfunctions.sagemaker.errors import Existing, Missing, NotAvailable
from stepfunctions.sagemaker.models import Models
from stepfunctions.sagemaker.place import Place
from stepfunctions.sagemaker.records import ENDPOINT_CONFIG, ListQuery, Record
from stepfunctions.sagemaker.services import Services
from stepfunctions.sagemaker.tagging import read_tags
from stepfunctions.values import Json

_UNAVAILABLE = {
    "AsyncInferenceConfig": "InvokeEndpoint",
    "ExplainerConfig": "none",
    "ShadowProductionVariants": "a second endpoint",
}


class EndpointConfigs:
    """The endpoint configurations of one data folder."""

    def __init__(self, services: Services, models: Models) -> None:
        self._services = services
        self._models = models

    async def create(self, request: Json, place: Place, effect_id: str | None = None) -> str:
        """Record an endpoint configuration and return its ARN.

        Args:
            request: CreateEndpointConfig, valid by its shape.
            effect_id: of the command that asks; the same command may ask again after a crash.

        Raises:
            Existing: the name is taken.
            Missing: a model is not there.
            NotAvailable: it asks for what there is none of here.
        """
        name = request["EndpointConfigName"]
        arn = place.arn(ENDPOINT_CONFIG, name)
        taken = self._services.records.get(ENDPOINT_CONFIG, name)
        if taken is None:
            self._check(request, place)
            asked = {key: value for key, value in request.items() if key != "Tags"}
            asked["ProductionVariants"] = [
                {"InitialVariantWeight": 1.0, **each} for each in asked["ProductionVariants"]
            ]
            now = self._services.now()
            record = Record(ENDPOINT_CONFIG, name, arn, now, now, asked, effect_id=effect_id)
            taken = self._services.records.create(record, read_tags(request.get("Tags", [])))
        if taken is not None and (effect_id is None or taken.effect_id != effect_id):
            raise Existing(f'Cannot create already existing endpoint configuration "{taken.arn}".')
        return taken.arn if taken is not None else arn

    def get(self, name: str, place: Place) -> Record:
        """Return the record of an endpoint configuration.

        Raises:
            Missing: there is none.
        """
        record = self._services.records.get(ENDPOINT_CONFIG, name)
        if record is None:
            raise Missing(f'Could not find endpoint configuration "{place.arn(ENDPOINT_CONFIG, name)}".')
        return record

    def describe(self, record: Record) -> Json:
        """Return the members of DescribeEndpointConfig."""
        return {
            **record.request,
            "EndpointConfigArn": record.arn,
            "CreationTime": record.created_at,
            "EnableNetworkIsolation": record.request.get("EnableNetworkIsolation", False),
        }

    def page(self, query: ListQuery) -> tuple[list[Json], str | None]:
        """Return EndpointConfigSummaries and the token of the next page."""
        records, token = self._services.records.page(ENDPOINT_CONFIG, query)
        return [
            {"EndpointConfigName": each.name, "EndpointConfigArn": each.arn, "CreationTime": each.created_at}
            for each in records
        ], token

    async def delete(self, name: str, place: Place) -> None:
        """Remove an endpoint configuration; endpoints made from it run on.

        Raises:
            Missing: there is none.
        """
        self._services.records.delete(self.get(name, place))
        await self._services.records.committed()

    def _check(self, request: Json, place: Place) -> None:
        for member, instead in _UNAVAILABLE.items():
            if request.get(member):
                raise NotAvailable(f"CreateEndpointConfig: {member} is not available locally. Use {instead}.")
        if request.get("DataCaptureConfig", {}).get("EnableCapture"):
            raise NotAvailable("CreateEndpointConfig: DataCaptureConfig is not available locally. Leave it out.")
        for variant in request["ProductionVariants"]:
            if "ModelName" not in variant:
                raise NotAvailable(
                    f"CreateEndpointConfig: variant {variant['VariantName']!r} has no ModelName; inference components "
                    "are not available locally. Give it a ModelName."
                )
            self._models.get(variant["ModelName"], place)
