"""The folder of one host of one job, laid out as SageMaker's ``/opt/ml``.

Reads what the platform wrote (``input/config/*.json``) and names where results go. It does not create the layout: that
is the platform's work. Files that SageMaker writes only sometimes (checkpointconfig.json) may be missing.

Source: SageMaker Developer Guide, "How Amazon SageMaker Provides Training Information".
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stepfunctions.sagemaker.algorithms.errors import AlgorithmFailure, PlatformError

DEFAULT_BASE = "/opt/ml"


@dataclass(frozen=True)
class Hosts:
    """The machines of a job: Shape of the file: ``{"current_host": str, "hosts": [str], ...}``."""

    current: str
    names: tuple[str, ...]

    @property
    def rank(self) -> int:
        """This host's place in the job, from 0."""
        return self.names.index(self.current)

    @property
    def is_first(self) -> bool:
        """Whether this host writes the model."""
        return self.rank == 0


@dataclass(frozen=True)
class JobFolder:
    """Paths and configuration under one base folder."""

    base: Path

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> JobFolder:
        """Return the folder that ``SAGEMAKER_BASE_DIR`` names, ``/opt/ml`` without it."""
        return cls(Path(environment.get("SAGEMAKER_BASE_DIR") or DEFAULT_BASE))

    @property
    def model(self) -> Path:
        """Where the artefact goes."""
        return self.base / "model"

    @property
    def output_data(self) -> Path:
        """Where further results go (output.tar.gz)."""
        return self.base / "output" / "data"

    @property
    def temporary(self) -> Path:
        """A folder that is never uploaded."""
        return self.base / "tmp"

    def channel(self, name: str) -> Path:
        """Return the folder of a channel's files."""
        return self.base / "input" / "data" / name

    def hyperparameters(self) -> dict[str, str]:
        """Return hyperparameters.json: names and values, both text."""
        return {name: str(value) for name, value in self._config("hyperparameters").items()}

    def input_data_config(self) -> dict[str, dict[str, Any]]:
        """Return inputdataconfig.json: ``{channel: {"ContentType": str, "TrainingInputMode": str, ...}}``."""
        return self._config("inputdataconfig")

    def checkpoints(self) -> Path | None:
        """Return where checkpoints are kept, None when the job has no CheckpointConfig.

        A ``LocalPath`` under ``/opt/ml`` is taken relative to the base folder, since here ``/opt/ml`` is the base.
        """
        local = self._config("checkpointconfig", required=False).get("LocalPath")
        if not local:
            return None
        path = Path(local)
        return self.base / path.relative_to(DEFAULT_BASE) if path.is_relative_to(DEFAULT_BASE) else path

    def hosts(self) -> Hosts:
        """Return the job's hosts; one host when resourceconfig.json is missing."""
        config = self._config("resourceconfig", required=False)
        names = tuple(config.get("hosts") or ["algo-1"])
        return Hosts(config.get("current_host", names[0]), names)

    def write_failure(self, failure: AlgorithmFailure) -> None:
        """Write ``output/failure``, from which a job's FailureReason is made."""
        path = self.base / "output" / "failure"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(failure.failure_text(), encoding="utf-8")

    def _config(self, name: str, *, required: bool = True) -> dict[str, Any]:
        path = self.base / "input" / "config" / f"{name}.json"
        try:
            value = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            if required:
                raise PlatformError(f"{path} is missing: is SAGEMAKER_BASE_DIR the folder of a training job?") from None
            return {}
        except ValueError as error:
            raise PlatformError(f"{path} is not JSON: {error}") from error
        if not isinstance(value, dict):
            raise PlatformError(f"{path} holds {type(value).__name__}, not an object")
        return value
