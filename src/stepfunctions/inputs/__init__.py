"""Placeholders: values that a workflow receives when it is executed."""
