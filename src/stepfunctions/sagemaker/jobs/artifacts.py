"""Model artefacts: packing a folder into ``model.tar.gz`` and back, and moving it to and from S3.

Unpacking takes only regular files and folders inside the target (the standard library's ``data`` filter): an archive
may come from anywhere.
"""

from __future__ import annotations

import os
import shutil
import tarfile
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from stepfunctions.errors import NotFound
from stepfunctions.sagemaker.jobs.failure import JobFailed
from stepfunctions.sagemaker.jobs.listing import list_prefix
from stepfunctions.sagemaker.s3_uri import S3Uri
from stepfunctions.sagemaker.services import Objects
from stepfunctions.sagemaker.threads import in_thread


def files_of(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield the files below *folder* by relative path, sorted."""
    for parent, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(parent) / name
            yield path.relative_to(folder).as_posix(), path


def pack(folders: Iterable[Path], archive: Path) -> bool:
    """Write the files of *folders* as one gzipped tar; the first of equal names wins. Return whether there was any.

    The hosts of a job each have a model folder; SageMaker makes one artefact of them.
    """
    files: dict[str, Path] = {}
    for folder in folders:
        for name, path in files_of(folder):
            files.setdefault(name, path)
    if not files:
        return False
    part = archive.with_name(f"{archive.name}.part")
    with tarfile.open(part, "w:gz", compresslevel=6) as tar:
        for name, path in files.items():
            tar.add(path, name, recursive=False)
    part.replace(archive)
    return True


def unpack(archive: Path, folder: Path) -> None:
    """Unpack a gzipped tar into *folder*.

    Raises:
        JobFailed: not an archive, or one that would write outside.
    """
    try:
        with tarfile.open(archive, "r:*") as tar:
            if hasattr(tarfile, "data_filter"):
                tar.extractall(folder, filter="data")
            else:
                tar.extractall(folder, [_harmless(member) for member in tar])
    except (tarfile.TarError, EOFError, OSError) as error:
        raise JobFailed(f"ClientError: The model artefact {archive.name} cannot be unpacked: {error}") from None


def _harmless(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Return *member* if it stays in its folder: Python before 3.11.4 has no filter that sees to it."""
    path = PurePosixPath(member.name)
    if path.is_absolute() or ".." in path.parts or not (member.isreg() or member.isdir()):
        raise tarfile.TarError(f"{member.name!r} is not a file inside it")
    return member


async def upload(objects: Objects, path: Path, uri: S3Uri) -> None:
    """Store a file.

    Raises:
        JobFailed: the bucket is gone.
    """
    try:
        await objects.put_file(uri.bucket, uri.key, path)
    except NotFound as error:
        raise JobFailed(f"ClientError: Artifact upload failed:{uri}: {error}") from None


async def upload_folder(objects: Objects, folder: Path, uri: S3Uri) -> None:
    """Store every file below *folder* under a prefix."""
    for name, path in await in_thread(lambda: list(files_of(folder))):
        await upload(objects, path, uri / name)


async def download_folder(objects: Objects, uri: S3Uri, folder: Path) -> int:
    """Copy everything under a prefix into *folder*; return how many files there were."""
    files = list_prefix(objects, uri)
    for file in files:
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        await objects.get_file(file.uri.bucket, file.uri.key, path)
    return len(files)


async def fetch_model(objects: Objects, uri: S3Uri, folder: Path, *, packed: bool = True) -> None:
    """Make *folder* hold exactly the model at *uri*.

    Args:
        packed: a gzipped tar; otherwise a prefix of files.

    Raises:
        JobFailed: it is not there or cannot be unpacked.
    """
    await in_thread(shutil.rmtree, folder, ignore_errors=True)
    folder.mkdir(parents=True)
    if not packed:
        if not await download_folder(objects, uri, folder):
            raise JobFailed(f"ClientError: Could not find model data at {uri}.")
        return
    archive = folder.parent / "model.tar.gz"
    archive.unlink(missing_ok=True)
    try:
        await objects.get_file(uri.bucket, uri.key, archive)
    except NotFound:
        raise JobFailed(f"ClientError: Could not find model data at {uri}.") from None
    try:
        await in_thread(unpack, archive, folder)
    finally:
        archive.unlink(missing_ok=True)
