"""The pipeline that trains a model and deploys it."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from typing import Any

from stepfunctions.steps.graph import Chain
from stepfunctions.steps.requests import stringified
from stepfunctions.steps.sagemaker import EndpointConfigStep, EndpointStep, ModelStep, TrainingStep
from stepfunctions.template.utils import replace_parameters_with_context_object
from stepfunctions.workflow import Execution, Workflow
from stepfunctions.workflow.display import Picture

TRAINING = "Training"
CREATE_MODEL = "Create Model"
CONFIGURE_ENDPOINT = "Configure Endpoint"
DEPLOY = "Deploy"


class TrainingPipeline:
    """Training, model, endpoint configuration and endpoint, in a row.

    The definition holds no values: each execution brings the parameters of every state as its input, made from the
    template that this object keeps, so that executions with other hyperparameters need no new definition.

    Args:
        estimator: an estimator of the SageMaker SDK v2, or a CreateTrainingJob request.
        role: the ARN of the role that Step Functions takes on.
        inputs: as ``fit(inputs=...)`` takes it.
        s3_bucket: where the models go.
        client: the Step Functions client to use.
        pipeline_name: of the state machine; one with the time in it by default.
    """

    def __init__(
        self,
        estimator: Any,
        role: str,
        inputs: Any,
        s3_bucket: str,
        client: Any = None,
        pipeline_name: str | None = None,
    ) -> None:
        self.estimator = estimator
        self.inputs = inputs
        self.role = role
        self.s3_bucket = s3_bucket
        self.pipeline_name = pipeline_name or f"training-pipeline-{_timestamp()}"
        self.definition = self.build_workflow_definition()
        self.input_template = self._take_parameters_out()
        self.workflow = Workflow(self.pipeline_name, self.definition, role, format_json=True, client=client)

    def build_workflow_definition(self) -> Chain:
        """Return the four steps."""
        name = self.pipeline_name
        training = TrainingStep(TRAINING, self.estimator, f"estimator-{name}", self.inputs)
        model = ModelStep(CREATE_MODEL, training.get_expected_model(name))
        instance = training.parameters["ResourceConfig"]
        configuration = EndpointConfigStep(
            CONFIGURE_ENDPOINT, name, name, instance["InstanceCount"], instance["InstanceType"]
        )
        return Chain([training, model, configuration, EndpointStep(DEPLOY, name, name)])

    def _take_parameters_out(self) -> dict[str, Any]:
        template = {}
        for step in self.definition:
            template[step.state_id] = copy.copy(step.parameters)
            step.update_parameters(replace_parameters_with_context_object(step))
        return template

    def render_graph(self, portrait: bool = False) -> Picture:
        """Return a picture of the pipeline."""
        return self.workflow.render_graph(portrait=portrait)

    def get_workflow(self) -> Workflow:
        """Return the workflow."""
        return self.workflow

    def create(self) -> str:
        """Create the state machine and return its ARN."""
        return self.workflow.create()

    def execute(self, job_name: str | None = None, hyperparameters: dict[str, Any] | None = None) -> Execution:
        """Start an execution.

        Args:
            job_name: of the model, the endpoint and its configuration; the training job gets ``estimator-`` before it.
            hyperparameters: laid over the estimator's, for this execution only.
        """
        name = job_name or f"{self.pipeline_name}-{_timestamp()}"
        values = copy.deepcopy(self.input_template)
        training = values[TRAINING]
        training["TrainingJobName"] = f"estimator-{name}"
        training["OutputDataConfig"]["S3OutputPath"] = f"s3://{self.s3_bucket}/{self.pipeline_name}/models"
        if hyperparameters is not None:
            training["HyperParameters"] = {**training.get("HyperParameters", {}), **stringified(hyperparameters)}
        artefact = f"{training['OutputDataConfig']['S3OutputPath']}/{training['TrainingJobName']}/output/model.tar.gz"
        values[CREATE_MODEL]["PrimaryContainer"]["ModelDataUrl"] = artefact
        values[CREATE_MODEL]["ModelName"] = name
        values[CONFIGURE_ENDPOINT]["EndpointConfigName"] = name
        values[CONFIGURE_ENDPOINT]["ProductionVariants"][0]["ModelName"] = name
        values[DEPLOY]["EndpointConfigName"] = name
        values[DEPLOY]["EndpointName"] = name
        return self.workflow.execute(name=name, inputs=values)


def _timestamp() -> str:
    return f"{datetime.now(UTC):%Y-%m-%d-%H-%M-%S}"
