"""The AWS partition that a region belongs to, without asking boto3 for it.

Regions name their partition by a prefix (botocore's ``partitions.json``), so that building a workflow stays light.
"""

from __future__ import annotations

import os

_PREFIXES = {
    "cn-": "aws-cn",
    "us-gov-": "aws-us-gov",
    "us-iso-": "aws-iso",
    "us-isob-": "aws-iso-b",
    "eu-isoe-": "aws-iso-e",
    "us-isof-": "aws-iso-f",
    "eusc-": "aws-eusc",
}


def partition_of(region: str) -> str:
    """Return the partition of *region*."""
    return next((partition for prefix, partition in _PREFIXES.items() if region.startswith(prefix)), "aws")


def get_aws_partition() -> str:
    """Return the partition of the configured region; ``aws`` where none is configured."""
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    if region is None and (os.environ.get("AWS_PROFILE") or _has_config()):
        import boto3

        region = boto3.Session().region_name
    return partition_of(region or "")


def _has_config() -> bool:
    return os.path.exists(os.environ.get("AWS_CONFIG_FILE", os.path.expanduser("~/.aws/config")))
