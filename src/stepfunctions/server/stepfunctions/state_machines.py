"""CreateStateMachine, UpdateStateMachine, DescribeStateMachine, ListStateMachines, DeleteStateMachine.

Not here: versions and aliases for themselves; what is published with a machine is asked of ``version_store``.

Source: AWS API reference; recordings of AWS.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final
from uuid import uuid4

from stepfunctions.asl.parse import parse
from stepfunctions.asl.references import variable_references
from stepfunctions.asl.refusal import refusal
from stepfunctions.engine.engine import Engine
from stepfunctions.errors import DefinitionError, StoreError
from stepfunctions.server.protocols.json import Operation
from stepfunctions.server.request import Request
from stepfunctions.server.stepfunctions.arns import (
    check_name,
    check_role_arn,
    parse_state_machine_arn,
    place_of,
    state_machine_arn,
    unqualified_arn,
)
from stepfunctions.server.stepfunctions.errors import (
    invalid_definition,
    missing_parameter,
    state_machine_does_not_exist,
    version_description_unpublished,
)
from stepfunctions.server.stepfunctions.paging import Paging, number_of, page_size
from stepfunctions.server.stepfunctions.registry import DELETING, Registry, StateMachine
from stepfunctions.server.stepfunctions.settings import DEFAULTS, given_settings
from stepfunctions.server.stepfunctions.tags import given_tags
from stepfunctions.server.stepfunctions.targets import Targets
from stepfunctions.server.stepfunctions.version_store import VersionStore
from stepfunctions.values import Instant, Json

STANDARD = "STANDARD"
EXPRESS = "EXPRESS"
METADATA_ONLY = "METADATA_ONLY"
VARIABLE_REFERENCES = "variableReferences"

RETRY_SECONDS: Final = 1.0
"""How long after the disk failed a deletion it is tried again."""

_log: Final = logging.getLogger(__name__)

_UPDATABLE = ("definition", "roleArn", *DEFAULTS)


class StateMachines:
    """Operations on state machines.

    Args:
        registry: where they are kept.
        versions: where their versions are kept.
        targets: knows what an ARN stands for.
        engine: runs their executions.
        paging: makes nextTokens.
        clock: gives the time.
    """

    def __init__(
        self,
        registry: Registry,
        versions: VersionStore,
        targets: Targets,
        engine: Engine,
        paging: Paging,
        clock: Callable[[], Instant],
    ) -> None:
        self._registry = registry
        self._versions = versions
        self._targets = targets
        self._engine = engine
        self._paging = paging
        self._clock = clock
        self._deletions: set[asyncio.Task[None]] = set()
        self._closing = asyncio.Event()

    @property
    def operations(self) -> Mapping[str, Operation]:
        """The operations by AWS's names."""
        return {
            "CreateStateMachine": self.create,
            "UpdateStateMachine": self.update,
            "DescribeStateMachine": self.describe,
            "ListStateMachines": self.list,
            "DeleteStateMachine": self.delete,
        }

    async def create(self, request: Request, params: dict[str, Any]) -> Json:
        """CreateStateMachine, with ``publish`` its first version too."""
        name, kind = params["name"], params.get("type") or STANDARD
        check_name(name)
        check_role_arn(params["roleArn"])
        _check_publishing(params)
        definition = params["definition"]
        references = _check_definition(definition, kind)
        now = self._clock()
        machine = StateMachine(
            arn=state_machine_arn(request, name),
            name=name,
            type=kind,
            role_arn=params["roleArn"],
            definition=definition,
            settings={**DEFAULTS, **given_settings(params), **references},
            created_at=now,
            updated_at=now,
            publishing={"description": params.get("versionDescription")} if params.get("publish") else None,
        )
        tags = given_tags(params.get("tags"))
        machine = self._registry.create(machine, place_of(request), tags)
        answer = {"stateMachineArn": machine.arn, "creationDate": machine.created_at / 1000}
        return {**answer, **self._published(machine, params)}

    def _published(self, machine: StateMachine, params: Mapping[str, Any]) -> dict[str, Json]:
        if not params.get("publish"):
            return {}
        version = self._versions.publish(machine, params.get("versionDescription"), self._clock())
        return {"stateMachineVersionArn": version.arn}

    async def update(self, request: Request, params: dict[str, Any]) -> Json:
        """UpdateStateMachine: a new revision, unless nothing changes; with ``publish`` a version of it."""
        machine = self._registry.get_active(_unqualified(params["stateMachineArn"]))
        _check_publishing(params)
        if all(params.get(name) is None for name in _UPDATABLE):
            raise missing_parameter()
        changed = self._changed(machine, params)
        if changed != machine:
            changed = replace(changed, revision_id=str(uuid4()), updated_at=self._clock())
            self._registry.update(changed)
        answer = {"updateDate": changed.updated_at / 1000, **self._published(changed, params)}
        return answer if changed.revision_id is None else {**answer, "revisionId": changed.revision_id}

    def _changed(self, machine: StateMachine, params: Mapping[str, Any]) -> StateMachine:
        settings = {**machine.settings, **given_settings(params)}
        if params.get("roleArn") is not None:
            check_role_arn(params["roleArn"])
            machine = replace(machine, role_arn=params["roleArn"])
        if params.get("definition") is not None:
            settings.pop(VARIABLE_REFERENCES, None)
            settings.update(_check_definition(params["definition"], machine.type))
            machine = replace(machine, definition=params["definition"])
        return replace(machine, settings=settings)

    async def describe(self, request: Request, params: dict[str, Any]) -> Json:
        """DescribeStateMachine."""
        target = self._targets.to_describe(params["stateMachineArn"])
        machine, version = target.machine, target.version
        described = {
            "stateMachineArn": target.version_arn or machine.arn,
            "name": machine.name,
            "status": self._registry.get(machine.arn).status,
            "definition": "{}" if params.get("includedData") == METADATA_ONLY else machine.definition,
            "roleArn": machine.role_arn,
            "type": machine.type,
            "creationDate": (machine.created_at if version is None else version.created_at) / 1000,
            **machine.settings,
        }
        optional = {"revisionId": machine.revision_id, "description": None if version is None else version.description}
        return described | {name: value for name, value in optional.items() if value is not None}

    async def list(self, request: Request, params: dict[str, Any]) -> Json:
        """ListStateMachines: those of the caller's account and region, oldest first."""
        place, size = place_of(request), page_size(params)
        cursor = self._paging.cursor(params.get("nextToken"), "ListStateMachines", place)
        rows = self._registry.page(place, 0 if cursor is None else number_of(cursor), size + 1)
        answer: dict[str, Json] = {
            "stateMachines": [
                {"stateMachineArn": arn, "name": name, "type": kind, "creationDate": created_at / 1000}
                for _, arn, name, kind, created_at in rows[:size]
            ]
        }
        if len(rows) > size:
            answer["nextToken"] = self._paging.token(str(rows[size - 1][0]), "ListStateMachines", place)
        return answer

    async def delete(self, request: Request, params: dict[str, Any]) -> Json:
        """DeleteStateMachine: DELETING at once, gone with its executions soon after; an unknown one is no error."""
        arn = unqualified_arn(params["stateMachineArn"])
        machine = self._registry.find(arn)
        if machine is not None and machine.status != DELETING:
            self._registry.mark_deleting(arn)
            self._delete_soon(arn)

    def resume_deletions(self) -> None:
        """Go on with the deletions that the last process began. Call once, when the engine has recovered."""
        for arn in self._registry.deleting():
            self._delete_soon(arn)

    async def close(self) -> None:
        """Wait for the deletions that are under way; one that the disk keeps from it, the next process goes on with."""
        self._closing.set()
        await asyncio.gather(*self._deletions, return_exceptions=True)

    def _delete_soon(self, arn: str) -> None:
        deletion = asyncio.get_running_loop().create_task(self._delete_now(arn))
        self._deletions.add(deletion)
        deletion.add_done_callback(self._deletions.discard)

    async def _delete_now(self, arn: str) -> None:
        while not await self._try_to_delete(arn):
            try:
                await asyncio.wait_for(self._closing.wait(), RETRY_SECONDS)
            except TimeoutError:
                continue
            return
        self._targets.forget(arn)

    async def _try_to_delete(self, arn: str) -> bool:
        """Delete a state machine with its executions; return False if the disk did not let us."""
        try:
            await self._engine.delete_executions(arn)
            self._registry.delete(arn)
        except StoreError as error:
            _log.error("the state machine %s is not deleted yet: %s", arn, error)
            return False
        return True


def _check_definition(definition: str, kind: str) -> dict[str, Json]:
    """Return what else is kept of a definition that AWS accepts: ``{"variableReferences": {...}}`` or nothing.

    Raises:
        AwsError: InvalidDefinition, with every fault.
    """
    try:
        machine = parse(definition, express=kind == EXPRESS, creating=True)
    except DefinitionError as error:
        raise invalid_definition(refusal(definition, error.diagnostics)) from None
    references = variable_references(machine)
    return {VARIABLE_REFERENCES: references} if references else {}


def _check_publishing(params: Mapping[str, Any]) -> None:
    if params.get("versionDescription") is not None and not params.get("publish"):
        raise version_description_unpublished()


def _unqualified(text: str) -> str:
    """Return the ARN of a state machine; AWS's words for a qualified one are not known.

    Raises:
        AwsError: InvalidArn, ValidationException or StateMachineDoesNotExist.
    """
    arn = parse_state_machine_arn(text)
    if len(arn.name) > 1:
        raise state_machine_does_not_exist(text)
    return arn.text
