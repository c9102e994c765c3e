"""What AWS would say of a definition: ValidateStateMachineDefinition without AWS.

Source: AWS API reference, ValidateStateMachineDefinition.
"""

from __future__ import annotations

from stepfunctions.asl.parse import read
from stepfunctions.asl.shadowing import find_undefined
from stepfunctions.errors import Diagnostic
from stepfunctions.values import Json


def validate(text: str | bytes | dict[str, Json], *, express: bool = False) -> list[Diagnostic]:
    """Return every fault and warning of a definition, in AWS's order; empty for a faultless one.

    Args:
        text: the definition as JSON text, or already decoded.
        express: whether it is for a machine of type EXPRESS.

    Raises:
        Nothing.

    Source:
        AWS API reference, ValidateStateMachineDefinition; recordings of it and of CreateStateMachine.
    """
    machine, diagnostics = read(text, express=express, creating=True)
    return diagnostics if machine is None else [*diagnostics, *find_undefined(machine)]
