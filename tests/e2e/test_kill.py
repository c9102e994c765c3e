"""``kill -9`` of the cloud's process at any point: another one on the same folder goes on, and every effect is once.

Every test kills a real process and looks at what ended it. An execution that was killed must have the history of one
that was not, event by event, and what was in it before the kill must still be there. Effects are counted outside:
jobs by their folders and by what their programs wrote, processes by ``/proc``.
"""

from __future__ import annotations

import io
import json
import os
import random
import tarfile
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError
from tests.e2e.conftest import ROLE, again, died, event_types, kill, processes_of, wait_for_event

from stepfunctions import LocalCloud
from stepfunctions.engine.engine import Engine
from stepfunctions.engine.mocks import fails, succeeds
from stepfunctions.engine.virtual import run
from stepfunctions.local.client import CloudFailed
from stepfunctions.store.database import Database
from stepfunctions.workflow import Execution

KILLS = 20
DEATHS_MAX = 30
LAPS = 500
ONCE = Config(retries={"total_max_attempts": 1})
IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"
INTEGRATION = "arn:aws:states:::sagemaker:"
WAIT = {"Type": "Wait", "Seconds": 1}
RETRY = {"ErrorEquals": ["States.ALL"], "IntervalSeconds": 1, "MaxAttempts": 2, "BackoffRate": 1}
CONTAINER = {"Image": IMAGE, "ModelDataUrl": "s3://data/model.tar.gz"}


def machine(**states: dict[str, Any]) -> dict[str, Any]:
    return {"StartAt": next(iter(states)), "States": states}


def create_model(name: dict[str, str], **fields: Any) -> dict[str, Any]:
    parameters = {**name, "PrimaryContainer": CONTAINER, "ExecutionRoleArn": ROLE}
    return {"Type": "Task", "Resource": f"{INTEGRATION}createModel", "Parameters": parameters, **fields}


LOOP = machine(
    Count={
        "Type": "Pass",
        "Parameters": {"n.$": "States.MathAdd($.n, 1)", "laps.$": "$.laps"},
        "Next": "Enough",
    },
    Enough={
        "Type": "Choice",
        "Choices": [{"Variable": "$.n", "NumericGreaterThanEqualsPath": "$.laps", "Next": "Done"}],
        "Default": "Count",
    },
    Done={"Type": "Succeed"},
)
WAITS = machine(First={**WAIT, "Next": "Second"}, Second={**WAIT, "Next": "Last"}, Last={"Type": "Pass", "End": True})
BACKOFF = machine(
    Taken=create_model(
        {"ModelName": "taken"}, Retry=[RETRY], Catch=[{"ErrorEquals": ["States.ALL"], "Next": "Caught"}], End=True
    ),
    Caught={"Type": "Pass", "End": True},
)
PARALLEL = machine(
    Both={
        "Type": "Parallel",
        "Branches": [
            machine(Rest={**WAIT, "Next": "Left"}, Left={"Type": "Pass", "End": True}),
            machine(Right={"Type": "Pass", "Next": "Pause"}, Pause={**WAIT, "End": True}),
        ],
        "End": True,
    }
)
MAP = machine(
    Each={
        "Type": "Map",
        "ItemsPath": "$.items",
        "MaxConcurrency": 2,
        "ItemProcessor": machine(Rest={**WAIT, "Next": "Item"}, Item={"Type": "Pass", "End": True}),
        "End": True,
    }
)
MODEL = machine(Create=create_model({"ModelName.$": "$$.Execution.Name"}, Next="Rest"), Rest={**WAIT, "End": True})

LOAD: dict[str, tuple[dict[str, Any], Any]] = {
    "loop": (LOOP, {"n": 0, "laps": LAPS}),
    "brief": (LOOP, {"n": 0, "laps": 5}),
    "waits": (WAITS, {}),
    "backoff": (BACKOFF, {}),
    "parallel": (PARALLEL, {}),
    "map": (MAP, {"items": [1, 2, 3]}),
    "model": (MODEL, {}),
}


@pytest.fixture
def order(tmp_path: Path) -> Path:
    """The file that tells the cloud at which of its commits to die; see ``dying/sitecustomize.py``."""
    return tmp_path / "order"


@pytest.fixture
def cloud(tmp_path: Path, order: Path) -> Iterator[LocalCloud]:
    """A cloud that dies when it is told to, and of which nothing is left in the end."""
    folder = tmp_path / "cloud"
    path = os.pathsep.join(filter(None, [str(Path(__file__).parent / "dying"), os.environ.get("PYTHONPATH")]))
    variables = {"PYTHONPATH": path, "DYING_ORDER": str(order)}
    with LocalCloud(folder, environment=variables) as running:
        yield running
    assert processes_of(folder) == []


def client(cloud: LocalCloud, service: str = "stepfunctions") -> Any:
    """Return a client that asks once: a dead cloud is noticed, not waited for."""
    return cloud.boto_session().client(service, config=ONCE)


def make_model(cloud: LocalCloud) -> None:
    """Upload something to make models of that nobody serves."""
    s3 = client(cloud, "s3")
    s3.create_bucket(Bucket="data")
    s3.put_object(Bucket="data", Key="model.tar.gz", Body=b"")
    client(cloud, "sagemaker").create_model(ModelName="taken", PrimaryContainer=CONTAINER, ExecutionRoleArn=ROLE)


def uninterrupted(definition: dict[str, Any], given: Any) -> list[str]:
    """Return the types of the events of an execution that nothing happens to."""
    tasks = {
        "Taken": fails("SageMaker.ResourceInUseException"),
        "Create": {},
        "Job": succeeds({}, submitted={}),
    }
    execution = run(definition, given, tasks=tasks)
    assert execution.status == "SUCCEEDED", execution.cause
    return [event["type"] for event in execution.history]


def killed_and_ended(execution: Execution, cloud: LocalCloud) -> Execution:
    """Kill the cloud, start it again, and return the execution once it has succeeded with all that it had before."""
    before = list(execution.list_events(max_items=25_000))
    kill(cloud)
    execution = again(execution, cloud.start())
    assert execution.wait()["status"] == "SUCCEEDED", execution.describe()
    assert list(execution.list_events(max_items=25_000))[: len(before)] == before
    return execution


# What Step Functions does alone


class Load:
    """Executions of every kind, each started once by its name, whatever becomes of the request."""

    def __init__(self, cloud: LocalCloud) -> None:
        self.cloud = cloud
        self.arns: dict[str, str] = {}
        make_model(cloud)
        self._machines: dict[str, str] = {}
        self.connect()
        for kind, (definition, _) in LOAD.items():
            answer = self.states.create_state_machine(name=kind, definition=json.dumps(definition), roleArn=ROLE)
            self._machines[kind] = answer["stateMachineArn"]
        self._number = 0

    def connect(self) -> None:
        """Talk to the cloud as it is now."""
        self.states = client(self.cloud)

    def start(self, kind: str) -> str:
        """Start another execution of this kind and return its name."""
        self._number += 1
        name, machine_arn = f"{kind}-{self._number}", self._machines[kind]
        self.arns[name] = machine_arn.replace(":stateMachine:", ":execution:") + f":{name}"
        self._start(name)
        return name

    def start_last_again(self) -> None:
        """Start the execution whose request met the dying cloud; it may have been started by that."""
        try:
            self._start(list(self.arns)[-1])
        except self.states.exceptions.ExecutionAlreadyExists:
            pass  # it was, and has ended already

    def _start(self, name: str) -> None:
        kind = name.partition("-")[0]
        answer = self.states.start_execution(
            stateMachineArn=self._machines[kind], name=name, input=json.dumps(LOAD[kind][1])
        )
        assert answer["executionArn"] == self.arns[name]

    def start_until_it_dies(self) -> None:
        """Start one execution after the other; the cloud dies of it, or meanwhile."""
        try:
            while True:
                self.start("brief")
        except BotoCoreError:
            pass  # it has died

    def ended(self, name: str) -> Execution:
        """Return an execution that has succeeded."""
        execution = Execution(None, self.arns[name], datetime.now(UTC), "RUNNING", client=self.states)  # type: ignore[arg-type]
        assert execution.wait()["status"] == "SUCCEEDED", name
        return execution


def after_requests(load: Load, order: Path, draw: random.Random) -> None:
    """Kill after a number of requests."""
    for _ in range(draw.randrange(1, 60)):
        arn = draw.choice(list(load.arns.values()))
        draw.choice((load.states.describe_execution, load.states.get_execution_history))(executionArn=arn)
    kill(load.cloud)


def after_events(load: Load, order: Path, draw: random.Random) -> None:
    """Kill once a loop has a number of events."""
    count, arn = draw.randrange(1, 4 * LAPS), load.arns[load.start("loop")]
    newest = {"executionArn": arn, "reverseOrder": True, "maxResults": 1}
    while load.states.get_execution_history(**newest)["events"][0]["id"] < count:
        pass
    kill(load.cloud)


def while_starting(load: Load, order: Path, draw: random.Random) -> None:
    """Kill while executions are being started."""
    states = client(load.cloud)
    starting = threading.Thread(target=load.start_until_it_dies)
    starting.start()
    for _ in range(draw.randrange(1, 20)):
        states.list_state_machines()
    kill(load.cloud)
    starting.join()


def at_a_commit(load: Load, order: Path, draw: random.Random) -> None:
    """Have it kill itself just before a commit, or just after one."""
    order.write_text(json.dumps({"commit": draw.randrange(1, 12), "done": draw.random() < 0.5}))
    load.start_until_it_dies()
    died(load.cloud)


INSTANTS: list[Callable[[Load, Path, random.Random], None]] = [
    after_requests,
    after_events,
    while_starting,
    at_a_commit,
]


def test_a_mixed_load_survives_twenty_kills_at_seeded_instants(cloud: LocalCloud, order: Path) -> None:
    load, draw = Load(cloud), random.Random(20)
    kinds = [kind for kind in LOAD if kind != "loop"]
    for turn in range(KILLS):
        load.start("loop")
        load.start(kinds[turn % len(kinds)])
        INSTANTS[turn % len(INSTANTS)](load, order, draw)
        cloud.start()
        load.connect()
        load.start_last_again()

    expected = {kind: uninterrupted(*each) for kind, each in LOAD.items()}
    for name in load.arns:
        assert event_types(load.ended(name)) == expected[name.partition("-")[0]], name
    check_lists(load)


def check_lists(load: Load) -> None:
    """Every execution is listed once, as it is described, and every model was created once."""
    listed: dict[str, Any] = {}
    for each in load.states.list_state_machines()["stateMachines"]:
        pages = load.states.get_paginator("list_executions").paginate(stateMachineArn=each["stateMachineArn"])
        for found in (found for page in pages for found in page["executions"]):
            assert found["executionArn"] not in listed
            listed[found["executionArn"]] = found
    assert set(load.arns.values()) == set(listed)
    for arn, found in listed.items():
        described = load.states.describe_execution(executionArn=arn)
        assert {member: described[member] for member in found} == found
    models = client(load.cloud, "sagemaker").list_models(MaxResults=100)["Models"]
    created = [name for name in load.arns if name.startswith("model-")]
    assert sorted(each["ModelName"] for each in models) == sorted(["taken", *created])


@pytest.mark.parametrize(
    ("kind", "event", "seen"),
    [
        ("waits", "WaitStateEntered", "WaitStateEntered"),
        ("backoff", "TaskFailed", "TaskFailed"),
        ("parallel", "WaitStateEntered", "ParallelStateStarted"),
        ("map", "WaitStateEntered", "MapIterationStarted"),
    ],
)
def test_a_kill_in_a_state_that_waits(
    cloud: LocalCloud, start: Callable[..., Execution], kind: str, event: str, seen: str
) -> None:
    if kind == "backoff":
        make_model(cloud)
    definition, given = LOAD[kind]
    execution = start(definition, given)
    wait_for_event(execution, event)
    assert seen in event_types(execution)

    execution = killed_and_ended(execution, cloud)

    assert event_types(execution) == uninterrupted(definition, given)


# What SageMaker does for it


def upload_rows(cloud: LocalCloud, count: int = 200) -> None:
    """Upload a regression set that trains in no time."""
    draw = random.Random(1)
    rows = ([draw.random() for _ in range(4)] for _ in range(count))
    body = "".join(f"{sum(row):.4f},{','.join(f'{value:.4f}' for value in row)}\n" for row in rows)
    s3 = client(cloud, "s3")
    s3.create_bucket(Bucket="rows")
    s3.put_object(Bucket="rows", Key="train/rows.csv", Body=body.encode())


def training(name: str, rounds: int) -> dict[str, Any]:
    source = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://rows/train/"}}
    parameters = {
        "TrainingJobName": name,
        "AlgorithmSpecification": {"TrainingImage": IMAGE, "TrainingInputMode": "File"},
        "RoleArn": ROLE,
        "InputDataConfig": [{"ChannelName": "train", "DataSource": source, "ContentType": "text/csv"}],
        "OutputDataConfig": {"S3OutputPath": "s3://rows/models"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
        "StoppingCondition": {"MaxRuntimeInSeconds": 600},
        "HyperParameters": {"objective": "reg:squarederror", "num_round": str(rounds), "nthread": "1"},
    }
    return machine(Job=job("createTrainingJob.sync", parameters))


def job(action: str, parameters: dict[str, Any]) -> dict[str, Any]:
    return {"Type": "Task", "Resource": INTEGRATION + action, "Parameters": parameters, "End": True}


def check_trained_once(cloud: LocalCloud, name: str) -> None:
    """One job has the name, its program was run once, and CloudWatch has each of its lines once."""
    found = client(cloud, "sagemaker").list_training_jobs(NameContains=name)["TrainingJobSummaries"]
    assert [(each["TrainingJobName"], each["TrainingJobStatus"]) for each in found] == [(name, "Completed")]
    (folder,) = (cloud.data / "sagemaker" / "training-jobs").glob(f"{name}-*")
    lines = [line.split(" ", 1)[1] for line in (folder / "log.txt").read_text().splitlines()]
    assert sum(line.startswith("[0]\t") or "[0]#011" in line for line in lines) == 1
    assert len(list(folder.rglob("exit.json"))) == len(list(folder.rglob("process.json"))) == 1
    logs = client(cloud, "logs")
    group = "/aws/sagemaker/TrainingJobs"
    (stream,) = logs.describe_log_streams(logGroupName=group, logStreamNamePrefix=f"{name}/")["logStreams"]
    events = logs.get_log_events(logGroupName=group, logStreamName=stream["logStreamName"], startFromHead=True)
    assert [event["message"] for event in events["events"]] == lines


def on_disk(cloud: LocalCloud, execution: Execution) -> list[str]:
    """Return the types of the events that a dead cloud left."""
    database = Database(cloud.data / "stepladder.db")
    try:
        events = Engine(database, lambda resource: None).history(execution.execution_arn, limit=1000).items
        return [event["type"] for event in events]
    finally:
        database.close()


@pytest.mark.parametrize(
    ("commit", "last"),
    [
        pytest.param(2, "TaskStarted", id="before the job is recorded"),
        pytest.param(3, "TaskStarted", id="before TaskSubmitted"),
        pytest.param(4, "TaskSubmitted", id="after TaskSubmitted"),
    ],
)
def test_a_kill_while_a_job_is_submitted(cloud: LocalCloud, order: Path, commit: int, last: str) -> None:
    upload_rows(cloud)
    definition = training("job", 5)
    states = client(cloud)
    created = states.create_state_machine(name="machine", definition=json.dumps(definition), roleArn=ROLE)
    arn = created["stateMachineArn"].replace(":stateMachine:", ":execution:") + ":killed"
    order.write_text(json.dumps({"commit": commit, "done": False}))
    try:
        states.start_execution(stateMachineArn=created["stateMachineArn"], name="killed")
    except BotoCoreError:
        pass  # it may die before it has answered
    died(cloud)
    execution = Execution(None, arn, datetime.now(UTC), "RUNNING", client=states)  # type: ignore[arg-type]
    assert on_disk(cloud, execution)[-1] == last

    execution = again(execution, cloud.start())
    assert execution.wait()["status"] == "SUCCEEDED"

    assert event_types(execution) == uninterrupted(definition, {})
    check_trained_once(cloud, "job")


def test_a_job_goes_through_one_kill_after_another(
    cloud: LocalCloud, start: Callable[..., Execution], order: Path
) -> None:
    upload_rows(cloud)
    definition = training("job", 5)
    execution = start(definition)
    kill(cloud)
    deaths = 0
    while deaths < DEATHS_MAX:
        # A process opens its database with one commit, and may repeat a commit of the one before it.
        order.write_text(json.dumps({"commit": 3 + deaths % 5, "done": False}))
        try:
            execution = again(execution, cloud.start())
            execution.wait()
            break
        except CloudFailed:
            pass  # it died even before it answered
        except BotoCoreError:
            died(cloud)
        assert not order.exists()
        deaths += 1

    assert 3 < deaths < DEATHS_MAX
    assert execution.describe()["status"] == "SUCCEEDED"
    assert event_types(execution) == uninterrupted(definition, {})
    check_trained_once(cloud, "job")


def test_a_kill_during_training(cloud: LocalCloud, start: Callable[..., Execution]) -> None:
    upload_rows(cloud)
    definition = training("job", 1500)
    execution = start(definition)
    wait_for_line(cloud, "/aws/sagemaker/TrainingJobs", "train-rmse:")
    (before,) = (path.read_text() for path in cloud.data.glob("sagemaker/training-jobs/*/process.json"))
    assert not list(cloud.data.glob("sagemaker/training-jobs/*/exit.json"))

    execution = killed_and_ended(execution, cloud)

    assert event_types(execution) == uninterrupted(definition, {})
    assert [path.read_text() for path in cloud.data.glob("sagemaker/training-jobs/*/process.json")] == [before]
    check_trained_once(cloud, "job")


def wait_for_line(cloud: LocalCloud, group: str, words: str) -> None:
    """Return once a job has logged a line with these words."""
    logs = client(cloud, "logs")
    while True:
        try:
            events = logs.filter_log_events(logGroupName=group)["events"]
        except logs.exceptions.ResourceNotFoundException:
            continue  # nothing was logged yet
        if any(words in event["message"] for event in events):
            return


def test_a_kill_during_a_transform(cloud: LocalCloud, start: Callable[..., Execution]) -> None:
    upload_rows(cloud, 600)
    upload_model(cloud)
    parameters = {
        "TransformJobName": "batch",
        "ModelName": "sums",
        "BatchStrategy": "SingleRecord",
        "TransformInput": {
            "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://rows/train/"}},
            "ContentType": "text/csv",
            "SplitType": "Line",
        },
        "TransformOutput": {"S3OutputPath": "s3://rows/output", "AssembleWith": "Line"},
        "TransformResources": {"InstanceType": "ml.m5.large", "InstanceCount": 1},
    }
    definition = machine(Job=job("createTransformJob.sync", parameters))
    execution = start(definition)
    wait_for_line(cloud, "/aws/sagemaker/TransformJobs", "MaxConcurrentTransforms=")  # it sends from now on

    execution = killed_and_ended(execution, cloud)

    assert event_types(execution) == uninterrupted(definition, {})
    summaries = client(cloud, "sagemaker").list_transform_jobs()["TransformJobSummaries"]
    assert [(each["TransformJobName"], each["TransformJobStatus"]) for each in summaries] == [("batch", "Completed")]
    listed = client(cloud, "s3").list_objects_v2(Bucket="rows", Prefix="output/")["Contents"]
    assert [each["Key"] for each in listed] == ["output/rows.csv.out"]
    body = client(cloud, "s3").get_object(Bucket="rows", Key="output/rows.csv.out")["Body"].read()
    assert len(body.decode().split()) == 600
    assert list(cloud.data.glob("sagemaker/transform-jobs/*/data/*")) == []


def upload_model(cloud: LocalCloud) -> None:
    """Train a model right here, upload it as SageMaker would, and create it as ``sums``."""
    xgboost = pytest.importorskip("xgboost")
    draw = random.Random(1)
    rows = [[draw.random() for _ in range(5)] for _ in range(100)]
    booster = xgboost.train({}, xgboost.DMatrix(rows, [sum(row) for row in rows]), 5)
    model, packed = booster.save_raw(), io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        member = tarfile.TarInfo("xgboost-model")
        member.size = len(model)
        tar.addfile(member, io.BytesIO(model))
    client(cloud, "s3").put_object(Bucket="rows", Key="model.tar.gz", Body=packed.getvalue())
    container = {"Image": IMAGE, "ModelDataUrl": "s3://rows/model.tar.gz"}
    client(cloud, "sagemaker").create_model(ModelName="sums", PrimaryContainer=container, ExecutionRoleArn=ROLE)


def test_a_live_endpoint_answers_after_a_kill(cloud: LocalCloud) -> None:
    upload_rows(cloud)
    upload_model(cloud)
    sagemaker = client(cloud, "sagemaker")
    variant = {"VariantName": "all", "ModelName": "sums", "InitialInstanceCount": 1, "InstanceType": "ml.m5.large"}
    sagemaker.create_endpoint_config(EndpointConfigName="live", ProductionVariants=[variant])
    sagemaker.create_endpoint(EndpointName="live", EndpointConfigName="live")
    before = invoke(cloud)
    processes = sorted(each for each in processes_of(cloud.data) if "local start" not in each)

    kill(cloud)
    cloud.start()

    assert invoke(cloud) == before
    assert sorted(each for each in processes_of(cloud.data) if "local start" not in each) == processes
    endpoints = client(cloud, "sagemaker").list_endpoints()["Endpoints"]
    assert [(each["EndpointName"], each["EndpointStatus"]) for each in endpoints] == [("live", "InService")]


def invoke(cloud: LocalCloud) -> bytes:
    """Return the endpoint's answer once it is in service."""
    client(cloud, "sagemaker").get_waiter("endpoint_in_service").wait(
        EndpointName="live", WaiterConfig={"Delay": 1, "MaxAttempts": 60}
    )
    runtime = client(cloud, "sagemaker-runtime")
    answer = runtime.invoke_endpoint(EndpointName="live", ContentType="text/csv", Body=b"0.1,0.2,0.3,0.4,0.5")
    body: bytes = answer["Body"].read()
    return body
