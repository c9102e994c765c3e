"""Training jobs run as real processes, in the way that AWS describes."""

from __future__ import annotations

import asyncio
import dataclasses
import io
import json
import os
import signal
import tarfile

import pytest

from stepfunctions.errors import InvalidRequest
from stepfunctions.sagemaker.errors import DataMissing, Missing, NameTaken, NotAvailable, WrongStatus
from stepfunctions.sagemaker.place import Place

PLACE = Place("eu-west-1", "123456789012")


async def finish(sagemaker, name="job"):
    await sagemaker.training_jobs.jobs.ended(name)
    return sagemaker.training_jobs.describe(sagemaker.training_jobs.get(name))


def members(archive: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        return {each.name: tar.extractfile(each).read() for each in tar.getmembers()}


@pytest.fixture
def trained_on(world):
    world.objects.buckets["data"] = {"train/a.csv": b"1", "train/deep/b.csv": b"2", "train/": b""}
    return world


async def test_a_job_trains_and_leaves_its_model_in_s3(sagemaker, trained_on, train_request):
    arn = await sagemaker.training_jobs.create(
        train_request("My-Job", HyperParameters={"weights": "7", "extra": "more"}), PLACE
    )

    job = await finish(sagemaker, "My-Job")

    assert arn == "arn:aws:sagemaker:eu-west-1:123456789012:training-job/my-job" == job["TrainingJobArn"]
    assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("Completed", "Completed")
    assert [each["Status"] for each in job["SecondaryStatusTransitions"]] == [
        "Starting",
        "Downloading",
        "Training",
        "Uploading",
        "Completed",
    ]
    assert all(each["StartTime"] <= each["EndTime"] for each in job["SecondaryStatusTransitions"])
    assert job["ModelArtifacts"] == {"S3ModelArtifacts": "s3://out/models/My-Job/output/model.tar.gz"}
    assert members(trained_on.objects.buckets["out"]["models/My-Job/output/model.tar.gz"]) == {"weights": b"7"}
    assert members(trained_on.objects.buckets["out"]["models/My-Job/output/output.tar.gz"]) == {"extra": b"more"}
    assert job["TrainingTimeInSeconds"] >= 1


async def test_log_lines_reach_cloudwatch_and_metrics_are_scraped_from_them(sagemaker, trained_on, train_request):
    own = [{"Name": "train:rmse", "Regex": "train-rmse:([0-9.]+)"}]
    algorithm = {**train_request()["AlgorithmSpecification"], "MetricDefinitions": own}
    await sagemaker.training_jobs.create(train_request(AlgorithmSpecification=algorithm), PLACE)

    job = await finish(sagemaker)

    assert trained_on.logs.of("/aws/sagemaker/TrainingJobs", "job/algo-1-") == [
        "files: a.csv deep/b.csv",
        "[0]\ttrain-rmse:3.5\tvalidation-rmse:2.5",
        "[1]\ttrain-rmse:3.0\tvalidation-rmse:2.25",
    ]
    assert {each["MetricName"]: each["Value"] for each in job["FinalMetricDataList"]} == {
        "train:rmse": 3.0,
        "validation:rmse": 2.25,
    }


async def test_a_failing_program_gives_the_failure_reason(sagemaker, trained_on, train_request):
    await sagemaker.training_jobs.create(
        train_request(HyperParameters={"failure": "no such column", "exit_code": "4"}), PLACE
    )

    job = await finish(sagemaker)

    assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("Failed", "Failed")
    assert job["FailureReason"] == "AlgorithmError: no such column, exit code: 4"


async def test_an_image_that_is_not_available_fails_the_job_by_name(sagemaker, trained_on, train_request):
    algorithm = {"TrainingImage": "382416733822.dkr.ecr.us-east-1.amazonaws.com/kmeans:1", "TrainingInputMode": "File"}
    await sagemaker.training_jobs.create(train_request(AlgorithmSpecification=algorithm), PLACE)

    job = await finish(sagemaker)

    assert job["TrainingJobStatus"] == "Failed"
    assert job["FailureReason"].startswith("ClientError: The built-in algorithm 'kmeans'")
    assert "Available repositories: fake, sagemaker-xgboost, xgboost" in job["FailureReason"]


async def test_a_stopped_job_uploads_its_model(sagemaker, trained_on, train_request, tmp_path):
    await sagemaker.training_jobs.create(train_request(HyperParameters={"block": str(tmp_path / "never")}), PLACE)
    await trained_on.logs.said("blocking")

    await sagemaker.training_jobs.stop("job")
    job = await finish(sagemaker)

    assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("Stopped", "Stopped")
    assert [each["Status"] for each in job["SecondaryStatusTransitions"]][2:] == [
        "Training",
        "Stopping",
        "Uploading",
        "Stopped",
    ]
    assert "models/job/output/model.tar.gz" in trained_on.objects.buckets["out"]


async def test_a_job_that_runs_too_long_is_stopped(sagemaker, trained_on, train_request, tmp_path):
    await sagemaker.training_jobs.create(
        train_request(HyperParameters={"block": str(tmp_path / "never")}, StoppingCondition={"MaxRuntimeInSeconds": 1}),
        PLACE,
    )

    job = await finish(sagemaker)

    assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("Stopped", "MaxRuntimeExceeded")


async def test_a_second_job_of_the_same_name_is_refused(sagemaker, trained_on, train_request):
    await sagemaker.training_jobs.create(train_request(), PLACE, effect_id="execution#1")
    with pytest.raises(NameTaken, match="Training job names must be unique within an AWS account and region"):
        await sagemaker.training_jobs.create(train_request(), PLACE, effect_id="execution#2")
    with pytest.raises(NameTaken):
        await sagemaker.training_jobs.create(train_request(), PLACE)


async def test_the_command_that_created_a_job_may_ask_again(sagemaker, trained_on, train_request):
    first = await sagemaker.training_jobs.create(train_request(), PLACE, effect_id="execution#1")
    again = await sagemaker.training_jobs.create(train_request(), PLACE, effect_id="execution#1")
    job = await finish(sagemaker)

    assert first == again
    assert job["TrainingJobStatus"] == "Completed"
    assert runs(trained_on) == 1


async def test_an_input_that_holds_nothing_is_refused_at_once(sagemaker, trained_on, train_request):
    trained_on.objects.buckets["data"].clear()
    with pytest.raises(DataMissing) as caught:
        await sagemaker.training_jobs.create(train_request(), PLACE)

    assert str(caught.value).startswith(
        'No S3 objects found under S3 URL "s3://data/train/" given in input data source.'
    )
    with pytest.raises(Missing, match="Requested resource not found"):
        sagemaker.training_jobs.get("job")


async def test_pipe_mode_is_refused_by_name(sagemaker, trained_on, train_request):
    algorithm = {**train_request()["AlgorithmSpecification"], "TrainingInputMode": "Pipe"}
    with pytest.raises(
        NotAvailable, match=r"Channel 'train': InputMode 'Pipe' is not available locally\. Use 'File'\."
    ):
        await sagemaker.training_jobs.create(train_request(AlgorithmSpecification=algorithm), PLACE)


@pytest.mark.parametrize("name", [".", ".."])
async def test_a_channel_stays_in_its_folder(sagemaker, trained_on, train_request, name):
    request = train_request()
    request["InputDataConfig"][0]["ChannelName"] = name
    with pytest.raises(InvalidRequest, match="cannot be the name of a folder"):
        await sagemaker.training_jobs.create(request, PLACE)


async def test_checkpoints_are_there_at_the_start_and_kept_at_the_end(sagemaker, trained_on, train_request):
    trained_on.objects.buckets["out"]["state/epoch-1"] = b"1"
    await sagemaker.training_jobs.create(
        train_request(CheckpointConfig={"S3Uri": "s3://out/state"}, HyperParameters={"failure": "later"}), PLACE
    )
    await finish(sagemaker)

    assert trained_on.objects.buckets["out"]["state/epoch-2"] == b"after epoch-1"


async def test_stopping_an_ended_job_is_refused(sagemaker, trained_on, train_request):
    await sagemaker.training_jobs.create(train_request(), PLACE)
    await finish(sagemaker)
    with pytest.raises(WrongStatus, match="the training job is in status Completed"):
        await sagemaker.training_jobs.stop("job")


async def test_a_restarted_service_picks_up_a_running_job(world, trained_on, train_request, tmp_path):
    go = tmp_path / "go"
    before = world.start()
    await before.training_jobs.create(train_request(HyperParameters={"block": str(go)}), PLACE)
    await world.logs.said("blocking")
    await before.close(leave_jobs=True)

    after = world.start()
    after.recover()
    go.write_text("go")
    job = await finish(after)
    await after.close()

    assert job["TrainingJobStatus"] == "Completed"
    assert runs(world) == 1
    assert world.logs.of("/aws/sagemaker/TrainingJobs", "job/").count("blocking") == 1


@pytest.mark.parametrize("turns", [0, 1, 3, 6, 10, 15, 30, 60])
async def test_a_job_runs_once_wherever_the_service_goes_down(world, trained_on, train_request, turns):
    before = world.start()
    await before.training_jobs.create(train_request(), PLACE)
    for _ in range(turns):
        await asyncio.sleep(0)
    await before.close(leave_jobs=True)

    after = world.start()
    after.recover()
    job = await finish(after)
    await after.close()

    assert job["TrainingJobStatus"] == "Completed"
    assert runs(world) == 1
    phases = [each["Status"] for each in job["SecondaryStatusTransitions"]]
    assert phases == ["Starting", "Downloading", "Training", "Uploading", "Completed"]
    assert len(world.logs.of("/aws/sagemaker/TrainingJobs", "job/")) == 3


async def test_a_machine_that_went_down_fails_its_job(world, trained_on, train_request, tmp_path):
    before = world.start()
    await before.training_jobs.create(train_request(HyperParameters={"block": str(tmp_path / "never")}), PLACE)
    await world.logs.said("blocking")
    (path,) = world.folder.glob("training-jobs/*/process.json")
    await before.close(leave_jobs=True)
    os.kill(json.loads(path.read_text())["pid"], signal.SIGKILL)

    after = world.start()
    after.recover()
    job = await finish(after)
    await after.close()

    assert job["TrainingJobStatus"] == "Failed"
    assert job["FailureReason"].startswith("InternalServerError: We encountered an internal error. Please try again.")


async def test_a_stop_that_was_recorded_is_carried_out_after_a_restart(world, trained_on, train_request, tmp_path):
    before = world.start()
    await before.training_jobs.create(train_request(HyperParameters={"block": str(tmp_path / "never")}), PLACE)
    await world.logs.said("blocking")
    record = before.training_jobs.get("job")
    await before.close(leave_jobs=True)
    before.services.records.save(record.with_state(record.modified_at, "Stopping"))
    await before.services.records.committed()

    after = world.start()
    after.recover()
    job = await finish(after)
    await after.close()

    assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("Stopped", "Stopped")


async def test_jobs_wait_for_a_slot(world, trained_on, train_request, tmp_path):
    world.settings = dataclasses.replace(world.settings, training_jobs_max=1)
    service = world.start()
    await service.training_jobs.create(train_request(HyperParameters={"block": str(tmp_path / "go")}), PLACE)
    await world.logs.said("blocking")
    await service.training_jobs.create(train_request("second"), PLACE)
    await service.training_jobs.create(train_request("third"), PLACE)
    await service.training_jobs.stop("third")
    third = await finish(service, "third")
    waiting = service.training_jobs.describe(service.training_jobs.get("second"))
    (tmp_path / "go").write_text("go")
    second = await finish(service, "second")
    await service.close()

    assert third["TrainingJobStatus"] == "Stopped"
    assert waiting["SecondaryStatus"] == "Starting"
    assert second["TrainingJobStatus"] == "Completed"


async def test_several_hosts_share_a_sharded_channel_and_one_model(sagemaker, trained_on, train_request):
    request = train_request()
    request["ResourceConfig"]["InstanceCount"] = 2
    request["InputDataConfig"][0]["DataSource"]["S3DataSource"]["S3DataDistributionType"] = "ShardedByS3Key"
    await sagemaker.training_jobs.create(request, PLACE)

    job = await finish(sagemaker)

    assert job["TrainingJobStatus"] == "Completed"
    assert trained_on.logs.of("/aws/sagemaker/TrainingJobs", "job/algo-1")[0] == "files: a.csv"
    assert trained_on.logs.of("/aws/sagemaker/TrainingJobs", "job/algo-2")[0] == "files: deep/b.csv"


def runs(world) -> int:
    return sum(len(path.read_text().splitlines()) for path in world.folder.glob("training-jobs/*/runs"))
