"""What every part of the local SageMaker stands on, handed in from outside.

The two data planes are named here as far as they are used, so that a job needs no more than that of them.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from stepfunctions.sagemaker.hosts import HostLauncher
from stepfunctions.sagemaker.images import Images
from stepfunctions.sagemaker.records import Records
from stepfunctions.values import Instant


class Summary(Protocol):
    """An object as a listing shows it."""

    @property
    def key(self) -> str: ...


class Objects(Protocol):
    """The part of the object store that jobs use (``s3.objects.ObjectStore``)."""

    def head_bucket(self, bucket: str) -> object:
        """Return the bucket; raises ``NotFound``."""
        ...

    def iterate(self, bucket: str, prefix: str = "") -> Iterator[Summary]:
        """Yield the objects under *prefix* in the order of their keys; raises ``NotFound`` without the bucket."""
        ...

    async def get_file(self, bucket: str, key: str, destination: Path) -> object:
        """Write the object to a new file; raises ``NotFound``."""
        ...

    async def put_file(self, bucket: str, key: str, path: Path) -> object:
        """Store the file at *path*; raises ``NotFound`` without the bucket."""
        ...


class Logs(Protocol):
    """The part of the log store that jobs use (``logs.store.LogStore``)."""

    def append(self, group: str, stream: str, events: Sequence[tuple[Instant, str]]) -> None:
        """Queue events for the next commit; makes group and stream where they are missing."""
        ...


def now() -> Instant:
    """Return the time."""
    return time.time_ns() // 1_000_000


_INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TZ", "PYTHONPATH", "LD_LIBRARY_PATH", "SSL_CERT_FILE")


def inherited_environment() -> dict[str, str]:
    """Return what a job takes over from us: what it needs to run, never the user's AWS credentials."""
    return {name: os.environ[name] for name in _INHERITED if name in os.environ}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Durations and sizes that a user or a test may change.

    Args:
        environment: added to every job's environment, such as ``AWS_ENDPOINT_URL`` and credentials for it.
        stop_grace_seconds: between SIGTERM and SIGKILL. AWS: 120.
        training_jobs_max: how many train at a time; others wait in ``Starting``.
        log_interval_seconds: how often new log lines are copied.
        start_timeout_seconds: for a model's process to answer GET /ping.
        invocation_timeout_seconds: for one answer of a model. AWS: 60.
        restart_delay_seconds: before an endpoint's process that died is started again; doubles, up to 30.
    """

    environment: Mapping[str, str] = field(default_factory=dict)
    stop_grace_seconds: float = 120
    training_jobs_max: int = max(4, os.cpu_count() or 1)
    log_interval_seconds: float = 0.25
    start_timeout_seconds: float = 600
    invocation_timeout_seconds: float = 60
    restart_delay_seconds: float = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The surroundings of jobs and endpoints.

    Args:
        folder: where job folders lie: ``<data>/sagemaker``.
        now: the clock.
    """

    records: Records
    objects: Objects
    logs: Logs
    images: Images
    hosts: HostLauncher
    folder: Path
    settings: Settings = field(default_factory=Settings)
    now: Callable[[], Instant] = now
