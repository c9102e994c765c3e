"""The metrics that the image adds to XGBoost's own: classification scores, mse, r2.

Written on numpy so that a job need not import scikit-learn; a test compares them with it. Predictions are rounded to
the nearest class, or the most probable class is taken where there is a probability for each. A score whose
denominator is zero is 0, as in scikit-learn.

Source: the container's custom metrics.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from stepfunctions.sagemaker.algorithms.errors import UserError

Numbers = npt.NDArray[np.float64]
Metric = Callable[[Numbers, Numbers], float]
Evaluation = Callable[[Any, Any], list[tuple[str, float]]]


def evaluation(names: Sequence[str]) -> Evaluation | None:
    """Return what ``xgboost.train`` takes as ``custom_metric``: every one of *names* that is ours.

    Returns:
        None when none of them is.
    """
    chosen = [name for name in names if name in CUSTOM_METRICS]
    if not chosen:
        return None

    def evaluate(predictions: Any, matrix: Any) -> list[tuple[str, float]]:
        labels = np.asarray(matrix.get_label(), dtype=np.float64)
        values = np.asarray(predictions, dtype=np.float64)
        return [(name, CUSTOM_METRICS[name](labels, values)) for name in chosen]

    return evaluate


def _classes(predictions: Numbers) -> Numbers:
    classes: Numbers = (predictions.argmax(axis=1) if predictions.ndim > 1 else np.round(predictions)).astype(
        np.float64
    )
    return classes


def _ratio(part: Any, whole: Any) -> Numbers:
    ratios: Numbers = np.divide(part, whole, out=np.zeros(len(part)), where=np.asarray(whole) != 0)
    return ratios


def _counts(labels: Numbers, predictions: Numbers) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """Return each class, and how often it was rightly predicted, predicted, and true."""
    found = _classes(predictions)
    classes = np.union1d(labels, found)
    right = np.array([((labels == each) & (found == each)).sum() for each in classes], dtype=np.float64)
    predicted = np.array([(found == each).sum() for each in classes], dtype=np.float64)
    true = np.array([(labels == each).sum() for each in classes], dtype=np.float64)
    return classes, right, predicted, true


def _precisions(labels: Numbers, predictions: Numbers) -> tuple[Numbers, Numbers]:
    classes, right, predicted, _ = _counts(labels, predictions)
    return classes, _ratio(right, predicted)


def _recalls(labels: Numbers, predictions: Numbers) -> tuple[Numbers, Numbers]:
    classes, right, _, true = _counts(labels, predictions)
    return classes, _ratio(right, true)


def _f1s(labels: Numbers, predictions: Numbers) -> tuple[Numbers, Numbers]:
    classes, right, predicted, true = _counts(labels, predictions)
    return classes, _ratio(2 * right, predicted + true)


def _macro(scores: Callable[[Numbers, Numbers], tuple[Numbers, Numbers]]) -> Metric:
    return lambda labels, predictions: float(scores(labels, predictions)[1].mean())


def _binary(scores: Callable[[Numbers, Numbers], tuple[Numbers, Numbers]]) -> Metric:
    def score(labels: Numbers, predictions: Numbers) -> float:
        classes, values = scores(labels, predictions)
        if len(classes) > 2:
            raise UserError("Target is multiclass but average='binary'. Please choose another average setting")
        return float(values[classes == 1].sum())

    return score


def _accuracy(labels: Numbers, predictions: Numbers) -> float:
    return float((labels == _classes(predictions)).mean())


def _balanced_accuracy(labels: Numbers, predictions: Numbers) -> float:
    classes, recalls = _recalls(labels, predictions)
    return float(recalls[np.isin(classes, labels)].mean())


def _mean_squared_error(labels: Numbers, predictions: Numbers) -> float:
    return float(np.square(labels - predictions).mean())


def _r2(labels: Numbers, predictions: Numbers) -> float:
    residual = np.square(labels - predictions).sum()
    total = np.square(labels - labels.mean()).sum()
    return float(1 - residual / total) if total else float(residual == 0)


CUSTOM_METRICS: Mapping[str, Metric] = {
    "accuracy": _accuracy,
    "balanced_accuracy": _balanced_accuracy,
    "f1": _macro(_f1s),
    "f1_binary": _binary(_f1s),
    "f1_macro": _macro(_f1s),
    "mse": _mean_squared_error,
    "precision": _binary(_precisions),
    "precision_macro": _macro(_precisions),
    "precision_micro": _accuracy,
    "r2": _r2,
    "recall": _binary(_recalls),
    "recall_macro": _macro(_recalls),
    "recall_micro": _accuracy,
}
