"""Addresses of S3 objects, in every form that SageMaker takes.

::

    s3://bucket/key
    https://s3.amazonaws.com/bucket/key                 https://bucket.s3.amazonaws.com/key
    https://s3.eu-west-1.amazonaws.com/bucket/key       https://bucket.s3.eu-west-1.amazonaws.com/key
    https://s3-eu-west-1.amazonaws.com/bucket/key       https://bucket.s3-eu-west-1.amazonaws.com/key

Any other https address is taken as path-style too: a local cloud has no name of its own. Keys are taken as they
stand, never percent-decoded, as in ``s3://``.

Source: Amazon S3 User Guide, "Methods for accessing a bucket"; the pattern of SageMaker's S3Uri shape.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from stepfunctions.errors import InvalidRequest

_VIRTUAL_HOST = re.compile(r"(?P<bucket>.+)\.s3(?:[.-][a-z0-9-]+)*\.amazonaws\.com(?:\.cn)?")
_ADDRESS = re.compile(r"(?P<scheme>https|http|s3)://(?P<host>[^/]+)/?(?P<rest>.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class S3Uri:
    """A bucket and a key or prefix in it. ``str()`` is the ``s3://`` form."""

    bucket: str
    key: str

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.key}" if self.key else f"s3://{self.bucket}"

    def __truediv__(self, name: str) -> S3Uri:
        """Return the address of *name* below this prefix."""
        return S3Uri(self.bucket, f"{self.key.rstrip('/')}/{name}".lstrip("/"))


def parse_s3_uri(text: str) -> S3Uri:
    """Return the bucket and key of *text*.

    Raises:
        InvalidRequest: not an S3 address.
    """
    match = _ADDRESS.fullmatch(text)
    if match is None:
        raise InvalidRequest(f"The S3 address {text!r} is not valid: write it as s3://bucket/prefix.")
    host, rest = match["host"], match["rest"]
    if match["scheme"] == "s3":
        return S3Uri(host, rest)
    virtual = _VIRTUAL_HOST.fullmatch(host)
    if virtual is not None:
        return S3Uri(virtual["bucket"], rest)
    bucket, _, key = rest.partition("/")
    if not bucket:
        raise InvalidRequest(f"The S3 address {text!r} names no bucket.")
    return S3Uri(bucket, key)
