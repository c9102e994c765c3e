"""The environment in which other programs meet the local cloud."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from stepfunctions.local import environment

URL = "http://127.0.0.1:40123"


def python_with(variables: dict[str, str], code: str) -> str:
    finished = subprocess.run([sys.executable, "-c", code], env=variables, capture_output=True, text=True, check=True)
    return finished.stdout.strip()


def test_a_program_gets_the_cloud_s_key_pair_and_none_of_its_own(tmp_path: Path) -> None:
    own = {"AWS_PROFILE": "work", "AWS_SESSION_TOKEN": "t", "AWS_ACCESS_KEY_ID": "AKIAREAL", "PATH": "/bin"}
    variables = environment.for_program(URL, "eu-west-1", own)
    assert not {"AWS_PROFILE", "AWS_SESSION_TOKEN"} & set(variables)
    assert "AKIAREAL" not in variables.values()
    assert variables["AWS_ENDPOINT_URL"] == URL
    assert variables["AWS_DEFAULT_REGION"] == "eu-west-1"
    assert variables["AWS_DISABLE_HOST_PREFIX_INJECTION"] == "true"
    assert variables["PATH"] == "/bin"


def test_the_sagemaker_sdk_does_not_report_to_aws(tmp_path: Path) -> None:
    package = tmp_path / "sagemaker" / "telemetry"
    package.mkdir(parents=True)
    (tmp_path / "sagemaker" / "__init__.py").write_text("from sagemaker import inputs")
    (tmp_path / "sagemaker" / "inputs.py").write_text("class TrainingInput: pass")
    (package / "telemetry_logging.py").write_text("def _send_telemetry_request(status): print('sent', status)")
    code = "from sagemaker.telemetry import telemetry_logging; telemetry_logging._send_telemetry_request(1); print('-')"
    inherited = {**os.environ, "PYTHONPATH": str(tmp_path)}
    variables = environment.for_program(URL, "us-east-1", inherited)
    assert python_with(variables, code) == "-"
    assert python_with({**variables, "AWS_ENDPOINT_URL": "https://proxy.example.com"}, code) == "sent 1\n-"


def test_local_addresses_are_not_sent_through_a_proxy(tmp_path: Path) -> None:
    variables = environment.for_program(URL, "us-east-1", {"NO_PROXY": "corp.example"})
    assert variables["NO_PROXY"] == "127.0.0.1,corp.example"


def test_a_program_that_never_imports_us_stays_on_this_machine(tmp_path: Path) -> None:
    variables = environment.for_program(URL, "us-east-1")
    code = (
        "import boto3; print(boto3.client('sts', endpoint_url='https://sts.us-east-1.amazonaws.com').meta.endpoint_url)"
    )
    assert python_with(variables, code) == URL


def test_an_existing_sitecustomize_still_runs(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import sys; sys.flags_of_the_site = 'here'")
    inherited = {**os.environ, "PYTHONPATH": str(tmp_path)}
    variables = environment.for_program(URL, "us-east-1", inherited)
    assert python_with(
        variables, "import sys; print(sys.flags_of_the_site, sys.modules['sitecustomize'].__file__)"
    ) == (f"here {tmp_path / 'sitecustomize.py'}")


def test_starting_up_imports_neither_us_nor_botocore(tmp_path: Path) -> None:
    variables = environment.for_program(URL, "us-east-1")
    code = "import sys; print([name for name in ('stepfunctions', 'botocore') if name in sys.modules])"
    assert python_with(variables, code) == "[]"


def test_version_2_of_the_sagemaker_sdk_gets_its_old_name_back(tmp_path: Path) -> None:
    package = tmp_path / "sagemaker"
    package.mkdir()
    (package / "__init__.py").write_text("from sagemaker import inputs")
    (package / "inputs.py").write_text("class TrainingInput: pass")
    variables = environment.for_program(URL, "us-east-1", {**os.environ, "PYTHONPATH": str(tmp_path)})
    assert python_with(variables, "import sagemaker; print(sagemaker.s3_input.__name__)") == "TrainingInput"
