r"""The metrics that XGBoost publishes: names, directions, and the expressions that find them in the log.

The local SageMaker matches `METRIC_DEFINITIONS` against each log line, in which it writes TABs as ``#011``, as AWS's
log agent does. The container publishes expressions that end in ``(\S+)``, which takes the next metric along once TABs
are ``#011``; here they end in a number, as DescribeTrainingJob shows them (from memory, not verified against AWS).

Source: Developer Guide, "Tune an XGBoost Model"; the container's metrics.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

MAXIMISED: Sequence[str] = (
    "accuracy",
    "auc",
    "aucpr",
    "balanced_accuracy",
    "f1",
    "f1_binary",
    "f1_macro",
    "map",
    "ndcg",
    "precision",
    "r2",
    "recall",
    "precision_macro",
    "precision_micro",
    "recall_macro",
    "recall_micro",
)

MINIMISED: Sequence[str] = (
    "aft-nloglik",
    "cox-nloglik",
    "error",
    "gamma-deviance",
    "gamma-nloglik",
    "interval-regression-accuracy",
    "logloss",
    "mae",
    "mape",
    "merror",
    "mlogloss",
    "mphe",
    "mse",
    "poisson-nloglik",
    "rmse",
    "rmsle",
    "tweedie-nloglik",
)

_NUMBER = r"([-+]?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?)"

NAMES: Sequence[str] = (*MAXIMISED, *MINIMISED)

OBJECTIVE_METRICS: Mapping[str, str] = {
    f"validation:{name}": "Maximize" if name in MAXIMISED else "Minimize" for name in NAMES
}
"""What a tuning job may have as its objective, and in which direction."""

METRIC_DEFINITIONS: Sequence[Mapping[str, str]] = tuple(
    {"Name": f"{channel}:{name}", "Regex": rf".*\[[0-9]+\].*#011{channel}-{name}:{_NUMBER}.*"}
    for channel in ("train", "validation")
    for name in NAMES
)
"""Shape: ``[{"Name": "validation:rmse", "Regex": str}, ...]``; a TAB in the log line reads ``#011``."""
