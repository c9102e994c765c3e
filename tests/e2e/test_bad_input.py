"""Bad input of every kind to a real cloud: a clear error that says what and where, and nothing half-made left behind.

The occupied port and the folder that cannot be written are in ``test_local_command.py``.
"""

from __future__ import annotations

import itertools
import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.e2e.conftest import ROLE

from stepfunctions import LocalCloud
from stepfunctions.inputs import ExecutionInput
from stepfunctions.steps import Pass
from stepfunctions.workflow import Execution, Workflow

IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"
TRAIN = "arn:aws:states:::sagemaker:createTrainingJob.sync"
PASS = {"Type": "Pass", "End": True}
HYPERPARAMETERS = {"objective": "reg:squarederror", "num_round": "2"}
_numbers = itertools.count()


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    """One cloud for all of them: each leaves it as it was."""
    with LocalCloud(tmp_path_factory.mktemp("cloud")) as running:
        s3 = running.boto_session().client("s3")
        s3.create_bucket(Bucket="rows")
        s3.put_object(Bucket="rows", Key="train/rows.csv", Body=b"1,2\n2,3\n" * 20)
        yield running


@pytest.fixture(scope="module")
def clients(cloud: LocalCloud) -> dict[str, Any]:
    session = cloud.boto_session()
    return {name: session.client(name) for name in ("stepfunctions", "s3", "sagemaker")}


def inventory(cloud: LocalCloud, clients: dict[str, Any]) -> dict[str, list[str]]:
    """Return the names of all that there is: resources, objects, folders."""
    states, sagemaker = clients["stepfunctions"], clients["sagemaker"]
    machines = [each["stateMachineArn"] for each in states.list_state_machines()["stateMachines"]]
    return {
        "state machines": machines,
        "executions": [
            found["executionArn"]
            for arn in machines
            for found in states.list_executions(stateMachineArn=arn)["executions"]
        ],
        "training jobs": [each["TrainingJobName"] for each in sagemaker.list_training_jobs()["TrainingJobSummaries"]],
        "transform jobs": [
            each["TransformJobName"] for each in sagemaker.list_transform_jobs()["TransformJobSummaries"]
        ],
        "models": [each["ModelName"] for each in sagemaker.list_models()["Models"]],
        "endpoints": [each["EndpointName"] for each in sagemaker.list_endpoints()["Endpoints"]],
        "configurations": [each["EndpointConfigName"] for each in sagemaker.list_endpoint_configs()["EndpointConfigs"]],
        "objects": [each["Key"] for each in clients["s3"].list_objects_v2(Bucket="rows")["Contents"]],
        "folders": sorted(str(path) for path in cloud.data.glob("sagemaker/*/*")),
    }


@pytest.fixture
def nothing_is_left(cloud: LocalCloud, clients: dict[str, Any]) -> Iterator[None]:
    """Holds the test to what was there before it."""
    before = inventory(cloud, clients)
    yield
    assert inventory(cloud, clients) == before


def refusal(call: Any, **request: Any) -> tuple[str, str]:
    """Return the code and the text of a request that is refused."""
    with pytest.raises(ClientError) as caught:
        call(**request)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def machine(**states: dict[str, Any]) -> str:
    return json.dumps({"StartAt": next(iter(states)), "States": states})


def ended(clients: dict[str, Any], given: Any = None, **states: dict[str, Any]) -> dict[str, Any]:
    """Run an execution to its end and remove its state machine; return how it was described."""
    client = clients["stepfunctions"]
    created = client.create_state_machine(name=f"m{next(_numbers)}", definition=machine(**states), roleArn=ROLE)
    started = client.start_execution(
        stateMachineArn=created["stateMachineArn"], input=json.dumps({} if given is None else given)
    )
    arn, began_at = started["executionArn"], started["startDate"]
    found = Execution(None, arn, began_at, "RUNNING", client=client).wait()  # type: ignore[arg-type]
    events = client.get_execution_history(executionArn=arn, maxResults=1000)["events"]
    delete(client, created["stateMachineArn"])
    return {**found, "types": [event["type"] for event in events]}


def delete(client: Any, arn: str) -> None:
    """Delete a state machine and return once it is gone; DeleteStateMachine itself only begins that."""
    client.delete_state_machine(stateMachineArn=arn)
    try:
        while True:
            client.describe_state_machine(stateMachineArn=arn)
    except client.exceptions.StateMachineDoesNotExist:
        pass  # as it should be


# Definitions


@pytest.mark.parametrize(
    ("definition", "text"),
    [
        pytest.param(
            machine(Prepare={"Type": "Pass", "Next": "Trian"}, Train=PASS),
            "MISSING_TRANSITION_TARGET: Missing 'Next' target: Trian at /States/Prepare/Next",
            id="unknown Next",
        ),
        pytest.param(
            machine(Prepare={**PASS, "InputPath": "$.["}),
            "Value must be a valid JSONPath. at /States/Prepare/InputPath",
            id="wrong path",
        ),
        pytest.param(
            machine(Prepare={"Type": "Tsak", "End": True}),
            "The field 'Type' should have one of these values: [Task, Wait, Pass, Succeed, Fail, Choice, Parallel, Map]"
            " at /States/Prepare/Type",
            id="unknown type",
        ),
        pytest.param(
            machine(Prepare={"Type": "Task", "Resource": "arn:aws:states:::quantum:entangle", "End": True}),
            "The resource provided arn:aws:states:::quantum:entangle is not recognized.",
            id="no such integration",
        ),
        pytest.param("{nope", "INVALID_JSON_DESCRIPTION: Unexpected character ('n' (code 110))", id="not JSON"),
    ],
)
def test_a_faulty_definition_is_refused_by_place(
    clients: dict[str, Any], nothing_is_left: None, definition: str, text: str
) -> None:
    create = clients["stepfunctions"].create_state_machine
    code, message = refusal(create, name="faulty", definition=definition, roleArn=ROLE)
    assert code == "InvalidDefinition"
    assert text in message


def test_a_definition_over_the_limit_is_refused(clients: dict[str, Any], nothing_is_left: None) -> None:
    definition = machine(A=PASS).replace("{", '{"Comment": "' + "x" * 1_048_576 + '", ', 1)
    create = clients["stepfunctions"].create_state_machine
    code, message = refusal(create, name="large", definition=definition, roleArn=ROLE)
    assert code == "ValidationException"
    assert message.endswith(
        "at 'definition' failed to satisfy constraint: Member must have length less than or equal to 1048576"
    )


def test_an_update_that_is_refused_changes_nothing(clients: dict[str, Any]) -> None:
    client = clients["stepfunctions"]
    arn = client.create_state_machine(name="updated", definition=machine(A=PASS), roleArn=ROLE)["stateMachineArn"]
    code, _ = refusal(client.update_state_machine, stateMachineArn=arn, definition=machine(A={"Type": "Pass"}))
    assert code == "InvalidDefinition"
    assert client.describe_state_machine(stateMachineArn=arn)["definition"] == machine(A=PASS)
    delete(client, arn)


# Executions


def test_a_path_to_nothing_fails_its_state_by_name(clients: dict[str, Any], nothing_is_left: None) -> None:
    found = ended(clients, {"rows": 1}, Prepare={**PASS, "InputPath": "$.row"})
    assert (found["status"], found["error"]) == ("FAILED", "States.Runtime")
    assert "the state 'Prepare'" in found["cause"]
    assert "'$.row'" in found["cause"]


@pytest.mark.parametrize("resource", ["arn:aws:states:::lambda:invoke", "arn:aws:states:::aws-sdk:dynamodb:listTables"])
def test_a_service_that_is_not_there_fails_its_state_when_reached(
    clients: dict[str, Any], nothing_is_left: None, resource: str
) -> None:
    call = {"Type": "Task", "Resource": resource, "Parameters": {"FunctionName": "f"}, "End": True}
    found = ended(clients, First={"Type": "Pass", "Next": "Call"}, Call=call)
    assert (found["status"], found["error"]) == ("FAILED", "States.Runtime")
    assert "the state 'Call'" in found["cause"]
    assert f"The resource '{resource}' is not supported here. Use another integration" in found["cause"]
    assert "PassStateExited" in found["types"]


def test_missing_input_is_refused_before_anything_starts(clients: dict[str, Any], nothing_is_left: None) -> None:
    given = ExecutionInput(schema={"Rows": str, "Rounds": int})
    step = Pass("Prepare", parameters={"rows": given["Rows"], "rounds": given["Rounds"]})
    workflow = Workflow("schema", step, ROLE, execution_input=given, client=clients["stepfunctions"])
    workflow.create()
    with pytest.raises(ValueError, match="'Rounds' is missing") as caught:
        workflow.execute(inputs={"Rows": "s3://rows/train/"})
    assert "Expected run input with the schema" in str(caught.value)
    with pytest.raises(ValueError, match="'Rounds' is of type str, expected int"):
        workflow.execute(inputs={"Rows": "s3://rows/train/", "Rounds": "two"})
    assert workflow.list_executions() == []
    delete(clients["stepfunctions"], workflow.state_machine_arn)


def test_an_input_that_is_not_json_or_too_large_starts_nothing(clients: dict[str, Any]) -> None:
    client = clients["stepfunctions"]
    arn = client.create_state_machine(name="input", definition=machine(A=PASS), roleArn=ROLE)["stateMachineArn"]
    code, message = refusal(client.start_execution, stateMachineArn=arn, input="{oops")
    assert code == "InvalidExecutionInput"
    assert "Unexpected character ('o' (code 111))" in message
    code, message = refusal(client.start_execution, stateMachineArn=arn, input=json.dumps("x" * 262_144))
    assert code == "ValidationException"
    assert "'input'" in message
    code, message = refusal(client.start_execution, stateMachineArn=arn, name="two words")
    assert (code, message) == ("InvalidName", "Invalid Name: 'two words'")
    assert client.list_executions(stateMachineArn=arn)["executions"] == []
    delete(client, arn)


# Requests that no SDK would send


@pytest.mark.parametrize(
    ("body", "code", "text"),
    [
        (b"{", "SerializationException", "The request is not JSON"),
        (b"\xff\xfe", "SerializationException", "The request is not JSON"),
        (b"[]", "SerializationException", "The request must be a JSON object."),
        (b"[" * 100_000, "SerializationException", "nested too deeply"),
        (b"{}", "ValidationException", "Value null at 'name' failed to satisfy constraint: Member must not be null"),
        (b'{"name": 1}', "SerializationException", "NUMBER_VALUE can not be converted to a String"),
    ],
)
def test_a_malformed_request_is_refused(
    cloud: LocalCloud, nothing_is_left: None, body: bytes, code: str, text: str
) -> None:
    request = urllib.request.Request(
        cloud.url, data=body, headers={"X-Amz-Target": "AWSStepFunctions.CreateStateMachine"}
    )
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request, timeout=30)
    with caught.value as answer:
        assert answer.code == 400
        said = json.loads(answer.read())
    assert said["__type"] == code
    assert text in said["message"]


# SageMaker


def training(prefix: str = "train/", image: str = IMAGE, **hyperparameters: str) -> dict[str, Any]:
    source = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": f"s3://rows/{prefix}"}}
    return {
        "TrainingJobName": f"job-{next(_numbers)}",
        "AlgorithmSpecification": {"TrainingImage": image, "TrainingInputMode": "File"},
        "RoleArn": ROLE,
        "InputDataConfig": [{"ChannelName": "train", "DataSource": source, "ContentType": "text/csv"}],
        "OutputDataConfig": {"S3OutputPath": "s3://rows/models"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
        "StoppingCondition": {"MaxRuntimeInSeconds": 60},
        "HyperParameters": {**HYPERPARAMETERS, **hyperparameters},
    }


def test_an_s3_prefix_without_objects_begins_no_job(clients: dict[str, Any], nothing_is_left: None) -> None:
    code, message = refusal(clients["sagemaker"].create_training_job, **training("trian/"))
    assert code == "ValidationException"
    assert message.startswith('No S3 objects found under S3 URL "s3://rows/trian/" given in input data source.')
    found = ended(clients, Train={"Type": "Task", "Resource": TRAIN, "Parameters": training("trian/"), "End": True})
    assert (found["status"], found["error"]) == ("FAILED", "SageMaker.AmazonSageMakerException")
    assert found["cause"].startswith('No S3 objects found under S3 URL "s3://rows/trian/"')
    assert "TaskSubmitFailed" in found["types"]


def test_a_bucket_for_the_output_that_is_not_there_begins_no_job(
    clients: dict[str, Any], nothing_is_left: None
) -> None:
    request = {**training(), "OutputDataConfig": {"S3OutputPath": "s3://nowhere/models"}}
    code, message = refusal(clients["sagemaker"].create_training_job, **request)
    assert code == "ValidationException"
    assert message == (
        "The bucket of OutputDataConfig.S3OutputPath 's3://nowhere/models' does not exist. Create it first."
    )


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        pytest.param({"eta": "7"}, "Hyperparameter eta: 7.0 is not in [0, 1]", id="out of range"),
        pytest.param(
            {"image": "example.com/my-image:latest"},
            "The image 'my-image' (example.com/my-image:latest) is not available locally. Available repositories: ",
            id="no such image",
        ),
    ],
)
def test_a_job_that_cannot_train_says_why_and_leaves_no_model(
    clients: dict[str, Any], changes: dict[str, str], reason: str
) -> None:
    parameters = training(**changes)
    before = clients["s3"].list_objects_v2(Bucket="rows")["KeyCount"]
    found = ended(clients, Train={"Type": "Task", "Resource": TRAIN, "Parameters": parameters, "End": True})
    assert (found["status"], found["error"]) == ("FAILED", "States.TaskFailed")
    job = clients["sagemaker"].describe_training_job(TrainingJobName=parameters["TrainingJobName"])
    assert reason in job["FailureReason"]
    assert json.loads(found["cause"])["FailureReason"] == job["FailureReason"]
    assert clients["s3"].list_objects_v2(Bucket="rows")["KeyCount"] == before


def test_what_names_something_that_is_not_there_is_refused(clients: dict[str, Any], nothing_is_left: None) -> None:
    sagemaker = clients["sagemaker"]
    resource = "arn:aws:sagemaker:us-east-1:000000000000:"
    variant = {"VariantName": "a", "ModelName": "none", "InitialInstanceCount": 1, "InstanceType": "ml.m5.large"}
    source = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://rows/train/"}}
    refused = [
        refusal(
            sagemaker.create_model,
            ModelName="m",
            ExecutionRoleArn=ROLE,
            PrimaryContainer={"Image": IMAGE, "ModelDataUrl": "s3://rows/none.tar.gz"},
        ),
        refusal(
            sagemaker.create_transform_job,
            TransformJobName="t",
            ModelName="none",
            TransformInput={"DataSource": source},
            TransformOutput={"S3OutputPath": "s3://rows/output"},
            TransformResources={"InstanceType": "ml.m5.large", "InstanceCount": 1},
        ),
        refusal(sagemaker.create_endpoint_config, EndpointConfigName="c", ProductionVariants=[variant]),
        refusal(sagemaker.create_endpoint, EndpointName="e", EndpointConfigName="none"),
    ]
    assert refused == [
        ("ValidationException", "Could not find model data at s3://rows/none.tar.gz."),
        ("ValidationException", f'Could not find model "{resource}model/none".'),
        ("ValidationException", f'Could not find model "{resource}model/none".'),
        ("ValidationException", f'Could not find endpoint configuration "{resource}endpoint-config/none".'),
    ]


def test_the_cloud_has_logged_no_fault_of_its_own(cloud: LocalCloud) -> None:
    assert "Traceback" not in Path(cloud.data, "cloud.log").read_text()
