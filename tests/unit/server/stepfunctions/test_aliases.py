"""Aliases: one or two versions by weight, what they refuse, and starts through them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.unit.server.stepfunctions.conftest import MACHINE, PASS, Api, Clock

from stepfunctions.server.stepfunctions import alias_store

ALIAS = f"{MACHINE}:PROD"
V1, V2 = f"{MACHINE}:1", f"{MACHINE}:2"
OTHER = json.dumps({"StartAt": "B", "States": {"B": {"Type": "Pass", "Result": {"b": 2}, "End": True}}})


def routes(*pairs: tuple[str, int]) -> list[dict[str, Any]]:
    return [{"stateMachineVersionArn": arn, "weight": weight} for arn, weight in pairs]


async def create(api: Api, *pairs: tuple[str, int], name: str = "PROD", **params: Any) -> Any:
    return await api("CreateStateMachineAlias", name=name, routingConfiguration=routes(*pairs), **params)


async def listed(api: Api, arn: str = MACHINE, **params: Any) -> list[str]:
    answer = await api("ListStateMachineAliases", stateMachineArn=arn, **params)
    return [each["stateMachineAliasArn"].rpartition(":")[2] for each in answer["stateMachineAliases"]]


@pytest.fixture
async def api(api: Api) -> Api:
    """A machine with two versions."""
    await api.create(publish=True)
    await api("UpdateStateMachine", stateMachineArn=MACHINE, definition=OTHER, publish=True)
    return api


async def test_an_alias_is_described_as_it_was_created(api: Api, clock: Clock) -> None:
    created = await create(api, (V1, 30), (V2, 70), description="canary")
    assert created == {"stateMachineAliasArn": ALIAS, "creationDate": clock.now / 1000}
    assert await api("DescribeStateMachineAlias", stateMachineAliasArn=ALIAS) == {
        "stateMachineAliasArn": ALIAS,
        "name": "PROD",
        "description": "canary",
        "routingConfiguration": routes((V1, 30), (V2, 70)),
        "creationDate": clock.now / 1000,
        "updateDate": clock.now / 1000,
    }


async def test_creating_the_same_alias_again_returns_the_first(api: Api, clock: Clock) -> None:
    first = await create(api, (V1, 100))
    clock.now += 1000
    assert await create(api, (V1, 100)) == first


async def test_an_alias_of_the_same_name_that_differs_is_refused(api: Api) -> None:
    await create(api, (V1, 100), description="stable")
    for weights, description in ((((V1, 100),), "other"), (((V2, 100),), "stable"), (((V1, 50), (V2, 50)), "stable")):
        refused = await api.refusal(
            "CreateStateMachineAlias", name="PROD", description=description, routingConfiguration=routes(*weights)
        )
        assert (refused.status, refused.code, refused.message) == (
            409,
            "ConflictException",
            "Failed to create alias because an alias with the same name and a different routing configuration already "
            "exists.",
        )


@pytest.mark.parametrize(
    ("pairs", "message"),
    [
        (((V1, 70), (V2, 29)), "Sum of routing configuration weights must equal 100. Received: [70, 29]"),
        (((V1, 99),), "Sum of routing configuration weights must equal 100. Received: [99]"),
        (
            ((V1, 50), (V1, 50)),
            f"Routing configuration must contain distinct state machine version ARNs. Received: [{V1}, {V1}]",
        ),
        (
            ((V1, 50), (MACHINE, 50)),
            f"Routing configuration must contain state machine version ARNs. Received: [{V1}, {MACHINE}]",
        ),
        (
            ((V1, 50), (f"{MACHINE}2:1", 50)),
            f"Routing configuration must contain versions of the same state machine. Received: [{V1}, {MACHINE}2:1]",
        ),
    ],
)
async def test_a_routing_that_cannot_be_is_refused(api: Api, pairs: Any, message: str) -> None:
    refused = await api.refusal("CreateStateMachineAlias", name="PROD", routingConfiguration=routes(*pairs))
    assert (refused.code, refused.message) == ("ValidationException", message)
    assert refused.document["reason"] == "INVALID_ROUTING_CONFIGURATION"
    await create(api, (V1, 100))
    refused = await api.refusal(
        "UpdateStateMachineAlias", stateMachineAliasArn=ALIAS, routingConfiguration=routes(*pairs)
    )
    assert refused.message == message


async def test_a_weight_beyond_one_hundred_is_refused_by_the_model(api: Api) -> None:
    refused = await api.refusal("CreateStateMachineAlias", name="PROD", routingConfiguration=routes((V1, 101)))
    assert refused.message == (
        "1 validation error detected: Value '101' at 'routingConfiguration.1.member.weight' failed to satisfy "
        "constraint: Member must have value less than or equal to 100"
    )


async def test_an_alias_of_a_version_that_does_not_exist_is_refused(api: Api) -> None:
    refused = await api.refusal(
        "CreateStateMachineAlias", name="PROD", routingConfiguration=routes((f"{MACHINE}:3", 100))
    )
    assert (refused.code, refused.message) == (
        "ResourceNotFound",
        "Request references a resource that does not exist.",
    )


async def test_an_update_changes_what_it_gives(api: Api, clock: Clock) -> None:
    await create(api, (V1, 100), description="stable")
    created_at = clock.now / 1000
    clock.now += 5000
    updated = await api("UpdateStateMachineAlias", stateMachineAliasArn=ALIAS, routingConfiguration=routes((V2, 100)))
    assert updated == {"updateDate": clock.now / 1000}
    await api("UpdateStateMachineAlias", stateMachineAliasArn=ALIAS, description="new")
    described = await api("DescribeStateMachineAlias", stateMachineAliasArn=ALIAS)
    assert (described["description"], described["routingConfiguration"]) == ("new", routes((V2, 100)))
    assert (described["creationDate"], described["updateDate"]) == (created_at, clock.now / 1000)


async def test_an_update_of_nothing_is_refused(api: Api) -> None:
    await create(api, (V1, 100))
    refused = await api.refusal("UpdateStateMachineAlias", stateMachineAliasArn=ALIAS)
    assert (refused.code, refused.document["reason"]) == ("ValidationException", "MISSING_REQUIRED_PARAMETER")


async def test_an_unknown_alias_can_be_deleted_and_nothing_else(api: Api) -> None:
    assert await api("DeleteStateMachineAlias", stateMachineAliasArn=ALIAS) == {}
    for operation, params in (("UpdateStateMachineAlias", {"description": "x"}), ("DescribeStateMachineAlias", {})):
        refused = await api.refusal(operation, stateMachineAliasArn=ALIAS, **params)
        assert (refused.code, refused.message) == (
            "ResourceNotFound",
            "Request references a resource that does not exist.",
        )
    assert (await api.refusal("StartExecution", stateMachineArn=ALIAS)).message == (
        f"State Machine Does Not Exist: '{ALIAS}'"
    )


async def test_only_an_alias_can_be_looked_at_as_one(api: Api) -> None:
    for arn in (MACHINE, V1):
        assert (await api.refusal("DescribeStateMachineAlias", stateMachineAliasArn=arn)).code == "InvalidArn"


async def test_a_start_through_an_alias_tells_the_alias_and_the_version(api: Api) -> None:
    await create(api, (V1, 100))
    started = await api("StartExecution", stateMachineArn=ALIAS, name="run")
    assert started["executionArn"].endswith(":execution:machine:run")
    described = await api("DescribeExecution", executionArn=started["executionArn"])
    assert json.loads(described["output"]) == {"a": 1}
    assert (described["stateMachineArn"], described["stateMachineVersionArn"], described["stateMachineAliasArn"]) == (
        MACHINE,
        V1,
        ALIAS,
    )
    history = await api("GetExecutionHistory", executionArn=started["executionArn"])
    details = history["events"][0]["executionStartedEventDetails"]
    assert (details["stateMachineVersionArn"], details["stateMachineAliasArn"]) == (V1, ALIAS)


async def test_an_alias_routes_by_weight(api: Api, entropy: list[int]) -> None:
    await create(api, (V1, 30), (V2, 70))
    chosen = []
    for number in (0, 29, 30, 99, 100, 229):
        entropy.append(number)
        arn = (await api("StartExecution", stateMachineArn=ALIAS))["executionArn"]
        chosen.append((await api("DescribeExecution", executionArn=arn))["stateMachineVersionArn"])
    assert chosen == [V1, V1, V2, V2, V1, V1]


async def test_a_route_without_weight_is_never_taken(api: Api, entropy: list[int]) -> None:
    await create(api, (V1, 0), (V2, 100))
    entropy.append(0)
    arn = (await api("StartExecution", stateMachineArn=ALIAS))["executionArn"]
    assert (await api("DescribeExecution", executionArn=arn))["stateMachineVersionArn"] == V2


async def test_executions_are_listed_by_the_alias_they_were_started_through(api: Api) -> None:
    await create(api, (V1, 100))
    await create(api, (V1, 100), name="TEST")
    for arn, name in ((ALIAS, "a"), (f"{MACHINE}:TEST", "b"), (V1, "c"), (MACHINE, "d")):
        await api("StartExecution", stateMachineArn=arn, name=name)

    async def names(arn: str) -> list[str]:
        answer = await api("ListExecutions", stateMachineArn=arn, statusFilter="SUCCEEDED")
        return [each["name"] for each in answer["executions"]]

    assert (await names(ALIAS), await names(V1), await names(MACHINE)) == (["a"], ["c", "b", "a"], ["d", "c", "b", "a"])


async def test_a_version_that_an_alias_refers_to_is_not_deleted(api: Api) -> None:
    await create(api, (V1, 100), name="one")
    await create(api, (V1, 0), (V2, 100), name="two")
    refused = await api.refusal("DeleteStateMachineVersion", stateMachineVersionArn=V1)
    assert (refused.status, refused.code, refused.message) == (
        409,
        "ConflictException",
        "Version to be deleted must not be referenced by an alias. "
        "Current list of aliases referencing this version: [one, two]",
    )
    for name in ("one", "two"):
        await api("DeleteStateMachineAlias", stateMachineAliasArn=f"{MACHINE}:{name}")
    assert await api("DeleteStateMachineVersion", stateMachineVersionArn=V1) == {}


async def test_aliases_are_listed_oldest_first_in_pages_and_by_version(api: Api) -> None:
    for name in ("c", "a", "b"):
        await create(api, (V2 if name == "a" else V1, 100), name=name)
    assert await listed(api) == ["c", "a", "b"]
    assert (await listed(api, V1), await listed(api, V2)) == (["c", "b"], ["a"])
    page = await api("ListStateMachineAliases", stateMachineArn=MACHINE, maxResults=2)
    assert len(page["stateMachineAliases"]) == 2
    assert await listed(api, nextToken=page["nextToken"]) == ["b"]
    refused = await api.refusal("ListStateMachineAliases", stateMachineArn=V1, nextToken=page["nextToken"])
    assert refused.code == "InvalidToken"
    assert (await api.refusal("ListStateMachineAliases", stateMachineArn=f"{MACHINE}x")).code == (
        "StateMachineDoesNotExist"
    )


async def test_a_machine_has_so_many_aliases_and_no_more(api: Api, monkeypatch: Any) -> None:
    monkeypatch.setattr(alias_store, "ALIASES_MAX", 1)
    await create(api, (V1, 100))
    refused = await api.refusal("CreateStateMachineAlias", name="TEST", routingConfiguration=routes((V1, 100)))
    assert (refused.status, refused.code) == (402, "ServiceQuotaExceededException")


async def test_an_alias_of_a_machine_that_is_being_deleted_starts_nothing(api: Api) -> None:
    await create(api, (V1, 100))
    await api("DeleteStateMachine", stateMachineArn=MACHINE)
    assert (await api.refusal("StartExecution", stateMachineArn=ALIAS)).code == "StateMachineDeleting"
    await api.service.close()
    assert (await api.refusal("DescribeStateMachineAlias", stateMachineAliasArn=ALIAS)).code == "ResourceNotFound"
    await api.create(PASS, publish=True)
    assert await listed(api) == []


async def test_aliases_outlive_the_process(opened: Any, tmp_path: Path) -> None:
    first = await opened(tmp_path)
    await first.create(publish=True)
    await create(first, (V1, 100), description="stable")
    again = await opened(tmp_path)
    assert (await api_describe(again))["description"] == "stable"
    assert (await create(again, (V1, 100), description="stable"))["stateMachineAliasArn"] == ALIAS


async def api_describe(api: Api) -> Any:
    return await api("DescribeStateMachineAlias", stateMachineAliasArn=ALIAS)
