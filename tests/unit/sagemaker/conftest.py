"""A local SageMaker on a temporary folder, with a tiny image and data planes in memory."""

from __future__ import annotations

import asyncio
import contextlib
import io
import os
import select
import sys
import tarfile
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from stepfunctions.errors import NotFound
from stepfunctions.sagemaker.hosts import LocalHosts
from stepfunctions.sagemaker.images import Image, Images
from stepfunctions.sagemaker.jobs.metrics import MetricDefinition
from stepfunctions.sagemaker.records import Records
from stepfunctions.sagemaker.service import SageMaker
from stepfunctions.sagemaker.services import Services, Settings
from stepfunctions.store.database import Database
from stepfunctions.values import Json

PROGRAM = Path(__file__).with_name("fake_image.py")
IMAGE = "811284229777.dkr.ecr.us-east-1.amazonaws.com/fake:1"
ROLE = "arn:aws:iam::000000000000:role/Worker"


@dataclass(frozen=True)
class FakeSummary:
    key: str


class FakeObjects:
    """Objects by bucket and key, in memory."""

    def __init__(self) -> None:
        self.buckets: dict[str, dict[str, bytes]] = {"data": {}, "out": {}}

    def head_bucket(self, bucket: str) -> None:
        self._bucket(bucket)

    def iterate(self, bucket: str, prefix: str = "") -> Iterator[FakeSummary]:
        for key in sorted(self._bucket(bucket)):
            if key.startswith(prefix):
                yield FakeSummary(key)

    async def get_file(self, bucket: str, key: str, destination: Path) -> None:
        if key not in self._bucket(bucket):
            raise NotFound("The specified key does not exist.")
        with destination.open("xb") as stream:
            stream.write(self.buckets[bucket][key])

    async def put_file(self, bucket: str, key: str, path: Path) -> None:
        self._bucket(bucket)[key] = path.read_bytes()

    def _bucket(self, name: str) -> dict[str, bytes]:
        if name not in self.buckets:
            raise NotFound("The specified bucket does not exist")
        return self.buckets[name]


@dataclass
class FakeLogs:
    """Log lines by group and stream."""

    lines: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    appended: asyncio.Event = field(default_factory=asyncio.Event)

    def append(self, group: str, stream: str, events: Sequence[tuple[int, str]]) -> None:
        self.lines.setdefault((group, stream), []).extend(text for _, text in events)
        self.appended.set()

    async def said(self, line: str) -> None:
        """Return once *line* has been logged anywhere."""
        async with asyncio.timeout(30):
            while not any(line in lines for lines in self.lines.values()):
                self.appended.clear()
                await self.appended.wait()

    def of(self, group: str, start: str) -> list[str]:
        return [
            line
            for (each, stream), lines in self.lines.items()
            if each == group and stream.startswith(start)
            for line in lines
        ]


@dataclass
class World:
    """Everything that outlives one SageMaker service."""

    folder: Path
    objects: FakeObjects
    logs: FakeLogs
    database: Database
    settings: Settings

    def start(self) -> SageMaker:
        program = (sys.executable, "-S", str(PROGRAM))
        images = Images()
        images.register(
            "fake",
            lambda uri: Image(
                "fake",
                (*program, "train"),
                (*program, "serve"),
                (MetricDefinition("validation:rmse", r".*#011validation-rmse:(\S+)"),),
                hosts_max=3,
            ),
        )
        return SageMaker(
            Services(
                records=Records(self.database),
                objects=self.objects,
                logs=self.logs,
                images=images,
                hosts=LocalHosts(),
                folder=self.folder,
                settings=self.settings,
            )
        )


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    database = Database(None)
    settings = Settings(stop_grace_seconds=10, log_interval_seconds=0.02, restart_delay_seconds=0.01)
    yield World(tmp_path / "sagemaker", FakeObjects(), FakeLogs(), database, settings)
    database.close()
    assert processes_in(tmp_path) == []


@pytest.fixture
async def sagemaker(world: World) -> AsyncIterator[SageMaker]:
    service = world.start()
    yield service
    await service.close(leave_jobs=False)


def processes_in(folder: Path) -> list[str]:
    """Return the command lines of processes that work in *folder* and do not end: to be killed takes a moment."""
    for entry in _working_in(folder):
        with contextlib.suppress(ProcessLookupError):
            process = os.pidfd_open(int(entry))
            select.select([process], [], [], 5)
            os.close(process)
    return list(_working_in(folder).values())


def _working_in(folder: Path) -> dict[str, str]:
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
            where = os.readlink(entry / "cwd")
        except OSError:
            continue
        if str(folder) in command or where.startswith(str(folder)):
            found[entry.name] = command
    return found


def make_archive(**files: str) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for name, text in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(text)
            tar.addfile(info, io.BytesIO(text.encode()))
    return out.getvalue()


@pytest.fixture
def archive() -> object:
    """Return the function that packs texts into a model.tar.gz."""
    return make_archive


def training_request(name: str = "job", **changes: Json) -> Json:
    request = {
        "TrainingJobName": name,
        "AlgorithmSpecification": {"TrainingImage": IMAGE, "TrainingInputMode": "File"},
        "RoleArn": ROLE,
        "InputDataConfig": [
            {
                "ChannelName": "train",
                "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://data/train/"}},
                "ContentType": "text/csv",
            }
        ],
        "OutputDataConfig": {"S3OutputPath": "s3://out/models"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10},
        "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
        "HyperParameters": {},
    }
    return {**request, **changes}


@pytest.fixture
def train_request() -> object:
    return training_request
