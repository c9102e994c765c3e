"""The local SageMaker as one object: what the wire and the integrations call."""

from __future__ import annotations

from stepfunctions.sagemaker.endpoint_configs import EndpointConfigs
from stepfunctions.sagemaker.endpoints import Endpoints
from stepfunctions.sagemaker.jobs.training import TrainingJobs
from stepfunctions.sagemaker.jobs.transform import TransformJobs
from stepfunctions.sagemaker.models import Models
from stepfunctions.sagemaker.services import Services


class SageMaker:
    """Jobs, models and endpoints of one data folder. Made on the event loop that it lives on.

    Args:
        services: its surroundings.
    """

    def __init__(self, services: Services) -> None:
        self.services = services
        services.folder.mkdir(parents=True, exist_ok=True)
        self.training_jobs = TrainingJobs(services)
        self.models = Models(services)
        self.transform_jobs = TransformJobs(services, self.models)
        self.endpoint_configs = EndpointConfigs(services, self.models)
        self.endpoints = Endpoints(services, self.models, self.endpoint_configs)

    def recover(self) -> None:
        """Go on with what a former process left behind. Call once, before the first request."""
        self.training_jobs.jobs.recover()
        self.transform_jobs.jobs.recover()
        self.endpoints.recover()

    async def close(self, *, leave_jobs: bool = True) -> None:
        """Watch nothing any longer. Endpoints' and transform jobs' processes end; a restart starts them again.

        Args:
            leave_jobs: training jobs run on, and a restart on the same folder picks them up: right for a folder that
                stays. False stops them first: right for a temporary one.
        """
        await self.endpoints.close()
        await self.transform_jobs.jobs.close(leave=True)
        await self.training_jobs.jobs.close(leave=leave_jobs)
