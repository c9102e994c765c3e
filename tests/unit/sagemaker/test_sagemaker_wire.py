"""Every answer of the wire is as AWS's model has it, and holds what clients check strictly."""

from __future__ import annotations

import json
from typing import Any

import pytest

from stepfunctions.server.app import App
from stepfunctions.server.sagemaker.runtime import SageMakerRuntime
from stepfunctions.server.sagemaker.service import sagemaker_service

SIGNED = "AWS4-HMAC-SHA256 Credential=AKID/20261123/eu-west-1/sagemaker/aws4_request, SignedHeaders=host, Signature=00"


class Wire:
    """Calls operations as a client would, without a socket. Every answer is checked against its output shape."""

    def __init__(self, sagemaker) -> None:
        service = sagemaker_service(sagemaker, checks_output=True)
        self._app = App({"sagemaker": service, "sagemaker-runtime": SageMakerRuntime(sagemaker)}, service)

    async def __call__(self, operation: str, agent: str = "AWS-SageMaker-Python-SDK", **params) -> tuple[int, Any]:
        headers = {"x-amz-target": f"SageMaker.{operation}", "user-agent": agent}
        status, _, body = await self.send("/", headers, json.dumps(params).encode())
        return status, json.loads(body)

    async def send(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
        sent: list[dict[str, Any]] = []
        given = {"host": "127.0.0.1:8083", "authorization": SIGNED, **headers}

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "method": "POST",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "scheme": "http",
            "headers": [(name.encode(), value.encode()) for name, value in given.items()],
        }
        await self._app(scope, receive, send)
        start, *parts = sent
        answered = {name.decode(): value.decode() for name, value in start["headers"]}
        return start["status"], answered, b"".join(part.get("body", b"") for part in parts)


@pytest.fixture
def wire(sagemaker, world, archive):
    world.objects.buckets["data"] = {"train/a.csv": b"1", "model.tar.gz": archive(weights="7"), "rows/a": b"1"}
    return Wire(sagemaker)


async def test_a_training_job_is_described_in_full(wire, train_request):
    request = train_request(VpcConfig={"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1"]}, DebugHookConfig={})
    request.pop("DebugHookConfig")
    assert (await wire("CreateTrainingJob", **request))[0] == 200

    status, job = await wire("DescribeTrainingJob", TrainingJobName="job")

    assert (status, job["TrainingJobStatus"]) == (200, "Completed")
    assert isinstance(job["CreationTime"], float)
    assert job["SecondaryStatusTransitions"][0]["StartTime"] == job["CreationTime"]
    assert job["VpcConfig"] == request["VpcConfig"]
    assert job["FinalMetricDataList"][0]["MetricName"] == "validation:rmse"
    assert not set(job) & {"phase", "metrics", "ended_by", "log_epoch", "Tags"}
    assert (await wire("ListTrainingJobs"))[1]["TrainingJobSummaries"][0]["TrainingJobName"] == "job"


async def test_an_impatient_client_is_answered_at_once(wire, train_request, tmp_path):
    await wire("CreateTrainingJob", **train_request(HyperParameters={"block": str(tmp_path / "never")}))

    _, job = await wire("DescribeTrainingJob", agent="Boto3/1.44", TrainingJobName="job")

    assert job["TrainingJobStatus"] == "InProgress"
    assert "TrainingEndTime" not in job


async def test_hosting_from_model_to_invocation(wire, train_request):
    image = train_request()["AlgorithmSpecification"]["TrainingImage"]
    container = {"Image": image, "ModelDataUrl": "s3://data/model.tar.gz"}
    variant = {"VariantName": "AllTraffic", "ModelName": "m", "InitialInstanceCount": 1, "InstanceType": "ml.m5.large"}
    role = train_request()["RoleArn"]
    await wire("CreateModel", ModelName="m", PrimaryContainer=container, ExecutionRoleArn=role, VpcConfig=None)
    await wire("CreateEndpointConfig", EndpointConfigName="c", ProductionVariants=[variant])
    await wire("CreateEndpoint", EndpointName="e", EndpointConfigName="c", Tags=[])

    model = (await wire("DescribeModel", ModelName="m"))[1]
    config = (await wire("DescribeEndpointConfig", EndpointConfigName="c"))[1]
    endpoint = (await wire("DescribeEndpoint", EndpointName="e"))[1]
    status, headers, body = await wire.send(
        "/endpoints/e/invocations",
        {"content-type": "text/csv", "x-amzn-sagemaker-custom-attributes": "trace=1"},
        b"1,2",
    )

    assert "VpcConfig" not in model
    assert config["ProductionVariants"][0]["InitialVariantWeight"] == 1.0
    assert endpoint["EndpointStatus"] == "InService"
    assert (status, body) == (200, b"7:1,2")
    assert headers["x-amzn-invoked-production-variant"] == "AllTraffic"
    assert headers["x-amzn-sagemaker-custom-attributes"] == "trace=1"
    assert headers["content-type"] == "text/csv"
    for operation, member in (("ListModels", "Models"), ("ListEndpointConfigs", "EndpointConfigs")):
        assert len((await wire(operation))[1][member]) == 1
    assert (await wire("ListEndpoints", StatusEquals="InService"))[1]["Endpoints"][0]["EndpointName"] == "e"


async def test_an_error_of_the_model_is_a_model_error(wire, train_request):
    await test_hosting_from_model_to_invocation(wire, train_request)
    status, headers, body = await wire.send("/endpoints/e/invocations", {"content-type": "application/x-bad"}, b"1")

    error = json.loads(body)
    assert (status, headers["x-amzn-errortype"]) == (424, "ModelError")
    assert (error["OriginalStatusCode"], error["OriginalMessage"]) == (415, "bad type")
    assert error["Message"].startswith('Received client error (415) from primary with message "bad type". See https://')
    assert error["LogStreamArn"] == "arn:aws:logs:eu-west-1:000000000000:log-group:/aws/sagemaker/Endpoints/e"


async def test_a_transform_job_is_described_in_full(wire, train_request):
    image = train_request()["AlgorithmSpecification"]["TrainingImage"]
    container = {"Image": image, "ModelDataUrl": "s3://data/model.tar.gz"}
    await wire("CreateModel", ModelName="m", PrimaryContainer=container, ExecutionRoleArn=train_request()["RoleArn"])
    source = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://data/rows"}}
    await wire(
        "CreateTransformJob",
        TransformJobName="t",
        ModelName="m",
        TransformInput={"DataSource": source},
        TransformOutput={"S3OutputPath": "s3://out/rows"},
        TransformResources={"InstanceType": "ml.m5.large", "InstanceCount": 1},
    )

    status, job = await wire("DescribeTransformJob", TransformJobName="t")

    assert (status, job["TransformJobStatus"]) == (200, "Completed")
    assert not set(job) & {"container", "role"}
    assert (await wire("ListTransformJobs"))[1]["TransformJobSummaries"][0]["TransformJobStatus"] == "Completed"


async def test_what_is_not_available_says_so(wire, train_request):
    status, error = await wire("CreateProcessingJob")
    assert (status, error["message"]) == (501, "CreateProcessingJob of sagemaker is not available locally.")
    status, error = await wire(
        "ListTrainingJobs", TrainingPlanArnEquals="arn:aws:sagemaker:us-east-1:123456789012:training-plan/x"
    )
    assert "TrainingPlanArnEquals is not available locally" in error["message"]
    status, _, body = await wire.send("/endpoints/e/async-invocations", {}, b"")
    assert (status, "is not available locally" in json.loads(body)["Message"]) == (501, True)
