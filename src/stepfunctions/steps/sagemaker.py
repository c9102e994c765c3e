"""Steps that have Amazon SageMaker do the work: train, save a model, transform a batch, deploy an endpoint.

A step takes what describes the job in one of two forms: an object of the SageMaker SDK (recognised, never imported), or
the request itself as a dict, in the API's own words. Placeholders may stand anywhere in either.

Source: Step Functions' "Manage Amazon SageMaker AI"; the public names are those of the predecessor.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from stepfunctions.inputs import Placeholder
from stepfunctions.steps import sagemaker_v2, sagemaker_v3
from stepfunctions.steps.fields import Field
from stepfunctions.steps.integration_resources import IntegrationPattern, get_service_integration_arn
from stepfunctions.steps.requests import (
    as_tags,
    channels,
    json_or_text,
    merge_dicts,
    normalised_request,
    require_kind,
    stringified,
)
from stepfunctions.steps.sdk_copies import is_a
from stepfunctions.steps.states import Task

SERVICE = "sagemaker"


class _SageMakerStep(Task):
    """A task of SageMaker: a request, and whether to wait for what it starts."""

    def __init__(self, state_id: str, action: str, request: dict[str, Any], wait: bool = False, **kwargs: Any) -> None:
        overrides = kwargs.pop(Field.Parameters.value, None)
        if overrides is not None:
            request = merge_dicts(request, overrides)
        pattern = IntegrationPattern.WaitForCompletion if wait else IntegrationPattern.CallAndContinue
        kwargs[Field.Parameters.value] = request
        kwargs[Field.Resource.value] = get_service_integration_arn(SERVICE, action, pattern)
        super().__init__(state_id, **kwargs)


class TrainingStep(_SageMakerStep):
    """Trains: ``CreateTrainingJob``; its output is the description of the job.

    Args:
        state_id: the name of the state.
        estimator: an estimator of the SageMaker SDK v2, a ModelTrainer of its v3, or a CreateTrainingJob request.
        job_name: unique in the account; may be a placeholder.
        data: as ``fit(inputs=...)`` takes it: an address, or channel names to addresses or ``TrainingInput`` objects;
            for a ModelTrainer also a list of ``InputData``.
        hyperparameters: merged over the estimator's; a placeholder replaces them all.
        mini_batch_size: for estimators of Amazon's algorithms with record sets.
        experiment_config: as in the API.
        wait_for_completion: the state ends when the job does.
        tags: ``{"key": "value"}``, a list of ``{"Key": ..., "Value": ...}``, or a placeholder.
        output_data_config_path: where the artefact goes, instead of the estimator's ``output_path``.
        kwargs: fields of a Task; ``parameters`` is merged over the request.
    """

    def __init__(
        self,
        state_id: str,
        estimator: Any,
        job_name: str | Placeholder,
        data: Any = None,
        hyperparameters: dict[str, Any] | Placeholder | None = None,
        mini_batch_size: int | None = None,
        experiment_config: dict[str, Any] | Placeholder | None = None,
        wait_for_completion: bool = True,
        tags: Any = None,
        output_data_config_path: str | Placeholder | None = None,
        **kwargs: Any,
    ) -> None:
        self.estimator = estimator
        self.job_name = job_name
        request = self._request(estimator, job_name, data, mini_batch_size)
        if isinstance(hyperparameters, Placeholder):
            request["HyperParameters"] = hyperparameters
        elif hyperparameters:
            given = request.get("HyperParameters", {})
            request["HyperParameters"] = merge_dicts(given, stringified(hyperparameters, self._writer(request)))
        if output_data_config_path is not None:
            request["OutputDataConfig"] = {
                **request.get("OutputDataConfig", {}),
                "S3OutputPath": output_data_config_path,
            }
        if experiment_config is not None:
            request["ExperimentConfig"] = experiment_config
        if tags is not None:
            request["Tags"] = as_tags(tags)
        super().__init__(state_id, "createTrainingJob", request, wait_for_completion, **kwargs)

    def _request(
        self, estimator: Any, job_name: str | Placeholder, data: Any, mini_batch_size: int | None
    ) -> dict[str, Any]:
        plain = normalised_request(estimator)
        if plain is not None:
            if data is not None:
                plain["InputDataConfig"] = channels(data)
            return {**plain, "TrainingJobName": job_name}
        if is_a(estimator, sagemaker_v3.MODEL_TRAINER):
            return sagemaker_v3.training_request(estimator, data, job_name, mini_batch_size)
        wanted = "an estimator (version 2) or a ModelTrainer (version 3)"
        require_kind(estimator, "TrainingStep", wanted, "CreateTrainingJob", sagemaker_v2.ESTIMATOR)
        request, self._uploaded_code = sagemaker_v2.training(estimator, data, job_name, mini_batch_size)
        return request

    def _writer(self, request: dict[str, Any]) -> Callable[[Any], str]:
        """Return how the values of hyperparameters are written, as the estimator writes its own."""
        if is_a(self.estimator, sagemaker_v3.MODEL_TRAINER):
            return json_or_text
        return json.dumps if sagemaker_v2.is_script_mode(request) else str

    def get_expected_model(self, model_name: str | Placeholder | None = None) -> Any:
        """Return the model that this step will have trained, for the ModelStep right after it.

        Args:
            model_name: of the model; the job's name by default.

        Returns:
            A model of the SageMaker SDK, version 2, if the step was made from its estimator; else a CreateModel
            request.

        Raises:
            ValueError: the training names no image.
        """
        name = self.job_name if model_name is None else model_name
        artefact = self.output()["ModelArtifacts"]["S3ModelArtifacts"]
        if is_a(self.estimator, sagemaker_v2.ESTIMATOR):
            return sagemaker_v2.expected_model(self.estimator, self._uploaded_code, name, artefact)
        image = self.parameters["AlgorithmSpecification"].get("TrainingImage")
        if image is None:
            raise ValueError(
                f"The training of {self.state_id!r} names no image that could serve its model. Give the ModelStep a "
                "CreateModel request with the image that can."
            )
        container = {"Image": image, "ModelDataUrl": artefact}
        if self.parameters.get("Environment"):
            container["Environment"] = self.parameters["Environment"]
        return {"ModelName": name, "ExecutionRoleArn": self.parameters["RoleArn"], "PrimaryContainer": container}


class ModelStep(_SageMakerStep):
    """Saves a model: ``CreateModel``.

    Args:
        state_id: the name of the state.
        model: a model of the SageMaker SDK v2, or a CreateModel request.
        model_name: unique in the account; the model's own by default; may be a placeholder.
        instance_type: that the model is to run on, where the SDK picks the image by it.
        tags: as for TrainingStep.
        kwargs: fields of a Task; ``parameters`` is merged over the request.
    """

    def __init__(
        self,
        state_id: str,
        model: Any,
        model_name: str | Placeholder | None = None,
        instance_type: str | None = None,
        tags: Any = None,
        **kwargs: Any,
    ) -> None:
        request = self._request(model, model_name, instance_type)
        if tags is not None:
            request["Tags"] = as_tags(tags)
        super().__init__(state_id, "createModel", request, **kwargs)

    @staticmethod
    def _request(model: Any, model_name: str | Placeholder | None, instance_type: str | None) -> dict[str, Any]:
        plain = normalised_request(model)
        if plain is not None:
            return plain if model_name is None else {**plain, "ModelName": model_name}
        require_kind(model, "ModelStep", "a model (version 2)", "CreateModel", sagemaker_v2.MODEL)
        return sagemaker_v2.model_request(model, model.name if model_name is None else model_name, instance_type)


class TransformStep(_SageMakerStep):
    """Transforms a batch: ``CreateTransformJob``; its output is the description of the job.

    Args:
        state_id: the name of the state.
        transformer: a transformer of the SageMaker SDK, or a CreateTransformJob request.
        job_name: unique in the account; may be a placeholder.
        model_name: of a model that exists when the state is reached; may be a placeholder.
        data: the address of what is to be transformed; may be a placeholder.
        data_type: ``S3Prefix`` or ``ManifestFile``.
        content_type: of the data.
        compression_type: of the data.
        split_type: how a file is split into records.
        experiment_config: as in the API.
        wait_for_completion: the state ends when the job does.
        tags: as for TrainingStep.
        input_filter: which part of a record is sent, as a JSONPath.
        output_filter: which part of an answer is kept, as a JSONPath.
        join_source: ``Input`` joins each answer to its record.
        kwargs: fields of a Task; ``parameters`` is merged over the request.
    """

    def __init__(
        self,
        state_id: str,
        transformer: Any,
        job_name: str | Placeholder,
        model_name: str | Placeholder,
        data: str | Placeholder,
        data_type: str | Placeholder = "S3Prefix",
        content_type: str | Placeholder | None = None,
        compression_type: str | Placeholder | None = None,
        split_type: str | Placeholder | None = None,
        experiment_config: dict[str, Any] | Placeholder | None = None,
        wait_for_completion: bool = True,
        tags: Any = None,
        input_filter: str | Placeholder | None = None,
        output_filter: str | Placeholder | None = None,
        join_source: str | Placeholder | None = None,
        **kwargs: Any,
    ) -> None:
        source = {"data_type": data_type, "content_type": content_type, "compression_type": compression_type}
        filters = {"input_filter": input_filter, "output_filter": output_filter, "join_source": join_source}
        request = self._request(
            transformer, job_name, model_name, data, {**source, "split_type": split_type, **filters}
        )
        if experiment_config is not None:
            request["ExperimentConfig"] = experiment_config
        if tags is not None:
            request["Tags"] = as_tags(tags)
        super().__init__(state_id, "createTransformJob", request, wait_for_completion, **kwargs)

    @staticmethod
    def _request(
        transformer: Any, job_name: Any, model_name: Any, data: Any, options: dict[str, Any]
    ) -> dict[str, Any]:
        plain = normalised_request(transformer)
        if plain is not None:
            described = {"TransformJobName": job_name, "ModelName": model_name, **_transform_members(data, options)}
            return merge_dicts(plain, described)
        classes = (sagemaker_v2.TRANSFORMER, sagemaker_v2.TRANSFORMER_V3)
        require_kind(transformer, "TransformStep", "a transformer", "CreateTransformJob", *classes)
        return sagemaker_v2.transform_request(transformer, model_name, data, job_name=job_name, **options)


def _transform_members(data: Any, options: dict[str, Any]) -> dict[str, Any]:
    source = {"S3DataType": options["data_type"], "S3Uri": data}
    members = {"ContentType": "content_type", "CompressionType": "compression_type", "SplitType": "split_type"}
    filters = {"InputFilter": "input_filter", "OutputFilter": "output_filter", "JoinSource": "join_source"}
    described: dict[str, Any] = {
        "TransformInput": {
            "DataSource": {"S3DataSource": source},
            **{member: options[name] for member, name in members.items() if options[name] is not None},
        }
    }
    processing = {member: options[name] for member, name in filters.items() if options[name] is not None}
    return {**described, "DataProcessing": processing} if processing else described


class EndpointConfigStep(_SageMakerStep):
    """Describes an endpoint to be: ``CreateEndpointConfig``.

    Args:
        state_id: the name of the state.
        endpoint_config_name: unique in the account; may be a placeholder.
        model_name: of the model to serve; may be a placeholder.
        initial_instance_count: how many instances.
        instance_type: of which kind.
        variant_name: of the one production variant.
        data_capture_config: of the API, or an object of the SageMaker SDK that has it.
        tags: as for TrainingStep.
        kwargs: fields of a Task; ``parameters`` is merged over the request.
    """

    def __init__(
        self,
        state_id: str,
        endpoint_config_name: str | Placeholder,
        model_name: str | Placeholder,
        initial_instance_count: int | Placeholder,
        instance_type: str | Placeholder,
        variant_name: str | Placeholder = "AllTraffic",
        data_capture_config: Any = None,
        tags: Any = None,
        **kwargs: Any,
    ) -> None:
        variant = {
            "ModelName": model_name,
            "VariantName": variant_name,
            "InitialInstanceCount": initial_instance_count,
            "InstanceType": instance_type,
        }
        request: dict[str, Any] = {"EndpointConfigName": endpoint_config_name, "ProductionVariants": [variant]}
        if data_capture_config is not None:
            to_request = getattr(data_capture_config, "_to_request_dict", None)
            request["DataCaptureConfig"] = data_capture_config if to_request is None else to_request()
        if tags is not None:
            request["Tags"] = as_tags(tags)
        super().__init__(state_id, "createEndpointConfig", request, **kwargs)


class EndpointStep(_SageMakerStep):
    """Deploys: ``CreateEndpoint``, or ``UpdateEndpoint``. The state ends before the endpoint is in service.

    Args:
        state_id: the name of the state.
        endpoint_name: unique in the account; may be a placeholder.
        endpoint_config_name: of its configuration; may be a placeholder.
        tags: as for TrainingStep.
        update: change an endpoint that exists.
        kwargs: fields of a Task; ``parameters`` is merged over the request.
    """

    def __init__(
        self,
        state_id: str,
        endpoint_name: str | Placeholder,
        endpoint_config_name: str | Placeholder,
        tags: Any = None,
        update: bool = False,
        **kwargs: Any,
    ) -> None:
        request: dict[str, Any] = {"EndpointConfigName": endpoint_config_name, "EndpointName": endpoint_name}
        if tags is not None:
            request["Tags"] = as_tags(tags)
        super().__init__(state_id, "updateEndpoint" if update else "createEndpoint", request, **kwargs)
