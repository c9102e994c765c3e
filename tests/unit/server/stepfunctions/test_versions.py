"""Versions: published once per revision, numbered for good, started and listed by their own ARNs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.unit.server.stepfunctions.conftest import MACHINE, PASS, ROLE, WAIT, Api, Clock

from stepfunctions.server.stepfunctions import version_store

OTHER = json.dumps({"StartAt": "B", "States": {"B": {"Type": "Pass", "Result": {"b": 2}, "End": True}}})


async def publish(api: Api, **params: Any) -> str:
    answer = await api("PublishStateMachineVersion", stateMachineArn=MACHINE, **params)
    return str(answer["stateMachineVersionArn"])


async def update(api: Api, definition: str, **params: Any) -> Any:
    return await api("UpdateStateMachine", stateMachineArn=MACHINE, definition=definition, **params)


async def listed(api: Api, **params: Any) -> list[str]:
    answer = await api("ListStateMachineVersions", stateMachineArn=MACHINE, **params)
    return [version["stateMachineVersionArn"] for version in answer["stateMachineVersions"]]


async def test_a_machine_is_created_with_its_first_version(api: Api, clock: Clock) -> None:
    created = await api.create(publish=True, versionDescription="first")
    assert created["stateMachineVersionArn"] == f"{MACHINE}:1"
    described = await api("DescribeStateMachine", stateMachineArn=f"{MACHINE}:1")
    assert (described["stateMachineArn"], described["description"]) == (f"{MACHINE}:1", "first")
    assert described["creationDate"] == clock.now / 1000
    assert "description" not in await api("DescribeStateMachine", stateMachineArn=MACHINE)


async def test_creating_the_same_published_machine_again_returns_the_same_version(api: Api) -> None:
    first = await api.create(publish=True, versionDescription="first")
    assert await api.create(publish=True, versionDescription="first") == first


async def test_a_machine_created_with_other_publishing_is_another_machine(api: Api) -> None:
    await api.create(publish=True, versionDescription="first")
    machine = {"name": "machine", "definition": PASS, "roleArn": ROLE}
    for publishing in ({}, {"publish": True}, {"publish": True, "versionDescription": "second"}):
        refused = await api.refusal("CreateStateMachine", **machine, **publishing)
        assert refused.code == "StateMachineAlreadyExists"


async def test_a_description_of_a_version_that_is_not_published_is_refused(api: Api) -> None:
    await api.create()
    for operation, params in (
        ("CreateStateMachine", {"name": "other", "definition": PASS, "roleArn": ROLE}),
        ("UpdateStateMachine", {"stateMachineArn": MACHINE, "definition": OTHER}),
    ):
        refused = await api.refusal(operation, **params, versionDescription="first")
        assert (refused.code, refused.message) == (
            "ValidationException",
            "Version description can only be set when publish is true",
        )


async def test_a_revision_is_published_once(api: Api) -> None:
    await api.create()
    assert await publish(api) == await publish(api, description="again") == f"{MACHINE}:1"
    assert (await update(api, PASS, publish=True))["stateMachineVersionArn"] == f"{MACHINE}:1"
    assert (await update(api, OTHER, publish=True))["stateMachineVersionArn"] == f"{MACHINE}:2"
    assert await listed(api) == [f"{MACHINE}:2", f"{MACHINE}:1"]


async def test_only_the_revision_that_is_current_is_published(api: Api) -> None:
    await api.create()
    assert await publish(api, revisionId="INITIAL") == f"{MACHINE}:1"
    current = (await update(api, OTHER))["revisionId"]
    refused = await api.refusal("PublishStateMachineVersion", stateMachineArn=MACHINE, revisionId="INITIAL")
    assert (refused.status, refused.code) == (409, "ConflictException")
    assert refused.message == (
        f"Failed to publish the State Machine version for revision INITIAL. "
        f"The current State Machine revision is {current}."
    )
    assert await publish(api, revisionId=current) == f"{MACHINE}:2"


async def test_a_version_stays_as_it_was_published(api: Api) -> None:
    await api.create(publish=True)
    revision = (await update(api, OTHER, roleArn=ROLE + "2", publish=True))["revisionId"]
    first = await api("DescribeStateMachine", stateMachineArn=f"{MACHINE}:1")
    second = await api("DescribeStateMachine", stateMachineArn=f"{MACHINE}:2")
    assert (first["definition"], first["roleArn"], first.get("revisionId")) == (PASS, ROLE, None)
    assert (second["definition"], second["roleArn"], second["revisionId"]) == (OTHER, ROLE + "2", revision)


async def test_an_execution_runs_the_version_it_was_started_on(api: Api) -> None:
    await api.create(publish=True)
    await update(api, OTHER)
    started = await api("StartExecution", stateMachineArn=f"{MACHINE}:1")
    await api("StartExecution", stateMachineArn=MACHINE)
    described = await api("DescribeExecution", executionArn=started["executionArn"])
    assert json.loads(described["output"]) == {"a": 1}
    assert (described["stateMachineArn"], described["stateMachineVersionArn"]) == (MACHINE, f"{MACHINE}:1")
    history = await api("GetExecutionHistory", executionArn=started["executionArn"])
    assert history["events"][0]["executionStartedEventDetails"]["stateMachineVersionArn"] == f"{MACHINE}:1"
    of_version = await api("ListExecutions", stateMachineArn=f"{MACHINE}:1")
    assert [each["executionArn"] for each in of_version["executions"]] == [started["executionArn"]]
    assert len((await api("ListExecutions", stateMachineArn=MACHINE))["executions"]) == 2


async def test_a_deleted_version_is_gone_and_its_number_is_not_used_again(api: Api) -> None:
    await api.create(publish=True)
    for _ in range(2):
        assert await api("DeleteStateMachineVersion", stateMachineVersionArn=f"{MACHINE}:1") == {}
    for operation in ("DescribeStateMachine", "StartExecution", "ListExecutions"):
        refused = await api.refusal(operation, stateMachineArn=f"{MACHINE}:1")
        assert refused.message == f"State Machine Does Not Exist: '{MACHINE}:1'"
    assert await listed(api) == []
    assert await publish(api) == f"{MACHINE}:2"


async def test_deleting_a_version_leaves_its_executions_running(api: Api) -> None:
    await api.create(WAIT, publish=True)
    arn = (await api("StartExecution", stateMachineArn=f"{MACHINE}:1"))["executionArn"]
    await api("DeleteStateMachineVersion", stateMachineVersionArn=f"{MACHINE}:1")
    assert (await api("DescribeExecution", executionArn=arn))["status"] == "RUNNING"


async def test_only_a_version_can_be_deleted_as_one(api: Api) -> None:
    await api.create()
    for arn in (MACHINE, f"{MACHINE}:PROD", "nonsense"):
        assert (await api.refusal("DeleteStateMachineVersion", stateMachineVersionArn=arn)).code == "InvalidArn"


async def test_versions_come_in_pages_newest_first(api: Api) -> None:
    await api.create(publish=True)
    for number in range(4):
        await update(api, json.dumps({"Comment": str(number), **json.loads(PASS)}), publish=True)
    found: list[str] = []
    token: dict[str, str] = {}
    while True:
        page = await api("ListStateMachineVersions", stateMachineArn=MACHINE, maxResults=2, **token)
        found += [version["stateMachineVersionArn"] for version in page["stateMachineVersions"]]
        if "nextToken" not in page:
            break
        token = {"nextToken": page["nextToken"]}
    assert found == [f"{MACHINE}:{number}" for number in (5, 4, 3, 2, 1)]


async def test_a_machine_has_so_many_versions_and_no_more(api: Api, monkeypatch: Any) -> None:
    monkeypatch.setattr(version_store, "VERSIONS_MAX", 2)
    await api.create(publish=True)
    await update(api, OTHER, publish=True)
    await update(api, PASS)
    refused = await api.refusal("PublishStateMachineVersion", stateMachineArn=MACHINE)
    assert (refused.status, refused.code) == (402, "ServiceQuotaExceededException")
    await api("DeleteStateMachineVersion", stateMachineVersionArn=f"{MACHINE}:1")
    assert await publish(api) == f"{MACHINE}:3"


async def test_versions_are_deleted_with_their_machine_and_counted_anew_with_the_next(api: Api) -> None:
    await api.create(publish=True)
    await update(api, OTHER, publish=True)
    await api("DeleteStateMachine", stateMachineArn=MACHINE)
    await api.service.close()
    assert await listed(api) == []
    await api.create()
    refused = await api.refusal("DescribeStateMachine", stateMachineArn=f"{MACHINE}:1")
    assert refused.code == "StateMachineDoesNotExist"
    assert await publish(api) == f"{MACHINE}:1"


async def test_versions_outlive_the_process(opened: Any, tmp_path: Path) -> None:
    first = await opened(tmp_path)
    await first.create(publish=True, versionDescription="first")
    await update(first, OTHER)
    again = await opened(tmp_path)
    assert await publish(again) == f"{MACHINE}:2"
    described = await again("DescribeStateMachine", stateMachineArn=f"{MACHINE}:1")
    assert (described["definition"], described["description"]) == (PASS, "first")
    machine = {"name": "machine", "definition": OTHER, "roleArn": ROLE}
    assert (await again.refusal("CreateStateMachine", **machine)).code == "StateMachineAlreadyExists"


@pytest.mark.parametrize("operation", ["DeleteStateMachine", "ListStateMachineVersions"])
async def test_what_has_versions_is_no_version_itself(api: Api, operation: str) -> None:
    await api.create(publish=True)
    refused = await api.refusal(operation, stateMachineArn=f"{MACHINE}:1")
    assert refused.code == "InvalidArn"
    assert (await api("DescribeStateMachine", stateMachineArn=MACHINE))["status"] == "ACTIVE"
