"""The query protocol: flat forms to nested parameters, results to XML."""

from __future__ import annotations

import pytest

from stepfunctions.server.errors import AwsError
from stepfunctions.server.protocols.query import decode, render
from stepfunctions.shapes import load


def test_a_form_becomes_what_the_model_says() -> None:
    form = {
        "Action": "CreateRole",
        "RoleName": "a",
        "MaxSessionDuration": "3600",
        "Tags.member.2.Key": "second",
        "Tags.member.1.Key": "first",
        "Tags.member.1.Value": "",
        "Unknown": "ignored",
    }
    assert decode(load("iam"), "CreateRoleRequest", form) == {
        "RoleName": "a",
        "MaxSessionDuration": 3600,
        "Tags": [{"Key": "first", "Value": ""}, {"Key": "second"}],
    }


def test_lists_of_scalars_are_in_the_order_of_their_numbers() -> None:
    form = {f"ActionNames.member.{number}": f"s3:{number}" for number in (10, 2, 1)}
    assert decode(load("iam"), "SimulatePrincipalPolicyRequest", form) == {"ActionNames": ["s3:1", "s3:2", "s3:10"]}


def test_a_number_must_be_one() -> None:
    with pytest.raises(AwsError, match="MaxItems must be an integer, not 'many'"):
        decode(load("iam"), "ListRolesRequest", {"MaxItems": "many"})


def test_a_result_becomes_xml() -> None:
    result = {"Roles": [{"RoleName": "a<b"}], "IsTruncated": False, "Marker": None, "Count": 1}
    assert render(result) == (
        "<Roles><member><RoleName>a&lt;b</RoleName></member></Roles><IsTruncated>false</IsTruncated><Count>1</Count>"
    )
