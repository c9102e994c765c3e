"""SageMaker's steps made from plain requests: what they send."""

from __future__ import annotations

from typing import Any

import pytest

from stepfunctions.inputs import ExecutionInput, StepInput
from stepfunctions.steps import (
    Chain,
    EndpointConfigStep,
    EndpointStep,
    Graph,
    ModelStep,
    TrainingStep,
    TransformStep,
)
from stepfunctions.steps.sentinels import ADDRESS, Sentinels

IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"
ROLE = "arn:aws:iam::000000000000:role/SageMaker"
NAMES = ExecutionInput(schema={"JobName": str, "ModelName": str})


def request(**members: Any) -> dict[str, Any]:
    return {
        "AlgorithmSpecification": {"TrainingImage": IMAGE, "TrainingInputMode": "File"},
        "RoleArn": ROLE,
        "OutputDataConfig": {"S3OutputPath": "s3://b/models"},
        "HyperParameters": {"num_round": "50"},
        **members,
    }


def test_a_training_step_sends_its_request_and_waits() -> None:
    step = TrainingStep("Train", request(), job_name=NAMES["JobName"], data={"train": "s3://b/train"})
    rendered = step.to_dict()
    assert rendered["Resource"] == "arn:aws:states:::sagemaker:createTrainingJob.sync"
    assert rendered["Parameters"]["TrainingJobName.$"] == "$$.Execution.Input['JobName']"
    assert rendered["Parameters"]["InputDataConfig"] == [
        {
            "ChannelName": "train",
            "DataSource": {
                "S3DataSource": {
                    "S3DataType": "S3Prefix",
                    "S3Uri": "s3://b/train",
                    "S3DataDistributionType": "FullyReplicated",
                }
            },
        }
    ]


def test_a_training_step_need_not_wait() -> None:
    step = TrainingStep("Train", request(), job_name="j", wait_for_completion=False)
    assert step.to_dict()["Resource"] == "arn:aws:states:::sagemaker:createTrainingJob"


def test_hyperparameters_are_merged_as_strings() -> None:
    step = TrainingStep("Train", request(), job_name="j", hyperparameters={"eta": 0.2, "num_round": 5})
    assert step.to_dict()["Parameters"]["HyperParameters"] == {"num_round": "5", "eta": "0.2"}


def test_a_placeholder_replaces_all_hyperparameters() -> None:
    step = TrainingStep("Train", request(), job_name="j", hyperparameters=ExecutionInput()["h"])
    assert step.to_dict()["Parameters"]["HyperParameters.$"] == "$$.Execution.Input['h']"


def test_parameters_are_laid_over_the_request() -> None:
    step = TrainingStep(
        "Train", request(), job_name="j", parameters={"OutputDataConfig": {"KmsKeyId": "k"}}, tags={"team": "a"}
    )
    parameters = step.to_dict()["Parameters"]
    assert parameters["OutputDataConfig"] == {"S3OutputPath": "s3://b/models", "KmsKeyId": "k"}
    assert parameters["Tags"] == [{"Key": "team", "Value": "a"}]


def test_the_user_s_request_is_not_changed() -> None:
    given = request()
    TrainingStep("Train", given, job_name="j", data="s3://b/x", hyperparameters={"eta": 1})
    assert given == request()


def test_the_expected_model_is_where_training_puts_it() -> None:
    training = TrainingStep("Train", request(), job_name=NAMES["JobName"])
    model = ModelStep("Save", training.get_expected_model(), model_name=NAMES["ModelName"])
    rendered = Graph(Chain([training, model])).to_dict()["States"]["Save"]
    assert rendered["Resource"] == "arn:aws:states:::sagemaker:createModel"
    assert rendered["Parameters"] == {
        "ModelName.$": "$$.Execution.Input['ModelName']",
        "ExecutionRoleArn": ROLE,
        "PrimaryContainer": {"Image": IMAGE, "ModelDataUrl.$": "$['ModelArtifacts']['S3ModelArtifacts']"},
    }


def test_the_expected_model_has_the_environment_of_its_training() -> None:
    training = TrainingStep("Train", request(Environment={"LEVEL": "7"}), job_name="j")
    assert training.get_expected_model()["PrimaryContainer"]["Environment"] == {"LEVEL": "7"}


def test_a_training_without_an_image_has_no_expected_model() -> None:
    algorithm = {"AlgorithmName": "arn:aws:sagemaker:us-east-1:000000000000:algorithm/a", "TrainingInputMode": "File"}
    training = TrainingStep("Train", request(AlgorithmSpecification=algorithm), job_name="j")
    with pytest.raises(ValueError, match="'Train' names no image"):
        training.get_expected_model()


def test_a_refused_object_is_a_value_error_too() -> None:
    with pytest.raises(ValueError, match=r"ModelStep takes a model \(version 2\)"):
        ModelStep("S", object())


def test_a_transform_step_describes_its_input() -> None:
    step = TransformStep(
        "Transform",
        {"TransformOutput": {"S3OutputPath": "s3://b/out"}},
        job_name="j",
        model_name="m",
        data="s3://b/in",
        content_type="text/csv",
        split_type="Line",
        join_source="Input",
    )
    assert step.to_dict()["Parameters"] == {
        "TransformOutput": {"S3OutputPath": "s3://b/out"},
        "TransformJobName": "j",
        "ModelName": "m",
        "TransformInput": {
            "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://b/in"}},
            "ContentType": "text/csv",
            "SplitType": "Line",
        },
        "DataProcessing": {"JoinSource": "Input"},
    }


def test_an_endpoint_is_configured_then_created_or_updated() -> None:
    configuration = EndpointConfigStep("Configure", NAMES["ModelName"], NAMES["ModelName"], 1, "ml.m5.large")
    assert configuration.to_dict()["Parameters"] == {
        "EndpointConfigName.$": "$$.Execution.Input['ModelName']",
        "ProductionVariants": [
            {
                "ModelName.$": "$$.Execution.Input['ModelName']",
                "VariantName": "AllTraffic",
                "InitialInstanceCount": 1,
                "InstanceType": "ml.m5.large",
            }
        ],
    }
    assert EndpointStep("E", "e", "c").to_dict()["Resource"].endswith(":createEndpoint")
    assert EndpointStep("E", "e", "c", update=True).to_dict()["Resource"].endswith(":updateEndpoint")


@pytest.mark.parametrize("step", [TrainingStep, ModelStep, TransformStep])
def test_what_is_neither_an_sdk_object_nor_a_request_is_refused(step: type) -> None:
    arguments = {TrainingStep: ("j",), ModelStep: ("m",), TransformStep: ("j", "m", "s3://b/in")}[step]
    with pytest.raises(TypeError, match=r"request as a dict, not builtins\.int"):
        step("S", 5, *arguments)


def test_a_tag_has_a_key_and_a_value() -> None:
    with pytest.raises(ValueError, match="a tag is"):
        ModelStep("S", {}, tags=[{"key": "a", "value": "b"}])


def test_a_partition_other_than_aws_shows_in_the_resource(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "cn-north-1")
    assert EndpointStep("E", "e", "c").to_dict()["Resource"].startswith("arn:aws-cn:states:::")


def test_sentinels_are_found_alone_and_inside_longer_strings() -> None:
    sentinels, given = Sentinels(), StepInput()
    name, address = sentinels.stand_in(given["n"]), sentinels.stand_in(given["a"], ADDRESS)
    plain = sentinels.stand_in("https://s3-us-east-1.amazonaws.com/b/k", ADDRESS)
    restored = sentinels.restore(
        {
            "Name": name,
            "Uri": address,
            "Path": f"s3://b/{name}/it's",
            "Below": f"{address}/{name}/x",
            "Plain": plain,
            "Under": f"{plain}/x",
            "n": 1,
        }
    )
    assert restored["Name"] is given["n"]
    assert restored["Uri"] is given["a"]
    assert restored["Path"].to_jsonpath() == "States.Format('s3://b/{}/it\\'s', $['n'])"
    assert restored["Below"].to_jsonpath() == "States.Format('{}/{}/x', $['a'], $['n'])"
    assert restored["Under"] == "https://s3-us-east-1.amazonaws.com/b/k/x"
    assert restored["Plain"] == "https://s3-us-east-1.amazonaws.com/b/k"
    assert restored["n"] == 1
