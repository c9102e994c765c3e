"""``kill -9`` in the middle of an upload: the object that was there is there, and nothing of the other."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import boto3
from tests.planes_server import REGION, PlanesServer

MEGABYTE = 1024 * 1024


@contextmanager
def doomed(folder: Path) -> Iterator[str]:
    """Run a server in a process of its own, and kill it at the end of the block."""
    repository = Path(__file__).parents[2]
    command = [sys.executable, "-m", "tests.planes_server", str(folder)]
    environment = {**os.environ, "PYTHONPATH": f"{repository / 'src'}{os.pathsep}{repository}"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=repository, env=environment) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.kill()


def half_an_upload(url: str, path: str) -> socket.socket:
    """Send the first half of a PUT of 8 MB."""
    scope = f"AWS4-HMAC-SHA256 Credential=test/20261123/{REGION}/s3/aws4_request, SignedHeaders=host, Signature=0"
    connection = socket.create_connection(("127.0.0.1", urlsplit(url).port or 0), timeout=30)
    connection.sendall(
        f"PUT {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: {scope}\r\n"
        f"Content-Length: {8 * MEGABYTE}\r\n\r\n".encode()
    )
    connection.sendall(b"x" * 4 * MEGABYTE)
    return connection


def blobs(folder: Path) -> list[Path]:
    return [path for path in (folder / "s3").rglob("*") if path.is_file()]


def test_a_killed_upload_leaves_the_old_object_and_no_file(tmp_path: Path) -> None:
    with doomed(tmp_path) as url:
        s3 = boto3.client(
            "s3", endpoint_url=url, region_name=REGION, aws_access_key_id="test", aws_secret_access_key="test"
        )
        s3.create_bucket(Bucket="bucket", CreateBucketConfiguration={"LocationConstraint": REGION})
        s3.put_object(Bucket="bucket", Key="key", Body=b"old")
        connection = half_an_upload(url, "/bucket/key")
        while len(blobs(tmp_path)) < 2:
            s3.head_bucket(Bucket="bucket")  # a round trip: the server goes on meanwhile
    connection.close()
    assert len(blobs(tmp_path)) == 2
    with PlanesServer(tmp_path) as server:
        s3 = server.client("s3")
        assert s3.get_object(Bucket="bucket", Key="key")["Body"].read() == b"old"
        assert len(blobs(tmp_path)) == 1
