"""CreateStateMachineAlias, UpdateStateMachineAlias, DescribeStateMachineAlias, ListStateMachineAliases,
DeleteStateMachineAlias.

Not here: starting through an alias (``targets``).

Source: AWS API reference; recordings of AWS.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from stepfunctions.server.protocols.json import Operation
from stepfunctions.server.request import Request
from stepfunctions.server.stepfunctions.alias_store import Alias, AliasStore, Route
from stepfunctions.server.stepfunctions.arns import Arn, parse_state_machine_arn
from stepfunctions.server.stepfunctions.errors import (
    invalid_arn,
    invalid_routing,
    referenced_not_found,
    validation,
)
from stepfunctions.server.stepfunctions.paging import Paging, number_of, page_size
from stepfunctions.server.stepfunctions.registry import Registry
from stepfunctions.server.stepfunctions.version_store import VersionStore
from stepfunctions.values import Instant, Json

WEIGHTS_SUM = 100


class Aliases:
    """Operations on aliases.

    Args:
        registry: knows the state machines.
        versions: knows their versions.
        aliases: where aliases are kept.
        paging: makes nextTokens.
        clock: gives the time.
    """

    def __init__(
        self,
        registry: Registry,
        versions: VersionStore,
        aliases: AliasStore,
        paging: Paging,
        clock: Callable[[], Instant],
    ) -> None:
        self._registry = registry
        self._versions = versions
        self._aliases = aliases
        self._paging = paging
        self._clock = clock

    @property
    def operations(self) -> Mapping[str, Operation]:
        """The operations by AWS's names."""
        return {
            "CreateStateMachineAlias": self.create,
            "UpdateStateMachineAlias": self.update,
            "DescribeStateMachineAlias": self.describe,
            "ListStateMachineAliases": self.list,
            "DeleteStateMachineAlias": self.delete,
        }

    async def create(self, request: Request, params: dict[str, Any]) -> Json:
        """CreateStateMachineAlias: idempotent for the same routes and description."""
        routes = _routes(params["routingConfiguration"])
        machine_arn = self._routed_machine(routes)
        self._registry.get_active(machine_arn)
        name, now = params["name"], self._clock()
        alias = self._aliases.create(
            Alias(
                arn=f"{machine_arn}:{name}",
                machine_arn=machine_arn,
                name=name,
                description=params.get("description"),
                routes=routes,
                created_at=now,
                updated_at=now,
            )
        )
        return {"stateMachineAliasArn": alias.arn, "creationDate": alias.created_at / 1000}

    async def update(self, request: Request, params: dict[str, Any]) -> Json:
        """UpdateStateMachineAlias: what is not given stays as it is."""
        description, configuration = params.get("description"), params.get("routingConfiguration")
        arn = _alias_arn(params)
        if description is None and configuration is None:  # text not verified against AWS
            raise validation(
                "Either the description or the routing configuration must be specified", "MISSING_REQUIRED_PARAMETER"
            )
        routes = None if configuration is None else _routes(configuration)
        alias = self._get(arn)
        self._registry.get_active(alias.machine_arn)
        changed = alias if description is None else replace(alias, description=description)
        if routes is not None:
            if self._routed_machine(routes) != alias.machine_arn:
                raise _other_machine(routes)
            changed = replace(changed, routes=routes)
        if changed != alias:
            changed = replace(changed, updated_at=self._clock())
            self._aliases.update(changed)
        return {"updateDate": changed.updated_at / 1000}

    async def describe(self, request: Request, params: dict[str, Any]) -> Json:
        """DescribeStateMachineAlias."""
        alias = self._get(_alias_arn(params))
        described: dict[str, Json] = {
            "stateMachineAliasArn": alias.arn,
            "name": alias.name,
            "routingConfiguration": [{"stateMachineVersionArn": arn, "weight": weight} for arn, weight in alias.routes],
            "creationDate": alias.created_at / 1000,
            "updateDate": alias.updated_at / 1000,
        }
        return described if alias.description is None else {**described, "description": alias.description}

    async def list(self, request: Request, params: dict[str, Any]) -> Json:
        """ListStateMachineAliases, oldest first; of a version, those that refer to it."""
        arn, size = parse_state_machine_arn(params["stateMachineArn"]), page_size(params)
        self._registry.get_active(arn.unqualified)
        about = ("ListStateMachineAliases", arn.text)
        cursor = self._paging.cursor(params.get("nextToken"), *about)
        after = 0 if cursor is None else number_of(cursor)
        listed = [alias for alias in self._aliases.of_machine(arn.unqualified) if alias.id > after]
        if arn.qualifier is not None:
            listed = [alias for alias in listed if alias.refers_to(arn.text)]
        answer: dict[str, Json] = {
            "stateMachineAliases": [
                {"stateMachineAliasArn": alias.arn, "creationDate": alias.created_at / 1000} for alias in listed[:size]
            ]
        }
        if len(listed) > size:
            answer["nextToken"] = self._paging.token(str(listed[size - 1].id), *about)
        return answer

    async def delete(self, request: Request, params: dict[str, Any]) -> Json:
        """DeleteStateMachineAlias; an unknown one is no error."""
        self._aliases.delete(_alias_arn(params))

    def _get(self, arn: str) -> Alias:
        alias = self._aliases.find(arn)
        if alias is None:
            raise referenced_not_found()
        return alias

    def _routed_machine(self, routes: Sequence[Route]) -> str:
        """Return the ARN of the state machine whose versions *routes* lead to.

        Raises:
            AwsError: ValidationException, or ResourceNotFound for a version that does not exist.
        """
        arns = [parse_state_machine_arn(arn) for arn, _ in routes]
        if len({arn.unqualified for arn in arns}) > 1:
            raise _other_machine(routes)
        for arn in arns:
            if arn.version is None or self._versions.find(arn.unqualified, arn.version) is None:
                raise referenced_not_found()
        return arns[0].unqualified


def _routes(configuration: Sequence[Mapping[str, Any]]) -> tuple[Route, ...]:
    """Return a routing configuration that makes sense in itself.

    Raises:
        AwsError: ValidationException, or InvalidArn.
    """
    routes = tuple((each["stateMachineVersionArn"], each["weight"]) for each in configuration)
    arns: list[Arn] = [parse_state_machine_arn(arn) for arn, _ in routes]
    if any(arn.version is None for arn in arns):
        raise invalid_routing(f"Routing configuration must contain state machine version ARNs. {_received(routes)}")
    if len({arn.text for arn in arns}) < len(arns):
        raise invalid_routing(
            f"Routing configuration must contain distinct state machine version ARNs. {_received(routes)}"
        )
    weights = [weight for _, weight in routes]
    if sum(weights) != WEIGHTS_SUM:
        raise invalid_routing(
            f"Sum of routing configuration weights must equal {WEIGHTS_SUM}. "
            f"Received: [{', '.join(str(weight) for weight in weights)}]"
        )
    return routes


def _received(routes: Sequence[Route]) -> str:
    return f"Received: [{', '.join(arn for arn, _ in routes)}]"


def _other_machine(routes: Sequence[Route]) -> Exception:
    """Return the error for versions of different state machines. Text not verified against AWS."""
    return invalid_routing(
        f"Routing configuration must contain versions of the same state machine. {_received(routes)}"
    )


def _alias_arn(params: Mapping[str, Any]) -> str:
    arn = parse_state_machine_arn(params["stateMachineAliasArn"])
    if arn.qualifier is None or arn.version is not None:
        raise invalid_arn(f"Not a state machine alias ARN: {arn.text}")  # text not verified against AWS
    return arn.text
