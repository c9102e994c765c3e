"""Loads models and predicts with them: the artefact's side of serving.

An artefact folder holds one model (``xgboost-model``) or one for each fold of a cross validation
(``xgboost-model-0`` ...), whose predictions are averaged. Models of AWS's images load if they were saved by
``Booster.save_model`` (UBJSON or JSON). Python pickles, which older images wrote, run code when they are loaded:
they are refused unless ``STEPLADDER_ALLOW_PICKLE=1``.
"""

from __future__ import annotations

import json
import logging
import os
import pickle
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from stepfunctions.sagemaker.algorithms.channels import is_data_file
from stepfunctions.sagemaker.algorithms.errors import UserError
from stepfunctions.sagemaker.algorithms.formats.table import Table
from stepfunctions.sagemaker.algorithms.xgboost import library

ALLOW_PICKLE = "STEPLADDER_ALLOW_PICKLE"

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Model:
    """One or more boosters that answer together."""

    boosters: Sequence[Any]
    objective: str
    class_count: int
    feature_count: int

    def predict(self, table: Table) -> Any:
        """Return the mean of the boosters' predictions, one row each.

        Raises:
            UserError: the rows have more features than the model.
        """
        xgboost = library.load()
        matrix = xgboost.DMatrix(self._fit(table), nthread=1)
        predictions = [self._predict(booster, matrix) for booster in self.boosters]
        return predictions[0] if len(predictions) == 1 else np.mean(predictions, axis=0)

    def _fit(self, table: Table) -> Any:
        if isinstance(table.features, np.ndarray):
            if table.column_count not in (self.feature_count, self.feature_count - 1):
                raise UserError(
                    f"Feature size of csv inference data {table.column_count} is not consistent "
                    f"with feature size of trained model {self.feature_count}."
                )
            return table.features
        return self._fit_sparse(table.features)

    def _fit_sparse(self, features: Any) -> Any:
        width = features.shape[1]
        if width == self.feature_count + 1 and features.indices.min() > 0:
            # Counted from 1, while the model's columns count from 0 (trained on CSV, or by an image that shifts).
            features = features[:, 1:]
            width -= 1
        if width > self.feature_count:
            raise UserError(
                f"Feature size of libsvm inference data {width} is larger than "
                f"feature size of trained model {self.feature_count}."
            )
        features.resize(features.shape[0], self.feature_count)
        return features

    @staticmethod
    def _predict(booster: Any, matrix: Any) -> Any:
        best = booster.attr("best_iteration")
        # The model is cut to its best round when it is saved; the attribute matters for models of other makers.
        rounds = (0, min(int(best) + 1, booster.num_boosted_rounds())) if best is not None else (0, 0)
        return booster.predict(matrix, iteration_range=rounds, validate_features=False)


def load(folder: Path, environment: Mapping[str, str] = os.environ) -> Model:
    """Load every model in an artefact's folder.

    Raises:
        UserError: there is none, or one cannot be loaded: which, and why.
    """
    paths = (
        sorted(path for path in folder.iterdir() if path.is_file() and is_data_file(path.name))
        if folder.is_dir()
        else []
    )
    if not paths:
        raise UserError(f"No model in {folder}: model.tar.gz must hold a file such as xgboost-model")
    boosters = [_load_booster(path, environment) for path in paths]
    config = json.loads(boosters[0].save_config())["learner"]
    classes = int(config["learner_model_param"].get("num_class") or 0)
    return Model(boosters, config["objective"]["name"], classes, boosters[0].num_features())


def _load_booster(path: Path, environment: Mapping[str, str]) -> Any:
    logger.info("Loading the model from %s", path)
    xgboost = library.load()
    if _is_pickle(path):
        booster = _unpickle(path, environment)
    else:
        booster = xgboost.Booster()
        try:
            booster.load_model(bytearray(path.read_bytes()))
        except xgboost.core.XGBoostError as error:
            first = str(error).partition("\n")[0]
            raise UserError(
                f"Model at {path} cannot be loaded: {first} (XGBoost {xgboost.__version__} reads UBJSON and JSON; "
                "binary models of versions before 3.1 must be saved again with an older version)"
            ) from error
    booster.set_param({"nthread": 1})
    return booster


def _is_pickle(path: Path) -> bool:
    # Protocol 2 and later open with this byte; UBJSON and JSON with "{", old binary models with their parameters.
    with path.open("rb") as file:
        return file.read(1) == pickle.PROTO


def _unpickle(path: Path, environment: Mapping[str, str]) -> Any:
    if environment.get(ALLOW_PICKLE) != "1":
        raise UserError(
            f"Model at {path} is a Python pickle: loading it would run whatever code it holds. If you trust where it "
            f"comes from, set {ALLOW_PICKLE}=1 in the model's Environment, or save it with Booster.save_model"
        )
    booster = pickle.loads(path.read_bytes())
    return getattr(booster, "get_booster", lambda: booster)()
