"""The image's own metrics equal scikit-learn's."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from sklearn import metrics as sklearn_metrics

from stepfunctions.sagemaker.algorithms.errors import UserError
from stepfunctions.sagemaker.algorithms.xgboost import metrics
from stepfunctions.sagemaker.algorithms.xgboost.custom_metrics import CUSTOM_METRICS, evaluation

random = np.random.default_rng(7)
BINARY = (random.integers(0, 2, 60).astype(float), random.uniform(0, 1, 60))
MULTI = (random.integers(0, 4, 60).astype(float), random.dirichlet(np.ones(5), 60))


@pytest.mark.parametrize(
    ("name", "theirs", "options"),
    [
        ("accuracy", sklearn_metrics.accuracy_score, {}),
        ("balanced_accuracy", sklearn_metrics.balanced_accuracy_score, {}),
        ("f1", sklearn_metrics.f1_score, {"average": "macro"}),
        ("f1_macro", sklearn_metrics.f1_score, {"average": "macro"}),
        ("precision_macro", sklearn_metrics.precision_score, {"average": "macro", "zero_division": 0}),
        ("precision_micro", sklearn_metrics.precision_score, {"average": "micro"}),
        ("recall_macro", sklearn_metrics.recall_score, {"average": "macro", "zero_division": 0}),
        ("recall_micro", sklearn_metrics.recall_score, {"average": "micro"}),
    ],
)
@pytest.mark.parametrize(("labels", "predictions"), [BINARY, MULTI], ids=["binary", "multi"])
@pytest.mark.filterwarnings("ignore:y_pred contains classes not in y_true")
def test_scores_of_classes(name: str, theirs: Any, options: dict[str, Any], labels: Any, predictions: Any) -> None:
    classes = predictions.argmax(axis=1) if predictions.ndim > 1 else predictions.round()
    assert CUSTOM_METRICS[name](labels, predictions) == pytest.approx(theirs(labels, classes, **options))


@pytest.mark.parametrize(
    ("name", "theirs"),
    [
        ("f1_binary", sklearn_metrics.f1_score),
        ("precision", sklearn_metrics.precision_score),
        ("recall", sklearn_metrics.recall_score),
    ],
)
def test_scores_of_two_classes(name: str, theirs: Any) -> None:
    labels, predictions = BINARY
    assert CUSTOM_METRICS[name](labels, predictions) == pytest.approx(theirs(labels, predictions.round()))
    with pytest.raises(UserError, match="Target is multiclass but average='binary'"):
        CUSTOM_METRICS[name](*MULTI)


def test_scores_of_numbers() -> None:
    truth, predictions = random.normal(size=30), random.normal(size=30)
    assert CUSTOM_METRICS["mse"](truth, predictions) == pytest.approx(
        sklearn_metrics.mean_squared_error(truth, predictions)
    )
    assert CUSTOM_METRICS["r2"](truth, predictions) == pytest.approx(sklearn_metrics.r2_score(truth, predictions))


def test_only_our_own_metrics_are_evaluated_by_us() -> None:
    assert evaluation(["rmse", "auc"]) is None
    evaluate = evaluation(["rmse", "mse", "accuracy"])
    assert evaluate is not None

    class Matrix:
        def get_label(self) -> Any:
            return np.array([1.0, 0.0])

    assert [name for name, _ in evaluate(np.array([1.0, 1.0]), Matrix())] == ["mse", "accuracy"]


def test_published_expressions_find_the_values_in_a_log_line() -> None:
    line = "[12]\ttrain-rmse:1.60\tvalidation-rmse:2.30".replace("\t", "#011")
    found = {
        definition["Name"]: match[1]
        for definition in metrics.METRIC_DEFINITIONS
        if (match := re.match(definition["Regex"], line))
    }
    assert found == {"train:rmse": "1.60", "validation:rmse": "2.30"}


def test_directions() -> None:
    assert metrics.OBJECTIVE_METRICS["validation:rmse"] == "Minimize"
    assert metrics.OBJECTIVE_METRICS["validation:auc"] == "Maximize"
    assert set(CUSTOM_METRICS) <= set(metrics.NAMES)
