"""Predictions as bytes: what Accept, batch transform and selectable content make of them.

    text/csv                          9.1,10.2                    one line; in a batch one line each
    application/json                  {"predictions": [{"score": 9.1}]}
    application/jsonlines             {"score": 9.1}              one line each
    application/x-recordio-protobuf   a record each, label "score"

With ``SAGEMAKER_INFERENCE_OUTPUT`` (``predicted_label,probability``) each prediction has those keys instead.

Source: Developer Guide, "Common Data Formats for Inference" and "Selectable inference"; the container's encoders.
"""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from stepfunctions.sagemaker.algorithms.formats import recordio
from stepfunctions.sagemaker.algorithms.xgboost.model import Model

CSV, JSON, JSON_LINES = "text/csv", "application/json", "application/jsonlines"
RECORDIO = "application/x-recordio-protobuf"
ACCEPTED = (JSON, JSON_LINES, RECORDIO, CSV)

logger = logging.getLogger(__name__)

_REGRESSIONS = ("reg:squarederror", "reg:linear", "reg:logistic", "reg:gamma", "reg:tweedie")
_LABEL_KEYS = ("predicted_label", "labels", "raw_score", "raw_scores")
_PROBABILITY_KEYS = ("predicted_label", "labels", "probability", "probabilities", "raw_score", "raw_scores")

SELECTABLE: Mapping[str, Sequence[str]] = {
    **dict.fromkeys(_REGRESSIONS, ("predicted_score",)),
    **dict.fromkeys(("binary:logistic", "multi:softprob"), _PROBABILITY_KEYS),
    **dict.fromkeys(("binary:logitraw", "binary:hinge", "multi:softmax"), _LABEL_KEYS),
}
"""The keys that each objective can give."""


class NotAcceptable(Exception):
    """The Accept header asks for a format that the image cannot give."""


def accepted(header: str | None, default: str = CSV) -> str:
    """Return the format that an Accept header asks for.

    Raises:
        NotAcceptable: the container's text.
    """
    wanted = (header or "").partition(";")[0].strip()
    if not wanted or wanted == "*/*":
        return default
    if wanted.lower() not in ACCEPTED:
        raise NotAcceptable(
            f"Accept type {wanted} is not supported. Please use supported accept types: {list(ACCEPTED)}."
        )
    return wanted.lower()


def encode(predictions: Any, accept: str, *, batch: bool) -> bytes:
    """Return the predictions in the format *accept*.

    Args:
        predictions: an array, one row a prediction.
        accept: one of `ACCEPTED`.
        batch: a batch transform asks (``SAGEMAKER_BATCH``): a line for each, with a newline at the end.
    """
    values = predictions.tolist()
    if accept == CSV:
        text = "\n".join(map(str, values)) + "\n" if batch else ",".join(map(str, values))
        return text.encode()
    return _encode_objects([{"score": value} for value in values], accept)


def encode_selected(model: Model, predictions: Any, keys: Sequence[str], accept: str, *, batch: bool) -> bytes:
    """Return the selected keys of each prediction.

    Raises:
        ValueError: the model's objective has no selectable content.
    """
    if model.objective not in SELECTABLE:
        raise ValueError(f"Objective `{model.objective}` unsupported for selectable inference predictions.")
    possible = SELECTABLE[model.objective]
    if impossible := [key for key in keys if key not in possible]:
        logger.warning(
            "Selected key(s) %s incompatible for objective '%s'. "
            "Please use list of compatible selectable inference predictions: %s",
            impossible,
            model.objective,
            list(possible),
        )
    selected = [
        {key: _SELECTORS[key](model, prediction) if key in possible else math.nan for key in keys}
        for prediction in predictions
    ]
    if accept == CSV:
        lines = "\n".join(",".join(_cell(row[key]) for key in keys) for row in selected)
        return (lines + "\n" if batch else lines).encode()
    return _encode_objects(selected, accept)


def _encode_objects(objects: Sequence[Mapping[str, Any]], accept: str) -> bytes:
    if accept == JSON:
        return json.dumps({"predictions": objects}).encode()
    if accept == JSON_LINES:
        return "".join(json.dumps(entry) + "\n" for entry in objects).encode()
    return recordio.write_records(
        [{key: value if isinstance(value, list) else [value] for key, value in entry.items()} for entry in objects]
    )


def _cell(value: Any) -> str:
    return f'"{value}"' if isinstance(value, list) else str(value)


def _predicted_label(model: Model, prediction: Any) -> Any:
    if model.objective == "binary:logistic":
        return int(prediction > 0.5)
    if model.objective == "binary:logitraw":
        return int(prediction > 0)
    return int(np.argmax(prediction)) if np.ndim(prediction) else prediction.item()


def _labels(model: Model, prediction: Any) -> list[int]:
    return list(range(model.class_count or 2))


def _score(model: Model, prediction: Any) -> float:
    return float(np.max(prediction))


def _scores(model: Model, prediction: Any) -> list[float]:
    values: list[float] = prediction.tolist() if np.ndim(prediction) else [1.0 - float(prediction), float(prediction)]
    return values


_SELECTORS: Mapping[str, Callable[[Model, Any], Any]] = {
    "predicted_label": _predicted_label,
    "labels": _labels,
    "probability": _score,
    "probabilities": _scores,
    "raw_score": _score,
    "raw_scores": _scores,
    "predicted_score": _score,
}
