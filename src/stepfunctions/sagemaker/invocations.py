"""InvokeEndpoint: a request to an endpoint's model, and what comes back.

Source: SageMaker Runtime API Reference, InvokeEndpoint; the texts are those that users report
(amazon-sagemaker-examples issues 1881, 833).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from stepfunctions.errors import InvalidRequest
from stepfunctions.sagemaker.endpoints import Endpoints
from stepfunctions.sagemaker.http_client import NoAnswer, Response
from stepfunctions.sagemaker.place import Place

CONTAINER = "primary"


class ModelFailed(Exception):
    """The model answered with an error, or not at all: AWS's ModelError.

    Args:
        status: the container's HTTP status; 0 for no answer.
        body: its text.
        log_stream_arn: where to look.
    """

    def __init__(self, message: str, status: int, body: str, log_stream_arn: str) -> None:
        super().__init__(message)
        self.status = status
        self.body = body
        self.log_stream_arn = log_stream_arn


@dataclass(frozen=True, slots=True)
class Inference:
    """A model's answer, and the variant that gave it."""

    variant: str
    response: Response


async def invoke(
    endpoints: Endpoints, name: str, place: Place, headers: Mapping[str, str], body: bytes, variant: str | None = None
) -> Inference:
    """Send a request to an endpoint.

    Args:
        headers: for the container.
        variant: TargetVariant; None draws one by weight.

    Raises:
        InvalidRequest: there is no such endpoint in service, or no such variant.
        ModelFailed: the model answered with an error, or not at all.
    """
    fleet = endpoints.fleet(name)
    if fleet is None:
        raise InvalidRequest(f"Endpoint {name} of account {place.account} not found.")
    chosen = fleet.choose(variant)
    if chosen is None:
        raise InvalidRequest(f"Variant {variant} not found for Endpoint {name} of account {place.account}.")
    chosen_variant, instance = chosen
    try:
        response = await instance.invoke(headers, body)
    except TimeoutError:
        text = (
            "Your invocation timed out while waiting for a response from container primary. Review the latency metrics "
            "for each container in Amazon CloudWatch, resolve the issue, and try again."
        )
        raise _failure(name, place, chosen_variant, 0, text) from None
    except NoAnswer as error:
        raise _failure(name, place, chosen_variant, 0, f"The container closed the connection: {error}") from None
    if not 200 <= response.status < 300:
        text = response.body.decode("utf-8", "replace")
        raise _failure(name, place, chosen_variant, response.status, text)
    return Inference(chosen_variant, response)


def _failure(name: str, place: Place, variant: str, status: int, text: str) -> ModelFailed:
    side = "client" if 400 <= status < 500 else "server"
    group = f"/aws/sagemaker/Endpoints/{name}"
    message = (
        f'Received {side} error ({status}) from {CONTAINER} with message "{text}". See '
        f"https://{place.region}.console.aws.amazon.com/cloudwatch/home?region={place.region}"
        f"#logEventViewer:group={group} in account {place.account} for more information."
    )
    arn = f"arn:{place.partition}:logs:{place.region}:{place.account}:log-group:{group}"
    return ModelFailed(message, status, text, arn)
