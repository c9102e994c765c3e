"""The object store over the wire: MB/s both ways and the server's peak resident memory, beside a plain file copy.

``python benchmarks/s3.py [MEGABYTES]`` (1024 unless told otherwise). The server is a process of its own; the client is
boto3, which hashes and checks what it sends and gets. Needs Linux, for the peak memory of another process.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from servers import resident_megabytes

MEGABYTE = 1024 * 1024


async def serve(folder: Path, listener: socket.socket) -> None:
    """Serve an object store until killed."""
    import uvicorn

    from stepfunctions.s3.objects import ObjectStore
    from stepfunctions.server.app import App
    from stepfunctions.server.s3.service import S3Service
    from stepfunctions.store.database import Database

    service = S3Service(ObjectStore(Database(folder / "index.db"), folder / "blobs"))
    config = uvicorn.Config(App({"s3": service}, service), http="httptools", lifespan="off", log_config=None)
    await uvicorn.Server(config).serve(sockets=[listener])


def client_of(url: str) -> Any:
    """Return a boto3 client of the server."""
    import boto3

    return boto3.client(
        "s3", endpoint_url=url, region_name="us-east-1", aws_access_key_id="bench", aws_secret_access_key="bench"
    )


def timed(name: str, megabytes: int, work: Callable[[], object]) -> float:
    """Run *work*, print its speed and return it in MB/s."""
    start = time.perf_counter()
    work()
    speed = megabytes / (time.perf_counter() - start)
    print(f"{name:<28} {speed:8.0f} MB/s")
    return speed


def drain(client: Any, key: str) -> None:
    """Read an object to its end, as one GET."""
    body = client.get_object(Bucket="bench", Key=key)["Body"]
    while body.read(MEGABYTE):
        pass


def put(client: Any, key: str, source: Path) -> None:
    """Store a file with one PUT."""
    with source.open("rb") as file:
        client.put_object(Bucket="bench", Key=key, Body=file)


def measure(folder: Path, url: str, pid: int, megabytes: int) -> None:
    """Run all four transfers and print the figures."""
    source, target = folder / "source", folder / "target"
    block = os.urandom(MEGABYTE)
    with source.open("wb") as file:
        for _ in range(megabytes):
            file.write(block)
    client = client_of(url)
    client.create_bucket(Bucket="bench")
    idle = resident_megabytes(pid, "VmRSS")
    copy = timed("file copy (the peer)", megabytes, lambda: shutil.copyfile(source, folder / "copy"))
    speeds = [
        timed("single PUT", megabytes, lambda: put(client, "single", source)),
        timed("single GET", megabytes, lambda: drain(client, "single")),
        timed("multipart up (s3transfer)", megabytes, lambda: client.upload_file(str(source), "bench", "parts")),
        timed("ranges down (s3transfer)", megabytes, lambda: client.download_file("bench", "parts", str(target))),
    ]
    print(f"slowest against the copy     {min(speeds) / copy:8.2f}")
    print(f"server, idle                 {idle:8.0f} MB resident")
    print(f"server, peak                 {resident_megabytes(pid):8.0f} MB resident")


def main() -> None:
    """Run the benchmark, or the server of one."""
    if sys.argv[1:2] == ["--serve"]:
        asyncio.run(serve(Path(sys.argv[2]), socket.socket(fileno=int(sys.argv[3]))))
        return
    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else 1024
    with tempfile.TemporaryDirectory() as name, socket.create_server(("127.0.0.1", 0)) as listener:
        command = [sys.executable, __file__, "--serve", name, str(listener.fileno())]
        server = subprocess.Popen(command, pass_fds=[listener.fileno()])
        try:
            measure(Path(name), f"http://127.0.0.1:{listener.getsockname()[1]}", server.pid, megabytes)
        finally:
            server.kill()
            server.wait()


if __name__ == "__main__":
    main()
