"""A client of Step Functions that answers from a script and checks what it is asked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

START = datetime(2026, 11, 23, 20, 7, 37, tzinfo=UTC)
ROLE = "arn:aws:iam::000000000000:role/test"
MACHINE = "arn:aws:states:us-east-1:000000000000:stateMachine:machine"
EXECUTION = "arn:aws:states:us-east-1:000000000000:execution:machine:run"


@pytest.fixture
def client() -> Any:
    return boto3.client(
        "stepfunctions", region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test"
    )


@pytest.fixture
def service(client: Any) -> Iterator[Stubber]:
    """The script: ``service.add_response(operation, answer, expected arguments)``; all of it must be used."""
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()
