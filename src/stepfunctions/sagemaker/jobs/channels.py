"""The input channels of a training job: from S3 to ``input/data/<channel>/``.

File and FastFile mode copy; FastFile's laziness is a matter of speed, which a local copy has. What is not available
here, Pipe mode, augmented manifests and file systems, is refused by ``check_channels`` before the job exists.

Source: SageMaker API Reference, "Channel", "S3DataSource".
"""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path

from stepfunctions.errors import InvalidRequest, NotFound, StoreError
from stepfunctions.sagemaker.errors import NotAvailable
from stepfunctions.sagemaker.jobs.failure import JobFailed
from stepfunctions.sagemaker.jobs.listing import DATA_TYPES, RemoteFile, list_files, shard
from stepfunctions.sagemaker.services import Objects
from stepfunctions.sagemaker.threads import in_thread
from stepfunctions.values import Json

_COPIED_MODES = ("File", "FastFile")


def check_channels(channels: Json, default_mode: str) -> None:
    """Refuse what is not available locally.

    Args:
        channels: InputDataConfig.
        default_mode: AlgorithmSpecification.TrainingInputMode.

    Raises:
        InvalidRequest: a name cannot be that of a folder, or occurs twice. (AWS's texts are not known.)
        NotAvailable: names the channel, the member and what to use instead.
    """
    names = [channel["ChannelName"] for channel in channels]
    for name in names:
        if name in (".", ".."):
            raise InvalidRequest(f"The channel name {name!r} cannot be the name of a folder. Choose another.")
        if names.count(name) > 1:
            raise InvalidRequest(f"The channel name {name!r} occurs more than once. Channel names must be unique.")
    for channel in channels:
        name, source = channel["ChannelName"], channel["DataSource"]
        mode = channel.get("InputMode", default_mode)
        if mode not in _COPIED_MODES:
            raise NotAvailable(f"Channel {name!r}: InputMode {mode!r} is not available locally. Use 'File'.")
        if channel.get("RecordWrapperType", "None") != "None":
            raise NotAvailable(f"Channel {name!r}: RecordWrapperType is not available locally. Leave it out.")
        if "S3DataSource" not in source:
            kinds = ", ".join(source) or "none"
            raise NotAvailable(f"Channel {name!r}: DataSource {kinds} is not available locally. Use S3DataSource.")
        kind = source["S3DataSource"]["S3DataType"]
        if kind not in DATA_TYPES:
            known = ", ".join(DATA_TYPES)
            raise NotAvailable(f"Channel {name!r}: S3DataType {kind!r} is not available locally. Use one of: {known}.")


async def list_channel(objects: Objects, channel: Json, rank: int = 0, hosts: int = 1) -> list[RemoteFile]:
    """Return the files of a channel for one host.

    Raises:
        JobFailed: the manifest is no good, or a key cannot be a file.
    """
    source = channel["DataSource"]["S3DataSource"]
    files = await list_files(objects, source)
    if source.get("S3DataDistributionType") == "ShardedByS3Key":
        return shard(files, rank, hosts)
    return files


async def download_channel(objects: Objects, channel: Json, files: list[RemoteFile], folder: Path) -> None:
    """Copy the files of a channel into *folder*, which is emptied first.

    Raises:
        JobFailed: an object vanished, or two keys want the same place.
    """
    await in_thread(_empty, folder)
    for file in files:
        path = folder / file.path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            await objects.get_file(file.uri.bucket, file.uri.key, path)
            if channel.get("CompressionType") == "Gzip":
                await in_thread(_decompress, path)
        except NotFound as error:
            raise JobFailed(f"ClientError: Data download failed:{file.uri}: {error}") from None
        except (OSError, StoreError, EOFError) as error:
            raise JobFailed(f"ClientError: Data download failed:{file.uri} to {file.path}: {error}") from None


def _empty(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


def _decompress(path: Path) -> None:
    """Replace a .gz file by its content, under its name without ``.gz``."""
    target = path.with_suffix("") if path.suffix == ".gz" else path
    part = path.with_name(f"{path.name}.part")
    with gzip.open(path) as source, part.open("wb") as sink:
        shutil.copyfileobj(source, sink, 1 << 20)
    path.unlink()
    part.replace(target)
