"""The optimised integration of SageMaker.

::

    createTrainingJob[.sync]   createTransformJob[.sync]
    createModel   createEndpointConfig   createEndpoint   updateEndpoint

``.sync`` polls nothing: the end of a job is an event of this process. Its result is the detail of EventBridge's state
change event, which resembles the Describe answer: times in milliseconds, Tags as an object, no Sdk metadata.

Every effect is keyed by the command's effect id, which the record of the resource carries: after a crash the command
that made a job finds it again, and any other command that wants its name is refused as on AWS.

Source: ``reference/integrations.md`` section 3. That a stopped job fails the task is not verified against AWS.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from stepfunctions import shapes
from stepfunctions.engine.handler import Progress, TaskError, TaskHandler, TaskRequest
from stepfunctions.errors import AlreadyExists, LimitExceeded, NotFound, RequestError, UnsupportedError
from stepfunctions.integrations.optimised import Service
from stepfunctions.integrations.parameters import check_parameters
from stepfunctions.integrations.registry import REQUEST_RESPONSE, SYNC, Registry, Resource
from stepfunctions.sagemaker.errors import Missing, WrongStatus
from stepfunctions.sagemaker.jobs.training import TrainingJobs
from stepfunctions.sagemaker.jobs.transform import TransformJobs
from stepfunctions.sagemaker.place import Place
from stepfunctions.sagemaker.records import Record
from stepfunctions.sagemaker.service import SageMaker
from stepfunctions.values import Json, dumps

SERVICE: Final = Service(
    "SageMaker",
    "AmazonSageMaker",
    "AmazonSageMakerException",
    frozenset({"ResourceInUse", "ResourceLimitExceeded", "ResourceNotFound", "ConflictException"}),
)

_CODES: Final[Sequence[tuple[type[Exception], str, int]]] = (
    (AlreadyExists, "ResourceInUse", 400),
    (LimitExceeded, "ResourceLimitExceeded", 400),
    (NotFound, "ResourceNotFound", 400),
    (UnsupportedError, "NotImplemented", 501),
    (RequestError, "ValidationException", 400),
)

TRAINING_MEMBERS: Final = (
    *("TrainingJobName", "TrainingJobArn", "ModelArtifacts", "TrainingJobStatus", "SecondaryStatus", "FailureReason"),
    *("HyperParameters", "AlgorithmSpecification", "RoleArn", "InputDataConfig", "OutputDataConfig", "ResourceConfig"),
    *("VpcConfig", "StoppingCondition", "CreationTime", "TrainingStartTime", "TrainingEndTime", "LastModifiedTime"),
    "SecondaryStatusTransitions",
)
TRANSFORM_MEMBERS: Final = (
    *("TransformJobName", "TransformJobArn", "TransformJobStatus", "FailureReason", "ModelName"),
    *("MaxConcurrentTransforms", "MaxPayloadInMB", "BatchStrategy", "Environment", "TransformInput"),
    *("TransformOutput", "TransformResources", "CreationTime", "TransformStartTime", "TransformEndTime"),
)


@dataclass(frozen=True, slots=True)
class Call:
    """A request-response action.

    Args:
        operation: of the API, such as ``CreateModel``.
        member: of its answer, such as ``ModelArn``.
        create: makes the request; takes the request, the place and the effect id.
    """

    operation: str
    member: str
    create: Callable[[Json, Place, str], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class Job:
    """What ``.sync`` needs to know of a kind of job.

    Args:
        name: the request's member that names the job.
        status: the member of its description that tells how it ended.
        members: of the description that the result has.
        jobs: the jobs of this kind.
    """

    name: str
    status: str
    members: Sequence[str]
    jobs: TrainingJobs | TransformJobs


class CallHandler:
    """Makes a request and answers with its response."""

    defers_start = False

    def __init__(self, call: Call) -> None:
        self._call = call

    async def run(self, task: TaskRequest, progress: Progress) -> Json:
        """Make the request."""
        return await self.make(task, task.arguments)

    async def cancel(self, task: TaskRequest) -> None:
        """There is nothing to stop: what was created stays, as on AWS."""

    async def make(self, task: TaskRequest, request: Json) -> Json:
        """Return the answer of the request, with the SDK's metadata.

        Raises:
            TaskError: it is refused.
        """
        model = shapes.load("sagemaker")
        check_parameters(model, self._call.operation, task.arguments)
        shape = model.operations[self._call.operation].input
        try:
            shapes.validate(model, shape or "", request)
            arn = await self._call.create(request, Place.of(task.execution_arn), task.effect_id)
        except (RequestError, UnsupportedError) as error:
            raise _refusal(error) from None
        return SERVICE.answer({self._call.member: arn})


class SyncHandler:
    """Begins a job and waits for its end."""

    defers_start = False

    def __init__(self, call: Call, job: Job, sagemaker: SageMaker) -> None:
        self._call = CallHandler(call)
        self._job = job
        self._sagemaker = sagemaker

    async def run(self, task: TaskRequest, progress: Progress) -> Json:
        """Return the detail of the job's state change event.

        Raises:
            TaskError: the request was refused; or States.TaskFailed with the detail, for a job that did not complete.
        """
        if task.submitted is None:
            answer = await self._call.make(task, _tagged(task))
            await progress.submitted(answer)
        record = await self._job.jobs.jobs.ended(task.arguments[self._job.name])
        if record is None:
            raise TaskError("States.TaskFailed", f"The job {task.arguments[self._job.name]} was deleted.")
        detail = self._detail(record)
        if detail[self._job.status] != "Completed":
            raise TaskError("States.TaskFailed", dumps(detail))
        return detail

    async def cancel(self, task: TaskRequest) -> None:
        """Stop the job that this task began."""
        name = task.arguments.get(self._job.name) if isinstance(task.arguments, dict) else None
        try:
            if name is not None and self._job.jobs.get(name).effect_id == task.effect_id:
                await self._job.jobs.stop(name)
        except (Missing, WrongStatus):
            pass  # it was never begun, or it has ended

    def _detail(self, record: Record) -> Json:
        described = self._job.jobs.describe(record)
        tags = self._sagemaker.services.records.tags(record.arn)
        return {**{name: described[name] for name in self._job.members if name in described}, "Tags": tags}


def register(registry: Registry, sagemaker: SageMaker) -> None:
    """Answer for ``arn:aws:states:::sagemaker:...``."""
    handlers = _handlers(sagemaker)
    registry.register("sagemaker", lambda resource: _find(handlers, resource))


def _find(handlers: Mapping[tuple[str, str], TaskHandler], resource: Resource) -> TaskHandler | None:
    return handlers.get((resource.action, resource.pattern)) if resource.is_integration else None


def _handlers(sagemaker: SageMaker) -> dict[tuple[str, str], TaskHandler]:
    training, transform = sagemaker.training_jobs, sagemaker.transform_jobs
    calls = {
        "createTrainingJob": Call("CreateTrainingJob", "TrainingJobArn", training.create),
        "createTransformJob": Call("CreateTransformJob", "TransformJobArn", transform.create),
        "createModel": Call("CreateModel", "ModelArn", sagemaker.models.create),
        "createEndpointConfig": Call("CreateEndpointConfig", "EndpointConfigArn", sagemaker.endpoint_configs.create),
        "createEndpoint": Call("CreateEndpoint", "EndpointArn", sagemaker.endpoints.create),
        "updateEndpoint": Call("UpdateEndpoint", "EndpointArn", sagemaker.endpoints.update),
    }
    jobs = {
        "createTrainingJob": Job("TrainingJobName", "TrainingJobStatus", TRAINING_MEMBERS, training),
        "createTransformJob": Job("TransformJobName", "TransformJobStatus", TRANSFORM_MEMBERS, transform),
    }
    return {
        **{(action, REQUEST_RESPONSE): CallHandler(call) for action, call in calls.items()},
        **{(action, SYNC): SyncHandler(calls[action], job, sagemaker) for action, job in jobs.items()},
    }


def _tagged(task: TaskRequest) -> Json:
    """Return the request with the tags by which Step Functions knows a job for its own."""
    if not isinstance(task.arguments, dict) or not isinstance(task.arguments.get("Tags", []), list):
        return task.arguments
    tags = [
        *task.arguments.get("Tags", []),
        {"Key": "MANAGED_BY_AWS", "Value": "STARTED_BY_STEP_FUNCTIONS"},
        {"Key": "AWS_STEP_FUNCTIONS_EXECUTION_ARN", "Value": task.execution_arn},
    ]
    return {**task.arguments, "Tags": tags}


def _refusal(error: Exception) -> TaskError:
    code, status = next((code, status) for kind, code, status in _CODES if isinstance(error, kind))
    return SERVICE.error(code, str(error), status)
