"""Placeholders: values that a workflow receives when it is executed."""

from __future__ import annotations

from stepfunctions.inputs.placeholders import ExecutionInput, Placeholder, StepInput, ValidationResult

__all__ = ["ExecutionInput", "Placeholder", "StepInput", "ValidationResult"]
