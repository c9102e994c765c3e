"""What every optimised integration has in common: the metadata of its outputs, and the form of its errors.

Both look like the AWS SDK for Java 1, which Step Functions calls services with.

Source: recordings of AWS.
"""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import formatdate
from uuid import uuid4

from stepfunctions.engine.handler import TaskError
from stepfunctions.values import Json, dumps


@dataclass(frozen=True, slots=True)
class Service:
    """A service as the SDK for Java names it.

    Args:
        prefix: of error names, such as ``SageMaker``.
        name: in causes, such as ``AmazonSageMaker``.
        base_exception: for codes that the service does not model, such as ``AmazonSageMakerException``.
        modelled: the codes that it models.
        content_type: of its answers.
    """

    prefix: str
    name: str
    base_exception: str
    modelled: frozenset[str] = frozenset()
    content_type: str = "application/x-amz-json-1.1"

    def error(self, code: str, message: str, status: int = 400) -> TaskError:
        """Return what a refused request becomes."""
        kind = self.base_exception
        if code in self.modelled:
            kind = code if code.endswith("Exception") else f"{code}Exception"
        cause = (
            f"{message} (Service: {self.name}; Status Code: {status}; Error Code: {code}; "
            f"Request ID: {uuid4()}; Proxy: null)"
        )
        return TaskError(f"{self.prefix}.{kind}", cause, submitted=False)

    def answer(self, result: Json) -> Json:
        """Return the output of a call: its members, and what the SDK tells about the answer."""
        request_id = str(uuid4())
        headers = {
            "x-amzn-RequestId": request_id,
            "connection": "keep-alive",
            "Content-Length": str(len(dumps(result).encode())),
            "Date": formatdate(usegmt=True),
            "Content-Type": self.content_type,
        }
        return {
            **result,
            "SdkHttpMetadata": {
                "AllHttpHeaders": {name: [value] for name, value in headers.items()},
                "HttpHeaders": headers,
                "HttpStatusCode": 200,
            },
            "SdkResponseMetadata": {"RequestId": request_id},
        }
