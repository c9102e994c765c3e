"""Map Runs on the driver: children are executions like any other, and their ends are their parent's news."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from dataclasses import replace

import pytest

from stepfunctions.engine.handler import Progress, TaskError, TaskRequest
from stepfunctions.engine.items import ChildResult, ItemPage, ItemRequest, ItemsFailed, ResultRequest
from stepfunctions.errors import NotFound, StoreError
from stepfunctions.query.failure import Failure
from stepfunctions.values import Json

PLAIN = "arn:aws:states:::lambda:invoke"
CALLBACK = "arn:aws:states:::sqs:sendMessage.waitForTaskToken"

WAIT: Json = {"W": {"Type": "Wait", "Seconds": 60, "End": True}}
PASS: Json = {"P": {"Type": "Pass", "End": True}}
TASK: Json = {"T": {"Type": "Task", "Resource": PLAIN, "End": True}}
TASK_AFTER_WAIT: Json = {"W": {"Type": "Wait", "Seconds": 60, "Next": "T"}, **TASK}
ASK: Json = {"A": {"Type": "Task", "Resource": CALLBACK, "Parameters": {"t.$": "$$.Task.Token"}, "End": True}}
ENDLESS: Json = {
    "C": {"Type": "Choice", "Choices": [{"Variable": "$", "IsString": True, "Next": "P"}], "Default": "L"},
    "L": {"Type": "Pass", "Next": "C"},
    **PASS,
}

READER = {"Resource": "arn:aws:states:::s3:getObject", "Parameters": {"Bucket": "b", "Key": "k"}}
WRITER = {"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket": "b"}}

ways = pytest.mark.parametrize("way", ["restart", "crash"])


def distributed(states: Json, name: str = "M", **fields: Json) -> Json:
    processor = {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": fields.pop("ExecutionType", "STANDARD")},
        "StartAt": next(iter(states)),
        "States": states,
    }
    return {"StartAt": name, "States": {name: {"Type": "Map", "ItemProcessor": processor, "End": True, **fields}}}


class Shelf:
    """Items of the test's own, so many a page; results that are kept."""

    def __init__(self, items: list[Json], page: int = 2) -> None:
        self.items = items
        self.page = page
        self.fails_at: int | None = None
        self.reads: list[int] = []
        self.closed: list[str] = []
        self.written: list[ChildResult] = []

    async def read(self, request: ItemRequest, position: int, count_max: int, bytes_max: int) -> ItemPage:
        self.reads.append(position)
        if position == self.fails_at:
            raise ItemsFailed(Failure("States.ItemReaderFailed", "gone"))
        page = tuple(self.items[position : position + self.page])
        return ItemPage(page, position + self.page >= len(self.items), "S3://b/k")

    async def close(self, key: str) -> None:
        self.closed.append(key)

    async def write(self, request: ResultRequest, results: Iterable[ChildResult]) -> Json:
        self.written = list(results)
        return {"MapRunArn": request.map_run_arn}


async def ended(world, arn: str) -> Json:
    await world.until(lambda: world.engine.describe(arn).status != "RUNNING")
    return world.engine.describe(arn)


def run_of(world, arn: str):
    listed = world.engine.map_runs.list(arn).items[0]
    return world.engine.map_runs.describe(listed.map_run_arn)


def children_of(world, arn: str, **filters: Json):
    """Return the children of the newest Map Run of *arn*, in order."""
    page = world.engine.map_runs.children(run_of(world, arn).map_run_arn, limit=10_000, **filters)
    return list(reversed(page.items))


async def test_children_that_end_at_once_are_one_insert_each(world) -> None:
    arn = await world.start(distributed(PASS), list(range(250)))
    assert json.loads((await ended(world, arn)).output) == list(range(250))
    assert len(children_of(world, arn)) == 250
    counts = run_of(world, arn).execution_counts
    assert (counts.succeeded, counts.total, counts.pending) == (250, 250, 0)


@ways
async def test_children_of_a_run_that_was_forgotten_are_none_of_the_next_one_s(world, way: str) -> None:
    await world.start(distributed(PASS), ["old"], name="e")
    world.now += 91 * 24 * 3600 * 1000
    await world.start(distributed(PASS) | {"StartAt": "Q", "States": {"Q": {"Type": "Succeed"}}}, name="e")
    await getattr(world, way)()
    arn = await world.start(distributed(PASS), ["new"])
    assert (await ended(world, arn)).output == '["new"]'


@ways
async def test_children_that_wait_outlive_the_engine(world, way: str) -> None:
    arn = await world.start(distributed(WAIT, MaxConcurrency=2), [0, 1, 2])
    await world.settle()
    await getattr(world, way)()
    assert [child.status for child in children_of(world, arn)] == ["RUNNING"] * 2
    await world.pass_time(60)
    await world.until(lambda: len(children_of(world, arn)) == 3)
    await world.pass_time(60)
    assert (await ended(world, arn)).output == "[0,1,2]"


@ways
async def test_a_run_in_the_middle_of_its_items_goes_on(world, way: str) -> None:
    await world.stock(Shelf(list(range(9))))
    definition = distributed(WAIT, ItemReader=READER, ResultWriter=WRITER, MaxConcurrency=3)
    arn = await world.start(definition)
    await world.until(lambda: len(children_of(world, arn)) == 3)
    await getattr(world, way)()
    for _ in range(3):
        await world.pass_time(60)
        await world.settle()
    record = await ended(world, arn)
    assert json.loads(record.output) == {"MapRunArn": run_of(world, arn).map_run_arn}
    assert [json.loads(child.output) for child in world.shelf.written] == list(range(9))


async def test_what_a_parent_that_was_put_away_wants_is_not_forgotten(world) -> None:
    world.engine._driver._loaded._kept_max = 1
    arn = await world.start(distributed(WAIT, MaxConcurrency=2), [0, 1, 2, 3])
    for _ in range(2):
        await world.settle()
        await world.pass_time(60)
    assert (await ended(world, arn)).output == "[0,1,2,3]"


@ways
async def test_stopping_an_execution_stops_its_children_whatever_happens(world, way: str) -> None:
    arn = await world.start(distributed(WAIT), [0, 1])
    await world.engine.stop(arn)
    await getattr(world, way)()
    await world.until(lambda: {child.status for child in children_of(world, arn)} == {"ABORTED"})
    assert run_of(world, arn).status == "ABORTED"


async def test_an_execution_that_times_out_stops_its_children(world) -> None:
    arn = await world.start({**distributed(WAIT), "TimeoutSeconds": 5}, [0])
    await world.pass_time(5)
    assert world.engine.describe(arn).status == "TIMED_OUT"
    await world.until(lambda: {child.status for child in children_of(world, arn)} == {"ABORTED"})


async def test_too_many_failures_stop_the_children_that_run_and_leave_the_others_unstarted(world) -> None:
    async def fail_second(task: TaskRequest, progress: Progress) -> Json:
        if task.arguments == 1:
            raise RuntimeError("a bug in a handler")
        await asyncio.Event().wait()

    world.work.behaviour = fail_second
    arn = await world.start(distributed(TASK, MaxConcurrency=2), [0, 1, 2])
    record = await ended(world, arn)
    assert record.error == "States.ExceedToleratedFailureThreshold"
    assert [child.status for child in children_of(world, arn)] == ["ABORTED", "FAILED"]
    await world.until(lambda: len(world.work.cancelled) == 1)
    run = run_of(world, arn)
    assert (run.status, run.item_counts.pending, run.item_counts.total) == ("FAILED", 1, 3)


async def test_a_callback_ends_a_child_and_with_the_last_its_parent(world) -> None:
    async def submit(task: TaskRequest, progress: Progress) -> Json:
        await progress.submitted({})
        return None

    world.work.behaviour = submit
    arn = await world.start(distributed(ASK), [0])
    await world.until(lambda: world.work.runs)
    await world.settle()
    await world.engine.succeed_task(world.work.runs[0].token, '"answer"')
    assert (await ended(world, arn)).output == '["answer"]'


async def test_express_children_may_run_for_five_minutes(world) -> None:
    long: Json = {"W": {"Type": "Wait", "Seconds": 301, "End": True}}
    arn = await world.start(distributed(long, ExecutionType="EXPRESS"), [0])
    await world.pass_time(300)
    assert (await ended(world, arn)).error == "States.ExceedToleratedFailureThreshold"
    (child,) = children_of(world, arn)
    assert child.status == "TIMED_OUT"
    assert child.execution_arn.split(":")[5:7] == ["express", f"machine/{child.state_machine_arn.rpartition('/')[2]}"]


async def test_a_child_that_never_pauses_leaves_room_for_others(world) -> None:
    arn = await world.start(distributed(ENDLESS), [0])
    other = await world.run({"StartAt": "P", "States": PASS}, 7)
    assert other.status == "SUCCEEDED"
    record = await ended(world, arn)
    (child,) = children_of(world, arn)
    assert world.engine.describe(child.execution_arn).error == "States.Runtime"  # too much history
    assert record.status == "FAILED"


async def test_a_child_has_map_runs_of_its_own(world) -> None:
    inner = distributed(PASS, "Inner")
    arn = await world.start(distributed(inner["States"], "Outer"), [[1, 2], [3]])
    assert (await ended(world, arn)).output == "[[1,2],[3]]"
    for child in children_of(world, arn):
        assert run_of(world, child.execution_arn).status == "SUCCEEDED"


async def test_two_maps_side_by_side_keep_their_children_apart(world) -> None:
    branches = [distributed({f"{name}P": {"Type": "Pass", "Result": name, "End": True}}, name) for name in ("A", "B")]
    both = {"StartAt": "S", "States": {"S": {"Type": "Parallel", "Branches": branches, "End": True}}}
    assert json.loads((await world.run(both, list(range(120)))).output) == [["A"] * 120, ["B"] * 120]


async def test_texts_that_have_no_utf_8_reach_the_children_and_come_back(world) -> None:
    states: Json = {"P": {"Type": "Pass", "Result": {"half": "\ud83d"}, "ResultPath": "$.r", "End": True}}
    record = await world.run(distributed(states, "M\ud83d"), [{"i": "\ude00"}])
    assert json.loads(record.output) == [{"i": "\ude00", "r": {"half": "\ud83d"}}]


async def test_a_retry_begins_a_new_run(world) -> None:
    fail: Json = {"F": {"Type": "Fail"}}
    retry = [{"ErrorEquals": ["States.ExceedToleratedFailureThreshold"], "IntervalSeconds": 1, "MaxAttempts": 1}]
    arn = await world.start(distributed(fail, Retry=retry), [0])
    await world.settle()
    await world.pass_time(1)
    await ended(world, arn)
    assert len(world.engine.map_runs.list(arn).items) == 2


async def test_a_result_that_is_too_large_fails_the_run(world) -> None:
    big: Json = {"P": {"Type": "Pass", "Result": "x" * 3_000, "End": True}}
    record = await world.run(distributed(big), list(range(100)))
    assert record.error == "States.DataLimitExceeded"
    assert "'M'" in record.cause


async def test_items_that_cannot_be_read_fail_the_run_and_the_reader_is_closed(world) -> None:
    shelf = Shelf(list(range(5)))
    shelf.fails_at = 2
    await world.stock(shelf)
    record = await world.run(distributed(PASS, ItemReader=READER))
    assert (record.error, record.cause) == ("States.ItemReaderFailed", "gone")
    await world.until(lambda: len(shelf.closed) == 1)


async def test_a_reading_ends_with_its_run(world) -> None:
    class Slow(Shelf):
        async def read(self, request: ItemRequest, position: int, count_max: int, bytes_max: int) -> ItemPage:
            self.reads.append(position)
            await asyncio.Event().wait()
            raise AssertionError("nobody lets it go on")

    await world.stock(Slow([]))
    arn = await world.start(distributed(PASS, ItemReader=READER))
    await world.until(lambda: world.shelf.reads)
    await world.engine.stop(arn)
    await world.until(lambda: world.shelf.closed and not world.engine._driver._storage._running)
    assert len(world.shelf.closed) == 1


async def test_a_reading_that_is_being_let_go_of_is_closed_before_the_engine_is(world) -> None:
    class Slow(Shelf):
        async def close(self, key: str) -> None:
            for _ in range(5):
                await asyncio.sleep(0)
            await super().close(key)

    shelf = Slow([1])
    await world.stock(shelf)
    await world.run(distributed(PASS, ItemReader=READER))
    assert shelf.closed == []
    await world.restart()
    assert len(shelf.closed) == 1


async def test_a_redrive_reads_on_where_reading_failed(world) -> None:
    shelf = Shelf(list(range(5)))
    shelf.fails_at = 2
    await world.stock(shelf)
    arn = await world.start(distributed(PASS, ItemReader=READER, ResultWriter=WRITER))
    await ended(world, arn)
    shelf.fails_at = None
    await world.engine.redrive(arn)
    assert (await ended(world, arn)).status == "SUCCEEDED"
    assert [json.loads(child.output) for child in shelf.written] == list(range(5))


async def test_a_child_that_cannot_be_taken_up_again_counts_as_failed_once_more(
    world, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(task: TaskRequest, progress: Progress) -> Json:
        raise TaskError("Broken", None)

    echo, world.work.behaviour = world.work.behaviour, fail
    arn = await world.start(distributed(TASK, ToleratedFailurePercentage=50), [0, 1])
    await ended(world, arn)
    world.database.write("UPDATE journal SET entry = x'00' WHERE id >> 32 = 2", ())
    world.database.flush()
    world.work.behaviour = echo
    await world.engine.redrive(arn)
    assert (await ended(world, arn)).output == "[1]"
    assert [child.status for child in children_of(world, arn)] == ["FAILED", "SUCCEEDED"]
    assert "cannot be taken up for a redrive" in caplog.text


async def test_children_that_were_to_be_redriven_when_their_run_failed_once_more_are_stopped(
    world, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stepfunctions.engine.driver.TURN_SECONDS", -1)  # each turn takes one message
    first = {"Variable": "$", "NumericEquals": 0, "Next": "F"}
    choose = {"C": {"Type": "Choice", "Choices": [first], "Default": "A"}, "F": {"Type": "Fail"}, **ASK}
    arn = await world.start(distributed(choose), [0, 1, 2])
    await ended(world, arn)
    await world.engine.redrive(arn)
    assert (await ended(world, arn)).error == "States.ExceedToleratedFailureThreshold"
    assert [child.status for child in children_of(world, arn)] == ["FAILED", "ABORTED", "ABORTED"]


@pytest.mark.parametrize(("field", "value"), [("ItemReader", READER), ("ResultWriter", WRITER)])
async def test_without_a_store_a_state_that_needs_one_fails_naming_itself(world, field: str, value: Json) -> None:
    record = await world.run(distributed(PASS, **{field: value}), [])
    assert record.error == "States.Runtime"
    assert f"The field '{field}' of the state 'M' is not supported here" in record.cause


async def test_a_bug_in_a_source_fails_the_run_and_is_logged(world, caplog: pytest.LogCaptureFixture) -> None:
    class Broken(Shelf):
        async def read(self, *arguments: Json) -> ItemPage:
            raise ZeroDivisionError("a bug")

    await world.stock(Broken([]))
    record = await world.run(distributed(PASS, ItemReader=READER))
    assert record.cause == "The ItemReader of the state 'M' failed. ZeroDivisionError: a bug"
    assert "reading the items" in caplog.text


async def test_a_source_that_gives_nothing_is_not_asked_for_ever(world, caplog: pytest.LogCaptureFixture) -> None:
    await world.stock(Shelf([1, 2], page=0))
    record = await world.run(distributed(PASS, ItemReader=READER))
    assert record.cause == (
        "The ItemReader of the state 'M' failed. RuntimeError: it gave no items, and said that there are more"
    )


async def test_what_cannot_be_written_has_not_happened_to_parent_or_child(
    world, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    world.engine._driver._retry_seconds = 0
    arn = await world.start(distributed(WAIT, MaxConcurrency=2), [0, 1, 2])
    await world.settle()

    def refuse(queue: Json) -> None:
        raise OSError("no space left")

    with monkeypatch.context() as patch:
        patch.setattr(world.database, "_commit", refuse)
        await world.pass_time(60)
        assert [child.status for child in children_of(world, arn)] == ["RUNNING"] * 2
    await world.until(lambda: len(children_of(world, arn)) == 3)
    await world.settle()
    await world.pass_time(60)
    assert (await ended(world, arn)).output == "[0,1,2]"
    assert "no space left" in caplog.text


async def test_a_parent_that_cannot_be_read_is_told_when_it_can(
    world, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    world.engine._driver._retry_seconds = 0
    arn = await world.start(distributed(WAIT), [0])
    await world.settle()
    find = world.engine._driver._loaded.get

    def refuse(execution_id: int) -> Json:
        if execution_id == 1:
            raise StoreError("the disk is gone")
        return find(execution_id)

    with monkeypatch.context() as patch:
        patch.setattr(world.engine._driver._loaded, "get", refuse)
        await world.pass_time(60)
        assert [child.status for child in children_of(world, arn)] == ["RUNNING"]
    assert (await ended(world, arn)).output == "[0]"
    assert "the disk is gone" in caplog.text


async def test_a_parent_that_cannot_be_taken_up_leaves_no_child_running(
    world, caplog: pytest.LogCaptureFixture
) -> None:
    arn = await world.start(distributed(WAIT), [0, 1])
    await world.settle()
    world.database.write("UPDATE journal SET entry = replace(entry, 'MapState', 'SomeState') WHERE id >> 32 = 1")
    world.database.flush()
    await world.crash()
    assert (await ended(world, arn)).error == "States.Runtime"
    await world.until(lambda: {child.status for child in children_of(world, arn)} == {"ABORTED"})
    assert run_of(world, arn).status == "ABORTED"
    assert "cannot be taken up" in caplog.text


async def test_forgetting_a_state_machine_forgets_its_children_and_runs(world) -> None:
    arn = await world.start(distributed(WAIT), [0])
    (child,) = children_of(world, arn)
    run = run_of(world, arn).map_run_arn
    await world.engine.delete_executions(child.state_machine_arn.rpartition("/")[0])
    for find, what in ((world.engine.describe, child.execution_arn), (world.engine.map_runs.describe, run)):
        with pytest.raises(NotFound):
            find(what)


@ways
async def test_children_are_mocked_as_their_parent_is(world, way: str) -> None:
    mocks = {"T": {"0": {"Return": "mocked"}}}
    request = replace(world.start_request(distributed(TASK_AFTER_WAIT), [0, 1]), mocks=mocks)
    await world.engine.start(request)
    await getattr(world, way)()
    await world.pass_time(60)
    assert (await ended(world, request.execution_arn)).output == '["mocked","mocked"]'
    assert world.work.runs == []


async def test_a_long_run_is_not_told_again_from_its_beginning_after_a_crash(world) -> None:
    arn = await world.start(distributed(WAIT, MaxConcurrency=1), list(range(110)))
    for position in range(110):
        await world.until(lambda position=position: len(children_of(world, arn)) > position)
        world.now += 60_000
        world.engine.time_changed()
        if position == 105:
            assert len(world.database.read("SELECT * FROM snapshots")) == 1
            await world.crash()
    assert (await ended(world, arn)).status == "SUCCEEDED"
