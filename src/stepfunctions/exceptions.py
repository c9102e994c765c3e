"""The exceptions of the authoring SDK, under the names that users of the predecessor catch."""

from __future__ import annotations


class WorkflowNotFound(Exception):
    """The workflow has no state machine on the service yet: call ``Workflow.create()`` first."""


class MissingRequiredParameter(Exception):
    """An update was asked for without anything to update."""


class DuplicateStatesInChain(Exception):
    """The same state object occurs twice in a Chain."""
