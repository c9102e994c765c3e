"""``Resource``: which ARNs there are, and what an EXPRESS machine may not use.

Whether a function or an activity exists, and what of this is available locally, is for the integrations to say.

Source: AWS Developer Guide, "Task workflow state"; recordings of CreateStateMachine; what a Resource demands of the
other fields as a CloudFormation linter measured it on 2026-09-05.
"""

from __future__ import annotations

import re

from stepfunctions.asl.kinds import expected
from stepfunctions.asl.model import JSONATA
from stepfunctions.asl.optimised import DEMANDED, OPTIMISED
from stepfunctions.asl.queries import template
from stepfunctions.asl.reading import Kind, Reading
from stepfunctions.asl.suggest import suggestion
from stepfunctions.values import Json

_ARN = re.compile(r"arn:[\w-]+:[\w-]+:[\w-]*:[\w-]*:.+", re.DOTALL)
_REAL = re.compile(r"arn:[\w-]+:(lambda:[\w-]+:[\w-]+:function|states:[\w-]+:[\w-]+:activity):.+", re.DOTALL)
_INTEGRATION = re.compile(
    r"arn:[\w-]+:states:[\w-]*:[\w-]*:(aws-sdk:[\w-]+:\w+|[\w-]+:\w+)((?:\.\w+)?(?::2)?)", re.DOTALL
)
_ACTIVITY = re.compile(r"arn:[\w-]+:states:[\w-]+:[\w-]+:activity:.+", re.DOTALL)
_SDK_PATTERNS = ("", ".waitForTaskToken")


def _is_recognised(arn: str) -> bool:
    if _REAL.fullmatch(arn):
        return True
    match = _INTEGRATION.fullmatch(arn)
    if match is None:
        return False
    name, pattern = match.groups()
    if name.startswith("aws-sdk:"):
        return pattern in _SDK_PATTERNS
    service, _, action = name.partition(":")
    return pattern in OPTIMISED.get(service, {}).get(action, ())


def _hint(arn: str) -> str | None:
    known = [
        f"{service}:{action}{pattern}"
        for service, actions in OPTIMISED.items()
        for action, patterns in actions.items()
        for pattern in patterns
    ]
    _prefix, separator, name = arn.partition(":states:::")
    return suggestion(name, known) if separator else None


def resource(value: Json, location: str, reading: Reading) -> Json:
    """The ``Resource`` of a Task."""
    if not isinstance(value, str):
        expected("String", location, reading)
    elif _ARN.fullmatch(value) is None:
        reading.error("Value is not a valid resource ARN", location)
    elif not _is_recognised(value):
        _not_recognised(value, location, reading)
    elif reading.express:
        _check_express(value, location, reading)
    return value


def s3_resource(*actions: str) -> Kind:
    """The ``Resource`` of an ItemReader or a ResultWriter: one of S3's *actions*."""
    pattern = re.compile(rf"arn:[\w-]+:states:::s3:({'|'.join(actions)})")

    def read(value: Json, location: str, reading: Reading) -> Json:
        if not isinstance(value, str):
            expected("String", location, reading)
        elif pattern.fullmatch(value) is None:
            known = [f"{value.partition(':s3:')[0]}:s3:{action}" for action in actions]
            hint = suggestion(value, known) if ":s3:" in value else None
            reading.error("The field 'Resource' does not match any of the allowed values", location, hint=hint)
        return value

    return read


def _not_recognised(arn: str, location: str, reading: Reading) -> None:
    reading.error(
        f"The resource provided {arn} is not recognized. The value is not a valid resource ARN, or the resource is "
        "not available in this region.",
        location,
        hint=_hint(arn),
    )


def _check_express(arn: str, location: str, reading: Reading) -> None:
    if arn.endswith(".waitForTaskToken"):
        # The space before " at" is AWS's.
        reading.error("Express state machine does not support '.waitForTaskToken' service integration ", location)
    elif arn.endswith((".sync", ".sync:2")):
        reading.error("Express state machine does not support '.sync' service integration", location)
    elif ":activity:" in arn:
        reading.error("Express state machine does not support Activity ARN", location)


def credentials(value: Json, location: str, reading: Reading) -> Json:
    """``Credentials`` of a Task: the role to assume for it."""
    if not isinstance(value, dict):
        expected("Object", location, reading)
    else:
        _demand("RoleArn", value, location, reading)
        if not isinstance(value.get("RoleArn", ""), str):
            expected("String", f"{location}/RoleArn", reading)
    return template(value, location, reading)


def check_task(value: dict[str, Json], location: str, reading: Reading) -> None:
    """Check what a Task's Resource demands of its other fields when its machine is created."""
    arn = value.get("Resource")
    if not isinstance(arn, str) or not reading.creating:
        return
    if _ACTIVITY.fullmatch(arn) and "Credentials" in value:
        reading.error("The field 'Credentials' is not supported for activities", f"{location}/Credentials")
    match = None if _REAL.fullmatch(arn) else _INTEGRATION.fullmatch(arn)
    if match is None or not _is_recognised(arn):
        return
    field = "Arguments" if reading.language == JSONATA else "Parameters"
    arguments = value.get(field)
    if field not in value:
        reading.error(f"{field} field is required for resource ARN: {arn}", location)
    elif isinstance(arguments, dict):
        for name in DEMANDED.get(match.group(1), ()):
            _demand(name, arguments, f"{location}/{field}", reading)


def _demand(name: str, value: dict[str, Json], location: str, reading: Reading) -> None:
    if name not in value and f"{name}.$" not in value:
        reading.error(f"The field '{name}' is required but was missing", location)
