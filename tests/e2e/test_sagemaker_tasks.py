"""SageMaker's task resources in a real cloud that is really killed."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.config import Config

from stepfunctions.local.client import LocalCloud

ROLE = "arn:aws:iam::000000000000:role/StepFunctions"
IMAGE = "811284229777.dkr.ecr.us-east-1.amazonaws.com/xgboost:1"
INTEGRATION = "arn:aws:states:::sagemaker:"
PATIENCE_SECONDS = 90


def training(rounds: int, **changes: Any) -> dict[str, Any]:
    source = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://abalone/train/"}}
    return {
        "TrainingJobName": "abalone",
        "AlgorithmSpecification": {"TrainingImage": IMAGE, "TrainingInputMode": "File"},
        "RoleArn": ROLE,
        "InputDataConfig": [{"ChannelName": "train", "DataSource": source, "ContentType": "libsvm"}],
        "OutputDataConfig": {"S3OutputPath": "s3://abalone/models"},
        "ResourceConfig": {"InstanceType": "ml.m5.xlarge", "InstanceCount": 1, "VolumeSizeInGB": 5},
        "StoppingCondition": {"MaxRuntimeInSeconds": 600},
        "HyperParameters": {"objective": "reg:squarederror", "num_round": str(rounds)},
        **changes,
    }


def task(action: str, parameters: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"Type": "Task", "Resource": INTEGRATION + action, "Parameters": parameters, **fields}


class Machine:
    """An execution in a cloud that can be killed and started again."""

    def __init__(self, folder: Path, data: Path, states: dict[str, Any]) -> None:
        self._folder = folder
        self._cloud = LocalCloud(folder).start()
        s3 = self.client("s3")
        s3.create_bucket(Bucket="abalone")
        s3.upload_file(str(data / "abalone.train_0"), "abalone", "train/abalone.train_0")
        definition = json.dumps({"StartAt": next(iter(states)), "States": states})
        machine = self.client("stepfunctions").create_state_machine(name="m", definition=definition, roleArn=ROLE)
        started = self.client("stepfunctions").start_execution(stateMachineArn=machine["stateMachineArn"], input="{}")
        self._execution = started["executionArn"]

    def client(self, service: str) -> Any:
        return self._cloud.boto_session().client(service)

    def kill(self) -> None:
        """Kill the cloud and start another on its folder."""
        assert self._cloud.pid is not None
        os.kill(self._cloud.pid, signal.SIGKILL)
        self._cloud.stop()
        self._cloud = LocalCloud(self._folder).start()

    def ended(self) -> dict[str, Any]:
        """Return the execution once it has ended."""
        states = self.client("stepfunctions")
        self._until_the_job_ends()

        def look() -> dict[str, Any] | None:
            answer: dict[str, Any] = states.describe_execution(executionArn=self._execution)
            return answer if answer["status"] != "RUNNING" else None

        return when(look)

    def _until_the_job_ends(self) -> None:
        """Let the cloud tell the end of the job, as it tells the SageMaker SDK, rather than ask again and again."""
        sdk = Config(user_agent_extra="AWS-SageMaker-Python-SDK/2.257.7")
        sagemaker = self._cloud.boto_session().client("sagemaker", config=sdk)
        try:
            sagemaker.describe_training_job(TrainingJobName="abalone")
        except sagemaker.exceptions.ClientError:
            pass  # it is not there yet, or was refused

    def history(self) -> list[str]:
        events = self.client("stepfunctions").get_execution_history(executionArn=self._execution, maxResults=1000)
        return [event["type"] for event in events["events"]]

    def stop(self) -> None:
        self._cloud.stop()


def when(look: Callable[[], Any]) -> Any:
    """Return what *look* finds as soon as it does."""
    patience = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < patience:
        found = look()
        if found:
            return found
    raise AssertionError("it never came")


@pytest.fixture
def start(shared: Path, tmp_path: Path) -> Any:
    machines: list[Machine] = []

    def make(**states: Any) -> Machine:
        machines.append(Machine(tmp_path / "cloud", shared / "data" / "abalone", states))
        return machines[-1]

    yield make
    for machine in machines:
        machine.stop()


def logged_rounds(folder: Path) -> list[str]:
    """Return the first line of training of every run of a job, over all jobs."""
    lines = [line for path in folder.glob("cloud/sagemaker/training-jobs/*/log.txt") for line in path.open()]
    return [line for line in lines if "[0]\t" in line]


def test_train_model_and_endpoint_succeed_in_one_execution(start: Any) -> None:
    container = {"Image": IMAGE, "ModelDataUrl.$": "$.ModelArtifacts.S3ModelArtifacts"}
    variant = {"VariantName": "all", "ModelName": "m", "InitialInstanceCount": 1, "InstanceType": "ml.m5.large"}
    machine = start(
        Train=task("createTrainingJob.sync", training(5), Next="Model"),
        Model=task(
            "createModel",
            {"ModelName": "m", "PrimaryContainer": container, "ExecutionRoleArn": ROLE},
            Next="Config",
        ),
        Config=task("createEndpointConfig", {"EndpointConfigName": "c", "ProductionVariants": [variant]}, Next="Live"),
        Live=task("createEndpoint", {"EndpointName": "e", "EndpointConfigName": "c"}, End=True),
    )

    ended = machine.ended()

    assert ended["status"] == "SUCCEEDED", ended
    assert json.loads(ended["output"])["EndpointArn"] == "arn:aws:sagemaker:us-east-1:000000000000:endpoint/e"
    assert machine.history()[:7] == [
        "ExecutionStarted",
        "TaskStateEntered",
        "TaskScheduled",
        "TaskStarted",
        "TaskSubmitted",
        "TaskSucceeded",
        "TaskStateExited",
    ]


@pytest.mark.parametrize("moment", ["at once", "while it trains"])
def test_a_killed_cloud_goes_on_with_its_job_which_runs_once(start: Any, tmp_path: Path, moment: str) -> None:
    machine = start(Train=task("createTrainingJob.sync", training(100), End=True))
    if moment == "while it trains":
        when(lambda: logged_rounds(tmp_path))

    machine.kill()
    ended = machine.ended()

    assert ended["status"] == "SUCCEEDED", ended
    assert json.loads(ended["output"])["TrainingJobStatus"] == "Completed"
    assert len(logged_rounds(tmp_path)) == 1
    assert machine.history() == [
        "ExecutionStarted",
        "TaskStateEntered",
        "TaskScheduled",
        "TaskStarted",
        "TaskSubmitted",
        "TaskSucceeded",
        "TaskStateExited",
        "ExecutionSucceeded",
    ]


def test_a_failed_job_is_caught_with_its_reason(start: Any) -> None:
    parameters = training(5, HyperParameters={"objective": "reg:squarederror", "num_round": "none"})
    catch = [{"ErrorEquals": ["States.TaskFailed"], "Next": "Caught"}]
    machine = start(
        Train=task("createTrainingJob.sync", parameters, Catch=catch, End=True), Caught={"Type": "Pass", "End": True}
    )

    ended = machine.ended()

    caught = json.loads(ended["output"])
    assert caught["Error"] == "States.TaskFailed"
    assert json.loads(caught["Cause"])["FailureReason"].startswith("AlgorithmError: ")


def test_a_stopped_execution_stops_its_job(start: Any, tmp_path: Path) -> None:
    machine = start(Train=task("createTrainingJob.sync", training(100_000), End=True))
    when(lambda: logged_rounds(tmp_path))

    machine.client("stepfunctions").stop_execution(executionArn=machine._execution)
    sagemaker = machine.client("sagemaker")

    def stopped() -> bool:
        return sagemaker.describe_training_job(TrainingJobName="abalone")["TrainingJobStatus"] == "Stopped"

    assert when(stopped)


def test_a_name_that_is_taken_and_a_bad_request_fail_the_state(start: Any) -> None:
    bad = training(5, TrainingJobName="bad_name")
    machine = start(
        Bad=task("createTrainingJob.sync", bad, Catch=[{"ErrorEquals": ["States.ALL"], "Next": "First"}], End=True),
        First=task("createTrainingJob.sync", training(5), Next="Second"),
        Second=task("createTrainingJob.sync", training(5), End=True),
    )

    ended = machine.ended()

    assert (ended["status"], ended["error"]) == ("FAILED", "SageMaker.ResourceInUseException")
    assert "TaskSubmitFailed" in machine.history()
