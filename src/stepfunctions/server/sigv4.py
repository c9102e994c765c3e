"""Signatures checked against one configured key pair, for a cloud that must not answer everybody on its machine.

Off unless configured: by default any credentials will do. The signature is recomputed as the caller must have computed
it, from the header or from the query of a presigned URL. Not here: chunk signatures of streamed uploads (the seed
signature in the header is checked), SigV4A, and what the caller may do.

Source: AWS, "Create a signed AWS API request"; S3 API reference, "Authenticating Requests" (paths are encoded once).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from hmac import compare_digest
from hmac import digest as hmac_digest
from urllib.parse import parse_qsl, quote

from stepfunctions.server.errors import AwsError
from stepfunctions.server.request import Credential

ALGORITHM = "AWS4-HMAC-SHA256"
SKEW_MAX_SECONDS = 900
"""How far the caller's clock may be from ours, as on AWS."""
_UNSIGNED = "UNSIGNED-PAYLOAD"
_SAFE = "-_.~"


@dataclass(frozen=True, slots=True)
class KeyPair:
    """The credentials that callers must have."""

    access_key: str
    secret_key: str


@dataclass(frozen=True, slots=True)
class Signed:
    """What a signature covers.

    Args:
        method: of HTTP.
        raw_path: as sent, percent-encoded.
        query: as sent.
        headers: by lower-case name.
        body_sha256: hexadecimal, of the body; None if it is not known, and then the caller's own statement counts.
    """

    method: str
    raw_path: str
    query: str
    headers: Mapping[str, str]
    body_sha256: str | None


def check_signature(signed: Signed, credential: Credential | None, keys: KeyPair, now: datetime) -> None:
    """Return if the request is signed with *keys*.

    Raises:
        AwsError: MissingAuthenticationTokenException, UnrecognizedClientException or InvalidSignatureException.
    """
    if credential is None:
        raise AwsError("MissingAuthenticationTokenException", "Missing Authentication Token")
    if not compare_digest(credential.access_key.encode(), keys.access_key.encode()):
        raise AwsError("UnrecognizedClientException", "The security token included in the request is invalid.")
    query = dict(parse_qsl(signed.query, keep_blank_values=True))
    presigned = "X-Amz-Signature" in query
    fields = query if presigned else _authorization(signed.headers.get("authorization", ""))
    date = query.get("X-Amz-Date", "") if presigned else signed.headers.get("x-amz-date", "")
    expires = query.get("X-Amz-Expires", "") if presigned else ""
    _check_date(date, int(expires) if expires.isdecimal() else SKEW_MAX_SECONDS, now)
    names = fields.get("X-Amz-SignedHeaders" if presigned else "SignedHeaders", "").split(";")
    canonical = _canonical_request(signed, names, presigned, credential.service)
    wanted = _signature(canonical, date, credential, keys)
    given = fields.get("X-Amz-Signature" if presigned else "Signature", "")
    if not compare_digest(wanted, given):
        raise AwsError(
            "InvalidSignatureException",
            "The request signature we calculated does not match the signature you provided. "
            "Check your AWS Secret Access Key and signing method.",
        )


def _authorization(text: str) -> dict[str, str]:
    parts = (part.strip().partition("=") for part in text.removeprefix(ALGORITHM).split(","))
    return {name: value for name, _, value in parts}


def _check_date(text: str, seconds: int, now: datetime) -> None:
    try:
        age = (now - datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)).total_seconds()
    except ValueError:
        raise AwsError("InvalidSignatureException", f"The date of the signature is malformed: {text!r}") from None
    if not -SKEW_MAX_SECONDS <= age <= seconds:
        raise AwsError(
            "InvalidSignatureException", f"Signature expired: {text} is not close enough to {now:%Y%m%dT%H%M%SZ}"
        )


def _canonical_request(signed: Signed, names: list[str], presigned: bool, service: str) -> str:
    headers = "".join(f"{name}:{' '.join(signed.headers.get(name, '').split())}\n" for name in names)
    path = signed.raw_path if service == "s3" else quote(signed.raw_path, safe="/" + _SAFE)
    return "\n".join(
        (
            signed.method,
            path or "/",
            _canonical_query(signed.query),
            headers,
            ";".join(names),
            _payload(signed, presigned),
        )
    )


def _payload(signed: Signed, presigned: bool) -> str:
    stated = signed.headers.get("x-amz-content-sha256")
    if stated is not None:
        return stated
    return signed.body_sha256 if signed.body_sha256 is not None and not presigned else _UNSIGNED


def _canonical_query(query: str) -> str:
    pairs = [
        (quote(name, safe=_SAFE), quote(value, safe=_SAFE))
        for name, value in parse_qsl(query, keep_blank_values=True)
        if name != "X-Amz-Signature"
    ]
    return "&".join(f"{name}={value}" for name, value in sorted(pairs))


def _signature(canonical: str, date: str, credential: Credential, keys: KeyPair) -> str:
    scope = f"{credential.date}/{credential.region}/{credential.service}/aws4_request"
    text = "\n".join((ALGORITHM, date, scope, sha256(canonical.encode()).hexdigest()))
    key = f"AWS4{keys.secret_key}".encode()
    for part in (credential.date, credential.region, credential.service, "aws4_request"):
        key = hmac_digest(key, part.encode(), "sha256")
    return hmac_digest(key, text.encode(), "sha256").hex()
