"""The roles of the cloud, durable: a role that a notebook or Terraform made is there after a restart.

The cloud's own role, which every caller has assumed (``server/sts.py``), always exists.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import Final

from stepfunctions.server.errors import AwsError
from stepfunctions.server.sts import OWN_ROLE, role_id
from stepfunctions.store.database import Database
from stepfunctions.values import dumps, loads

TRUST: Final = (
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":["sagemaker.amazonaws.com",'
    '"states.amazonaws.com","lambda.amazonaws.com"]},"Action":"sts:AssumeRole"}]}'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A role. *attached* are ARNs of managed policies, *inline* are documents by name."""

    name: str
    path: str = "/"
    trust: str = TRUST
    description: str | None = None
    session_seconds_max: int = 3600
    boundary: str | None = None
    created_at: str = ""
    tags: dict[str, str] = field(default_factory=dict)
    attached: list[str] = field(default_factory=list)
    inline: dict[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Its unique id."""
        return role_id(self.name)

    def arn(self, account: str) -> str:
        """Return its ARN."""
        return f"arn:aws:iam::{account}:role{self.path}{self.name}"


class Roles:
    """The roles of a data folder."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._queries = database.register("stepfunctions.server.iam")
        if database.read_one(self._queries.role, (OWN_ROLE,)) is None:
            self.put(Role(name=OWN_ROLE, description="The role of everybody in this local cloud"))

    def create(self, role: Role) -> Role:
        """Make a role.

        Raises:
            AwsError: EntityAlreadyExists.
        """
        if self._database.read_one(self._queries.role, (role.name,)):
            raise AwsError("EntityAlreadyExists", f"Role with name {role.name} already exists.", status=409)
        return self.put(role)

    def put(self, role: Role) -> Role:
        """Keep a role in place of the one of its name."""
        if not role.created_at:
            role = replace(role, created_at=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}")
        with self._database.transaction() as transaction:
            transaction.execute(self._queries.put_role, (role.name, dumps(asdict(role))))
        return role

    def get(self, name: str) -> Role:
        """Return a role.

        Raises:
            AwsError: NoSuchEntity.
        """
        row = self._database.read_one(self._queries.role, (name,))
        if row is None:
            raise AwsError("NoSuchEntity", f"The role with name {name} cannot be found.", status=404)
        return Role(**loads(row[0]))

    def all(self) -> list[Role]:
        """Return the roles in order of their names."""
        return [Role(**loads(record)) for (record,) in self._database.read(self._queries.roles)]

    def delete(self, name: str) -> None:
        """Delete a role without policies.

        Raises:
            AwsError: NoSuchEntity, DeleteConflict.
        """
        role = self.get(name)
        if role.attached:
            raise AwsError("DeleteConflict", "Cannot delete entity, must detach all policies first.", status=409)
        if role.inline:
            raise AwsError("DeleteConflict", "Cannot delete entity, must delete policies first.", status=409)
        with self._database.transaction() as transaction:
            transaction.execute(self._queries.delete_role, (name,))
