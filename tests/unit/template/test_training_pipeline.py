"""The training pipeline: a definition without values, and the values that each execution brings."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.stub import ANY, Stubber

from stepfunctions.steps import Pass, Task
from stepfunctions.template import TrainingPipeline
from stepfunctions.template.utils import replace_parameters_with_context_object, replace_parameters_with_jsonpath

ROLE = "arn:aws:iam::000000000000:role/test"
MACHINE = "arn:aws:states:us-east-1:000000000000:stateMachine:nightly"
START = datetime(2026, 11, 23, tzinfo=UTC)
REQUEST = {
    "AlgorithmSpecification": {"TrainingImage": "image:1", "TrainingInputMode": "File"},
    "RoleArn": ROLE,
    "OutputDataConfig": {"S3OutputPath": "s3://elsewhere", "KmsKeyId": "k"},
    "ResourceConfig": {"InstanceCount": 2, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 5},
    "StoppingCondition": {"MaxRuntimeInSeconds": 600},
    "HyperParameters": {"num_round": "50", "eta": "0.2"},
}


@pytest.fixture
def client() -> Any:
    return boto3.client(
        "stepfunctions", region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test"
    )


@pytest.fixture
def pipeline(client: Any) -> TrainingPipeline:
    return TrainingPipeline(
        copy.deepcopy(REQUEST), ROLE, {"train": "s3://b/train"}, "models", client, pipeline_name="nightly"
    )


def executed(pipeline: TrainingPipeline, client: Any, **arguments: Any) -> tuple[str, dict[str, Any]]:
    """The name and the input with which an execution is started."""
    sent: list[dict[str, Any]] = []
    client.meta.events.register("provide-client-params.sfn.StartExecution", lambda params, **_: sent.append(params))
    with Stubber(client) as service:
        service.add_response(
            "start_execution",
            {"executionArn": "arn:aws:states:us-east-1:000000000000:execution:nightly:x", "startDate": START},
            {"stateMachineArn": MACHINE, "name": ANY, "input": ANY},
        )
        pipeline.workflow.state_machine_arn = MACHINE
        pipeline.execute(**arguments)
    return sent[-1]["name"], json.loads(sent[-1]["input"])


def test_the_definition_holds_no_values(pipeline: TrainingPipeline) -> None:
    states = pipeline.get_workflow().definition.to_dict()["States"]
    assert list(states) == ["Training", "Create Model", "Configure Endpoint", "Deploy"]
    assert states["Deploy"]["Parameters"] == {
        "EndpointConfigName.$": "$$.Execution.Input['Deploy'].EndpointConfigName",
        "EndpointName.$": "$$.Execution.Input['Deploy'].EndpointName",
    }
    assert all(name.endswith(".$") for state in states.values() for name in state["Parameters"])


def test_an_execution_brings_the_names_and_addresses(pipeline: TrainingPipeline, client: Any) -> None:
    name, given = executed(pipeline, client, job_name="monday")
    assert name == "monday"
    assert given["Training"]["TrainingJobName"] == "estimator-monday"
    assert given["Training"]["OutputDataConfig"] == {"S3OutputPath": "s3://models/nightly/models", "KmsKeyId": "k"}
    assert given["Create Model"] == {
        "ModelName": "monday",
        "ExecutionRoleArn": ROLE,
        "PrimaryContainer": {
            "Image": "image:1",
            "ModelDataUrl": "s3://models/nightly/models/estimator-monday/output/model.tar.gz",
        },
    }
    assert given["Configure Endpoint"]["ProductionVariants"] == [
        {"ModelName": "monday", "VariantName": "AllTraffic", "InitialInstanceCount": 2, "InstanceType": "ml.m5.large"}
    ]
    assert given["Deploy"] == {"EndpointConfigName": "monday", "EndpointName": "monday"}


def test_hyperparameters_are_laid_over_for_one_execution_only(pipeline: TrainingPipeline, client: Any) -> None:
    _, changed = executed(pipeline, client, job_name="monday", hyperparameters={"eta": 0.5})
    _, next_one = executed(pipeline, client, job_name="tuesday")
    assert changed["Training"]["HyperParameters"] == {"num_round": "50", "eta": "0.5"}
    assert next_one["Training"]["HyperParameters"] == {"num_round": "50", "eta": "0.2"}
    assert next_one["Create Model"]["ModelName"] == "tuesday"


def test_names_are_made_up_where_none_is_given(client: Any) -> None:
    pipeline = TrainingPipeline(REQUEST, ROLE, None, "models", client)
    assert pipeline.pipeline_name.startswith("training-pipeline-2")
    name, _ = executed(pipeline, client)
    assert name.startswith(f"{pipeline.pipeline_name}-")


def test_the_pipeline_can_be_seen_before_it_exists(pipeline: TrainingPipeline) -> None:
    assert "Configure Endpoint" in pipeline.render_graph().svg


def task() -> Task:
    return Task("Step", resource="arn:aws:states:::x", parameters={"A": 1, "B": {"C": 2, "D": [3]}})


def test_parameters_are_read_from_the_input_under_the_step_s_name() -> None:
    assert replace_parameters_with_context_object(task()) == {
        "A.$": "$$.Execution.Input['Step'].A",
        "B.$": "$$.Execution.Input['Step'].B",
    }


def test_single_parameters_are_replaced_by_paths_in_a_copy() -> None:
    step = task()
    replaced = replace_parameters_with_jsonpath(step, {"A.$": "$.a", "B": {"C.$": "$.c"}})
    assert replaced == {"A.$": "$.a", "B": {"C.$": "$.c", "D": [3]}}
    assert step.parameters == task().parameters


def test_a_parameter_that_is_not_there_cannot_be_replaced() -> None:
    with pytest.raises(KeyError, match="Z"):
        replace_parameters_with_jsonpath(task(), {"Z.$": "$.z"})
    assert Pass("P").parameters is None
