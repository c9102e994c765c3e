"""Training: channels in, log lines and ``model/xgboost-model`` out.

The model equals what ``xgboost.train`` gives for the same rows and parameters: nothing is added to either.

Follows the container's algorithm mode. A user's error ends with exit code 1 and its text in ``output/failure``.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xgboost

from stepfunctions.sagemaker.algorithms.channels import Channel, read_channels
from stepfunctions.sagemaker.algorithms.errors import AlgorithmError, AlgorithmFailure, UserError
from stepfunctions.sagemaker.algorithms.folder import JobFolder
from stepfunctions.sagemaker.algorithms.formats.table import Table
from stepfunctions.sagemaker.algorithms.log import write_to_stdout
from stepfunctions.sagemaker.algorithms.xgboost import callbacks, custom_metrics, hyperparameters
from stepfunctions.sagemaker.algorithms.xgboost.hyperparameters import Settings

MODEL_NAME = "xgboost-model"
CHANNELS = {"train": True, "validation": False, "code": False}

USER_FAULTS = (
    "label must be",
    "label_is_integer",
    "base_score must be",
    "`base_score` must be",
    "feature_names mismatch",
    "Check failed: preds.size() == info.labels_.size()",
    "Check failed: !auc_error AUC: the dataset only contains pos or neg samples",
    "Parameter reg_lambda should be greater equal to 0",
)
"""Parts of the library's messages that say that the user's data or settings are at fault."""

LABEL_BETWEEN_0_AND_1 = ("binary:logistic", "binary:logitraw", "reg:logistic")

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Inputs:
    """The rows of a job."""

    train: Table
    validation: Table | None


@dataclass(frozen=True)
class Plan:
    """One call of ``xgboost.train``: on which rows, starting where, saving where."""

    settings: Settings
    train: Any
    validation: Any
    model_path: Path
    checkpoints: Path | None = None
    is_first_host: bool = True


def main(environment: Mapping[str, str] = os.environ) -> int:
    """Run one training job.

    Returns:
        The exit code: 0, or 1 with the reason in ``output/failure``.
    """
    write_to_stdout()
    folder = JobFolder.from_environment(environment)
    try:
        run(folder, environment)
    except AlgorithmFailure as failure:
        logger.error("%s", failure)
        folder.write_failure(failure)
        return 1
    return 0


def run(folder: JobFolder, environment: Mapping[str, str]) -> None:
    """Train as the folder's configuration says.

    Raises:
        AlgorithmFailure: what was wrong, and whose fault it is.
    """
    logger.info("Running XGBoost Sagemaker in algorithm mode")
    settings = hyperparameters.check(folder.hyperparameters(), environment.get("STEPLADDER_IMAGE", ""))
    for note in settings.notes:
        logger.warning("%s", note)
    channels = read_channels(folder, CHANNELS)
    logger.info("Determined 0 GPU(s) available on the instance.")
    # Read before the hosts join: a host that fails over its data must not hold up the others' collective.
    inputs = read_inputs(channels, settings)
    logger.info("Train matrix has %d rows and %d columns", inputs.train.row_count, inputs.train.column_count)
    if inputs.validation:
        logger.info("Validation matrix has %d rows", inputs.validation.row_count)
    hosts = folder.hosts()
    if len(hosts.names) > 1:
        from stepfunctions.sagemaker.algorithms.xgboost import cluster

        cluster.run(hosts, environment, lambda: train(folder, settings, inputs))
    else:
        logger.info("Single node training.")
        train(folder, settings, inputs)


def train(folder: JobFolder, settings: Settings, inputs: Inputs) -> None:
    """Train on this host's rows and, on the first host, save the model.

    Raises:
        AlgorithmFailure: what was wrong, and whose fault it is.
    """
    try:
        if "_kfold" in settings.values:
            from stepfunctions.sagemaker.algorithms.xgboost import cross_validation

            cross_validation.run(folder, settings, inputs)
            return
        validation = to_matrix(inputs.validation, settings) if inputs.validation else None
        plan = Plan(
            settings,
            to_matrix(inputs.train, settings),
            validation,
            folder.model / MODEL_NAME,
            folder.checkpoints(),
            folder.hosts().is_first,
        )
        boost(plan)
    except (xgboost.core.XGBoostError, ValueError) as error:
        raise _library_failure(error) from error


def read_inputs(channels: Mapping[str, Channel], settings: Settings) -> Inputs:
    """Read the job's rows.

    Raises:
        UserError: a channel has no data, or a file is faulty.
    """
    tables: dict[str, Table | None] = {}
    weighted = settings.values.get("csv_weights") == 1
    for name in ("train", "validation"):
        if name in channels:
            tables[name] = channels[name].read(weighted=weighted)
            if tables[name] is None:
                noun = "training" if name == "train" else name
                raise UserError(f"No data in {noun} channel path {channels[name].path}")
    rows = tables["train"]
    assert rows is not None
    _check_labels(rows, settings)
    return Inputs(rows, tables.get("validation"))


def _check_labels(rows: Table, settings: Settings) -> None:
    # The library finds this only by way of the intercept that it estimates, and then blames base_score.
    if settings.values.get("objective") not in LABEL_BETWEEN_0_AND_1 or rows.labels is None:
        return
    lowest, highest = float(rows.labels.min()), float(rows.labels.max())
    if lowest < 0 or highest > 1:
        raise UserError(
            f"label must be in [0,1] for logistic regression (the training labels range from {lowest} to {highest})"
        )


def to_matrix(table: Table, settings: Settings) -> Any:
    """Return the library's matrix of a table."""
    return xgboost.DMatrix(
        table.features,
        label=table.labels,
        weight=table.weights,
        qid=table.query_ids,
        nthread=settings.values.get("nthread"),
    )


def boost(plan: Plan, evals_result: dict[str, Any] | None = None) -> Any:
    """Train and save one booster.

    Args:
        plan: what to train on.
        evals_result: filled with the metrics of every round.

    Returns:
        The booster.

    Raises:
        xgboost.core.XGBoostError: the library refused.
    """
    settings = plan.settings
    resumed = callbacks.latest_checkpoint(plan.checkpoints) if plan.checkpoints else None
    first_round = resumed.round_count if resumed else 0
    if resumed:
        logger.info("Checkpoint loaded from %s", resumed.path)
        logger.info("Resuming from iteration %d", first_round)
    parameters = settings.library_parameters()
    if library_metrics := [name for name in settings.eval_metrics if name not in custom_metrics.CUSTOM_METRICS]:
        parameters["eval_metric"] = library_metrics
    evals = [(plan.train, "train"), *([(plan.validation, "validation")] if plan.validation is not None else [])]
    booster = xgboost.train(
        parameters,
        plan.train,
        num_boost_round=max(settings.round_count - first_round, 0),
        evals=evals,
        custom_metric=custom_metrics.evaluation(settings.eval_metrics),
        evals_result=evals_result,
        callbacks=_callbacks(plan, first_round),
        xgb_model=resumed.booster if resumed else None,
        verbose_eval=False,
    )
    if plan.is_first_host:
        callbacks.save_atomically(booster, plan.model_path)
    return booster


def _callbacks(plan: Plan, first_round: int) -> list[Any]:
    chosen: list[Any] = []
    if plan.is_first_host:
        chosen.append(callbacks.monitor(first_round))
        if plan.checkpoints:
            chosen.append(callbacks.checkpoint(plan.checkpoints, first_round))
        if plan.settings.values.get("save_model_on_termination") == "true":
            chosen.append(callbacks.keep_model(plan.model_path))
            callbacks.end_on_sigterm()
    rounds = plan.settings.values.get("early_stopping_rounds")
    if rounds is not None:
        chosen += _early_stopping(plan, rounds)
    return chosen


def _early_stopping(plan: Plan, rounds: int) -> list[Any]:
    settings = plan.settings
    metric = settings.tuning_metric or next(reversed(settings.values.get("eval_metric") or []), None)
    if plan.validation is None or metric is None:
        # The container stops early only with a validation channel and a named metric, and does not say so.
        logger.warning(
            "early_stopping_rounds has no effect: it needs a validation channel and the hyperparameter eval_metric."
        )
        return []
    return [callbacks.early_stopping(metric, rounds)]


def _library_failure(error: Exception) -> AlgorithmFailure:
    # The library appends addresses of its own machine code.
    text = str(error).partition("\nStack trace")[0].strip()
    if any(fault in text for fault in USER_FAULTS):
        return UserError(text)
    return AlgorithmError(f"XGB train call failed with exception:\n {text}")
