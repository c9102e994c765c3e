"""Which names buckets and objects may have.

Follows: Amazon S3 User Guide, "General purpose bucket naming rules" and "Naming Amazon S3 objects".
"""

from __future__ import annotations

import re
from typing import Final

from stepfunctions.errors import InvalidRequest
from stepfunctions.s3.errors import InvalidBucketName, KeyTooLong
from stepfunctions.s3.model import KEY_MAX_BYTES

_BUCKET: Final = re.compile(
    r"(?!\d+\.\d+\.\d+\.\d+$)(?!xn--|sthree-|amzn-s3-demo-)[a-z0-9](?!.*\.\.)[a-z0-9.-]{1,61}[a-z0-9]"
)
_RESERVED_ENDS: Final = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")


def check_bucket_name(name: str) -> None:
    """Raise InvalidBucketName unless a bucket may be made with this name."""
    if not _BUCKET.fullmatch(name) or name.endswith(_RESERVED_ENDS):
        raise InvalidBucketName(name)


def check_key(key: str) -> None:
    """Raise KeyTooLong or InvalidRequest unless an object may have this key."""
    try:
        size = len(key.encode())
    except UnicodeEncodeError:
        raise InvalidRequest("Couldn't parse the specified URI.") from None
    if size > KEY_MAX_BYTES:
        raise KeyTooLong(size)
    if not key:
        raise InvalidRequest("Couldn't parse the specified URI.")
