"""Transform jobs send the objects of a prefix to a real process that serves the model."""

from __future__ import annotations

import pytest

from stepfunctions.sagemaker.errors import DataMissing, Missing, NotAvailable
from stepfunctions.sagemaker.model_server import ENDING, ModelServer, Serving
from stepfunctions.sagemaker.place import Place

IMAGE = "811284229777.dkr.ecr.us-east-1.amazonaws.com/fake:1"
ROLE = "arn:aws:iam::000000000000:role/Worker"
PLACE = Place()


def transform_request(**changes):
    request = {
        "TransformJobName": "batch",
        "ModelName": "model",
        "TransformInput": {
            "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://data/rows"}},
            "ContentType": "text/csv",
            "SplitType": "Line",
        },
        "TransformOutput": {"S3OutputPath": "s3://out/answers", "AssembleWith": "Line"},
        "TransformResources": {"InstanceType": "ml.m5.large", "InstanceCount": 1},
    }
    return {**request, **changes}


@pytest.fixture
async def with_model(sagemaker, world, archive):
    world.objects.buckets["data"] = {
        "model.tar.gz": archive(weights="7"),
        "rows/a.csv": b"1,2\n3,4\n",
        "rows/deep/b.csv": b"5,6",
    }
    container = {"Image": IMAGE, "ModelDataUrl": "s3://data/model.tar.gz"}
    await sagemaker.models.create(
        {"ModelName": "model", "PrimaryContainer": container, "ExecutionRoleArn": ROLE}, PLACE
    )
    return sagemaker


async def finish(sagemaker):
    await sagemaker.transform_jobs.jobs.ended("batch")
    return sagemaker.transform_jobs.describe(sagemaker.transform_jobs.get("batch"))


async def test_every_object_gets_its_output(with_model, world):
    await with_model.transform_jobs.create(transform_request(), PLACE)

    job = await finish(with_model)

    assert job["TransformJobStatus"] == "Completed"
    assert world.objects.buckets["out"] == {
        "answers/a.csv.out": b"7:1,2\n7:3,4\n",
        "answers/deep/b.csv.out": b"7:5,6\n",
    }
    assert job["TransformStartTime"] <= job["TransformEndTime"]
    assert "serving" in world.logs.of("/aws/sagemaker/TransformJobs", "batch/")


async def test_records_can_be_sent_one_by_one_and_concurrently(with_model, world):
    await with_model.transform_jobs.create(
        transform_request(BatchStrategy="SingleRecord", MaxConcurrentTransforms=4), PLACE
    )

    await finish(with_model)

    assert world.objects.buckets["out"]["answers/a.csv.out"] == b"7:1,2\n7:3,4\n"


async def test_output_is_joined_with_input_and_filtered(with_model, world):
    processing = {"InputFilter": "$[1:]", "JoinSource": "Input", "OutputFilter": "$[0,2]"}
    await with_model.transform_jobs.create(transform_request(DataProcessing=processing), PLACE)

    await finish(with_model)

    assert world.objects.buckets["out"]["answers/a.csv.out"] == b"1,7:2\n3,7:4\n"


async def test_an_answer_that_is_no_success_fails_the_job(with_model, world):
    request = transform_request()
    request["TransformInput"]["ContentType"] = "application/x-bad"
    await with_model.transform_jobs.create(request, PLACE)

    job = await finish(with_model)

    assert job["TransformJobStatus"] == "Failed"
    assert job["FailureReason"] == (
        "ClientError: See job logs for more information (data/rows/a.csv: the algorithm answered 415: bad type)"
    )
    lines = world.logs.of("/aws/sagemaker/TransformJobs", "batch/")
    assert "[sagemaker logs]: data/rows/a.csv: Bad HTTP status received from algorithm: 415" in lines


async def test_a_model_that_cannot_be_served_fails_the_job(with_model, world):
    await with_model.transform_jobs.create(transform_request(Environment={"FAIL_TO_START": "1"}), PLACE)

    job = await finish(with_model)

    assert job["TransformJobStatus"] == "Failed"
    assert "ended with exit code 1 before it answered GET /ping" in job["FailureReason"]
    assert "no model today" in world.logs.of("/aws/sagemaker/TransformJobs", "batch/")


async def test_a_job_without_its_model_or_input_is_refused(with_model, world):
    with pytest.raises(Missing, match='Could not find model "arn:aws:sagemaker:us-east-1:000000000000:model/other"'):
        await with_model.transform_jobs.create(transform_request(ModelName="other"), PLACE)
    request = transform_request()
    request["TransformInput"]["DataSource"]["S3DataSource"]["S3Uri"] = "s3://data/nothing"
    with pytest.raises(DataMissing, match="No S3 objects found under S3 URL"):
        await with_model.transform_jobs.create(request, PLACE)


async def test_a_split_that_is_not_available_is_refused_by_name(with_model):
    request = transform_request()
    request["TransformInput"]["SplitType"] = "RecordIO"
    with pytest.raises(NotAvailable, match="SplitType 'RecordIO' is not available locally"):
        await with_model.transform_jobs.create(request, PLACE)


async def test_a_stopped_job_is_stopped(with_model, world):
    await with_model.transform_jobs.create(transform_request(), PLACE)
    await with_model.transform_jobs.stop("batch")

    job = await finish(with_model)

    assert job["TransformJobStatus"] == "Stopped"


async def test_a_process_that_was_told_to_end_before_a_crash_is_not_taken_for_one_that_serves(with_model, world):
    def server():
        container = {"Image": IMAGE, "ModelDataUrl": "s3://data/model.tar.gz"}
        serving = Serving(
            folder=folder, container=container, region="us-east-1", log_group="group", log_stream="stream"
        )
        return ModelServer(with_model.services, serving)

    folder = world.folder / "one"
    folder.mkdir(parents=True)
    before = server()
    await before.start()
    await before.ready()
    (folder / ENDING).touch()  # killed between this and the end of the process

    after = server()
    await after.start()
    await after.ready()
    answer = await after.invoke({"Content-Type": "text/csv"}, b"x")
    await after.stop()

    assert answer.body == b"7:x"
    assert (folder / ENDING).exists()
    assert not (await before.ended()).error
    await before.release()
