"""The operations of IAM on roles; the others are moto's, which is told of the roles it must know.

Deliberately absent: evaluating policies. SimulatePrincipalPolicy answers that everything is allowed: here it is.

Follows: AWS Identity and Access Management API Reference.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode

from stepfunctions.integrations.moto import HttpRequest, MotoBridge
from stepfunctions.server.asgi import ASGIService
from stepfunctions.server.errors import AwsError
from stepfunctions.server.iam.roles import Role, Roles
from stepfunctions.server.protocols.json import Operation
from stepfunctions.server.protocols.query import QueryService
from stepfunctions.server.request import Request
from stepfunctions.values import Json, JsonError, loads


class RoleOperations:
    """The operations on roles.

    Args:
        roles: of the data folder.
        bridge: to moto, whose Lambda and others ask its own IAM for roles; None without moto.
    """

    def __init__(self, roles: Roles, bridge: MotoBridge | None = None) -> None:
        self._roles = roles
        self._bridge = bridge
        if bridge is not None:
            bridge.on_load(lambda: [_create_in_moto(role) for role in roles.all()])

    def service(self, fallback: ASGIService) -> QueryService:
        """Return the service; register it as ``iam``."""
        operations: Mapping[str, Operation] = {
            "CreateRole": self.create_role,
            "GetRole": self.get_role,
            "ListRoles": self.list_roles,
            "DeleteRole": self.delete_role,
            "UpdateRole": self.update_role,
            "UpdateAssumeRolePolicy": self.update_assume_role_policy,
            "AttachRolePolicy": self.attach_role_policy,
            "DetachRolePolicy": self.detach_role_policy,
            "ListAttachedRolePolicies": self.list_attached_role_policies,
            "PutRolePolicy": self.put_role_policy,
            "GetRolePolicy": self.get_role_policy,
            "DeleteRolePolicy": self.delete_role_policy,
            "ListRolePolicies": self.list_role_policies,
            "TagRole": self.tag_role,
            "UntagRole": self.untag_role,
            "ListRoleTags": self.list_role_tags,
            "ListInstanceProfilesForRole": self.list_instance_profiles_for_role,
            "SimulatePrincipalPolicy": self.simulate_principal_policy,
        }
        return QueryService("iam", operations, fallback)

    async def create_role(self, request: Request, params: dict[str, Any]) -> Json:
        """Answer CreateRole."""
        role = self._roles.create(
            Role(
                name=params["RoleName"],
                path=params.get("Path", "/"),
                trust=_checked_policy(params["AssumeRolePolicyDocument"]),
                description=params.get("Description"),
                session_seconds_max=params.get("MaxSessionDuration", 3600),
                boundary=params.get("PermissionsBoundary"),
                tags=_tags_of(params),
            )
        )
        if self._bridge is not None and self._bridge.loaded:
            await self._bridge.request(_create_in_moto(role))
        return {"Role": _described(role, request.account)}

    async def get_role(self, request: Request, params: dict[str, Any]) -> Json:
        """Answer GetRole."""
        return {"Role": _described(self._roles.get(params["RoleName"]), request.account)}

    async def list_roles(self, request: Request, params: dict[str, Any]) -> Json:
        """Answer ListRoles."""
        prefix, limit = params.get("PathPrefix", "/"), params.get("MaxItems", 100)
        found = [
            role for role in self._roles.all() if role.path.startswith(prefix) and role.name > params.get("Marker", "")
        ]
        shown, truncated = found[:limit], len(found) > limit
        return {
            "Roles": [_described(role, request.account, tags=False) for role in shown],
            "IsTruncated": truncated,
            "Marker": shown[-1].name if truncated else None,
        }

    async def delete_role(self, request: Request, params: dict[str, Any]) -> Json:
        """Answer DeleteRole."""
        self._roles.delete(params["RoleName"])
        if self._bridge is not None and self._bridge.loaded:
            await self._bridge.request(_to_moto({"Action": "DeleteRole", "RoleName": params["RoleName"]}))

    async def update_role(self, request: Request, params: dict[str, Any]) -> Json:
        """Answer UpdateRole."""
        role = self._roles.get(params["RoleName"])
        self._roles.put(
            replace(
                role,
                description=params.get("Description", role.description),
                session_seconds_max=params.get("MaxSessionDuration", role.session_seconds_max),
            )
        )
        return {}

    async def update_assume_role_policy(self, request: Request, params: dict[str, Any]) -> Json:
        """Answer UpdateAssumeRolePolicy."""
        role = self._roles.get(params["RoleName"])
        self._roles.put(replace(role, trust=_checked_policy(params["PolicyDocument"])))

    async def attach_role_policy(self, request: Request, params: dict[str, Any]) -> Json:
        """Answer AttachRolePolicy. Whether the policy exists is not checked: AWS's own are not kept here."""
        role, arn = self._roles.get(params["RoleName"]), params["PolicyArn"]
        self._roles.put(replace(role, attached=[*(each for each in role.attached if each != arn), arn]))

    async def detach_role_policy(self, request: Request, params: dict[str, Any]) -> Json:
        """Answer DetachRolePolicy."""
        role, arn = self._roles.get(params["RoleName"]), params["PolicyArn"]
        if arn not in role.attached:
            raise AwsError("NoSuchEntity", f"Policy {arn} was not found.", status=404)
        self._roles.put(replace(role, attached=[each for each in role.attached if each != arn]))

    async def list_attached_role_policies(self, request: Request, params: dict[str, Any]) -> Json:
        """Answer ListAttachedRolePolicies."""
        attached = self._roles.get(params["RoleName"]).attached
        policies = [{"PolicyName": arn.rpartition("/")[2], "PolicyArn": arn} for arn in attached]
        return {"AttachedPolicies": policies, "IsTruncated": False}

    async def put_role_policy(self, request: Request, params: dict[str, Any]) -> Json:
        """Answer PutRolePolicy."""
        role = self._roles.get(params["RoleName"])
        inline = {**role.inline, params["PolicyName"]: _checked_policy(params["PolicyDocument"])}
        self._roles.put(replace(role, inline=inline))

    async def get_role_policy(self, request: Request, params: dict[str, Any]) -> Json:
        """Answer GetRolePolicy."""
        role, name = self._roles.get(params["RoleName"]), params["PolicyName"]
        _check_inline(role, name)
        return {"RoleName": role.name, "PolicyName": name, "PolicyDocument": quote(role.inline[name], safe="")}

    async def delete_role_policy(self, request: Request, params: dict[str, Any]) -> Json:
        """Answer DeleteRolePolicy."""
        role, name = self._roles.get(params["RoleName"]), params["PolicyName"]
        _check_inline(role, name)
        self._roles.put(replace(role, inline={key: value for key, value in role.inline.items() if key != name}))

    async def list_role_policies(self, request: Request, params: dict[str, Any]) -> Json:
        """Answer ListRolePolicies."""
        return {"PolicyNames": sorted(self._roles.get(params["RoleName"]).inline), "IsTruncated": False}

    async def tag_role(self, request: Request, params: dict[str, Any]) -> Json:
        """Answer TagRole."""
        role = self._roles.get(params["RoleName"])
        self._roles.put(replace(role, tags={**role.tags, **_tags_of(params)}))

    async def untag_role(self, request: Request, params: dict[str, Any]) -> Json:
        """Answer UntagRole."""
        role = self._roles.get(params["RoleName"])
        self._roles.put(
            replace(role, tags={key: value for key, value in role.tags.items() if key not in params["TagKeys"]})
        )

    async def list_role_tags(self, request: Request, params: dict[str, Any]) -> Json:
        """Answer ListRoleTags."""
        return {"Tags": _tags(self._roles.get(params["RoleName"])), "IsTruncated": False}

    async def list_instance_profiles_for_role(self, request: Request, params: dict[str, Any]) -> Json:
        """Answer ListInstanceProfilesForRole: there are none."""
        self._roles.get(params["RoleName"])
        return {"InstanceProfiles": [], "IsTruncated": False}

    async def simulate_principal_policy(self, request: Request, params: dict[str, Any]) -> Json:
        """Answer SimulatePrincipalPolicy: everything is allowed."""
        resources = params.get("ResourceArns", ["*"])
        results = [
            {
                "EvalActionName": action,
                "EvalResourceName": resource,
                "EvalDecision": "allowed",
                "MatchedStatements": [],
                "MissingContextValues": [],
            }
            for action in params["ActionNames"]
            for resource in resources
        ]
        return {"EvaluationResults": results, "IsTruncated": False}


def _described(role: Role, account: str, *, tags: bool = True) -> Json:
    return {
        "Path": role.path,
        "RoleName": role.name,
        "RoleId": role.id,
        "Arn": role.arn(account),
        "CreateDate": role.created_at,
        "AssumeRolePolicyDocument": quote(role.trust, safe=""),
        "Description": role.description,
        "MaxSessionDuration": role.session_seconds_max,
        "PermissionsBoundary": role.boundary
        and {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": role.boundary},
        "Tags": _tags(role) if tags and role.tags else None,
        "RoleLastUsed": {} if tags else None,
    }


def _tags(role: Role) -> Json:
    return [{"Key": key, "Value": value} for key, value in role.tags.items()]


def _tags_of(params: dict[str, Any]) -> dict[str, str]:
    return {tag["Key"]: tag.get("Value", "") for tag in params.get("Tags", [])}


def _checked_policy(text: str) -> str:
    try:
        document = loads(text)
    except JsonError:
        document = None
    if not isinstance(document, dict):
        raise AwsError("MalformedPolicyDocument", "This policy contains invalid Json", status=400)
    return text


def _check_inline(role: Role, name: str) -> None:
    if name not in role.inline:
        raise AwsError("NoSuchEntity", f"The role policy with name {name} cannot be found.", status=404)


def _create_in_moto(role: Role) -> HttpRequest:
    return _to_moto(
        {
            "Action": "CreateRole",
            "RoleName": role.name,
            "Path": role.path,
            "AssumeRolePolicyDocument": role.trust,
        }
    )


def _to_moto(form: dict[str, str]) -> HttpRequest:
    body = urlencode({**form, "Version": "2010-05-08"}).encode()
    headers = {"content-type": "application/x-www-form-urlencoded", "content-length": str(len(body))}
    return HttpRequest("iam", "us-east-1", "POST", "https://iam.amazonaws.com/", headers, body)
