"""What Terraform's AWS provider calls for its resources, in its order, and what it reads from the answers."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from tests.unit.server.stepfunctions.conftest import MACHINE, PASS, REGION, ROLE, WAIT, Api

ACTIVITY = f"arn:aws:states:{REGION}:111122223333:activity:work"


async def read(api: Api) -> dict[str, Any]:
    """Refresh an ``aws_sfn_state_machine``."""
    described: dict[str, Any] = await api("DescribeStateMachine", stateMachineArn=MACHINE)
    versions = (await api("ListStateMachineVersions", stateMachineArn=MACHINE))["stateMachineVersions"]
    described["version"] = versions[0]["stateMachineVersionArn"] if versions else ""
    described["tags"] = (await api("ListTagsForResource", resourceArn=MACHINE))["tags"]
    return described


async def test_a_state_machine_is_planned_created_updated_and_destroyed(api: Api) -> None:
    validated = await api("ValidateStateMachineDefinition", definition=PASS, type="STANDARD")
    assert validated == {"result": "OK", "diagnostics": [], "truncated": False}
    created = await api.create(PASS, type="STANDARD", publish=True, tags=[{"key": "a", "value": "b"}])
    assert created["stateMachineArn"] == MACHINE
    first = await read(api)
    assert (first["status"], first["type"], first["version"]) == ("ACTIVE", "STANDARD", f"{MACHINE}:1")
    assert first["tags"] == [{"key": "a", "value": "b"}]
    assert first["loggingConfiguration"] == {"level": "OFF", "includeExecutionData": False}

    await api(
        "UpdateStateMachine",
        stateMachineArn=MACHINE,
        definition=WAIT,
        roleArn=ROLE,
        publish=True,
        tracingConfiguration={"enabled": True},
        loggingConfiguration={"level": "OFF", "includeExecutionData": False},
    )
    second = await read(api)
    assert json.loads(second["definition"]) == json.loads(WAIT)
    assert second["tracingConfiguration"] == {"enabled": True}
    assert second["version"] == f"{MACHINE}:2"
    assert second["revisionId"]
    await api("UpdateStateMachine", stateMachineArn=MACHINE, definition=WAIT, roleArn=ROLE, publish=True)
    assert await read(api) == second

    await api("StartExecution", stateMachineArn=MACHINE)
    await api("DeleteStateMachine", stateMachineArn=MACHINE)
    assert (await api("DescribeStateMachine", stateMachineArn=MACHINE))["status"] == "DELETING"
    for _ in range(1_000):
        if api.service.registry.find(MACHINE) is None:
            break
        await asyncio.sleep(0)
    assert (await api.refusal("DescribeStateMachine", stateMachineArn=MACHINE)).code == "StateMachineDoesNotExist"


async def test_a_faulty_definition_is_told_in_the_plan(api: Api) -> None:
    validated = await api("ValidateStateMachineDefinition", definition='{"StartAt": "A"}', type="EXPRESS")
    assert validated["result"] == "FAIL"
    assert validated["diagnostics"][0]["code"] == "SCHEMA_VALIDATION_FAILED"


async def test_an_alias_is_created_moved_and_destroyed(api: Api) -> None:
    await api.create(PASS, publish=True)
    await api("UpdateStateMachine", stateMachineArn=MACHINE, definition=WAIT, publish=True)
    alias = f"{MACHINE}:live"
    routes = [{"stateMachineVersionArn": f"{MACHINE}:1", "weight": 100}]
    created = await api("CreateStateMachineAlias", name="live", routingConfiguration=routes)
    assert created["stateMachineAliasArn"] == alias
    moved = [{"stateMachineVersionArn": f"{MACHINE}:{number}", "weight": 50} for number in (1, 2)]
    await api("UpdateStateMachineAlias", stateMachineAliasArn=alias, description="", routingConfiguration=moved)
    described = await api("DescribeStateMachineAlias", stateMachineAliasArn=alias)
    assert described["routingConfiguration"] == moved
    await api("DeleteStateMachineAlias", stateMachineAliasArn=alias)
    assert (await api.refusal("DescribeStateMachineAlias", stateMachineAliasArn=alias)).code == "ResourceNotFound"


async def test_an_activity_is_created_retagged_and_destroyed(api: Api) -> None:
    created = await api("CreateActivity", name="work", tags=[{"key": "a", "value": "1"}])
    assert created["activityArn"] == ACTIVITY
    await api("UntagResource", resourceArn=ACTIVITY, tagKeys=["a"])
    await api("TagResource", resourceArn=ACTIVITY, tags=[{"key": "b", "value": "2"}])
    assert (await api("DescribeActivity", activityArn=ACTIVITY))["name"] == "work"
    assert (await api("ListTagsForResource", resourceArn=ACTIVITY))["tags"] == [{"key": "b", "value": "2"}]
    await api("DeleteActivity", activityArn=ACTIVITY)
    assert (await api.refusal("DescribeActivity", activityArn=ACTIVITY)).code == "ActivityDoesNotExist"
