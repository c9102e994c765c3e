"""A ModelTrainer trains on the local cloud, and a step sends what it would send."""

from __future__ import annotations

import copy
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sagemaker.core import image_uris
from sagemaker.core.resources import TrainingJob
from sagemaker.core.shapes import MetricDefinition
from sagemaker.core.training.configs import (
    CheckpointConfig,
    Compute,
    InputData,
    Networking,
    OutputDataConfig,
    SourceCode,
    StoppingCondition,
    Tag,
)
from sagemaker.core.transformer import Transformer
from sagemaker.train.model_trainer import ModelTrainer

from stepfunctions import LocalCloud
from stepfunctions.inputs import ExecutionInput
from stepfunctions.query.template import compile_template
from stepfunctions.steps import Chain, ModelStep, TrainingStep, TransformStep
from stepfunctions.workflow import Workflow

ROLE = "arn:aws:iam::000000000000:role/SageMaker"
IMAGE = image_uris.retrieve("xgboost", "us-east-1", "1.7-1")


def trainer(session: Any, **changes: Any) -> ModelTrainer:
    settings: dict[str, Any] = {
        "training_image": IMAGE,
        "role": ROLE,
        "base_job_name": "xgb",
        "compute": Compute(instance_type="ml.m5.large", instance_count=1),
        "output_data_config": OutputDataConfig(s3_output_path=f"s3://{session.default_bucket()}/models"),
        "hyperparameters": {"num_round": 5, "objective": "reg:squarederror"},
        "sagemaker_session": session,
    }
    return ModelTrainer(**{**settings, **changes})


def channel(address: str) -> InputData:
    return InputData(channel_name="train", data_source=address, content_type="text/csv")


def parameters(step: Any, given: dict[str, Any] | None = None) -> Any:
    """What the service is sent when the execution's input is *given*."""
    scope = SimpleNamespace(variables={}, context={"Execution": {"Input": given or {}}}, now=0)
    return compile_template(step.to_dict()["Parameters"], "Parameters")({}, scope)  # type: ignore[arg-type]


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the SDK sends as CreateTrainingJob; it is told that all went well, and no job is created."""
    import botocore.client

    found: list[dict[str, Any]] = []
    original = botocore.client.BaseClient._make_api_call

    def call(self: Any, operation: str, params: dict[str, Any]) -> Any:
        if operation == "CreateTrainingJob":
            found.append(copy.deepcopy(params))
            return {"TrainingJobArn": f"arn:aws:sagemaker:us-east-1:000000000000:training-job/{operation}"}
        if operation == "DescribeTrainingJob":
            return {**found[-1], "TrainingJobArn": "arn", "TrainingJobStatus": "InProgress"}
        return original(self, operation, params)

    monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", call)
    return found


def test_a_trainer_trains_and_waits(session: Any, train: str) -> None:
    made = trainer(session)
    made.train(input_data_config=[channel(train)], wait=True)
    job = made._latest_training_job
    job.refresh()
    assert job.training_job_status == "Completed"
    assert job.model_artifacts.s3_model_artifacts.endswith("/output/model.tar.gz")
    assert [each.metric_name for each in job.final_metric_data_list] == ["train:rmse"]
    assert TrainingJob.get(job.training_job_name, session=session.boto_session).role_arn == ROLE


TRAINERS: dict[str, dict[str, Any]] = {
    "plain": {},
    "environment": {"environment": {"LEVEL": "7"}},
    "limits": {"stopping_condition": StoppingCondition(max_runtime_in_seconds=600)},
    "network": {"networking": Networking(subnets=["subnet-1"], security_group_ids=["sg-1"])},
    "spot": {
        "compute": Compute(instance_type="ml.m5.large", instance_count=2, enable_managed_spot_training=True),
        "checkpoint_config": CheckpointConfig(s3_uri="s3://b/c"),
    },
    "tags": {"tags": [Tag(key="team", value="a")]},
    "values": {"hyperparameters": {"num_round": 5, "flags": ["a"], "fast": True, "name": "x"}},
}


@pytest.mark.parametrize("name", TRAINERS)
def test_a_training_step_sends_what_train_sends(name: str, session: Any, sent: list[dict[str, Any]]) -> None:
    data = [channel("s3://b/train")]
    step = TrainingStep("Train", trainer(session, **copy.deepcopy(TRAINERS[name])), "job", data)
    trainer(session, **copy.deepcopy(TRAINERS[name])).train(input_data_config=data, wait=False)
    [request] = sent
    assert parameters(step) == {**request, "TrainingJobName": "job"}


def test_metric_definitions_are_sent(session: Any, sent: list[dict[str, Any]]) -> None:
    def made() -> ModelTrainer:
        return trainer(session).with_metric_definitions([MetricDefinition(name="loss", regex="loss=(.*)")])

    step = TrainingStep("Train", made(), "job", {"train": "s3://b/train"})
    made().train(input_data_config=[InputData(channel_name="train", data_source="s3://b/train")], wait=False)
    assert parameters(step) == {**sent[0], "TrainingJobName": "job"}


def test_a_script_is_uploaded_when_the_step_is_made(session: Any, tmp_path: Path) -> None:
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "train.py").write_text("print('training')\n")
    source = SourceCode(source_dir=str(tmp_path / "code"), entry_script="train.py")
    request = parameters(
        TrainingStep("Train", trainer(session, source_code=source), ExecutionInput()["Job"]), {"Job": "j"}
    )
    addresses = {
        each["ChannelName"]: each["DataSource"]["S3DataSource"]["S3Uri"] for each in request["InputDataConfig"]
    }
    assert set(addresses) == {"code", "sm_drivers"}
    bucket, _, prefix = addresses["code"].removeprefix("s3://").partition("/")
    found = session.boto_session.client("s3").list_objects_v2(Bucket=bucket, Prefix=prefix)
    assert [each["Key"].rpartition("/")[2] for each in found["Contents"]] == ["train.py"]


def test_placeholders_stand_for_names_addresses_and_hyperparameters(session: Any) -> None:
    names = ExecutionInput(schema={"Job": str, "Train": str, "Rounds": str})
    step = TrainingStep(
        "Train", trainer(session), names["Job"], {"train": names["Train"]},
        hyperparameters={"num_round": names["Rounds"], "fast": True},
    )  # fmt: skip
    request = parameters(step, {"Job": "tonight", "Train": "s3://b/tonight", "Rounds": "7"})
    assert request["TrainingJobName"] == "tonight"
    assert request["InputDataConfig"][0]["DataSource"]["S3DataSource"]["S3Uri"] == "s3://b/tonight"
    assert request["HyperParameters"] == {"num_round": "7", "objective": "reg:squarederror", "fast": "true"}


def test_the_trainer_is_not_changed(session: Any) -> None:
    made = trainer(session, checkpoint_config=CheckpointConfig())
    before = made.model_dump(exclude={"sagemaker_session"})
    assert parameters(TrainingStep("Train", made, "job", "s3://b/train"))["CheckpointConfig"]["S3Uri"]
    assert made.model_dump(exclude={"sagemaker_session"}) == before


def test_train_save_and_transform_run_as_a_workflow(session: Any, train: str, cloud: LocalCloud) -> None:
    bucket = session.default_bucket()
    session.boto_session.client("s3").put_object(Bucket=bucket, Key="data/test/test.csv", Body=b"1,2,1\n6,4,2\n")
    training = TrainingStep("Train", trainer(session), "workflow-job", [channel(train)])
    transformer = Transformer(
        "workflow-model", 1, "ml.m5.large", output_path=f"s3://{bucket}/out", sagemaker_session=session
    )
    transform = TransformStep(
        "Transform", transformer, "workflow-job", "workflow-model", f"s3://{bucket}/data/test",
        content_type="text/csv", split_type="Line",
    )  # fmt: skip
    steps = Chain([training, ModelStep("Save", training.get_expected_model("workflow-model")), transform])
    workflow = Workflow("three", steps, ROLE, client=cloud.boto_session().client("stepfunctions"))
    workflow.create()
    described = workflow.execute().wait()
    assert described["status"] == "SUCCEEDED", described
    body = session.boto_session.client("s3").get_object(Bucket=bucket, Key="out/test.csv.out")["Body"].read()
    assert len(body.split()) == 2


def test_other_objects_of_version_3_are_refused_by_name(session: Any) -> None:
    with pytest.raises(TypeError, match=r"takes an estimator \(version 2\) or a ModelTrainer \(version 3\)"):
        TrainingStep("Train", Compute(instance_type="ml.m5.large"), "job")
    with pytest.raises(TypeError, match=r"ModelStep takes a model \(version 2\) .* or a CreateModel request"):
        ModelStep("Save", trainer(session))
