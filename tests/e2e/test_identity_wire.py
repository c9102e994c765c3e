"""STS and IAM, as far as the SageMaker SDK and Terraform's roles need them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.planes_server import ACCOUNT, PlanesServer

TRUST = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole"}]}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PlanesServer]:
    with PlanesServer(tmp_path_factory.mktemp("cloud")) as server:
        yield server


@pytest.fixture
def iam(server: PlanesServer) -> Any:
    return server.client("iam")


def refused(call: Any, **params: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call(**params)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def test_the_caller_is_an_assumed_role_whose_role_exists(server: PlanesServer, iam: Any) -> None:
    """What ``sagemaker.get_execution_role()`` does: the role's name out of the ARN, then GetRole."""
    identity = server.client("sts").get_caller_identity()
    assert identity["Account"] == ACCOUNT
    arn, name, session = identity["Arn"].split("/")
    assert (arn, session) == (f"arn:aws:sts::{ACCOUNT}:assumed-role", "local")
    assert iam.get_role(RoleName=name)["Role"]["Arn"] == f"arn:aws:iam::{ACCOUNT}:role/{name}"


def test_an_assumed_role_is_who_the_caller_is_then(server: PlanesServer) -> None:
    answer = server.client("sts").assume_role(
        RoleArn=f"arn:aws:iam::{ACCOUNT}:role/path/Worker", RoleSessionName="night@shift", DurationSeconds=900
    )
    assert answer["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/Worker/night@shift"
    assumed = server.client("sts", access_key=answer["Credentials"]["AccessKeyId"])
    assert assumed.get_caller_identity()["Arn"] == answer["AssumedRoleUser"]["Arn"]


def test_session_tokens_work(server: PlanesServer) -> None:
    credentials = server.client("sts").get_session_token()["Credentials"]
    assert server.client("sts", access_key=credentials["AccessKeyId"]).get_caller_identity()["Account"] == ACCOUNT


def test_bad_parameters_are_refused_in_awss_words(server: PlanesServer) -> None:
    code, message = refused(
        server.client("sts").assume_role, RoleArn=f"arn:aws:iam::{ACCOUNT}:role/Worker", RoleSessionName="a b"
    )
    assert code == "ValidationError"
    assert message.startswith("1 validation error detected: Value 'a b' at 'roleSessionName' failed to satisfy")


def test_a_role_lives_from_create_to_delete(iam: Any) -> None:
    made = iam.create_role(
        RoleName="Trainer",
        Path="/service-role/",
        AssumeRolePolicyDocument=json.dumps(TRUST),
        Description="trains & serves",
        Tags=[{"Key": "team", "Value": "ml"}],
    )["Role"]
    assert made["Arn"] == f"arn:aws:iam::{ACCOUNT}:role/service-role/Trainer"
    got = iam.get_role(RoleName="Trainer")["Role"]
    assert (got["AssumeRolePolicyDocument"], got["Description"]) == (TRUST, "trains & serves")
    assert got["Tags"] == [{"Key": "team", "Value": "ml"}]
    assert "Trainer" in [role["RoleName"] for role in iam.list_roles()["Roles"]]
    iam.attach_role_policy(RoleName="Trainer", PolicyArn="arn:aws:iam::aws:policy/AmazonSageMakerFullAccess")
    attached = iam.list_attached_role_policies(RoleName="Trainer")["AttachedPolicies"]
    assert [each["PolicyName"] for each in attached] == ["AmazonSageMakerFullAccess"]
    iam.put_role_policy(RoleName="Trainer", PolicyName="inline", PolicyDocument=json.dumps(TRUST))
    assert iam.get_role_policy(RoleName="Trainer", PolicyName="inline")["PolicyDocument"] == TRUST
    assert refused(iam.delete_role, RoleName="Trainer")[0] == "DeleteConflict"
    iam.detach_role_policy(RoleName="Trainer", PolicyArn="arn:aws:iam::aws:policy/AmazonSageMakerFullAccess")
    iam.delete_role_policy(RoleName="Trainer", PolicyName="inline")
    iam.delete_role(RoleName="Trainer")
    assert refused(iam.get_role, RoleName="Trainer") == (
        "NoSuchEntity",
        "The role with name Trainer cannot be found.",
    )


def test_roles_are_made_once_and_with_json(iam: Any) -> None:
    iam.create_role(RoleName="Once", AssumeRolePolicyDocument=json.dumps(TRUST))
    assert refused(iam.create_role, RoleName="Once", AssumeRolePolicyDocument=json.dumps(TRUST)) == (
        "EntityAlreadyExists",
        "Role with name Once already exists.",
    )
    assert refused(iam.create_role, RoleName="Bad", AssumeRolePolicyDocument="no")[0] == "MalformedPolicyDocument"


def test_everything_is_allowed(iam: Any) -> None:
    """What SDK v3's ModelTrainer asks before it does anything."""
    answer = iam.simulate_principal_policy(
        PolicySourceArn=f"arn:aws:iam::{ACCOUNT}:role/any", ActionNames=["s3:GetObject", "sagemaker:CreateTrainingJob"]
    )
    assert [(each["EvalActionName"], each["EvalDecision"]) for each in answer["EvaluationResults"]] == [
        ("s3:GetObject", "allowed"),
        ("sagemaker:CreateTrainingJob", "allowed"),
    ]


def test_other_operations_of_iam_are_motos(iam: Any) -> None:
    iam.create_user(UserName="ada")
    assert [user["UserName"] for user in iam.list_users()["Users"]] == ["ada"]


def test_roles_are_there_after_a_restart(tmp_path: Path) -> None:
    with PlanesServer(tmp_path) as first:
        first.client("iam").create_role(RoleName="Kept", AssumeRolePolicyDocument=json.dumps(TRUST))
    with PlanesServer(tmp_path) as second:
        assert second.client("iam").get_role(RoleName="Kept")["Role"]["AssumeRolePolicyDocument"] == TRUST
