"""Operations on training and transform jobs.

The SageMaker SDK asks for a job's state and then sleeps for up to 30 seconds before it asks again; nothing here can
shorten that. So its Describe of an unfinished job is held until the job ends, for a while: it is told at once, where
it would otherwise be told late. Other clients are answered at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping
from typing import Any

from stepfunctions.sagemaker.jobs.training import TrainingJobs
from stepfunctions.sagemaker.jobs.transform import TransformJobs
from stepfunctions.sagemaker.place import Place
from stepfunctions.server.protocols.json import Operation
from stepfunctions.server.request import Request
from stepfunctions.server.sagemaker.lists import list_operation
from stepfunctions.server.sagemaker.shaping import shape_output
from stepfunctions.shapes import load
from stepfunctions.values import Json

HOLD_SECONDS = 20
PATIENT_AGENT = "AWS-SageMaker-Python-SDK"


def place_of(request: Request) -> Place:
    """Return the region and account that a request is for."""
    return Place(request.region, request.account)


async def hold(request: Request, end: Awaitable[object]) -> None:
    """Wait for *end*, for a while, if the client is one that polls slowly."""
    waiting = asyncio.ensure_future(end)
    try:
        if PATIENT_AGENT in request.headers.get("user-agent", ""):
            await asyncio.wait([waiting], timeout=HOLD_SECONDS)
    finally:
        waiting.cancel()


class TrainingOperations:
    """CreateTrainingJob and its like."""

    def __init__(self, jobs: TrainingJobs) -> None:
        self._jobs = jobs

    @property
    def operations(self) -> Mapping[str, Operation]:
        """The operations by AWS's names."""
        return {
            "CreateTrainingJob": self.create,
            "DescribeTrainingJob": self.describe,
            "ListTrainingJobs": list_operation(
                "ListTrainingJobs", "TrainingJobSummaries", self._jobs.page, descending=False
            ),
            "StopTrainingJob": self.stop,
            "DeleteTrainingJob": self.delete,
        }

    async def create(self, request: Request, params: dict[str, Any]) -> Json:
        """CreateTrainingJob."""
        return {"TrainingJobArn": await self._jobs.create(params, place_of(request))}

    async def describe(self, request: Request, params: dict[str, Any]) -> Json:
        """DescribeTrainingJob."""
        name = params["TrainingJobName"]
        self._jobs.get(name)
        await hold(request, self._jobs.jobs.ended(name))
        answer = self._jobs.describe(self._jobs.get(name))
        return shape_output(load("sagemaker"), "DescribeTrainingJob", answer)

    async def stop(self, request: Request, params: dict[str, Any]) -> Json:
        """StopTrainingJob."""
        await self._jobs.stop(params["TrainingJobName"])

    async def delete(self, request: Request, params: dict[str, Any]) -> Json:
        """DeleteTrainingJob."""
        await self._jobs.delete(params["TrainingJobName"])


class TransformOperations:
    """CreateTransformJob and its like."""

    def __init__(self, jobs: TransformJobs) -> None:
        self._jobs = jobs

    @property
    def operations(self) -> Mapping[str, Operation]:
        """The operations by AWS's names."""
        return {
            "CreateTransformJob": self.create,
            "DescribeTransformJob": self.describe,
            "ListTransformJobs": list_operation("ListTransformJobs", "TransformJobSummaries", self._jobs.page),
            "StopTransformJob": self.stop,
        }

    async def create(self, request: Request, params: dict[str, Any]) -> Json:
        """CreateTransformJob."""
        return {"TransformJobArn": await self._jobs.create(params, place_of(request))}

    async def describe(self, request: Request, params: dict[str, Any]) -> Json:
        """DescribeTransformJob."""
        name = params["TransformJobName"]
        self._jobs.get(name)
        await hold(request, self._jobs.jobs.ended(name))
        answer = self._jobs.describe(self._jobs.get(name))
        return shape_output(load("sagemaker"), "DescribeTransformJob", answer)

    async def stop(self, request: Request, params: dict[str, Any]) -> Json:
        """StopTransformJob."""
        await self._jobs.stop(params["TransformJobName"])
