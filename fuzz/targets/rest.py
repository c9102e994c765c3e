"""Requests of S3's REST protocol and of IAM's and STS's query protocol, mostly right."""

from __future__ import annotations

from random import Random
from typing import Final
from urllib.parse import urlencode

from fuzz.mutation import STRINGS, mangled

_METHODS: Final = ("GET", "GET", "PUT", "PUT", "HEAD", "DELETE", "POST", "OPTIONS", "PATCH")
_KEYS: Final = ("", "", "k", "a/b/c", "k", "a/", "%2e%2e/x", "..", ".", "%00", "%ff", "é", "a b", "x" * 1100, "k?", "+")
_QUERIES: Final = (
    "list-type=2", "list-type=2&prefix=a&delimiter=/", "max-keys=0", "max-keys=-1", "max-keys=99999999999999999999",
    "uploads", "uploadId=x", "uploadId=x&partNumber=1", "partNumber=0&uploadId=", "partNumber=1e3&uploadId=x", "delete",
    "tagging", "acl", "versions", "versionId=x", "location", "attributes", "policy", "policyStatus", "cors",
    "lifecycle",
    "encryption", "versioning", "website", "logging", "notification", "marker=%ff", "continuation-token=x",
    "start-after=k", "encoding-type=url", "encoding-type=x", "response-content-type=a%0d%0ab", "X-Amz-Signature=0",
    "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires=-1", "ownershipControls", "publicAccessBlock",
    "select&select-type=2",
)  # fmt: skip
_HEADERS: Final = (
    "Range: bytes=0-1", "Range: bytes=-5", "Range: bytes=5-1", "Range: bytes=a-b", "Range: bytes=0-0,2-3",
    "Range: bytes=99999999999999999999-", "If-Match: *", 'If-None-Match: "x"', "If-None-Match: *",
    "If-Modified-Since: yesterday", "If-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 GMT", "Content-MD5: x",
    "Content-MD5: 1B2M2Y8AsgTpgAmY7PhCfg==", "x-amz-copy-source: /fuzz/k", "x-amz-copy-source: %ff",
    "x-amz-copy-source: fuzz", "x-amz-copy-source-range: bytes=0-1", "x-amz-meta-a: \u00e9", "x-amz-meta-: x",
    "x-amz-tagging: a=b&a=b", "x-amz-tagging: %ff=%", "x-amz-acl: x", "x-amz-checksum-sha256: x",
    "x-amz-sdk-checksum-algorithm: CRC32", "x-amz-checksum-crc32: AAAAAA==", "x-amz-trailer: x-amz-checksum-crc32",
    "x-amz-content-sha256: STREAMING-UNSIGNED-PAYLOAD-TRAILER", "x-amz-decoded-content-length: 3",
    "x-amz-decoded-content-length: -1", "Content-Encoding: aws-chunked", "x-amz-storage-class: GLACIER",
    "x-amz-metadata-directive: REPLACE", "x-amz-object-attributes: ETag,Nonsense", "x-amz-server-side-encryption: x",
    "x-amz-object-lock-retain-until-date: x", "x-amz-write-offset-bytes: x",
    "Expect: 100-continue", "Cache-Control: \t",
)  # fmt: skip
_BODIES: Final = (
    "", "abc", "3;chunk-signature=0\r\nabc\r\n0;chunk-signature=0\r\n\r\n", "ffffffff\r\nabc", "zz\r\n", "0\r\n\r\n",
    "<Delete><Object><Key>k</Key></Object></Delete>", "<Delete/>", "<a>" * 5000, "<?xml version='1.0'?><!DOCTYPE x "
    "[<!ENTITY a 'b'><!ENTITY c '&a;&a;&a;'>]><x>&c;</x>", "<!DOCTYPE x SYSTEM 'file:///etc/passwd'><x/>",
    "<CompleteMultipartUpload><Part><PartNumber>x</PartNumber><ETag>y</ETag></Part></CompleteMultipartUpload>",
    "<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>", "<Tagging><TagSet/></Tagging>",
    "<CreateBucketConfiguration><LocationConstraint>nowhere</LocationConstraint></CreateBucketConfiguration>",
    '{"Version": "2012-10-17", "Statement": []}', "\xff\xfe<\x00x\x00", "<VersioningConfiguration><Status>On",
    "<LifecycleConfiguration><Rule><Status>Enabled</Status></Rule></LifecycleConfiguration>",
)  # fmt: skip
_ACTIONS: Final = (
    "CreateRole", "GetRole", "DeleteRole", "ListRoles", "PutRolePolicy", "AttachRolePolicy", "GetCallerIdentity",
    "AssumeRole", "GetRolePolicy", "TagRole", "UpdateAssumeRolePolicy", "PassRole", "", "GetSessionToken", "ListUsers",
)  # fmt: skip
_PARAMETERS: Final = (
    "RoleName", "AssumeRolePolicyDocument", "PolicyName", "PolicyDocument", "PolicyArn", "MaxItems", "Marker", "Path",
    "RoleArn", "RoleSessionName", "DurationSeconds", "Tags.member.1.Key", "Tags.member.x.Value", "Version", "Action",
)  # fmt: skip
_VALUES: Final = ("fuzz", "1", "0", "arn:aws:iam::000000000000:role/fuzz", "{}", '{"Version": "2012-10-17"}', *STRINGS)


def s3(random: Random) -> tuple[list[str], str]:
    """Return the head and the body of a request to S3."""
    key = random.choice(_KEYS)
    path = "/" + "/".join(part for part in (random.choice(("fuzz", "fuzz", "fuzz", "other", "A_B", "")), key) if part)
    if random.random() < 0.6:
        path += "?" + "&".join(random.sample(_QUERIES, random.choice((1, 1, 2))))
    if random.random() < 0.1:
        path = mangled(path, random).replace(" ", "%20").replace("\r", "").replace("\n", "")
    head = [f"{random.choice(_METHODS)} {path} HTTP/1.1", *common("s3")]
    head += random.sample(_HEADERS, random.choice((0, 0, 1, 2)))
    body = random.choice(_BODIES)
    return head, mangled(body, random) if random.random() < 0.2 else body


def query(random: Random) -> tuple[list[str], str]:
    """Return the head and the body of a request to IAM or STS."""
    names = random.sample(_PARAMETERS, random.randint(0, 5))
    given = {"Action": random.choice(_ACTIONS), "Version": "2010-05-08", **{n: random.choice(_VALUES) for n in names}}
    body = urlencode(given, errors="replace")
    if random.random() < 0.2:
        body = mangled(body, random)
    head = ["POST / HTTP/1.1", *common(random.choice(("iam", "sts")))]
    return [*head, "Content-Type: application/x-www-form-urlencoded; charset=utf-8"], body


def common(scope: str) -> list[str]:
    """Return the header lines that every request to the service *scope* has."""
    return [
        "Host: 127.0.0.1",
        f"Authorization: AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/{scope}/aws4_request, "
        f"SignedHeaders=host;x-amz-date, Signature={'0' * 64}",
        "Connection: close",
    ]
