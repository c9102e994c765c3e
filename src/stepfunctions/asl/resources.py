"""``Resource`` of a Task: which ARNs there are, and what an EXPRESS machine may not use.

Which services exist behind an ARN is for the integrations to say.

Source: AWS Developer Guide, "Task workflow state"; recordings of CreateStateMachine.
"""

from __future__ import annotations

import re

from stepfunctions.asl.kinds import expected
from stepfunctions.asl.reading import Reading
from stepfunctions.values import Json

_ARN = re.compile(r"arn:[\w-]+:[\w-]+:[\w-]*:\d*:.+")
_ACTIVITY = re.compile(r"arn:[\w-]+:states:[\w-]+:\d+:activity:.+")
_WAITING = re.compile(r"arn:[\w-]+:states:[\w-]*:\d*:.+\.waitForTaskToken")
_SYNC = re.compile(r"arn:[\w-]+:states:[\w-]*:\d*:.+\.sync(:2)?")


def resource(value: Json, location: str, reading: Reading) -> Json:
    """The ``Resource`` of a Task, an ItemReader or a ResultWriter."""
    if not isinstance(value, str):
        expected("String", location, reading)
    elif _ARN.fullmatch(value) is None:
        reading.error("Value is not a valid resource ARN", location)
    elif reading.express:
        _check_express(value, location, reading)
    return value


def _check_express(arn: str, location: str, reading: Reading) -> None:
    if _WAITING.fullmatch(arn):
        # The space before " at" is AWS's.
        reading.error("Express state machine does not support '.waitForTaskToken' service integration ", location)
    elif _SYNC.fullmatch(arn):
        reading.error("Express state machine does not support '.sync' service integration", location)
    elif _ACTIVITY.fullmatch(arn):
        reading.error("Express state machine does not support Activity ARN", location)
