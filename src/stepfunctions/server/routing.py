"""Which service a request is for.

One port serves every service, so the address says nothing. In this order: the credential scope of the signature (in the
Authorization header or in the query of a presigned URL), the prefix of X-Amz-Target, the shape of the request.

Source: AWS Signature Version 4, "Credential scope"; the ``signingName`` and ``targetPrefix`` of botocore's models.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qs

from stepfunctions.server.request import Credential

TARGETS: Mapping[str, str] = {
    "AWSStepFunctions": "states",
    "SageMaker": "sagemaker",
    "Logs_20140328": "logs",
}
"""Signing name by prefix of X-Amz-Target, for requests without a signature."""

SAGEMAKER_RUNTIME = "sagemaker-runtime"
"""Signs as ``sagemaker``; only its paths tell it apart."""
_INVOCATIONS = (
    "/invocations",
    "/async-invocations",
    "/invocations-response-stream",
    "/invocations-bidirectional-stream",
)


def credential_of(headers: Mapping[str, str], query: str) -> Credential | None:
    """Return the credential scope of a request, or None if it is not signed with SigV4 or the scope is malformed."""
    authorization = headers.get("authorization", "")
    if authorization.startswith("AWS4-"):
        _, _, rest = authorization.partition("Credential=")
        return parse_credential(rest.partition(",")[0].strip())
    if "X-Amz-Credential=" in query:
        return parse_credential(parse_qs(query).get("X-Amz-Credential", [""])[0])
    return None


def parse_credential(text: str) -> Credential | None:
    """Return the parts of ``AKID/date/region/service/aws4_request``, or None. An access key may contain slashes."""
    parts = text.rsplit("/", 4)
    if len(parts) != 5 or parts[4] != "aws4_request" or not all(parts):
        return None
    return Credential(*parts[:4])


def service_of(headers: Mapping[str, str], path: str, credential: Credential | None) -> str | None:
    """Return the signing name of the service that a request is for.

    Returns:
        None for an unsigned request of the query protocol (STS, IAM...), which says its service only in its body.
    """
    if credential is not None:
        return _apart(credential.service, path)
    target = headers.get("x-amz-target")
    if target is not None:
        return TARGETS.get(target.partition(".")[0])
    if _is_invocation(path):
        return SAGEMAKER_RUNTIME
    if headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return None
    return "s3"  # anonymous requests, and signatures older than version 4, are S3's alone


def _apart(service: str, path: str) -> str:
    return SAGEMAKER_RUNTIME if service == "sagemaker" and _is_invocation(path) else service


def _is_invocation(path: str) -> bool:
    return path.startswith("/endpoints/") and path.endswith(_INVOCATIONS)
