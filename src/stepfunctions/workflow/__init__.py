"""Workflows and executions of Step Functions, through boto3."""
