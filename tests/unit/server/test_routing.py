"""Which service a request is for."""

from __future__ import annotations

import pytest

from stepfunctions.server.request import Credential
from stepfunctions.server.routing import credential_of, parse_credential, service_of

AUTHORIZATION = (
    "AWS4-HMAC-SHA256 Credential=AKID/20261123/eu-west-1/states/aws4_request, SignedHeaders=host;x-amz-date, "
    "Signature=0123456789abcdef"
)


def credential(service: str) -> Credential:
    return Credential("AKID", "20261123", "eu-west-1", service)


def test_a_signed_header_says_region_and_service() -> None:
    assert credential_of({"authorization": AUTHORIZATION}, "") == credential("states")


def test_a_presigned_url_says_them_in_its_query() -> None:
    query = (
        "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKID%2F20261123%2Feu-west-1%2Fs3%2Faws4_request&X-Amz-Date=1"
    )
    assert credential_of({}, query) == credential("s3")


@pytest.mark.parametrize(
    "text", ["", "AKID", "AKID/d/r/s/aws5_request", "AKID//r/s/aws4_request", "d/r/s/aws4_request"]
)
def test_a_malformed_scope_is_no_credential(text: str) -> None:
    assert parse_credential(text) is None


def test_an_access_key_may_contain_slashes() -> None:
    parsed = parse_credential("a/b/20261123/eu-west-1/s3/aws4_request")
    assert parsed is not None
    assert parsed.access_key == "a/b"


def test_the_runtime_of_sagemaker_is_told_apart_by_its_paths() -> None:
    assert service_of({}, "/endpoints/mine/invocations", credential("sagemaker")) == "sagemaker-runtime"
    assert service_of({}, "/", credential("sagemaker")) == "sagemaker"
    assert service_of({}, "/endpoints/mine/invocations", None) == "sagemaker-runtime"


@pytest.mark.parametrize(
    ("target", "service"),
    [
        ("AWSStepFunctions.StartExecution", "states"),
        ("SageMaker.CreateModel", "sagemaker"),
        ("Logs_20140328.GetLogEvents", "logs"),
        ("DynamoDB_20120810.GetItem", None),
    ],
)
def test_an_unsigned_target_names_its_service(target: str, service: str | None) -> None:
    assert service_of({"x-amz-target": target}, "/", None) == service


def test_an_unsigned_form_is_a_query_protocol() -> None:
    assert service_of({"content-type": "application/x-www-form-urlencoded; charset=utf-8"}, "/", None) is None


def test_any_other_unsigned_request_is_for_s3() -> None:
    assert service_of({"host": "bucket.s3.amazonaws.com"}, "/key", None) == "s3"
    assert service_of({"authorization": "AWS AKID:signature"}, "/bucket", None) == "s3"
