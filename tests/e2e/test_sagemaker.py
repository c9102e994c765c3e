"""The founding notebook's steps against a real local cloud, through boto3: XGBoost really trains and answers."""

from __future__ import annotations

import io
import os
import signal
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from stepfunctions.local.client import LocalCloud

ROLE = "arn:aws:iam::000000000000:role/SageMaker"
IMAGE = "811284229777.dkr.ecr.us-east-1.amazonaws.com/xgboost:1"
HYPERPARAMETERS = {
    "max_depth": "5",
    "eta": "0.2",
    "gamma": "4",
    "min_child_weight": "6",
    "subsample": "0.7",
    "objective": "reg:linear",
    "num_round": "50",
}
SDK = "AWS-SageMaker-Python-SDK/2.257.7"


class Client:
    """boto3 clients of one cloud, and the requests of the notebook."""

    def __init__(self, cloud: LocalCloud) -> None:
        from botocore.config import Config

        session = cloud.boto_session()
        # The SDK's name makes Describe wait for an end, so that no test polls.
        self.sagemaker = session.client("sagemaker", config=Config(user_agent_extra=SDK))
        self.runtime = session.client("sagemaker-runtime")
        self.s3 = session.client("s3")
        self.logs = session.client("logs")

    def upload(self, data: Path) -> None:
        self.s3.create_bucket(Bucket="abalone")
        for name, channel in (("train_0", "train"), ("train_1", "train"), ("validation", "validation")):
            self.s3.upload_file(str(data / f"abalone.{name}"), "abalone", f"{channel}/abalone.{name}")

    def train(self, name: str = "abalone", **changes: Any) -> str:
        request = {
            "TrainingJobName": name,
            "AlgorithmSpecification": {"TrainingImage": IMAGE, "TrainingInputMode": "File"},
            "RoleArn": ROLE,
            "InputDataConfig": [channel("train"), channel("validation")],
            "OutputDataConfig": {"S3OutputPath": "https://s3-us-east-1.amazonaws.com/abalone/models"},
            "ResourceConfig": {"InstanceType": "ml.m5.xlarge", "InstanceCount": 1, "VolumeSizeInGB": 5},
            "StoppingCondition": {"MaxRuntimeInSeconds": 600},
            "HyperParameters": HYPERPARAMETERS,
        }
        arn: str = self.sagemaker.create_training_job(**{**request, **changes})["TrainingJobArn"]
        return arn

    def trained(self, name: str = "abalone") -> dict[str, Any]:
        """Return the description of the job once it has ended; each call is held while it runs."""
        while True:
            answer: dict[str, Any] = self.sagemaker.describe_training_job(TrainingJobName=name)
            if answer["TrainingJobStatus"] not in ("InProgress", "Stopping"):
                return answer


def channel(name: str) -> dict[str, Any]:
    uri = f"https://s3-us-east-1.amazonaws.com/abalone/{name}"
    return {
        "ChannelName": name,
        "DataSource": {
            "S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": uri, "S3DataDistributionType": "FullyReplicated"}
        },
        "ContentType": "libsvm",
    }


def metric(job: dict[str, Any], name: str) -> float:
    return float({each["MetricName"]: each["Value"] for each in job["FinalMetricDataList"]}[name])


def processes_of(folder: Path) -> list[str]:
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            where = os.readlink(entry / "cwd")
            command = (entry / "cmdline").read_bytes().decode("utf-8", "replace").replace("\0", " ")
        except OSError:
            continue
        if where.startswith(str(folder)) or str(folder) in command:
            found.append(command)
    return found


@pytest.fixture
def data(shared: Path) -> Path:
    return shared / "data" / "abalone"


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[LocalCloud]:
    folder = tmp_path / "cloud"
    with LocalCloud(folder) as cloud:
        yield cloud
    assert processes_of(folder) == []


def test_abalone_from_training_to_a_live_endpoint(cloud: LocalCloud, data: Path) -> None:
    client = Client(cloud)
    client.upload(data)
    arn = client.train()

    job = client.trained()

    assert arn == "arn:aws:sagemaker:us-east-1:000000000000:training-job/abalone"
    assert job["TrainingJobStatus"] == "Completed"
    assert 2.0 < metric(job, "validation:rmse") < 2.5
    assert [each["StatusMessage"] for each in job["SecondaryStatusTransitions"]][-1] == "Training job completed"
    artifact = job["ModelArtifacts"]["S3ModelArtifacts"]
    assert artifact == "s3://abalone/models/abalone/output/model.tar.gz"
    body = client.s3.get_object(Bucket="abalone", Key="models/abalone/output/model.tar.gz")["Body"].read()
    with tarfile.open(fileobj=io.BytesIO(body)) as tar:
        assert tar.getnames() == ["xgboost-model"]
    (stream,) = client.logs.describe_log_streams(
        logGroupName="/aws/sagemaker/TrainingJobs", logStreamNamePrefix="abalone/"
    )["logStreams"]
    events = client.logs.get_log_events(
        logGroupName="/aws/sagemaker/TrainingJobs", logStreamName=stream["logStreamName"], startFromHead=True
    )["events"]
    assert sum("validation-rmse:" in event["message"] for event in events) == 50

    predictions = transform(client, artifact)
    assert len(predictions) == 626
    assert all(0 < float(each) < 30 for each in predictions)

    answer = serve(client)
    assert abs(float(answer["Body"].read()) - float(predictions[0])) < 1e-3
    assert answer["InvokedProductionVariant"] == "AllTraffic"
    client.sagemaker.delete_endpoint(EndpointName="abalone")


def transform(client: Client, artifact: str) -> list[str]:
    client.sagemaker.create_model(
        ModelName="abalone",
        PrimaryContainer={"Image": IMAGE, "ModelDataUrl": artifact},
        ExecutionRoleArn=ROLE,
    )
    client.sagemaker.create_transform_job(
        TransformJobName="abalone",
        ModelName="abalone",
        TransformInput={
            "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://abalone/validation/"}},
            "ContentType": "text/libsvm",
            "SplitType": "Line",
        },
        TransformOutput={"S3OutputPath": "s3://abalone/predictions"},
        TransformResources={"InstanceType": "ml.m5.xlarge", "InstanceCount": 1},
    )
    job = client.sagemaker.describe_transform_job(TransformJobName="abalone")
    assert job["TransformJobStatus"] == "Completed", job
    output = client.s3.get_object(Bucket="abalone", Key="predictions/abalone.validation.out")["Body"].read()
    return list(output.decode().split())


def serve(client: Client) -> Any:
    client.sagemaker.create_endpoint_config(
        EndpointConfigName="abalone",
        ProductionVariants=[
            {
                "VariantName": "AllTraffic",
                "ModelName": "abalone",
                "InitialInstanceCount": 1,
                "InstanceType": "ml.m5.xlarge",
            }
        ],
    )
    client.sagemaker.create_endpoint(EndpointName="abalone", EndpointConfigName="abalone")
    endpoint = client.sagemaker.describe_endpoint(EndpointName="abalone")
    assert endpoint["EndpointStatus"] == "InService", endpoint
    row = b"1:2 2:0.645 3:0.515 4:0.15 5:1.212 6:0.515 7:0.2055 8:0.385"
    return client.runtime.invoke_endpoint(EndpointName="abalone", ContentType="text/libsvm", Body=row)


def test_a_hyperparameter_out_of_range_is_the_jobs_failure_reason(cloud: LocalCloud, data: Path) -> None:
    client = Client(cloud)
    client.upload(data)
    image = IMAGE.replace("xgboost:1", "sagemaker-xgboost:1.7-1")
    client.train(
        AlgorithmSpecification={"TrainingImage": image, "TrainingInputMode": "File"},
        HyperParameters={**HYPERPARAMETERS, "eta": "7"},
    )

    job = client.trained()

    assert job["TrainingJobStatus"] == "Failed"
    assert "eta" in job["FailureReason"]
    assert job["FailureReason"].startswith("AlgorithmError: ")


def test_requests_are_refused_with_awss_texts(cloud: LocalCloud, data: Path) -> None:
    client = Client(cloud)
    client.upload(data)
    client.train()
    client.trained()

    def refusal(call: Any, **request: Any) -> tuple[str, str]:
        with pytest.raises(client.sagemaker.exceptions.ClientError) as caught:
            call(**request)
        error = caught.value.response["Error"]
        return error["Code"], error["Message"]

    assert refusal(client.train)[0] == "ResourceInUse"
    code, text = refusal(client.train, name="other", InputDataConfig=[channel("nothing")])
    assert code == "ValidationException"
    assert text.startswith('No S3 objects found under S3 URL "https://s3-us-east-1.amazonaws.com/abalone/nothing"')
    code, text = refusal(client.train, name="bad_name")
    assert (code, text[:27]) == ("ValidationException", "1 validation error detected")
    assert refusal(client.trained, name="other") == ("ValidationException", "Requested resource not found.")
    code, text = refusal(client.runtime.invoke_endpoint, EndpointName="other", Body=b"")
    assert (code, text) == ("ValidationError", "Endpoint other of account 000000000000 not found.")
    code, text = refusal(client.sagemaker.describe_model, ModelName="other")
    assert text == 'Could not find model "arn:aws:sagemaker:us-east-1:000000000000:model/other".'


def test_lists_are_filtered_sorted_and_paged(cloud: LocalCloud, data: Path) -> None:
    client = Client(cloud)
    client.upload(data)
    for name in ("b-1", "a-1", "c-2"):
        client.train(name)
        client.trained(name)

    def names(**request: Any) -> list[str]:
        answer = client.sagemaker.list_training_jobs(**request)
        return [each["TrainingJobName"] for each in answer["TrainingJobSummaries"]]

    assert names() == ["b-1", "a-1", "c-2"]
    assert names(SortBy="Name", SortOrder="Descending") == ["c-2", "b-1", "a-1"]
    assert names(NameContains="-1", StatusEquals="Completed") == ["b-1", "a-1"]
    first = client.sagemaker.list_training_jobs(MaxResults=2)
    assert names(MaxResults=2, NextToken=first["NextToken"]) == ["c-2"]
    created_at = client.trained("a-1")["CreationTime"]
    assert names(CreationTimeAfter=created_at) == ["c-2"]


def test_tags_are_kept_with_their_resource(cloud: LocalCloud, data: Path) -> None:
    client = Client(cloud)
    client.upload(data)
    arn = client.train(Tags=[{"Key": "team", "Value": "blue"}])
    client.trained()
    client.sagemaker.add_tags(ResourceArn=arn, Tags=[{"Key": "cost", "Value": "7"}])
    client.sagemaker.delete_tags(ResourceArn=arn, TagKeys=["team"])

    assert client.sagemaker.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "cost", "Value": "7"}]


def test_two_hosts_train_one_model(cloud: LocalCloud, data: Path) -> None:
    client = Client(cloud)
    client.upload(data)
    sharded = channel("train")
    sharded["DataSource"]["S3DataSource"]["S3DataDistributionType"] = "ShardedByS3Key"
    client.train(
        InputDataConfig=[sharded, channel("validation")],
        ResourceConfig={"InstanceType": "ml.m5.xlarge", "InstanceCount": 2, "VolumeSizeInGB": 5},
    )

    job = client.trained()

    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    assert 2.0 < metric(job, "validation:rmse") < 2.6


def test_a_killed_cloud_finds_its_endpoint_and_its_job_again(data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "cloud"
    first = LocalCloud(folder).start()
    client = Client(first)
    client.upload(data)
    client.train()
    client.sagemaker.create_model(
        ModelName="abalone",
        PrimaryContainer={"Image": IMAGE, "ModelDataUrl": client.trained()["ModelArtifacts"]["S3ModelArtifacts"]},
        ExecutionRoleArn=ROLE,
    )
    before = serve(client)["Body"].read()
    client.train("long", HyperParameters={**HYPERPARAMETERS, "num_round": "20000"})
    launched = [path.read_text() for path in folder.glob("sagemaker/endpoints/*/*/*/process.json")]
    assert first.pid is not None
    os.kill(first.pid, signal.SIGKILL)
    first.stop()

    with LocalCloud(folder) as second:
        client = Client(second)
        row = b"1:2 2:0.645 3:0.515 4:0.15 5:1.212 6:0.515 7:0.2055 8:0.385"
        after = client.runtime.invoke_endpoint(EndpointName="abalone", ContentType="text/libsvm", Body=row)
        found = [path.read_text() for path in folder.glob("sagemaker/endpoints/*/*/*/process.json")]
        client.sagemaker.stop_training_job(TrainingJobName="long")
        assert after["Body"].read() == before
        assert launched == found
        assert client.trained("long")["TrainingJobStatus"] in ("Stopped", "Completed")
    assert processes_of(folder) == []


def test_a_temporary_cloud_leaves_nothing_running(data: Path) -> None:
    with LocalCloud() as cloud:
        client = Client(cloud)
        client.upload(data)
        client.train(HyperParameters={**HYPERPARAMETERS, "num_round": "100000"})
        folder = cloud.data
    assert processes_of(folder) == []
    assert not folder.exists()
