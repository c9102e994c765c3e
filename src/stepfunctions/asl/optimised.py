"""The optimised service integrations: which ``arn:aws:states:::SERVICE:ACTION`` there are, with which patterns.

Source: AWS Developer Guide, "Optimizing integrated services". Where its tables contradict each other, both are taken.
Which parameters are looked for: a CloudFormation linter's measurements of 2026-09-05.
"""

from __future__ import annotations

from typing import Final

CALL: Final = ("",)
SYNC: Final = ("", ".sync")
TOKEN: Final = ("", ".waitForTaskToken")
SYNC_AND_TOKEN: Final = ("", ".sync", ".waitForTaskToken")


def _all(actions: str, patterns: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    return dict.fromkeys(actions.split(), patterns)


OPTIMISED: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "apigateway": _all("invoke", TOKEN),
    "athena": _all("startQueryExecution", SYNC) | _all("stopQueryExecution getQueryExecution getQueryResults", CALL),
    "batch": _all("submitJob", SYNC_AND_TOKEN),
    "bedrock": _all("invokeModel", TOKEN) | _all("createModelCustomizationJob", SYNC),
    "bedrock-agentcore": _all("invokeHarness", CALL),
    "codebuild": _all("startBuild startBuildBatch retryBuildBatch", SYNC)
    | _all("stopBuild stopBuildBatch batchDeleteBuilds batchGetReports deleteBuildBatch", CALL),
    "databrew": _all("startJobRun", SYNC),
    "dynamodb": _all("getItem putItem updateItem deleteItem", CALL),
    "ecs": _all("runTask", SYNC_AND_TOKEN),
    "eks": _all("call", TOKEN)
    | _all(
        "runJob createCluster deleteCluster createFargateProfile deleteFargateProfile createNodegroup deleteNodegroup",
        SYNC_AND_TOKEN,
    ),
    "elasticmapreduce": _all("createCluster addStep terminateCluster", SYNC)
    | _all("cancelStep setClusterTerminationProtection modifyInstanceFleetByName modifyInstanceGroupByName", CALL),
    "emr-containers": _all("createVirtualCluster", CALL) | _all("deleteVirtualCluster startJobRun", SYNC),
    "emr-serverless": _all(
        "createApplication startApplication stopApplication deleteApplication startJobRun cancelJobRun", SYNC
    ),
    "events": _all("putEvents", TOKEN),
    "glue": _all("startJobRun", SYNC_AND_TOKEN),
    "http": _all("invoke", CALL),
    "lambda": _all("invoke", TOKEN),
    "mediaconvert": _all("createJob", SYNC),
    "sagemaker": _all(
        "createTrainingJob createTransformJob createHyperParameterTuningJob createProcessingJob createLabelingJob", SYNC
    )
    | _all("createModel createEndpointConfig createEndpoint updateEndpoint", CALL),
    "sns": _all("publish", TOKEN),
    "sqs": _all("sendMessage", TOKEN),
    "states": {"startExecution": ("", ".sync", ".sync:2", ".waitForTaskToken")},
}
"""Service to action to the patterns it has; ``""`` is request-response."""

DEMANDED: Final[dict[str, tuple[str, ...]]] = {
    "lambda:invoke": ("FunctionName",),
    "sqs:sendMessage": ("QueueUrl", "MessageBody"),
    "sns:publish": ("Message",),
    "dynamodb:putItem": ("TableName", "Item"),
    "dynamodb:getItem": ("TableName", "Key"),
    "states:startExecution": ("StateMachineArn",),
    "events:putEvents": ("Entries",),
    "ecs:runTask": ("TaskDefinition",),
    "glue:startJobRun": ("JobName",),
}
"""Integration to the parameters that AWS looks for when a machine is created; measured, and hence no full list."""
