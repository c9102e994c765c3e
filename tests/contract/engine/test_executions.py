"""Starting, looking at, stopping and listing executions; the same on every store."""

from __future__ import annotations

import asyncio
import dataclasses
import json

import pytest

from stepfunctions.engine import listing
from stepfunctions.errors import AlreadyExists, DefinitionError, InvalidRequest, NotFound
from stepfunctions.values import Json

PASS = {"StartAt": "A", "States": {"A": {"Type": "Pass", "Result": {"done": True}, "End": True}}}
WAIT = {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 60, "End": True}}}
FAIL = {"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "Mine", "Cause": "because"}}}
LOOP: Json = {
    "StartAt": "Begin",
    "States": {
        "Begin": {"Type": "Pass", "Result": 0, "ResultPath": "$.n", "Next": "Add"},
        "Add": {"Type": "Pass", "Parameters": {"n.$": "States.MathAdd($.n, 1)"}, "Next": "Enough"},
        "Enough": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.n", "NumericGreaterThanEquals": 3000, "Next": "End"}],
            "Default": "Add",
        },
        "End": {"Type": "Succeed"},
    },
}


async def test_an_execution_of_one_pass_has_ended_when_start_returns(world) -> None:
    record = await world.engine.start(world.start_request(PASS, {"a": 1}, "first"))
    assert (record.status, record.output, record.input) == ("SUCCEEDED", '{"done":true}', '{"a": 1}')
    assert record.name == "first"
    assert record.started_at == record.stopped_at == world.now
    assert world.types(record.execution_arn) == [
        "ExecutionStarted",
        "PassStateEntered",
        "PassStateExited",
        "ExecutionSucceeded",
    ]


async def test_starting_to_the_end_is_one_commit(world) -> None:
    await world.start(PASS)
    statements: list[str] = []
    world.database._connection.set_trace_callback(statements.append)
    await world.start(PASS)
    assert [each for each in statements if each.startswith("COMMIT")] == ["COMMIT"]


async def test_executions_started_in_one_turn_share_a_commit(world) -> None:
    statements: list[str] = []
    world.database._connection.set_trace_callback(statements.append)
    await asyncio.gather(*(world.start(PASS) for _ in range(20)))
    assert statements.count("COMMIT") == 1


async def test_a_failed_execution_shows_its_error_and_cause(world) -> None:
    record = await world.run(FAIL)
    assert (record.status, record.error, record.cause, record.output) == ("FAILED", "Mine", "because", None)


async def test_the_definition_and_its_surroundings_are_kept_as_they_were(world) -> None:
    request = dataclasses.replace(
        world.start_request(WAIT), version_arn="v", alias_arn="al", attributes={"revisionId": "r1"}, trace_header="T"
    )
    record = await world.engine.start(request)
    kept = world.engine.definition_of(record.execution_arn)
    assert kept.definition == request.definition
    assert (kept.role_arn, kept.version_arn, kept.alias_arn) == (request.role_arn, "v", "al")
    assert kept.attributes == {"revisionId": "r1"}
    assert world.engine.describe(record.execution_arn).trace_header == "T"


async def test_a_definition_is_stored_once(world) -> None:
    for _ in range(3):
        await world.start(PASS)
    await world.restart()
    await world.start(PASS)
    assert world.database.read("SELECT count(*) FROM definitions") == [(1,)]


async def test_the_same_start_again_while_it_runs_is_the_same_execution(world) -> None:
    request = world.start_request(WAIT, {"a": 1}, "once")
    first = await world.engine.start(request)
    await world.pass_time(5)
    assert await world.engine.start(request) == first


async def test_the_same_start_twice_in_one_turn_is_one_execution(world) -> None:
    request = world.start_request(WAIT, {"a": 1}, "once")
    first, second = await asyncio.gather(world.engine.start(request), world.engine.start(request))
    assert first == second
    assert len(world.engine.list(request.state_machine_arn).items) == 1


async def test_a_name_with_other_input_is_taken(world) -> None:
    await world.start(WAIT, {"a": 1}, "once")
    with pytest.raises(AlreadyExists, match=r"Execution Already Exists: 'arn:aws:states:.*:execution:machine:once'"):
        await world.start(WAIT, {"a": 2}, "once")


async def test_the_name_of_a_closed_execution_is_taken_whatever_the_input(world) -> None:
    await world.start(PASS, {"a": 1}, "once")
    with pytest.raises(AlreadyExists):
        await world.start(PASS, {"a": 1}, "once")


async def test_a_definition_that_does_not_compile_starts_nothing(world) -> None:
    with pytest.raises(DefinitionError):
        await world.start({"StartAt": "Nowhere", "States": {}}, name="bad")
    with pytest.raises(NotFound):
        world.engine.describe("arn:aws:states:us-east-1:123456789012:execution:machine:bad")


async def test_an_express_execution_runs_and_leaves_nothing_behind(world) -> None:
    request = dataclasses.replace(world.start_request(PASS, {"a": 1}), express=True)
    record = await world.engine.run(request)
    assert record.status == "SUCCEEDED"
    with pytest.raises(NotFound):
        world.engine.describe(request.execution_arn)


@pytest.mark.parametrize("look", ["describe", "history", "definition_of"])
async def test_an_execution_that_is_not_there_is_named(world, look: str) -> None:
    with pytest.raises(NotFound, match="Execution Does Not Exist: 'arn:nothing'"):
        getattr(world.engine, look)("arn:nothing")


async def test_a_wait_ends_when_its_time_has_come_and_not_before(world) -> None:
    arn = await world.start(WAIT)
    await world.pass_time(59.999)
    assert world.engine.describe(arn).status == "RUNNING"
    await world.pass_time(0.001)
    record = world.engine.describe(arn)
    assert record.status == "SUCCEEDED"
    assert record.stopped_at == record.started_at + 60_000


async def test_a_machine_that_takes_too_long_is_timed_out(world) -> None:
    arn = await world.start({**WAIT, "TimeoutSeconds": 10})
    await world.pass_time(10)
    record = world.engine.describe(arn)
    assert (record.status, record.error) == ("TIMED_OUT", None)


async def test_a_stopped_execution_shows_who_stopped_it_and_when(world) -> None:
    arn = await world.start(WAIT)
    await world.pass_time(3)
    assert await world.engine.stop(arn, "Enough", "of it") == world.now
    record = world.engine.describe(arn)
    assert (record.status, record.error, record.cause) == ("ABORTED", "Enough", "of it")
    assert world.types(arn)[-1] == "ExecutionAborted"


async def test_stopping_a_closed_execution_leaves_it_as_it_is(world) -> None:
    arn = await world.start(PASS)
    before = world.engine.describe(arn)
    world.now += 1000
    assert await world.engine.stop(arn, "Too", "late") == before.stopped_at
    assert world.engine.describe(arn) == before


async def test_a_long_computation_takes_turns_with_others(world) -> None:
    long = asyncio.ensure_future(world.engine.start(world.start_request(LOOP)))
    short = asyncio.ensure_future(world.engine.start(world.start_request(PASS)))
    assert (await short).status == "SUCCEEDED"
    arn = (await long).execution_arn
    await world.until(lambda: world.engine.describe(arn).status != "RUNNING")
    assert world.engine.describe(arn).status == "SUCCEEDED"
    last = world.engine.history(arn, limit=1, reverse=True).items[0]
    assert last["id"] == 3000 * 4 + 6
    assert len(world.database.read("SELECT id FROM journal WHERE id >> 32 = 1")) > 1


async def test_lists_are_newest_first_and_paged(world) -> None:
    arns = [await world.start(PASS if number % 2 else FAIL) for number in range(5)]
    machine = world.start_request(PASS).state_machine_arn
    first = world.engine.list(machine, limit=2)
    second = world.engine.list(machine, limit=2, after=first.next)
    third = world.engine.list(machine, limit=2, after=second.next)
    listed = [record.execution_arn for page in (first, second, third) for record in page.items]
    assert listed == arns[::-1]
    assert third.next is None
    assert world.engine.list(machine, limit=5).next is None


async def test_what_has_ended_is_listed_by_its_end_and_what_runs_by_its_start(world) -> None:
    waits = {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 100, "End": True}}}
    names = {}

    async def start(name: str, definition: dict[str, object]) -> str:
        arn = await world.start(definition)
        names[arn] = name
        await world.pass_time(1)
        return arn

    def listed(**by: object) -> list[str]:
        return [names[record.execution_arn] for record in world.engine.list(machine, **by).items]

    machine = world.start_request(PASS).state_machine_arn
    stopped = await start("stopped", waits)
    failed = await start("failed", FAIL)
    await start("running", waits)
    await world.engine.stop(stopped)
    assert listed() == ["stopped", "running", "failed"]
    await world.pass_time(1)
    await start("passed", PASS)
    await world.engine.redrive(stopped)
    assert listed() == ["stopped", "passed", "running", "failed"]
    assert listed(status="RUNNING") == ["stopped", "running"]
    await world.pass_time(1)
    await world.engine.redrive(failed)
    first = world.engine.list(machine, limit=3)
    rest = world.engine.list(machine, limit=3, after=first.next)
    assert [names[each.execution_arn] for each in (*first.items, *rest.items)] == [
        "failed", "stopped", "passed", "running",
    ]  # fmt: skip


async def test_lists_can_be_narrowed(world) -> None:
    failed = await world.start(FAIL)
    versioned = dataclasses.replace(world.start_request(PASS), version_arn="m:1")
    aliased = dataclasses.replace(world.start_request(FAIL), version_arn="m:1", alias_arn="m:LIVE")
    other = dataclasses.replace(world.start_request(PASS), state_machine_arn="other")
    for request in (versioned, aliased, other):
        await world.engine.start(request)
    machine = versioned.state_machine_arn

    def listed(**by: str) -> list[str]:
        return [record.execution_arn for record in world.engine.list(machine, **by).items]

    assert listed(status="FAILED") == [aliased.execution_arn, failed]
    assert listed(version_arn="m:1") == [aliased.execution_arn, versioned.execution_arn]
    assert listed(version_arn="m:1", status="SUCCEEDED") == [versioned.execution_arn]
    assert listed(alias_arn="m:LIVE") == [aliased.execution_arn]
    assert listed(status="RUNNING") == []


@pytest.mark.parametrize("cursor", ["x", "-1", "1" * 40, "²", ""])
async def test_a_cursor_that_is_not_ours_is_refused(world, cursor: str) -> None:
    arn = await world.start(PASS)
    with pytest.raises(InvalidRequest):
        world.engine.list("machine", after=cursor)
    with pytest.raises(InvalidRequest):
        world.engine.history(arn, after=cursor)


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5, 7, 100])
@pytest.mark.parametrize("reverse", [False, True])
async def test_every_page_size_gives_the_whole_history(world, limit: int, reverse: bool) -> None:
    chain = {
        "StartAt": "A",
        "States": {
            "A": {"Type": "Pass", "Next": "B"},
            "B": {"Type": "Wait", "Seconds": 1, "Next": "C"},
            "C": {"Type": "Pass", "End": True},
        },
    }
    arn = await world.start(chain)
    await world.pass_time(1)
    ids: list[int] = []
    after = None
    while True:
        page = world.engine.history(arn, limit=limit, after=after, reverse=reverse)
        assert len(page.items) <= limit
        ids += [event["id"] for event in page.items]
        if page.next is None:
            break
        after = page.next
    assert ids == sorted(range(1, 9), reverse=reverse)


@pytest.mark.parametrize("reverse", [False, True])
async def test_whoever_reads_a_history_of_great_payloads_does_not_fill_the_memory(
    world, monkeypatch: pytest.MonkeyPatch, reverse: bool
) -> None:
    monkeypatch.setattr(listing, "_CHARACTERS_KEPT", 25_000)
    states = {f"S{number}": {"Type": "Wait", "Seconds": 1, "Next": f"S{number + 1}"} for number in range(9)}
    arn = await world.start({"StartAt": "S0", "States": {**states, "S9": {"Type": "Succeed"}}}, {"text": "x" * 10_000})
    for _ in range(9):
        await world.pass_time(1)
    first = world.engine.history(arn, limit=1000, reverse=reverse).items
    kept = world.engine._listing._entries
    assert len(kept) == 2
    assert world.engine.history(arn, limit=1000, reverse=reverse).items == first
    assert len(first) == 22


async def test_a_history_can_be_shown_without_its_data(world) -> None:
    arn = await world.start(PASS, {"secret": 1})
    assert "secret" in json.dumps(world.engine.history(arn).items)
    assert "secret" not in json.dumps(world.engine.history(arn, include_execution_data=False).items)


async def test_a_history_without_its_data_shows_what_tasks_were_asked_and_variables_assigned(world) -> None:
    ask = {
        "Type": "Task",
        "Resource": "arn:aws:states:::sqs:sendMessage",
        "Parameters": {"QueueUrl": "q", "MessageBody": "m"},
    }
    assign = {"Type": "Pass", "Assign": {"name": "value"}, "Next": "Ask"}
    arn = await world.start({"StartAt": "Assign", "States": {"Assign": assign, "Ask": {**ask, "End": True}}}, {})
    events = world.engine.history(arn, include_execution_data=False).items
    (exited,) = [event for event in events if event["type"] == "PassStateExited"]
    (scheduled,) = [event for event in events if event["type"] == "TaskScheduled"]
    assert exited["stateExitedEventDetails"]["assignedVariables"] == {"name": '"value"'}
    assert json.loads(scheduled["taskScheduledEventDetails"]["parameters"]) == {"QueueUrl": "q", "MessageBody": "m"}


async def test_a_payload_of_any_text_survives(world) -> None:
    record = await world.run(
        {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}, {"é": "\U0001f600", "lone": "\ud800"}
    )
    assert json.loads(record.output) == {"é": "\U0001f600", "lone": "\ud800"}
    await world.restart()
    assert json.loads(world.engine.describe(record.execution_arn).output)["lone"] == "\ud800"
    assert json.loads(world.engine.history(record.execution_arn).items[-1]["executionSucceededEventDetails"]["output"])


async def test_running_executions_are_counted(world) -> None:
    machine = world.start_request(PASS).state_machine_arn
    await world.start(PASS)
    await world.start(WAIT)
    await world.start(WAIT)
    assert world.engine.running_count(machine) == 2


async def test_the_executions_of_a_state_machine_can_be_forgotten(world) -> None:
    machine = world.start_request(PASS).state_machine_arn
    done, running = await world.start(PASS), await world.start(WAIT)
    other = dataclasses.replace(world.start_request(PASS), state_machine_arn="other")
    await world.engine.start(other)
    await world.engine.delete_executions(machine)
    for arn in (done, running):
        with pytest.raises(NotFound):
            world.engine.describe(arn)
    assert world.engine.list(machine).items == ()
    assert world.engine.describe(other.execution_arn).status == "SUCCEEDED"
    assert world.database.read("SELECT count(DISTINCT id >> 32) FROM journal") == [(1,)]
    await world.start(PASS, name="e1")


@pytest.mark.parametrize("way", ["settle", "restart", "crash"])
async def test_a_task_starts_one_execution_however_often_it_asks(world, way: str) -> None:
    request = dataclasses.replace(world.start_request(PASS, name="first"), effect_id="parent#t1")
    await world.engine.start(request)
    await getattr(world, way)()
    again = dataclasses.replace(world.start_request(PASS, {"other": 1}, name="second"), effect_id="parent#t1")
    assert (await world.engine.start(again)).execution_arn == request.execution_arn
    assert world.engine.started_by("parent#t1") == request.execution_arn
    assert world.engine.started_by("parent#t2") is None
    await world.engine.delete_executions(request.state_machine_arn)
    assert world.engine.started_by("parent#t1") is None


async def test_whoever_waits_for_an_execution_is_told_its_end(world) -> None:
    arn = await world.start(WAIT)
    one, other = (asyncio.ensure_future(world.engine.ended(arn)) for _ in range(2))
    await world.settle()
    assert not one.done()
    other.cancel()
    await world.pass_time(60)
    assert (await one).status == "SUCCEEDED"
    assert await world.engine.ended(arn) == one.result()
    assert world.engine._waiters == {}
    with pytest.raises(NotFound):
        await world.engine.ended(f"{arn}2")
