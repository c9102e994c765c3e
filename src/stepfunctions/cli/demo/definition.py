"""The demo's workflow, written with the public API as a user would write it, without the SageMaker SDK."""

from __future__ import annotations

from typing import Any

from stepfunctions import steps
from stepfunctions.inputs import ExecutionInput, Placeholder
from stepfunctions.workflow import Workflow

ROLE = "arn:aws:iam::000000000000:role/StepladderDemo"
IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"
INSTANCE_TYPE = "ml.m5.large"

TRAIN = "Train"
SAVE = "Save model"
TRANSFORM = "Transform test set"
CONFIGURE = "Configure endpoint"
DEPLOY = "Deploy endpoint"


SCHEMA = {"Name": str, "ContentType": str, "Train": str, "Validation": str, "Test": str, "Output": str}

HYPERPARAMETERS = {
    "objective": "reg:squarederror",
    "num_round": "50",
    "max_depth": "3",
    "eta": "0.1",
    "gamma": "4",
    "min_child_weight": "6",
    "subsample": "0.7",
}


def build_workflow(client: Any) -> Workflow:
    """Return the workflow: train, save the model, transform a batch, configure an endpoint, deploy it.

    The definition is the same for every dataset: names and addresses come with the execution.

    Args:
        client: of Step Functions; a workflow on AWS needs none.
    """
    execution_input = ExecutionInput(schema=SCHEMA)
    name = execution_input["Name"]
    training = _training_step(execution_input)
    return Workflow(
        "stepladder-demo",
        steps.Chain(
            [
                training,
                steps.ModelStep(SAVE, training.get_expected_model(), model_name=name),
                _transform_step(execution_input),
                steps.EndpointConfigStep(
                    CONFIGURE,
                    endpoint_config_name=name,
                    model_name=name,
                    initial_instance_count=1,
                    instance_type=INSTANCE_TYPE,
                ),
                steps.EndpointStep(DEPLOY, endpoint_name=name, endpoint_config_name=name),
            ]
        ),
        role=ROLE,
        execution_input=execution_input,
        client=client,
    )


def _training_step(execution_input: ExecutionInput) -> steps.TrainingStep:
    content_type = execution_input["ContentType"]
    return steps.TrainingStep(
        TRAIN,
        estimator={
            "AlgorithmSpecification": {"TrainingImage": IMAGE, "TrainingInputMode": "File"},
            "RoleArn": ROLE,
            "OutputDataConfig": {"S3OutputPath": execution_input["Output"]},
            "ResourceConfig": {"InstanceCount": 1, "InstanceType": INSTANCE_TYPE, "VolumeSizeInGB": 5},
            "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
            "HyperParameters": HYPERPARAMETERS,
        },
        job_name=execution_input["Name"],
        data={
            "train": _channel(execution_input["Train"], content_type),
            "validation": _channel(execution_input["Validation"], content_type),
        },
    )


def _transform_step(execution_input: ExecutionInput) -> steps.TransformStep:
    return steps.TransformStep(
        TRANSFORM,
        transformer={
            "TransformOutput": {"S3OutputPath": execution_input["Output"], "AssembleWith": "Line"},
            "TransformResources": {"InstanceCount": 1, "InstanceType": INSTANCE_TYPE},
        },
        job_name=execution_input["Name"],
        model_name=execution_input["Name"],
        data=execution_input["Test"],
        content_type=execution_input["ContentType"],
        split_type="Line",
    )


def _channel(address: Placeholder, content_type: Placeholder) -> dict[str, Any]:
    source = {"S3DataType": "S3Prefix", "S3Uri": address, "S3DataDistributionType": "FullyReplicated"}
    return {"DataSource": {"S3DataSource": source}, "ContentType": content_type}
