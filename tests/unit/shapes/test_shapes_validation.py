"""Requests held against AWS's models: the texts, the paths, the types."""

from __future__ import annotations

import logging

import pytest

from stepfunctions.shapes import MalformedRequest, Model, ValidationFailed, load, validate, violations
from stepfunctions.shapes.patterns import compile_java


@pytest.fixture(scope="module")
def step_functions() -> Model:
    return load("stepfunctions")


@pytest.fixture(scope="module")
def sagemaker() -> Model:
    return load("sagemaker")


def texts(model: Model, shape: str, value: object) -> list[str]:
    return [str(each) for each in violations(model, shape, value)]


def test_a_number_above_its_maximum_is_refused_in_the_words_of_aws(step_functions: Model) -> None:
    with pytest.raises(ValidationFailed) as refused:
        validate(step_functions, "ListExecutionsInput", {"maxResults": 1001})
    assert str(refused.value) == (
        "1 validation error detected: Value '1001' at 'maxResults' failed to satisfy constraint: "
        "Member must have value less than or equal to 1000"
    )


def test_an_enum_is_listed_in_the_order_of_aws(step_functions: Model) -> None:
    assert texts(step_functions, "ListExecutionsInput", {"statusFilter": "succeeded"}) == [
        "Value 'succeeded' at 'statusFilter' failed to satisfy constraint: Member must satisfy enum value set: "
        "[SUCCEEDED, TIMED_OUT, PENDING_REDRIVE, ABORTED, FAILED, RUNNING]"
    ]


def test_every_violation_is_reported_at_once_with_its_path(step_functions: Model) -> None:
    request = {
        "name": "123",
        "routingConfiguration": [
            {"stateMachineVersionArn": "arn:a", "weight": 1},
            {"weight": 101},
        ],
    }
    with pytest.raises(ValidationFailed) as refused:
        validate(step_functions, "CreateStateMachineAliasInput", request)
    assert str(refused.value) == (
        "3 validation errors detected: Value '123' at 'name' failed to satisfy constraint: Member must satisfy "
        r"regular expression pattern: ^(?=.*[a-zA-Z_\-\.])[a-zA-Z0-9_\-\.]+$; "
        "Value null at 'routingConfiguration.2.member.stateMachineVersionArn' failed to satisfy constraint: "
        "Member must not be null; "
        "Value '101' at 'routingConfiguration.2.member.weight' failed to satisfy constraint: "
        "Member must have value less than or equal to 100"
    )


def test_a_missing_required_member_is_null(step_functions: Model) -> None:
    missing = "Value null at 'stateMachineArn' failed to satisfy constraint: Member must not be null"
    assert texts(step_functions, "StartExecutionInput", {}) == [missing]
    assert texts(step_functions, "StartExecutionInput", {"stateMachineArn": None}) == [missing]


def test_a_secret_value_is_not_shown(step_functions: Model) -> None:
    request = {"stateMachineArn": "arn:a", "input": "x" * 262_145}
    assert texts(step_functions, "StartExecutionInput", request) == [
        "Value at 'input' failed to satisfy constraint: Member must have length less than or equal to 262144"
    ]


def test_members_the_model_does_not_have_are_ignored(step_functions: Model) -> None:
    assert violations(step_functions, "StartExecutionInput", {"stateMachineArn": "arn:a", "later": 1}) == []


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"maxResults": "5"}, "STRING_VALUE can not be converted to an Integer"),
        ({"maxResults": True}, "TRUE_VALUE can not be converted to an Integer"),
        ({"nextToken": 5}, "NUMBER_VALUE can not be converted to a String"),
        ({"nextToken": []}, "Start of list found where not expected"),
        ({"nextToken": {}}, "Start of structure or map found where not expected."),
        ([], "Unexpected value type in payload"),
    ],
)
def test_a_value_of_the_wrong_json_type_is_malformed(step_functions: Model, value: object, text: str) -> None:
    with pytest.raises(MalformedRequest) as refused:
        violations(step_functions, "ListExecutionsInput", value)
    assert str(refused.value) == text


def test_the_values_of_a_map_share_one_violation(sagemaker: Model) -> None:
    long = "x" * 2501
    found = texts(sagemaker, "HyperParameters", {"a": long, "b": long})
    assert found == [
        f"Value '{{a={long}, b={long}}}' at '' failed to satisfy constraint: Map value must satisfy constraint: "
        "[Member must have length less than or equal to 2500, Member must have length greater than or equal to 0, "
        "Member must satisfy regular expression pattern: .*]"
    ]


def test_the_keys_of_a_map_are_held_to_theirs(sagemaker: Model) -> None:
    found = texts(sagemaker, "HyperParameters", {"k" * 257: "x"})
    assert [text.partition("failed to satisfy constraint: ")[2].partition(": [")[0] for text in found] == [
        "Map keys must satisfy constraint"
    ]


def test_the_scalars_of_a_list_share_one_violation(sagemaker: Model) -> None:
    found = texts(sagemaker, "VpcConfig", {"SecurityGroupIds": ["sg-1", "no group"], "Subnets": ["subnet-1"]})
    assert found == [
        "Value '[sg-1, no group]' at 'securityGroupIds' failed to satisfy constraint: Member must satisfy constraint: "
        "[Member must have length less than or equal to 32, Member must have length greater than or equal to 0, "
        "Member must satisfy regular expression pattern: [-0-9a-zA-Z]+]"
    ]


def test_a_nested_member_is_named_by_its_path(sagemaker: Model) -> None:
    found = texts(sagemaker, "CreateTrainingJobRequest", {"ResourceConfig": {"InstanceType": "local"}})
    (instance_type,) = (text for text in found if "'resourceConfig.instanceType'" in text)
    assert instance_type.startswith(
        "Value 'local' at 'resourceConfig.instanceType' failed to satisfy constraint: "
        "Member must satisfy enum value set: [ml."
    )


def test_an_instance_type_newer_than_the_model_is_only_warned_of(
    sagemaker: Model, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert violations(sagemaker, "TrainingInstanceType", "ml.z99.48xlarge") == []
    assert "ml.z99.48xlarge" in caplog.text


def test_tags_take_letters_of_every_alphabet(sagemaker: Model) -> None:
    assert violations(sagemaker, "Tag", {"Key": "größe", "Value": "尺寸 1"}) == []
    assert len(violations(sagemaker, "Tag", {"Key": "a!", "Value": ""})) == 1


@pytest.mark.parametrize("service", ["sagemaker", "stepfunctions", "logs"])
def test_every_pattern_of_our_services_can_be_checked(service: str) -> None:
    patterns = {shape["pattern"] for shape in load(service).shapes.values() if "pattern" in shape}
    assert [pattern for pattern in patterns if compile_java(pattern) is None] == []


def test_a_pattern_with_surrogates_takes_astral_characters(sagemaker: Model) -> None:
    assert violations(sagemaker, "TableName", "table 🙂") == []
    assert len(violations(sagemaker, "TableName", "table \x00")) == 1


def test_digits_are_ascii_as_in_java() -> None:
    pattern = compile_java(r"\d{2}")
    assert pattern is not None
    assert pattern.fullmatch("12")
    assert not pattern.fullmatch("١٢")


@pytest.mark.parametrize(
    ("shape", "given"),
    [
        ("ListExecutionsInput", {"maxResults": 2**31}),
        ("ListExecutionsInput", {"maxResults": -(10**30)}),
        ("ListModelsInput", {"CreationTimeAfter": 1e300}),
    ],
)
def test_a_number_that_its_type_cannot_hold_is_malformed(
    step_functions: Model, sagemaker: Model, shape: str, given: object
) -> None:
    model = sagemaker if "Models" in shape else step_functions
    with pytest.raises(MalformedRequest, match="can not be converted to"):
        validate(model, shape, given)
