"""The input of an execution: any JSON value, refused in the words of AWS's parser when it is none.

Source: recordings of StartExecution.
"""

from __future__ import annotations

from stepfunctions.asl.jsontext import read_json
from stepfunctions.server.stepfunctions.errors import invalid_execution_input
from stepfunctions.values import PAYLOAD_MAX_BYTES

_WHERE = "\n at [Source"
"""What the parser's own message ends with, and StartExecution leaves out."""


def check_input(text: str) -> str:
    """Return *text*, which is JSON.

    Raises:
        AwsError: InvalidExecutionInput.
    """
    if not text.strip():
        raise invalid_execution_input("Invalid execution input.")
    if not text.isascii() and len(text.encode("utf-8", "surrogatepass")) > PAYLOAD_MAX_BYTES:
        raise invalid_execution_input(f"The input has more than {PAYLOAD_MAX_BYTES} bytes.")  # not verified against AWS
    _, fault = read_json(text)
    if fault is not None:
        raise invalid_execution_input(fault.message.partition(_WHERE)[0])
    return text
