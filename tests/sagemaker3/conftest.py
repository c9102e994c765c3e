"""A local cloud for version 3 of the SageMaker SDK, which needs a region before it is imported."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from tests.on_this_machine import stay_on_this_machine

from stepfunctions import LocalCloud

os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    """A local cloud of the module's own."""
    with LocalCloud(tmp_path_factory.mktemp("cloud")) as running:
        yield running


@pytest.fixture(autouse=True)
def on_this_machine(cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of ``sfn local exec``, and a failure for every connection to elsewhere."""
    stay_on_this_machine(cloud, monkeypatch)


@pytest.fixture(scope="module")
def boto_session(cloud: LocalCloud) -> boto3.Session:
    """One session of boto3 for the module: the service models it has read serve every client."""
    return cloud.boto_session()


@pytest.fixture
def session(boto_session: boto3.Session) -> Any:
    """A session of the SDK on the local cloud."""
    from sagemaker.core.helper.session_helper import Session

    return Session(boto_session)


@pytest.fixture
def train(session: Any, tmp_path: Path) -> str:
    """The address of a small regression set: y is the sum of x."""
    path = tmp_path / "train.csv"
    rows = [(number % 7, number % 5, number % 3) for number in range(200)]
    path.write_text("".join(f"{sum(row)},{','.join(map(str, row))}\n" for row in rows))
    address: str = session.upload_data(str(path), key_prefix="data/train")
    return address
