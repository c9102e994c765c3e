"""Workflows and executions of Step Functions, through boto3."""

from __future__ import annotations

from stepfunctions.workflow.execution import Execution, ExecutionStatus
from stepfunctions.workflow.workflow import Workflow

__all__ = ["Execution", "ExecutionStatus", "Workflow"]
