"""ListBuckets, CreateBucket, HeadBucket, DeleteBucket, GetBucketLocation."""

from __future__ import annotations

from typing import Final

from stepfunctions.s3.errors import BucketExists
from stepfunctions.s3.objects import ObjectStore
from stepfunctions.server.errors import AwsError
from stepfunctions.server.s3.call import Answer, Call
from stepfunctions.server.s3.errors import invalid_argument, not_implemented
from stepfunctions.server.s3.formats import XML_TYPE, iso_date, owner
from stepfunctions.server.s3.headers import refuse_public_acl
from stepfunctions.server.s3.xml import document, element, parse

BODY_MAX_BYTES: Final = 64 * 1024
DEFAULT_REGION: Final = "us-east-1"


async def list_buckets(store: ObjectStore, call: Call) -> Answer:
    """Answer ListBuckets."""
    prefix, after = call.query.get("prefix", ""), call.query.get("continuation-token", "")
    region = call.query.get("bucket-region")
    found = [
        bucket
        for bucket in store.list_buckets()
        if bucket.name.startswith(prefix) and bucket.name > after and region in (None, bucket.region)
    ]
    limit = _max_buckets(call)
    shown = [
        element(
            "Bucket",
            [
                element("Name", bucket.name),
                element("CreationDate", iso_date(bucket.created_at)),
                element("BucketRegion", bucket.region),
            ],
        )
        for bucket in found[:limit]
    ]
    content = [owner(call.request), element("Buckets", shown), element("Prefix", prefix or None)]
    if len(found) > limit:
        content.append(element("ContinuationToken", found[limit - 1].name))
    return Answer(200, XML_TYPE, document("ListAllMyBucketsResult", content))


async def create_bucket(store: ObjectStore, call: Call) -> Answer:
    """Answer CreateBucket. In us-east-1, and only there, making one's own bucket again is fine."""
    if (call.header("x-amz-bucket-object-lock-enabled") or "").lower() == "true":
        raise not_implemented("x-amz-bucket-object-lock-enabled")
    refuse_public_acl(call)
    region = _region(call, await call.body.read(BODY_MAX_BYTES))
    try:
        store.create_bucket(call.bucket, region)
    except BucketExists:
        if not region == store.head_bucket(call.bucket).region == DEFAULT_REGION:
            raise
    return Answer(200, {"location": f"/{call.bucket}"})


async def head_bucket(store: ObjectStore, call: Call) -> Answer:
    """Answer HeadBucket."""
    bucket = store.head_bucket(call.bucket)
    headers = {"x-amz-bucket-region": bucket.region, "x-amz-access-point-alias": "false", **XML_TYPE}
    return Answer(200, headers)


async def delete_bucket(store: ObjectStore, call: Call) -> Answer:
    """Answer DeleteBucket."""
    store.delete_bucket(call.bucket)
    return Answer(204)


async def get_bucket_location(store: ObjectStore, call: Call) -> Answer:
    """Answer GetBucketLocation: empty for us-east-1."""
    region = store.head_bucket(call.bucket).region
    return Answer(200, XML_TYPE, document("LocationConstraint", [] if region == DEFAULT_REGION else [region]))


def _region(call: Call, body: bytes) -> str:
    """Return the region of a new bucket, with AWS's rules about the endpoint it was asked of."""
    constraint = parse(body, "CreateBucketConfiguration").findtext("LocationConstraint") if body.strip() else None
    endpoint = call.request.region
    if constraint == DEFAULT_REGION:
        raise AwsError(
            "InvalidLocationConstraint",
            "The specified location-constraint is not valid",
            members={"LocationConstraint": constraint},
        )
    region = "eu-west-1" if constraint == "EU" else constraint or DEFAULT_REGION
    if endpoint not in (DEFAULT_REGION, region):
        raise AwsError(
            "IllegalLocationConstraintException",
            f"The {constraint or 'unspecified'} location constraint is incompatible for the region specific endpoint "
            "this request was sent to.",
        )
    return region


def _max_buckets(call: Call) -> int:
    text = call.query.get("max-buckets", "10000")
    if not text.isdigit() or not 1 <= int(text) <= 10_000:
        raise invalid_argument("Provided max-buckets not an integer or within integer range", "max-buckets", text)
    return int(text)
