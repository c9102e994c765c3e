"""Rows of the index to values and back; JSON inside a row goes through ``values``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from stepfunctions.s3.model import Attributes, Bucket, Checksum, Part, Segment, StoredObject, Summary, Upload
from stepfunctions.values import dumps, loads

Row = tuple[Any, ...]


def attributes_text(attributes: Attributes) -> str:
    """Return the column: ``{"type": str, "metadata": {}, "headers": {}}``."""
    return dumps(
        {
            "type": attributes.content_type,
            "metadata": dict(attributes.metadata),
            "headers": dict(attributes.headers),
        }
    )


def attributes_of(text: str) -> Attributes:
    """Return the attributes of a column."""
    value = loads(text)
    return Attributes(value["type"], value["metadata"], value["headers"])


def checksum_text(checksum: Checksum | None) -> str | None:
    """Return the column: ``[algorithm, value, type]``."""
    return None if checksum is None else dumps([checksum.algorithm, checksum.value, checksum.type])


def checksum_of(text: str | None) -> Checksum | None:
    """Return the checksum of a column."""
    return None if text is None else Checksum(*loads(text))


def tags_text(tags: Mapping[str, str]) -> str | None:
    """Return the column; None for no tags."""
    return dumps(dict(tags)) if tags else None


def tags_of(text: str | None) -> Mapping[str, str]:
    """Return the tags of a column."""
    tags: Mapping[str, str] = {} if text is None else loads(text)
    return tags


def segments_text(segments: Sequence[Segment]) -> str:
    """Return the column: ``[[blob, size_bytes, part_number, checksum], ...]``."""
    return dumps([[each.blob, each.size_bytes, each.part_number, each.checksum] for each in segments])


def object_row(stored: StoredObject) -> Row:
    """Return the parameters of ``put_object``."""
    return (
        stored.bucket,
        stored.key,
        stored.etag,
        stored.size_bytes,
        stored.modified_at,
        attributes_text(stored.attributes),
        checksum_text(stored.checksum),
        tags_text(stored.tags),
        segments_text(stored.segments),
    )


def object_of(row: Row) -> StoredObject:
    """Return the object of a row of ``object``."""
    bucket, key, etag, size_bytes, modified_at, attributes, checksum, tags, segments = row
    return StoredObject(
        bucket=bucket,
        key=key,
        etag=etag,
        size_bytes=size_bytes,
        modified_at=modified_at,
        attributes=attributes_of(attributes),
        segments=tuple(Segment(*each) for each in loads(segments)),
        checksum=checksum_of(checksum),
        tags=tags_of(tags),
    )


def summary_of(row: Row) -> Summary:
    """Return the summary of a row of ``objects_from``."""
    key, etag, size_bytes, modified_at, checksum = row
    return Summary(key, etag, size_bytes, modified_at, checksum_of(checksum))


def bucket_of(row: Row) -> Bucket:
    """Return the bucket of a row."""
    return Bucket(*row)


def upload_row(upload: Upload) -> Row:
    """Return the parameters of ``insert_upload``."""
    return (
        upload.id,
        upload.bucket,
        upload.key,
        upload.created_at,
        attributes_text(upload.attributes),
        tags_text(upload.tags),
        upload.checksum_algorithm,
        upload.checksum_type,
    )


def upload_of(row: Row) -> Upload:
    """Return the upload of a row."""
    id_, bucket, key, created_at, attributes, tags, algorithm, type_ = row
    return Upload(id_, bucket, key, created_at, attributes_of(attributes), tags_of(tags), algorithm, type_)


def part_of(row: Row) -> Part:
    """Return the part of a row."""
    return Part(*row)
