"""Transform jobs: create, describe, list, stop.

Source: SageMaker API Reference. Texts are AWS's where a report of one was found; the others say so.
"""

from __future__ import annotations

from uuid import uuid4

from stepfunctions.sagemaker.containers import container_of
from stepfunctions.sagemaker.errors import DataMissing, Missing, WrongStatus
from stepfunctions.sagemaker.jobs.channels import check_channels
from stepfunctions.sagemaker.jobs.failure import no_objects
from stepfunctions.sagemaker.jobs.jobs import ENDED, Jobs
from stepfunctions.sagemaker.jobs.listing import bucket_exists, has_objects
from stepfunctions.sagemaker.jobs.transform_data import check_transform
from stepfunctions.sagemaker.jobs.transform_life import TransformLife
from stepfunctions.sagemaker.models import Models
from stepfunctions.sagemaker.place import Place
from stepfunctions.sagemaker.records import TRANSFORM_JOB, ListQuery, Record
from stepfunctions.sagemaker.s3_uri import parse_s3_uri
from stepfunctions.sagemaker.services import Services
from stepfunctions.sagemaker.tagging import read_tags
from stepfunctions.values import Json

_NOT_STATE = ("container", "role")


class TransformJobs:
    """The transform jobs of one data folder."""

    def __init__(self, services: Services, models: Models) -> None:
        self._services = services
        self._models = models
        self.jobs = Jobs(services, TRANSFORM_JOB, "transform job", lambda record: TransformLife(services, record))

    async def create(self, request: Json, place: Place, effect_id: str | None = None) -> str:
        """Begin a transform job and return its ARN.

        Args:
            request: CreateTransformJob, valid by its shape.
            effect_id: of the command that asks; the same command may ask again after a crash.

        Raises:
            NameTaken: a job has the name.
            Missing: the model is not there.
            DataMissing: the input or the output bucket is not there.
            NotAvailable: a member asks for what there is none of here.
        """
        name = request["TransformJobName"]
        taken = self._services.records.get(TRANSFORM_JOB, name)
        state = taken.state if taken is not None else await self._check(request, place)
        now = self._services.now()
        record = Record(
            TRANSFORM_JOB,
            name,
            place.arn(TRANSFORM_JOB, name),
            now,
            now,
            {key: value for key, value in request.items() if key != "Tags"},
            "InProgress",
            state,
            f"{name}-{uuid4().hex[:8]}",
            effect_id,
        )
        return self.jobs.create(record, read_tags(request.get("Tags", []))).arn

    def get(self, name: str) -> Record:
        """Return the record of a job.

        Raises:
            Missing: there is none. (That the text is that of training jobs is not verified against AWS.)
        """
        record = self._services.records.get(TRANSFORM_JOB, name)
        if record is None:
            raise Missing("Requested resource not found.")
        return record

    def describe(self, record: Record) -> Json:
        """Return the members of DescribeTransformJob."""
        request = record.request
        return {
            "TransformJobName": record.name,
            "TransformJobArn": record.arn,
            "TransformJobStatus": record.status,
            **request,
            "TransformInput": {"CompressionType": "None", "SplitType": "None", **request["TransformInput"]},
            "TransformOutput": {"AssembleWith": "None", **request["TransformOutput"]},
            "CreationTime": record.created_at,
            **{key: value for key, value in record.state.items() if key not in _NOT_STATE},
        }

    def page(self, query: ListQuery) -> tuple[list[Json], str | None]:
        """Return TransformJobSummaries and the token of the next page."""
        records, token = self._services.records.page(TRANSFORM_JOB, query)
        return [_summary(record) for record in records], token

    async def stop(self, name: str) -> None:
        """Stop a job; one that is being stopped already is left alone.

        Raises:
            Missing: there is none.
            WrongStatus: it has ended. (The text follows that of training jobs; not verified against AWS.)
        """
        record = self.get(name)
        if record.status in ENDED:
            raise WrongStatus(f"The request was rejected because the transform job is in status {record.status}.")
        life = self.jobs.life(name)
        if life is not None:
            await life.request_stop()

    async def _check(self, request: Json, place: Place) -> dict[str, Json]:
        """Refuse what cannot work; return the record's first state."""
        model = self._models.get(request["ModelName"], place)
        role = model.request.get("ExecutionRoleArn", "")
        check_transform(request)
        source = request["TransformInput"]
        check_channels([{"ChannelName": "TransformInput", "DataSource": source["DataSource"]}], "File")
        data = source["DataSource"]["S3DataSource"]
        uri = parse_s3_uri(data["S3Uri"])
        if not has_objects(self._services.objects, uri):
            raise DataMissing(no_objects(data["S3Uri"], place.region, role, uri.bucket))
        path = request["TransformOutput"]["S3OutputPath"]
        if not bucket_exists(self._services.objects, parse_s3_uri(path).bucket):
            raise DataMissing(f"The bucket of TransformOutput.S3OutputPath {path!r} does not exist. Create it first.")
        return {"container": container_of(model.request), "role": role}


def _summary(record: Record) -> Json:
    shown = {key: record.state[key] for key in ("TransformEndTime", "FailureReason") if key in record.state}
    return {
        "TransformJobName": record.name,
        "TransformJobArn": record.arn,
        "CreationTime": record.created_at,
        "LastModifiedTime": record.modified_at,
        "TransformJobStatus": record.status,
        **shown,
    }
