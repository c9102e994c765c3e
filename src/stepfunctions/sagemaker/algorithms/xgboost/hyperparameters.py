"""XGBoost's hyperparameters: the table, the rules between them, and what is handed to the library.

Which image it is decides about names that are not in the table: ``sagemaker-xgboost`` and the 0.90 images and later
refuse them; the first generation (``xgboost:1``, ``latest``, ``0.72``) passed them on to a library that ignored them.

Source: Developer Guide, "XGBoost hyperparameters", and the container's validation. That the first generation ignores
unknown names is not verified against AWS; AWS's own notebook relies on it (``gamme``).
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stepfunctions.sagemaker.algorithms import parameters
from stepfunctions.sagemaker.algorithms.errors import UserError
from stepfunctions.sagemaker.algorithms.parameters import ParameterTable, choice, integer, real
from stepfunctions.sagemaker.algorithms.xgboost import metrics

OBJECTIVES = (
    "aft_loss_distribution",
    "binary:logistic",
    "binary:logitraw",
    "binary:hinge",
    "count:poisson",
    "multi:softmax",
    "multi:softprob",
    "rank:pairwise",
    "rank:ndcg",
    "rank:map",
    "reg:linear",
    "reg:squarederror",
    "reg:logistic",
    "reg:gamma",
    "reg:pseudohubererror",
    "reg:squaredlogerror",
    "reg:absoluteerror",
    "reg:tweedie",
    "survival:aft",
    "survival:cox",
)
TREE_BUILDERS = ("grow_colmaker", "distcol", "grow_histmaker", "grow_local_histmaker", "grow_quantile_histmaker")
TREE_UPDATERS = (*TREE_BUILDERS, "grow_skmaker", "sync", "refresh", "prune")
LINEAR_UPDATERS = ("shotgun", "coord_descent")
UPDATE_PROCESS_UPDATERS = ("refresh", "prune")


class _EvalMetrics(Container[str]):
    """The names of metrics, and ``error@t``, ``ndcg@n``, ``map@n``."""

    def __contains__(self, value: object) -> bool:
        name, at, threshold = str(value).partition("@")
        if "<function" in name:
            raise UserError(f"User defined evaluation metric {value} is not supported yet.")
        if not at:
            return name in metrics.NAMES
        if name.strip() not in ("error", "ndcg", "map"):
            raise UserError(
                f"Metric '{value}' is not supported. Parameter 'eval_metric' with customized threshold should "
                "be one of these options: 'error', 'ndcg', 'map'."
            )
        try:
            float(threshold)
        except ValueError:
            raise UserError(f"Threshold value 't' in '{name.strip()}@t' expects float input.") from None
        return True

    def __str__(self) -> str:
        return str([*metrics.NAMES])


TABLE = ParameterTable.of(
    integer("num_round", required=True, at_least=1),
    integer("csv_weights", at_least=0, at_most=1),
    integer("early_stopping_rounds", at_least=1),
    choice("booster", "gbtree", "gblinear", "dart"),
    integer("verbosity", at_least=0, at_most=3),
    integer("nthread", at_least=1),
    real("eta", at_least=0, at_most=1),
    real("gamma", at_least=0),
    integer("max_depth", at_least=0),
    real("min_child_weight", at_least=0),
    real("max_delta_step", at_least=0),
    real("subsample", above=0, at_most=1),
    real("colsample_bytree", above=0, at_most=1),
    real("colsample_bylevel", above=0, at_most=1),
    real("colsample_bynode", above=0, at_most=1),
    real("lambda", at_least=0),
    real("alpha", at_least=0),
    choice("tree_method", "auto", "exact", "approx", "hist", "gpu_hist"),
    real("sketch_eps", above=0, below=1),
    real("scale_pos_weight", above=0),
    parameters.words("updater", [*TREE_UPDATERS, *LINEAR_UPDATERS]),
    choice("dsplit", "row", "col"),
    integer("refresh_leaf", at_least=0, at_most=1),
    choice("process_type", "default", "update"),
    choice("grow_policy", "depthwise", "lossguide"),
    integer("max_leaves", at_least=0),
    integer("max_bin", at_least=0),
    choice("predictor", "auto", "cpu_predictor", "gpu_predictor"),
    parameters.whole_tuple("monotone_constraints", -1, 0, 1),
    parameters.nested_list("interaction_constraints", at_least=1),
    choice("sample_type", "uniform", "weighted"),
    choice("normalize_type", "tree", "forest"),
    real("rate_drop", at_least=0, at_most=1),
    integer("one_drop", at_least=0, at_most=1),
    real("skip_drop", at_least=0, at_most=1),
    real("lambda_bias", at_least=0, at_most=1),
    real("tweedie_variance_power", above=1, below=2),
    choice("objective", *OBJECTIVES),
    integer("num_class", at_least=2),
    real("base_score", at_least=0),
    integer("_kfold", at_least=2),
    integer("_num_cv_round", at_least=1),
    choice("_tuning_objective_metric", *metrics.OBJECTIVE_METRICS),
    parameters.words("eval_metric", _EvalMetrics()),
    integer("seed", above=-(2**31), below=2**31 - 1),
    integer("num_parallel_tree", at_least=1),
    choice("save_model_on_termination", "true", "false"),
    choice("aft_loss_distribution", "normal", "logistic", "extreme"),
    real("aft_loss_distribution_scale", at_least=0),
    choice("deterministic_histogram", "true", "false"),
    choice("sampling_method", "uniform", "gradient_based"),
    integer("prob_buffer_row", above=1),
    choice("use_dask_gpu_training", "true", "false"),
    learning_rate="eta",
    min_split_loss="gamma",
    reg_lambda="lambda",
    reg_alpha="alpha",
)

OURS = frozenset(
    {
        "num_round",
        "csv_weights",
        "early_stopping_rounds",
        "_kfold",
        "_num_cv_round",
        "_tuning_objective_metric",
        "eval_metric",
        "save_model_on_termination",
        "use_dask_gpu_training",
    }
)
"""Read by the image itself, not handed to the library's ``params``."""

RETIRED = frozenset({"predictor", "sketch_eps", "dsplit", "deterministic_histogram", "prob_buffer_row"})
"""Valid for AWS's images, without effect in the xgboost library that runs here."""


@dataclass(frozen=True)
class Settings:
    """What a training job asked for, checked."""

    values: Mapping[str, Any]
    """Every hyperparameter given, by its canonical name, as a value."""
    notes: Sequence[str] = ()
    """Warnings for the log."""

    @property
    def round_count(self) -> int:
        """How many rounds of boosting."""
        return int(self.values["num_round"])

    @property
    def tuning_metric(self) -> str | None:
        """The metric that a tuning job watches, without its ``validation:``."""
        objective: str | None = self.values.get("_tuning_objective_metric")
        return objective.partition(":")[2] if objective else None

    @property
    def eval_metrics(self) -> list[str]:
        """The metrics to evaluate: the user's and the tuning job's; empty for the objective's own."""
        given: list[str] = list(self.values.get("eval_metric") or [])
        if self.tuning_metric is None:
            return given
        return sorted({*given, self.tuning_metric}) if given else [self.tuning_metric]

    def library_parameters(self) -> dict[str, Any]:
        """Return the ``params`` of ``xgboost.train``, without eval_metric."""
        chosen = {name: value for name, value in self.values.items() if name not in OURS | RETIRED}
        if "updater" in chosen:
            chosen["updater"] = ",".join(chosen["updater"])
        return chosen


def is_lenient(image: str) -> bool:
    """Tell whether an image is of the first generation, which ignores names that it does not know.

    Args:
        image: its URI, such as ``811284229777.dkr.ecr.us-east-1.amazonaws.com/xgboost:1``; empty: not lenient.
    """
    repository, _, tag = image.rpartition("/")[2].partition(":")
    return repository == "xgboost" and tag in ("", "1", "latest", "0.72", "0.72.1")


def check(given: Mapping[str, str], image: str = "") -> Settings:
    """Return the settings of what a user gave.

    Args:
        given: hyperparameters.json.
        image: the image's URI, which decides about unknown names.

    Raises:
        UserError: AWS's text of the first thing wrong.
    """
    notes = []
    if is_lenient(image):
        unknown = TABLE.unknown(given)
        notes += [f"Hyperparameter {name} is not known to XGBoost and is ignored.{_near(name)}" for name in unknown]
        given = {name: text for name, text in given.items() if name not in unknown}
    values = TABLE.check(given)
    for rule in _RULES:
        rule(values)
    notes += [f"Hyperparameter {name} has no effect in this version of XGBoost." for name in values if name in RETIRED]
    return Settings(values, notes)


def _near(name: str) -> str:
    near = difflib.get_close_matches(name, TABLE.parameters, n=1)
    return f" Did you mean {near[0]}?" if near else ""


def _check_class_count(values: Mapping[str, Any]) -> None:
    if values.get("objective") in ("multi:softmax", "multi:softprob") and "num_class" not in values:
        raise UserError("Require input for parameter 'num_class' for multi-classification")


def _check_metrics(values: Mapping[str, Any]) -> None:
    objective = values.get("objective", "reg:squarederror")
    wanted = values.get("eval_metric", ())
    if "auc" in wanted and not objective.startswith(("binary:", "rank:")):
        raise UserError("Metric 'auc' can only be applied for classification and ranking problems.")
    if "aft-nloglik" in wanted and objective != "survival:aft":
        raise UserError("Metric 'aft-nloglik' can only be applied for 'survival:aft' objective.")


def _check_constraints(values: Mapping[str, Any]) -> None:
    method = values.get("tree_method")
    if "monotone_constraints" in values and method not in ("exact", "hist"):
        raise UserError(
            "monotone_constraints can be used only when the tree_method parameter is set to either 'exact' or 'hist'."
        )
    if "interaction_constraints" in values and method not in ("exact", "hist", "approx"):
        raise UserError(
            "interaction_constraints can be used only when the tree_method parameter is set to "
            "either 'exact', 'hist' or 'approx'."
        )


def _check_updaters(values: Mapping[str, Any]) -> None:
    updaters = values.get("updater")
    if updaters is None:
        return
    if values.get("booster") == "gblinear":
        if len(updaters) != 1 or updaters[0] not in LINEAR_UPDATERS:
            raise UserError("Linear updater should be one of these options: 'shotgun', 'coord_descent'.")
    elif values.get("process_type") == "update":
        if not set(updaters) <= set(UPDATE_PROCESS_UPDATERS):
            raise UserError("process_type 'update' can only be used with updater 'refresh' and 'prune'")
    elif not set(updaters) <= set(TREE_UPDATERS):
        raise UserError(
            "Tree updater should be selected from these options: 'grow_colmaker', 'distcol', 'grow_histmaker', "
            "'grow_local_histmaker', 'grow_skmaker', 'grow_quantile_histmaker', 'sync', 'refresh', 'prune', "
            "'shortgun', 'coord_descent'."
        )
    elif sum(updater in TREE_BUILDERS for updater in updaters) > 1:
        raise UserError(
            "Only one tree grow plugin can be selected. Choose one from the"
            "following: 'grow_colmaker', 'distcol', 'grow_histmaker', "
            "'grow_local_histmaker', 'grow_skmaker'"
        )


def _check_processor(values: Mapping[str, Any]) -> None:
    if values.get("use_dask_gpu_training") == "true":
        raise UserError(
            "Some configurations unsuitable for Dask GPU training were found: the local XGBoost has no GPU. "
            "Set use_dask_gpu_training to false"
        )
    if values.get("tree_method") == "gpu_hist":
        raise UserError("Hyperparameter tree_method: gpu_hist needs a GPU, which the local XGBoost has not; use hist")


_RULES: Sequence[Callable[[Mapping[str, Any]], None]] = (
    _check_class_count,
    _check_metrics,
    _check_constraints,
    _check_updaters,
    _check_processor,
)
