"""One transform job from its record to its end: its model is served by processes of its own, and objects are sent.

After a crash the processes are found again and all objects are sent anew: an output object is written whole or not at
all, so sending one twice changes nothing. When we go down in order, the processes end, for there is nothing that they
could do alone.

Source: SageMaker Developer Guide, "Batch Transform", "Custom Inference Code with Batch Transform". The texts of the
data-log stream are those that users report (aws/sagemaker-tensorflow-serving-container issue 93).
"""

from __future__ import annotations

import asyncio
import gzip
import shutil
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from stepfunctions.errors import NotFound
from stepfunctions.sagemaker.http_client import NoAnswer, Response
from stepfunctions.sagemaker.jobs.artifacts import upload
from stepfunctions.sagemaker.jobs.channels import list_channel
from stepfunctions.sagemaker.jobs.failure import JobFailed, no_objects
from stepfunctions.sagemaker.jobs.listing import RemoteFile
from stepfunctions.sagemaker.jobs.stopping import StoppedEarly, unless
from stepfunctions.sagemaker.jobs.transform_data import MEBIBYTE, Batch, Transformation
from stepfunctions.sagemaker.model_server import ModelServer, NotServing, Serving
from stepfunctions.sagemaker.place import Place
from stepfunctions.sagemaker.records import Record
from stepfunctions.sagemaker.s3_uri import parse_s3_uri
from stepfunctions.sagemaker.services import Services
from stepfunctions.sagemaker.threads import in_thread
from stepfunctions.values import Json

LOG_GROUP = "/aws/sagemaker/TransformJobs"
PAYLOAD_DEFAULT_MB = 6
STRATEGIES = {"MultiRecord": "MULTI_RECORD", "SingleRecord": "SINGLE_RECORD"}


@dataclass(frozen=True, slots=True)
class Limits:
    """How a transform sends: what the request says, else the container, else AWS's defaults."""

    concurrent_max: int
    payload_max_mb: int
    strategy: str

    @classmethod
    def of(cls, request: Json, parameters: Json) -> Limits:
        """Return the limits of a job.

        Args:
            parameters: the answer of GET /execution-parameters.
        """
        names = {value: key for key, value in STRATEGIES.items()}
        return cls(
            request.get("MaxConcurrentTransforms") or int(parameters.get("MaxConcurrentTransforms", 1)) or 1,
            request.get("MaxPayloadInMB", int(parameters.get("MaxPayloadInMB", PAYLOAD_DEFAULT_MB))),
            request.get("BatchStrategy") or names.get(str(parameters.get("BatchStrategy")), "MultiRecord"),
        )

    def environment(self) -> dict[str, str]:
        """Return what a container is told of them."""
        return {
            "SAGEMAKER_MAX_CONCURRENT_TRANSFORMS": str(self.concurrent_max),
            "SAGEMAKER_MAX_PAYLOAD_IN_MB": str(self.payload_max_mb),
            "SAGEMAKER_BATCH_STRATEGY": STRATEGIES[self.strategy],
        }


class TransformLife:
    """The life of one transform job."""

    def __init__(self, services: Services, record: Record) -> None:
        self.record = record
        self._services = services
        self._folder = services.folder / "transform-jobs" / record.folder
        self._servers: list[ModelServer] = []
        self._idle: asyncio.Queue[ModelServer] = asyncio.Queue()
        self._stop_wanted = asyncio.Event()
        if record.status == "Stopping":
            self._stop_wanted.set()

    async def run(self) -> None:
        """Bring the job to its end."""
        try:
            try:
                await unless(self._stop_wanted, self._live())
            finally:
                await asyncio.gather(*(server.stop() for server in self._servers))
            await self._finish("Completed")
        except StoppedEarly:
            await self._finish("Stopped")
        except JobFailed as failure:
            await self.fail(str(failure))

    async def request_stop(self) -> None:
        """Stop the job: no further object is sent; return when that is recorded."""
        if not self._stop_wanted.is_set():
            self._stop_wanted.set()
            await self._save("Stopping")

    def kill(self) -> None:
        """Nothing to do: its processes have a short grace period anyway."""

    async def fail(self, reason: str) -> None:
        """Record that the job failed."""
        await self._finish("Failed", FailureReason=reason)

    async def _live(self) -> None:
        if "TransformStartTime" not in self.record.state:
            await self._save(TransformStartTime=self._services.now())
        await in_thread(shutil.rmtree, self._folder / "data", ignore_errors=True)  # what a killed process was sending
        await self._serve()
        request = self.record.request
        limits = Limits.of(request, await self._servers[0].execution_parameters())
        self._log(
            f"MaxConcurrentTransforms={limits.concurrent_max}, MaxPayloadInMB={limits.payload_max_mb}, "
            f"BatchStrategy={STRATEGIES[limits.strategy]}"
        )
        for _ in range(limits.concurrent_max):
            for server in self._servers:
                self._idle.put_nowait(server)
        transformation = Transformation(
            request,
            multi_record=limits.strategy == "MultiRecord",
            payload_max_bytes=limits.payload_max_mb * MEBIBYTE or None,
        )
        await self._transform(transformation, await self._files(), limits.concurrent_max * len(self._servers))

    async def _files(self) -> list[RemoteFile]:
        source = self.record.request["TransformInput"]["DataSource"]["S3DataSource"]
        files = await list_channel(self._services.objects, {"DataSource": {"S3DataSource": source}})
        if not files:
            uri = source["S3Uri"]
            role = self.record.state.get("role", "")
            bucket = parse_s3_uri(uri).bucket
            raise JobFailed(f"ClientError: {no_objects(uri, Place.of(self.record.arn).region, role, bucket)}")
        return files

    async def _serve(self) -> None:
        count = self.record.request["TransformResources"]["InstanceCount"]
        for number in range(1, count + 1):
            folder = self._folder if count == 1 else self._folder / f"instance-{number}"
            folder.mkdir(parents=True, exist_ok=True)
            server = ModelServer(self._services, self._serving(folder, f"i-{number}-{self.record.folder[-8:]}"))
            self._servers.append(server)
            await server.start()
        try:
            await asyncio.gather(*(server.ready() for server in self._servers))
        except NotServing as error:
            raise JobFailed(f"AlgorithmError: See job logs for more information ({error})") from None

    def _serving(self, folder: Path, instance: str) -> Serving:
        request = self.record.request
        environment = {
            "SAGEMAKER_BATCH": "true",
            **Limits.of(request, {}).environment(),
            **request.get("Environment", {}),
        }
        return Serving(
            folder=folder,
            container=self.record.state["container"],
            region=Place.of(self.record.arn).region,
            log_group=LOG_GROUP,
            log_stream=f"{self.record.name}/{instance}",
            environment=environment,
        )

    async def _transform(self, transformation: Transformation, files: list[RemoteFile], width: int) -> None:
        gate = asyncio.Semaphore(width)

        async def one(file: RemoteFile) -> None:
            async with gate:
                await self._transform_object(transformation, file, width)

        tasks = [asyncio.create_task(one(file)) for file in files]
        try:
            for task in tasks:
                await task
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _transform_object(self, transformation: Transformation, file: RemoteFile, width: int) -> None:
        async with self._local_copy(file) as (given, made):
            pending: deque[tuple[Batch, asyncio.Task[bytes]]] = deque()
            try:
                with given.open("rb") as stream, made.open("wb") as output:
                    for batch in transformation.batches(stream):
                        pending.append((batch, asyncio.create_task(self._send(file, batch))))
                        if len(pending) >= width:
                            output.write(await _next_output(transformation, pending))
                    while pending:
                        output.write(await _next_output(transformation, pending))
            finally:
                for _, task in pending:
                    task.cancel()
            target = parse_s3_uri(self.record.request["TransformOutput"]["S3OutputPath"]) / f"{file.path}.out"
            await upload(self._services.objects, made, target)

    @asynccontextmanager
    async def _local_copy(self, file: RemoteFile) -> AsyncIterator[tuple[Path, Path]]:
        folder = self._folder / "data" / uuid4().hex
        folder.mkdir(parents=True)
        try:
            given = folder / "input"
            try:
                await self._services.objects.get_file(file.uri.bucket, file.uri.key, given)
            except NotFound as error:
                raise JobFailed(f"ClientError: {file.uri}: {error}") from None
            if self.record.request["TransformInput"].get("CompressionType", "None") == "Gzip":
                given = await in_thread(_decompress, given)
            yield given, folder / "output"
        finally:
            await in_thread(shutil.rmtree, folder, ignore_errors=True)

    async def _send(self, file: RemoteFile, batch: Batch) -> bytes:
        config = self.record.request.get("ModelClientConfig", {})
        answer: Response | None = None
        trouble = ""
        for _ in range(1 + config.get("InvocationsMaxRetries", 0)):
            server = await self._idle.get()
            try:
                answer = await server.invoke(
                    self._headers(), batch.body, config.get("InvocationsTimeoutInSeconds", 600)
                )
                if 200 <= answer.status < 300:
                    return answer.body
                if answer.status < 500:
                    break
            except (NoAnswer, TimeoutError) as error:
                trouble = f"Unable to get response from algorithm: {error or 'it took too long'}"
            finally:
                self._idle.put_nowait(server)
        raise JobFailed(self._refused(file, answer, trouble))

    def _refused(self, file: RemoteFile, answer: Response | None, trouble: str) -> str:
        where = f"{file.uri.bucket}/{file.uri.key}"
        if answer is None:
            self._log(f"{where}: {trouble}")
            return f"AlgorithmError: See job logs for more information ({where}: {trouble})"
        message = answer.body.decode("utf-8", "replace")
        self._log(f"{where}: Bad HTTP status received from algorithm: {answer.status}")
        for line in ("", "Message:", message):
            self._log(f"{where}: {line}")
        kind = "ClientError" if answer.status < 500 else "AlgorithmError"
        return f"{kind}: See job logs for more information ({where}: the algorithm answered {answer.status}: {message})"

    def _headers(self) -> Mapping[str, str]:
        request = self.record.request
        headers = {
            "Content-Type": request["TransformInput"].get("ContentType"),
            "Accept": request["TransformOutput"].get("Accept"),
        }
        return {name: value for name, value in headers.items() if value}

    def _log(self, text: str) -> None:
        stream = f"{self.record.name}/i-1-{self.record.folder[-8:]}/data-log"
        self._services.logs.append(LOG_GROUP, stream, [(self._services.now(), f"[sagemaker logs]: {text}")])

    async def _finish(self, status: str, **state: Json) -> None:
        await self._save(status, TransformEndTime=self._services.now(), **state)

    async def _save(self, status: str | None = None, **state: Json) -> None:
        self.record = self.record.with_state(self._services.now(), status, **state)
        self._services.records.save(self.record)
        await self._services.records.committed()


async def _next_output(transformation: Transformation, pending: deque[tuple[Batch, asyncio.Task[bytes]]]) -> bytes:
    batch, task = pending.popleft()
    try:
        return transformation.output(batch, await task)
    finally:
        task.cancel()


def _decompress(path: Path) -> Path:
    target = path.with_name("decompressed")
    try:
        with gzip.open(path) as source, target.open("wb") as sink:
            shutil.copyfileobj(source, sink, MEBIBYTE)
    except (OSError, EOFError) as error:
        raise JobFailed(f"ClientError: The input is not gzip: {error}") from None
    return target
