"""State machines: created once, changed by revision, listed in pages, deleted with their executions."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from tests.unit.server.stepfunctions.conftest import EXECUTION, MACHINE, PASS, ROLE, WAIT, Api, Clock

from stepfunctions.errors import StoreError
from stepfunctions.server.stepfunctions import state_machines

OTHER_ROLE = ROLE + "2"


async def test_a_new_machine_is_described_with_the_defaults_of_aws(api: Api, clock: Clock) -> None:
    created = await api.create()
    assert created == {"stateMachineArn": MACHINE, "creationDate": clock.now / 1000}
    assert await api("DescribeStateMachine", stateMachineArn=MACHINE) == {
        "stateMachineArn": MACHINE,
        "name": "machine",
        "status": "ACTIVE",
        "definition": PASS,
        "roleArn": ROLE,
        "type": "STANDARD",
        "creationDate": clock.now / 1000,
        "loggingConfiguration": {"level": "OFF", "includeExecutionData": False},
        "tracingConfiguration": {"enabled": False},
        "encryptionConfiguration": {"type": "AWS_OWNED_KEY"},
    }


async def test_creating_the_same_machine_again_returns_the_first(api: Api, clock: Clock) -> None:
    first = await api.create()
    clock.now += 1000
    assert await api.create(tags=[{"key": "a", "value": "b"}]) == first
    assert await api("CreateStateMachine", name="machine", definition=PASS, roleArn=OTHER_ROLE) == first


@pytest.mark.parametrize(
    "change",
    [
        {"definition": json.dumps(json.loads(PASS), indent=1)},
        {"type": "EXPRESS"},
        {"tracingConfiguration": {"enabled": True}},
    ],
)
async def test_another_machine_of_the_same_name_is_refused(api: Api, change: dict[str, Any]) -> None:
    await api.create()
    params = {"name": "machine", "definition": PASS, "roleArn": ROLE, **change}
    refused = await api.refusal("CreateStateMachine", **params)
    assert (refused.code, refused.message) == (
        "StateMachineAlreadyExists",
        f"State Machine Already Exists: '{MACHINE}'",
    )


@pytest.mark.parametrize("name", ["a b", "a/b", "a#b", "a\x00", "a\x7f", "a\u2028", "a|b", "a\U0001f642"])
async def test_a_name_with_forbidden_characters_is_refused(api: Api, name: str) -> None:
    refused = await api.refusal("CreateStateMachine", name=name, definition=PASS, roleArn=ROLE)
    assert (refused.code, refused.message) == ("InvalidName", f"Invalid Name: '{name}'")


@pytest.mark.parametrize("name", ["a.b", "größe", "a_b-c", "x" * 80])
async def test_periods_and_letters_of_every_alphabet_are_fine(api: Api, name: str) -> None:
    assert (await api.create(name=name))["stateMachineArn"].endswith(f":stateMachine:{name}")


async def test_a_role_that_is_none_is_refused(api: Api) -> None:
    refused = await api.refusal("CreateStateMachine", name="a", definition=PASS, roleArn="me")
    assert (refused.code, refused.message) == ("InvalidArn", "Invalid Role Arn: 'me'")


async def test_a_faulty_definition_is_refused_with_its_faults(api: Api) -> None:
    refused = await api.refusal("CreateStateMachine", name="a", definition='{"StartAt": "A"}', roleArn=ROLE)
    assert refused.code == "InvalidDefinition"
    assert refused.message == (
        "Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: These fields are required: [States] at /'"
    )


async def test_a_machine_has_no_revision_until_it_changes(api: Api, clock: Clock) -> None:
    await api.create()
    unchanged = await api("UpdateStateMachine", stateMachineArn=MACHINE, roleArn=ROLE)
    assert unchanged == {"updateDate": clock.now / 1000}
    clock.now += 5000
    changed = await api("UpdateStateMachine", stateMachineArn=MACHINE, roleArn=OTHER_ROLE)
    assert changed["updateDate"] == clock.now / 1000
    described = await api("DescribeStateMachine", stateMachineArn=MACHINE)
    assert (described["revisionId"], described["roleArn"]) == (changed["revisionId"], OTHER_ROLE)
    again = await api("UpdateStateMachine", stateMachineArn=MACHINE, definition=PASS)
    assert again == changed


async def test_an_update_keeps_what_it_does_not_name(api: Api) -> None:
    await api.create(tracingConfiguration={"enabled": True})
    await api("UpdateStateMachine", stateMachineArn=MACHINE, definition=WAIT)
    described = await api("DescribeStateMachine", stateMachineArn=MACHINE)
    assert (described["definition"], described["tracingConfiguration"]) == (WAIT, {"enabled": True})


async def test_an_update_of_nothing_is_refused(api: Api) -> None:
    await api.create()
    refused = await api.refusal("UpdateStateMachine", stateMachineArn=MACHINE)
    assert refused.code == "MissingRequiredParameter"


async def test_variable_references_follow_the_definition(api: Api) -> None:
    reading = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "InputPath": "$x", "End": True}}})
    await api.create(reading)
    described = await api("DescribeStateMachine", stateMachineArn=MACHINE)
    assert described["variableReferences"] == {"A": ["x"]}
    await api("UpdateStateMachine", stateMachineArn=MACHINE, definition=PASS)
    assert "variableReferences" not in await api("DescribeStateMachine", stateMachineArn=MACHINE)


async def test_metadata_only_hides_the_definition(api: Api) -> None:
    await api.create()
    described = await api("DescribeStateMachine", stateMachineArn=MACHINE, includedData="METADATA_ONLY")
    assert described["definition"] == "{}"


async def test_machines_are_listed_oldest_first_in_pages_of_their_region(api: Api) -> None:
    for name in "cab":
        await api.create(name=name)
    await api("CreateStateMachine", region="us-east-2", name="d", definition=PASS, roleArn=ROLE)
    first = await api("ListStateMachines", maxResults=2)
    assert [machine["name"] for machine in first["stateMachines"]] == ["c", "a"]
    second = await api("ListStateMachines", maxResults=2, nextToken=first["nextToken"])
    assert [machine["name"] for machine in second["stateMachines"]] == ["b"]
    assert "nextToken" not in second
    (elsewhere,) = (await api("ListStateMachines", region="us-east-2"))["stateMachines"]
    assert elsewhere["stateMachineArn"] == "arn:aws:states:us-east-2:111122223333:stateMachine:d"


async def test_a_token_of_another_region_is_refused(api: Api) -> None:
    for name in "ab":
        await api.create(name=name)
    token = (await api("ListStateMachines", maxResults=1))["nextToken"]
    refused = await api.refusal("ListStateMachines", region="us-east-2", nextToken=token)
    assert (refused.code, refused.message) == ("InvalidToken", "Invalid Token: 'Invalid token'")


async def test_a_token_outlives_a_restart(opened: Any, tmp_path: Path) -> None:
    before = await opened(tmp_path)
    for name in "ab":
        await before.create(name=name)
    token = (await before("ListStateMachines", maxResults=1))["nextToken"]
    after = await opened(tmp_path)
    (machine,) = (await after("ListStateMachines", nextToken=token))["stateMachines"]
    assert machine["name"] == "b"


async def test_deleting_an_unknown_machine_is_no_error(api: Api) -> None:
    assert await api("DeleteStateMachine", stateMachineArn=MACHINE) == {}


async def test_a_deleted_machine_is_gone_with_its_executions(api: Api) -> None:
    await api.create(WAIT)
    started = await api("StartExecution", stateMachineArn=MACHINE, name="run")
    await api("DeleteStateMachine", stateMachineArn=MACHINE)
    assert (await api("DescribeStateMachine", stateMachineArn=MACHINE))["status"] == "DELETING"
    assert (await api.refusal("StartExecution", stateMachineArn=MACHINE)).code == "StateMachineDeleting"
    await api.service.close()
    assert (await api.refusal("DescribeStateMachine", stateMachineArn=MACHINE)).code == "StateMachineDoesNotExist"
    refused = await api.refusal("DescribeExecution", executionArn=started["executionArn"])
    assert refused.code == "ExecutionDoesNotExist"
    assert (await api.create())["stateMachineArn"] == MACHINE


async def test_a_deletion_that_the_disk_refuses_is_tried_again(
    api: Api, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await api.create()
    left = [StoreError("the disk is full"), StoreError("the disk is full")]
    deleted, delete = asyncio.Event(), api.engine.delete_executions

    async def delete_executions(arn: str) -> None:
        if left:
            raise left.pop()
        await delete(arn)
        deleted.set()

    monkeypatch.setattr(api.engine, "delete_executions", delete_executions)
    monkeypatch.setattr(state_machines, "RETRY_SECONDS", 0.001)
    await api("DeleteStateMachine", stateMachineArn=MACHINE)
    await asyncio.wait_for(deleted.wait(), 10)
    await api.service.close()
    assert (await api.refusal("DescribeStateMachine", stateMachineArn=MACHINE)).code == "StateMachineDoesNotExist"
    assert caplog.text.count("is not deleted yet: the disk is full") == 2


async def test_a_deletion_that_the_disk_refuses_does_not_keep_the_server_from_closing(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(arn: str) -> None:
        raise StoreError("the disk is full")

    await api.create()
    monkeypatch.setattr(api.engine, "delete_executions", refuse)
    await api("DeleteStateMachine", stateMachineArn=MACHINE)
    await asyncio.wait_for(api.service.close(), 0.5)
    assert (await api("DescribeStateMachine", stateMachineArn=MACHINE))["status"] == "DELETING"


async def test_a_deletion_goes_on_after_a_restart(opened: Any, tmp_path: Path) -> None:
    before = await opened(tmp_path)
    await before.create()
    before.service.registry.mark_deleting(MACHINE)
    after = await opened(tmp_path)
    await after.service.close()
    assert (await after.refusal("DescribeStateMachine", stateMachineArn=MACHINE)).code == "StateMachineDoesNotExist"


@pytest.mark.parametrize(
    ("logging", "message"),
    [
        ({"level": "ALL"}, "Must specify exactly one Log Destination."),
        ({"level": "ALL", "destinations": []}, "Must specify exactly one Log Destination."),
        ({"level": "OFF", "destinations": [{}]}, "Log Destination not found."),
    ],
)
async def test_logging_needs_one_destination(api: Api, logging: dict[str, Any], message: str) -> None:
    refused = await api.refusal(
        "CreateStateMachine", name="a", definition=PASS, roleArn=ROLE, loggingConfiguration=logging
    )
    assert refused.code == "InvalidLoggingConfiguration"
    assert refused.message == f"Invalid Logging Configuration: {message}"


@pytest.mark.parametrize(
    ("arn", "detail"),
    [
        ("machine", "Invalid ARN prefix: machine"),
        ("arn:aws:lambda:eu-west-1:111122223333:function:f", "Invalid ARN prefix: {}"),
        ("arn:aws:states:eu-west-1:111122223333:activity:a", "Resource type not valid in this context: activity"),
        ("arn:aws:states:eu-west-1:111122223333:execution:m:e", "Resource type not valid in this context: execution"),
    ],
)
async def test_an_arn_of_another_kind_is_invalid(api: Api, arn: str, detail: str) -> None:
    refused = await api.refusal("DescribeStateMachine", stateMachineArn=arn)
    assert (refused.code, refused.message) == ("InvalidArn", f"Invalid Arn: '{detail.format(arn)}'")


async def test_the_arn_of_a_map_state_is_refused_with_a_reason(api: Api) -> None:
    refused = await api.refusal("StartExecution", stateMachineArn=f"{MACHINE}/label")
    assert refused.document["reason"] == "API_DOES_NOT_SUPPORT_LABELED_ARNS"


async def test_a_token_is_good_for_a_day(api: Api, clock: Clock) -> None:
    for name in ("one", "two"):
        await api.create(name=name)
    token = (await api("ListStateMachines", maxResults=1))["nextToken"]
    clock.now += 24 * 3600 * 1000
    assert len((await api("ListStateMachines", maxResults=1, nextToken=token))["stateMachines"]) == 1
    clock.now += 1
    refused = await api.refusal("ListStateMachines", maxResults=1, nextToken=token)
    assert (refused.code, refused.message) == ("InvalidToken", "Invalid Token: 'Invalid token'")


async def test_a_customer_key_is_kept_and_shown(api: Api) -> None:
    key = {"type": "CUSTOMER_MANAGED_KMS_KEY", "kmsKeyId": "alias/mine"}
    await api.create(encryptionConfiguration=key)
    shown = {**key, "kmsDataKeyReusePeriodSeconds": 300}
    assert (await api("DescribeStateMachine", stateMachineArn=MACHINE))["encryptionConfiguration"] == shown
    await api("StartExecution", stateMachineArn=MACHINE, name="run")
    ran = await api("DescribeStateMachineForExecution", executionArn=EXECUTION)
    assert ran["encryptionConfiguration"] == shown
    owned = {"type": "AWS_OWNED_KEY"}
    await api("UpdateStateMachine", stateMachineArn=MACHINE, encryptionConfiguration=owned)
    assert (await api("DescribeStateMachine", stateMachineArn=MACHINE))["encryptionConfiguration"] == owned


@pytest.mark.parametrize(
    ("configuration", "code", "message"),
    [
        ({"type": "CUSTOMER_MANAGED_KMS_KEY"}, "InvalidEncryptionConfiguration", "kmsKeyId must be specified"),
        ({"kmsKeyId": "key"}, "ValidationException", "'encryptionConfiguration.type' failed to satisfy constraint"),
        (
            {"type": "CUSTOMER_MANAGED_KMS_KEY", "kmsKeyId": "key", "kmsDataKeyReusePeriodSeconds": 59},
            "ValidationException",
            "Value '59' at 'encryptionConfiguration.kmsDataKeyReusePeriodSeconds' failed to satisfy constraint",
        ),
    ],
)
async def test_a_key_that_is_not_named_is_refused(
    api: Api, configuration: dict[str, Any], code: str, message: str
) -> None:
    refused = await api.refusal(
        "CreateStateMachine", name="m", definition=PASS, roleArn=ROLE, encryptionConfiguration=configuration
    )
    assert refused.code == code
    assert message in refused.message


async def test_every_violation_of_a_request_is_named_at_once(api: Api) -> None:
    refused = await api.refusal("CreateStateMachine", name="", type="FAST")
    assert refused.code == "ValidationException"
    assert refused.message.startswith("4 validation errors detected: ")
    for member in ("name", "definition", "roleArn", "type"):
        assert f"at '{member}' failed to satisfy constraint" in refused.message
