"""One mocked response of a mock configuration file: which invocation of a state is answered with what.

Shape: ``{"0": {"Return": JSON}, "1-2": {"Throw": {"Error": str, "Cause": str}}, ...}``: the key is the number of an
invocation of the state, from 0, or a range of them; the first visit, each retry and each later visit is one.

Source: AWS Developer Guide, "Mocked service integrations configuration file".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from stepfunctions.errors import MockError
from stepfunctions.values import Json

_NUMBERS: Final = re.compile(r"(\d{1,9})(?:-(\d{1,9}))?")


def check_responses(responses: Json, where: str) -> None:
    """Refuse a mocked response that cannot be played.

    Args:
        responses: of the shape above.
        where: its place in the file, for the message.

    Raises:
        MockError: says what is wrong, and where.
    """
    if not isinstance(responses, dict) or not responses:
        raise MockError(f'{where} must be an object such as {{"0": {{"Return": ...}}}}.')
    taken: list[tuple[int, int, str]] = []
    for key, response in responses.items():
        first, last = _range(key, where)
        for other_first, other_last, other in taken:
            if first <= other_last and other_first <= last:
                raise MockError(f"{where}: '{other}' and '{key}' answer for the same invocation.")
        taken.append((first, last, key))
        _check_response(response, f"{where}.{key}")


def response_to(responses: Mapping[str, Json], number: int) -> Mapping[str, Json] | None:
    """Return the response to the invocation with this number, of responses that were checked; None if none is given."""
    for key, response in responses.items():
        first, last = _range(key, key)
        if first <= number <= last:
            found: Mapping[str, Json] = response
            return found
    return None


def _range(key: str, where: str) -> tuple[int, int]:
    match = _NUMBERS.fullmatch(key)
    if match is None:
        raise MockError(f"{where}: the key '{key}' is neither a number such as 0 nor a range such as 1-2.")
    first, last = int(match[1]), int(match[2] or match[1])
    if last < first:
        raise MockError(f"{where}: the range '{key}' ends before it begins.")
    return first, last


def _check_response(response: Json, where: str) -> None:
    if not isinstance(response, dict) or len(response) != 1 or not response.keys() <= {"Return", "Throw"}:
        raise MockError(f"{where} must be an object with exactly one of 'Return' and 'Throw'.")
    if "Throw" not in response:
        return
    thrown = response["Throw"]
    if not isinstance(thrown, dict):
        raise MockError(f"{where}.Throw must be an object with 'Error' and 'Cause'.")
    for name in ("Error", "Cause"):
        if not isinstance(thrown.get(name), str):
            raise MockError(f"{where}.Throw: '{name}' is required, and must be a string.")
