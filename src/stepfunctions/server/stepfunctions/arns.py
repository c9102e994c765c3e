"""ARNs and names of Step Functions: made, read and refused as AWS does.

The tail of an ARN, after ``arn:PARTITION:states:REGION:ACCOUNT:``, says what it names: ``stateMachine:N``, a version
``stateMachine:N:3``, an alias ``stateMachine:N:PROD``, a Map state of a machine ``stateMachine:N/LABEL``,
``execution:N:EXEC``, ``express:N:EXEC:UUID``, ``mapRun:N/LABEL:UUID``, ``activity:N``.

Source: AWS Developer Guide, "Quotas" (names); recordings of AWS for the errors.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from uuid import uuid4

from stepfunctions.server.request import Request
from stepfunctions.server.stepfunctions.errors import invalid_arn, invalid_name, invalid_role_arn, validation

STATE_MACHINE: Final = "stateMachine"
EXECUTION: Final = "execution"
EXPRESS: Final = "express"
ACTIVITY: Final = "activity"
MAP_RUN: Final = "mapRun"

_NAME_PARTS: Final = {STATE_MACHINE: (1, 2), EXECUTION: (2,), EXPRESS: (3,), ACTIVITY: (1,), MAP_RUN: (2,)}

# AWS forbids surrogates, of which Java makes every character beyond the first 65,536.
_FORBIDDEN_IN_NAMES = re.compile(
    '[\\s?*<>{}\\[\\]"#%\\\\^|~`$&,;:/\x00-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff\U00010000-\U0010ffff]'
)
_VERSION = re.compile(r"[0-9]{1,18}")
_ROLE = re.compile(r"arn:[^:\s]+:iam::[^:\s]*:role/\S+")


@dataclass(frozen=True, slots=True)
class Arn:
    """A Step Functions ARN, taken apart.

    Args:
        text: the whole ARN.
        region: of the resource.
        account: of the resource.
        kind: such as ``stateMachine``.
        name: what follows, split at colons.
    """

    text: str
    region: str
    account: str
    kind: str
    name: tuple[str, ...]

    @property
    def unqualified(self) -> str:
        """The ARN of the state machine, execution or activity itself, without version, alias or other qualifier."""
        return ":".join(self.text.split(":")[:7])

    @property
    def qualifier(self) -> str | None:
        """The version number or the alias of a state machine's ARN; None for neither."""
        return self.name[1] if len(self.name) > 1 else None

    @property
    def version(self) -> int | None:
        """The number of the version that a state machine's ARN names; an alias is never all digits."""
        qualifier = self.qualifier
        return int(qualifier) if qualifier is not None and _VERSION.fullmatch(qualifier) else None


def parse_arn(text: str, *kinds: str) -> Arn:
    """Return the parts of an ARN of one of *kinds*.

    Raises:
        AwsError: InvalidArn.
    """
    parts = text.split(":")
    if len(parts) < 7 or parts[0] != "arn" or parts[2] != "states" or not all(parts[5:]):
        raise invalid_arn(f"Invalid ARN prefix: {text}")
    kind, name = parts[5], tuple(parts[6:])
    if kind not in kinds or len(name) not in _NAME_PARTS[kind]:
        raise invalid_arn(f"Resource type not valid in this context: {kind}")
    return Arn(text, parts[3], parts[4], kind, name)


def parse_state_machine_arn(text: str) -> Arn:
    """Return the parts of a state machine's ARN, qualified by a version or alias or not.

    Raises:
        AwsError: InvalidArn, or ValidationException for the ARN of a Map state within a machine.
    """
    arn = parse_arn(text, STATE_MACHINE)
    if "/" in arn.name[0]:
        raise validation(  # text not verified against AWS
            f"This operation does not support state machine ARNs with a label: '{text}'",
            "API_DOES_NOT_SUPPORT_LABELED_ARNS",
        )
    return arn


def is_child(text: str) -> bool:
    """Return whether *text* is the ARN of a child execution of a Map Run: its machine has a label."""
    parts = text.split(":")
    return len(parts) > 6 and parts[5] in (EXECUTION, EXPRESS) and "/" in parts[6]


def unqualified_arn(text: str) -> str:
    """Return the ARN of a state machine, for the operations that take no version and no alias.

    Raises:
        AwsError: InvalidArn (for a qualified one not verified against AWS), or ValidationException for a label.
    """
    arn = parse_state_machine_arn(text)
    if arn.qualifier is not None:
        raise invalid_arn(f"Resource type not valid in this context: {STATE_MACHINE}")
    return arn.text


def state_machine_arn(request: Request, name: str) -> str:
    """Return the ARN of a state machine in the caller's account and region."""
    return f"arn:aws:states:{request.region}:{request.account}:{STATE_MACHINE}:{name}"


def activity_arn(request: Request, name: str) -> str:
    """Return the ARN of an activity in the caller's account and region."""
    return f"arn:aws:states:{request.region}:{request.account}:{ACTIVITY}:{name}"


def place_of(request: Request) -> str:
    """Return the account and region that listings are of."""
    return f"{request.account}/{request.region}"


def execution_arn(state_machine: str, name: str) -> str:
    """Return the ARN of an execution; it lives where its state machine does."""
    head, _, machine = state_machine.rpartition(f":{STATE_MACHINE}:")
    return f"{head}:{EXECUTION}:{machine}:{name}"


def express_arn(state_machine: str, name: str) -> str:
    """Return the ARN of a new EXPRESS execution; names may be used again, so it ends in a number of its own."""
    head, _, machine = state_machine.rpartition(f":{STATE_MACHINE}:")
    return f"{head}:{EXPRESS}:{machine}:{name}:{uuid4()}"


def check_name(name: str) -> None:
    """Refuse the name of a state machine, execution or activity that has characters AWS forbids.

    Raises:
        AwsError: InvalidName.
    """
    if _FORBIDDEN_IN_NAMES.search(name):
        raise invalid_name(name)


def check_role_arn(arn: str) -> None:
    """Refuse what is not the ARN of a role.

    Raises:
        AwsError: InvalidArn.
    """
    if not _ROLE.fullmatch(arn):
        raise invalid_role_arn(arn)
