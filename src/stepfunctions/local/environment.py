"""The environment in which other programs meet the local cloud instead of AWS.

``exports`` is what ``sfn local env`` prints; ``for_program`` is the whole environment of ``sfn local exec``. Both use
the cloud's own key pair, and drop a profile or session token, so that real credentials never reach a local port and
local ones never reach AWS.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from stepfunctions.local.settings import ACCESS_KEY_ID, HOST, SECRET_ACCESS_KEY

_DROPPED = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN", "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE")
_SAGEMAKER_SDK = {
    "SAGEMAKER_SUPPRESS_V2_WARNING": "1",
    # Version 3 asks IAM about every role it is given; here any role does, and those of an account are not here.
    "SAGEMAKER_VALIDATE_ROLE": "false",
}
_START_UP = Path(__file__).parent / "exec"


def exports(url: str, region: str) -> dict[str, str]:
    """Return the variables that point boto3, the AWS CLI, Terraform and the SageMaker SDK at the cloud at *url*."""
    return {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": ACCESS_KEY_ID,
        "AWS_SECRET_ACCESS_KEY": SECRET_ACCESS_KEY,
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        # boto3 would put "sync-" before the address for StartSyncExecution and TestState, and look that name up.
        "AWS_DISABLE_HOST_PREFIX_INJECTION": "true",
    }


def for_program(url: str, region: str, inherited: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment for a program that is to run against the cloud at *url*.

    Args:
        url: where the cloud answers.
        region: the region that clients take.
        inherited: the environment to start from; this process's by default.
    """
    inherited = os.environ if inherited is None else inherited
    environment = {name: value for name, value in inherited.items() if name not in _DROPPED}
    environment |= exports(url, region)
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, [str(_START_UP), inherited.get("PYTHONPATH")]))
    for name in ("NO_PROXY", "no_proxy"):
        environment[name] = ",".join(filter(None, [HOST, inherited.get(name)]))
    for name, value in _SAGEMAKER_SDK.items():
        environment.setdefault(name, value)
    return environment
