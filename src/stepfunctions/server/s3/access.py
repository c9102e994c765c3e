"""Access control lists, as a bucket has them today by default: none but the owner's (BucketOwnerEnforced).

Source: Amazon S3 User Guide, "Controlling ownership of objects and disabling ACLs for your bucket".
"""

from __future__ import annotations

from typing import Final

from stepfunctions.s3.objects import ObjectStore
from stepfunctions.server.errors import AwsError
from stepfunctions.server.s3.call import Answer, Call
from stepfunctions.server.s3.formats import XML_TYPE, canonical_id, owner
from stepfunctions.server.s3.headers import refuse_public_acl
from stepfunctions.server.s3.xml import document, element

_SCHEMA: Final = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser"'


async def get_acl(store: ObjectStore, call: Call) -> Answer:
    """Answer GetBucketAcl and GetObjectAcl: the owner has full control."""
    _check_exists(store, call)
    grantee = f"<Grantee {_SCHEMA}>{element('ID', canonical_id(call.request.account))}</Grantee>"
    grant = element("Grant", [grantee, element("Permission", "FULL_CONTROL")])
    content = [owner(call.request), element("AccessControlList", [grant])]
    return Answer(200, XML_TYPE, document("AccessControlPolicy", content))


async def put_acl(store: ObjectStore, call: Call) -> Answer:
    """Answer PutBucketAcl and PutObjectAcl: only what changes nothing is taken."""
    _check_exists(store, call)
    refuse_public_acl(call)
    if call.header("x-amz-acl") is None:
        raise AwsError("AccessControlListNotSupported", "The bucket does not allow ACLs")
    return Answer(200)


async def get_policy_status(store: ObjectStore, call: Call) -> Answer:
    """Answer GetBucketPolicyStatus: nothing here is public."""
    store.head_bucket(call.bucket)
    return Answer(200, XML_TYPE, document("PolicyStatus", [element("IsPublic", False)]))


def _check_exists(store: ObjectStore, call: Call) -> None:
    if call.key:
        store.head(call.bucket, call.key)
    else:
        store.head_bucket(call.bucket)
