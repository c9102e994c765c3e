"""Distributed Maps over S3 through boto3: every kind of dataset is read, every kind of result written, for real."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest
from tests.e2e.conftest import ROLE, again, kill, wait_for_event

from stepfunctions import LocalCloud
from stepfunctions.steps import FrozenGraph
from stepfunctions.workflow import Execution, Workflow

READ = "arn:aws:states:::s3:getObject"
LIST = "arn:aws:states:::s3:listObjectsV2"
WRITE = {"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket": "data", "Prefix": "results"}}
PASS = {"StartAt": "Each", "States": {"Each": {"Type": "Pass", "End": True}}}


def over(reader: dict[str, Any] | None, processor: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    """Return a state machine that is one Distributed Map."""
    config = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}}
    read = {} if reader is None else {"ItemReader": reader}
    each = {"Type": "Map", "Label": "Each", "ItemProcessor": {**config, **(processor or PASS)}, "End": True}
    return {"StartAt": "All", "States": {"All": {**each, **read, **fields}}}


def reader(config: dict[str, Any], resource: str = READ, **place: str) -> dict[str, Any]:
    return {"Resource": resource, "ReaderConfig": config, "Parameters": {"Bucket": "data", **place}}


class Bench:
    """A cloud with a bucket of datasets, for all tests of this module."""

    count: ClassVar[int] = 0

    def __init__(self, cloud: LocalCloud) -> None:
        self.cloud = cloud
        self.s3 = cloud.boto_session().client("s3")

    def put(self, key: str, body: bytes) -> None:
        self.s3.put_object(Bucket="data", Key=key, Body=body)

    def get(self, key: str) -> bytes:
        return self.s3.get_object(Bucket="data", Key=key)["Body"].read()

    def start(self, definition: dict[str, Any], given: Any = None) -> Execution:
        Bench.count += 1
        client = self.cloud.boto_session().client("stepfunctions")
        workflow = Workflow(f"map-{Bench.count}", FrozenGraph(definition), ROLE, client=client)
        workflow.create()
        return workflow.execute(inputs={} if given is None else given)

    def run(self, definition: dict[str, Any], given: Any = None) -> dict[str, Any]:
        """Return the description of an execution that has ended."""
        return self.start(definition, given).wait()

    def output(self, definition: dict[str, Any], given: Any = None) -> Any:
        described = self.run(definition, given)
        assert described["status"] == "SUCCEEDED", described
        return json.loads(described["output"])


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with LocalCloud(tmp_path_factory.mktemp("map") / "cloud") as cloud:
        bench = Bench(cloud)
        bench.s3.create_bucket(Bucket="data")
        yield bench


def parquet() -> bytes:
    pyarrow = pytest.importorskip("pyarrow")
    file = io.BytesIO()
    pytest.importorskip("pyarrow.parquet").write_table(pyarrow.table({"n": [1, 2, 3]}), file)
    return file.getvalue()


NUMBERS = [{"n": 1}, {"n": 2}]
WORDS = [{"n": "1"}, {"n": "2"}]
INVENTORY = {
    "destinationBucket": "arn:aws:s3:::data",
    "fileFormat": "CSV",
    "fileSchema": "n",
    "files": [{"key": "inventory/1.csv.gz"}],
}
DATASETS: dict[str, tuple[dict[str, Any], Callable[[], bytes], list[Any]]] = {
    "JSON": ({"InputType": "JSON", "ItemsPointer": "/here"}, lambda: b'{"here": [{"n": 1}, {"n": 2}, 3]}', NUMBERS),
    "JSONL": ({"InputType": "JSONL"}, lambda: b'{"n": 1}\n\n{"n": 2}\n3', NUMBERS),
    "CSV": ({"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"}, lambda: b"n\n1\n2\n3\n", WORDS),
    "given": (
        {"InputType": "CSV", "CSVHeaderLocation": "GIVEN", "CSVHeaders": ["n"], "CSVDelimiter": "TAB"},
        lambda: b"1\tx\n2\n3",
        WORDS,
    ),
    "PARQUET": ({"InputType": "PARQUET"}, parquet, NUMBERS),
    "inventory": ({"InputType": "MANIFEST"}, lambda: json.dumps(INVENTORY).encode(), WORDS),
    "Athena": (
        {"ManifestType": "ATHENA_DATA", "InputType": "JSONL"},
        lambda: b"s3://data/athena/1\ns3://data/athena/2\n",
        NUMBERS,
    ),
}


@pytest.mark.parametrize("kind", DATASETS)
def test_every_kind_of_object_is_read_up_to_max_items(bench: Bench, kind: str) -> None:
    config, document, expected = DATASETS[kind]
    bench.put("inventory/1.csv.gz", gzip.compress(b'"1"\n"2"\n"3"\n'))
    bench.put("athena/1", b'{"n": 1}')
    bench.put("athena/2", b'{"n": 2}\n{"n": 3}')
    bench.put(f"objects/{kind}", document())
    definition = over(reader({**config, "MaxItems": 2}, Key=f"objects/{kind}"))
    assert bench.output(definition) == expected


def test_a_listing_is_read_as_objects_or_as_what_is_in_them(bench: Bench) -> None:
    bench.put("listed/a", b'[{"n": 1}]')
    bench.put("listed/b", b'[{"n": 2}]')
    chosen = {"value.$": "$$.Map.Item.Value", "index.$": "$$.Map.Item.Index", "source.$": "$$.Map.Item.Source"}
    objects = bench.output(over(reader({}, LIST, Prefix="listed/"), ItemSelector=chosen))
    assert [(each["value"]["Key"], each["value"]["Size"], each["source"]) for each in objects] == [
        ("listed/a", 10, "S3://data"),
        ("listed/b", 10, "S3://data"),
    ]
    flat = {"InputType": "JSON", "Transformation": "LOAD_AND_FLATTEN"}
    assert bench.output(over(reader(flat, LIST, Prefix="listed/"), ItemSelector=chosen)) == [
        {"value": {"n": 1}, "index": 0, "source": "S3://data/listed/a"},
        {"value": {"n": 2}, "index": 1, "source": "S3://data/listed/b"},
    ]


def test_a_csv_is_batched_and_its_results_written(bench: Bench) -> None:
    bench.put("batched.csv", b"n\n" + b"".join(b"%d\n" % n for n in range(2500)))
    result = bench.output(
        over(
            reader({"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"}, Key="batched.csv"),
            ItemBatcher={"MaxItemsPerBatch": 1000, "BatchInput": {"from.$": "$.from"}},
            ResultWriter={**WRITE, "WriterConfig": {"Transformation": "COMPACT", "OutputType": "JSONL"}},
        ),
        {"from": "here"},
    )
    run = result["MapRunArn"].rpartition(":")[2]
    assert result["ResultWriterDetails"] == {"Bucket": "data", "Key": f"results/{run}/manifest.json"}
    manifest = json.loads(bench.get(result["ResultWriterDetails"]["Key"]))
    (file,) = manifest["ResultFiles"]["SUCCEEDED"]
    content = bench.get(file["Key"])
    assert len(content) == file["Size"]
    batches = [json.loads(line) for line in content.splitlines()]
    assert [len(batch["Items"]) for batch in batches] == [1000, 1000, 500]
    assert [item["n"] for batch in batches for item in batch["Items"]] == [str(n) for n in range(2500)]
    assert batches[0]["BatchInput"] == {"from": "here"}


def test_failures_that_are_tolerated_are_written_to_a_file_of_their_own(bench: Bench) -> None:
    bench.put("mixed.json", b'["good", "bad", "good"]')
    picky = {
        "StartAt": "Look",
        "States": {
            "Look": {
                "Type": "Choice",
                "Choices": [{"Variable": "$", "StringEquals": "bad", "Next": "No"}],
                "Default": "Yes",
            },
            "Yes": {"Type": "Succeed"},
            "No": {"Type": "Fail", "Error": "Bad", "Cause": "it is bad"},
        },
    }
    read = reader({"InputType": "JSON"}, Key="mixed.json")
    result = bench.output(over(read, picky, ToleratedFailureCount=1, ResultWriter=WRITE))
    files = json.loads(bench.get(result["ResultWriterDetails"]["Key"]))["ResultFiles"]
    (failed,) = json.loads(bench.get(files["FAILED"][0]["Key"]))
    assert (failed["Status"], failed["Error"], failed["Cause"], failed["Input"]) == (
        "FAILED",
        "Bad",
        "it is bad",
        '"bad"',
    )
    succeeded = json.loads(bench.get(files["SUCCEEDED"][0]["Key"]))
    assert [(each["Status"], each["Output"]) for each in succeeded] == [("SUCCEEDED", '"good"')] * 2
    assert failed["StateMachineArn"].endswith("/Each")


def test_writer_config_alone_formats_the_result_of_the_state(bench: Bench) -> None:
    flat = {"WriterConfig": {"Transformation": "FLATTEN", "OutputType": "JSON"}}
    definition = over(None, ItemsPath="$.items", ResultWriter=flat)
    assert bench.output(definition, {"items": [[1, 2], [], [3], 4]}) == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"ItemReader": reader({"InputType": "JSON"}, Key="gone")}, "States.ItemReaderFailed"),
        (
            {"ResultWriter": {**WRITE, "Parameters": {"Bucket": "no-such-bucket"}}, "ItemsPath": "$.items"},
            "States.ResultWriterFailed",
        ),
    ],
)
def test_what_is_not_there_fails_the_state_and_can_be_caught(bench: Bench, fields: dict[str, Any], error: str) -> None:
    definition = over(None, Catch=[{"ErrorEquals": [error], "Next": "Caught"}], **fields)
    definition["States"]["Caught"] = {"Type": "Pass", "End": True}
    caught = bench.output(definition, {"items": [1]})
    assert caught["Error"] == error
    assert "does not exist" in caught["Cause"]


def test_a_reading_that_was_killed_goes_on_where_it_was(cloud: LocalCloud) -> None:
    bench = Bench(cloud)
    bench.s3.create_bucket(Bucket="data")
    bench.put("killed.csv", b"n\n" + b"".join(b"%d\n" % n for n in range(3000)))
    pause = {"StartAt": "Rest", "States": {"Rest": {"Type": "Wait", "Seconds": 0, "End": True}}}
    execution = bench.start(
        over(
            reader({"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"}, Key="killed.csv"),
            pause,
            MaxConcurrency=100,
            ResultWriter={**WRITE, "WriterConfig": {"Transformation": "COMPACT", "OutputType": "JSON"}},
        )
    )
    wait_for_event(execution, "MapRunStarted")
    kill(cloud)
    cloud.start()
    bench = Bench(cloud)
    described = again(execution, cloud).wait()
    assert described["status"] == "SUCCEEDED", described
    manifest = json.loads(bench.get(json.loads(described["output"])["ResultWriterDetails"]["Key"]))
    (file,) = manifest["ResultFiles"]["SUCCEEDED"]
    assert [each["n"] for each in json.loads(bench.get(file["Key"]))] == [str(n) for n in range(3000)]


def test_objects_elsewhere_are_not_looked_for_here(tmp_path: Path) -> None:
    with LocalCloud(tmp_path / "cloud", services={"s3": "http://127.0.0.1:9"}) as cloud:
        client = cloud.boto_session().client("stepfunctions")
        workflow = Workflow("map", FrozenGraph(over(reader({}, LIST))), ROLE, client=client)
        workflow.create()
        described = workflow.execute(inputs={}).wait()
    assert described["error"] == "States.ItemReaderFailed"
    assert described["cause"].startswith("S3 is answered at http://127.0.0.1:9")
