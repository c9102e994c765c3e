"""Why the local SageMaker refuses a request.

AWS answers most of these with the code ``ValidationException``, also for things that are missing or exist already;
hence the bases here. ``str()`` is AWS's text where it is known from reports of its users.
"""

from __future__ import annotations

from stepfunctions.errors import AlreadyExists, InvalidRequest, UnsupportedError


class Missing(InvalidRequest):
    """Names a resource that does not exist: ``Could not find model "arn:..."``."""


class Existing(InvalidRequest):
    """Names a model, endpoint or endpoint configuration that exists."""


class NameTaken(AlreadyExists):
    """Names a job that exists: AWS's ResourceInUse."""


class WrongStatus(InvalidRequest):
    """Cannot be done while the resource is in its present status."""


class DataMissing(InvalidRequest):
    """There is nothing at an S3 address."""


class NotAvailable(UnsupportedError):
    """AWS has it, this machine does not: names it and what to use instead."""
