"""What can be set about a local cloud. Values only: nothing is opened here."""

from __future__ import annotations

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
    """

    data: Path
    port: int = DEFAULT_PORT
    account: str = DEFAULT_ACCOUNT
    region: str = DEFAULT_REGION
    durability: str = "normal"
    check_credentials: bool = False
    temporary: bool = False
    services: dict[str, str] = field(default_factory=dict)


def default_data_folder() -> Path:
    """Return where a cloud keeps its data unless told otherwise: in the project, so that it is found again."""
    return Path.cwd() / ".stepfunctions" / "cloud"
