"""Activities with real workers: a thread that polls through boto3, one that hangs up, and a cloud that is killed."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from tests.e2e.conftest import ROLE, kill
from tests.wire_server import REGION, WireServer

from stepfunctions import LocalCloud

AUTHORIZATION = (
    f"AWS4-HMAC-SHA256 Credential=AKID/20261123/{REGION}/states/aws4_request, SignedHeaders=host, Signature=0"
)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[WireServer]:
    with WireServer(tmp_path) as running:
        yield running


class Worker(threading.Thread):
    """Doubles the numbers that it is given, until it is given none; what it could not do, it says."""

    def __init__(self, client: Any, activity_arn: str) -> None:
        super().__init__(name="worker", daemon=True)
        self._client = client
        self._activity_arn = activity_arn
        self.done: list[int] = []

    def run(self) -> None:
        while True:
            task = self._client.get_activity_task(activityArn=self._activity_arn, workerName="doubler")
            number = json.loads(task["input"])
            if number is None:
                self._client.send_task_success(taskToken=task["taskToken"], output="null")
                return
            self._client.send_task_heartbeat(taskToken=task["taskToken"])
            if number < 0:
                self._client.send_task_failure(taskToken=task["taskToken"], error="Negative", cause=str(number))
            else:
                self._client.send_task_success(taskToken=task["taskToken"], output=str(2 * number))
            self.done.append(number)


def poll_by_hand(url: str, activity_arn: str, region: str) -> http.client.HTTPConnection:
    """Return a connection on which a worker has asked for a task."""
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=30)
    headers = {"X-Amz-Target": "AWSStepFunctions.GetActivityTask", "Authorization": AUTHORIZATION.format(region)}
    connection.request("POST", "/", json.dumps({"activityArn": activity_arn}), headers)
    return connection


def machine_of(client: Any, activity_arn: str) -> str:
    definition = {
        "StartAt": "Each",
        "States": {
            "Each": {
                "Type": "Map",
                "ItemProcessor": {
                    "StartAt": "Work",
                    "States": {
                        "Work": {
                            "Type": "Task",
                            "Resource": activity_arn,
                            "HeartbeatSeconds": 60,
                            "Catch": [{"ErrorEquals": ["Negative"], "Next": "Never"}],
                            "End": True,
                        },
                        "Never": {"Type": "Pass", "OutputPath": "$.Cause", "End": True},
                    },
                },
                "End": True,
            }
        },
    }
    arn: str = client.create_state_machine(name="each", definition=json.dumps(definition), roleArn=ROLE)[
        "stateMachineArn"
    ]
    return arn


def until(client: Any, execution_arn: str, *, events: str | None = None, count: int = 1) -> Any:
    """Return the execution once it has ended, or once its history has *count* such events."""
    while True:
        described = client.describe_execution(executionArn=execution_arn)
        history = client.get_execution_history(executionArn=execution_arn, maxResults=1000)["events"]
        if events is not None and sum(event["type"] == events for event in history) >= count:
            return described
        if described["status"] != "RUNNING":
            assert events is None, history
            return described


def test_a_worker_thread_serves_the_tasks_of_a_map(server: WireServer) -> None:
    client = server.client()
    activity_arn = client.create_activity(name="double")["activityArn"]
    worker = Worker(server.client(read_timeout=65), activity_arn)
    worker.start()
    arn = client.start_execution(stateMachineArn=machine_of(client, activity_arn), input="[1, 2, -3, 4, null]")
    worker.join(60)
    ended = until(client, arn["executionArn"])
    assert json.loads(ended["output"]) == [2, 4, "-3", 8, None]
    assert sorted(worker.done) == [-3, 1, 2, 4]
    events = client.get_execution_history(executionArn=arn["executionArn"], maxResults=1000)["events"]
    started = [event["activityStartedEventDetails"] for event in events if event["type"] == "ActivityStarted"]
    assert started == [{"workerName": "doubler"}] * 5


def test_a_worker_who_hangs_up_leaves_the_task_to_the_next(server: WireServer) -> None:
    client = server.client()
    activity_arn = client.create_activity(name="double")["activityArn"]
    hanging = poll_by_hand(server.url, activity_arn, REGION)
    client.describe_activity(activityArn=activity_arn)
    hanging.close()
    client.describe_activity(activityArn=activity_arn)
    arn = client.start_execution(stateMachineArn=machine_of(client, activity_arn), input="[7]")["executionArn"]
    task = client.get_activity_task(activityArn=activity_arn, workerName="next")
    assert task["input"] == "7"
    client.send_task_success(taskToken=task["taskToken"], output="14")
    assert json.loads(until(client, arn)["output"]) == [14]


def test_a_killed_cloud_knows_its_activities_and_who_has_which_task(tmp_path: Path) -> None:
    with LocalCloud(tmp_path / "cloud") as cloud:
        client = cloud.boto_session().client("stepfunctions")
        activity_arn = client.create_activity(name="double", tags=[{"key": "a", "value": "b"}])["activityArn"]
        arn = client.start_execution(stateMachineArn=machine_of(client, activity_arn), input="[1, 2]")["executionArn"]
        taken = client.get_activity_task(activityArn=activity_arn, workerName="before")
        until(client, arn, events="ActivityStarted")
        kill(cloud)
        cloud.start()
        client = cloud.boto_session().client("stepfunctions")
        assert client.list_tags_for_resource(resourceArn=activity_arn)["tags"] == [{"key": "a", "value": "b"}]
        left = client.get_activity_task(activityArn=activity_arn, workerName="after")
        assert (taken["input"], left["input"]) == ("1", "2")
        client.send_task_success(taskToken=left["taskToken"], output="4")
        client.send_task_success(taskToken=taken["taskToken"], output="2")
        assert json.loads(until(client, arn)["output"]) == [2, 4]
        events = client.get_execution_history(executionArn=arn, maxResults=1000)["events"]
        started = [event["activityStartedEventDetails"] for event in events if event["type"] == "ActivityStarted"]
        assert started == [{"workerName": "before"}, {"workerName": "after"}]


def test_a_cloud_with_a_waiting_worker_tells_it_so_and_stops(tmp_path: Path) -> None:
    with LocalCloud(tmp_path / "cloud") as cloud:
        client = cloud.boto_session().client("stepfunctions")
        activity_arn = client.create_activity(name="double")["activityArn"]
        waiting = poll_by_hand(cloud.url, activity_arn, client.meta.region_name)
        client.list_activities()
    answer = waiting.getresponse()
    assert (answer.status, json.loads(answer.read())) == (200, {"taskToken": None})
    waiting.close()
