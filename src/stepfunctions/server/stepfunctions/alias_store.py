"""The aliases of state machines: their table, and nothing of the wire.

An alias is kept in memory once it was read: every StartExecution through it needs it, and nobody else writes the table.

Source: AWS Developer Guide, "State machine aliases"; AWS API reference, CreateStateMachineAlias.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from stepfunctions.server.stepfunctions.errors import alias_conflict, alias_limit_exceeded
from stepfunctions.server.stepfunctions.registry import Registry
from stepfunctions.store.database import Database
from stepfunctions.values import Instant, dumps, loads

ALIASES_MAX: Final = 100
KNOWN_MAX: Final = 1024

Route: TypeAlias = tuple[str, int]
"""A version's ARN, and its weight in percent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """An alias.

    Args:
        id: greater than that of every alias created before.
        arn: the state machine's ARN with the name.
        machine_arn: of its state machine, unqualified.
        name: of the alias.
        description: as the caller gave it.
        routes: one or two.
        created_at: when it was created.
        updated_at: when it last changed.
    """

    id: int = 0
    arn: str
    machine_arn: str
    name: str
    description: str | None
    routes: tuple[Route, ...]
    created_at: Instant
    updated_at: Instant

    def route(self, point: int) -> str:
        """Return the ARN of the version for *point*, uniform in 0 to 99."""
        for arn, weight in self.routes:
            if point < weight:
                return arn
            point -= weight
        return self.routes[-1][0]

    def refers_to(self, version_arn: str) -> bool:
        """Return whether a version is among the routes, whatever its weight."""
        return any(arn == version_arn for arn, _ in self.routes)


class AliasStore:
    """All aliases of all state machines.

    Args:
        database: where they are kept; shared with the registry.
        registry: has the statements.
    """

    def __init__(self, database: Database, registry: Registry) -> None:
        self._database = database
        self._sql = registry.sql
        self._known: dict[str, Alias] = {}

    def find(self, arn: str) -> Alias | None:
        """Return an alias, or None."""
        alias = self._known.get(arn)
        if alias is None:
            row = self._database.read_one(self._sql.alias_by_arn, (arn,))
            if row is not None:
                alias = self._remember(_from_row(row))
        return alias

    def of_machine(self, machine_arn: str) -> list[Alias]:
        """Return the aliases of a state machine, oldest first; there are a hundred at most."""
        return [_from_row(row) for row in self._database.read(self._sql.aliases_of_state_machine, (machine_arn,))]

    def create(self, alias: Alias) -> Alias:
        """Keep a new alias, or return the one that is the same already.

        Raises:
            AwsError: ConflictException or ServiceQuotaExceededException.
        """
        existing = self.find(alias.arn)
        if existing is not None:
            if (existing.routes, existing.description) != (alias.routes, alias.description):
                raise alias_conflict()
            return existing
        if len(self.of_machine(alias.machine_arn)) >= ALIASES_MAX:
            raise alias_limit_exceeded(ALIASES_MAX)
        with self._database.transaction() as connection:
            row = (
                alias.arn, alias.machine_arn, alias.name, alias.description, dumps(alias.routes), alias.created_at,
                alias.updated_at,
            )  # fmt: skip
            connection.execute(self._sql.insert_alias, row)
        return alias

    def update(self, alias: Alias) -> None:
        """Keep a changed alias."""
        with self._database.transaction() as connection:
            row = (alias.description, dumps(alias.routes), alias.updated_at, alias.arn)
            connection.execute(self._sql.update_alias, row)
        self._remember(alias)

    def delete(self, arn: str) -> None:
        """Forget an alias; an unknown one is no error."""
        with self._database.transaction() as connection:
            connection.execute(self._sql.delete_alias, (arn,))
        self._known.pop(arn, None)

    def forget(self, machine_arn: str) -> None:
        """Let go of what is in memory of a state machine that the registry has deleted."""
        for arn in [alias.arn for alias in self._known.values() if alias.machine_arn == machine_arn]:
            del self._known[arn]

    def _remember(self, alias: Alias) -> Alias:
        if len(self._known) >= KNOWN_MAX:
            del self._known[next(iter(self._known))]
        self._known[alias.arn] = alias
        return alias


def names_of(aliases: Sequence[Alias], version_arn: str) -> list[str]:
    """Return the names of those that refer to a version."""
    return [alias.name for alias in aliases if alias.refers_to(version_arn)]


def _from_row(row: tuple[Any, ...]) -> Alias:
    alias_id, arn, machine_arn, name, description, routes, created_at, updated_at = row
    return Alias(
        id=alias_id, arn=arn, machine_arn=machine_arn, name=name, description=description,
        routes=tuple((arn, weight) for arn, weight in loads(routes)), created_at=created_at, updated_at=updated_at,
    )  # fmt: skip
