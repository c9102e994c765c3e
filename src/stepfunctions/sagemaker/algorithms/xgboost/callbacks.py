"""What happens after each round of boosting: log line, checkpoint, the model so far, early stopping.

Source: the container's callbacks; its checkpoints are ``xgboost-checkpoint.<round>``, the newest five kept.
"""

from __future__ import annotations

import os
import re
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xgboost

from stepfunctions.sagemaker.algorithms.log import print_line
from stepfunctions.sagemaker.algorithms.xgboost import metrics

CHECKPOINT_NAME = "xgboost-checkpoint"
CHECKPOINTS_KEPT_MAX = 5
_CHECKPOINT = re.compile(rf"{CHECKPOINT_NAME}[._](\d+)(\.ubj|\.json)?")


def save_atomically(booster: Any, path: Path) -> None:
    """Save a model so that *path* is always either absent, the former model, or this one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # The library takes the format from the suffix.
    partial = path.with_name(f".{path.name}.partial.ubj")
    booster.save_model(partial)
    os.replace(partial, path)


def monitor(first_round: int = 0) -> Any:
    """Return the callback that prints ``[0]<TAB>train-rmse:9.1<TAB>validation-rmse:9.2``.

    Args:
        first_round: the number of rounds in the checkpoint that training goes on from.
    """

    class Monitor(xgboost.callback.TrainingCallback):
        def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
            scores = [
                f"{data}-{name}:{values[-1]:.5f}"
                for data, by_name in evals_log.items()
                for name, values in by_name.items()
            ]
            print_line("\t".join([f"[{first_round + epoch}]", *scores]))
            return False

    return Monitor()


def keep_model(path: Path) -> Any:
    """Return the callback that saves the model after every round (``save_model_on_termination``)."""

    class KeepModel(xgboost.callback.TrainingCallback):
        def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
            save_atomically(model, path)
            return False

    return KeepModel()


def end_on_sigterm() -> None:
    """End the process with 0 when it is told to stop: the model of the last whole round stays where it is."""
    signal.signal(signal.SIGTERM, lambda number, frame: os._exit(0))


def checkpoint(folder: Path, first_round: int) -> Any:
    """Return the callback that keeps the newest checkpoints in *folder*."""

    class Checkpoint(xgboost.callback.TrainingCallback):
        def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
            number = first_round + epoch
            save_atomically(model, folder / f"{CHECKPOINT_NAME}.{number}")
            (folder / f"{CHECKPOINT_NAME}.{number - CHECKPOINTS_KEPT_MAX}").unlink(missing_ok=True)
            return False

    return Checkpoint()


@dataclass(frozen=True)
class Resumption:
    """Where a job that was cut off goes on."""

    path: Path
    booster: Any
    round_count: int


def latest_checkpoint(folder: Path) -> Resumption | None:
    """Return the newest checkpoint that can be loaded; None without one."""
    found = [(int(match[1]), path) for path in _files(folder) if (match := _CHECKPOINT.fullmatch(path.name))]
    for number, path in sorted(found, reverse=True):
        try:
            booster = xgboost.Booster(model_file=bytearray(path.read_bytes()))
        except xgboost.core.XGBoostError:
            # A file that was half copied when the former run was cut off: an older one will do.
            continue
        return Resumption(path, booster, number + 1)
    return None


def early_stopping(metric: str, rounds: int) -> Any:
    """Return the callback that ends training when the validation metric gets no better, and keeps the best model."""
    return xgboost.callback.EarlyStopping(
        rounds=rounds,
        data_name="validation",
        metric_name=metric,
        maximize=metric.partition("@")[0] in metrics.MAXIMISED,
        save_best=True,
    )


def _files(folder: Path) -> list[Path]:
    return list(folder.iterdir()) if folder.is_dir() else []
