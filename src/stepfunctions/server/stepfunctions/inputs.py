"""The input of an execution and the output of a task: any JSON value, refused in the words of AWS's parser when it is
none.

Source: recordings of StartExecution.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from stepfunctions.asl.jsontext import read_json
from stepfunctions.server.errors import AwsError
from stepfunctions.server.stepfunctions.errors import invalid_execution_input, invalid_output
from stepfunctions.values import NESTING_MAX, PAYLOAD_MAX_BYTES, JsonError, check_nesting

_NESTING_MAX: Final = NESTING_MAX - 100
"""What is a little less deep could be read, but would leave no room for what states put around it."""

_WHERE = "\n at [Source"
"""What the parser's own message ends with, and StartExecution leaves out."""


def check_input(text: str) -> str:
    """Return *text*, the input of an execution, which is JSON.

    Raises:
        AwsError: InvalidExecutionInput.
    """
    return _checked(text, "input", "Invalid execution input.", invalid_execution_input)


def check_output(text: str) -> str:
    """Return *text*, the output of a task, which is JSON.

    Raises:
        AwsError: InvalidOutput; no text of it is verified against AWS.
    """
    return _checked(text, "output", "Invalid output.", invalid_output)


def _checked(text: str, noun: str, when_empty: str, refuse: Callable[[str], AwsError]) -> str:
    if not text.strip():
        raise refuse(when_empty)
    if not text.isascii() and len(text.encode("utf-8", "surrogatepass")) > PAYLOAD_MAX_BYTES:
        raise refuse(f"The {noun} has more than {PAYLOAD_MAX_BYTES} bytes.")  # not verified against AWS
    value, fault = read_json(text)
    if fault is not None:
        raise refuse(fault.message.partition(_WHERE)[0])
    try:
        check_nesting(text, value, _NESTING_MAX)
    except JsonError as error:
        raise refuse(str(error)) from None
    return text
