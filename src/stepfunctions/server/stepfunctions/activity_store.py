"""The activities that the API knows: their table, and nothing of the wire. Their tasks are the engine's.

Source: AWS API reference, CreateActivity.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from stepfunctions.server.stepfunctions.errors import activity_already_exists, activity_limit_exceeded
from stepfunctions.server.stepfunctions.registry import Registry
from stepfunctions.store.database import Database
from stepfunctions.values import Instant, Json, dumps, loads

ACTIVITIES_MAX: Final = 100_000


@dataclass(frozen=True, slots=True)
class Activity:
    """An activity.

    Args:
        arn: of the activity.
        name: of the activity.
        encryption: ``{"type": str, ...}`` as DescribeActivity shows it.
        created_at: when it was created.
    """

    arn: str
    name: str
    encryption: Json
    created_at: Instant


class ActivityStore:
    """All activities.

    Args:
        database: where they are kept; shared with the registry.
        registry: keeps their tags.
    """

    def __init__(self, database: Database, registry: Registry) -> None:
        self._database = database
        self._registry = registry
        self._sql = registry.sql

    def find(self, arn: str) -> Activity | None:
        """Return an activity, or None."""
        row = self._database.read_one(self._sql.activity_by_arn, (arn,))
        return None if row is None else Activity(row[0], row[1], loads(row[2]), row[3])

    def exists(self, arn: str) -> bool:
        """Return whether there is an activity of this ARN."""
        return self._database.read_one(self._sql.activity_by_arn, (arn,)) is not None

    def create(self, activity: Activity, place: str, tags: Mapping[str, str]) -> Activity:
        """Keep a new activity, or return the one of this name.

        Args:
            activity: what to create.
            place: ``account/region``.
            tags: by key; ignored where the activity exists.

        Raises:
            AwsError: ActivityAlreadyExists, ActivityLimitExceeded or TooManyTags.
        """
        existing = self.find(activity.arn)
        if existing is not None:
            if existing.encryption != activity.encryption:
                raise activity_already_exists(activity.arn)
            return existing
        with self._database.transaction() as connection:
            (count,) = connection.execute(self._sql.count_activities, (place,)).fetchone()
            if count >= ACTIVITIES_MAX:
                raise activity_limit_exceeded(ACTIVITIES_MAX)
            row = (activity.arn, place, activity.name, dumps(activity.encryption), activity.created_at)
            connection.execute(self._sql.insert_activity, row)
            self._registry.put_tags(connection, activity.arn, tags)
        return activity

    def page(self, place: str, after: int, limit: int) -> list[tuple[int, str, str, Instant]]:
        """Return (id, ARN, name, creation) of the activities of *place* after id *after*, oldest first."""
        return self._database.read(self._sql.list_activities, (place, after, limit))

    def delete(self, arn: str) -> None:
        """Forget an activity and its tags; an unknown one is no error."""
        with self._database.transaction() as connection:
            connection.execute(self._sql.delete_activity, (arn,))
            connection.execute(self._sql.delete_tags, (arn,))
