"""A model that SageMaker trained here is the one that xgboost, called directly with the same files, makes.

The workflow around it, from training to a live endpoint, is in ``test_sagemaker.py``.
"""

from __future__ import annotations

import io
import json
import tarfile
import warnings
from pathlib import Path
from typing import Any

import numpy
import pytest
import xgboost
from botocore.config import Config
from tests.e2e.conftest import ROLE

from stepfunctions import LocalCloud

IMAGE = "811284229777.dkr.ecr.us-east-1.amazonaws.com/xgboost:1"
ROUNDS = 50
HYPERPARAMETERS = {
    "max_depth": "5",
    "eta": "0.2",
    "gamma": "4",
    "min_child_weight": "6",
    "subsample": "0.7",
    "objective": "reg:linear",
}


def channel(name: str) -> dict[str, Any]:
    source = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": f"s3://abalone/{name}/"}}
    return {"ChannelName": name, "DataSource": source, "ContentType": "libsvm"}


def read_libsvm(*files: Path) -> xgboost.DMatrix:
    """Read files one after the other, as a channel that holds them does."""
    joined = files[0].parent / "joined"
    joined.write_bytes(b"".join(file.read_bytes() for file in files))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # xgboost would rather not read text, but what it reads is what is asked for
        return xgboost.DMatrix(f"{joined}?format=libsvm")


def test_abalone_as_if_xgboost_were_called_directly(cloud: LocalCloud, shared: Path, tmp_path: Path) -> None:
    session = cloud.boto_session()
    s3, logs = session.client("s3"), session.client("logs")
    # The SageMaker SDK's name makes Describe wait for the end of a job, so that nothing is asked again and again.
    sagemaker = session.client("sagemaker", config=Config(user_agent_extra="AWS-SageMaker-Python-SDK/2.257.7"))
    s3.create_bucket(Bucket="abalone")
    files = {}
    for part in ("train_0", "train_1", "validation"):
        files[part] = tmp_path / f"abalone.{part}"
        files[part].write_bytes((shared / "data" / "abalone" / f"abalone.{part}").read_bytes())
        s3.upload_file(str(files[part]), "abalone", f"{part.partition('_')[0]}/abalone.{part}")

    sagemaker.create_training_job(
        TrainingJobName="abalone",
        AlgorithmSpecification={"TrainingImage": IMAGE, "TrainingInputMode": "File"},
        RoleArn=ROLE,
        InputDataConfig=[channel("train"), channel("validation")],
        OutputDataConfig={"S3OutputPath": "s3://abalone/models"},
        ResourceConfig={"InstanceType": "ml.m5.xlarge", "InstanceCount": 1, "VolumeSizeInGB": 5},
        StoppingCondition={"MaxRuntimeInSeconds": 600},
        HyperParameters={**HYPERPARAMETERS, "num_round": str(ROUNDS)},
    )
    job = sagemaker.describe_training_job(TrainingJobName="abalone")
    assert job["TrainingJobStatus"] == "Completed", job

    train, validation = read_libsvm(files["train_0"], files["train_1"]), read_libsvm(files["validation"])
    scores: dict[str, Any] = {}
    parameters = {
        **HYPERPARAMETERS,
        "nthread": 1,
        "objective": "reg:squarederror",
    }  # the name that reg:linear has today
    evals = [(train, "train"), (validation, "validation")]
    direct = xgboost.train(parameters, train, ROUNDS, evals=evals, evals_result=scores, verbose_eval=False)

    final = {each["MetricName"]: each["Value"] for each in job["FinalMetricDataList"]}
    assert 2.0 < final["validation:rmse"] < 2.5
    for name in ("train", "validation"):
        assert final[f"{name}:rmse"] == pytest.approx(scores[name]["rmse"][-1], abs=1e-4)
    numpy.testing.assert_allclose(trained(s3).predict(validation), direct.predict(validation), atol=1e-4)
    assert logged_scores(logs) == pytest.approx(scores["validation"]["rmse"], abs=1e-4)
    assert [each["TrainingJobName"] for each in sagemaker.list_training_jobs()["TrainingJobSummaries"]] == ["abalone"]


def trained(s3: Any) -> xgboost.Booster:
    body = s3.get_object(Bucket="abalone", Key="models/abalone/output/model.tar.gz")["Body"].read()
    with tarfile.open(fileobj=io.BytesIO(body)) as archive:
        member = archive.extractfile("xgboost-model")
        assert member is not None
        booster = xgboost.Booster(model_file=bytearray(member.read()))
    assert json.loads(booster.save_config())["learner"]["objective"]["name"] == "reg:squarederror"
    return booster


def logged_scores(logs: Any) -> list[float]:
    """Return the validation rmse of every round, as CloudWatch Logs has them."""
    group = "/aws/sagemaker/TrainingJobs"
    (stream,) = logs.describe_log_streams(logGroupName=group, logStreamNamePrefix="abalone/")["logStreams"]
    events = logs.get_log_events(logGroupName=group, logStreamName=stream["logStreamName"], startFromHead=True)
    lines = [event["message"] for event in events["events"]]
    return [float(line.partition("validation-rmse:")[2]) for line in lines if "validation-rmse:" in line]
