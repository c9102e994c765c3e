"""Services that are not ours: moto in process, or another place by the user's choice."""

from __future__ import annotations

import io
import json
import logging
import socket
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from tests.planes_server import ACCOUNT, REGION, PlanesServer

from stepfunctions.errors import InvalidRequest
from stepfunctions.server.elsewhere import Elsewhere
from stepfunctions.server.request import Request

TRUST = json.dumps({"Version": "2012-10-17", "Statement": []})


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PlanesServer]:
    with PlanesServer(tmp_path_factory.mktemp("cloud")) as server:
        yield server


def refused(call: Any, **params: Any) -> tuple[str, str, int]:
    with pytest.raises(ClientError) as caught:
        call(**params)
    answer = caught.value.response
    return answer["Error"]["Code"], answer["Error"]["Message"], answer["ResponseMetadata"]["HTTPStatusCode"]


def table(dynamodb: Any, name: str) -> None:
    dynamodb.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )


def test_a_queue_has_an_address_of_this_server(server: PlanesServer) -> None:
    sqs = server.client("sqs")
    url = sqs.create_queue(QueueName="jobs")["QueueUrl"]
    assert url == f"{server.url}/{ACCOUNT}/jobs"
    sqs.send_message(QueueUrl=url, MessageBody="hello")
    assert sqs.receive_message(QueueUrl=url)["Messages"][0]["Body"] == "hello"


def test_a_topic_delivers_to_a_queue(server: PlanesServer) -> None:
    sqs, sns = server.client("sqs"), server.client("sns")
    url = sqs.create_queue(QueueName="inbox")["QueueUrl"]
    topic = sns.create_topic(Name="news")["TopicArn"]
    assert topic == f"arn:aws:sns:{REGION}:{ACCOUNT}:news"
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"arn:aws:sqs:{REGION}:{ACCOUNT}:inbox")
    sns.publish(TopicArn=topic, Message="extra")
    assert "extra" in sqs.receive_message(QueueUrl=url)["Messages"][0]["Body"]


def test_tables_keep_items(server: PlanesServer) -> None:
    dynamodb = server.client("dynamodb")
    table(dynamodb, "things")
    dynamodb.put_item(TableName="things", Item={"k": {"S": "x"}, "n": {"N": "1"}})
    assert dynamodb.get_item(TableName="things", Key={"k": {"S": "x"}})["Item"]["n"] == {"N": "1"}
    assert refused(dynamodb.get_item, TableName="nope", Key={"k": {"S": "x"}})[0] == "ResourceNotFoundException"
    assert server.client("dynamodbstreams").list_streams()["Streams"] == []


def test_other_services_answer(server: PlanesServer) -> None:
    server.client("events").put_rule(Name="hourly", ScheduleExpression="rate(1 hour)")
    assert server.client("events").list_rules()["Rules"][0]["Name"] == "hourly"
    server.client("secretsmanager").create_secret(Name="s", SecretString="x")
    assert server.client("secretsmanager").get_secret_value(SecretId="s")["SecretString"] == "x"
    server.client("ssm").put_parameter(Name="/a", Value="1", Type="String")
    assert server.client("ssm").get_parameter(Name="/a")["Parameter"]["Value"] == "1"
    server.client("ecr").create_repository(repositoryName="images")
    assert len(server.client("ecr").describe_repositories()["repositories"]) == 1
    server.client("cloudwatch").put_metric_data(Namespace="n", MetricData=[{"MetricName": "m", "Value": 1}])
    assert server.client("cloudwatch").list_metrics(Namespace="n")["Metrics"][0]["MetricName"] == "m"
    key = server.client("kms").create_key()["KeyMetadata"]["KeyId"]
    sealed = server.client("kms").encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    assert server.client("kms").decrypt(CiphertextBlob=sealed)["Plaintext"] == b"x"


def test_a_function_takes_a_role_that_our_iam_keeps(server: PlanesServer) -> None:
    role = server.client("iam").create_role(RoleName="Lambda", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as writer:
        writer.writestr("a.py", "def handler(event, context): return event")
    made = server.client("lambda").create_function(
        FunctionName="f",
        Runtime="python3.12",
        Role=role,
        Handler="a.handler",
        Code={"ZipFile": archive.getvalue()},
    )
    assert made["FunctionArn"] == f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:f"


def test_regions_are_apart(server: PlanesServer) -> None:
    server.client("sqs").create_queue(QueueName="here")
    assert "QueueUrls" not in server.client("sqs", region_name="ap-south-1").list_queues(QueueNamePrefix="here")


def test_what_moto_lacks_is_refused_by_name(server: PlanesServer) -> None:
    code, message, status = refused(server.client("apprunner").list_services)
    assert (code, status) == ("NotImplemented", 501)
    assert message == (
        "The service 'apprunner' is not available in the local cloud: moto lacks it too. Point it elsewhere with "
        "--service apprunner=URL."
    )
    code, message, status = refused(server.client("ecr").describe_pull_through_cache_rules)
    assert (code, status) == ("NotImplemented", 501)
    assert "describe_pull_through_cache_rules" in message
    assert refused(server.client("iam").list_service_specific_credentials)[::2] == ("NotImplemented", 501)


def test_an_action_that_no_service_has_is_refused_and_not_taken_for_a_failure(server: PlanesServer) -> None:
    request = urllib.request.Request(
        server.url,
        data=b"Action=Nonsense&Version=2010-05-08",
        headers={
            "Content-Type": "application/x-www-form-urlencoded",
            "Authorization": "AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/iam/aws4_request, "
            "SignedHeaders=host, Signature=0",
        },
    )
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request)
    assert caught.value.code == 501


def test_the_log_says_that_what_moto_holds_is_lost(server: PlanesServer, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "stepfunctions.integrations.moto"):
        server.client("kinesis").list_streams()
        server.client("kinesis").list_streams()
    said = [record.getMessage() for record in caplog.records]
    assert said == ["kinesis is answered by moto: what it holds is in memory only, and gone when the cloud stops"]


def test_botocore_itself_is_not_patched(server: PlanesServer) -> None:
    server.client("sqs").list_queues()
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    from botocore.exceptions import EndpointConnectionError

    session = boto3.Session(aws_access_key_id="a", aws_secret_access_key="b", region_name=REGION)
    with pytest.raises(EndpointConnectionError):
        session.client("sqs", endpoint_url=f"http://127.0.0.1:{port}").list_queues()


def test_a_service_can_be_pointed_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    (tmp_path / "near").mkdir()
    data = b"0123456789" * 300_000
    with PlanesServer(tmp_path / "far") as far, PlanesServer(tmp_path / "near", {"s3": far.url}) as near:
        far.client("s3").create_bucket(Bucket="far-away", CreateBucketConfiguration={"LocationConstraint": REGION})
        near.client("s3").put_object(Bucket="far-away", Key="a/../ä", Body=data)
        assert far.client("s3").get_object(Bucket="far-away", Key="a/../ä")["Body"].read() == data
        assert near.client("s3").get_object(Bucket="far-away", Key="a/../ä")["Body"].read() == data
        assert refused(near.client("s3").get_object, Bucket="far-away", Key="b")[0] == "NoSuchKey"
        assert near.client("s3").head_object(Bucket="far-away", Key="a/../ä")["ContentLength"] == len(data)
        assert list((tmp_path / "near" / "s3").iterdir()) == []


def test_what_goes_to_aws_is_signed_with_the_clouds_own_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAREAL")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)
    url = "https://dynamodb.eu-west-1.amazonaws.com"
    request = Request("1", ACCOUNT, "eu-west-1", {}, url, "POST", "/", "dynamodb")
    given = {"authorization": "AWS4-HMAC-SHA256 Credential=test/...", "x-amz-target": "DynamoDB_20120810.ListTables"}
    signed = Elsewhere("dynamodb", url).signed(request, f"{url}/", given, b"{}")
    assert "Credential=AKIAREAL/" in signed["Authorization"]
    assert "/eu-west-1/dynamodb/aws4_request" in signed["Authorization"]
    assert "authorization" not in signed
    assert signed["x-amz-target"] == "DynamoDB_20120810.ListTables"


def test_a_place_that_does_not_answer_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
    with PlanesServer(tmp_path, {"dynamodb": url}) as server:
        code, message, status = refused(server.client("dynamodb").list_tables)
    assert (code, status) == ("ServiceUnavailable", 503)
    assert message.startswith(f"dynamodb is pointed at {url}, which failed: ")


def test_an_address_must_be_one() -> None:
    with pytest.raises(InvalidRequest, match="--service dynamodb=somewhere: give an address such as"):
        Elsewhere("dynamodb", "somewhere")
