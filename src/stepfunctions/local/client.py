"""A local cloud from Python: started as a child process, used through boto3, gone with its parent.

::

    with stepfunctions.LocalCloud() as cloud:
        cloud.boto_session().client("stepfunctions").list_state_machines()
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from stepfunctions.endpoints import keep_on_this_machine
from stepfunctions.errors import StepladderError
from stepfunctions.local import environment
from stepfunctions.local.settings import ACCESS_KEY_ID, DEFAULT_REGION, SECRET_ACCESS_KEY

if TYPE_CHECKING:
    import boto3

STOP_MAX_SECONDS = 15
"""How long a cloud may take to stop before it is killed; what it acknowledged is safe either way."""


class CloudFailed(StepladderError):
    """The cloud's process did not start; carries what it said."""


def spawn(
    arguments: Sequence[str], data: Path, *, pass_fds: Sequence[int] = (), variables: Mapping[str, str] | None = None
) -> tuple[subprocess.Popen[str], str]:
    """Run ``sfn local start`` as a process in a session of its own, and return it with its URL once it answers.

    What it says until then is kept apart, so that a cloud which does not start leaves nothing in the folder; afterwards
    it writes to ``cloud.log`` there.

    Args:
        arguments: of ``sfn local start``.
        data: the data folder that they name.
        pass_fds: file descriptors that it shall have.
        variables: more variables for its environment.

    Raises:
        CloudFailed: it did not start; the message is what it said.
    """
    command = [sys.executable, "-m", "stepfunctions", "local", "start", *arguments, "--json", "--log"]
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(
            command, pass_fds=pass_fds, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said, text=True,
            env={**os.environ, **(variables or {})}, start_new_session=True,
        )  # fmt: skip
        assert process.stdout is not None
        line = process.stdout.readline()
        said.seek(0)
        text = said.read()
        if not line:
            process.stdout.close()
            process.wait()
            raise CloudFailed(text.strip().removeprefix("sfn: ") or "the local cloud did not start, and said nothing")
    if text:
        with open(data / "cloud.log", "a") as log:
            log.write(text)
    return process, json.loads(line)["url"]


class LocalCloud:
    """A local cloud in a child process, which stops when this object is closed or this process ends.

    Args:
        data: the folder to keep everything in; a temporary one, removed at the end, by default.
        port: the loopback port; 0, the default, takes a free one.
        region: of the clients of ``boto_session``.
        services: services answered elsewhere, as ``{"dynamodb": "http://127.0.0.1:8000"}``.
        environment: more variables for the cloud's process and its jobs.

    Attributes:
        url: where it answers, such as ``http://127.0.0.1:40123``.
        data: the data folder.
        pid: the process.
    """

    def __init__(
        self,
        data: str | os.PathLike[str] | None = None,
        *,
        port: int = 0,
        region: str = DEFAULT_REGION,
        services: dict[str, str] | None = None,
        environment: dict[str, str] | None = None,
    ) -> None:
        self._temporary = data is None
        self._port = port
        self._services = services or {}
        self._environment = environment or {}
        self._process: subprocess.Popen[str] | None = None
        self._lifeline: int | None = None
        self.region = region
        self.data = Path(tempfile.mkdtemp(prefix="stepladder-")) if data is None else Path(data)
        self.url = ""

    @property
    def pid(self) -> int | None:
        """The process of the cloud; None while it does not run."""
        return None if self._process is None else self._process.pid

    def start(self) -> Self:
        """Start the cloud and return once it answers.

        Raises:
            CloudFailed: the port is taken, the folder cannot be written, or a part of ``stepladder[local]`` is missing.
        """
        ours, theirs = os.pipe()
        arguments = ["--port", str(self._port), "--data", str(self.data), "--region", self.region]
        arguments += ["--parent", str(ours)]
        arguments += ["--temporary"] if self._temporary else []
        arguments += [f"--service={name}={url}" for name, url in self._services.items()]
        self._lifeline = theirs
        try:
            self._process, self.url = spawn(arguments, self.data, pass_fds=[ours], variables=self._environment)
        except CloudFailed:
            self.stop()
            raise
        finally:
            os.close(ours)
        return self

    def stop(self) -> None:
        """Stop the cloud in order, and remove its folder if it was a temporary one. Idempotent."""
        process, self._process = self._process, None
        if process is not None:
            _terminate(process, STOP_MAX_SECONDS)
            if process.stdout is not None:
                process.stdout.close()
        if self._lifeline is not None:
            os.close(self._lifeline)
            self._lifeline = None
        if self._temporary:
            shutil.rmtree(self.data, ignore_errors=True)

    def kill(self) -> None:
        """Kill the cloud as ``kill -9`` would; ``start`` brings it up again on the same folder."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            keep, self._temporary = self._temporary, False
            self.stop()
            self._temporary = keep

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def boto_session(self, region: str | None = None) -> boto3.Session:
        """Return a boto3 session whose clients all talk to this cloud, whatever the environment says."""
        import boto3
        import botocore.session

        keep_on_this_machine(always=True)
        core = botocore.session.get_session()
        core.set_config_variable("region", region or self.region)
        core.get_component("config_store").set_config_variable("endpoint_url", self.url)
        return boto3.Session(
            aws_access_key_id=ACCESS_KEY_ID,
            aws_secret_access_key=SECRET_ACCESS_KEY,
            region_name=region or self.region,
            botocore_session=core,
        )

    def environ(self) -> dict[str, str]:
        """Return the environment for a program that is to run against this cloud (``sfn local exec``)."""
        return environment.for_program(self.url, self.region)


def _terminate(process: subprocess.Popen[str], max_seconds: float) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        process.wait(max_seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
