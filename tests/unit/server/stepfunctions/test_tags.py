"""Tags of state machines and activities."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.server.stepfunctions.conftest import MACHINE, PASS, ROLE, Api


async def tags(api: Api) -> dict[str, str]:
    answer = await api("ListTagsForResource", resourceArn=MACHINE)
    return {tag["key"]: tag["value"] for tag in answer["tags"]}


async def test_tags_come_with_the_machine_and_are_listed_in_order(api: Api) -> None:
    await api.create(tags=[{"key": "b", "value": "1"}, {"key": "a", "value": "2"}])
    assert list((await tags(api)).items()) == [("b", "1"), ("a", "2")]


async def test_tagging_again_overwrites_in_place(api: Api) -> None:
    await api.create(tags=[{"key": "b", "value": "1"}, {"key": "a", "value": "2"}])
    await api("TagResource", resourceArn=MACHINE, tags=[{"key": "b", "value": "3"}, {"key": "c", "value": ""}])
    assert list((await tags(api)).items()) == [("b", "3"), ("a", "2"), ("c", "")]


async def test_unknown_keys_are_untagged_silently(api: Api) -> None:
    await api.create(tags=[{"key": "a", "value": "1"}])
    await api("UntagResource", resourceArn=MACHINE, tagKeys=["a", "a", "nothing"])
    assert await tags(api) == {}


async def test_a_resource_takes_fifty_tags_and_no_more(api: Api) -> None:
    await api.create(tags=[{"key": str(number), "value": ""} for number in range(50)])
    refused = await api.refusal("TagResource", resourceArn=MACHINE, tags=[{"key": "x", "value": ""}])
    assert refused.code == "TooManyTags"
    assert len(await tags(api)) == 50
    await api("TagResource", resourceArn=MACHINE, tags=[{"key": "7", "value": "changed"}])


async def test_a_machine_with_too_many_tags_is_not_made(api: Api) -> None:
    many = [{"key": str(number), "value": ""} for number in range(51)]
    refused = await api.refusal(
        "CreateStateMachine",
        name="machine",
        definition='{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}',
        roleArn="arn:aws:iam::111122223333:role/machine",
        tags=many,
    )
    assert refused.code == "TooManyTags"
    assert (await api("ListStateMachines"))["stateMachines"] == []


async def test_what_does_not_exist_cannot_be_tagged(api: Api) -> None:
    await api.create()
    refused = await api.refusal("TagResource", resourceArn=f"{MACHINE}:1", tags=[])
    assert (refused.code, refused.message) == ("ResourceNotFound", f"Resource not found: '{MACHINE}:1'")
    assert refused.document["resourceName"] == f"{MACHINE}:1"


async def test_a_deleted_machine_leaves_no_tags_behind(api: Api) -> None:
    await api.create(tags=[{"key": "a", "value": "1"}])
    await api("DeleteStateMachine", stateMachineArn=MACHINE)
    await api.service.close()
    await api.create()
    assert await tags(api) == {}


@pytest.mark.parametrize(
    ("tag", "message"),
    [
        ({"value": "x"}, "Value null at 'tags.1.member.key' failed to satisfy constraint: Member must not be null"),
        ({"key": "aws:x"}, "aws: prefixed tag key names are not allowed for external use."),
        ({"key": "a<b"}, "Tags may only contain unicode letters"),
        ({"key": "a", "value": "1;2"}, "Tags may only contain unicode letters"),
        ({"key": ""}, "Value '' at 'tags.1.member.key' failed to satisfy constraint: Member must have length greater"),
    ],
)
@pytest.mark.parametrize(
    ("operation", "params"),
    [
        ("CreateStateMachine", {"name": "other", "definition": PASS, "roleArn": ROLE}),
        ("CreateActivity", {"name": "other"}),
        ("TagResource", {"resourceArn": MACHINE}),
    ],
)
async def test_a_tag_that_cannot_be_is_refused(
    api: Api, operation: str, params: dict[str, Any], tag: dict[str, str], message: str
) -> None:
    await api.create()
    refused = await api.refusal(operation, tags=[tag], **params)
    assert refused.code == "ValidationException"
    assert message in refused.message


async def test_letters_of_every_alphabet_are_fine_in_tags(api: Api) -> None:
    tags = [{"key": "größe _.:/=+-@", "value": "数 2"}]
    await api.create(tags=tags)
    assert await api("ListTagsForResource", resourceArn=MACHINE) == {"tags": tags}
