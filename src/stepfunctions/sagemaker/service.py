"""The local SageMaker as one object: what the wire and the integrations call."""

from __future__ import annotations

from stepfunctions.sagemaker.jobs.training import TrainingJobs
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

    def recover(self) -> None:
        """Go on with what a former process left behind. Call once, before the first request."""
        self.training_jobs.jobs.recover()

    async def close(self, *, leave_jobs: bool = True) -> None:
        """Watch nothing any longer.

        Args:
            leave_jobs: training jobs run on, and a restart on the same folder picks them up: right for a folder that
                stays. False stops them first: right for a temporary one.
        """
        await self.training_jobs.jobs.close(leave=leave_jobs)
