"""Operations on models, endpoint configurations and endpoints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stepfunctions.sagemaker.service import SageMaker
from stepfunctions.server.protocols.json import Operation
from stepfunctions.server.request import Request
from stepfunctions.server.sagemaker.jobs import hold, place_of
from stepfunctions.server.sagemaker.lists import list_operation
from stepfunctions.server.sagemaker.shaping import shape_output
from stepfunctions.shapes import load
from stepfunctions.values import Json


class HostingOperations:
    """CreateModel, CreateEndpointConfig, CreateEndpoint and their like."""

    def __init__(self, sagemaker: SageMaker) -> None:
        self._models = sagemaker.models
        self._configs = sagemaker.endpoint_configs
        self._endpoints = sagemaker.endpoints

    @property
    def operations(self) -> Mapping[str, Operation]:
        """The operations by AWS's names."""
        return {
            "CreateModel": self.create_model,
            "DescribeModel": self.describe_model,
            "ListModels": list_operation("ListModels", "Models", self._models.page),
            "DeleteModel": self.delete_model,
            "CreateEndpointConfig": self.create_config,
            "DescribeEndpointConfig": self.describe_config,
            "ListEndpointConfigs": list_operation("ListEndpointConfigs", "EndpointConfigs", self._configs.page),
            "DeleteEndpointConfig": self.delete_config,
            "CreateEndpoint": self.create_endpoint,
            "DescribeEndpoint": self.describe_endpoint,
            "ListEndpoints": list_operation("ListEndpoints", "Endpoints", self._endpoints.page),
            "UpdateEndpoint": self.update_endpoint,
            "DeleteEndpoint": self.delete_endpoint,
        }

    async def create_model(self, request: Request, params: dict[str, Any]) -> Json:
        """CreateModel."""
        return {"ModelArn": await self._models.create(params, place_of(request))}

    async def describe_model(self, request: Request, params: dict[str, Any]) -> Json:
        """DescribeModel."""
        record = self._models.get(params["ModelName"], place_of(request))
        return shape_output(load("sagemaker"), "DescribeModel", self._models.describe(record))

    async def delete_model(self, request: Request, params: dict[str, Any]) -> Json:
        """DeleteModel."""
        await self._models.delete(params["ModelName"], place_of(request))

    async def create_config(self, request: Request, params: dict[str, Any]) -> Json:
        """CreateEndpointConfig."""
        return {"EndpointConfigArn": await self._configs.create(params, place_of(request))}

    async def describe_config(self, request: Request, params: dict[str, Any]) -> Json:
        """DescribeEndpointConfig."""
        record = self._configs.get(params["EndpointConfigName"], place_of(request))
        return shape_output(load("sagemaker"), "DescribeEndpointConfig", self._configs.describe(record))

    async def delete_config(self, request: Request, params: dict[str, Any]) -> Json:
        """DeleteEndpointConfig."""
        await self._configs.delete(params["EndpointConfigName"], place_of(request))

    async def create_endpoint(self, request: Request, params: dict[str, Any]) -> Json:
        """CreateEndpoint."""
        return {"EndpointArn": await self._endpoints.create(params, place_of(request))}

    async def describe_endpoint(self, request: Request, params: dict[str, Any]) -> Json:
        """DescribeEndpoint."""
        name, place = params["EndpointName"], place_of(request)
        self._endpoints.get(name, place)
        await hold(request, self._endpoints.settled(name))
        answer = self._endpoints.describe(self._endpoints.get(name, place))
        return shape_output(load("sagemaker"), "DescribeEndpoint", answer)

    async def update_endpoint(self, request: Request, params: dict[str, Any]) -> Json:
        """UpdateEndpoint."""
        return {"EndpointArn": await self._endpoints.update(params, place_of(request))}

    async def delete_endpoint(self, request: Request, params: dict[str, Any]) -> Json:
        """DeleteEndpoint."""
        await self._endpoints.delete(params["EndpointName"], place_of(request))
