"""One training job from its record to its end.

::

    Starting -> Downloading -> Training -> Uploading -> Completed
        \\            \\           |  \\-> Failed
         \\            \\          |-----> Uploading -> Stopped              StopTrainingJob
          \\-------------\\--> Failed     Uploading -> MaxRuntimeExceeded    MaxRuntimeInSeconds

``phase`` in the record's state is where the work is; SecondaryStatus shows it, but for ``Stopping``. The phase is
``Training`` before the first process is launched, and a folder can be launched once only; so after a crash at any point
the job goes on from its phase: preparing is repeated, a host that was launched is found again, uploading is repeated.

Source: SageMaker API Reference, DescribeTrainingJob: SecondaryStatus, SecondaryStatusTransitions, TrainingEndTime;
the StatusMessages are those that AWS shows. A stopped job's model is uploaded, as the guide says.
"""

from __future__ import annotations

import asyncio
import math
import shutil
from pathlib import Path

from stepfunctions.sagemaker.errors import NotAvailable
from stepfunctions.sagemaker.hosts import Exit, HostHandle, HostSpec, free_port
from stepfunctions.sagemaker.images import Image
from stepfunctions.sagemaker.jobs import artifacts
from stepfunctions.sagemaker.jobs.channels import download_channel, list_channel
from stepfunctions.sagemaker.jobs.failure import JobFailed, host_failure, no_objects
from stepfunctions.sagemaker.jobs.layout import (
    CHECKPOINTS,
    OPT_ML,
    host_folder,
    host_names,
    training_environment,
    write_layout,
)
from stepfunctions.sagemaker.jobs.logs import LogFollower
from stepfunctions.sagemaker.jobs.metrics import MetricDefinition, Scraper
from stepfunctions.sagemaker.jobs.stopping import StoppedEarly, unless
from stepfunctions.sagemaker.launcher import EXITED, MAX_RUNTIME, STOPPED
from stepfunctions.sagemaker.place import Place
from stepfunctions.sagemaker.records import Record
from stepfunctions.sagemaker.s3_uri import S3Uri, parse_s3_uri
from stepfunctions.sagemaker.services import Services
from stepfunctions.sagemaker.threads import in_thread
from stepfunctions.values import Json

LOG_GROUP = "/aws/sagemaker/TrainingJobs"

STARTING, DOWNLOADING, TRAINING, UPLOADING = "Starting", "Downloading", "Training", "Uploading"
COMPLETED, FAILED, STOPPING, MAX_RUNTIME_EXCEEDED = "Completed", "Failed", "Stopping", "MaxRuntimeExceeded"

MESSAGES = {
    STARTING: "Preparing the instances for training",
    DOWNLOADING: "Downloading input data",
    TRAINING: "Training image download completed. Training in progress.",
    UPLOADING: "Uploading generated training model",
    STOPPING: "Stopping the training job",
    COMPLETED: "Training job completed",
    FAILED: "Training job failed",
    STOPPED: "Training job stopped",
    MAX_RUNTIME_EXCEEDED: "Training job runtime exceeded MaxRuntimeInSeconds provided",
}

_ENDS = {EXITED: (COMPLETED, COMPLETED), STOPPED: (STOPPED, STOPPED), MAX_RUNTIME: (STOPPED, MAX_RUNTIME_EXCEEDED)}
"""TrainingJobStatus and SecondaryStatus by the cause of the hosts' end."""


class TrainingLife:
    """The life of one training job.

    Args:
        slots: how many may be past ``Starting`` at a time.
    """

    def __init__(self, services: Services, slots: asyncio.Semaphore, record: Record) -> None:
        self.record = record
        self._services = services
        self._slots = slots
        self._folder = services.folder / "training-jobs" / record.folder
        self._hosts = host_names(record.request["ResourceConfig"].get("InstanceCount", 1))
        self._handles: list[HostHandle] = []
        self._followers: list[LogFollower] = []
        self._stop_wanted = asyncio.Event()
        if record.status == STOPPING:
            self._stop_wanted.set()

    async def run(self) -> None:
        """Bring the job to its end."""
        try:
            await self._live()
        except JobFailed as failure:
            await self.fail(str(failure))
        except StoppedEarly:
            await self._finish(STOPPED, STOPPED)
        except Exception:
            for handle in self._handles:
                handle.stop()
            raise
        finally:
            for handle in self._handles:
                handle.release()

    async def request_stop(self) -> None:
        """Stop the job: what runs gets SIGTERM; return when that is recorded."""
        if not self._stop_wanted.is_set():
            self._stop_wanted.set()
            for handle in self._handles:
                handle.stop()
            now = self._services.now()
            self.record = self._shown_as(STOPPING, now).with_state(now, STOPPING)
            await self._write()

    def kill(self) -> None:
        """End the hosts at once."""
        for handle in self._handles:
            handle.kill()

    async def fail(self, reason: str) -> None:
        """Record that the job failed."""
        await self._finish(FAILED, FAILED, FailureReason=reason)

    @property
    def _phase(self) -> str:
        return str(self.record.state["phase"])

    async def _live(self) -> None:
        image = self._image()
        if self._phase not in (STARTING, DOWNLOADING):
            await self._work(image)  # it had a slot before the restart, and its processes may be running
            return
        await unless(self._stop_wanted, self._slots.acquire())
        try:
            await unless(self._stop_wanted, self._prepare())
            await self._work(image)
        finally:
            self._slots.release()

    async def _work(self, image: Image) -> None:
        if self._phase != UPLOADING:
            try:
                cause = await self._train(image)
            except JobFailed:
                await self._keep_checkpoints()
                raise
            await self._keep_checkpoints()
            await self._enter(UPLOADING, ended_by=cause)
        await self._upload()
        await self._tidy()
        cause = self.record.state["ended_by"]
        await self._finish(*_ENDS[STOPPED if cause == EXITED and self._stop_wanted.is_set() else cause])

    def _image(self) -> Image:
        uri = self.record.request["AlgorithmSpecification"].get("TrainingImage", "")
        try:
            image = self._services.images.resolve(uri)
        except NotAvailable as error:
            raise JobFailed(f"ClientError: {error}") from None
        if image.train is None:
            raise JobFailed(f"ClientError: The image {uri} does not train. Use an image of a training algorithm.")
        if len(self._hosts) > image.hosts_max:
            raise JobFailed(
                f"ClientError: The image {uri} trains on at most {image.hosts_max} host(s) locally, and "
                f"ResourceConfig.InstanceCount is {len(self._hosts)}. Use a smaller InstanceCount."
            )
        return image

    async def _prepare(self) -> None:
        if self._phase == STARTING:
            await self._enter(DOWNLOADING, TrainingStartTime=self._services.now())
        request, place = self.record.request, Place.of(self.record.arn)
        for rank, host in enumerate(self._hosts):
            folder = host_folder(self._folder, host, self._hosts)
            await in_thread(write_layout, folder, self.record, host, self._hosts)
            for channel in request.get("InputDataConfig", []):
                files = await list_channel(self._services.objects, channel, rank, len(self._hosts))
                if not files and rank == 0:
                    uri = channel["DataSource"]["S3DataSource"]["S3Uri"]
                    text = no_objects(uri, place.region, request["RoleArn"], parse_s3_uri(uri).bucket)
                    raise JobFailed(f"ClientError: Data download failed:{text}")
                target = folder / "input" / "data" / channel["ChannelName"]
                await download_channel(self._services.objects, channel, files, target)
            await self._load_checkpoints(folder)

    async def _load_checkpoints(self, folder: Path) -> None:
        config = self.record.request.get("CheckpointConfig")
        if config is not None:
            uri = parse_s3_uri(config["S3Uri"])
            await artifacts.download_folder(
                self._services.objects, S3Uri(uri.bucket, uri.key.rstrip("/") + "/"), checkpoint_folder(folder, config)
            )

    async def _train(self, image: Image) -> str:
        if self._phase != TRAINING:
            port = free_port() if len(self._hosts) > 1 else None
            await self._enter(TRAINING, log_epoch=self._services.now() // 1000, rendezvous_port=port)
        scraper = self._scraper(image)
        for host in self._hosts:
            self._handles.append(await self._launch(image, host))
            self._followers.append(self._follower(host, scraper))
        if self._stop_wanted.is_set():
            for handle in self._handles:
                handle.stop()
        following = asyncio.ensure_future(self._follow(scraper))
        try:
            ends = await self._all_ended()
        finally:
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)
        await self._copy_logs(scraper)
        return self._verdict(ends)

    async def _launch(self, image: Image, host: str) -> HostHandle:
        folder = host_folder(self._folder, host, self._hosts)
        assert image.train is not None
        return await self._services.hosts.launch(
            HostSpec(
                folder,
                image.train,
                training_environment(self._services.settings, folder, self.record),
                self._services.settings.stop_grace_seconds,
                self.record.request["StoppingCondition"].get("MaxRuntimeInSeconds"),
            )
        )

    async def _all_ended(self) -> list[Exit]:
        """Wait for every host; the first that ends badly takes the others down."""
        waiting = {asyncio.ensure_future(handle.ended()) for handle in self._handles}
        tasks = list(waiting)
        try:
            while waiting:
                done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                if any(_is_bad(task.result()) for task in done):
                    for handle in self._handles:
                        handle.stop()
        finally:
            for task in waiting:
                task.cancel()
        return [task.result() for task in tasks]

    def _verdict(self, ends: list[Exit]) -> str:
        causes = {end.cause for end in ends}
        for host, end in zip(self._hosts, ends, strict=True):
            if _is_bad(end):
                folder = host_folder(self._folder, host, self._hosts)
                raise JobFailed(host_failure(end, folder / "output" / "failure", host))
        return next((cause for cause in (MAX_RUNTIME, STOPPED) if cause in causes), EXITED)

    def _scraper(self, image: Image) -> Scraper:
        own = self.record.request["AlgorithmSpecification"].get("MetricDefinitions", [])
        definitions = [MetricDefinition(each["Name"], each["Regex"]) for each in own]
        return Scraper([*definitions, *image.metrics], self.record.state.get("metrics"))

    def _follower(self, host: str, scraper: Scraper) -> LogFollower:
        stream = f"{self.record.name}/{host}-{self.record.state['log_epoch']}"
        folder = host_folder(self._folder, host, self._hosts)
        return LogFollower(self._services, folder, LOG_GROUP, stream, scraper.feed)

    async def _follow(self, scraper: Scraper) -> None:
        while True:
            await self._copy_logs(scraper)
            await asyncio.sleep(self._services.settings.log_interval_seconds)

    async def _copy_logs(self, scraper: Scraper) -> None:
        for follower in self._followers:
            await follower.copy()
        if scraper.values != self.record.state.get("metrics", {}):
            await self._save(metrics=dict(scraper.values))

    async def _upload(self) -> None:
        objects, request = self._services.objects, self.record.request
        folders = [host_folder(self._folder, host, self._hosts) for host in self._hosts]
        target = output_uri(self.record)
        if request["OutputDataConfig"].get("CompressionType") == "NONE":
            for folder in reversed(folders):
                await artifacts.upload_folder(objects, folder / "model", target / "model")
        else:
            await self._upload_packed([folder / "model" for folder in folders], target / "model.tar.gz")
        await self._upload_packed([folder / "output" / "data" for folder in folders], target / "output.tar.gz")

    async def _keep_checkpoints(self) -> None:
        """Upload the checkpoints once training has ended, well or not. AWS does so while it runs."""
        config = self.record.request.get("CheckpointConfig")
        for host in self._hosts if config is not None else []:
            local = checkpoint_folder(host_folder(self._folder, host, self._hosts), config)
            await artifacts.upload_folder(self._services.objects, local, parse_s3_uri(config["S3Uri"]))

    async def _tidy(self) -> None:
        """Remove the copies of the inputs: a job that has ended well needs them no longer."""
        for host in self._hosts:
            folder = host_folder(self._folder, host, self._hosts) / "input" / "data"
            await in_thread(shutil.rmtree, folder, ignore_errors=True)

    async def _upload_packed(self, folders: list[Path], uri: S3Uri) -> None:
        archive = self._folder / uri.key.rpartition("/")[2]
        if await in_thread(artifacts.pack, folders, archive):
            await artifacts.upload(self._services.objects, archive, uri)
            archive.unlink()

    async def _enter(self, phase: str, **state: Json) -> None:
        """Record that the job is in another phase."""
        now = self._services.now()
        self.record = self._shown_as(phase, now).with_state(now, phase=phase, **state)
        await self._write()

    async def _finish(self, status: str, phase: str, **state: Json) -> None:
        now = self._services.now()
        started_at = self.record.state.get("TrainingStartTime")
        times: dict[str, Json] = {"TrainingEndTime": now}
        if started_at is not None:
            seconds = max(1, math.ceil((now - started_at) / 1000))
            times |= {"TrainingTimeInSeconds": seconds, "BillableTimeInSeconds": seconds}
        record = self._shown_as(phase, now).with_state(now, **times, **state)
        record.state["SecondaryStatusTransitions"][-1]["EndTime"] = now
        self.record = record.with_state(now, status)
        await self._write()

    def _shown_as(self, status: str, now: int) -> Record:
        """Return the record with another SecondaryStatus."""
        transitions = [dict(each) for each in self.record.state["SecondaryStatusTransitions"]]
        transitions[-1].setdefault("EndTime", now)
        transitions.append(transition(status, now))
        return self.record.with_state(now, SecondaryStatus=status, SecondaryStatusTransitions=transitions)

    async def _save(self, status: str | None = None, **state: Json) -> None:
        self.record = self.record.with_state(self._services.now(), status, **state)
        await self._write()

    async def _write(self) -> None:
        self._services.records.save(self.record)
        await self._services.records.committed()


def transition(phase: str, now: int) -> Json:
    """Return a new entry of SecondaryStatusTransitions."""
    return {"Status": phase, "StartTime": now, "StatusMessage": MESSAGES[phase]}


def output_uri(record: Record) -> S3Uri:
    """Return ``<S3OutputPath>/<job>/output``."""
    return parse_s3_uri(record.request["OutputDataConfig"]["S3OutputPath"]) / record.name / "output"


def checkpoint_folder(folder: Path, config: Json) -> Path:
    """Return where a host keeps its checkpoints; the path was looked at when the job was created."""
    local: str = config.get("LocalPath", CHECKPOINTS)
    return folder / local.removeprefix(OPT_ML).lstrip("/")


def _is_bad(end: Exit) -> bool:
    return not (end.cause in (STOPPED, MAX_RUNTIME) or (end.cause == EXITED and end.exit_code == 0))
