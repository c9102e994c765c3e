"""What a Task's Resource means for the history: which family of events, and with which names in them.

This module knows the shape of ARNs and nothing of what services do.

Source: AWS Developer Guide, "Integrating services"; recordings of AWS for the members of the events.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, NamedTuple

TASK: Final = "Task"
LAMBDA: Final = "LambdaFunction"
ACTIVITY: Final = "Activity"

_SYNC: Final = (".sync", ".sync:2")
_CALLBACK: Final = ".waitForTaskToken"


class Schedule(NamedTuple):
    """What a ``*Scheduled`` event may tell; None leaves a member out."""

    arguments: str
    region: str
    timeout_seconds: int | None
    heartbeat_seconds: int | None
    credentials: dict[str, str] | None


@dataclass(frozen=True, slots=True)
class Resource:
    """A Resource, as the history shows it.

    Args:
        arn: verbatim.
        family: the prefix of its events: ``Task``, ``LambdaFunction`` or ``Activity``.
        identity: ``(resourceType, resource)``, which every Task event carries; empty for the other families.
        is_submitted: the task has a TaskSubmitted event, and ``$$.Task.Token`` is there, so that whoever is given it
            may answer (``.sync`` and ``.waitForTaskToken``).
        is_callback: nothing else answers (``.waitForTaskToken``).
        label: how an over-long result's error calls it.
    """

    arn: str
    family: str
    identity: tuple[str, ...]
    is_submitted: bool
    is_callback: bool
    label: str

    def scheduled(self, schedule: Schedule) -> tuple[Any, ...]:
        """Return the details of the ``*Scheduled`` event."""
        arguments, region, timeout, heartbeat, credentials = schedule
        if self.family == LAMBDA:
            return self.arn, arguments, timeout, credentials
        if self.family == ACTIVITY:
            return self.arn, arguments, timeout, heartbeat
        return *self.identity, region, arguments, timeout, heartbeat, credentials

    def started(self, worker: str | None) -> tuple[Any, ...]:
        """Return the details of the ``*Started`` event."""
        return (worker,) if self.family == ACTIVITY else self.identity


def parse_resource(arn: str) -> Resource | None:
    """Return what *arn* means; None if it is no ARN that a Task can name.

    Source: ``arn:PARTITION:lambda:REGION:ACCOUNT:function:NAME``, ``arn:PARTITION:states:REGION:ACCOUNT:activity:NAME``
    and ``arn:PARTITION:states:::SERVICE:ACTION[.sync|.sync:2|.waitForTaskToken]``, where SERVICE may be
    ``aws-sdk:NAME``.
    """
    parts = arn.split(":", 5)
    if len(parts) < 6 or parts[0] != "arn":
        return None
    service, region, tail = parts[2], parts[3], parts[5]
    if service == "lambda":
        return Resource(arn, LAMBDA, (), is_submitted=False, is_callback=False, label=arn)
    if service != "states":
        return None
    if tail.startswith("activity:"):
        return Resource(arn, ACTIVITY, (), is_submitted=False, is_callback=False, label=arn)
    return None if region else _parse_integration(arn, tail)


def _parse_integration(arn: str, tail: str) -> Resource | None:
    pieces = tail.split(":")
    width = 2 if pieces[0] == "aws-sdk" else 1
    kind, action = ":".join(pieces[:width]), ":".join(pieces[width:])
    if not kind or not action:
        return None
    is_callback = action.endswith(_CALLBACK)
    return Resource(
        arn,
        TASK,
        (kind, action),
        is_submitted=is_callback or action.endswith(_SYNC),
        is_callback=is_callback,
        label=kind,
    )
