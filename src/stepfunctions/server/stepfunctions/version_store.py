"""The published versions of state machines: their table, and nothing of the wire.

A version is kept in memory once it was read: every StartExecution through it needs it, and none ever changes.

Source: AWS Developer Guide, "State machine versions"; AWS API reference, PublishStateMachineVersion.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from stepfunctions.server.stepfunctions.errors import publish_conflict, version_limit_exceeded
from stepfunctions.server.stepfunctions.registry import Registry, StateMachine
from stepfunctions.store.database import Database
from stepfunctions.values import Instant, dumps, loads

VERSIONS_MAX: Final = 1000
KNOWN_MAX: Final = 1024
"""Versions kept in memory; a definition may have a megabyte."""
INITIAL: Final = "INITIAL"
"""How a caller names the revision of a machine that was never updated."""


@dataclass(frozen=True, slots=True)
class Version:
    """A version.

    Args:
        number: counted from 1 for each state machine.
        machine: the state machine as it was published; its ARN is unqualified.
        description: of the version.
        created_at: when it was published.
    """

    number: int
    machine: StateMachine
    description: str | None
    created_at: Instant

    @property
    def arn(self) -> str:
        """The state machine's ARN with the number."""
        return version_arn(self.machine.arn, self.number)


def version_arn(machine_arn: str, number: int) -> str:
    """Return the ARN of a version."""
    return f"{machine_arn}:{number}"


class VersionStore:
    """All versions of all state machines.

    Args:
        database: where they are kept; shared with the registry.
        registry: knows the state machines.
    """

    def __init__(self, database: Database, registry: Registry) -> None:
        self._database = database
        self._sql = registry.sql
        self._registry = registry
        self._known: dict[tuple[str, int], Version] = {}

    def find(self, machine_arn: str, number: int) -> Version | None:
        """Return a version of a state machine that exists, or None."""
        machine = self._registry.find(machine_arn)
        if machine is None:
            return None
        version = self._known.get((machine_arn, number))
        return version or self._read(machine, number)

    def publish(
        self, machine: StateMachine, description: str | None, now: Instant, revision_id: str | None = None
    ) -> Version:
        """Return the version of a machine's current revision, published now unless it was before.

        Args:
            machine: as it is now.
            description: of a new version; an older one keeps its own (not verified against AWS).
            now: the time.
            revision_id: what the caller believes the current revision to be.

        Raises:
            AwsError: ConflictException or ServiceQuotaExceededException.
        """
        current = machine.revision_id or INITIAL
        if revision_id is not None and revision_id != current:
            raise publish_conflict(revision_id, current)
        row = self._database.read_one(self._sql.latest_version_of_revision, (machine.arn, machine.revision_id))
        existing = None if row is None else self.find(machine.arn, row[0])
        return existing or self._insert(machine, description, now)

    def page(self, machine_arn: str, before: int, limit: int) -> list[tuple[int, Instant]]:
        """Return (number, creation) of the versions below number *before*, newest first."""
        return self._database.read(self._sql.list_versions, (machine_arn, before, limit))

    def delete(self, machine_arn: str, number: int) -> None:
        """Forget a version; an unknown one is no error."""
        with self._database.transaction() as connection:
            connection.execute(self._sql.delete_version, (machine_arn, number))
        self._known.pop((machine_arn, number), None)

    def forget(self, machine_arn: str) -> None:
        """Let go of what is in memory of a state machine that the registry has deleted."""
        for key in [key for key in self._known if key[0] == machine_arn]:
            del self._known[key]

    def _insert(self, machine: StateMachine, description: str | None, now: Instant) -> Version:
        with self._database.transaction() as connection:
            (count,) = connection.execute(self._sql.count_versions, (machine.arn,)).fetchone()
            if count >= VERSIONS_MAX:
                raise version_limit_exceeded(VERSIONS_MAX)
            ((number,),) = connection.execute(self._sql.next_version, (machine.arn,)).fetchall()
            row = (
                machine.arn, number, machine.revision_id, description, machine.role_arn, machine.definition,
                dumps(machine.settings), now,
            )  # fmt: skip
            connection.execute(self._sql.insert_version, row)
        return self._remember(Version(number, replace(machine, updated_at=now), description, now))

    def _read(self, machine: StateMachine, number: int) -> Version | None:
        row = self._database.read_one(self._sql.version_by_number, (machine.arn, number))
        if row is None:
            return None
        _, revision_id, description, role_arn, definition, settings, created_at = row
        published = replace(
            machine, revision_id=revision_id, role_arn=role_arn, definition=definition, settings=loads(settings),
            updated_at=created_at,
        )  # fmt: skip
        return self._remember(Version(number, published, description, created_at))

    def _remember(self, version: Version) -> Version:
        if len(self._known) >= KNOWN_MAX:
            del self._known[next(iter(self._known))]
        self._known[version.machine.arn, version.number] = version
        return version
