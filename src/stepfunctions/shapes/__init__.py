"""AWS service models: what a request must look like, and what an answer looks like.

The models are botocore's ``service-2.json`` files, read directly: botocore itself, which takes 0.3 s to import, is
never imported. A model is read when first asked for, and a shape is compiled to a closure when first used.

Nothing here speaks a wire protocol; values are JSON as the ``json`` protocol family carries it.
"""

from stepfunctions.shapes.model import Model, Operation, load, services
from stepfunctions.shapes.output import check_output
from stepfunctions.shapes.validation import MalformedRequest, ValidationFailed, Violation, validate, violations

__all__ = [
    "MalformedRequest",
    "Model",
    "Operation",
    "ValidationFailed",
    "Violation",
    "check_output",
    "load",
    "services",
    "validate",
    "violations",
]
