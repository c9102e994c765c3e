"""What becomes of the outcomes of a Distributed Map's children: files in an object store, or the state's result."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from stepfunctions.engine.items import ChildResult, ItemsFailed, ResultRequest
from stepfunctions.errors import UnsupportedError
from stepfunctions.integrations.results import files
from stepfunctions.integrations.results.sink import S3Results
from stepfunctions.s3.objects import ObjectStore
from stepfunctions.values import Json, loads

RUN = "ad9b5f27-090b-3ac6-9beb-243cd77144a7"
REQUEST = ResultRequest(
    map_run_arn=f"arn:aws:states:us-east-1:123456789012:mapRun:machine/Map:{RUN}",
    state="Map",
    resource="arn:aws:states:::s3:putObject",
    arguments={"Bucket": "bucket", "Prefix": "out"},
    config={},
    account="123456789012",
    region="us-east-1",
)
STATE_RESULT = replace(REQUEST, resource=None, arguments=None)


def child(output: str | None = "1", status: str = "SUCCEEDED", **changes: Any) -> ChildResult:
    arguments = {
        "execution_arn": "arn:aws:states:us-east-1:123456789012:execution:machine/Map:child",
        "name": "child",
        "state_machine_arn": "arn:aws:states:us-east-1:123456789012:stateMachine:machine/Map",
        "status": status,
        "input": '{"a":1}',
        "output": output,
        "error": None,
        "cause": None,
        "started_at": 1_738_633_790_099,
        "stopped_at": 1_738_633_790_163,
        "redrive_count": 0,
        "redrive_status": "NOT_REDRIVABLE",
        "redrive_status_reason": "Execution is SUCCEEDED and cannot be redriven",
    }
    return ChildResult(**{**arguments, **changes})


def failed(status: str = "FAILED") -> ChildResult:
    return child(
        None, status, error="Oops", cause="why", redrive_status="REDRIVABLE_BY_MAP_RUN", redrive_status_reason=None
    )


def pending() -> ChildResult:
    return child(None, "PENDING", execution_arn=None, name=None, started_at=None, stopped_at=None)


RECORD = {
    "ExecutionArn": "arn:aws:states:us-east-1:123456789012:execution:machine/Map:child",
    "Input": '{"a":1}',
    "InputDetails": {"Included": True},
    "Name": "child",
    "Output": "1",
    "OutputDetails": {"Included": True},
    "RedriveCount": 0,
    "RedriveStatus": "NOT_REDRIVABLE",
    "RedriveStatusReason": "Execution is SUCCEEDED and cannot be redriven",
    "StartDate": "2025-02-04T01:49:50.099Z",
    "StateMachineArn": "arn:aws:states:us-east-1:123456789012:stateMachine:machine/Map",
    "Status": "SUCCEEDED",
    "StopDate": "2025-02-04T01:49:50.163Z",
}


async def export(store: ObjectStore, *results: ChildResult, **config: str) -> dict[str, str]:
    """Write the results of a run; return what is in its folder."""
    await S3Results(lambda: store).write(replace(REQUEST, config=config), results)
    folder = f"out/{RUN}/"
    return {
        each.key.removeprefix(folder): (await store.read_bytes("bucket", each.key)).decode()
        for each in store.iterate("bucket", folder)
    }


async def state_result(*results: ChildResult, **config: str) -> Json:
    return await S3Results(_no_store).write(replace(STATE_RESULT, config=config), results)


def _no_store() -> ObjectStore:
    raise AssertionError("without a resource the object store is not asked for")


# Files


async def test_the_state_gets_where_the_manifest_is(store: ObjectStore) -> None:
    assert await S3Results(lambda: store).write(REQUEST, [child()]) == {
        "MapRunArn": REQUEST.map_run_arn,
        "ResultWriterDetails": {"Bucket": "bucket", "Key": f"out/{RUN}/manifest.json"},
    }


async def test_a_success_is_a_record_of_its_execution(store: ObjectStore) -> None:
    written = await export(store, child(), child("2"))
    assert loads(written["SUCCEEDED_0.json"]) == [RECORD, {**RECORD, "Output": "2"}]
    assert loads(written["manifest.json"]) == {
        "DestinationBucket": "bucket",
        "MapRunArn": REQUEST.map_run_arn,
        "ResultFiles": {
            "FAILED": [],
            "PENDING": [],
            "SUCCEEDED": [{"Key": f"out/{RUN}/SUCCEEDED_0.json", "Size": len(written["SUCCEEDED_0.json"])}],
        },
    }


@pytest.mark.parametrize("transformation", ["NONE", "COMPACT", "FLATTEN"])
async def test_whatever_did_not_succeed_is_a_record_in_a_file_of_its_own(
    store: ObjectStore, transformation: str
) -> None:
    outcomes = [failed(), child(), failed("TIMED_OUT"), pending(), failed("ABORTED")]
    written = await export(store, *outcomes, Transformation=transformation)
    records = loads(written["FAILED_0.json"])
    assert [(record["Status"], record["Error"], record["Cause"]) for record in records] == [
        (status, "Oops", "why") for status in ("FAILED", "TIMED_OUT", "ABORTED")
    ]
    assert not {"Output", "OutputDetails", "RedriveStatusReason"} & records[0].keys()
    (waiting,) = loads(written["PENDING_0.json"])
    assert waiting["Status"] == "PENDING"
    assert not {"ExecutionArn", "Name", "StartDate", "StopDate", "Output"} & waiting.keys()
    listed = loads(written["manifest.json"])["ResultFiles"]
    assert {kind: len(of_kind) for kind, of_kind in listed.items()} == {"FAILED": 1, "PENDING": 1, "SUCCEEDED": 1}


OUTPUTS = [child('[1, {"a": "é"}]'), child('"text"'), child("[]"), child('{"b":\n[2]}')]


@pytest.mark.parametrize(
    ("config", "content"),
    [
        ({"Transformation": "COMPACT"}, '[[1, {"a": "é"}],"text",[],{"b":[2]}]'),
        ({"Transformation": "FLATTEN"}, '[1,{"a":"é"},"text",{"b":[2]}]'),
        ({"Transformation": "COMPACT", "OutputType": "JSONL"}, '[1, {"a": "é"}]\n"text"\n[]\n{"b":[2]}\n'),
        ({"Transformation": "FLATTEN", "OutputType": "JSONL"}, '1\n{"a":"é"}\n"text"\n{"b":[2]}\n'),
    ],
)
async def test_outputs_are_written_as_writer_config_says(store: ObjectStore, config: Any, content: str) -> None:
    assert (await export(store, *OUTPUTS, **config))["SUCCEEDED_0.json"] == content


async def test_json_lines_has_a_record_on_each_line(store: ObjectStore) -> None:
    written = await export(store, child(), child("2"), OutputType="JSONL")
    assert [loads(line)["Output"] for line in written["SUCCEEDED_0.json"].splitlines()] == ["1", "2"]


async def test_a_run_without_children_has_a_manifest_alone(store: ObjectStore) -> None:
    assert list(await export(store)) == ["manifest.json"]


@pytest.mark.parametrize("config", [{}, {"OutputType": "JSONL"}])
async def test_a_file_that_would_grow_too_large_is_followed_by_another(
    store: ObjectStore, monkeypatch: pytest.MonkeyPatch, config: Any
) -> None:
    monkeypatch.setattr(files, "FILE_MAX_BYTES", 20)
    outputs = [f'"{"x" * size}"' for size in (5, 5, 40, 1, 2, 3, 16)]
    written = await export(store, *map(child, outputs), Transformation="COMPACT", **config)
    manifest = loads(written.pop("manifest.json"))
    contents = [written[f"SUCCEEDED_{number}.json"] for number in range(len(written))]
    lines = "OutputType" in config
    assert [len(content.splitlines() if lines else loads(content)) for content in contents] == [2, 1, 3, 1]
    assert max(len(content) for content in contents if "x" * 40 not in content) <= 20
    assert [file["Size"] for file in manifest["ResultFiles"]["SUCCEEDED"]] == [len(each) for each in contents]


async def test_many_results_are_streamed(store: ObjectStore) -> None:
    written = await export(store, *(child(f'"{"x" * 1000}{n}"') for n in range(3000)), Transformation="COMPACT")
    assert [text[1000:] for text in loads(written["SUCCEEDED_0.json"])] == [str(n) for n in range(3000)]


async def test_outcomes_are_passed_once_if_all_succeeded(store: ObjectStore) -> None:
    class Counted(list[ChildResult]):
        passes = 0

        def __iter__(self) -> Any:
            Counted.passes += 1
            return super().__iter__()

    await S3Results(lambda: store).write(REQUEST, Counted([child()] * 3))
    assert Counted.passes == 1


async def test_writing_again_replaces_the_files(store: ObjectStore) -> None:
    first = await export(store, child(), failed())
    assert await export(store, child(), failed()) == first


@pytest.mark.parametrize(
    ("arguments", "folder"),
    [
        ({}, f"{RUN}/"),
        ({"Prefix": ""}, f"{RUN}/"),
        ({"Prefix": "a/b"}, f"a/b/{RUN}/"),
        ({"Prefix": "a/b/"}, f"a/b/{RUN}/"),
    ],
)
async def test_the_folder_is_the_prefix_and_the_runs_id(store: ObjectStore, arguments: Json, folder: str) -> None:
    request = replace(REQUEST, arguments={"Bucket": "bucket", **arguments})
    result = await S3Results(lambda: store).write(request, [])
    assert result["ResultWriterDetails"]["Key"] == f"{folder}manifest.json"


@pytest.mark.parametrize(
    ("arguments", "cause"),
    [
        ({"Bucket": "gone"}, f"The specified bucket does not exist (S3://gone/{RUN}/)"),
        ({"Bucket": "bucket", "Prefix": "x" * 1100}, "Your key is too long"),
        ({"Bucket": 1}, "Bucket must be a text"),
        ({"Bucket": "bucket", "Prefix": 1}, "Prefix must be a text"),
        ({"Bucket": "bucket", "Key": "k"}, "Key is not supported"),
        ({"Bucket": "bucket", "ExpectedBucketOwner": "000000000000"}, "Access Denied"),
        (None, "no Parameters or Arguments"),
    ],
)
async def test_what_cannot_be_written_fails_by_name(store: ObjectStore, arguments: Json, cause: str) -> None:
    with pytest.raises(ItemsFailed) as raised:
        await S3Results(lambda: store).write(replace(REQUEST, arguments=arguments), [child()])
    assert raised.value.failure.error == "States.ResultWriterFailed"
    assert cause in str(raised.value.failure.cause)


async def test_objects_that_are_not_here_are_not_written_here() -> None:
    def elsewhere() -> ObjectStore:
        raise UnsupportedError("S3 is elsewhere")

    with pytest.raises(ItemsFailed, match=r"States\.ResultWriterFailed: S3 is elsewhere"):
        await S3Results(elsewhere).write(REQUEST, [child()])


# The state's result


async def test_without_files_the_result_is_the_outputs_of_those_that_succeeded() -> None:
    assert await state_result(child("1"), failed(), child('{"a":[]}'), pending()) == [1, {"a": []}]
    assert await state_result() == []


async def test_writer_config_alone_formats_the_result() -> None:
    assert await state_result(*OUTPUTS, Transformation="FLATTEN") == [1, {"a": "é"}, "text", {"b": [2]}]
    assert await state_result(child(), Transformation="NONE") == [RECORD]
    assert await state_result(child("[1, 2]"), Transformation="FLATTEN", OutputType="JSONL") == "1\n2\n"


async def test_a_result_of_more_than_256_kib_fails_as_soon_as_that_is_known() -> None:
    def endless() -> Any:
        while True:
            yield child(f'"{"x" * 1000}"')

    with pytest.raises(ItemsFailed) as raised:
        await S3Results(_no_store).write(STATE_RESULT, endless())
    assert raised.value.failure.error == "States.DataLimitExceeded"
    assert "'Map'" in str(raised.value.failure.cause)


async def test_a_result_of_256_kib_is_taken() -> None:
    outputs = ['"' + "x" * 1021 + '"'] * 256  # with a comma or a bracket after each, and one before the first
    assert len(await state_result(*map(child, outputs[:-1]), child('"' + "x" * 1020 + '"'))) == 256
    with pytest.raises(ItemsFailed):
        await state_result(*map(child, outputs))
