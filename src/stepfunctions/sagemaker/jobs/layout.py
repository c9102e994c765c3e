"""The folder of a host, laid out as ``/opt/ml``, and the environment of its program.

A job of one host lives in the job's own folder; a job of several has a folder for each, named after the host.

Source: SageMaker Developer Guide, "How Amazon SageMaker Provides Training Information".
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from stepfunctions.sagemaker.launcher import write_json
from stepfunctions.sagemaker.place import Place
from stepfunctions.sagemaker.records import Record
from stepfunctions.sagemaker.services import Settings, inherited_environment
from stepfunctions.values import Json

OPT_ML = "/opt/ml"
CHECKPOINTS = f"{OPT_ML}/checkpoints"
_FOLDERS = ("input/config", "input/data", "model", "output/data", "checkpoints", "tmp")


def host_names(count: int) -> list[str]:
    """Return ``["algo-1", ...]``."""
    return [f"algo-{number}" for number in range(1, count + 1)]


def host_folder(job: Path, host: str, hosts: list[str]) -> Path:
    """Return the folder of one host of a job."""
    return job if len(hosts) == 1 else job / host


def write_layout(folder: Path, record: Record, host: str, hosts: list[str]) -> None:
    """Make the folders and configuration files of one host of a training job."""
    for name in _FOLDERS:
        (folder / name).mkdir(parents=True, exist_ok=True)
    for name, value in _configuration(record.request, host, hosts).items():
        write_json(str(folder / "input" / "config" / f"{name}.json"), value)


def _configuration(request: Json, host: str, hosts: list[str]) -> dict[str, Json]:
    resources = request["ResourceConfig"]
    instance_type = resources.get("InstanceType", "local")
    group = "homogeneousCluster"
    files: dict[str, Json] = {
        "hyperparameters": request.get("HyperParameters", {}),
        "inputdataconfig": {
            channel["ChannelName"]: _channel(channel, request) for channel in request.get("InputDataConfig", [])
        },
        "resourceconfig": {
            "current_host": host,
            "current_instance_type": instance_type,
            "current_group_name": group,
            "hosts": hosts,
            "instance_groups": [
                {"instance_group_name": group, "instance_type": instance_type, "hosts": hosts},
            ],
            "network_interface_name": "lo",
        },
    }
    if "CheckpointConfig" in request:
        files["checkpointconfig"] = request["CheckpointConfig"]
    return files


def _channel(channel: Json, request: Json) -> Json:
    default_mode = request["AlgorithmSpecification"]["TrainingInputMode"]
    source = channel["DataSource"]["S3DataSource"]
    return {
        "TrainingInputMode": channel.get("InputMode", default_mode),
        "S3DistributionType": source.get("S3DataDistributionType", "FullyReplicated"),
        "RecordWrapperType": channel.get("RecordWrapperType", "None"),
        **({"ContentType": channel["ContentType"]} if "ContentType" in channel else {}),
    }


def program_environment(
    settings: Settings, folder: Path, image: str, region: str, own: Mapping[str, str], **added: str
) -> dict[str, str]:
    """Return the whole environment of a program.

    Args:
        own: the request's Environment; it cannot displace what says where the program is.
        added: further variables, such as TRAINING_JOB_NAME.
    """
    return {
        "PYTHONUNBUFFERED": "1",
        **inherited_environment(),
        **settings.environment,
        **own,
        **added,
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "SAGEMAKER_BASE_DIR": str(folder),
        "STEPLADDER_IMAGE": image,
    }


def training_environment(settings: Settings, folder: Path, record: Record) -> dict[str, str]:
    """Return the environment of a training program.

    ``STEPLADDER_RENDEZVOUS`` is where hosts of one job find each other: names such as algo-1 mean nothing here. They
    share this machine's processors, so each takes its part of them: threads that wait for each other across processes
    that all want every processor spend their time waiting.
    """
    port = record.state.get("rendezvous_port")
    hosts = record.request["ResourceConfig"].get("InstanceCount", 1)
    share = max(1, (os.cpu_count() or 1) // hosts)
    added = {} if port is None else {"STEPLADDER_RENDEZVOUS": f"127.0.0.1:{port}", "OMP_NUM_THREADS": str(share)}
    return program_environment(
        settings,
        folder,
        record.request["AlgorithmSpecification"].get("TrainingImage", ""),
        Place.of(record.arn).region,
        record.request.get("Environment", {}),
        TRAINING_JOB_NAME=record.name,
        TRAINING_JOB_ARN=record.arn,
        **added,
    )
