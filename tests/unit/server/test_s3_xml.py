"""The XML that S3 reads: small, flat, and without surprises."""

from __future__ import annotations

import pytest

from stepfunctions.server.errors import AwsError
from stepfunctions.server.s3.xml import parse


def test_names_are_read_whatever_their_namespace() -> None:
    body = b'<Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Quiet>true</Quiet></Delete>'
    assert parse(body, "Delete").findtext("Quiet") == "true"


@pytest.mark.parametrize(
    "body",
    [
        b"<Delete>",
        b"<Other/>",
        b'<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;">]><Delete><Quiet>&b;</Quiet></Delete>',
    ],
)
def test_what_is_no_such_document_is_malformed(body: bytes) -> None:
    with pytest.raises(AwsError) as refused:
        parse(body, "Delete")
    assert refused.value.code == "MalformedXML"
