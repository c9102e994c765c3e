"""The demo's workflow, written with the public API as a user would write it, without the SageMaker SDK."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from stepfunctions import steps
from stepfunctions.inputs import ExecutionInput
from stepfunctions.workflow import Workflow

ROLE = "arn:aws:iam::000000000000:role/StepladderDemo"
IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"
INSTANCE_TYPE = "ml.m5.large"

TRAIN = "Train"
SAVE = "Save model"
TRANSFORM = "Transform test set"
CONFIGURE = "Configure endpoint"
DEPLOY = "Deploy endpoint"


@dataclass(frozen=True, slots=True)
class Places:
    """Where in S3 the demo's data lies, and where its results go."""

    train: str
    validation: str
    test: str
    output: str
    content_type: str


def build_workflow(places: Places, client: Any) -> Workflow:
    """Return the workflow: train, save the model, transform a batch, configure an endpoint, deploy it.

    Args:
        places: of data and results.
        client: of Step Functions; a workflow on AWS needs none.
    """
    execution_input = ExecutionInput(schema={"JobName": str, "ModelName": str, "EndpointName": str})
    training = steps.TrainingStep(
        TRAIN,
        estimator={
            "AlgorithmSpecification": {"TrainingImage": IMAGE, "TrainingInputMode": "File"},
            "RoleArn": ROLE,
            "OutputDataConfig": {"S3OutputPath": f"{places.output}/models"},
            "ResourceConfig": {"InstanceCount": 1, "InstanceType": INSTANCE_TYPE, "VolumeSizeInGB": 5},
            "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
            "HyperParameters": {
                "objective": "reg:squarederror",
                "num_round": "50",
                "max_depth": "5",
                "eta": "0.2",
                "gamma": "4",
                "min_child_weight": "6",
                "subsample": "0.7",
            },
        },
        job_name=execution_input["JobName"],
        data={
            "train": _channel(places.train, places.content_type),
            "validation": _channel(places.validation, places.content_type),
        },
    )
    model = steps.ModelStep(SAVE, training.get_expected_model(), model_name=execution_input["ModelName"])
    transform = steps.TransformStep(
        TRANSFORM,
        transformer={
            "TransformOutput": {"S3OutputPath": f"{places.output}/predictions", "AssembleWith": "Line"},
            "TransformResources": {"InstanceCount": 1, "InstanceType": INSTANCE_TYPE},
        },
        job_name=execution_input["JobName"],
        model_name=execution_input["ModelName"],
        data=places.test,
        content_type=places.content_type,
        split_type="Line",
    )
    configuration = steps.EndpointConfigStep(
        CONFIGURE,
        endpoint_config_name=execution_input["ModelName"],
        model_name=execution_input["ModelName"],
        initial_instance_count=1,
        instance_type=INSTANCE_TYPE,
    )
    endpoint = steps.EndpointStep(
        DEPLOY, endpoint_name=execution_input["EndpointName"], endpoint_config_name=execution_input["ModelName"]
    )
    return Workflow(
        "stepladder-demo",
        steps.Chain([training, model, transform, configuration, endpoint]),
        role=ROLE,
        execution_input=execution_input,
        client=client,
    )


def _channel(address: str, content_type: str) -> dict[str, object]:
    source = {"S3DataType": "S3Prefix", "S3Uri": address, "S3DataDistributionType": "FullyReplicated"}
    return {"DataSource": {"S3DataSource": source}, "ContentType": content_type}
