"""An execution that did not end well goes on where it ended, also in another process, and never twice at once."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from stepfunctions.core.interpreter import Interpreter
from stepfunctions.engine.handler import Progress, TaskError, TaskRequest
from stepfunctions.errors import Conflict, LimitExceeded, NotFound, StoreError
from stepfunctions.values import Json

PLAIN = "arn:aws:states:::lambda:invoke"
DAY = 24 * 3600

ways = pytest.mark.parametrize("way", ["settle", "restart", "crash"])


def work(name: str, **fields: Json) -> Json:
    return {name: {"Type": "Task", "Resource": PLAIN, "End": True, **fields}}


MACHINE = {"StartAt": "P", "States": {"P": {"Type": "Pass", "Result": 1, "Next": "T"}, **work("T")}}
BRANCHES = [{"StartAt": name, "States": work(name)} for name in ("Left", "Right")]
PARALLEL = {"StartAt": "Both", "States": {"Both": {"Type": "Parallel", "Branches": BRANCHES, "End": True}}}


async def fail(task: TaskRequest, progress: Progress) -> Json:
    raise TaskError("Bad", "luck")


async def succeed(task: TaskRequest, progress: Progress) -> Json:
    return {"done": task.state}


async def forever(task: TaskRequest, progress: Progress) -> Json:
    await asyncio.Event().wait()


async def failed(world: Any, definition: Json = MACHINE) -> str:
    """Return the ARN of an execution that has failed; its tasks succeed from now on."""
    world.work.behaviour = fail
    record = await world.run(definition)
    assert record.status == "FAILED"
    world.work.behaviour = succeed
    return str(record.execution_arn)


async def ended(world: Any, arn: str) -> Any:
    await world.until(lambda: world.engine.describe(arn).status != "RUNNING")
    return world.engine.describe(arn)


@ways
async def test_a_failed_execution_goes_on_at_the_state_that_failed(world: Any, way: str) -> None:
    arn = await failed(world)
    await getattr(world, way)()
    world.now += 5_000
    assert await world.engine.redrive(arn) == world.now
    record = await ended(world, arn)
    assert (record.status, record.output, record.error, record.cause) == ("SUCCEEDED", '{"done":"T"}', None, None)
    assert (record.redrive_count, record.redriven_at) == (1, world.now)
    types = world.types(arn)
    assert types[types.index("ExecutionFailed") :] == [
        "ExecutionFailed",
        "ExecutionRedriven",
        "TaskScheduled",
        "TaskStarted",
        "TaskSucceeded",
        "TaskStateExited",
        "ExecutionSucceeded",
    ]
    assert world.ids(arn) == list(range(1, len(types) + 1))
    assert world.work.runs[0].effect_id != world.work.runs[1].effect_id


@ways
async def test_a_redriven_execution_that_runs_is_taken_up_like_any_other(world: Any, way: str) -> None:
    arn = await failed(world)
    world.work.behaviour = forever
    await world.engine.redrive(arn)
    await world.settle()
    world.work.behaviour = succeed
    await getattr(world, "restart" if way == "settle" else way)()
    record = await ended(world, arn)
    assert (record.status, record.redrive_count) == ("SUCCEEDED", 1)
    assert world.types(arn).count("ExecutionRedriven") == 1
    assert world.work.runs[1].effect_id == world.work.runs[2].effect_id


async def test_a_redrive_may_fail_and_be_redriven_again(world: Any) -> None:
    arn = await failed(world)
    world.work.behaviour = fail
    await world.engine.redrive(arn)
    assert (await ended(world, arn)).error == "Bad"
    world.work.behaviour = succeed
    await world.crash()
    await world.engine.redrive(arn)
    record = await ended(world, arn)
    assert (record.status, record.redrive_count) == ("SUCCEEDED", 2)


async def test_only_the_branches_that_had_not_succeeded_run_again(world: Any) -> None:
    async def left_first(task: TaskRequest, progress: Progress) -> Json:
        if task.state == "Right":
            await world.until(lambda: "TaskSucceeded" in world.types(task.execution_arn))
            raise TaskError("Bad", "luck")
        return task.state

    world.work.behaviour = left_first
    arn = (await world.run(PARALLEL)).execution_arn
    world.work.behaviour = succeed
    await world.restart()
    await world.engine.redrive(arn)
    assert (await ended(world, arn)).output == '["Left",{"done":"Right"}]'
    assert [task.state for task in world.work.runs] == ["Left", "Right", "Right"]


async def test_a_stopped_execution_and_one_that_timed_out_go_on(world: Any) -> None:
    wait = {"Type": "Wait", "Seconds": 60, "End": True}
    stopped = await world.start({"StartAt": "W", "States": {"W": wait}})
    late = await world.start({"StartAt": "W", "TimeoutSeconds": 30, "States": {"W": wait}})
    await world.engine.stop(stopped, "Enough")
    await world.pass_time(40)
    assert [world.engine.describe(arn).status for arn in (stopped, late)] == ["ABORTED", "TIMED_OUT"]
    for arn in (stopped, late):
        await world.engine.redrive(arn)
    await world.pass_time(20)
    assert [world.engine.describe(arn).status for arn in (stopped, late)] == ["SUCCEEDED", "SUCCEEDED"]


async def test_a_token_is_answered_with_its_own_redrive_for_a_quarter_of_an_hour(world: Any) -> None:
    arn = await failed(world)
    first = await world.engine.redrive(arn, "token")
    assert (await ended(world, arn)).status == "SUCCEEDED"
    world.now += 15 * 60_000
    await world.restart()
    assert await world.engine.redrive(arn, "token") == first
    world.now += 1
    with pytest.raises(Conflict, match="Execution is SUCCEEDED and cannot be redriven"):
        await world.engine.redrive(arn, "token")


async def test_the_last_ten_tokens_are_remembered(world: Any) -> None:
    arn = await failed(world)
    world.work.behaviour = fail
    for number in range(11):
        await world.engine.redrive(arn, f"t{number}")
        await ended(world, arn)
    await world.engine.redrive(arn, "t1")
    assert world.engine.describe(arn).redrive_count == 11
    await world.engine.redrive(arn, "t0")
    assert world.engine.describe(arn).redrive_count == 12


async def test_two_who_ask_at_once_redrive_it_once(world: Any) -> None:
    arn = await failed(world)
    world.work.behaviour = forever
    one, other = await asyncio.gather(
        world.engine.redrive(arn, "one"), world.engine.redrive(arn, "other"), return_exceptions=True
    )
    assert one == world.now
    assert str(other) == "Execution is RUNNING and cannot be redriven"
    assert world.types(arn).count("ExecutionRedriven") == 1


async def test_an_execution_can_be_redriven_for_a_fortnight(world: Any) -> None:
    arn = await failed(world)
    world.now += 14 * DAY * 1000 + 1
    with pytest.raises(Conflict, match="Execution redrivable period exceeded"):
        await world.engine.redrive(arn)
    world.now -= 1
    await world.engine.redrive(arn)


async def test_an_execution_of_more_than_a_year_is_not_redriven(world: Any) -> None:
    arn = await world.start({"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 400 * DAY, "End": True}}})
    world.now += 364 * DAY * 1000
    await world.engine.stop(arn)
    world.now += 2 * DAY * 1000
    with pytest.raises(Conflict, match="Execution has exceeded the max execution time"):
        await world.engine.redrive(arn)


async def test_a_full_history_is_not_redriven(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    arn = await failed(world)
    monkeypatch.setattr("stepfunctions.engine.redriving.HISTORY_MAX", len(world.ids(arn)) + 1)
    with pytest.raises(Conflict, match="Execution history event limit exceeded"):
        await world.engine.redrive(arn)


async def test_what_does_not_exist_is_not_redriven(world: Any) -> None:
    with pytest.raises(NotFound, match="Execution Does Not Exist"):
        await world.engine.redrive("arn:aws:states:us-east-1:123456789012:execution:machine:nobody")


async def test_a_redrive_that_cannot_be_written_did_not_happen(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    arn = await failed(world)

    def refuse(queue: Any) -> None:
        raise StoreError("no space left")

    with monkeypatch.context() as patch:
        patch.setattr(world.database, "_commit", refuse)
        with pytest.raises(StoreError, match="no space left"):
            await world.engine.redrive(arn)
    assert world.engine.describe(arn).status == "FAILED"
    await world.engine.redrive(arn)
    assert (await ended(world, arn)).redrive_count == 1


async def test_an_execution_that_cannot_be_told_again_stays_as_it_ended(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    arn = await failed(world)
    with monkeypatch.context() as patch:
        patch.setattr(Interpreter, "handle", lambda *arguments: 1 / 0)
        with pytest.raises(Conflict, match="ZeroDivisionError"):
            await world.engine.redrive(arn)
    assert world.engine.describe(arn).status == "FAILED"


async def test_so_many_executions_are_open_and_no_more(world: Any) -> None:
    arn = await failed(world)
    world.work.behaviour = forever
    world.engine._quota._open_max = 2
    first = await world.start(MACHINE)
    await world.start(MACHINE)
    for refused in (world.start(MACHINE), world.engine.redrive(arn)):
        with pytest.raises(LimitExceeded):
            await refused
    await world.engine.stop(first)
    await world.engine.redrive(arn)
    with pytest.raises(LimitExceeded):
        await world.start(MACHINE)


async def test_a_redriven_execution_is_forgotten_with_its_machine(world: Any) -> None:
    arn = await failed(world)
    await world.engine.redrive(arn, "token")
    machine = (await ended(world, arn)).state_machine_arn
    await world.engine.delete_executions(machine)
    with pytest.raises(NotFound):
        world.engine.describe(arn)
    assert world.database.read("SELECT * FROM redrive_tokens") == []
