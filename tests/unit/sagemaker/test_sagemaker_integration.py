"""The optimised integration of SageMaker, on a real local SageMaker."""

from __future__ import annotations

import asyncio
import json

import pytest

from stepfunctions.engine.handler import TaskError, TaskRequest
from stepfunctions.integrations import sagemaker as integration
from stepfunctions.integrations.registry import Registry

EXECUTION = "arn:aws:states:eu-west-1:123456789012:execution:machine:run"
TRAIN = "arn:aws:states:::sagemaker:createTrainingJob.sync"


class Reports:
    """What a handler has reported."""

    def __init__(self) -> None:
        self.submissions: asyncio.Queue = asyncio.Queue()

    async def started(self, worker=None):
        raise AssertionError("the driver reports it itself")

    async def submitted(self, output):
        self.submissions.put_nowait(output)


def task(resource, arguments, effect="1", submitted=None):
    return TaskRequest(
        effect_id=f"{EXECUTION}#{effect}",
        execution_arn=EXECUTION,
        state_machine_arn="arn:aws:states:eu-west-1:123456789012:stateMachine:machine",
        role_arn="arn:aws:iam::123456789012:role/machine",
        state="Train",
        resource=resource,
        arguments=arguments,
        token="token",
        submitted=submitted,
    )


@pytest.fixture
def registry(sagemaker):
    registry = Registry()
    integration.register(registry, sagemaker)
    return registry


@pytest.fixture
def trained_on(world, archive):
    world.objects.buckets["data"] = {"train/a.csv": b"1", "model.tar.gz": archive(weights="7")}
    return world


async def run(registry, request, reports=None):
    return await registry(request.resource).run(request, reports or Reports())


async def test_sync_answers_with_the_detail_of_the_state_change_event(registry, trained_on, train_request):
    reports = Reports()
    arguments = train_request(Tags=[{"Key": "team", "Value": "blue"}])

    result = await run(registry, task(TRAIN, arguments), reports)

    submitted = reports.submissions.get_nowait()
    assert submitted["TrainingJobArn"] == "arn:aws:sagemaker:eu-west-1:123456789012:training-job/job"
    assert submitted["SdkHttpMetadata"]["HttpStatusCode"] == 200
    assert set(submitted) == {"TrainingJobArn", "SdkHttpMetadata", "SdkResponseMetadata"}
    assert (result["TrainingJobStatus"], result["SecondaryStatus"]) == ("Completed", "Completed")
    assert result["ModelArtifacts"]["S3ModelArtifacts"] == "s3://out/models/job/output/model.tar.gz"
    assert isinstance(result["TrainingEndTime"], int)
    assert result["TrainingEndTime"] >= result["CreationTime"] > 1_700_000_000_000
    assert result["Tags"] == {
        "team": "blue",
        "MANAGED_BY_AWS": "STARTED_BY_STEP_FUNCTIONS",
        "AWS_STEP_FUNCTIONS_EXECUTION_ARN": EXECUTION,
    }
    assert "SdkHttpMetadata" not in result


async def test_a_failed_job_fails_the_task_with_its_description(registry, trained_on, train_request):
    with pytest.raises(TaskError) as caught:
        await run(registry, task(TRAIN, train_request(HyperParameters={"failure": "bad"})))

    assert caught.value.failure.error == "States.TaskFailed"
    cause = json.loads(caught.value.failure.cause)
    assert (cause["TrainingJobStatus"], cause["FailureReason"]) == ("Failed", "AlgorithmError: bad, exit code: 1")
    assert caught.value.submitted


async def test_a_name_that_is_taken_is_a_modelled_exception(registry, trained_on, train_request):
    await run(registry, task(TRAIN, train_request()))
    with pytest.raises(TaskError) as caught:
        await run(registry, task(TRAIN, train_request(), effect="2"))

    assert caught.value.failure.error == "SageMaker.ResourceInUseException"
    start, _, end = caught.value.failure.cause.partition("; Request ID: ")
    assert start == (
        "Training job names must be unique within an AWS account and region, and a training job with this name already "
        "exists (arn:aws:sagemaker:eu-west-1:123456789012:training-job/job) (Service: AmazonSageMaker; "
        "Status Code: 400; Error Code: ResourceInUse"
    )
    assert end.endswith("; Proxy: null)")
    assert not caught.value.submitted


async def test_a_request_that_is_not_valid_is_the_services_base_exception(registry, trained_on, train_request):
    with pytest.raises(TaskError) as caught:
        await run(registry, task(TRAIN, train_request("bad_name")))

    assert caught.value.failure.error == "SageMaker.AmazonSageMakerException"
    assert "1 validation error detected: Value 'bad_name' at 'trainingJobName'" in caught.value.failure.cause
    assert "Error Code: ValidationException" in caught.value.failure.cause


async def test_parameters_that_the_api_does_not_have_are_not_sent(registry, trained_on, train_request):
    with pytest.raises(TaskError) as caught:
        await run(registry, task(TRAIN, {"TrainingJobName": 5, "Colour": "red"}))

    assert caught.value.failure.error == "States.Runtime"
    assert caught.value.failure.cause == (
        'The Parameters \'{"TrainingJobName":5,"Colour":"red"}\' could not be used to start the Task: '
        "[The value of the field 'TrainingJobName' has an invalid format, "
        'The field "Colour" is not supported by Step Functions]'
    )


async def test_a_task_dispatched_again_after_a_crash_finds_its_job(registry, trained_on, train_request):
    first, again = Reports(), Reports()
    before = await run(registry, task(TRAIN, train_request()), first)
    not_recorded = await run(registry, task(TRAIN, train_request()), again)
    recorded = await run(registry, task(TRAIN, train_request(), submitted=first.submissions.get_nowait()))

    assert before == not_recorded == recorded
    assert sum(len(path.read_text().splitlines()) for path in trained_on.folder.glob("training-jobs/*/runs")) == 1


async def test_a_cancelled_task_stops_its_job_and_no_other(registry, sagemaker, trained_on, train_request, tmp_path):
    request = task(TRAIN, train_request(HyperParameters={"block": str(tmp_path / "never")}))
    running = asyncio.ensure_future(run(registry, request))
    await trained_on.logs.said("blocking")

    await registry(TRAIN).cancel(task(TRAIN, request.arguments, effect="other"))
    assert sagemaker.training_jobs.get("job").status == "InProgress"
    await registry(TRAIN).cancel(request)

    with pytest.raises(TaskError) as caught:
        await running
    assert json.loads(caught.value.failure.cause)["TrainingJobStatus"] == "Stopped"


async def test_the_request_response_actions_make_a_live_endpoint(registry, sagemaker, trained_on, train_request):
    image = train_request()["AlgorithmSpecification"]["TrainingImage"]
    prefix = "arn:aws:states:::sagemaker:"
    container = {"Image": image, "ModelDataUrl": "s3://data/model.tar.gz"}
    variant = {"VariantName": "AllTraffic", "ModelName": "m", "InitialInstanceCount": 1, "InstanceType": "ml.m5.large"}

    model = await run(
        registry,
        task(
            f"{prefix}createModel",
            {"ModelName": "m", "PrimaryContainer": container, "ExecutionRoleArn": train_request()["RoleArn"]},
        ),
    )
    config = await run(
        registry,
        task(f"{prefix}createEndpointConfig", {"EndpointConfigName": "c", "ProductionVariants": [variant]}),
    )
    endpoint = await run(registry, task(f"{prefix}createEndpoint", {"EndpointName": "e", "EndpointConfigName": "c"}))
    await sagemaker.endpoints.settled("e")

    where = "arn:aws:sagemaker:eu-west-1:123456789012"
    assert model["ModelArn"] == f"{where}:model/m"
    assert config["EndpointConfigArn"] == f"{where}:endpoint-config/c"
    assert endpoint["EndpointArn"] == f"{where}:endpoint/e"
    assert endpoint["SdkHttpMetadata"]["AllHttpHeaders"]["Content-Type"] == ["application/x-amz-json-1.1"]
    assert sagemaker.endpoints.fleet("e") is not None


async def test_a_resource_that_is_not_here_has_no_handler(registry):
    assert registry("arn:aws:states:::sagemaker:createLabelingJob.sync") is None
    assert registry("arn:aws:states:::sagemaker:createModel.sync") is None
    assert registry("arn:aws:states:::sqs:sendMessage") is None
    assert registry("arn:aws:lambda:us-east-1:000000000000:function:f") is None
