"""Objects of the SageMaker SDK, version 2: what request would they send?

They are recognised by the module of their class and never imported. The request is taken where the SDK itself lets a
pipeline take it: a copy of the object with a copy of its session, whose ``_intercept_create_request`` keeps the request
and ends the call. So a step sends what ``fit()``, ``transform()`` or ``create()`` would send, whatever the SDK adds.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable
from typing import Any, NoReturn

Request = dict[str, Any]


def is_v2(value: object, *names: str) -> bool:
    """Return whether *value* is an object of version 2 of the SageMaker SDK with one of these classes in its bases."""
    return any(
        base.__name__ in names and base.__module__.partition(".")[0] == "sagemaker" for base in type(value).__mro__
    )


def training_request(estimator: Any, inputs: Any, job_name: str, **arguments: Any) -> Request:
    """Return the CreateTrainingJob request of ``estimator.fit(inputs, job_name=job_name)``."""
    return _capture(estimator, "fit", inputs, job_name=job_name, wait=False, **arguments)


def transform_request(transformer: Any, model_name: str, data: str, **arguments: Any) -> Request:
    """Return the CreateTransformJob request of ``transformer.transform(data, ...)`` for the model *model_name*."""
    transformer = copy.copy(transformer)
    transformer.model_name = model_name
    return _capture(transformer, "transform", data, wait=False, **arguments)


def model_request(model: Any, name: str, instance_type: str | None) -> Request:
    """Return the CreateModel request of ``model.create(instance_type)``."""
    model = copy.copy(model)
    model.name = name
    return _capture(model, "create", instance_type=instance_type)


def expected_model(estimator: Any, name: Any, model_data: Any) -> Any:
    """Return the model that *estimator* will have trained.

    Args:
        estimator: it need not have been fitted.
        name: of the model; may be a placeholder.
        model_data: where its artefact will be; may be a placeholder.
    """
    estimator = copy.copy(estimator)
    # Before it is fitted an estimator makes up where its artefact would be, from these two; it is replaced below.
    estimator._current_job_name = estimator._current_job_name or "expected"
    estimator.output_path = estimator.output_path or "s3://expected"
    model = estimator.create_model()
    model.name = name
    model.model_data = model_data
    if getattr(estimator, "environment", None):
        model.env = estimator.environment
    return model


class _Captured(BaseException):
    """Carries the request out of the SDK. Not an Exception, so that no handler of the SDK's stops it on its way."""

    def __init__(self, request: Request) -> None:
        super().__init__()
        self.request = request


def _intercept(request: Request, create: Callable[[Request], Any], func_name: str | None = None) -> NoReturn:
    raise _Captured(request)


def _capture(subject: Any, method: str, *arguments: Any, **keywords: Any) -> Request:
    subject = copy.copy(subject)
    if subject.sagemaker_session is None:
        subject._init_sagemaker_session_if_does_not_exist(keywords.get("instance_type"))
    subject.sagemaker_session = session = copy.copy(subject.sagemaker_session)
    session._intercept_create_request = _intercept
    # The public method is wrapped in decorators that report to AWS or collect for a pipeline; the bare one is called.
    bare = inspect.unwrap(getattr(type(subject), method))
    try:
        bare(subject, *arguments, **keywords)
    except _Captured as captured:
        return captured.request
    raise TypeError(
        f"{type(subject).__module__}.{type(subject).__qualname__}.{method}() made no request of the service: "
        "is its session a real sagemaker.Session? A plain request dict works too."
    )
