"""Which API's answer an integration's result is: from a Task's Resource to a shape of an AWS service model.

A ``.sync`` task results in what its last poll answered. No shape is told for a result that is no such answer: a Lambda
function's, an activity's or a callback's, whatever an HTTP endpoint, API Gateway or Kubernetes answers, and those of
integrations with no operation of that name.

Source: AWS Developer Guide, "Integrating optimized services", "AWS SDK service integrations", "Mocking service
integrations".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from stepfunctions.errors import InvalidRequest
from stepfunctions.integrations.registry import SYNC, SYNC_2, WAIT_FOR_TASK_TOKEN, Resource
from stepfunctions.shapes import Model, load, services

_NO_API: Final = frozenset({"http:invoke", "apigateway:invoke", "eks:call", "eks:runJob"})

OPTIMISED_SERVICES: Final = {
    "states": "stepfunctions",
    "elasticmapreduce": "emr",
    "bedrock:invokeModel": "bedrock-runtime",
}
"""botocore's name of the service behind an optimised integration, where it is another."""

SDK_SERVICES: Final = {
    "applicationdiscovery": "discovery",
    "cloudwatchlogs": "logs",
    "cognitoidentityprovider": "cognito-idp",
    "costandusagereport": "cur",
    "costexplorer": "ce",
    "databasemigration": "dms",
    "directory": "ds",
    "directoryservicedata": "ds-data",
    "elasticloadbalancing": "elb",
    "elasticloadbalancingv2": "elbv2",
    "elasticsearch": "es",
    "eventbridge": "events",
    "iotdataplane": "iot-data",
    "iotjobsdataplane": "iot-jobs-data",
    "lexmodelbuilding": "lex-models",
    "lexmodelsv2": "lexv2-models",
    "lexruntime": "lex-runtime",
    "lexruntimev2": "lexv2-runtime",
    "marketplaceentitlement": "marketplace-entitlement",
    "marketplacemetering": "meteringmarketplace",
    "migrationhub": "mgh",
    "pinpointsmsvoice": "sms-voice",
    "serverlessapplicationrepository": "serverlessrepo",
    "sfn": "stepfunctions",
    "simpledb": "sdb",
}
"""botocore's name of a service by the SDK for Java's, where the two differ by more than hyphens and "service"."""

OPERATIONS: Final = {
    "emr:createCluster": "RunJobFlow",
    "emr:addStep": "AddJobFlowSteps",
    "emr:cancelStep": "CancelSteps",
    "emr:terminateCluster": "TerminateJobFlows",
    "emr:setClusterTerminationProtection": "SetTerminationProtection",
    "emr:modifyInstanceFleetByName": "ModifyInstanceFleet",
    "emr:modifyInstanceGroupByName": "ModifyInstanceGroups",
}
"""The operation behind an optimised integration, where its name is another."""

POLLS: Final = {
    "athena:startQueryExecution": "GetQueryExecution",
    "batch:submitJob": "DescribeJobs",
    "bedrock:createModelCustomizationJob": "GetModelCustomizationJob",
    "codebuild:startBuild": "BatchGetBuilds",
    "codebuild:startBuildBatch": "BatchGetBuildBatches",
    "codebuild:retryBuildBatch": "BatchGetBuildBatches",
    "databrew:startJobRun": "DescribeJobRun",
    "ecs:runTask": "DescribeTasks",
    "eks:createCluster": "DescribeCluster",
    "eks:createFargateProfile": "DescribeFargateProfile",
    "eks:createNodegroup": "DescribeNodegroup",
    "eks:deleteCluster": "DescribeCluster",
    "eks:deleteFargateProfile": "DescribeFargateProfile",
    "eks:deleteNodegroup": "DescribeNodegroup",
    "emr:createCluster": "DescribeCluster",
    "emr:addStep": "DescribeStep",
    "emr:terminateCluster": "DescribeCluster",
    "emr-containers:deleteVirtualCluster": "DescribeVirtualCluster",
    "emr-containers:startJobRun": "DescribeJobRun",
    "emr-serverless:createApplication": "GetApplication",
    "emr-serverless:startApplication": "GetApplication",
    "emr-serverless:stopApplication": "GetApplication",
    "emr-serverless:deleteApplication": "GetApplication",
    "emr-serverless:startJobRun": "GetJobRun",
    "emr-serverless:cancelJobRun": "GetJobRun",
    "glue:startJobRun": "GetJobRun",
    "mediaconvert:createJob": "GetJob",
    "sagemaker:createHyperParameterTuningJob": "DescribeHyperParameterTuningJob",
    "sagemaker:createLabelingJob": "DescribeLabelingJob",
    "sagemaker:createProcessingJob": "DescribeProcessingJob",
    "sagemaker:createTrainingJob": "DescribeTrainingJob",
    "sagemaker:createTransformJob": "DescribeTransformJob",
    "stepfunctions:startExecution": "DescribeExecution",
}
"""What a ``.sync`` task asks until its work is done. What it then hands on may be one member of that answer."""


@dataclass(frozen=True, slots=True)
class ResultShape:
    """What a result looks like.

    Args:
        model: of the service.
        shape: the name of the answer's shape; None if the operation answers nothing.
    """

    model: Model
    shape: str | None


def result_shape(arn: str) -> ResultShape | None:
    """Return the shape of what a Task with the Resource *arn* results in; None if no API says.

    Raises:
        InvalidRequest: this botocore does not know the service or the action of an SDK integration.
    """
    resource = Resource.parse(arn)
    if resource is None or not resource.is_integration or resource.pattern == WAIT_FOR_TASK_TOKEN:
        return None
    kind, _, name = resource.service.rpartition(":")
    return _of_sdk(name, resource) if kind else _of_optimised(name, resource)


def _of_sdk(name: str, resource: Resource) -> ResultShape:
    service = SDK_SERVICES.get(name) or _unhyphenated().get(name)
    operation = None if service is None else load(service).operations.get(_capitalised(resource.action))
    if service is None or operation is None:
        raise InvalidRequest(
            f"The result of {resource.arn} cannot be checked: this botocore has no model of it. "
            "Upgrade boto3, or give the mock the fieldValidationMode NONE."
        )
    return ResultShape(load(service), operation.output)


def _of_optimised(name: str, resource: Resource) -> ResultShape | None:
    if f"{name}:{resource.action}" in _NO_API:
        return None
    model = load(OPTIMISED_SERVICES.get(f"{name}:{resource.action}") or OPTIMISED_SERVICES.get(name, name))
    key = f"{model.name}:{resource.action}"
    polled = POLLS.get(key) if resource.pattern in (SYNC, SYNC_2) else None
    operation = model.operations.get(polled or OPERATIONS.get(key) or _capitalised(resource.action))
    if operation is None:
        return None
    return ResultShape(model, operation.output)


def _capitalised(action: str) -> str:
    return action[:1].upper() + action[1:]


@cache
def _unhyphenated() -> Mapping[str, str]:
    """Return botocore's names of services by the SDK for Java's, which have no hyphens."""
    return {name.replace("-", ""): name for name in sorted(services())}
