"""Workflows made of the SDK's objects run for real, and so do the SDK's own calls."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import boto3
import numpy as np
import pytest
import sagemaker
from sagemaker.deserializers import CSVDeserializer
from sagemaker.estimator import Estimator
from sagemaker.inputs import TrainingInput
from sagemaker.serializers import CSVSerializer

from stepfunctions.inputs import ExecutionInput
from stepfunctions.steps import (
    Chain,
    EndpointConfigStep,
    EndpointStep,
    ModelStep,
    Pass,
    TrainingStep,
    TransformStep,
    Wait,
)
from stepfunctions.template import TrainingPipeline
from stepfunctions.workflow import ExecutionStatus, Workflow

ROLE = "arn:aws:iam::000000000000:role/StepFunctions"
INSTANCE = "ml.m5.large"
NAMES = ExecutionInput(schema={"Job": str, "Model": str, "Endpoint": str})


@pytest.fixture
def client(boto_session: boto3.Session) -> Any:
    return boto_session.client("stepfunctions")


@pytest.fixture
def data(session: sagemaker.Session, tmp_path: Path) -> dict[str, str]:
    """Addresses of a small regression set: y is near the sum of x."""
    numbers = np.random.default_rng(7)
    features = numbers.normal(size=(300, 4))
    rows = np.column_stack([features.sum(axis=1) + 0.1 * numbers.normal(size=300), features])
    addresses = {}
    for name, part in {"train": rows[:200], "validation": rows[200:280], "test": rows[280:, 1:]}.items():
        path = tmp_path / f"{name}.csv"
        np.savetxt(path, part, delimiter=",", fmt="%.6f")
        addresses[name] = session.upload_data(str(path), key_prefix=f"data/{name}")
    return addresses


@pytest.fixture
def xgb(session: sagemaker.Session) -> Estimator:
    return Estimator(
        image_uri=sagemaker.image_uris.retrieve("xgboost", session.boto_region_name, "1.7-1"),
        role=ROLE,
        instance_count=1,
        instance_type=INSTANCE,
        output_path=f"s3://{session.default_bucket()}/models",
        hyperparameters={"num_round": 10, "objective": "reg:squarederror"},
        sagemaker_session=session,
    )


def channels(data: dict[str, str]) -> dict[str, TrainingInput]:
    return {name: TrainingInput(data[name], content_type="text/csv") for name in ("train", "validation")}


def lines(session: sagemaker.Session, key: str) -> list[str]:
    body = session.boto_session.client("s3").get_object(Bucket=session.default_bucket(), Key=key)["Body"].read()
    text: str = body.decode()
    return text.split()


def test_the_five_steps_run(session: sagemaker.Session, xgb: Estimator, data: dict[str, str], client: Any) -> None:
    training = TrainingStep("Train", xgb, NAMES["Job"], channels(data))
    transformer = xgb.transformer(1, INSTANCE, output_path=f"s3://{session.default_bucket()}/predictions")
    workflow = Workflow(
        "five-steps",
        Chain(
            [
                training,
                ModelStep("Save", training.get_expected_model(), model_name=NAMES["Model"]),
                TransformStep(
                    "Transform", transformer, NAMES["Job"], NAMES["Model"], data["test"],
                    content_type="text/csv", split_type="Line",
                ),
                EndpointConfigStep("Configure", NAMES["Model"], NAMES["Model"], 1, INSTANCE),
                EndpointStep("Deploy", NAMES["Endpoint"], NAMES["Model"]),
            ]
        ),
        ROLE,
        execution_input=NAMES,
        client=client,
    )  # fmt: skip
    workflow.create()
    execution = workflow.execute(inputs={"Job": "first", "Model": "first-model", "Endpoint": "first-endpoint"})
    assert execution.get_output(wait=True)["EndpointArn"].endswith(":endpoint/first-endpoint")

    assert execution.describe()["status"] == "SUCCEEDED"
    assert len(lines(session, "predictions/test.csv.out")) == 20
    assert execution.render_progress().svg.count("Succeeded") >= 5
    html = execution.list_events(html=True)._repr_html_()
    assert "sagemaker:createTrainingJob.sync" in html
    assert "first-model" in html

    session.wait_for_endpoint("first-endpoint", poll=0.2)
    predictor = sagemaker.Predictor("first-endpoint", session, CSVSerializer(), CSVDeserializer())
    [[answer]] = predictor.predict([0.5, 0.5, 0.5, 0.5])
    assert 0 < float(answer) < 4
    predictor.delete_endpoint()


def test_a_training_pipeline_runs_with_other_hyperparameters(
    session: sagemaker.Session, xgb: Estimator, data: dict[str, str], client: Any
) -> None:
    pipeline = TrainingPipeline(xgb, ROLE, channels(data), session.default_bucket(), client, pipeline_name="nightly")
    arn = pipeline.create()
    assert arn.endswith(":stateMachine:nightly")
    assert pipeline.render_graph().svg.startswith("<svg")

    execution = pipeline.execute(job_name="monday", hyperparameters={"num_round": 3, "eta": 0.5})
    execution.wait()
    assert execution.describe()["status"] == "SUCCEEDED", execution.describe()
    job = session.describe_training_job("estimator-monday")
    assert job["HyperParameters"] == {"num_round": "3", "eta": "0.5", "objective": "reg:squarederror"}
    model = session.sagemaker_client.describe_model(ModelName="monday")
    assert model["PrimaryContainer"]["ModelDataUrl"] == job["ModelArtifacts"]["S3ModelArtifacts"]

    pipeline.execute(job_name="tuesday").wait()
    assert session.describe_training_job("estimator-tuesday")["HyperParameters"]["num_round"] == "10"
    for name in ("monday", "tuesday"):
        session.wait_for_endpoint(name, poll=0.2)
        session.delete_endpoint(name)


def test_a_workflow_is_attached_to_listed_changed_stopped_and_deleted(client: Any) -> None:
    workflow = Workflow("life", Wait("Forever", seconds=10_000), ROLE, client=client)
    arn = workflow.create()
    assert Workflow("life", Pass("Other"), ROLE, client=client).create() == arn, "one of the same name is attached to"
    execution = workflow.execute(name="one", inputs={"a": 1})

    attached = Workflow.attach(arn, client=client)
    assert (attached.name, attached.definition.to_dict()) == ("life", workflow.definition.to_dict())
    [listed] = attached.list_executions(status_filter=ExecutionStatus.Running)
    assert (listed.name, listed.get_input()) == ("one", {"a": 1})
    assert "In Progress" in listed.render_progress().svg
    assert "one" in attached.list_executions(html=True)._repr_html_()
    assert "life" in Workflow.list_workflows(client=client, html=True)._repr_html_()

    execution.stop(cause="enough", error="Stopped")
    assert execution.wait()["status"] == "ABORTED"
    assert execution.get_output() is None
    assert attached.list_executions(status_filter=ExecutionStatus.Running) == []

    attached.update(definition=Pass("At once", result={"done": True}))
    assert attached.execute().get_output(wait=True) == {"done": True}
    attached.delete()
    # The service deletes it when its last execution has been put away: now or soon.
    with contextlib.suppress(client.exceptions.StateMachineDoesNotExist):
        assert client.describe_state_machine(stateMachineArn=arn)["status"] == "DELETING"


def test_the_sdk_itself_trains_transforms_and_deploys(
    session: sagemaker.Session, xgb: Estimator, data: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    xgb.fit(channels(data), job_name="by-hand")
    assert "validation-rmse" in capsys.readouterr().out, "the job's log is shown while it is waited for"
    metrics = {each["MetricName"] for each in session.describe_training_job("by-hand")["FinalMetricDataList"]}
    assert {"train:rmse", "validation:rmse"} <= metrics

    transformer = xgb.transformer(1, INSTANCE, output_path=f"s3://{session.default_bucket()}/by-hand")
    transformer.transform(data["test"], content_type="text/csv", split_type="Line", job_name="by-hand-t")
    assert len(lines(session, "by-hand/test.csv.out")) == 20

    predictor = xgb.deploy(
        1, INSTANCE, endpoint_name="by-hand", wait=False, serializer=CSVSerializer(), deserializer=CSVDeserializer()
    )
    session.wait_for_endpoint("by-hand", poll=0.2)
    [[answer]] = predictor.predict([0.5, 0.5, 0.5, 0.5])
    assert 0 < float(answer) < 4
    predictor.delete_endpoint()
    attached = Estimator.attach("by-hand", session)
    assert attached.model_data == xgb.model_data


def test_account_bucket_and_role_are_this_machine_s(session: sagemaker.Session) -> None:
    assert session.account_id() == "000000000000"
    assert session.default_bucket() == "sagemaker-us-east-1-000000000000"
    assert session.get_caller_identity_arn().startswith("arn:aws:iam::000000000000:")
    assert ":role/" in sagemaker.get_execution_role(session)


def test_a_job_that_cannot_start_fails_its_step_with_the_service_s_words(
    session: sagemaker.Session, xgb: Estimator, client: Any
) -> None:
    nothing = {"train": TrainingInput(f"s3://{session.default_bucket()}/nothing", content_type="text/csv")}
    workflow = Workflow("nothing", TrainingStep("Train", xgb, "no-data", nothing), ROLE, client=client)
    workflow.create()
    described = workflow.execute().wait()
    assert described["status"] == "FAILED"
    assert "nothing" in json.dumps(described, default=str)
