"""S3 as real clients use it: boto3, s3transfer, the AWS CLI, plain HTTP with presigned URLs."""

from __future__ import annotations

import hashlib
import http.client
import io
import os
import subprocess
import sys
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from boto3.s3.transfer import TransferConfig
from botocore.exceptions import ClientError
from tests.planes_server import ACCOUNT, REGION, PlanesServer

MEGABYTE = 1024 * 1024
HERE = {"CreateBucketConfiguration": {"LocationConstraint": REGION}}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PlanesServer]:
    with PlanesServer(tmp_path_factory.mktemp("cloud")) as server:
        yield server


@pytest.fixture(scope="module")
def s3(server: PlanesServer) -> Any:
    return server.client("s3")


@pytest.fixture
def bucket(s3: Any, request: pytest.FixtureRequest) -> str:
    name = f"b-{hashlib.md5(request.node.name.encode()).hexdigest()[:16]}"
    s3.create_bucket(Bucket=name, **HERE)
    return name


def refused(call: Any, **params: Any) -> tuple[str, str, int]:
    """Return code, text and HTTP status of the error that a call meets."""
    with pytest.raises(ClientError) as caught:
        call(**params)
    error = caught.value.response
    return error["Error"]["Code"], error["Error"]["Message"], error["ResponseMetadata"]["HTTPStatusCode"]


def keys(answer: dict[str, Any]) -> list[str]:
    return [each["Key"] for each in answer.get("Contents", [])]


# Buckets


def test_a_bucket_lives_from_create_to_delete(s3: Any) -> None:
    s3.create_bucket(Bucket="short-lived", **HERE)
    assert s3.get_bucket_location(Bucket="short-lived")["LocationConstraint"] == REGION
    assert s3.head_bucket(Bucket="short-lived", ExpectedBucketOwner=ACCOUNT)["BucketRegion"] == REGION
    assert "short-lived" in [each["Name"] for each in s3.list_buckets()["Buckets"]]
    s3.delete_bucket(Bucket="short-lived")
    assert refused(s3.head_bucket, Bucket="short-lived")[::2] == ("404", 404)


def test_a_bucket_is_made_once_except_in_us_east_1(server: PlanesServer, s3: Any, bucket: str) -> None:
    assert refused(s3.create_bucket, Bucket=bucket, **HERE) == (
        "BucketAlreadyOwnedByYou",
        "Your previous request to create the named bucket succeeded and you already own it.",
        409,
    )
    east = server.client("s3", region_name="us-east-1")
    east.create_bucket(Bucket="made-twice")
    east.create_bucket(Bucket="made-twice")
    assert (
        "LocationConstraint" not in east.get_bucket_location(Bucket="made-twice")
        or not (east.get_bucket_location(Bucket="made-twice")["LocationConstraint"])
    )


def test_a_region_other_than_us_east_1_must_be_named(s3: Any) -> None:
    assert refused(s3.create_bucket, Bucket="nowhere") == (
        "IllegalLocationConstraintException",
        "The unspecified location constraint is incompatible for the region specific endpoint this request was sent "
        "to.",
        400,
    )


@pytest.mark.parametrize("name", ["UPPER", "a..b", "1.2.3.4", "-a-", "xn--bucket"])
def test_bucket_names_follow_the_rules(s3: Any, name: str) -> None:
    s3.meta.events.unregister("before-parameter-build.s3", _validator())
    assert refused(s3.create_bucket, Bucket=name, **HERE) == (
        "InvalidBucketName",
        "The specified bucket is not valid.",
        400,
    )


def _validator() -> Any:
    from botocore.handlers import validate_bucket_name

    return validate_bucket_name


def test_a_bucket_with_objects_is_not_deleted(s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="a", Body=b"")
    assert refused(s3.delete_bucket, Bucket=bucket) == (
        "BucketNotEmpty",
        "The bucket you tried to delete is not empty",
        409,
    )


def test_another_owner_is_refused(s3: Any, bucket: str) -> None:
    assert refused(s3.list_objects_v2, Bucket=bucket, ExpectedBucketOwner="999999999999") == (
        "AccessDenied",
        "Access Denied",
        403,
    )


# Objects


def test_an_object_comes_back_as_it_was_put(s3: Any, bucket: str) -> None:
    put = s3.put_object(
        Bucket=bucket,
        Key="folder/a b+c.txt",
        Body=b"hello",
        ContentType="text/plain",
        CacheControl="max-age=1",
        Metadata={"under_score": "1", "Dash-ed": "two words"},
        Tagging="a=1&b=%2F",
    )
    got = s3.get_object(Bucket=bucket, Key="folder/a b+c.txt")
    assert got["Body"].read() == b"hello"
    assert got["ETag"] == put["ETag"] == '"5d41402abc4b2a76b9719d911017c592"'
    assert (got["ContentType"], got["CacheControl"], got["ContentLength"]) == ("text/plain", "max-age=1", 5)
    assert got["Metadata"] == {"under_score": "1", "dash-ed": "two words"}
    assert got["TagCount"] == 2
    assert got["ChecksumCRC32"] == put["ChecksumCRC32"] == "NhCmhg=="
    assert got["AcceptRanges"] == "bytes"


@pytest.mark.parametrize(
    "key",
    [
        "../../etc/passwd",
        "/leading",
        "//two",
        "a/../b",
        "./.",
        "..",
        "käse/日本語/😀",
        "x" * 1024,
        "k",
        "k/c",
        "k/",
        "per%2Fcent",
        "a?b#c&d=e",
        "quote\"'<&>",
        "back\\slash",
    ],
)
def test_a_key_is_a_name_and_never_a_path(s3: Any, server: PlanesServer, bucket: str, key: str) -> None:
    before = _files_outside_blobs(server)
    s3.put_object(Bucket=bucket, Key=key, Body=key.encode())
    s3.put_object(Bucket=bucket, Key=f"{key[:500]}/beside", Body=b"beside")
    assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == key.encode()
    assert key in keys(s3.list_objects_v2(Bucket=bucket))
    assert _files_outside_blobs(server) == before
    s3.delete_object(Bucket=bucket, Key=key)
    assert refused(s3.get_object, Bucket=bucket, Key=key)[0] == "NoSuchKey"


def _files_outside_blobs(server: PlanesServer) -> set[Path]:
    folder = server._folder
    return {path for path in folder.parent.rglob("*") if path.is_file() and path.parent.parent != folder / "s3"}


def test_a_key_of_1025_bytes_is_too_long(s3: Any, bucket: str) -> None:
    assert refused(s3.put_object, Bucket=bucket, Key="ä" * 513, Body=b"")[::2] == ("KeyTooLongError", 400)


def test_what_is_not_there_has_the_right_error(s3: Any, bucket: str) -> None:
    assert refused(s3.get_object, Bucket=bucket, Key="nope") == ("NoSuchKey", "The specified key does not exist.", 404)
    assert refused(s3.head_object, Bucket=bucket, Key="nope") == ("404", "Not Found", 404)
    assert refused(s3.get_object, Bucket="no-such-bucket", Key="nope") == (
        "NoSuchBucket",
        "The specified bucket does not exist",
        404,
    )
    assert refused(s3.put_object, Bucket="no-such-bucket", Key="a", Body=b"")[0] == "NoSuchBucket"


@pytest.mark.parametrize(
    ("header", "body", "content_range"),
    [
        ("bytes=0-0", b"0", "bytes 0-0/10"),
        ("bytes=2-4", b"234", "bytes 2-4/10"),
        ("bytes=7-", b"789", "bytes 7-9/10"),
        ("bytes=-3", b"789", "bytes 7-9/10"),
        ("bytes=5-99", b"56789", "bytes 5-9/10"),
        ("bytes=-99", b"0123456789", "bytes 0-9/10"),
    ],
)
def test_a_range_is_answered_in_part(s3: Any, bucket: str, header: str, body: bytes, content_range: str) -> None:
    s3.put_object(Bucket=bucket, Key="digits", Body=b"0123456789")
    got = s3.get_object(Bucket=bucket, Key="digits", Range=header)
    assert (got["Body"].read(), got["ContentRange"]) == (body, content_range)
    assert got["ResponseMetadata"]["HTTPStatusCode"] == 206


def test_a_range_past_the_end_is_refused(s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="digits", Body=b"0123456789")
    with pytest.raises(ClientError) as caught:
        s3.get_object(Bucket=bucket, Key="digits", Range="bytes=10-")
    error = caught.value.response["Error"]
    assert (error["Code"], error["Message"]) == ("InvalidRange", "The requested range is not satisfiable")
    assert (error["ActualObjectSize"], error["RangeRequested"]) == ("10", "bytes=10-")


def test_a_range_that_makes_no_sense_is_ignored(s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="digits", Body=b"0123456789")
    assert s3.get_object(Bucket=bucket, Key="digits", Range="bytes=5-2")["Body"].read() == b"0123456789"


def test_reads_are_conditional(s3: Any, bucket: str) -> None:
    etag = s3.put_object(Bucket=bucket, Key="a", Body=b"a")["ETag"]
    at = s3.head_object(Bucket=bucket, Key="a")["LastModified"]
    assert s3.get_object(Bucket=bucket, Key="a", IfMatch=etag)["Body"].read() == b"a"
    assert refused(s3.get_object, Bucket=bucket, Key="a", IfMatch='"other"')[::2] == ("PreconditionFailed", 412)
    assert refused(s3.get_object, Bucket=bucket, Key="a", IfNoneMatch=etag)[::2] == ("304", 304)
    assert refused(s3.get_object, Bucket=bucket, Key="a", IfModifiedSince=at)[2] == 304
    assert s3.get_object(Bucket=bucket, Key="a", IfUnmodifiedSince=at)["Body"].read() == b"a"


def test_writes_are_conditional(s3: Any, bucket: str) -> None:
    etag = s3.put_object(Bucket=bucket, Key="a", Body=b"1", IfNoneMatch="*")["ETag"]
    assert refused(s3.put_object, Bucket=bucket, Key="a", Body=b"2", IfNoneMatch="*") == (
        "PreconditionFailed",
        "At least one of the pre-conditions you specified did not hold",
        412,
    )
    s3.put_object(Bucket=bucket, Key="a", Body=b"3", IfMatch=etag)
    assert refused(s3.put_object, Bucket=bucket, Key="a", Body=b"4", IfMatch=etag)[0] == "PreconditionFailed"
    assert refused(s3.put_object, Bucket=bucket, Key="new", Body=b"5", IfMatch=etag)[0] == "NoSuchKey"
    assert s3.get_object(Bucket=bucket, Key="a")["Body"].read() == b"3"


@pytest.mark.parametrize("algorithm", ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"])
def test_a_checksum_is_kept_and_given_back(server: PlanesServer, s3: Any, bucket: str, algorithm: str) -> None:
    expected = {  # of b"hello", from the check tools of each algorithm
        "CRC32": "NhCmhg==",
        "CRC32C": "mnG7TA==",
        "CRC64NVME": "M3eFcAZSQlc=",
        "SHA1": "qvTGHdzF6KLavt4PO0gs2a6pQ00=",
        "SHA256": "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=",
    }[algorithm]
    put = s3.put_object(Bucket=bucket, Key="a", Body=b"hello", **{f"Checksum{algorithm}": expected})
    head = s3.head_object(Bucket=bucket, Key="a", ChecksumMode="ENABLED")
    assert put[f"Checksum{algorithm}"] == head[f"Checksum{algorithm}"] == expected
    wrong = {f"Checksum{algorithm}": b64encode(bytes(len(expected) * 3 // 4 - expected.count("="))).decode()}
    assert refused(s3.put_object, Bucket=bucket, Key="a", Body=b"hello", **wrong) == (
        "BadDigest",
        f"The {algorithm} you specified did not match the calculated checksum.",
        400,
    )


def test_a_wrong_md5_is_refused_and_stores_nothing(s3: Any, bucket: str) -> None:
    md5 = b64encode(hashlib.md5(b"other").digest()).decode()
    assert refused(s3.put_object, Bucket=bucket, Key="a", Body=b"hello", ContentMD5=md5) == (
        "BadDigest",
        "The Content-MD5 you specified did not match what we received.",
        400,
    )
    assert refused(s3.put_object, Bucket=bucket, Key="a", Body=b"hello", ContentMD5="short")[0] == "InvalidDigest"
    assert refused(s3.head_object, Bucket=bucket, Key="a")[0] == "404"


def test_a_copy_has_the_bytes_and_what_it_is_told(s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="a /ä", Body=b"hello", Metadata={"x": "1"}, Tagging="t=1")
    s3.copy_object(Bucket=bucket, Key="same", CopySource={"Bucket": bucket, "Key": "a /ä"})
    s3.copy_object(
        Bucket=bucket,
        Key="other",
        CopySource={"Bucket": bucket, "Key": "a /ä"},
        MetadataDirective="REPLACE",
        Metadata={"y": "2"},
        TaggingDirective="REPLACE",
        Tagging="",
    )
    same, other = s3.get_object(Bucket=bucket, Key="same"), s3.get_object(Bucket=bucket, Key="other")
    assert (same["Body"].read(), same["Metadata"], same["TagCount"]) == (b"hello", {"x": "1"}, 1)
    assert (other["Body"].read(), other["Metadata"], other.get("TagCount")) == (b"hello", {"y": "2"}, None)
    s3.delete_object(Bucket=bucket, Key="a /ä")
    assert s3.get_object(Bucket=bucket, Key="same")["Body"].read() == b"hello"


def test_a_copy_onto_itself_must_change_something(s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="a", Body=b"hello")
    itself = {"Bucket": bucket, "Key": "a", "CopySource": {"Bucket": bucket, "Key": "a"}}
    assert refused(s3.copy_object, **itself)[0] == "InvalidRequest"
    s3.copy_object(**itself, MetadataDirective="REPLACE", Metadata={"n": "1"})
    got = s3.get_object(Bucket=bucket, Key="a")
    assert (got["Body"].read(), got["Metadata"]) == (b"hello", {"n": "1"})


def test_a_missing_or_changed_source_is_not_copied(s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="a", Body=b"hello")
    source = {"Bucket": bucket, "Key": "a"}
    assert refused(s3.copy_object, Bucket=bucket, Key="b", CopySource={**source, "Key": "nope"})[0] == "NoSuchKey"
    assert (
        refused(s3.copy_object, Bucket=bucket, Key="b", CopySource=source, CopySourceIfMatch='"x"')[0]
        == "PreconditionFailed"
    )


def test_many_objects_are_deleted_at_once(s3: Any, bucket: str) -> None:
    for key in ("a", "b", "c"):
        s3.put_object(Bucket=bucket, Key=key, Body=b"")
    objects = [{"Key": key} for key in ("a", "b", "never-was")]
    answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": objects})
    assert [each["Key"] for each in answer["Deleted"]] == ["a", "b", "never-was"]
    assert keys(s3.list_objects_v2(Bucket=bucket)) == ["c"]
    quiet = s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "c"}], "Quiet": True})
    assert "Deleted" not in quiet


def test_tags_are_put_got_and_deleted(s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="a", Body=b"")
    tags = [{"Key": "team", "Value": "ml & co"}]
    s3.put_object_tagging(Bucket=bucket, Key="a", Tagging={"TagSet": tags})
    assert s3.get_object_tagging(Bucket=bucket, Key="a")["TagSet"] == tags
    s3.delete_object_tagging(Bucket=bucket, Key="a")
    assert s3.get_object_tagging(Bucket=bucket, Key="a")["TagSet"] == []
    eleven = {"TagSet": [{"Key": str(number), "Value": ""} for number in range(11)]}
    assert refused(s3.put_object_tagging, Bucket=bucket, Key="a", Tagging=eleven)[0] == "BadRequest"


# Listings


def test_a_listing_is_paged_in_the_order_of_utf8(s3: Any, bucket: str) -> None:
    names = ["A", "a", "a/b", "a/c", "b/", "b/d", "z", "ä", "日", "😀"]
    for name in reversed(names):
        s3.put_object(Bucket=bucket, Key=name, Body=b"")
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, PaginationConfig={"PageSize": 3})
    assert [key for page in pages for key in keys(page)] == names
    pages = s3.get_paginator("list_objects").paginate(Bucket=bucket, PaginationConfig={"PageSize": 3})
    assert [key for page in pages for key in keys(page)] == names
    pages = s3.get_paginator("list_object_versions").paginate(Bucket=bucket, PaginationConfig={"PageSize": 4})
    assert [(each["Key"], each["VersionId"]) for page in pages for each in page["Versions"]] == [
        (name, "null") for name in names
    ]


@pytest.mark.parametrize("operation", ["list_objects", "list_objects_v2"])
@pytest.mark.parametrize("size", [1, 2, 1000])
def test_a_delimiter_rolls_up_whatever_the_page_size(s3: Any, bucket: str, operation: str, size: int) -> None:
    for name in ("a", "b/1", "b/2", "b/c/3", "d/4", "e"):
        s3.put_object(Bucket=bucket, Key=name, Body=b"")
    paginator = s3.get_paginator(operation)
    pages = list(paginator.paginate(Bucket=bucket, Delimiter="/", PaginationConfig={"PageSize": size}))
    assert [key for page in pages for key in keys(page)] == ["a", "e"]
    assert [each["Prefix"] for page in pages for each in page.get("CommonPrefixes", [])] == ["b/", "d/"]
    inside = s3.list_objects_v2(Bucket=bucket, Prefix="b/", Delimiter="/")
    assert (keys(inside), inside["CommonPrefixes"]) == (["b/1", "b/2"], [{"Prefix": "b/c/"}])


def test_a_listing_can_start_after_a_key(s3: Any, bucket: str) -> None:
    for name in ("a", "b", "c"):
        s3.put_object(Bucket=bucket, Key=name, Body=b"")
    assert keys(s3.list_objects_v2(Bucket=bucket, StartAfter="a")) == ["b", "c"]
    empty = s3.list_objects_v2(Bucket=bucket, MaxKeys=0)
    assert (empty["KeyCount"], empty["IsTruncated"]) == (0, False)
    assert refused(s3.list_objects_v2, Bucket=bucket, ContinuationToken="%%%")[0] == "InvalidArgument"
    assert refused(s3.list_objects_v2, Bucket="no-such-bucket")[0] == "NoSuchBucket"


# Multipart


def test_a_large_file_goes_up_in_parts_and_comes_down_in_ranges(s3: Any, bucket: str, tmp_path: Path) -> None:
    data = os.urandom(MEGABYTE) * 21
    settings = TransferConfig(
        multipart_threshold=5 * MEGABYTE, multipart_chunksize=5 * MEGABYTE, max_concurrency=4, use_threads=True
    )
    s3.upload_fileobj(io.BytesIO(data), bucket, "big", Config=settings, ExtraArgs={"Metadata": {"a": "b"}})
    head = s3.head_object(Bucket=bucket, Key="big", ChecksumMode="ENABLED")
    assert head["ETag"].endswith('-5"')
    assert (head["ContentLength"], head["Metadata"], head["ChecksumType"]) == (len(data), {"a": "b"}, "COMPOSITE")
    s3.download_file(bucket, "big", str(tmp_path / "down"), Config=settings)
    assert (tmp_path / "down").read_bytes() == data
    second = s3.get_object(Bucket=bucket, Key="big", PartNumber=2)
    assert (second["PartsCount"], second["Body"].read()) == (5, data[5 * MEGABYTE : 10 * MEGABYTE])
    across = s3.get_object(Bucket=bucket, Key="big", Range=f"bytes={5 * MEGABYTE - 2}-{5 * MEGABYTE + 1}")
    assert across["Body"].read() == data[5 * MEGABYTE - 2 : 5 * MEGABYTE + 2]


def test_an_upload_lists_its_parts_and_completes_with_those_named(s3: Any, bucket: str) -> None:
    upload = s3.create_multipart_upload(Bucket=bucket, Key="a", ContentType="text/plain")["UploadId"]
    where = {"Bucket": bucket, "Key": "a", "UploadId": upload}
    etags = [
        s3.upload_part(**where, PartNumber=number, Body=body)["ETag"]
        for number, body in ((1, b"1" * 5 * MEGABYTE), (2, b"dropped"), (3, b"3"))
    ]
    assert [each["UploadId"] for each in s3.list_multipart_uploads(Bucket=bucket)["Uploads"]] == [upload]
    assert [each["PartNumber"] for each in s3.list_parts(**where, MaxParts=2)["Parts"]] == [1, 2]
    assert [each["PartNumber"] for each in s3.list_parts(**where, PartNumberMarker=2)["Parts"]] == [3]
    parts = [{"PartNumber": 1, "ETag": etags[0]}, {"PartNumber": 3, "ETag": etags[2]}]
    s3.complete_multipart_upload(**where, MultipartUpload={"Parts": parts})
    got = s3.get_object(Bucket=bucket, Key="a")
    assert (got["ContentType"], got["Body"].read()) == ("text/plain", b"1" * 5 * MEGABYTE + b"3")
    assert refused(s3.list_parts, **where)[0] == "NoSuchUpload"


def test_a_wrong_list_of_parts_is_refused_and_the_upload_goes_on(s3: Any, bucket: str) -> None:
    upload = s3.create_multipart_upload(Bucket=bucket, Key="a")["UploadId"]
    where = {"Bucket": bucket, "Key": "a", "UploadId": upload}
    one, two = (s3.upload_part(**where, PartNumber=number, Body=b"small")["ETag"] for number in (1, 2))

    def complete(*parts: tuple[int, str]) -> tuple[str, str, int]:
        listed = {"Parts": [{"PartNumber": number, "ETag": etag} for number, etag in parts]}
        return refused(s3.complete_multipart_upload, **where, MultipartUpload=listed)

    assert complete((1, '"0123"'))[::2] == ("InvalidPart", 400)
    assert complete((2, two), (1, one))[0] == "InvalidPartOrder"
    assert complete((1, one), (2, two)) == (
        "EntityTooSmall",
        "Your proposed upload is smaller than the minimum allowed size",
        400,
    )
    assert complete()[0] == "MalformedXML"
    s3.abort_multipart_upload(**where)
    assert refused(s3.upload_part, **where, PartNumber=1, Body=b"x")[::2] == ("NoSuchUpload", 404)


def test_parts_are_copied_from_other_objects(s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="source", Body=b"abc" * 2 * MEGABYTE)
    upload = s3.create_multipart_upload(Bucket=bucket, Key="joined")["UploadId"]
    where = {"Bucket": bucket, "Key": "joined", "UploadId": upload}
    source = {"Bucket": bucket, "Key": "source"}
    whole = s3.upload_part_copy(**where, PartNumber=1, CopySource=source)["CopyPartResult"]["ETag"]
    some = s3.upload_part_copy(**where, PartNumber=2, CopySource=source, CopySourceRange="bytes=1-2")
    assert (
        refused(s3.upload_part_copy, **where, PartNumber=3, CopySource=source, CopySourceRange="bytes=0-99999999")[0]
        == "InvalidArgument"
    )
    parts = [{"PartNumber": 1, "ETag": whole}, {"PartNumber": 2, "ETag": some["CopyPartResult"]["ETag"]}]
    s3.complete_multipart_upload(**where, MultipartUpload={"Parts": parts})
    got = s3.get_object(Bucket=bucket, Key="joined", Range="bytes=-5")["Body"].read()
    assert got == b"abcbc"


def test_a_refusal_before_the_body_does_not_spoil_the_connection(server: PlanesServer, bucket: str) -> None:
    s3 = server.client("s3", max_pool_connections=1)
    for _ in range(3):
        assert refused(s3.put_object, Bucket="no-such-bucket", Key="a", Body=b"x" * 100_000)[0] == "NoSuchBucket"
        s3.put_object(Bucket=bucket, Key="a", Body=b"hello")
    assert s3.get_object(Bucket=bucket, Key="a")["Body"].read() == b"hello"


# Documents of buckets


def test_documents_of_a_bucket_are_kept(s3: Any, bucket: str) -> None:
    assert refused(s3.get_bucket_policy, Bucket=bucket) == (
        "NoSuchBucketPolicy",
        "The bucket policy does not exist",
        404,
    )
    s3.put_bucket_policy(Bucket=bucket, Policy='{"Version":"2012-10-17"}')
    assert s3.get_bucket_policy(Bucket=bucket)["Policy"] == '{"Version":"2012-10-17"}'
    s3.delete_bucket_policy(Bucket=bucket)
    assert refused(s3.get_bucket_tagging, Bucket=bucket)[0] == "NoSuchTagSet"
    s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": [{"Key": "a", "Value": "b"}]})
    assert s3.get_bucket_tagging(Bucket=bucket)["TagSet"] == [{"Key": "a", "Value": "b"}]
    assert "Status" not in s3.get_bucket_versioning(Bucket=bucket)
    rules = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rules[0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    assert s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]["BlockPublicAcls"] is True
    assert s3.get_bucket_acl(Bucket=bucket)["Grants"][0]["Permission"] == "FULL_CONTROL"


def test_what_is_not_there_is_refused_by_name(s3: Any, bucket: str) -> None:
    rules = {"QueueConfigurations": [{"QueueArn": "arn:aws:sqs:x:1:q", "Events": ["s3:ObjectCreated:*"]}]}
    code, message, status = refused(
        s3.put_bucket_notification_configuration, Bucket=bucket, NotificationConfiguration=rules
    )
    assert (code, status) == ("NotImplemented", 501)
    assert "notification" in message
    assert "inventory" in refused(s3.list_bucket_inventory_configurations, Bucket=bucket)[1]
    assert "restore" in refused(s3.restore_object, Bucket=bucket, Key="a", RestoreRequest={"Days": 1})[1]
    assert refused(s3.put_object, Bucket=bucket, Key="a", Body=b"", ACL="public-read") == (
        "AccessControlListNotSupported",
        "The bucket does not allow ACLs",
        400,
    )


# Other clients


def test_presigned_urls_put_and_get(s3: Any, bucket: str) -> None:
    where = {"Bucket": bucket, "Key": "signed/ä b"}
    put = urllib.request.Request(s3.generate_presigned_url("put_object", Params=where), data=b"hello", method="PUT")
    put.add_header("Content-Type", "text/css")
    assert urllib.request.urlopen(put).status == 200
    get = s3.generate_presigned_url(
        "get_object", Params={**where, "ResponseContentDisposition": "attachment; filename=a.css"}
    )
    answer = urllib.request.urlopen(get)
    assert (answer.read(), answer.headers["Content-Type"]) == (b"hello", "text/css")
    assert answer.headers["Content-Disposition"] == "attachment; filename=a.css"


def test_a_presigned_url_expires(s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="a", Body=b"")
    url = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "a"}, ExpiresIn=-60)
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(url)
    assert caught.value.code == 403
    assert b"<Message>Request has expired</Message>" in caught.value.read()


def test_a_line_break_in_a_presigned_header_does_not_split_the_answer(s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="a", Body=b"")
    params = {"Bucket": bucket, "Key": "a", "ResponseContentType": "text/plain\r\nX-Evil: 1"}
    answer = urllib.request.urlopen(s3.generate_presigned_url("get_object", Params=params))
    assert "X-Evil" not in answer.headers


def raw(server: PlanesServer, method: str, path: str, body: Any = b"", **headers: str) -> tuple[int, bytes]:
    """Send one request as it stands and return status and body."""
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=30)
    scope = f"AWS4-HMAC-SHA256 Credential=test/20261123/{REGION}/s3/aws4_request, SignedHeaders=host, Signature=0"
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body, {"Authorization": scope, **named})
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer.status, content


def test_more_than_one_checksum_is_refused(server: PlanesServer, bucket: str) -> None:
    headers = {"x_amz_checksum_crc32": "NhCmhg==", "x_amz_checksum_sha256": "x"}

    status, body = raw(server, "PUT", f"/{bucket}/a", b"hello", **headers)

    assert (status, b"Expecting a single x-amz-checksum- header." in body) == (400, True)


def test_aws_chunked_bodies_are_unwrapped_and_their_trailer_is_held_against_them(
    server: PlanesServer, s3: Any, bucket: str
) -> None:
    def wrapped(checksum: str) -> bytes:
        return f"3\r\nhel\r\n2;chunk-signature=0\r\nlo\r\n0\r\nx-amz-checksum-crc32:{checksum}\r\n\r\n".encode()

    headers = {
        "x_amz_content_sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        "Content_Encoding": "aws-chunked",
        "x_amz_decoded_content_length": "5",
        "x_amz_trailer": "x-amz-checksum-crc32",
    }
    assert raw(server, "PUT", f"/{bucket}/a", wrapped("NhCmhg=="), **headers)[0] == 200
    got = s3.get_object(Bucket=bucket, Key="a")
    assert (got["Body"].read(), got.get("ContentEncoding"), got["ChecksumCRC32"]) == (b"hello", None, "NhCmhg==")
    status, body = raw(server, "PUT", f"/{bucket}/b", wrapped("AAAAAA=="), **headers)
    assert (status, b"<Code>BadDigest</Code>" in body) == (400, True)
    status, body = raw(server, "PUT", f"/{bucket}/b", wrapped("NhCmhg==")[:-33], **headers)
    assert (status, b"<Code>MalformedTrailerError</Code>" in body) == (400, True)
    status, body = raw(server, "PUT", f"/{bucket}/b", wrapped("NhCmhg==")[:-40], **headers)
    assert (status, b"<Code>IncompleteBody</Code>" in body) == (400, True)
    assert refused(s3.head_object, Bucket=bucket, Key="b")[0] == "404"


def test_a_body_that_is_not_what_was_signed_is_refused(server: PlanesServer, bucket: str) -> None:
    status, body = raw(server, "PUT", f"/{bucket}/a", b"hello", x_amz_content_sha256="0" * 64)
    assert (status, b"XAmzContentSHA256Mismatch" in body) == (400, True)


def test_a_bucket_can_be_named_by_the_host(server: PlanesServer, s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="a/b", Body=b"hello")
    for host in (f"{bucket}.s3.amazonaws.com", f"{bucket}.s3.{REGION}.amazonaws.com", f"{bucket}.s3.localhost:8083"):
        assert raw(server, "GET", "/a/b", Host=host) == (200, b"hello")
    for host in ("s3.amazonaws.com", f"s3.{REGION}.amazonaws.com", "localhost:8083"):
        assert raw(server, "GET", f"/{bucket}/a/b", Host=host) == (200, b"hello")


def test_documents_that_are_not_xml_are_malformed(server: PlanesServer, bucket: str) -> None:
    status, body = raw(server, "POST", f"/{bucket}?delete", b"<Delete><Object>")
    assert (status, b"<Code>MalformedXML</Code>" in body) == (400, True)
    status, body = raw(server, "GET", "/%ff%fe/x")
    assert (status, b"<Code>InvalidURI</Code>" in body) == (400, True)


def test_an_interrupted_upload_leaves_nothing(server: PlanesServer, s3: Any, bucket: str) -> None:
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=30)
    scope = f"AWS4-HMAC-SHA256 Credential=test/20261123/{REGION}/s3/aws4_request, SignedHeaders=host, Signature=0"
    connection.putrequest("PUT", f"/{bucket}/half")
    for name, value in {"Authorization": scope, "Content-Length": str(10 * MEGABYTE)}.items():
        connection.putheader(name, value)
    connection.endheaders(b"x" * MEGABYTE)
    connection.close()
    assert keys(s3.list_objects_v2(Bucket=bucket)) == []


def test_the_command_line_makes_copies_syncs_and_removes(server: PlanesServer, tmp_path: Path) -> None:
    folder = tmp_path / "up"
    (folder / "sub").mkdir(parents=True)
    (folder / "one.txt").write_text("one")
    (folder / "sub" / "two.bin").write_bytes(os.urandom(9 * MEGABYTE))
    aws = Path(sys.executable).with_name("aws")

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [str(aws), "s3", *arguments],
            env={**os.environ, **server.environment, "AWS_CONFIG_FILE": str(tmp_path / "none")},
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    run("mb", "s3://from-the-cli")
    run("sync", str(folder), "s3://from-the-cli/data")
    assert "sub/" in run("ls", "s3://from-the-cli/data/")
    run("cp", "s3://from-the-cli/data/", str(tmp_path / "down"), "--recursive")
    assert (tmp_path / "down/sub/two.bin").read_bytes() == (folder / "sub/two.bin").read_bytes()
    run("rb", "--force", "s3://from-the-cli")
    assert "from-the-cli" not in run("ls")


def test_everything_is_there_after_a_restart(tmp_path: Path) -> None:
    with PlanesServer(tmp_path) as first:
        s3 = first.client("s3")
        s3.create_bucket(Bucket="kept", **HERE)
        s3.put_object(
            Bucket="kept", Key="a", Body=b"hello", Metadata={"m_n": "1"}, ContentType="text/plain", Tagging="t=1"
        )
        upload = s3.create_multipart_upload(Bucket="kept", Key="parts")["UploadId"]
        etag = s3.upload_part(Bucket="kept", Key="parts", UploadId=upload, PartNumber=1, Body=b"part")["ETag"]
        s3.put_bucket_policy(Bucket="kept", Policy="{}")
    with PlanesServer(tmp_path) as second:
        s3 = second.client("s3")
        got = s3.get_object(Bucket="kept", Key="a")
        assert (got["Body"].read(), got["Metadata"], got["ContentType"]) == (b"hello", {"m_n": "1"}, "text/plain")
        parts = {"Parts": [{"PartNumber": 1, "ETag": etag}]}
        s3.complete_multipart_upload(Bucket="kept", Key="parts", UploadId=upload, MultipartUpload=parts)
        assert s3.get_object(Bucket="kept", Key="parts")["Body"].read() == b"part"
        assert s3.get_bucket_policy(Bucket="kept")["Policy"] == "{}"
