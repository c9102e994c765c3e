"""Models: an image and an artefact under one name."""

from __future__ import annotations

from stepfunctions.sagemaker.containers import container_of, model_data
from stepfunctions.sagemaker.errors import DataMissing, Existing, Missing
from stepfunctions.sagemaker.jobs.listing import has_objects
from stepfunctions.sagemaker.place import Place
from stepfunctions.sagemaker.records import MODEL, ListQuery, Record
from stepfunctions.sagemaker.services import Services
from stepfunctions.sagemaker.tagging import read_tags
from stepfunctions.values import Json


class Models:
    """The models of one data folder."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def create(self, request: Json, place: Place, effect_id: str | None = None) -> str:
        """Record a model and return its ARN.

        Args:
            request: CreateModel, valid by its shape.
            effect_id: of the command that asks; the same command may ask again after a crash.

        Raises:
            Existing: the name is taken.
            DataMissing: the artefact is not there. AWS checks it here too
                (aws-step-functions-data-science-sdk-python issue 61).
            NotAvailable: a container asks for what there is none of here.
        """
        name = request["ModelName"]
        arn = place.arn(MODEL, name)
        taken = self._services.records.get(MODEL, name)
        if taken is None:
            await self._check_data(container_of(request))
            asked = {key: value for key, value in request.items() if key != "Tags"}
            now = self._services.now()
            record = Record(MODEL, name, arn, now, now, asked, effect_id=effect_id)
            taken = self._services.records.create(record, read_tags(request.get("Tags", [])))
        if taken is not None and (effect_id is None or taken.effect_id != effect_id):
            raise Existing(f'Cannot create already existing model "{taken.arn}".')
        return taken.arn if taken is not None else arn

    def get(self, name: str, place: Place) -> Record:
        """Return the record of a model.

        Raises:
            Missing: there is none.
        """
        record = self._services.records.get(MODEL, name)
        if record is None:
            raise Missing(f'Could not find model "{place.arn(MODEL, name)}".')
        return record

    def describe(self, record: Record) -> Json:
        """Return the members of DescribeModel."""
        return {
            **record.request,
            "CreationTime": record.created_at,
            "ModelArn": record.arn,
            "EnableNetworkIsolation": record.request.get("EnableNetworkIsolation", False),
        }

    def page(self, query: ListQuery) -> tuple[list[Json], str | None]:
        """Return ModelSummaries and the token of the next page."""
        records, token = self._services.records.page(MODEL, query)
        return [
            {"ModelName": each.name, "ModelArn": each.arn, "CreationTime": each.created_at} for each in records
        ], token

    async def delete(self, name: str, place: Place) -> None:
        """Remove a model; what runs on it runs on.

        Raises:
            Missing: there is none.
        """
        self._services.records.delete(self.get(name, place))
        await self._services.records.committed()

    async def _check_data(self, container: Json) -> None:
        data = model_data(container)
        if data is not None and not has_objects(self._services.objects, data.uri):
            raise DataMissing(f"Could not find model data at {data.uri}.")
