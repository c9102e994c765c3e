"""Clients stay on this machine when the configured endpoint is on it, and only then."""

from __future__ import annotations

import subprocess
import sys

import pytest

from stepfunctions.endpoints import is_loopback

STS = "https://sts.eu-west-1.amazonaws.com"
CLIENT = (
    "import stepfunctions, boto3; "
    f"print(boto3.client('sts', endpoint_url='{STS}', region_name='eu-west-1').meta.endpoint_url)"
)


def endpoint_with(environment: dict[str, str], code: str = CLIENT) -> str:
    finished = subprocess.run(
        [sys.executable, "-c", code], env={"PATH": "", **environment}, check=True, capture_output=True, text=True
    )
    return finished.stdout.strip()


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://127.0.0.1:8083", True),
        ("http://localhost:1", True),
        ("http://[::1]:1", True),
        ("http://s3.localhost:1", True),
        ("https://sts.amazonaws.com", False),
        ("http://10.0.0.1", False),
        ("", False),
    ],
)
def test_loopback_addresses_are_known(url: str, expected: bool) -> None:
    assert is_loopback(url) is expected


def test_a_hard_coded_address_of_aws_gives_way_to_a_local_endpoint() -> None:
    assert endpoint_with({"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}) == "http://127.0.0.1:9"


def test_the_order_of_imports_does_not_matter() -> None:
    code = CLIENT.replace("import stepfunctions, boto3", "import boto3, stepfunctions")
    assert endpoint_with({"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}, code) == "http://127.0.0.1:9"


def test_nothing_changes_without_a_local_endpoint() -> None:
    assert endpoint_with({}) == STS
    assert endpoint_with({"AWS_ENDPOINT_URL": "https://proxy.example.com"}) == STS


def test_an_address_that_is_not_aws_s_is_kept() -> None:
    code = CLIENT.replace(STS, "http://127.0.0.1:7")
    assert endpoint_with({"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}, code) == "http://127.0.0.1:7"


@pytest.mark.parametrize("more", ["", ", config=boto3.session.Config(region_name='eu-west-1')"])
def test_no_operation_gets_a_host_prefix_on_this_machine(more: str) -> None:
    code = (
        f"import stepfunctions, boto3; client = boto3.client('stepfunctions', region_name='eu-west-1'{more}); "
        "print(client.meta.config.inject_host_prefix, client.meta.region_name)"
    )
    assert endpoint_with({"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}, code) == "False eu-west-1"
    assert endpoint_with({}, code) == "True eu-west-1"


@pytest.mark.parametrize(
    ("configured", "explicit", "injects"),
    [
        ("http://127.0.0.1:9", "https://gateway.example.com", True),
        ("https://proxy.example.com", "http://127.0.0.1:7", False),
    ],
)
def test_the_address_that_a_client_names_decides_about_its_host_prefix(
    configured: str, explicit: str, injects: bool
) -> None:
    code = (
        "from stepfunctions.endpoints import keep_on_this_machine; keep_on_this_machine(always=True); import boto3; "
        f"client = boto3.client('stepfunctions', endpoint_url='{explicit}', region_name='eu-west-1'); "
        "print(client.meta.config.inject_host_prefix)"
    )
    assert endpoint_with({"AWS_ENDPOINT_URL": configured}, code) == str(injects)
