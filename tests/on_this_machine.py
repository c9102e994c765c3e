"""For tests of the SageMaker SDK in this process: the environment of ``sfn local exec``, and nothing but loopback."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from stepfunctions import LocalCloud

LOOPBACK = ("127.0.0.1", "::1", "localhost", None)


def stay_on_this_machine(cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """Point every client at *cloud*, and fail the test at every look-up of and connection to another machine."""
    for name, value in cloud.environ().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    connect, resolve = socket.socket.connect, socket.getaddrinfo

    def connect_here(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in LOOPBACK:
            pytest.fail(f"a connection to {address!r}")
        connect(self, address)

    def resolve_here(host: Any, *arguments: Any, **keywords: Any) -> Any:
        if host not in LOOPBACK:
            pytest.fail(f"the name {host!r} was looked up")
        return resolve(host, *arguments, **keywords)

    monkeypatch.setattr(socket.socket, "connect", connect_here)
    monkeypatch.setattr(socket, "getaddrinfo", resolve_here)
