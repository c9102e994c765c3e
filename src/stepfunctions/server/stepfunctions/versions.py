"""PublishStateMachineVersion, ListStateMachineVersions, DeleteStateMachineVersion.

Not here: ``publish`` of CreateStateMachine and UpdateStateMachine (``state_machines``), starting (``executions``).

Source: AWS API reference; recordings of AWS.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from stepfunctions.server.protocols.json import Operation
from stepfunctions.server.request import Request
from stepfunctions.server.stepfunctions.alias_store import AliasStore, names_of
from stepfunctions.server.stepfunctions.arns import parse_state_machine_arn, unqualified_arn
from stepfunctions.server.stepfunctions.errors import (
    invalid_arn,
    state_machine_does_not_exist,
    version_in_use,
)
from stepfunctions.server.stepfunctions.paging import Paging, number_of, page_size
from stepfunctions.server.stepfunctions.registry import Registry
from stepfunctions.server.stepfunctions.version_store import VersionStore, version_arn
from stepfunctions.values import Instant, Json

_ABOVE_ALL: Final = 1 << 62


class Versions:
    """Operations on versions.

    Args:
        registry: knows the state machines.
        versions: where versions are kept.
        aliases: a version that one of them refers to stays.
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
            "PublishStateMachineVersion": self.publish,
            "ListStateMachineVersions": self.list,
            "DeleteStateMachineVersion": self.delete,
        }

    async def publish(self, request: Request, params: dict[str, Any]) -> Json:
        """PublishStateMachineVersion: one version for each revision, however often it is asked for."""
        machine = self._registry.get_active(_unqualified(params["stateMachineArn"]))
        version = self._versions.publish(machine, params.get("description"), self._clock(), params.get("revisionId"))
        return {"stateMachineVersionArn": version.arn, "creationDate": version.created_at / 1000}

    async def list(self, request: Request, params: dict[str, Any]) -> Json:
        """ListStateMachineVersions, newest first; of an unknown state machine there are none (not verified)."""
        machine_arn, size = unqualified_arn(params["stateMachineArn"]), page_size(params)
        about = ("ListStateMachineVersions", machine_arn)
        cursor = self._paging.cursor(params.get("nextToken"), *about)
        rows = self._versions.page(machine_arn, _ABOVE_ALL if cursor is None else number_of(cursor), size + 1)
        answer: dict[str, Json] = {
            "stateMachineVersions": [
                {"stateMachineVersionArn": version_arn(machine_arn, number), "creationDate": created_at / 1000}
                for number, created_at in rows[:size]
            ]
        }
        if len(rows) > size:
            answer["nextToken"] = self._paging.token(str(rows[size - 1][0]), *about)
        return answer

    async def delete(self, request: Request, params: dict[str, Any]) -> Json:
        """DeleteStateMachineVersion; an unknown one is no error, one that an alias refers to is."""
        text = params["stateMachineVersionArn"]
        arn = parse_state_machine_arn(text)
        if arn.version is None:
            raise invalid_arn(f"Not a state machine version ARN: {text}")  # text not verified against AWS
        names = names_of(self._aliases.of_machine(arn.unqualified), text)
        if names:
            raise version_in_use(names)
        self._versions.delete(arn.unqualified, arn.version)


def _unqualified(text: str) -> str:
    """Return the ARN of a state machine; AWS's words for a qualified one are not known.

    Raises:
        AwsError: InvalidArn, ValidationException or StateMachineDoesNotExist.
    """
    arn = parse_state_machine_arn(text)
    if arn.qualifier is not None:
        raise state_machine_does_not_exist(text)
    return arn.text
