"""What the object store keeps, as values: buckets, objects, uploads, pages of a listing.

Nothing here touches the disk or knows the wire. Keys are any text of at most 1,024 bytes; they are never paths.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from stepfunctions.values import Instant

KEY_MAX_BYTES: Final = 1024
PART_MIN_BYTES: Final = 5 * 1024 * 1024
PART_MAX_COUNT: Final = 10_000
DEFAULT_CONTENT_TYPE: Final = "binary/octet-stream"


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket; names are unique in the whole cloud."""

    name: str
    region: str
    created_at: Instant


@dataclass(frozen=True, slots=True)
class Attributes:
    """What a caller says about an object and gets back with it.

    Args:
        content_type: the media type.
        metadata: ``x-amz-meta-*`` without the prefix, lower case.
        headers: other headers kept with the object, such as ``Content-Encoding``.
    """

    content_type: str = DEFAULT_CONTENT_TYPE
    metadata: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Checksum:
    """A checksum kept with an object or part.

    Args:
        algorithm: ``CRC32``, ``CRC32C``, ``CRC64NVME``, ``SHA1`` or ``SHA256``.
        value: base64; a composite one ends in ``-`` and the number of parts.
        type: ``FULL_OBJECT`` or ``COMPOSITE``.
    """

    algorithm: str
    value: str
    type: str = "FULL_OBJECT"


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of an object's bytes: one blob. An object that was put whole has one, numbered 0."""

    blob: str
    size_bytes: int
    part_number: int = 0
    checksum: str | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """An object as a listing shows it."""

    key: str
    etag: str
    size_bytes: int
    modified_at: Instant
    checksum: Checksum | None = None


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object of the store, without its bytes. ``etag`` has no quotes."""

    bucket: str
    key: str
    etag: str
    size_bytes: int
    modified_at: Instant
    attributes: Attributes
    segments: tuple[Segment, ...]
    checksum: Checksum | None = None
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def part_count(self) -> int | None:
        """The number of parts it was uploaded in, None if it was put whole."""
        return len(self.segments) if self.segments and self.segments[0].part_number else None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a listing.

    Args:
        objects: in order of their keys' UTF-8 bytes.
        prefixes: the common prefixes, when there was a delimiter.
        next_after: give it as *after* for the next page; None on the last one.
    """

    objects: tuple[Summary, ...]
    prefixes: tuple[str, ...]
    next_after: str | None


@dataclass(frozen=True, slots=True)
class Upload:
    """A multipart upload in progress."""

    id: str
    bucket: str
    key: str
    created_at: Instant
    attributes: Attributes
    tags: Mapping[str, str]
    checksum_algorithm: str | None
    checksum_type: str | None


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a multipart upload."""

    number: int
    blob: str
    etag: str
    size_bytes: int
    modified_at: Instant
    checksum: str | None


@dataclass(frozen=True, slots=True)
class PartReference:
    """A part as the caller lists it to complete an upload; *checksum* is compared where given."""

    number: int
    etag: str
    checksum: str | None = None


@dataclass(frozen=True, slots=True)
class Digests:
    """What was computed over the bytes of a blob: MD5 in hex, the others base64, by algorithm."""

    size_bytes: int
    md5: str
    checksums: Mapping[str, str]
