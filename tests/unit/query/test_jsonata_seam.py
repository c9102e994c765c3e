"""What the users of the JSONata seam rely on beside values."""

from __future__ import annotations

from stepfunctions.query import jsonata


def test_undefined_is_false_and_not_null() -> None:
    assert not jsonata.UNDEFINED
    assert jsonata.UNDEFINED is not None


def test_an_error_carries_its_code_and_position() -> None:
    error = jsonata.JsonataError("T1006", "Attempted to invoke a non-function", 3)
    assert (str(error), error.position) == ("T1006: Attempted to invoke a non-function", 3)
