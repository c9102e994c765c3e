"""Tasks: how handlers are run, how their ends are taken in, and how callers answer by token."""

from __future__ import annotations

import asyncio

import pytest

from stepfunctions.engine.handler import Progress, TaskError, TaskRequest
from stepfunctions.errors import Conflict, InvalidRequest, NotFound
from stepfunctions.values import Json

PLAIN = "arn:aws:states:::lambda:invoke"
SYNC = "arn:aws:states:::sagemaker:createTrainingJob.sync"
CALLBACK = "arn:aws:states:::sqs:sendMessage.waitForTaskToken"
ACTIVITY = "arn:aws:states:us-east-1:123456789012:activity:dig"
NOBODY = "arn:aws:states:::batch:submitJob"


def task(resource: str, **fields: Json) -> Json:
    return {"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": resource, "End": True, **fields}}}


def callback(**fields: Json) -> Json:
    return task(CALLBACK, Parameters={"token.$": "$$.Task.Token"}, **fields)


def parallel(*names: str) -> Json:
    state = task(PLAIN)["States"]["T"]
    branches = [{"StartAt": name, "States": {name: state}} for name in names]
    return {"StartAt": "P", "States": {"P": {"Type": "Parallel", "Branches": branches, "End": True}}}


async def forever(task: TaskRequest, progress: Progress) -> Json:
    await asyncio.Event().wait()


async def submit(task: TaskRequest, progress: Progress) -> Json:
    await progress.submitted({"MessageId": "m"})


async def test_a_task_gives_its_result_and_its_history(world) -> None:
    record = await world.run(task(PLAIN), {"a": 1})
    assert (record.status, record.output) == ("SUCCEEDED", '{"a":1}')
    assert world.types(record.execution_arn)[1:-1] == [
        "TaskStateEntered",
        "TaskScheduled",
        "TaskStarted",
        "TaskSucceeded",
        "TaskStateExited",
    ]


async def test_a_handler_sees_whose_task_it_is(world) -> None:
    record = await world.run(task(PLAIN, Parameters={"x": 1}))
    (seen,) = world.work.runs
    assert seen.effect_id.startswith(f"{record.execution_arn}#")
    assert (seen.state, seen.resource, seen.arguments) == ("T", PLAIN, {"x": 1})
    assert (seen.execution_arn, seen.state_machine_arn) == (record.execution_arn, record.state_machine_arn)
    assert seen.submitted is None


async def test_the_task_is_committed_before_its_handler_runs(world) -> None:
    stored: list[Json] = []

    async def look(task: TaskRequest, progress: Progress) -> Json:
        stored.append(world.types(task.execution_arn))
        stored.append(world.database.read("SELECT state FROM tasks"))

    world.work.behaviour = look
    await world.run(task(PLAIN))
    assert stored == [["ExecutionStarted", "TaskStateEntered", "TaskScheduled", "TaskStarted"], [("OPEN",)]]


async def test_a_sync_task_records_its_submission(world) -> None:
    record = await world.run(task(SYNC))
    assert "TaskSubmitted" in world.types(record.execution_arn)
    assert record.status == "SUCCEEDED"


async def test_a_submission_is_durable_when_progress_returns(world) -> None:
    seen: list[list[str]] = []

    async def look(task: TaskRequest, progress: Progress) -> Json:
        await progress.submitted({})
        seen.append(world.types(task.execution_arn))

    world.work.behaviour = look
    await world.run(task(SYNC))
    assert seen[0][-1] == "TaskSubmitted"


async def test_the_outbox_is_empty_when_nothing_is_outstanding(world) -> None:
    await world.run(task(PLAIN))
    await world.run(task(SYNC))
    assert world.database.read("SELECT * FROM tasks WHERE state <> 'CLOSED'") == []


async def test_a_task_error_is_the_failure_of_the_state(world) -> None:
    async def fail(task: TaskRequest, progress: Progress) -> Json:
        raise TaskError("Lambda.TooManyRequests", "slow down")

    world.work.behaviour = fail
    record = await world.run(task(PLAIN))
    assert (record.status, record.error, record.cause) == ("FAILED", "Lambda.TooManyRequests", "slow down")
    assert "TaskFailed" in world.types(record.execution_arn)


@pytest.mark.parametrize("resource", [SYNC, CALLBACK])
async def test_a_request_that_was_refused_never_was_submitted(world, resource: str) -> None:
    async def refuse(task: TaskRequest, progress: Progress) -> Json:
        raise TaskError("SageMaker.Refused", "no")

    world.work.behaviour = refuse
    record = await world.run(task(resource, Parameters={"t.$": "$$.Task.Token"} if resource == CALLBACK else {}))
    assert record.error == "SageMaker.Refused"
    assert "TaskSubmitFailed" in world.types(record.execution_arn)


async def test_retries_are_new_effects_and_wait_their_time(world) -> None:
    async def fail_twice(task: TaskRequest, progress: Progress) -> Json:
        if len(world.work.runs) < 3:
            raise TaskError("Flaky", None)
        return "third"

    world.work.behaviour = fail_twice
    retry = [{"ErrorEquals": ["Flaky"], "IntervalSeconds": 10, "BackoffRate": 2}]
    arn = await world.start(task(PLAIN, Retry=retry))
    await world.settle()
    assert len(world.work.runs) == 1
    await world.pass_time(9.999)
    assert len(world.work.runs) == 1
    await world.pass_time(0.001)
    assert len(world.work.runs) == 2
    await world.pass_time(20)
    assert world.engine.describe(arn).output == '"third"'
    assert len({run.effect_id for run in world.work.runs}) == 3


async def test_a_task_that_takes_too_long_is_stopped(world) -> None:
    world.work.behaviour = forever
    arn = await world.start(task(PLAIN, TimeoutSeconds=5))
    await world.settle()
    await world.pass_time(5)
    record = world.engine.describe(arn)
    assert (record.status, record.error) == ("FAILED", "States.Timeout")
    assert [each.effect_id for each in world.work.cancelled] == [world.work.runs[0].effect_id]
    await world.settle()
    assert world.database.read("SELECT * FROM tasks WHERE state <> 'CLOSED'") == []


async def test_stopping_an_execution_stops_all_its_work(world) -> None:
    world.work.behaviour = forever
    arn = await world.start(parallel("One", "Two"))
    await world.settle()
    assert len(world.work.runs) == 2
    await world.engine.stop(arn)
    await world.settle()
    assert {each.effect_id for each in world.work.cancelled} == {each.effect_id for each in world.work.runs}
    assert world.engine._driver._dispatcher._running == {}


async def test_the_first_failing_branch_stops_the_work_of_the_others(world) -> None:
    async def fail_one(task: TaskRequest, progress: Progress) -> Json:
        if task.state == "Bad":
            raise TaskError("Bad", None)
        await forever(task, progress)

    world.work.behaviour = fail_one
    record = await world.run(parallel("Good", "Bad"))
    await world.settle()
    assert record.error == "Bad"
    assert [each.state for each in world.work.cancelled] == ["Good"]


async def test_a_resource_that_nobody_handles_fails_when_it_is_reached_and_names_itself(world) -> None:
    record = await world.run(task(NOBODY))
    assert (record.status, record.error) == ("FAILED", "States.Runtime")
    assert "'T'" in record.cause
    assert f"'{NOBODY}'" in record.cause


async def test_a_resource_that_is_not_reached_does_no_harm(world) -> None:
    states = {"A": {"Type": "Succeed"}, **task(NOBODY)["States"]}
    states["C"] = {"Type": "Choice", "Choices": [{"Variable": "$.x", "IsPresent": True, "Next": "T"}], "Default": "A"}
    record = await world.run({"StartAt": "C", "States": states})
    assert record.status == "SUCCEEDED"


async def test_a_handler_whose_work_somebody_else_cancels_fails_the_state(world) -> None:
    async def wait_for_what_is_cancelled(task: TaskRequest, progress: Progress) -> Json:
        shared: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        shared.cancel()
        return await shared

    world.work.behaviour = wait_for_what_is_cancelled
    record = await world.run(task(PLAIN))
    assert record.error == "States.Runtime"
    assert "CancelledError" in record.cause


async def test_a_bug_in_a_handler_is_logged_and_fails_the_state(world, caplog: pytest.LogCaptureFixture) -> None:
    async def break_down(task: TaskRequest, progress: Progress) -> Json:
        raise ValueError("a bug")

    world.work.behaviour = break_down
    record = await world.run(task(PLAIN))
    assert record.error == "States.Runtime"
    assert "'T'" in record.cause
    assert "ValueError: a bug" in record.cause
    assert "Traceback" in caplog.text


async def test_a_result_that_is_no_json_fails_the_state(world, caplog: pytest.LogCaptureFixture) -> None:
    async def answer(task: TaskRequest, progress: Progress) -> Json:
        return float("nan")

    world.work.behaviour = answer
    record = await world.run(task(PLAIN))
    assert record.error == "States.Runtime"
    assert "ValueError" in record.cause


@pytest.mark.parametrize("resource", [SYNC, CALLBACK])
async def test_a_handler_that_forgets_to_submit_is_a_bug_and_not_a_hang(world, resource: str, caplog) -> None:
    async def forget(task: TaskRequest, progress: Progress) -> Json:
        return {}

    world.work.behaviour = forget
    record = await world.run(task(resource, Parameters={"t.$": "$$.Task.Token"} if resource == CALLBACK else {}))
    assert record.error == "States.Runtime"
    assert "without reporting that the request was submitted" in record.cause


@pytest.mark.parametrize("resource", [SYNC, CALLBACK])
async def test_a_handler_that_submits_what_is_not_json_is_a_bug_and_not_a_hang(world, resource: str) -> None:
    async def submit_a_set(task: TaskRequest, progress: Progress) -> Json:
        await progress.submitted({1, 2})

    world.work.behaviour = submit_a_set
    record = await world.run(task(resource))
    assert record.error == "States.Runtime"
    assert "set is not JSON serializable" in record.cause


async def test_a_bug_in_cancel_is_logged_and_done_with(world, caplog: pytest.LogCaptureFixture) -> None:
    async def break_down(task: TaskRequest) -> None:
        raise ValueError("cannot stop")

    world.work.behaviour = forever
    world.work.cancel = break_down
    arn = await world.start(task(PLAIN))
    await world.settle()
    await world.engine.stop(arn)
    await world.settle()
    assert "cannot stop" in caplog.text
    assert world.database.read("SELECT * FROM tasks WHERE state <> 'CLOSED'") == []


async def test_a_bug_in_the_interpreter_fails_that_execution_only(
    world, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    from stepfunctions.core.interpreter import Interpreter

    world.work.behaviour = forever
    bad, good = await world.start(task(PLAIN), name="bad"), await world.start(task(PLAIN), name="good")
    handle = Interpreter.handle

    def break_down(self: Interpreter, event: Json, ambient: Json) -> Json:
        if self is broken:
            raise ZeroDivisionError
        return handle(self, event, ambient)

    broken = world.engine._driver._loaded.get(1).interpreter
    monkeypatch.setattr(Interpreter, "handle", break_down)
    for arn in (bad, good):
        await world.engine.stop(arn)
    await world.settle()
    record = world.engine.describe(bad)
    assert (record.status, record.error) == ("FAILED", "States.Runtime")
    assert "ZeroDivisionError" in record.cause
    assert world.types(bad)[-1] == "ExecutionFailed"
    assert world.ids(bad) == list(range(1, len(world.ids(bad)) + 1))
    assert world.engine.describe(good).status == "ABORTED"
    assert len(world.work.cancelled) == 2
    assert "ZeroDivisionError" in caplog.text


async def test_a_callback_ends_its_task(world) -> None:
    world.work.behaviour = submit
    arn = await world.start(callback())
    await world.settle()
    token = world.work.runs[0].arguments["token"]
    assert token == world.work.runs[0].token
    await world.engine.succeed_task(token, '{"ok": true}')
    record = world.engine.describe(arn)
    assert (record.status, record.output) == ("SUCCEEDED", '{"ok":true}')


async def test_a_callback_may_fail_its_task(world) -> None:
    world.work.behaviour = submit
    arn = await world.start(callback())
    await world.settle()
    await world.engine.fail_task(world.work.runs[0].token, "Mine", "because")
    record = world.engine.describe(arn)
    assert (record.error, record.cause) == ("Mine", "because")


async def test_a_callback_may_come_before_the_answer_to_the_request(world) -> None:
    answered = asyncio.Event()

    async def slow(task: TaskRequest, progress: Progress) -> Json:
        await answered.wait()
        await progress.submitted({"MessageId": "m"})

    world.work.behaviour = slow
    arn = await world.start(callback())
    await world.settle()
    token = world.work.runs[0].token
    await world.engine.succeed_task(token, '"early"')
    assert world.engine.describe(arn).status == "RUNNING"
    with pytest.raises(Conflict):
        await world.engine.succeed_task(token, '"again"')
    answered.set()
    await world.until(lambda: world.engine.describe(arn).status != "RUNNING")
    assert world.engine.describe(arn).output == '"early"'
    types = world.types(arn)
    assert types.index("TaskSubmitted") < types.index("TaskSucceeded")


async def test_the_second_answer_comes_too_late(world) -> None:
    world.work.behaviour = submit
    await world.start(callback())
    await world.settle()
    token = world.work.runs[0].token
    outcomes = await asyncio.gather(
        world.engine.succeed_task(token, "1"), world.engine.fail_task(token, "E"), return_exceptions=True
    )
    assert outcomes[0] is None
    assert isinstance(outcomes[1], Conflict)
    with pytest.raises(Conflict, match="Task Timed Out: 'Provided task does not exist anymore'"):
        await world.engine.succeed_task(token, "2")


async def test_an_answer_after_the_execution_has_ended_comes_too_late(world) -> None:
    world.work.behaviour = submit
    arn = await world.start(callback())
    await world.settle()
    await world.engine.stop(arn)
    await world.settle()
    with pytest.raises(Conflict):
        await world.engine.succeed_task(world.work.runs[0].token, "1")


async def test_a_token_that_never_was_is_not_found(world) -> None:
    for answer in (world.engine.succeed_task("x", "1"), world.engine.fail_task("x"), world.engine.heartbeat("x")):
        with pytest.raises(NotFound, match="Invalid Token: 'Invalid token'"):
            await answer


async def test_the_token_of_a_task_without_callback_is_no_token(world) -> None:
    world.work.behaviour = forever
    await world.start(task(PLAIN))
    await world.settle()
    with pytest.raises(NotFound):
        await world.engine.succeed_task(world.work.runs[0].token, "1")


async def test_an_answer_that_is_no_json_is_refused_and_the_task_goes_on(world) -> None:
    world.work.behaviour = submit
    arn = await world.start(callback())
    await world.settle()
    with pytest.raises(InvalidRequest, match="Invalid Output"):
        await world.engine.succeed_task(world.work.runs[0].token, "{")
    assert world.engine.describe(arn).status == "RUNNING"
    await world.engine.succeed_task(world.work.runs[0].token, "{}")


async def test_heartbeats_of_a_task_whose_silence_nobody_counts_fill_no_journal(world) -> None:
    world.work.behaviour = submit
    arn = await world.start(task(CALLBACK))
    await world.until(lambda: "TaskSubmitted" in world.types(arn))
    before = world.database.read("SELECT count(*) FROM journal")
    for _ in range(3):
        await world.engine.heartbeat(world.work.runs[0].token)
    assert world.database.read("SELECT count(*) FROM journal") == before
    await world.engine.succeed_task(world.work.runs[0].token, "1")
    assert world.engine.describe(arn).output == "1"


async def test_heartbeats_keep_a_task_alive(world) -> None:
    world.work.behaviour = submit
    arn = await world.start(callback(HeartbeatSeconds=10))
    await world.settle()
    for _ in range(3):
        await world.pass_time(9)
        await world.engine.heartbeat(world.work.runs[0].token)
    assert world.engine.describe(arn).status == "RUNNING"
    await world.pass_time(10)
    assert world.engine.describe(arn).error == "States.Timeout"


async def test_an_activity_starts_when_a_worker_takes_it_and_ends_by_its_answer(world) -> None:
    taken = asyncio.Event()

    async def offer(task: TaskRequest, progress: Progress) -> Json:
        await taken.wait()
        await progress.started("digger")

    world.activity.behaviour = offer
    arn = await world.start(task(ACTIVITY))
    await world.settle()
    assert world.types(arn)[-1] == "ActivityScheduled"
    taken.set()
    await world.until(lambda: world.types(arn)[-1] == "ActivityStarted")
    await world.engine.succeed_task(world.activity.runs[0].token, '"gold"')
    assert world.engine.describe(arn).output == '"gold"'


async def test_many_tasks_at_once_share_commits(world) -> None:
    machine = {
        "StartAt": "M",
        "States": {
            "M": {
                "Type": "Map",
                "ItemsPath": "$.items",
                "MaxConcurrency": 0,
                "ItemProcessor": {"StartAt": "T", "States": task(PLAIN)["States"]},
                "End": True,
            }
        },
    }
    statements: list[str] = []
    world.database._connection.set_trace_callback(statements.append)
    record = await world.run(machine, {"items": list(range(30))})
    assert record.output == str(list(range(30))).replace(" ", "")
    assert statements.count("COMMIT") < 10
