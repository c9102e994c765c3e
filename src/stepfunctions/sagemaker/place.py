"""Where a resource lives, and its ARN."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A region of an account."""

    region: str = "us-east-1"
    account: str = "000000000000"

    def arn(self, kind: str, name: str) -> str:
        """Return ``arn:aws:sagemaker:<region>:<account>:<kind>/<name>``, the name in lower case as on AWS."""
        return f"arn:{self.partition}:sagemaker:{self.region}:{self.account}:{kind}/{name.lower()}"

    @property
    def partition(self) -> str:
        """The partition that the region belongs to."""
        if self.region.startswith("cn-"):
            return "aws-cn"
        return "aws-us-gov" if self.region.startswith("us-gov-") else "aws"

    @classmethod
    def of(cls, arn: str) -> Place:
        """Return the place that any *arn* names."""
        parts = arn.split(":", 5)
        return cls(parts[3], parts[4])
