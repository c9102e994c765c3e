"""Training jobs: create, describe, list, stop, delete.

What concerns AWS's machines only is accepted, shown again and has no effect: instance types, volumes, VpcConfig,
network isolation, encryption keys, spot training, retries, the debugger and profiler, experiments. Whatever would
change the result and is not available here is refused by name.

``describe`` gives DescribeTrainingJob's members with Instants for times; the wire and the integrations each write times
in their own way.

Source: SageMaker API Reference. Texts are AWS's where a report of one was found; the others say so.
"""

from __future__ import annotations

import asyncio
import shutil
from uuid import uuid4

from stepfunctions.sagemaker.errors import DataMissing, Missing, NotAvailable, WrongStatus
from stepfunctions.sagemaker.jobs.channels import check_channels, list_channel
from stepfunctions.sagemaker.jobs.failure import JobFailed, no_objects
from stepfunctions.sagemaker.jobs.jobs import ENDED, Jobs
from stepfunctions.sagemaker.jobs.layout import CHECKPOINTS
from stepfunctions.sagemaker.jobs.listing import bucket_exists, has_objects
from stepfunctions.sagemaker.jobs.metrics import MetricDefinition, Scraper
from stepfunctions.sagemaker.jobs.training_life import STARTING, TrainingLife, output_uri, transition
from stepfunctions.sagemaker.place import Place
from stepfunctions.sagemaker.records import TRAINING_JOB, ListQuery, Record
from stepfunctions.sagemaker.s3_uri import parse_s3_uri
from stepfunctions.sagemaker.services import Services
from stepfunctions.sagemaker.tagging import read_tags
from stepfunctions.sagemaker.threads import in_thread
from stepfunctions.values import Json

_NOT_STATE = ("phase", "ended_by", "log_epoch", "metrics", "rendezvous_port")
_DEFAULTS = {
    "EnableNetworkIsolation": False,
    "EnableInterContainerTrafficEncryption": False,
    "EnableManagedSpotTraining": False,
}
_UNAVAILABLE = {
    "ServerlessJobConfig": "AlgorithmSpecification with a TrainingImage",
    "ModelPackageConfig": "AlgorithmSpecification with a TrainingImage",
    "WarmPoolStatus": "no warm pool",
}


class TrainingJobs:
    """The training jobs of one data folder."""

    def __init__(self, services: Services) -> None:
        self._services = services
        slots = asyncio.Semaphore(services.settings.training_jobs_max)
        self.jobs = Jobs(services, TRAINING_JOB, "training job", lambda record: TrainingLife(services, slots, record))

    async def create(self, request: Json, place: Place, effect_id: str | None = None) -> str:
        """Begin a training job and return its ARN.

        Args:
            request: CreateTrainingJob, valid by its shape.
            effect_id: of the command that asks; the same command may ask again after a crash.

        Raises:
            NameTaken: a job has the name.
            DataMissing: an input or the output bucket is not there.
            NotAvailable: a member asks for what there is none of here.
            InvalidRequest: an S3 address or a metric's pattern is malformed.
        """
        name = request["TrainingJobName"]
        record = self._services.records.get(TRAINING_JOB, name)
        if record is None:
            await self._check(request, place)
        now = self._services.now()
        asked = {key: value for key, value in request.items() if key != "Tags"}
        record = Record(
            TRAINING_JOB,
            name,
            place.arn(TRAINING_JOB, name),
            now,
            now,
            asked,
            "InProgress",
            {"phase": STARTING, "SecondaryStatus": STARTING, "SecondaryStatusTransitions": [transition(STARTING, now)]},
            f"{name}-{uuid4().hex[:8]}",
            effect_id,
        )
        return self.jobs.create(record, read_tags(request.get("Tags", []))).arn

    def get(self, name: str) -> Record:
        """Return the record of a job.

        Raises:
            Missing: there is none. AWS answers ValidationException, not its modelled ResourceNotFound
                (aws/aws-sdk issue 165).
        """
        record = self._services.records.get(TRAINING_JOB, name)
        if record is None:
            raise Missing("Requested resource not found.")
        return record

    def describe(self, record: Record) -> Json:
        """Return the members of DescribeTrainingJob."""
        state = {key: value for key, value in record.state.items() if key not in _NOT_STATE}
        metrics = Scraper([], record.state.get("metrics")).final()
        return {
            "TrainingJobName": record.name,
            "TrainingJobArn": record.arn,
            "ModelArtifacts": {"S3ModelArtifacts": _artifact(record)},
            "TrainingJobStatus": record.status,
            **_DEFAULTS,
            **record.request,
            "AlgorithmSpecification": self._algorithm(record),
            "OutputDataConfig": {"KmsKeyId": "", **record.request["OutputDataConfig"]},
            "CreationTime": record.created_at,
            "LastModifiedTime": record.modified_at,
            **state,
            **({"FinalMetricDataList": metrics} if metrics else {}),
        }

    def page(self, query: ListQuery) -> tuple[list[Json], str | None]:
        """Return TrainingJobSummaries and the token of the next page."""
        records, token = self._services.records.page(TRAINING_JOB, query)
        return [_summary(record) for record in records], token

    async def stop(self, name: str) -> None:
        """Stop a job; one that is being stopped already is left alone.

        Raises:
            Missing: there is none.
            WrongStatus: it has ended.
        """
        record = self.get(name)
        if record.status in ENDED:
            raise WrongStatus(f"The request was rejected because the training job is in status {record.status}.")
        life = self.jobs.life(name)
        if life is not None:
            await life.request_stop()

    async def delete(self, name: str) -> None:
        """Remove an ended job and its folder.

        Raises:
            Missing: there is none.
            WrongStatus: it has not ended. (AWS's text is not known.)
        """
        record = self.get(name)
        if record.status not in ENDED:
            raise WrongStatus(f"The request was rejected because the training job is in status {record.status}.")
        self._services.records.delete(record)
        await self._services.records.committed()
        folder = self._services.folder / "training-jobs" / record.folder
        await in_thread(shutil.rmtree, folder, ignore_errors=True)

    async def _check(self, request: Json, place: Place) -> None:
        for member, instead in _UNAVAILABLE.items():
            if member in request:
                raise NotAvailable(f"CreateTrainingJob: {member} is not available locally. Use {instead}.")
        algorithm, resources = request.get("AlgorithmSpecification", {}), request.get("ResourceConfig", {})
        if "TrainingImage" not in algorithm:
            raise NotAvailable(
                "CreateTrainingJob: AlgorithmSpecification.AlgorithmName is not available locally. Use TrainingImage."
            )
        for member in ("ContainerEntrypoint", "ContainerArguments"):
            if member in algorithm:
                raise NotAvailable(
                    f"CreateTrainingJob: AlgorithmSpecification.{member} is not available locally. Leave it out."
                )
        if resources.get("InstanceGroups"):
            raise NotAvailable(
                "CreateTrainingJob: ResourceConfig.InstanceGroups is not available locally. Use InstanceCount."
            )
        Scraper(MetricDefinition(each["Name"], each["Regex"]) for each in algorithm.get("MetricDefinitions", []))
        local = request.get("CheckpointConfig", {}).get("LocalPath", CHECKPOINTS)
        if not f"{local}/".startswith(f"{CHECKPOINTS}/") or ".." in local.split("/"):
            raise NotAvailable(f"CheckpointConfig.LocalPath {local!r} is not available locally. Use {CHECKPOINTS}.")
        channels = request.get("InputDataConfig", [])
        check_channels(channels, algorithm["TrainingInputMode"])
        for channel in channels:
            await self._check_channel(channel, request, place)
        self._check_output(request)

    async def _check_channel(self, channel: Json, request: Json, place: Place) -> None:
        source = channel["DataSource"]["S3DataSource"]
        uri = parse_s3_uri(source["S3Uri"])
        try:
            found = (
                has_objects(self._services.objects, uri)
                if source["S3DataType"] == "S3Prefix"
                else bool(await list_channel(self._services.objects, channel))
            )
        except JobFailed as failure:
            raise DataMissing(str(failure)) from None
        if not found:
            raise DataMissing(no_objects(source["S3Uri"], place.region, request["RoleArn"], uri.bucket))

    def _check_output(self, request: Json) -> None:
        path = request["OutputDataConfig"]["S3OutputPath"]
        if not bucket_exists(self._services.objects, parse_s3_uri(path).bucket):
            raise DataMissing(f"The bucket of OutputDataConfig.S3OutputPath {path!r} does not exist. Create it first.")

    def _algorithm(self, record: Record) -> Json:
        algorithm = record.request["AlgorithmSpecification"]
        try:
            own = [metric.to_json() for metric in self._services.images.resolve(algorithm["TrainingImage"]).metrics]
        except NotAvailable:
            own = []
        definitions = [*algorithm.get("MetricDefinitions", []), *own]
        return {**algorithm, **({"MetricDefinitions": definitions} if definitions else {})}


def _artifact(record: Record) -> str:
    packed = record.request["OutputDataConfig"].get("CompressionType") != "NONE"
    return str(output_uri(record) / ("model.tar.gz" if packed else "model/"))


def _summary(record: Record) -> Json:
    ended_at = record.state.get("TrainingEndTime")
    return {
        "TrainingJobName": record.name,
        "TrainingJobArn": record.arn,
        "CreationTime": record.created_at,
        **({} if ended_at is None else {"TrainingEndTime": ended_at}),
        "LastModifiedTime": record.modified_at,
        "TrainingJobStatus": record.status,
        "SecondaryStatus": record.state["SecondaryStatus"],
    }
