"""Which files an S3 address of a job stands for, and what they are called locally.

An ``S3Prefix`` matches every key that starts with it, a folder or not, as S3 itself does. A key that equals the prefix
is one file. A prefix that ends in the middle of a name (``data/train`` matching ``data/train_0``) keeps the whole name
``train_0``; that detail is not verified against AWS.

Source: SageMaker API Reference, "S3DataSource".
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from stepfunctions.errors import NotFound
from stepfunctions.sagemaker.jobs.failure import JobFailed
from stepfunctions.sagemaker.s3_uri import S3Uri, parse_s3_uri
from stepfunctions.sagemaker.services import Objects
from stepfunctions.values import Json, JsonError, loads

PREFIX, MANIFEST = "S3Prefix", "ManifestFile"
DATA_TYPES = (PREFIX, MANIFEST)


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """An object, and its path relative to the folder of its channel."""

    uri: S3Uri
    path: str


def relative_path(prefix: str, key: str) -> str:
    """Return the local path of *key*, which starts with *prefix*."""
    rest = key[len(prefix) :]
    if rest.startswith("/"):
        return rest[1:]
    if rest and (not prefix or prefix.endswith("/")):
        return rest
    return key[prefix.rfind("/") + 1 :]


def list_prefix(objects: Objects, uri: S3Uri) -> list[RemoteFile]:
    """Return the files under a prefix in the order of their keys; none if the bucket is missing.

    Raises:
        JobFailed: a key cannot be the name of a file here.
    """
    try:
        keys = [each.key for each in objects.iterate(uri.bucket, uri.key) if not each.key.endswith("/")]
    except NotFound:
        return []
    return [RemoteFile(S3Uri(uri.bucket, key), _safe(uri, key)) for key in keys]


def has_objects(objects: Objects, uri: S3Uri) -> bool:
    """Return whether anything lies under a prefix."""
    try:
        for _ in objects.iterate(uri.bucket, uri.key):
            return True
    except NotFound:
        pass  # no bucket, no objects
    return False


def bucket_exists(objects: Objects, bucket: str) -> bool:
    """Return whether the bucket is there."""
    try:
        objects.head_bucket(bucket)
    except NotFound:
        return False
    return True


async def list_files(objects: Objects, source: Json) -> list[RemoteFile]:
    """Return the files that an S3DataSource stands for; none if there are none.

    Raises:
        JobFailed: the manifest is no good, or a key cannot be a file.
    """
    uri = parse_s3_uri(source["S3Uri"])
    return await list_manifest(objects, uri) if source["S3DataType"] == MANIFEST else list_prefix(objects, uri)


async def list_manifest(objects: Objects, uri: S3Uri) -> list[RemoteFile]:
    """Return the files that a manifest names: ``[{"prefix": "s3://bucket/some/"}, "relative/path", ...]``.

    Raises:
        JobFailed: the manifest is missing or is not one.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "manifest"
        try:
            await objects.get_file(uri.bucket, uri.key, path)
        except NotFound:
            raise JobFailed(f"ClientError: Data download failed:The manifest file {uri} does not exist.") from None
        return _parse_manifest(uri, path.read_bytes())


def _parse_manifest(uri: S3Uri, text: bytes) -> list[RemoteFile]:
    try:
        entries: Json = loads(text)
        prefix, *names = entries
        base = parse_s3_uri(prefix["prefix"])
        return [RemoteFile(S3Uri(base.bucket, base.key + name), _safe(uri, name)) for name in names]
    except (JsonError, ValueError, TypeError, KeyError) as error:
        raise JobFailed(
            f'ClientError: Data download failed:{uri} is not a manifest: it must read [{{"prefix": "s3://..."}}, '
            f'"name", ...] ({error}).'
        ) from None


def shard(files: Sequence[RemoteFile], rank: int, count: int) -> list[RemoteFile]:
    """Return the files of host *rank* of *count* under ShardedByS3Key: each takes every *count*-th key."""
    return sorted(files, key=lambda file: file.uri.key)[rank::count]


def _safe(prefix: S3Uri, key: str) -> str:
    path = relative_path(prefix.key, key) if key.startswith(prefix.key) else key
    parts = [part for part in path.split("/") if part]
    if not parts or "\0" in path or any(part in (".", "..") for part in parts):
        raise JobFailed(f"ClientError: Data download failed:The key {key!r} cannot be the name of a file.")
    return "/".join(parts)
