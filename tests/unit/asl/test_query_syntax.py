"""Malformed paths and calls are found when a definition is read, each with what is wrong in it."""

from __future__ import annotations

from typing import Any

import pytest

from stepfunctions.asl.validate import validate


@pytest.mark.parametrize(
    ("field", "value", "message", "hint"),
    [
        ("InputPath", "$.a[", "Value must be a valid JSONPath.", "expected a quoted name"),
        ("ResultPath", "$.a[*]", "Value is not a Reference Path: '[' must be followed by ' or '['", "names and single"),
        ("ResultPath", "$variable", "Value is not a Reference Path", "names and single indexes only"),
        (
            "Parameters",
            {"a.$": "States.Formt('x')"},
            "The value for the field 'a.$' must be a valid JSONPath or a valid intrinsic function call",
            "did you mean States.Format?",
        ),
    ],
)
def test_a_malformed_query_is_a_fault_with_a_hint(field: str, value: Any, message: str, hint: str) -> None:
    (fault,) = validate({"StartAt": "P", "States": {"P": {"Type": "Pass", field: value, "End": True}}})
    assert (fault.message, fault.location) == (message, f"/States/P/{field}")
    assert hint in str(fault.hint)
