"""CreateActivity, DescribeActivity, ListActivities, DeleteActivity, GetActivityTask.

Not here: how tasks and workers find each other (``integrations.activities``), and the workers' answers
(``task_tokens``). Tasks of an activity that was deleted stay where they are (not verified against AWS).

Source: AWS API reference; recordings of AWS.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from stepfunctions.errors import LimitExceeded
from stepfunctions.integrations.activities import ActivityTasks
from stepfunctions.server.errors import AwsError
from stepfunctions.server.protocols.json import Operation
from stepfunctions.server.protocols.longpoll import Handover
from stepfunctions.server.request import Request
from stepfunctions.server.stepfunctions.activity_store import Activity, ActivityStore
from stepfunctions.server.stepfunctions.arns import ACTIVITY, activity_arn, check_name, parse_arn, place_of
from stepfunctions.server.stepfunctions.errors import activity_does_not_exist
from stepfunctions.server.stepfunctions.paging import Paging, number_of, page_size
from stepfunctions.server.stepfunctions.settings import DEFAULTS, given_settings
from stepfunctions.server.stepfunctions.tags import given_tags
from stepfunctions.values import Instant, Json, dumps

POLL_SECONDS: Final = 60.0
"""How long AWS keeps a worker waiting."""

WAITING: Final = ("GetActivityTask",)
"""The operations whose callers may have to wait."""


class Activities:
    """Operations on activities.

    Args:
        activities: where they are kept.
        tasks: where workers find their tasks.
        paging: makes nextTokens.
        clock: gives the time.
        poll_seconds: how long a worker waits for a task.
    """

    def __init__(
        self,
        activities: ActivityStore,
        tasks: ActivityTasks,
        paging: Paging,
        clock: Callable[[], Instant],
        poll_seconds: float = POLL_SECONDS,
    ) -> None:
        self._activities = activities
        self._tasks = tasks
        self._paging = paging
        self._clock = clock
        self._poll_seconds = poll_seconds

    @property
    def operations(self) -> Mapping[str, Operation]:
        """The operations by AWS's names."""
        return {
            "CreateActivity": self.create,
            "DescribeActivity": self.describe,
            "ListActivities": self.list,
            "DeleteActivity": self.delete,
            "GetActivityTask": self.get_task,
        }

    async def create(self, request: Request, params: dict[str, Any]) -> Json:
        """CreateActivity: idempotent by name."""
        name = params["name"]
        check_name(name)
        encryption = given_settings(params).get("encryptionConfiguration", DEFAULTS["encryptionConfiguration"])
        activity = Activity(activity_arn(request, name), name, encryption, self._clock())
        activity = self._activities.create(activity, place_of(request), given_tags(params.get("tags")))
        return {"activityArn": activity.arn, "creationDate": activity.created_at / 1000}

    async def describe(self, request: Request, params: dict[str, Any]) -> Json:
        """DescribeActivity."""
        activity = self._get(params)
        return {
            "activityArn": activity.arn,
            "name": activity.name,
            "creationDate": activity.created_at / 1000,
            "encryptionConfiguration": activity.encryption,
        }

    async def list(self, request: Request, params: dict[str, Any]) -> Json:
        """ListActivities: those of the caller's account and region, oldest first."""
        place, size = place_of(request), page_size(params)
        cursor = self._paging.cursor(params.get("nextToken"), "ListActivities", place)
        rows = self._activities.page(place, 0 if cursor is None else number_of(cursor), size + 1)
        answer: dict[str, Json] = {
            "activities": [
                {"activityArn": arn, "name": name, "creationDate": created_at / 1000}
                for _, arn, name, created_at in rows[:size]
            ]
        }
        if len(rows) > size:
            answer["nextToken"] = self._paging.token(str(rows[size - 1][0]), "ListActivities", place)
        return answer

    async def delete(self, request: Request, params: dict[str, Any]) -> Json:
        """DeleteActivity; an unknown one is no error."""
        self._activities.delete(parse_arn(params["activityArn"], ACTIVITY).text)

    async def get_task(self, request: Request, params: dict[str, Any]) -> Json | Handover:
        """GetActivityTask: the next task, which has started once the answer was sent; null after a while."""
        activity, worker = self._get(params), params.get("workerName")
        try:
            offer = await self._tasks.poll(activity.arn, self._poll_seconds)
        except LimitExceeded as error:
            raise AwsError("ActivityWorkerLimitExceeded", str(error)) from None
        if offer is None:
            return {"taskToken": None}
        return Handover(
            {"taskToken": offer.task.token, "input": dumps(offer.task.arguments)},
            taken=lambda: offer.accept(worker),
            given_back=offer.decline,
        )

    def _get(self, params: Mapping[str, Any]) -> Activity:
        arn = parse_arn(params["activityArn"], ACTIVITY).text
        activity = self._activities.find(arn)
        if activity is None:
            raise activity_does_not_exist(arn)
        return activity
