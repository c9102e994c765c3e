"""Objects of the SageMaker SDK, version 2: what request would they send?

They are recognised by the module of their class and never imported. The request is taken where the SDK itself lets a
pipeline take it: a copy of the object with a copy of its session, whose ``_intercept_create_request`` keeps the request
and ends the call. So a step sends what ``fit()``, ``transform()`` or ``create()`` would send, whatever the SDK adds.

A script is uploaded while the request is made, as the SDK does. Where the job or the model is named by a placeholder,
the SDK would upload it under that name, which is not known yet; it goes under one that the SDK makes up.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable
from typing import Any, NamedTuple, NoReturn

from stepfunctions.inputs import Placeholder
from stepfunctions.log import logger
from stepfunctions.steps.sdk_copies import Copier, is_a
from stepfunctions.steps.sentinels import ADDRESS, Sentinels

Request = dict[str, Any]

ESTIMATOR = "sagemaker.estimator.EstimatorBase"
MODEL = "sagemaker.model.Model"
TRANSFORMER = "sagemaker.transformer.Transformer"
TRANSFORMER_V3 = "sagemaker.core.transformer.Transformer"
"""Of version 3; it is made and intercepted as that of version 2 is."""

_SUBMIT_DIRECTORY = "sagemaker_submit_directory"


class Training(NamedTuple):
    """What an estimator would send, and where its script is now; None if it has none."""

    request: Request
    uploaded_code: Any


def training(estimator: Any, inputs: Any, job_name: Any, mini_batch_size: int | None = None) -> Training:
    """Return the CreateTrainingJob request of ``estimator.fit(inputs, job_name=job_name)``.

    Args:
        estimator: of the SDK; it is not changed.
        inputs: as ``fit`` takes them; addresses may be placeholders.
        job_name: of the job; may be a placeholder.
        mini_batch_size: for estimators of Amazon's own algorithms.
    """
    subject = _Subject(estimator)
    hide = subject.sentinels.stand_in
    name = hide(job_name)
    if isinstance(job_name, Placeholder):
        _stage_under_a_made_up_name(subject.copied)
    arguments: Request = {"job_name": name, "wait": False}
    if is_a(estimator, "sagemaker.amazon.amazon_estimator.AmazonAlgorithmEstimatorBase"):
        arguments["mini_batch_size"] = mini_batch_size
    elif mini_batch_size is not None:
        logger.warning("mini_batch_size is for estimators of Amazon's own algorithms; %r has none.", type(estimator))
    addresses = {key: hide(each, ADDRESS) for key, each in inputs.items()} if isinstance(inputs, dict) else None
    request = subject.request("fit", hide(inputs, ADDRESS) if addresses is None else addresses, **arguments)
    return Training(request, subject.copied.uploaded_code)


def is_script_mode(request: Request) -> bool:
    """Return whether the hyperparameters of a CreateTrainingJob request are read as JSON, each by itself."""
    return _SUBMIT_DIRECTORY in request.get("HyperParameters", {})


def transform_request(transformer: Any, model_name: Any, data: Any, **arguments: Any) -> Request:
    """Return the CreateTransformJob request of ``transformer.transform(data, ...)`` for the model *model_name*.

    Args:
        transformer: of the SDK; it is not changed.
        model_name: of the model; may be a placeholder.
        data: the address of the input; may be a placeholder.
        arguments: the others of ``transform``; each may be a placeholder.
    """
    subject = _Subject(transformer)
    hide = subject.sentinels.stand_in
    subject.copied.model_name = hide(model_name)
    given = {name: hide(value) for name, value in arguments.items()}
    return subject.request("transform", hide(data, ADDRESS), wait=False, **given)


def model_request(model: Any, name: Any, instance_type: str | None) -> Request:
    """Return the CreateModel request of ``model.create(instance_type)``.

    Args:
        model: of the SDK; it is not changed.
        name: of the model; may be a placeholder; None for the model's own.
        instance_type: that the model is to run on, where the SDK picks the image by it.

    Raises:
        ValueError: the SDK would pack the script into an artefact that is not there yet, and nothing else would do.
    """
    subject = _Subject(model, instance_type)
    if name is not None:
        subject.copied.name = subject.sentinels.stand_in(name)
    _upload_before_the_artefact_is_there(subject)
    subject.copied.update_approval_status = _leave_unapproved
    return subject.request("create", instance_type=instance_type)


def expected_model(estimator: Any, uploaded_code: Any, name: Any, model_data: Any) -> Any:
    """Return the model that *estimator* will have trained.

    Args:
        estimator: it need not have been fitted, and is not changed.
        uploaded_code: where its script is, as ``training`` returned it.
        name: of the model; may be a placeholder.
        model_data: where its artefact will be; may be a placeholder.
    """
    estimator = copy.copy(estimator)
    # The SDK asks for the last job's artefact, or makes its address up from the other two; it is replaced below.
    estimator.latest_training_job = None
    estimator._current_job_name = "expected"
    estimator.output_path = "s3://expected"
    estimator.uploaded_code = uploaded_code
    model = estimator.create_model()
    model.name = name
    model.model_data = model_data
    if getattr(estimator, "environment", None):
        model.env = dict(estimator.environment)
    return model


class _Ended(BaseException):
    """Ends the SDK's call. Not an Exception, so that fewer handlers of the SDK's stop it on its way."""


class _Subject:
    """A copy of an object of the SDK that can be asked for its request.

    Attributes:
        copied: the copy, with sentinels for placeholders.
        sentinels: what they stand for.
    """

    def __init__(self, original: Any, instance_type: str | None = None) -> None:
        self.sentinels = Sentinels()
        if original.sagemaker_session is None:
            original = copy.copy(original)
            original._init_sagemaker_session_if_does_not_exist(instance_type)
        self._requests: list[Request] = []
        session = copy.copy(original.sagemaker_session)
        session._intercept_create_request = self._intercept
        self.copied = Copier(self.sentinels, {id(original.sagemaker_session): session}).copy(original)

    def _intercept(self, request: Request, create: Callable[[Request], Any], func_name: str | None = None) -> NoReturn:
        self._requests.append(request)
        raise _Ended

    def request(self, method: str, *arguments: Any, **keywords: Any) -> Request:
        """Return the request of this method, placeholders restored."""
        # Decorators of the public method report to AWS, or collect for a pipeline: the bare one is called.
        bare = inspect.unwrap(getattr(type(self.copied), method))
        try:
            bare(self.copied, *arguments, **keywords)
        except _Ended:
            pass
        # A base class's method may be wrapped too, and the wrapper returns from a ``finally``: no exception then.
        if self._requests:
            restored: Request = self.sentinels.restore(self._requests[0])
            return restored
        kind = type(self.copied)
        raise TypeError(
            f"{kind.__module__}.{kind.__qualname__}.{method}() made no request of the service: "
            "is its session a real sagemaker.Session? A plain request dict works too."
        )


def _stage_under_a_made_up_name(estimator: Any) -> None:
    stage = estimator._stage_user_code_in_s3

    def staged() -> Any:
        hidden = estimator._current_job_name
        estimator._current_job_name = estimator._get_or_create_name(None)
        try:
            return stage()
        finally:
            estimator._current_job_name = hidden

    estimator._stage_user_code_in_s3 = staged


def _upload_before_the_artefact_is_there(subject: _Subject) -> None:
    """See to it that the SDK neither uploads under a sentinel nor opens an artefact that is not there yet."""
    model, sentinels = subject.copied, subject.sentinels
    upload = model._upload_code

    def uploaded(key_prefix: str, repack: bool = False) -> None:
        artefact = model.model_data
        later = isinstance(artefact, str) and sentinels.hides(artefact)
        if repack and later and model.entry_point is not None:
            if model.enable_network_isolation():
                raise ValueError(
                    "A model that is isolated from the network needs its script inside its artefact, and the SageMaker "
                    "SDK puts it there by opening the artefact, which is not there yet. Have the training save the "
                    "script under code/ beside the model, and give the ModelStep a model without entry_point."
                )
            logger.warning("The model is not trained yet, so its script is uploaded beside it, not packed into it.")
        upload(sentinels.replaced(key_prefix, f"{model._base_name or 'model'}-{_made_up()}"), repack and not later)

    model._upload_code = uploaded


def _leave_unapproved(**_: Any) -> None:
    """Stands for the SDK's approval of a model package that nobody approved: describing a step is no time for that."""
    logger.warning("The model package is not approved. Approve it before the workflow is executed.")


def _made_up() -> str:
    from uuid import uuid4

    return uuid4().hex[:12]
