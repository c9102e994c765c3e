"""XGBoost's hyperparameters: ranges, aliases, rules, and AWS's texts."""

from __future__ import annotations

import re

import pytest

from stepfunctions.sagemaker.algorithms.errors import UserError
from stepfunctions.sagemaker.algorithms.xgboost.hyperparameters import check, is_lenient

LENIENT, STRICT = "account.dkr.ecr.us-east-1.amazonaws.com/xgboost:1", "account/sagemaker-xgboost:1.7-1"


def checked(image: str = STRICT, **given: str) -> dict[str, object]:
    return dict(check({"num_round": "5", **{name.rstrip("_"): text for name, text in given.items()}}, image).values)


def refusal(**given: str) -> str:
    with pytest.raises(UserError) as raised:
        checked(**given)
    return str(raised.value)


def test_text_becomes_values() -> None:
    values = checked(
        eta="0.2",
        max_depth="5",
        eval_metric="rmse,mae",
        tree_method="hist",
        monotone_constraints="(1, -1)",
        interaction_constraints="[[1, 2], [3, 4]]",
    )
    assert values == {
        "num_round": 5,
        "eta": 0.2,
        "max_depth": 5,
        "eval_metric": ["rmse", "mae"],
        "tree_method": "hist",
        "monotone_constraints": (1, -1),
        "interaction_constraints": [[1, 2], [3, 4]],
    }


def test_aliases_stand_for_the_first_names() -> None:
    values = checked(learning_rate="0.1", min_split_loss="1", reg_lambda="2", reg_alpha="3")
    assert values == {"num_round": 5, "eta": 0.1, "gamma": 1.0, "lambda": 2.0, "alpha": 3.0}


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("eta", "1.5", "Hyperparameter eta: 1.5 is not in [0, 1]"),
        ("subsample", "0", "Hyperparameter subsample: 0.0 is not in (0, 1]"),
        ("gamma", "-1", "Hyperparameter gamma: -1.0 is not in [0, +inf)"),
        ("num_round", "0", "Hyperparameter num_round: 0 is not in [1, +inf)"),
        ("tweedie_variance_power", "2", "Hyperparameter tweedie_variance_power: 2.0 is not in (1, 2)"),
        ("booster", "tree", "Hyperparameter booster: tree is not in ['gbtree', 'gblinear', 'dart']"),
        ("max_depth", "5.5", "Hyperparameter max_depth: could not parse value (caused by ValueError)"),
        ("eta", "fast", "Hyperparameter eta: could not parse value (caused by ValueError)"),
        ("gamme", "4", "Extraneous hyperparameter found: gamme"),
        ("eval_metric", "error@x", "Threshold value 't' in 'error@t' expects float input."),
        ("use_dask_gpu_training", "true", "Some configurations unsuitable for Dask GPU training were found"),
        ("tree_method", "gpu_hist", "needs a GPU"),
    ],
)
def test_one_faulty_hyperparameter_is_refused_in_aws_words(name: str, text: str, message: str) -> None:
    assert refusal(**{name: text}).startswith(message) or message in refusal(**{name: text})


def test_list_elements_outside_the_range_are_refused() -> None:
    assert re.match(
        r"Hyperparameter eval_metric: value \['rmse', 'nice'\] not in range \[", refusal(eval_metric="rmse,nice")
    )
    assert "not in range [-1, 0, 1]" in refusal(monotone_constraints="(2, 0)", tree_method="hist")
    assert "error', 'ndcg', 'map'" in refusal(eval_metric="rmse@3")


def test_num_round_is_required() -> None:
    with pytest.raises(UserError, match=r"^Missing required hyperparameter: num_round$"):
        check({"eta": "0.2"}, STRICT)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"objective": "multi:softmax"}, "Require input for parameter 'num_class' for multi-classification"),
        ({"eval_metric": "auc"}, "Metric 'auc' can only be applied for classification and ranking problems."),
        ({"eval_metric": "aft-nloglik"}, "Metric 'aft-nloglik' can only be applied for 'survival:aft' objective."),
        ({"monotone_constraints": "(1,)"}, "monotone_constraints can be used only when the tree_method"),
        ({"interaction_constraints": "[[1]]"}, "interaction_constraints can be used only when the tree_method"),
        ({"booster": "gblinear", "updater": "prune"}, "Linear updater should be one of these options"),
        ({"process_type": "update", "updater": "sync"}, "process_type 'update' can only be used with updater"),
        ({"updater": "shotgun"}, "Tree updater should be selected from these options"),
        ({"updater": "grow_colmaker,grow_histmaker"}, "Only one tree grow plugin can be selected."),
    ],
)
def test_rules_between_hyperparameters(given: dict[str, str], message: str) -> None:
    assert refusal(**given).startswith(message)


def test_auc_is_for_classification_and_ranking() -> None:
    assert checked(eval_metric="auc", objective="binary:logistic")["eval_metric"] == ["auc"]


def test_the_first_generation_ignores_unknown_names_and_says_so() -> None:
    settings = check({"num_round": "5", "gamme": "4", "silent": "0"}, LENIENT)
    assert settings.library_parameters() == {}
    assert settings.notes == [
        "Hyperparameter gamme is not known to XGBoost and is ignored. Did you mean gamma?",
        "Hyperparameter silent is not known to XGBoost and is ignored.",
    ]


@pytest.mark.parametrize(
    ("image", "lenient"),
    [
        ("a.dkr.ecr.us-east-1.amazonaws.com/xgboost:1", True),
        ("a.dkr.ecr.us-east-1.amazonaws.com/xgboost:latest", True),
        ("a.dkr.ecr.us-east-1.amazonaws.com/xgboost", True),
        ("xgboost:0.72", True),
        ("a.dkr.ecr.us-east-1.amazonaws.com/xgboost:0.90-2-cpu-py3", False),
        ("a.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1", False),
        ("a.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:latest", False),
        ("", False),
    ],
)
def test_the_image_decides_about_unknown_names(image: str, lenient: bool) -> None:
    assert is_lenient(image) is lenient


def test_what_the_image_reads_itself_is_not_handed_to_the_library() -> None:
    settings = check(
        {
            "num_round": "5",
            "csv_weights": "1",
            "predictor": "cpu_predictor",
            "updater": "grow_colmaker,prune",
            "eta": "1",
        }
    )
    assert settings.library_parameters() == {"updater": "grow_colmaker,prune", "eta": 1.0}
    assert settings.notes == ["Hyperparameter predictor has no effect in this version of XGBoost."]


def test_a_tuning_jobs_metric_is_evaluated_too() -> None:
    settings = check({"num_round": "5", "_tuning_objective_metric": "validation:rmse", "eval_metric": "mae"})
    assert settings.eval_metrics == ["mae", "rmse"]
