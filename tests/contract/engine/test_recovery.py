"""What is open goes on where it was: after a close in good order, after a crash, after an eviction, after bad luck."""

from __future__ import annotations

import asyncio

import pytest

from stepfunctions.core.interpreter import Interpreter
from stepfunctions.engine.handler import Progress, TaskError, TaskRequest
from stepfunctions.errors import Conflict, StoreError
from stepfunctions.values import Json

PLAIN = "arn:aws:states:::lambda:invoke"
SYNC = "arn:aws:states:::sagemaker:createTrainingJob.sync"
CALLBACK = "arn:aws:states:::sqs:sendMessage.waitForTaskToken"
ACTIVITY = "arn:aws:states:us-east-1:123456789012:activity:dig"
WAIT = {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 60, "End": True}}}

ways = pytest.mark.parametrize("way", ["restart", "crash"])


def task(resource: str, **fields: Json) -> Json:
    return {"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": resource, "End": True, **fields}}}


def loop(laps: int) -> Json:
    wait = {"Type": "Wait", "Seconds": 1, "Next": "Add"}
    add = {"Type": "Pass", "Parameters": {"n.$": "States.MathAdd($.n, 1)"}, "Next": "Enough"}
    rule = {"Variable": "$.n", "NumericGreaterThanEquals": laps, "Next": "End"}
    enough = {"Type": "Choice", "Choices": [rule], "Default": "Wait"}
    return {
        "StartAt": "Wait",
        "States": {"Wait": wait, "Add": add, "Enough": enough, "End": {"Type": "Succeed"}},
    }


async def forever(task: TaskRequest, progress: Progress) -> Json:
    await asyncio.Event().wait()


async def submit_then_work(task: TaskRequest, progress: Progress) -> Json:
    if task.submitted is None:
        await progress.submitted({"Job": task.effect_id})
    await forever(task, progress)


def whole(world, arn: str) -> None:
    ids = world.ids(arn)
    assert ids == list(range(1, len(ids) + 1))


@ways
async def test_a_wait_goes_on_and_ends_on_time(world, way: str) -> None:
    arn = await world.start(WAIT)
    await world.pass_time(20)
    await getattr(world, way)()
    await world.pass_time(39.999)
    assert world.engine.describe(arn).status == "RUNNING"
    await world.pass_time(0.001)
    assert world.engine.describe(arn).status == "SUCCEEDED"
    whole(world, arn)


@ways
async def test_a_deadline_that_passed_meanwhile_is_met_at_once(world, way: str) -> None:
    arn = await world.start(WAIT)
    world.now += 3_600_000
    await getattr(world, way)()
    await world.until(lambda: world.engine.describe(arn).status == "SUCCEEDED")
    whole(world, arn)


@ways
async def test_a_task_is_run_again_with_the_same_effect_id(world, way: str) -> None:
    world.work.behaviour = forever
    arn = await world.start(task(PLAIN))
    await world.settle()
    await getattr(world, way)()
    await world.settle()
    first, second = world.work.runs
    assert first == second
    assert world.work.cancelled == []
    assert world.types(arn).count("TaskStarted") == 1


@ways
async def test_a_task_that_had_submitted_is_told_so(world, way: str) -> None:
    world.work.behaviour = submit_then_work
    arn = await world.start(task(SYNC))
    await world.until(lambda: "TaskSubmitted" in world.types(arn))
    await getattr(world, way)()
    await world.settle()
    first, second = world.work.runs
    assert (first.submitted, second.submitted) == (None, {"Job": first.effect_id})
    assert world.types(arn).count("TaskSubmitted") == 1


@ways
async def test_a_callback_is_still_awaited_and_its_request_not_sent_again(world, way: str) -> None:
    world.work.behaviour = submit_then_work
    arn = await world.start(task(CALLBACK, Parameters={"t.$": "$$.Task.Token"}))
    await world.until(lambda: "TaskSubmitted" in world.types(arn))
    await getattr(world, way)()
    await world.settle()
    assert len(world.work.runs) == 1
    await world.engine.succeed_task(world.work.runs[0].token, '"done"')
    assert world.engine.describe(arn).output == '"done"'
    whole(world, arn)


@ways
async def test_a_callback_that_came_before_the_submission_is_kept(world, way: str) -> None:
    world.work.behaviour = forever
    arn = await world.start(task(CALLBACK, Parameters={"t.$": "$$.Task.Token"}))
    await world.settle()
    await world.engine.succeed_task(world.work.runs[0].token, '"early"')
    world.work.behaviour = submit_then_work
    await getattr(world, way)()
    await world.until(lambda: world.engine.describe(arn).status != "RUNNING")
    assert world.engine.describe(arn).output == '"early"'
    with pytest.raises(Conflict):
        await world.engine.succeed_task(world.work.runs[0].token, '"late"')


@ways
async def test_an_activity_that_a_worker_has_taken_is_not_offered_again(world, way: str) -> None:
    async def offer(task: TaskRequest, progress: Progress) -> Json:
        await progress.started("digger")

    world.activity.behaviour = offer
    arn = await world.start(task(ACTIVITY))
    await world.until(lambda: "ActivityStarted" in world.types(arn))
    await getattr(world, way)()
    await world.settle()
    assert len(world.activity.runs) == 1
    await world.engine.succeed_task(world.activity.runs[0].token, '"gold"')
    assert world.engine.describe(arn).output == '"gold"'


@ways
async def test_work_that_was_to_be_stopped_is_stopped_after_all(world, way: str) -> None:
    async def hang(task: TaskRequest) -> None:
        await asyncio.Event().wait()

    world.work.behaviour = forever
    cancel, world.work.cancel = world.work.cancel, hang
    arn = await world.start(task(PLAIN))
    await world.settle()
    await world.engine.stop(arn)
    await world.settle()
    world.work.cancel = cancel
    await getattr(world, way)()
    await world.settle()
    assert [each.effect_id for each in world.work.cancelled] == [world.work.runs[0].effect_id]
    assert len(world.work.runs) == 1
    assert world.database.read("SELECT * FROM tasks") == []


@ways
async def test_a_resource_that_nobody_handles_any_more_fails_its_state(world, way: str) -> None:
    world.work.behaviour = forever
    arn = await world.start(task(PLAIN))
    await world.settle()
    world._resolve = lambda resource: None
    await getattr(world, way)()
    await world.until(lambda: world.engine.describe(arn).status == "FAILED")
    assert PLAIN in world.engine.describe(arn).cause


@ways
async def test_a_retry_keeps_its_backoff(world, way: str) -> None:
    async def fail_once(task: TaskRequest, progress: Progress) -> Json:
        if len(world.work.runs) == 1:
            raise TaskError("Flaky", None)
        return "second"

    world.work.behaviour = fail_once
    arn = await world.start(task(PLAIN, Retry=[{"ErrorEquals": ["Flaky"], "IntervalSeconds": 10}]))
    await world.settle()
    await world.pass_time(4)
    await getattr(world, way)()
    await world.pass_time(5.999)
    assert len(world.work.runs) == 1
    await world.pass_time(0.001)
    assert world.engine.describe(arn).output == '"second"'
    whole(world, arn)


async def test_a_restart_in_good_order_replays_nothing(world, monkeypatch: pytest.MonkeyPatch) -> None:
    arn = await world.start(loop(10), {"n": 0})
    for _ in range(5):
        await world.pass_time(1)
    await world.engine.close()
    handled: list[str] = []
    handle = Interpreter.handle
    monkeypatch.setattr(
        Interpreter,
        "handle",
        lambda self, event, ambient: handled.append(type(event).__name__) or handle(self, event, ambient),
    )
    world._reopen()
    await world.engine.recover()
    assert handled == []
    for _ in range(5):
        await world.pass_time(1)
    assert world.engine.describe(arn).status == "SUCCEEDED"
    assert set(handled) == {"TimeReached"}


async def test_a_long_execution_is_replayed_from_its_last_snapshot(world) -> None:
    arn = await world.start(loop(450), {"n": 0})
    for _ in range(440):
        await world.pass_time(1)
    assert world.database.read("SELECT sequence FROM snapshots") == [(400,)]
    await world.crash()
    for _ in range(10):
        await world.pass_time(1)
    assert world.engine.describe(arn).status == "SUCCEEDED"
    assert world.database.read("SELECT * FROM snapshots") == []
    last = world.engine.history(arn, limit=1, reverse=True).items[0]
    assert last["id"] == 1 + 450 * 6 + 3


async def test_an_execution_that_had_yielded_goes_on_computing(world) -> None:
    rule = {"Variable": "$.n", "NumericGreaterThanEquals": 2000, "Next": "End"}
    states = loop(0)["States"]
    machine = {
        "StartAt": "Add",
        "States": {"Add": states["Add"], "End": states["End"], "Enough": {**states["Enough"], "Choices": [rule]}},
    }
    machine["States"]["Enough"]["Default"] = "Add"
    arn = await world.start(machine, {"n": 0})
    assert world.engine.describe(arn).status == "RUNNING"
    await world.crash()
    await world.until(lambda: world.engine.describe(arn).status != "RUNNING")
    assert world.engine.describe(arn).status == "SUCCEEDED"
    last = world.engine.history(arn, limit=1, reverse=True).items[0]
    assert last["id"] == 1 + 2000 * 4 + 3


async def test_a_closing_engine_does_not_wait_for_a_long_computation(world) -> None:
    states = {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Pass", "Next": "A"}}
    endless = {"StartAt": "A", "States": {**states, "C": {"Type": "Succeed"}}}
    endless["States"]["B"] = {
        "Type": "Choice",
        "Choices": [{"Variable": "$.x", "IsPresent": True, "Next": "C"}],
        "Default": "A",
    }
    arn = await world.start(endless)
    await world.restart()
    await world.until(lambda: world.engine.describe(arn).status != "RUNNING")
    assert world.engine.describe(arn).error == "States.Runtime"
    assert world.engine.history(arn, limit=1, reverse=True).items[0]["id"] == 25_000


async def test_idle_executions_beyond_the_cap_are_put_back_and_wake_on_time(world) -> None:
    world.engine._driver._loaded._kept_max = 3
    arns = [await world.start(WAIT) for _ in range(10)]
    await world.settle()
    assert len(world.engine._driver._loaded) == 3
    assert len(world.database.read("SELECT * FROM snapshots")) == 7
    await world.pass_time(60)
    assert {world.engine.describe(arn).status for arn in arns} == {"SUCCEEDED"}
    for arn in arns:
        whole(world, arn)


async def test_idle_executions_that_weigh_too_much_are_put_back_and_wake_on_time(world) -> None:
    world.engine._driver._loaded._weight_max_bytes = 50_000
    arns = [await world.start(WAIT, {"text": str(number) * 10_000}) for number in range(10)]
    await world.settle()
    assert len(world.engine._driver._loaded) == 10, "none has been idle for long enough"
    await world.pass_time(5)
    arns.append(await world.start(WAIT))
    assert len(world.engine._driver._loaded) < 6
    await world.pass_time(55)
    assert {world.engine.describe(arn).status for arn in arns[:10]} == {"SUCCEEDED"}
    for arn in arns:
        whole(world, arn)
    assert world.engine._driver._loaded._weight_bytes < 1_000


async def test_executions_that_are_big_and_busy_stay(world) -> None:
    world.engine._driver._loaded._weight_max_bytes = 1
    arn = await world.start(loop(5), {"n": 0, "text": "x" * 10_000})
    for _ in range(5):
        await world.pass_time(1)
    assert world.engine.describe(arn).status == "SUCCEEDED"
    assert world.database.read("SELECT * FROM snapshots") == []


async def test_a_task_outlives_the_eviction_of_its_execution(world) -> None:
    done = asyncio.Event()

    async def work(task: TaskRequest, progress: Progress) -> Json:
        await done.wait()
        return "done"

    world.work.behaviour = work
    arn = await world.start(task(PLAIN))
    world.engine._driver._loaded._kept_max = 1
    await world.start(WAIT)
    await world.settle()
    assert 1 not in world.engine._driver._loaded._kept
    done.set()
    await world.until(lambda: world.engine.describe(arn).status == "SUCCEEDED")
    assert len(world.work.runs) == 1
    whole(world, arn)


async def test_a_replay_that_differs_fails_that_execution_loudly_and_no_other(
    world, caplog: pytest.LogCaptureFixture
) -> None:
    bad, good = await world.start(WAIT, {"a": 1}), await world.start(WAIT, {"a": 2})
    (entry,) = world.database.read("SELECT entry FROM journal WHERE id >> 32 = 1")[0]
    world.database.write(
        "UPDATE journal SET entry = ? WHERE id >> 32 = 1", (entry.replace(b"WaitState", b"PassState"),)
    )
    world.database.flush()
    await world.crash()
    record = world.engine.describe(bad)
    assert (record.status, record.error) == ("FAILED", "States.Runtime")
    assert "history event 2 was PassStateEntered and is now WaitStateEntered" in record.cause
    assert world.types(bad)[-1] == "ExecutionFailed"
    assert "cannot be taken up" in caplog.text
    whole(world, bad)
    await world.pass_time(60)
    assert world.engine.describe(good).status == "SUCCEEDED"


async def test_an_outstanding_task_that_is_not_understood_fails_its_execution_and_no_other(
    world, caplog: pytest.LogCaptureFixture
) -> None:
    world.work.behaviour = forever
    bad, good = await world.start(task(PLAIN)), await world.start(WAIT)
    for restart in (world.crash, world.restart):
        world.database.write("UPDATE tasks SET command = 'of a newer version' WHERE execution_id = 1")
        world.database.flush()
        await restart()
        record = world.engine.describe(bad)
        assert (record.status, record.error) == ("FAILED", "States.Runtime")
        assert "cannot be taken up after a restart. JsonError" in record.cause
    assert "an outstanding task of" in caplog.text
    whole(world, bad)
    await world.pass_time(60)
    assert world.engine.describe(good).status == "SUCCEEDED"


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        ("UPDATE journal SET entry = x'00' WHERE id >> 32 = 1", "JSONDecodeError"),
        ("UPDATE snapshots SET interpreter = x'00'", "JSONDecodeError"),
        ("UPDATE snapshots SET interpreter = x'7b7d'", "InvalidTransition"),
        ("UPDATE definitions SET text = '{}'", "DefinitionError"),
    ],
)
async def test_what_cannot_be_read_any_more_fails_its_execution_with_its_work(
    world, damage: str, says: str, caplog: pytest.LogCaptureFixture
) -> None:
    world.work.behaviour = forever
    arn = await world.start(task(PLAIN))
    await world.settle()
    if "snapshots" in damage:
        await world.restart()
    world.database.write(damage)
    world.database.flush()
    await world.crash()
    if "snapshots" in damage:  # nothing says so before something happens to it
        await world.engine.stop(arn)
    record = world.engine.describe(arn)
    assert (record.status, record.error) == ("FAILED", "States.Runtime")
    assert says in record.cause
    await world.settle()
    assert [each.effect_id for each in world.work.cancelled] == [world.work.runs[0].effect_id]


def break_store(world, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(queue: Json) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(world.database, "_commit", refuse)


async def test_nothing_is_started_if_it_cannot_be_written(world, monkeypatch: pytest.MonkeyPatch) -> None:
    world.work.behaviour = forever
    request = world.start_request(task(PLAIN))
    with monkeypatch.context() as patch:
        break_store(world, patch)
        with pytest.raises(StoreError, match="no space left"):
            await world.engine.start(request)
    await world.settle()
    assert world.work.runs == []
    assert world.engine.list(request.state_machine_arn).items == ()
    assert (await world.engine.start(request)).status == "RUNNING"


async def test_an_answer_that_cannot_be_written_is_refused_and_can_be_given_again(
    world, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.work.behaviour = submit_then_work
    arn = await world.start(task(CALLBACK, Parameters={"t.$": "$$.Task.Token"}))
    await world.until(lambda: "TaskSubmitted" in world.types(arn))
    token = world.work.runs[0].token
    with monkeypatch.context() as patch:
        break_store(world, patch)
        for answer in (world.engine.succeed_task(token, '"lost"'), world.engine.stop(arn)):
            with pytest.raises(StoreError):
                await answer
    assert world.engine.describe(arn).status == "RUNNING"
    await world.engine.succeed_task(token, '"kept"')
    assert world.engine.describe(arn).output == '"kept"'
    whole(world, arn)


async def test_a_result_that_cannot_be_written_is_kept_until_it_can(
    world, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    world.engine._driver._retry_seconds = 0
    done = asyncio.Event()

    async def work(task: TaskRequest, progress: Progress) -> Json:
        await done.wait()
        await progress.submitted({})
        return "done"

    world.work.behaviour = work
    working, waiting = await world.start(task(SYNC)), await world.start(WAIT)
    await world.settle()
    with monkeypatch.context() as patch:
        break_store(world, patch)
        done.set()
        await world.pass_time(60)
        assert world.types(working)[-1] == "TaskStarted"
        assert world.types(waiting)[-1] == "WaitStateEntered"
    await world.until(lambda: world.engine.describe(working).status == "SUCCEEDED")
    await world.until(lambda: world.engine.describe(waiting).status == "SUCCEEDED")
    assert len(world.work.runs) == 1
    assert "no space left" in caplog.text
    for arn in (working, waiting):
        whole(world, arn)


async def test_a_closed_engine_takes_nothing_more(world) -> None:
    arn = await world.start(WAIT)
    await world.engine.close()
    for call in (world.engine.stop(arn), world.engine.start(world.start_request(WAIT))):
        with pytest.raises(StoreError, match="closing"):
            await call


async def test_a_clock_that_is_set_back_does_not_turn_history_round(world) -> None:
    arn = await world.start(WAIT)
    await world.pass_time(-3600)
    await world.engine.stop(arn)
    times = [event["timestamp"] for event in world.engine.history(arn).items]
    assert times == sorted(times)
