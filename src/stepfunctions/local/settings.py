"""What can be set about a local cloud. Values only: nothing is opened here."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

DEFAULT_PORT = 8083
"""The port of AWS's Step Functions Local, which users' configurations already name."""

DEFAULT_ACCOUNT = "000000000000"
DEFAULT_REGION = "us-east-1"
HOST = "127.0.0.1"
"""An address, not ``localhost``: with a name, botocore would put bucket names before it."""

ACCESS_KEY_ID = "stepladder"
SECRET_ACCESS_KEY = "stepladder"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of one local cloud.

    Args:
        data: the folder that everything is kept in; made if it does not exist.
        port: the loopback port; 0 takes a free one.
        account: the twelve digits in every ARN.
        region: of requests that name none.
        durability: ``normal`` survives ``kill -9``, ``full`` survives power loss too.
        check_credentials: refuse requests that are not signed with the cloud's own key pair.
        temporary: the folder goes with the cloud, so training jobs are stopped with it, and not left to be picked up.
        services: services answered elsewhere, as ``{"dynamodb": "http://127.0.0.1:8000"}``.
        mock_config: AWS Step Functions Local's file of test cases, which executions are started on by
            ``<state machine ARN>#<test case>``.
    """

    data: Path
    port: int = DEFAULT_PORT
    account: str = DEFAULT_ACCOUNT
    region: str = DEFAULT_REGION
    durability: str = "normal"
    check_credentials: bool = False
    temporary: bool = False
    services: dict[str, str] = field(default_factory=dict)
    mock_config: Path | None = None


MOCK_CONFIG_VARIABLES = ("SFN_MOCK_CONFIG", "LOCALSTACK_SFN_MOCK_CONFIG")
"""Where users of AWS Step Functions Local, and of LocalStack, have the path of their file."""


def default_mock_config() -> Path | None:
    """Return the mock configuration file that the environment names, if it does."""
    given = next((os.environ[name] for name in MOCK_CONFIG_VARIABLES if os.environ.get(name)), None)
    return None if given is None else Path(given).absolute()


def default_data_folder() -> Path:
    """Return where a cloud keeps its data unless told otherwise: in the project, so that it is found again."""
    return Path.cwd() / ".stepfunctions" / "cloud"
