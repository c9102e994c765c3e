"""Which bucket a Host header names."""

from __future__ import annotations

import pytest

from stepfunctions.server.s3.call import bucket_of_host


@pytest.mark.parametrize(
    ("host", "bucket"),
    [
        ("127.0.0.1:8083", None),
        ("[::1]:8083", None),
        ("localhost", None),
        ("localhost:8083", None),
        ("s3.localhost:8083", None),
        ("bucket.localhost:8083", "bucket"),
        ("bucket.s3.localhost:8083", "bucket"),
        ("my.dotted.bucket.s3.localhost", "my.dotted.bucket"),
        ("s3.amazonaws.com", None),
        ("s3.eu-west-1.amazonaws.com", None),
        ("s3-eu-west-1.amazonaws.com", None),
        ("s3.dualstack.eu-west-1.amazonaws.com", None),
        ("bucket.s3.amazonaws.com", "bucket"),
        ("bucket.s3.eu-west-1.amazonaws.com", "bucket"),
        ("bucket.s3-eu-west-1.amazonaws.com", "bucket"),
        ("my.dotted.bucket.s3.eu-west-1.amazonaws.com:443", "my.dotted.bucket"),
        ("example.com", None),
        ("", None),
    ],
)
def test_a_host_names_a_bucket_or_none(host: str, bucket: str | None) -> None:
    assert bucket_of_host(host) == bucket
