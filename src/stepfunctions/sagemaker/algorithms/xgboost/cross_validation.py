"""Cross validation: ``_kfold`` models instead of one, and predictions for every row by models that did not see it.

    model/xgboost-model-0 ...      one for each fold (and round of ``_num_cv_round``); serving averages them
    output/data/predictions.csv    truth, prediction; for classification truth, probability, class

Train and validation rows are put together. For classification each fold has its share of every class. AWS's container
draws the folds at random; here the ``seed`` hyperparameter decides (0 without it), so that a job can be repeated.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from stepfunctions.sagemaker.algorithms.folder import JobFolder
from stepfunctions.sagemaker.algorithms.formats.table import Table, concatenate
from stepfunctions.sagemaker.algorithms.log import print_line
from stepfunctions.sagemaker.algorithms.xgboost import train
from stepfunctions.sagemaker.algorithms.xgboost.hyperparameters import Settings

Indices = npt.NDArray[np.int64]

logger = logging.getLogger(__name__)


def run(folder: JobFolder, settings: Settings, inputs: train.Inputs) -> None:
    """Train a model for each fold, save them, and write the predictions.

    Args:
        folder: of the job.
        settings: with ``_kfold``.
        inputs: the job's rows.

    Raises:
        AlgorithmFailure: as one training does.
    """
    table = concatenate([inputs.train, inputs.validation]) if inputs.validation else inputs.train
    matrix = train.to_matrix(table, settings)
    folds, rounds = settings.values["_kfold"], settings.values.get("_num_cv_round", 1)
    logger.info("Run %d-round of %d-fold cross validation with %d rows", rounds, folds, table.row_count)
    predictions: list[list[Any]] = [[] for _ in range(table.row_count)]
    results: list[dict[str, Any]] = []
    for number, (others, held_out) in enumerate(_splits(table, settings, folds, rounds)):
        logger.info("Train cross validation fold %d", number % folds + 1)
        results.append({})
        plan = _plan(folder, settings, number, matrix.slice(others), matrix.slice(held_out))
        booster = train.boost(plan, results[-1])
        for row, prediction in zip(held_out, booster.predict(plan.validation), strict=True):
            predictions[row].append(prediction)
        if (number + 1) % folds == 0:
            logger.info("The metrics of round %d cross validation", (number + 1) // folds)
            _print_means(settings.round_count, results[-folds:])
    if rounds > 1:
        logger.info("The overall metrics of %d-round cross validation", rounds)
        _print_means(settings.round_count, results)
    _write_predictions(folder, table, settings, predictions)


def is_classification(settings: Settings) -> bool:
    """Tell whether the objective predicts classes."""
    return "num_class" in settings.values or settings.values.get("objective", "").startswith("binary:")


def _plan(folder: JobFolder, settings: Settings, number: int, rows: Any, held_out: Any) -> train.Plan:
    plan = train.Plan(settings, rows, held_out, folder.model / f"{train.MODEL_NAME}-{number}")
    checkpoints = folder.checkpoints()
    return replace(plan, checkpoints=checkpoints / f"model-{number}") if checkpoints else plan


def _splits(table: Table, settings: Settings, folds: int, rounds: int) -> Iterator[tuple[Indices, Indices]]:
    generator = np.random.default_rng(abs(settings.values.get("seed", 0)))
    for _ in range(rounds):
        order = generator.permutation(table.row_count)
        if is_classification(settings) and table.labels is not None:
            # Dealt out class by class, every fold gets its share of each.
            order = order[np.argsort(table.labels[order], kind="stable")]
        for fold in range(folds):
            held_out = np.sort(order[fold::folds])
            yield np.setdiff1d(order, held_out), held_out


def _print_means(round_count: int, results: list[dict[str, Any]]) -> None:
    means = [
        f"{data}-{metric}:{np.mean([result[data][metric][-1] for result in results]):.5f}"
        for metric in results[0]["train"]
        for data in ("train", "validation")
    ]
    print_line("\t".join([f"[{round_count}]", *means]))


def _write_predictions(folder: JobFolder, table: Table, settings: Settings, predictions: list[list[Any]]) -> None:
    path = folder.output_data / "predictions.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    columns = [np.asarray(table.labels), *_aggregate(np.asarray(predictions), is_classification(settings))]
    logger.info("Storing predictions on validation set(s) in %s", path)
    np.savetxt(path, np.column_stack(columns), delimiter=",", fmt="%f")


def _aggregate(values: Any, classification: bool) -> list[Any]:
    """Return the columns that follow the truth; *values* is (row, round) or (row, round, class)."""
    if not classification:
        return [values.mean(axis=1)]
    classes = values.argmax(axis=2) if values.ndim == 3 else (values > 0.5).astype(int)
    chances = values.max(axis=2) if values.ndim == 3 else values
    modes = [np.bincount(row).argmax() for row in classes]
    return [chances.mean(axis=1), np.array(modes)]
