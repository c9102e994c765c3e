"""Serving as a real process: the inference contract over HTTP."""

from __future__ import annotations

import http.client
import json
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import xgboost

from stepfunctions.sagemaker.algorithms.formats import recordio
from stepfunctions.sagemaker.algorithms.formats.table import Table

ROWS = np.random.default_rng(1).uniform(0, 1, (40, 3)).astype(np.float32)


def trained(labels: Any = None, **parameters: Any) -> xgboost.Booster:
    matrix = xgboost.DMatrix(ROWS, label=ROWS @ [3, -2, 1] if labels is None else labels)
    return xgboost.train({"max_depth": 2, **parameters}, matrix, num_boost_round=4)


def with_model(job: Any, *boosters: xgboost.Booster, name: str = "xgboost-model") -> Any:
    for at, booster in enumerate(boosters):
        path = job.base / "model" / (name if len(boosters) == 1 else f"{name}-{at}")
        path.write_bytes(booster.save_raw("json" if name.endswith(".json") else "ubj"))
    return job


def csv(rows: Any) -> bytes:
    return "\n".join(",".join(map(str, row)) for row in rows.tolist()).encode()


def expected(booster: xgboost.Booster, rows: Any = ROWS) -> Any:
    return booster.predict(xgboost.DMatrix(rows))


def numbers(body: bytes) -> list[float]:
    return [float(word) for word in body.decode().split(",")]


@pytest.fixture(scope="module")
def booster() -> xgboost.Booster:
    return trained()


def test_the_contract_of_a_loaded_model(job: Any, serve: Callable[..., Any], booster: xgboost.Booster) -> None:
    endpoint = serve(with_model(job, booster))
    truth = expected(booster, ROWS[:3])
    body = csv(ROWS[:3])

    assert endpoint.request("GET", "/ping").status == 200
    parameters = json.loads(endpoint.request("GET", "/execution-parameters").body)
    assert parameters["BatchStrategy"] == "MULTI_RECORD"
    assert parameters["MaxPayloadInMB"] == 6

    reply = endpoint.invoke(body, "text/csv")
    assert (reply.status, reply.content_type) == (200, "text/csv")
    assert numbers(reply.body) == truth.tolist()
    reply = endpoint.invoke(body, "text/csv; charset=utf-8", "application/json")
    assert json.loads(reply.body) == {"predictions": [{"score": score} for score in truth.tolist()]}
    reply = endpoint.invoke(body, "text/csv", "application/jsonlines")
    assert [json.loads(line) for line in reply.body.splitlines()] == [{"score": score} for score in truth.tolist()]
    rows = recordio.write_table(Table(ROWS[:3]))
    assert numbers(endpoint.invoke(rows, "application/x-recordio-protobuf").body) == truth.tolist()
    reply = endpoint.invoke(body, "text/csv", "application/x-recordio-protobuf")
    assert reply.body == recordio.write_records([{"score": [score]} for score in truth.tolist()])

    assert endpoint.invoke(b"", "text/csv").status == 204
    assert endpoint.invoke(b"x", "image/png").status == 415
    assert endpoint.invoke(body, "text/csv", "image/png").status == 406
    assert endpoint.invoke(b"a,b,c", "text/csv").status == 400
    wide = endpoint.invoke(b"1,2,3,4,5", "text/csv")
    assert wide.status == 400
    assert b"Feature size of csv inference data 5 is not consistent with feature size of trained model 3" in wide.body
    assert endpoint.request("GET", "/invocations").status == 405
    assert endpoint.request("GET", "/nowhere").status == 404
    assert endpoint.invoke(b"1" * (6 * 1024 * 1024 + 1), "text/csv").status == 413
    assert endpoint.stop() == 0


def test_libsvm_rows_count_as_the_training_data_did(job: Any, serve: Callable[..., Any]) -> None:
    shifted = np.hstack([np.full((40, 1), np.nan, dtype=np.float32), ROWS])
    booster = xgboost.train({}, xgboost.DMatrix(shifted, label=ROWS[:, 0]), num_boost_round=3)
    endpoint = serve(with_model(job, booster))
    body = "\n".join("0 " + " ".join(f"{at}:{value}" for at, value in enumerate(row, 1)) for row in ROWS[:3].tolist())
    reply = endpoint.invoke(body.encode(), "text/x-libsvm")
    assert numbers(reply.body) == expected(booster, shifted[:3]).tolist()


def test_libsvm_rows_that_count_from_1_fit_a_model_whose_columns_count_from_0(
    job: Any, serve: Callable[..., Any], booster: xgboost.Booster
) -> None:
    endpoint = serve(with_model(job, booster))
    for first in (0, 1):
        body = " ".join(f"{at}:{value}" for at, value in enumerate(ROWS[0].tolist(), first))
        assert numbers(endpoint.invoke(body.encode(), "text/libsvm").body) == expected(booster, ROWS[:1]).tolist()


def test_a_batch_gets_a_line_for_each_row(job: Any, serve: Callable[..., Any], booster: xgboost.Booster) -> None:
    endpoint = serve(with_model(job, booster), SAGEMAKER_BATCH="true")
    reply = endpoint.invoke(csv(ROWS[:3]) + b"\n", "text/csv")
    assert reply.body.endswith(b"\n")
    assert [float(line) for line in reply.body.split()] == expected(booster, ROWS[:3]).tolist()


def test_probabilities_of_several_classes_are_lists(job: Any, serve: Callable[..., Any]) -> None:
    booster = trained(np.arange(40) % 3, objective="multi:softprob", num_class=3)
    endpoint = serve(with_model(job, booster))
    truth = expected(booster, ROWS[:2]).tolist()
    assert endpoint.invoke(csv(ROWS[:2]), "text/csv").body.decode() == f"{truth[0]},{truth[1]}"
    reply = endpoint.invoke(csv(ROWS[:2]), "text/csv", "application/json")
    assert json.loads(reply.body) == {"predictions": [{"score": truth[0]}, {"score": truth[1]}]}


def test_selected_content(job: Any, serve: Callable[..., Any]) -> None:
    booster = trained(np.arange(40) % 2, objective="binary:logistic")
    selection = "predicted_label, probability, probabilities, predicted_score"
    endpoint = serve(with_model(job, booster), SAGEMAKER_INFERENCE_OUTPUT=selection)
    chance = expected(booster, ROWS[:1]).tolist()[0]
    (entry,) = json.loads(endpoint.invoke(csv(ROWS[:1]), "text/csv", "application/json").body)["predictions"]
    assert entry["predicted_label"] == int(chance > 0.5)
    assert entry["probability"] == chance
    assert entry["probabilities"] == [1 - chance, chance]
    assert np.isnan(entry["predicted_score"])
    line = endpoint.invoke(csv(ROWS[:1]), "text/csv").body.decode()
    assert line == f'{int(chance > 0.5)},{chance},"{[1 - chance, chance]}",nan'


def test_the_models_of_a_cross_validation_are_averaged(job: Any, serve: Callable[..., Any]) -> None:
    boosters = [trained(), trained(ROWS[:, 1])]
    endpoint = serve(with_model(job, *boosters))
    mean = np.mean([expected(booster, ROWS[:2]) for booster in boosters], axis=0)
    assert numbers(endpoint.invoke(csv(ROWS[:2]), "text/csv").body) == pytest.approx(mean.tolist())


def test_a_model_saved_as_json_loads(job: Any, serve: Callable[..., Any], booster: xgboost.Booster) -> None:
    endpoint = serve(with_model(job, booster, name="model.json"))
    assert numbers(endpoint.invoke(csv(ROWS[:1]), "text/csv").body) == expected(booster, ROWS[:1]).tolist()


def refused_start(job: Any, **environment: str) -> str:
    process = job.start("serve", SAGEMAKER_BIND_TO_PORT="0", **environment)
    log, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    return str(log)


def test_a_pickle_is_loaded_only_when_the_user_trusts_it(
    job: Any, serve: Callable[..., Any], booster: xgboost.Booster
) -> None:
    (job.base / "model" / "xgboost-model").write_bytes(pickle.dumps(booster))
    log = refused_start(job)
    assert "is a Python pickle: loading it would run whatever code it holds" in log
    assert "STEPLADDER_ALLOW_PICKLE=1" in log
    endpoint = serve(job, STEPLADDER_ALLOW_PICKLE="1")
    assert numbers(endpoint.invoke(csv(ROWS[:1]), "text/csv").body) == expected(booster, ROWS[:1]).tolist()


@pytest.mark.parametrize(
    ("content", "message"),
    [(None, "No model in"), (b"binf\x00\x00\x00\x3f", "cannot be loaded"), (b"{broken", "cannot be loaded")],
)
def test_an_artefact_without_a_usable_model_is_said_to_be_so(job: Any, content: bytes | None, message: str) -> None:
    if content is not None:
        (job.base / "model" / "xgboost-model").write_bytes(content)
    assert message in refused_start(job)


def test_a_connection_is_kept_and_the_access_log_names_each_request(
    job: Any, serve: Callable[..., Any], booster: xgboost.Booster
) -> None:
    endpoint = serve(with_model(job, booster))
    connection = http.client.HTTPConnection("127.0.0.1", endpoint.port, timeout=30)
    for _ in range(2):
        connection.request("POST", "/invocations", csv(ROWS[:1]), {"Content-Type": "text/csv"})
        assert connection.getresponse().read()
        sock = connection.sock
    assert connection.sock is sock is not None
    connection.close()
    endpoint.stop()
    log = endpoint.process.stdout.read()
    assert log.count('"POST /invocations HTTP/1.1" 200') == 2
