"""Serving: what a request's body and content type mean, and which answer its faults get.

    204 an empty body                       406 an Accept that cannot be given
    415 another content type                400 rows that cannot be read, or do not fit the model

Source: the container's algorithm mode. Its released versions differ on whether rows that cannot be read are 400 or 415.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from stepfunctions.sagemaker.algorithms import server
from stepfunctions.sagemaker.algorithms.channels import CSV, FORMATS, LIBSVM, RECORDIO
from stepfunctions.sagemaker.algorithms.errors import UserError
from stepfunctions.sagemaker.algorithms.folder import JobFolder
from stepfunctions.sagemaker.algorithms.formats import csv_text, libsvm, recordio
from stepfunctions.sagemaker.algorithms.formats.table import Table
from stepfunctions.sagemaker.algorithms.log import write_to_stdout
from stepfunctions.sagemaker.algorithms.server import Answer, Invocation
from stepfunctions.sagemaker.algorithms.xgboost import library, responses
from stepfunctions.sagemaker.algorithms.xgboost import model as models

DEFAULT_PAYLOAD_BYTES = 6 * 1024 * 1024
SUPPORTED = "text/csv, text/libsvm, text/x-libsvm, application/x-recordio-protobuf"

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class XGBoostPredictor:
    """A loaded model behind the inference contract."""

    model: models.Model
    environment: Mapping[str, str]

    def execution_parameters(self) -> Mapping[str, Any]:
        """Return what a batch transform should send, as the container says it."""
        return {
            "MaxConcurrentTransforms": os.cpu_count() or 1,
            "BatchStrategy": "MULTI_RECORD",
            "MaxPayloadInMB": self._payload_max_bytes() // 1024**2,
        }

    def invoke(self, invocation: Invocation) -> Answer:
        """Return the predictions for the rows of one request."""
        if not invocation.body:
            return Answer(204)
        if len(invocation.body) > self._payload_max_bytes():
            return Answer(413, b"Request Entity Too Large")
        parse = _PARSERS.get(_format(invocation.content_type))
        if parse is None:
            return _refuse(415, f"Content-type {invocation.content_type} is not supported. Use one of: {SUPPORTED}")
        try:
            accept = responses.accepted(invocation.accept, self._default_accept())
        except responses.NotAcceptable as error:
            return _refuse(406, str(error))
        try:
            table = parse(invocation.body)
        except UserError as error:
            name = _format(invocation.content_type)
            return _refuse(
                400, f"Loading {name} data failed with Exception, please ensure data is in {name} format: {error}"
            )
        try:
            predictions = self.model.predict(table)
        except (UserError, ValueError) as error:
            return _refuse(400, f"Unable to evaluate payload provided: {error}")
        return self._answer(predictions, accept)

    def _answer(self, predictions: Any, accept: str) -> Answer:
        batch = bool(self.environment.get("SAGEMAKER_BATCH"))
        selection = self.environment.get("SAGEMAKER_INFERENCE_OUTPUT")
        if selection is None:
            return Answer(200, responses.encode(predictions, accept, batch=batch), accept)
        keys = selection.replace(" ", "").lower().split(",")
        try:
            body = responses.encode_selected(self.model, predictions, keys, accept, batch=batch)
        except ValueError as error:
            return _refuse(500, str(error))
        return Answer(200, body, accept)

    def _default_accept(self) -> str:
        return self.environment.get("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT") or responses.CSV

    def _payload_max_bytes(self) -> int:
        wanted = int(self.environment.get("MAX_CONTENT_LENGTH") or DEFAULT_PAYLOAD_BYTES)
        return min(wanted, server.PAYLOAD_MAX_BYTES)


def main(environment: Mapping[str, str] = os.environ) -> int:
    """Serve the model of the folder that ``SAGEMAKER_BASE_DIR`` names, until SIGTERM.

    Returns:
        The exit code.
    """
    write_to_stdout()
    folder = JobFolder.from_environment(environment)

    def load() -> XGBoostPredictor:
        library.load()
        return XGBoostPredictor(models.load(folder.model, environment), environment)

    return server.serve(load, folder.base, environment)


def _format(content_type: str | None) -> str:
    media_type = (content_type or "text/libsvm").lower().partition(";")[0].strip()
    return FORMATS.get(media_type, media_type)


def _refuse(status: int, reason: str) -> Answer:
    logger.error("%s", reason)
    return Answer(status, reason.encode())


def _parse_csv(body: bytes) -> Table:
    return Table(csv_text.parse(body, "request"))


def _parse_libsvm(body: bytes) -> Table:
    return libsvm.parse(body, "request", labelled=False)


_PARSERS: Mapping[str, Callable[[bytes], Table]] = {
    CSV: _parse_csv,
    LIBSVM: _parse_libsvm,
    RECORDIO: recordio.parse,
}
