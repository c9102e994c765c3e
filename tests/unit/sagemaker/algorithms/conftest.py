"""A job's folder, and the image as a real process."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

IMAGE = "stepfunctions.sagemaker.algorithms.xgboost"
LENIENT = "811284229777.dkr.ecr.us-east-1.amazonaws.com/xgboost:1"
STRICT = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"


@dataclass(frozen=True)
class Job:
    """One host's folder, as the local SageMaker lays it out."""

    base: Path

    def config(self, name: str, value: Any) -> None:
        path = self.base / "input" / "config" / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(value))

    def channels(self, content_type: str = "libsvm", **channels: Mapping[str, str | bytes]) -> None:
        self.config(
            "inputdataconfig",
            {
                name: {
                    "ContentType": content_type,
                    "TrainingInputMode": "File",
                    "S3DistributionType": "FullyReplicated",
                }
                for name in channels
            },
        )
        for channel, files in channels.items():
            for name, content in files.items():
                path = self.base / "input" / "data" / channel / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content.encode() if isinstance(content, str) else content)

    def hyperparameters(self, **values: object) -> None:
        self.config("hyperparameters", {name: str(value) for name, value in values.items()})

    @property
    def failure(self) -> str:
        return (self.base / "output" / "failure").read_text()

    def environment(self, image: str = STRICT, **more: str) -> dict[str, str]:
        return {**os.environ, "SAGEMAKER_BASE_DIR": str(self.base), "STEPLADDER_IMAGE": image, **more}

    def start(self, command: str, image: str = STRICT, **more: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", IMAGE, command],
            env=self.environment(image, **more),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def train(self, image: str = STRICT, **more: str) -> tuple[int, str]:
        """Run the training to its end; return the exit code and the log."""
        with self.start("train", image, **more) as process:
            try:
                log, _ = process.communicate(timeout=60)
            finally:
                process.kill()
        return process.returncode, log


@dataclass(frozen=True)
class Reply:
    status: int
    content_type: str | None
    body: bytes


@dataclass
class Endpoint:
    """A serving process on a free port."""

    port: int
    process: subprocess.Popen[str]

    def request(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Reply:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
            response = connection.getresponse()
            return Reply(response.status, response.headers.get_content_type(), response.read())
        finally:
            connection.close()

    def invoke(self, body: bytes, content_type: str, accept: str = "*/*") -> Reply:
        return self.request("POST", "/invocations", body, Content_Type=content_type, Accept=accept)

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=10)


@pytest.fixture
def job(tmp_path: Path) -> Job:
    job = Job(tmp_path / "ml")
    (job.base / "model").mkdir(parents=True)
    return job


@pytest.fixture
def serve() -> Iterator[Callable[..., Endpoint]]:
    """Start a serving process and wait until it answers a ping; it is ended with the test."""
    processes: list[subprocess.Popen[str]] = []

    def start(job: Job, **environment: str) -> Endpoint:
        process = job.start("serve", SAGEMAKER_BIND_TO_PORT="0", **environment)
        processes.append(process)
        assert process.stdout is not None
        for line in process.stdout:
            if "Model loaded successfully" in line:
                break
        else:
            raise AssertionError(f"the server ended with {process.wait()}")
        return Endpoint(json.loads((job.base / "serve.json").read_text())["port"], process)

    yield start
    for process in processes:
        process.terminate()
        try:
            process.wait(timeout=10)
        finally:
            process.kill()
            if process.stdout:
                process.stdout.close()


@pytest.fixture(scope="session")
def abalone() -> dict[str, bytes]:
    """The container's abalone files: train_0, train_1, validation."""
    shared = os.environ.get("STEPLADDER_SHARED")
    if not shared:
        pytest.skip("STEPLADDER_SHARED is not set")
    folder = Path(shared) / "data" / "abalone"
    return {path.name.removeprefix("abalone."): path.read_bytes() for path in folder.iterdir()}


def regression_rows(row_count: int, seed: int = 0) -> str:
    """Rows of a simple truth, as libsvm that counts from 1."""
    import numpy as np

    features = np.random.default_rng(seed).uniform(0, 1, (row_count, 4)).round(4)
    labels = (3 * features[:, 0] - 2 * features[:, 1]).round(4)
    return "".join(
        f"{label} " + " ".join(f"{at}:{value}" for at, value in enumerate(row, 1)) + "\n"
        for label, row in zip(labels, features, strict=True)
    )


@pytest.fixture
def small_job(job: Job) -> Job:
    """A job with 200 rows to train on and 50 to validate on, three rounds."""
    job.channels(train={"part-0": regression_rows(200)}, validation={"part-0": regression_rows(50, seed=1)})
    job.hyperparameters(num_round=3, objective="reg:squarederror", max_depth=3)
    return job
