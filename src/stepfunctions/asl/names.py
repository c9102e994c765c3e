"""Names of states and labels of Map states.

Source: AWS Developer Guide, "Service quotas" and "Map state"; recordings of CreateStateMachine for labels.
"""

from __future__ import annotations

import re

from stepfunctions.asl.reading import Reading
from stepfunctions.values import Json

NAME_MAX = 80
LABEL_MAX = 40
FORBIDDEN = re.compile(
    r"""[\s?*<>{}\[\]"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]""",
)


def check_state_name(name: str, location: str, reading: Reading) -> None:
    """Report a state name that is too long or was used before, in whatever scope."""
    if not name:
        # Whether AWS takes an empty name is not verified.
        reading.error("State name cannot be empty", location, "INVALID_STATE_NAME")
    elif len(name) > NAME_MAX:
        # How AWS's text begins is not verified; its end is.
        message = f"State name '{name}' exceeds the {NAME_MAX}-character limit allowed by the service"
        reading.error(message, location, "INVALID_STATE_NAME")
    first = reading.locations.setdefault(name, location)
    if first is not location:
        reading.error(f"Duplicate State name: {name}", location, "DUPLICATE_STATE_NAME", hint=f"first used at {first}")


def label(value: Json, location: str, reading: Reading) -> Json:
    """The Label of a Distributed Map: part of its child executions' ARNs, hence unique and restricted."""
    fault = label_fault(value)
    if fault is not None:
        reading.error(fault, location, "INVALID_LABEL_NAME")
    elif reading.labels.setdefault(value, location) is not location:
        reading.error(f"Duplicate Label name: {value}", location, "DUPLICATE_LABEL_NAME")
    return value


def label_fault(value: Json) -> str | None:
    """Return what is wrong with a label, or None."""
    if not isinstance(value, str):
        return "Expected value of type String"
    if not value:
        return "Label cannot be empty"
    if len(value) > LABEL_MAX:
        return f"Label cannot exceed {LABEL_MAX} characters"
    found = FORBIDDEN.search(value)
    return None if found is None else f"Label contains invalid character: {found.group()!r}"
