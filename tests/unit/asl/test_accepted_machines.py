"""Whole machines as the AWS Developer Guide shows them are taken, without a word of warning."""

from __future__ import annotations

import json
from typing import Any

import pytest

from stepfunctions.asl import parse, render, validate

LAMBDA = "arn:aws:states:::lambda:invoke"
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:f:$LATEST"
RETRY = [
    {
        "ErrorEquals": ["Lambda.ServiceException", "Lambda.AWSLambdaException", "Lambda.TooManyRequestsException"],
        "IntervalSeconds": 1,
        "MaxAttempts": 3,
        "BackoffRate": 2,
        "JitterStrategy": "FULL",
    }
]


def invoke(**more: Any) -> dict[str, Any]:
    parameters = {"FunctionName": FUNCTION, "Payload.$": "$"}
    return {"Type": "Task", "Resource": LAMBDA, "Parameters": parameters, "OutputPath": "$.Payload", **more}


JOB_POLL = {
    "Comment": "Polls a job until it is done",
    "StartAt": "Submit",
    "States": {
        "Submit": {
            "Type": "Task",
            "Resource": "arn:aws:states:::batch:submitJob",
            "Parameters": {"JobName.$": "$.name", "JobDefinition": "d", "JobQueue": "q"},
            "ResultSelector": {"id.$": "$.JobId"},
            "ResultPath": "$.job",
            "Next": "Wait",
        },
        "Wait": {"Type": "Wait", "SecondsPath": "$.wait", "Next": "Ask"},
        "Ask": {
            "Type": "Task",
            "Resource": "arn:aws:states:::aws-sdk:batch:describeJobs",
            "Parameters": {"Jobs.$": "States.Array($.job.id)"},
            "ResultPath": "$.answer",
            "Next": "Done?",
        },
        "Done?": {
            "Type": "Choice",
            "Choices": [
                {"Variable": "$.answer.Jobs[0].Status", "StringEquals": "FAILED", "Next": "Failed"},
                {
                    "And": [
                        {"Variable": "$.answer.Jobs[0].Status", "IsPresent": True},
                        {"Variable": "$.answer.Jobs[0].Status", "StringEquals": "SUCCEEDED"},
                    ],
                    "Next": "Done",
                },
            ],
            "Default": "Wait",
        },
        "Failed": {"Type": "Fail", "Cause": "The job failed", "Error": "JobFailed"},
        "Done": {"Type": "Succeed"},
    },
}

APPROVAL = {
    "StartAt": "Ask",
    "TimeoutSeconds": 3600,
    "States": {
        "Ask": {
            "Type": "Task",
            "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
            "Parameters": {
                "QueueUrl": "https://sqs.us-east-1.amazonaws.com/123456789012/q",
                "MessageBody": {"Title": "Approve?", "TaskToken.$": "$$.Task.Token"},
            },
            "HeartbeatSeconds": 600,
            "Catch": [{"ErrorEquals": ["States.HeartbeatTimeout"], "ResultPath": "$.error", "Next": "Tell"}],
            "End": True,
        },
        "Tell": {
            "Type": "Task",
            "Resource": "arn:aws:states:::sns:publish",
            "Parameters": {"TopicArn": "arn:aws:sns:us-east-1:123456789012:t", "Message.$": "$.error.Cause"},
            "End": True,
        },
    },
}

SAGA = {
    "StartAt": "Book",
    "States": {
        "Book": {
            "Type": "Parallel",
            "Branches": [
                {"StartAt": "Hotel", "States": {"Hotel": invoke(Retry=RETRY, End=True)}},
                {"StartAt": "Flight", "States": {"Flight": invoke(Retry=RETRY, End=True)}},
            ],
            "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.why", "Next": "Cancel"}],
            "End": True,
        },
        "Cancel": {
            "Type": "Task",
            "Resource": "arn:aws:states:::dynamodb:deleteItem",
            "Parameters": {"TableName": "bookings", "Key": {"id": {"S.$": "$.id"}}},
            "ResultPath": None,
            "Next": "Cancelled",
        },
        "Cancelled": {"Type": "Fail", "ErrorPath": "$.why.Error", "CausePath": "$.why.Cause"},
    },
}

DISTRIBUTED = {
    "StartAt": "Rows",
    "States": {
        "Rows": {
            "Type": "Map",
            "ItemReader": {
                "Resource": "arn:aws:states:::s3:getObject",
                "ReaderConfig": {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW", "MaxItems": 1000},
                "Parameters": {"Bucket": "b", "Key.$": "$.key"},
            },
            "ItemBatcher": {"MaxItemsPerBatch": 10, "BatchInput": {"when.$": "$$.Execution.StartTime"}},
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"},
                "StartAt": "Row",
                "States": {"Row": invoke(Retry=RETRY, End=True)},
            },
            "Label": "Rows",
            "MaxConcurrency": 100,
            "ToleratedFailurePercentage": 5,
            "ResultWriter": {
                "Resource": "arn:aws:states:::s3:putObject",
                "Parameters": {"Bucket": "b", "Prefix": "out"},
                "WriterConfig": {"Transformation": "COMPACT", "OutputType": "JSONL"},
            },
            "End": True,
        }
    },
}

NESTED = {
    "StartAt": "Child",
    "States": {
        "Child": {
            "Type": "Task",
            "Resource": "arn:aws:states:::states:startExecution.sync:2",
            "Parameters": {
                "StateMachineArn": "arn:aws:states:us-east-1:123456789012:stateMachine:child",
                "Input": {"AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID.$": "$$.Execution.Id", "value.$": "$.value"},
            },
            "Retry": [{"ErrorEquals": ["StepFunctions.ExecutionLimitExceeded"], "MaxDelaySeconds": 30}],
            "End": True,
        }
    },
}

JSONATA = {
    "QueryLanguage": "JSONata",
    "StartAt": "Remember",
    "States": {
        "Remember": {
            "Type": "Pass",
            "Assign": {"product": "{% $states.input.product %}", "left": "{% $states.input.attempts ~> $number %}"},
            "Next": "Price",
        },
        "Price": {
            "Type": "Task",
            "Resource": LAMBDA,
            "Arguments": {"FunctionName": FUNCTION, "Payload": {"product": "{% $product %}"}},
            "Assign": {"price": "{% $states.result.Payload.price %}", "left": "{% $left - 1 %}"},
            "Output": "{% $states.result.Payload %}",
            "Catch": [
                {
                    "ErrorEquals": ["States.ALL"],
                    "Assign": {"why": "{% $states.errorOutput.Cause %}"},
                    "Output": "{% $states.errorOutput %}",
                    "Next": "Again?",
                }
            ],
            "Next": "Again?",
        },
        "Again?": {
            "Type": "Choice",
            "Choices": [{"Condition": "{% $left > 0 and $states.input.price > 10 %}", "Next": "Pause"}],
            "Default": "Each",
        },
        "Pause": {"Type": "Wait", "Seconds": "{% $min([$left, 60]) %}", "Next": "Price"},
        "Each": {
            "Type": "Map",
            "Items": "{% [1..3] %}",
            "ItemSelector": {"n": "{% $states.context.Map.Item.Value %}"},
            "MaxConcurrency": 2,
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "INLINE"},
                "StartAt": "One",
                "States": {"One": {"Type": "Pass", "Output": {"twice": "{% $states.input.n * 2 %}"}, "End": True}},
            },
            "Output": {"all": "{% $states.result %}"},
            "End": True,
        },
    },
}

MIXED = {
    "StartAt": "Path",
    "States": {
        "Path": {"Type": "Pass", "Parameters": {"a.$": "$.b"}, "Assign": {"v.$": "$.b"}, "Next": "Ata"},
        "Ata": {"QueryLanguage": "JSONata", "Type": "Pass", "Output": {"c": "{% $v & '!' %}"}, "Next": "Last"},
        "Last": {"Type": "Succeed", "OutputPath": "$.c"},
    },
}


@pytest.mark.parametrize(
    "definition",
    [JOB_POLL, APPROVAL, SAGA, DISTRIBUTED, NESTED, JSONATA, MIXED],
    ids=["job poll", "approval", "saga", "distributed", "nested", "jsonata", "mixed"],
)
def test_a_documented_machine_is_taken(definition: dict[str, Any]) -> None:
    assert [str(each) for each in validate(json.dumps(definition))] == []
    machine = parse(definition, creating=True)
    assert parse(render(machine), creating=True) == machine
