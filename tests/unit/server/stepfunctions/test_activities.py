"""Activities: kept by name, polled for tasks, and what becomes of a task whose worker goes away."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from tests.unit.server.stepfunctions.conftest import EXECUTION, MACHINE, PASS, REGION, Api, Clock

from stepfunctions.integrations import activities as waiting
from stepfunctions.server.stepfunctions import activity_store

ACTIVITY = f"arn:aws:states:{REGION}:111122223333:activity:work"
TURNS_MAX = 2_000


def activity_task(**fields: Any) -> str:
    task = {"Type": "Task", "Resource": ACTIVITY, "End": True, **fields}
    return json.dumps({"StartAt": "Work", "States": {"Work": task}})


async def until(holds: Callable[[], Awaitable[Any]]) -> None:
    """Let things happen until *holds*; no time passes."""
    for _ in range(TURNS_MAX):
        if await holds():
            return
        await asyncio.sleep(0)
    raise AssertionError("it never came to that")


async def settle() -> None:
    for _ in range(50):
        await asyncio.sleep(0)


async def types(api: Api, arn: str = EXECUTION) -> list[str]:
    return [event["type"] for event in (await api("GetExecutionHistory", executionArn=arn))["events"]]


async def start(api: Api, name: str = "run", data: Any = None) -> str:
    answer = await api("StartExecution", stateMachineArn=MACHINE, name=name, input=json.dumps(data or {}))
    return str(answer["executionArn"])


async def poll(api: Api, **params: Any) -> Any:
    return await api("GetActivityTask", activityArn=ACTIVITY, **params)


@pytest.fixture
async def api(opened: Any) -> Api:
    """The activity, and a machine that uses it; nobody waits for a task that is not there."""
    result: Api = await opened(None, poll_seconds=0)
    await result("CreateActivity", name="work")
    await result.create(activity_task())
    return result


@pytest.fixture
async def patient(opened: Any) -> Api:
    """Likewise, with workers who wait as long as on AWS."""
    result: Api = await opened(None)
    await result("CreateActivity", name="work")
    await result.create(activity_task())
    return result


async def test_an_activity_is_kept_by_name(api: Api, clock: Clock) -> None:
    created_at = clock.now / 1000
    clock.now += 1000
    assert await api("CreateActivity", name="work") == {"activityArn": ACTIVITY, "creationDate": created_at}
    assert await api("DescribeActivity", activityArn=ACTIVITY) == {
        "activityArn": ACTIVITY,
        "name": "work",
        "creationDate": created_at,
        "encryptionConfiguration": {"type": "AWS_OWNED_KEY"},
    }


async def test_an_activity_with_another_encryption_is_another_activity(api: Api) -> None:
    encryption = {"type": "CUSTOMER_MANAGED_KMS_KEY", "kmsKeyId": "key"}
    refused = await api.refusal("CreateActivity", name="work", encryptionConfiguration=encryption)
    assert refused.code == "ActivityAlreadyExists"


async def test_a_deleted_activity_is_gone_with_its_tags(api: Api) -> None:
    await api("TagResource", resourceArn=ACTIVITY, tags=[{"key": "a", "value": "b"}])
    for _ in range(2):
        assert await api("DeleteActivity", activityArn=ACTIVITY) == {}
    for operation in ("DescribeActivity", "GetActivityTask"):
        refused = await api.refusal(operation, activityArn=ACTIVITY)
        assert (refused.code, refused.message) == ("ActivityDoesNotExist", f"Activity Does Not Exist: '{ACTIVITY}'")
    await api("CreateActivity", name="work")
    assert await api("ListTagsForResource", resourceArn=ACTIVITY) == {"tags": []}


async def test_an_activity_has_tags(api: Api) -> None:
    tags = [{"key": "a", "value": "1"}, {"key": "b", "value": "2"}]
    arn = (await api("CreateActivity", name="tagged", tags=tags))["activityArn"]
    await api("UntagResource", resourceArn=arn, tagKeys=["a"])
    assert await api("ListTagsForResource", resourceArn=arn) == {"tags": [{"key": "b", "value": "2"}]}
    await api("CreateActivity", name="tagged", tags=tags)
    assert await api("ListTagsForResource", resourceArn=arn) == {"tags": [{"key": "b", "value": "2"}]}
    unknown = await api.refusal("TagResource", resourceArn=f"{ACTIVITY}2", tags=tags)
    assert (unknown.code, unknown.message) == ("ResourceNotFound", f"Resource not found: '{ACTIVITY}2'")


async def test_an_activity_with_too_many_tags_is_not_created(api: Api) -> None:
    tags = [{"key": str(number), "value": ""} for number in range(51)]
    assert (await api.refusal("CreateActivity", name="tagged", tags=tags)).code == "TooManyTags"
    assert len((await api("ListActivities"))["activities"]) == 1


async def test_activities_come_in_pages_by_region(api: Api) -> None:
    for name in ("b", "a"):
        await api("CreateActivity", name=name)
    await api("CreateActivity", region="us-east-1", name="elsewhere")
    first = await api("ListActivities", maxResults=2)
    second = await api("ListActivities", maxResults=2, nextToken=first["nextToken"])
    assert [each["name"] for each in first["activities"] + second["activities"]] == ["work", "b", "a"]
    assert "nextToken" not in second
    assert (await api.refusal("ListActivities", nextToken="nonsense")).code == "InvalidToken"


async def test_there_are_so_many_activities_and_no_more(api: Api, monkeypatch: Any) -> None:
    monkeypatch.setattr(activity_store, "ACTIVITIES_MAX", 1)
    assert (await api.refusal("CreateActivity", name="other")).code == "ActivityLimitExceeded"
    await api("CreateActivity", name="work")


@pytest.mark.parametrize("operation", ["DescribeActivity", "DeleteActivity", "GetActivityTask"])
async def test_only_an_activity_can_be_looked_at_as_one(api: Api, operation: str) -> None:
    refused = await api.refusal(operation, activityArn=MACHINE)
    assert refused.message == "Invalid Arn: 'Resource type not valid in this context: stateMachine'"


async def test_a_poll_that_finds_nothing_answers_no_token(api: Api) -> None:
    assert await poll(api) == {"taskToken": None}


async def test_a_worker_gets_the_input_and_the_task_has_started(api: Api) -> None:
    arn = await start(api, data={"a": [1, "b"]})
    assert (await types(api))[2:] == ["ActivityScheduled"]
    task = await poll(api, workerName="worker")
    assert json.loads(task["input"]) == {"a": [1, "b"]}
    await until(lambda: _has(api, "ActivityStarted"))
    await api("SendTaskSuccess", taskToken=task["taskToken"], output='{"done": true}')
    events = (await api("GetExecutionHistory", executionArn=arn))["events"]
    assert [event["type"] for event in events[2:]] == [
        "ActivityScheduled",
        "ActivityStarted",
        "ActivitySucceeded",
        "TaskStateExited",
        "ExecutionSucceeded",
    ]
    assert events[3]["activityStartedEventDetails"] == {"workerName": "worker"}
    assert json.loads(events[-1]["executionSucceededEventDetails"]["output"]) == {"done": True}


async def test_a_task_goes_to_one_worker_and_the_oldest_goes_first(api: Api) -> None:
    await start(api, "first", {"n": 1})
    await start(api, "second", {"n": 2})
    await settle()
    given = [await poll(api) for _ in range(3)]
    assert [each.get("input") for each in given] == ['{"n":1}', '{"n":2}', None]


async def test_a_worker_who_waits_gets_the_next_task(patient: Api) -> None:
    polls = [asyncio.create_task(poll(patient)) for _ in range(2)]
    await settle()
    assert not any(each.done() for each in polls)
    await start(patient, "first", {"n": 1})
    await start(patient, "second", {"n": 2})
    assert [(await each)["input"] for each in polls] == ['{"n":1}', '{"n":2}']


async def test_a_worker_who_goes_away_gets_no_task(patient: Api) -> None:
    gone = asyncio.Event()
    left = asyncio.create_task(poll(patient, workerName="left", gone=gone))
    await settle()
    gone.set()
    assert await left is None
    await start(patient)
    assert (await types(patient))[2:] == ["ActivityScheduled"]
    assert (await poll(patient, workerName="stays"))["input"] == "{}"
    await until(lambda: _has(patient, "ActivityStarted"))
    events = (await patient("GetExecutionHistory", executionArn=EXECUTION))["events"]
    assert events[3]["activityStartedEventDetails"] == {"workerName": "stays"}


async def test_a_task_that_was_on_its_way_to_a_worker_who_has_gone_comes_first_again(patient: Api) -> None:
    gone = asyncio.Event()
    left = asyncio.create_task(poll(patient, gone=gone))
    await settle()
    offered = asyncio.create_task(start(patient, "first", {"n": 1}))
    gone.set()
    await offered
    await start(patient, "second", {"n": 2})
    await left
    assert [(await poll(patient))["input"] for _ in range(2)] == ['{"n":1}', '{"n":2}']


async def test_so_many_workers_may_wait_and_no_more(patient: Api, monkeypatch: Any) -> None:
    monkeypatch.setattr(waiting, "POLLERS_MAX", 1)
    first = asyncio.create_task(poll(patient))
    await settle()
    refused = await patient.refusal("GetActivityTask", activityArn=ACTIVITY)
    assert (refused.code, refused.message) == (
        "ActivityWorkerLimitExceeded",
        "The maximum number of workers concurrently polling for activity tasks has been reached.",
    )
    patient.service.let_go()
    assert await first == {"taskToken": None}


async def test_a_task_that_is_aborted_is_not_offered_any_more(api: Api) -> None:
    arn = await start(api)
    await settle()
    await api("StopExecution", executionArn=arn)
    await settle()
    assert await poll(api) == {"taskToken": None}


async def test_a_task_that_has_not_begun_waits_however_short_its_time(api: Api, clock: Clock) -> None:
    await api("UpdateStateMachine", stateMachineArn=MACHINE, definition=activity_task(TimeoutSeconds=5))
    arn = await start(api)
    clock.now += 3_600_000
    api.engine.time_changed()
    await settle()
    token = (await poll(api))["taskToken"]
    await until(lambda: _has(api, "ActivityStarted"))
    clock.now += 5_000
    api.engine.time_changed()
    await until(lambda: _has(api, "ExecutionFailed"))
    described = await api("DescribeExecution", executionArn=arn)
    assert (described["error"], "cause" in described) == ("States.Timeout", False)
    refused = await api.refusal("SendTaskSuccess", taskToken=token, output="{}")
    assert (refused.code, refused.message) == (
        "TaskTimedOut",
        "Task Timed Out: 'Provided task does not exist anymore'",
    )


async def test_a_worker_who_is_silent_loses_the_task_and_the_next_attempt_has_another_token(
    api: Api, clock: Clock
) -> None:
    retry = [{"ErrorEquals": ["States.HeartbeatTimeout"], "IntervalSeconds": 1, "MaxAttempts": 1}]
    definition = activity_task(TimeoutSeconds=60, HeartbeatSeconds=10, Retry=retry)
    await api("UpdateStateMachine", stateMachineArn=MACHINE, definition=definition)
    arn = await start(api)
    await settle()
    first = (await poll(api))["taskToken"]
    await until(lambda: _has(api, "ActivityStarted"))
    clock.now += 9_000
    await api("SendTaskHeartbeat", taskToken=first)
    for seconds in (9, 1, 1):
        clock.now += seconds * 1000
        api.engine.time_changed()
        await settle()
    assert (await types(api))[2:] == [
        "ActivityScheduled",
        "ActivityStarted",
        "ActivityTimedOut",
        "ActivityScheduled",
    ]
    second = (await poll(api))["taskToken"]
    assert (await api.refusal("SendTaskHeartbeat", taskToken=first)).code == "TaskTimedOut"
    await api("SendTaskSuccess", taskToken=second, output="{}")
    assert (await api("DescribeExecution", executionArn=arn))["status"] == "SUCCEEDED"


async def test_a_task_of_an_activity_that_does_not_exist_is_not_scheduled(api: Api) -> None:
    await api("DeleteActivity", activityArn=ACTIVITY)
    arn = await start(api)
    described = await api("DescribeExecution", executionArn=arn)
    assert (described["error"], described["cause"]) == (
        "States.Runtime",
        "An error occurred while executing the state 'Work' (entered at the event id #2). "
        f"The activity {ACTIVITY} does not exist.",
    )
    assert await types(api) == ["ExecutionStarted", "TaskStateEntered", "ExecutionFailed"]


async def test_tasks_that_wait_for_a_worker_outlive_the_process(opened: Any, tmp_path: Path) -> None:
    first = await opened(tmp_path)
    await first("CreateActivity", name="work")
    await first.create(activity_task())
    for name in ("a", "b"):
        await start(first, name, {"name": name})
    token = (await poll(first))["taskToken"]
    await settle()
    await first.service.close()
    await first.engine.close()
    again = await opened(tmp_path, poll_seconds=0)
    await settle()
    task = await poll(again)
    assert (json.loads(task["input"]), await poll(again)) == ({"name": "b"}, {"taskToken": None})
    for each in (token, task["taskToken"]):
        await again("SendTaskSuccess", taskToken=each, output="{}")
    listed = (await again("ListExecutions", stateMachineArn=MACHINE))["executions"]
    assert [each["status"] for each in listed] == ["SUCCEEDED", "SUCCEEDED"]


async def test_a_machine_that_is_not_of_activities_needs_none(api: Api) -> None:
    await api.create(PASS, name="plain")
    arn = (await api("StartExecution", stateMachineArn=f"{MACHINE[:-7]}plain"))["executionArn"]
    assert (await api("DescribeExecution", executionArn=arn))["status"] == "SUCCEEDED"


async def _has(api: Api, event_type: str) -> bool:
    return event_type in await types(api)
