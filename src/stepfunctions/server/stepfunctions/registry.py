"""The state machines and tags that the API knows: their tables, and nothing of the wire.

A state machine is kept in memory once it was read: every StartExecution needs it, and nobody else writes these tables.

Source: AWS API reference, CreateStateMachine and UpdateStateMachine (idempotency, revisions).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from stepfunctions.server.stepfunctions.errors import (
    state_machine_already_exists,
    state_machine_deleting,
    state_machine_does_not_exist,
    state_machine_limit_exceeded,
    too_many_tags,
)
from stepfunctions.store.database import Database
from stepfunctions.values import Instant, Json, dumps, loads

ACTIVE: Final = "ACTIVE"
DELETING: Final = "DELETING"
STATE_MACHINES_MAX: Final = 100_000
TAGS_MAX: Final = 50
KNOWN_MAX: Final = 1024
"""State machines kept in memory; a definition may have a megabyte."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StateMachine:
    """A state machine.

    Args:
        arn: unqualified.
        name: of the machine.
        type: ``STANDARD`` or ``EXPRESS``.
        status: ``ACTIVE`` or ``DELETING``.
        role_arn: of the machine.
        definition: as text, verbatim: AWS compares it so.
        settings: ``{"loggingConfiguration": ..., "tracingConfiguration": ..., "encryptionConfiguration": ...,
            "variableReferences": ...}`` as DescribeStateMachine shows them.
        revision_id: None until the first change.
        created_at: when it was created.
        updated_at: when it last changed.
        publishing: what its creation said of publishing: ``{"description": str | None}``, or None for nothing.
    """

    arn: str
    name: str
    type: str
    status: str = ACTIVE
    role_arn: str
    definition: str
    settings: Mapping[str, Json]
    revision_id: str | None = None
    created_at: Instant
    updated_at: Instant
    publishing: Json = None

    def is_same(self, other: StateMachine) -> bool:
        """Return whether creating *other* over this one changes nothing; AWS ignores the role and the tags."""
        mine, theirs = ((each.type, each.definition, each.settings, each.publishing) for each in (self, other))
        return mine == theirs


class Registry:
    """State machines and tags.

    Args:
        database: where they are kept; shared with the rest of the local cloud.

    Attributes:
        sql: the statements of this package; the stores of versions, aliases and activities use it too.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.sql = database.register("stepfunctions.server.stepfunctions")
        self._known: dict[str, StateMachine] = {}

    @property
    def token_key(self) -> bytes:
        """The secret that nextTokens are signed with."""
        row = self._database.read_one(self.sql.token_key)
        assert row is not None
        return bytes(row[0])

    def find(self, arn: str) -> StateMachine | None:
        """Return a state machine, or None."""
        machine = self._known.get(arn)
        if machine is None:
            row = self._database.read_one(self.sql.state_machine_by_arn, (arn,))
            if row is not None:
                machine = self._remember(_from_row(row))
        return machine

    def get(self, arn: str) -> StateMachine:
        """Return a state machine.

        Raises:
            AwsError: StateMachineDoesNotExist.
        """
        machine = self.find(arn)
        if machine is None:
            raise state_machine_does_not_exist(arn)
        return machine

    def get_active(self, arn: str) -> StateMachine:
        """Return a state machine that is not being deleted.

        Raises:
            AwsError: StateMachineDoesNotExist or StateMachineDeleting.
        """
        machine = self.get(arn)
        if machine.status == DELETING:
            raise state_machine_deleting(arn)
        return machine

    def create(self, machine: StateMachine, place: str, tags: Mapping[str, str]) -> StateMachine:
        """Keep a new state machine, or return the one that is the same already.

        Args:
            machine: what to create.
            place: ``account/region``.
            tags: by key; ignored where the machine exists.

        Raises:
            AwsError: StateMachineAlreadyExists, StateMachineDeleting, StateMachineLimitExceeded or TooManyTags.
        """
        existing = self.find(machine.arn)
        if existing is not None:
            if existing.status == DELETING:
                raise state_machine_deleting(machine.arn)
            if not existing.is_same(machine):
                raise state_machine_already_exists(machine.arn)
            return existing
        with self._database.transaction() as connection:
            (count,) = connection.execute(self.sql.count_state_machines, (place,)).fetchone()
            if count >= STATE_MACHINES_MAX:
                raise state_machine_limit_exceeded(STATE_MACHINES_MAX)
            connection.execute(self.sql.insert_state_machine, _to_row(machine, place))
            self.put_tags(connection, machine.arn, tags)
        return self._remember(machine)

    def update(self, machine: StateMachine) -> None:
        """Keep a changed state machine."""
        with self._database.transaction() as connection:
            connection.execute(
                self.sql.update_state_machine,
                (
                    machine.role_arn, machine.definition, dumps(machine.settings), machine.revision_id,
                    machine.updated_at, machine.arn,
                ),
            )  # fmt: skip
        self._remember(machine)

    def mark_deleting(self, arn: str) -> None:
        """Let nobody start executions of a state machine any more."""
        machine = self.get(arn)
        with self._database.transaction() as connection:
            connection.execute(self.sql.mark_deleting, (arn,))
        self._remember(replace(machine, status=DELETING))

    def delete(self, arn: str) -> None:
        """Forget a state machine with its versions, aliases and tags."""
        with self._database.transaction() as connection:
            for statement in (
                self.sql.delete_aliases, self.sql.delete_versions, self.sql.delete_tags,
                self.sql.delete_state_machine,
            ):  # fmt: skip
                connection.execute(statement, (arn,))
        self._known.pop(arn, None)

    def deleting(self) -> list[str]:
        """Return the ARNs of the machines whose deletion is not complete, oldest first."""
        return [arn for (arn,) in self._database.read(self.sql.deleting_state_machines)]

    def page(self, place: str, after: int, limit: int) -> list[tuple[int, str, str, str, Instant]]:
        """Return (id, ARN, name, type, creation) of the machines of *place* after id *after*, oldest first."""
        return self._database.read(self.sql.list_state_machines, (place, after, limit))

    def tags_of(self, arn: str) -> list[tuple[str, str]]:
        """Return the tags of a resource, in the order in which they were first set."""
        return self._database.read(self.sql.tags_of, (arn,))

    def tag(self, arn: str, tags: Mapping[str, str]) -> None:
        """Set tags; a key that is there takes the new value.

        Raises:
            AwsError: TooManyTags; nothing was set.
        """
        with self._database.transaction() as connection:
            self.put_tags(connection, arn, tags)

    def untag(self, arn: str, keys: Iterable[str]) -> None:
        """Drop tags; unknown keys are ignored."""
        with self._database.transaction() as connection:
            for key in keys:
                connection.execute(self.sql.delete_tag, (arn, key))

    def put_tags(self, connection: Any, arn: str, tags: Mapping[str, str]) -> None:
        """Set tags within a transaction; raises as ``tag``."""
        for key, value in tags.items():
            connection.execute(self.sql.put_tag, {"arn": arn, "key": key, "value": value})
        if tags and len(connection.execute(self.sql.tags_of, (arn,)).fetchall()) > TAGS_MAX:
            raise too_many_tags(arn)

    def _remember(self, machine: StateMachine) -> StateMachine:
        if len(self._known) >= KNOWN_MAX:
            del self._known[next(iter(self._known))]
        self._known[machine.arn] = machine
        return machine


def _from_row(row: tuple[Any, ...]) -> StateMachine:
    _, arn, name, kind, status, role_arn, definition, settings, revision_id, created_at, updated_at, publishing = row
    return StateMachine(
        arn=arn, name=name, type=kind, status=status, role_arn=role_arn, definition=definition,
        settings=loads(settings), revision_id=revision_id, created_at=created_at, updated_at=updated_at,
        publishing=loads(publishing),
    )  # fmt: skip


def _to_row(machine: StateMachine, place: str) -> tuple[Any, ...]:
    return (
        machine.arn, place, machine.name, machine.type, machine.status, machine.role_arn, machine.definition,
        dumps(machine.settings), machine.revision_id, machine.created_at, machine.updated_at,
        dumps(machine.publishing),
    )  # fmt: skip
