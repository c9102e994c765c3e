"""Training as a real process: what it prints, what it saves, how it fails."""

from __future__ import annotations

import re
import signal
import socket
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xgboost

from stepfunctions.sagemaker.algorithms.formats import libsvm
from stepfunctions.sagemaker.algorithms.xgboost import metrics

LENIENT = "811284229777.dkr.ecr.us-east-1.amazonaws.com/xgboost:1"


def final_metrics(log: str) -> dict[str, float]:
    """The metrics as the local SageMaker scrapes them."""
    found = {}
    for line in log.replace("\t", "#011").splitlines():
        for definition in metrics.METRIC_DEFINITIONS:
            if match := re.match(definition["Regex"], line):
                found[definition["Name"]] = float(match[1])
    return found


def saved_model(job: Any) -> xgboost.Booster:
    return xgboost.Booster(model_file=bytearray((job.base / "model" / "xgboost-model").read_bytes()))


def rounds(log: str) -> list[int]:
    return [int(number) for number in re.findall(r"^\[(\d+)\]\t", log, re.MULTILINE)]


def test_the_notebooks_job_equals_xgboost_called_directly(abalone: dict[str, bytes], job: Any, tmp_path: Path) -> None:
    job.channels(
        train={name: abalone[name] for name in ("train_0", "train_1")},
        validation={"validation": abalone["validation"]},
    )
    job.hyperparameters(
        objective="reg:linear",
        num_round=50,
        max_depth=5,
        eta=0.2,
        gamme=4,
        min_child_weight=6,
        subsample=0.7,
        silent=0,
    )
    code, log = job.train(LENIENT)
    assert code == 0, log

    def matrix(*names: str) -> Any:
        path = tmp_path / "-".join(names)
        path.write_bytes(b"".join(abalone[name] for name in names))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return xgboost.DMatrix(f"{path}?format=libsvm")

    train, validation = matrix("train_0", "train_1"), matrix("validation")
    results: dict[str, Any] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        booster = xgboost.train(
            {"objective": "reg:linear", "max_depth": 5, "eta": 0.2, "min_child_weight": 6, "subsample": 0.7},
            train,
            num_boost_round=50,
            evals=[(train, "train"), (validation, "validation")],
            evals_result=results,
            verbose_eval=False,
        )
    rmse = results["validation"]["rmse"][-1]
    assert 2.0 < rmse < 2.5
    assert final_metrics(log)["validation:rmse"] == pytest.approx(rmse, abs=1e-5)
    saved = saved_model(job)
    assert (saved.predict(validation) == booster.predict(validation)).all()
    assert saved.get_dump() == booster.get_dump()


def test_the_log_reads_as_the_containers(small_job: Any) -> None:
    code, log = small_job.train()
    assert code == 0
    assert re.search(r"^\[\d{4}-\d\d-\d\d:\d\d:\d\d:\d\d:INFO\] Single node training\.$", log, re.MULTILINE)
    assert "Train matrix has 200 rows and 5 columns" in log
    assert "Validation matrix has 50 rows" in log
    assert re.search(r"^\[2\]\ttrain-rmse:\d\.\d{5}\tvalidation-rmse:\d\.\d{5}$", log, re.MULTILINE)
    assert rounds(log) == [0, 1, 2]


def test_an_unknown_hyperparameter_fails_the_job_of_a_strict_image(small_job: Any) -> None:
    small_job.hyperparameters(num_round=3, gamme=4)
    code, log = small_job.train()
    assert code == 1
    assert small_job.failure == (
        "framework error: \nsagemaker_algorithm_toolkit.exceptions.UserError: Extraneous hyperparameter found: gamme"
    )
    assert "Extraneous hyperparameter found: gamme" in log
    assert list((small_job.base / "model").iterdir()) == []


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"part-0": "1 1:1\n2 x:1\n"}, "part-0, line 2: not a number: 'x'"),
        ({"part-0": ""}, "No data in training channel path"),
        ({}, "No data in training channel path"),
    ],
)
def test_faulty_data_fails_the_job_with_its_place(job: Any, files: dict[str, str], message: str) -> None:
    job.channels(train=files)
    job.hyperparameters(num_round=3)
    code, _ = job.train()
    assert code == 1
    assert message in job.failure


def test_labels_that_do_not_fit_the_objective_are_the_users_fault(small_job: Any) -> None:
    small_job.hyperparameters(num_round=3, objective="binary:logistic")
    code, _ = small_job.train()
    assert code == 1
    assert small_job.failure.startswith("framework error: \nsagemaker_algorithm_toolkit.exceptions.UserError: ")
    assert "label must be in [0,1] for logistic regression" in small_job.failure


def test_csv_with_weights_equals_xgboost_called_directly(job: Any) -> None:
    cells = np.random.default_rng(5).uniform(0, 1, (120, 5)).round(3).astype(np.float32)
    text = "".join(",".join(map(str, row)) + "\n" for row in cells)
    job.channels("text/csv", train={"a.csv": text})
    job.hyperparameters(num_round=4, csv_weights=1, max_depth=2)
    code, log = job.train()
    assert code == 0, log
    matrix = xgboost.DMatrix(cells[:, 2:], label=cells[:, 0], weight=cells[:, 1])
    expected = xgboost.train({"max_depth": 2}, matrix, num_boost_round=4)
    saved = saved_model(job)
    assert saved.predict(matrix) == pytest.approx(expected.predict(matrix), abs=1e-6)


def test_own_metrics_are_printed_beside_the_librarys(small_job: Any) -> None:
    small_job.hyperparameters(num_round=2, eval_metric="mae,r2,mse")
    _, log = small_job.train()
    assert {"validation:mae", "validation:r2", "train:mse"} <= set(final_metrics(log))


def test_training_stops_early_and_keeps_the_best_round(small_job: Any) -> None:
    small_job.hyperparameters(num_round=200, eta=1, max_depth=6, early_stopping_rounds=3, eval_metric="rmse")
    _, log = small_job.train()
    scores = [float(score) for score in re.findall(r"validation-rmse:(\S+)", log)]
    assert len(scores) < 200
    saved = saved_model(small_job)
    assert saved.num_boosted_rounds() == len(scores) - 3


def test_early_stopping_without_a_metric_has_no_effect_and_says_so(small_job: Any) -> None:
    small_job.hyperparameters(num_round=20, eta=1, early_stopping_rounds=1)
    _, log = small_job.train()
    assert len(rounds(log)) == 20
    assert "early_stopping_rounds has no effect" in log


def test_a_job_goes_on_from_its_newest_checkpoint(small_job: Any) -> None:
    small_job.config("checkpointconfig", {"LocalPath": "/opt/ml/checkpoints"})
    small_job.hyperparameters(num_round=7, max_depth=3)
    small_job.train()
    checkpoints = small_job.base / "checkpoints"
    assert sorted(path.name for path in checkpoints.iterdir()) == [f"xgboost-checkpoint.{at}" for at in range(2, 7)]
    small_job.hyperparameters(num_round=10, max_depth=3)
    (checkpoints / "xgboost-checkpoint.9").write_bytes(b"half copied")
    _, log = small_job.train()
    assert "Resuming from iteration 7" in log
    assert rounds(log) == [7, 8, 9]
    saved = saved_model(small_job)
    assert saved.num_boosted_rounds() == 10


def test_a_job_told_to_stop_leaves_the_model_so_far(small_job: Any) -> None:
    small_job.hyperparameters(num_round=1_000_000, save_model_on_termination="true")
    process = small_job.start("train")
    for line in process.stdout:
        if line.startswith("[5]"):
            process.send_signal(signal.SIGTERM)
            break
    process.communicate(timeout=30)
    assert process.returncode == 0
    saved = saved_model(small_job)
    assert saved.num_boosted_rounds() >= 5


def test_cross_validation_saves_a_model_for_each_fold_and_predicts_every_row(small_job: Any) -> None:
    small_job.hyperparameters(num_round=3, _kfold=3, _num_cv_round=2)
    code, log = small_job.train()
    assert code == 0, log
    names = sorted(path.name for path in (small_job.base / "model").iterdir())
    assert names == [f"xgboost-model-{at}" for at in range(6)]
    predictions = np.loadtxt(small_job.base / "output" / "data" / "predictions.csv", delimiter=",")
    assert predictions.shape == (250, 2)
    assert "Run 2-round of 3-fold cross validation with 250 rows" in log
    assert re.search(r"^\[3\]\ttrain-rmse:\S+\tvalidation-rmse:\S+$", log, re.MULTILINE)


def test_two_hosts_train_one_model(small_job: Any, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        rendezvous = f"127.0.0.1:{free.getsockname()[1]}"
    hosts = ["algo-1", "algo-2"]
    second = type(small_job)(tmp_path / "second")
    lines = (small_job.base / "input" / "data" / "train" / "part-0").read_text().splitlines(keepends=True)
    processes = []
    for host, job, rows in zip(hosts, (small_job, second), (lines[:100], lines[100:]), strict=True):
        job.channels(train={"part-0": "".join(rows)})
        job.hyperparameters(num_round=3, max_depth=3)
        job.config("resourceconfig", {"current_host": host, "hosts": hosts})
        processes.append(job.start("train", STEPLADDER_RENDEZVOUS=rendezvous))
    try:
        logs = [process.communicate(timeout=60)[0] for process in processes]
    finally:
        for process in processes:
            process.kill()
    assert [process.returncode for process in processes] == [0, 0], logs
    assert rounds(logs[0]) == [0, 1, 2]
    assert rounds(logs[1]) == []
    assert not (second.base / "model" / "xgboost-model").exists()
    whole = tmp_path / "whole"
    whole.write_text("".join(lines))
    table = libsvm.read_file(whole)
    saved = saved_model(small_job)
    error = saved.predict(xgboost.DMatrix(table.features)) - table.labels
    assert final_metrics(logs[0])["train:rmse"] == pytest.approx(float(np.sqrt(np.mean(error**2))), abs=1e-4)


def test_a_host_without_rows_fails_before_it_joins_the_others(job: Any) -> None:
    job.channels(train={})
    job.hyperparameters(num_round=3)
    job.config("resourceconfig", {"current_host": "algo-2", "hosts": ["algo-1", "algo-2"]})
    code, _ = job.train(STEPLADDER_RENDEZVOUS="127.0.0.1:1")
    assert code == 1
    assert "No data in training channel path" in job.failure


def test_several_hosts_without_a_rendezvous_are_refused(small_job: Any) -> None:
    small_job.config("resourceconfig", {"current_host": "algo-1", "hosts": ["algo-1", "algo-2"]})
    code, _ = small_job.train()
    assert code == 1
    assert "STEPLADDER_RENDEZVOUS=host:port" in small_job.failure
