"""What a request to the object store can meet, each a RequestError of its own.

AWS's codes and HTTP statuses are not here: ``server/s3/errors.py`` maps these classes to them, once.

Follows: Amazon S3 API Reference, "Error responses".
"""

from __future__ import annotations

from stepfunctions.errors import AlreadyExists, Conflict, InvalidRequest, NotFound


class NoSuchBucket(NotFound):
    """The bucket does not exist."""

    def __init__(self, bucket: str) -> None:
        super().__init__("The specified bucket does not exist")
        self.bucket = bucket


class NoSuchKey(NotFound):
    """The bucket has no object of this name."""

    def __init__(self, bucket: str, key: str) -> None:
        super().__init__("The specified key does not exist.")
        self.bucket = bucket
        self.key = key


class NoSuchUpload(NotFound):
    """The multipart upload was never started, or has been completed or aborted."""

    def __init__(self, upload_id: str) -> None:
        super().__init__(
            "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted "
            "or completed."
        )
        self.upload_id = upload_id


class BucketExists(AlreadyExists):
    """The bucket exists and is the caller's own: there is one account."""

    def __init__(self, bucket: str) -> None:
        super().__init__("Your previous request to create the named bucket succeeded and you already own it.")
        self.bucket = bucket


class BucketNotEmpty(Conflict):
    """The bucket still has objects."""

    def __init__(self, bucket: str) -> None:
        super().__init__("The bucket you tried to delete is not empty")
        self.bucket = bucket


class InvalidBucketName(InvalidRequest):
    """The name breaks the naming rules."""

    def __init__(self, bucket: str) -> None:
        super().__init__("The specified bucket is not valid.")
        self.bucket = bucket


class KeyTooLong(InvalidRequest):
    """The key has more than 1,024 bytes of UTF-8."""

    def __init__(self, size_bytes: int) -> None:
        super().__init__("Your key is too long")
        self.size_bytes = size_bytes


class InvalidRange(InvalidRequest):
    """No byte of the object lies in the range."""

    def __init__(self, requested: str, size_bytes: int) -> None:
        super().__init__("The requested range is not satisfiable")
        self.requested = requested
        self.size_bytes = size_bytes


class PreconditionFailed(Conflict):
    """The object is not as the caller required."""

    def __init__(self, condition: str) -> None:
        super().__init__("At least one of the pre-conditions you specified did not hold")
        self.condition = condition


class BadDigest(InvalidRequest):
    """The bytes that arrived are not those that were announced."""


class InvalidPart(InvalidRequest):
    """A part of the list was never uploaded, or not with that ETag."""

    def __init__(self, upload_id: str, number: int, etag: str) -> None:
        super().__init__(
            "One or more of the specified parts could not be found.  The part may not have been uploaded, or the "
            "specified entity tag may not match the part's entity tag."
        )
        self.upload_id = upload_id
        self.number = number
        self.etag = etag


class InvalidPartOrder(InvalidRequest):
    """The parts of the list do not ascend."""

    def __init__(self, upload_id: str) -> None:
        super().__init__(
            "The list of parts was not in ascending order. The parts list must be specified in order by part number."
        )
        self.upload_id = upload_id


class PartTooSmall(InvalidRequest):
    """A part other than the last has fewer than 5 MiB."""

    def __init__(self, number: int, etag: str, size_bytes: int) -> None:
        super().__init__("Your proposed upload is smaller than the minimum allowed size")
        self.number = number
        self.etag = etag
        self.size_bytes = size_bytes
