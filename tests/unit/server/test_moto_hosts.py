"""Services that share a signing name are told apart; the others have the common host."""

from __future__ import annotations

import pytest

from stepfunctions.integrations.moto import HttpRequest, host_of


@pytest.mark.parametrize(
    ("service", "path", "target", "host"),
    [
        ("sqs", "/", "", "sqs.eu-west-1.amazonaws.com"),
        ("s{x}q", "/", "", "s{x}q.eu-west-1.amazonaws.com"),
        ("budgets", "/", "", "budgets.amazonaws.com"),
        ("memorydb", "/", "", "memory-db.eu-west-1.amazonaws.com"),
        ("dynamodb", "/", "DynamoDB_20120810.GetItem", "dynamodb.eu-west-1.amazonaws.com"),
        ("dynamodb", "/", "DynamoDBStreams_20120810.ListStreams", "streams.dynamodb.eu-west-1.amazonaws.com"),
        ("bedrock", "/model/m/invoke", "", "bedrock-runtime.eu-west-1.amazonaws.com"),
        ("bedrock", "/agents/", "", "bedrock-agent.eu-west-1.amazonaws.com"),
        ("bedrock", "/foundation-models", "", "bedrock.eu-west-1.amazonaws.com"),
        ("timestream", "/", "Timestream_20181101.Query", "query.timestream.eu-west-1.amazonaws.com"),
        ("timestream", "/", "Timestream_20181101.WriteRecords", "ingest.timestream.eu-west-1.amazonaws.com"),
    ],
)
def test_a_service_has_its_host(service: str, path: str, target: str, host: str) -> None:
    request = HttpRequest(service, "eu-west-1", "POST", f"http://127.0.0.1:1{path}", {"X-Amz-Target": target}, b"")
    assert host_of(request) == host
