"""A program that uses version 3 of the SageMaker SDK and knows nothing of us stays on this machine."""

from __future__ import annotations

import subprocess
import sys

from stepfunctions import LocalCloud

PROGRAM = """
from sagemaker.core.helper.session_helper import Session, get_execution_role
session = Session()
print(session.account_id(), session.default_bucket(), get_execution_role(session), session.get_caller_identity_arn())
"""


def test_account_bucket_and_role_come_from_the_cloud(cloud: LocalCloud) -> None:
    command = [sys.executable, "-m", "stepfunctions", "local", "exec", "--data", str(cloud.data), "--"]
    finished = subprocess.run(
        [*command, sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False, timeout=120
    )
    assert finished.returncode == 0, finished.stderr
    account, bucket, role, caller = finished.stdout.split()[-4:]
    assert account == "000000000000"
    assert bucket == "sagemaker-us-east-1-000000000000"
    assert role.startswith("arn:aws:iam::000000000000:role/")
    assert caller.startswith("arn:aws:iam::000000000000:")
