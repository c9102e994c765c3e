"""The states of a workflow, as Python objects."""
